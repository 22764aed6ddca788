/* SPDX-License-Identifier: Apache-2.0 */
/* Faces at the gate: a short morning, and what must not open; skips without models or data. */
#include "gate/crowd.h"

#ifdef TANU_SYNTHETIC_LIVENESS

static struct pair_of_photos photos[8];

static int face_setup(void **state)
{
	struct world *w;

	world_setup(state);
	w = *state;
	w->has_camera = true;
	w->engine = engine;
	w->say =
	    (struct liveness_synthetic){.state = LIVENESS_LIVE, .after_ms = 350, .frames_min = 4};
	add(w, 1, "8391");
	assert_true(crowd_enrol(w, 1, photos[1].enrolled));
	return 0;
}

static void open_with(struct world *w)
{
	world_open(w);
	lend(w, 96);
	act(w, "walk 400 900");
}

static void hold(struct world *w, const char *photo, int64_t ms)
{
	struct photo p = photo_read(data_path(photo));

	crowd_show(w, &p);
	pass_time(w, 500);
	show_card(w, 1);
	pass_time(w, ms);
	crowd_show(w, NULL);
	photo_free(&p);
}

static void her_face_opens(void **state)
{
	struct world *w = *state;
	const struct gate_event *e;

	open_with(w);
	hold(w, photos[1].shown, 900);
	e = last_decision(w);
	assert_int_equal(e->verdict, RULES_GRANT);
	assert_int_equal(e->way, RULES_CARD | RULES_FACE);
	assert_int_equal(e->face, GATE_FACE_MATCH);
	assert_int_equal(e->fmr_ppb, 100000);
	assert_true(e->embeddings > 0);
	assert_int_equal(e->embeddings, e->permits);
	assert_true(e->waited_ms < 1000);
	assert_int_equal(tanu_engine_count(engine).embeddings > 0, true);
}

static void another_face_does_not(void **state)
{
	struct world *w = *state;
	const struct gate_event *e;

	open_with(w);
	hold(w, photos[2].shown, 3000);
	skip_time(w, 70000);
	e = last_decision(w);
	assert_int_equal(e->verdict, RULES_DENY);
	assert_int_equal(e->face, GATE_FACE_NO_MATCH);
	assert_int_equal(e->embeddings, e->permits);
	assert_int_equal(seen(w).grants, 0);
}

/* Nobody has claimed anything: who walks past, and who stands there, is a box and nothing else. */
static void without_a_claim_nothing_is_computed(void **state)
{
	struct world *w = *state;
	struct photo p = photo_read(data_path(photos[1].shown));
	uint64_t before = tanu_engine_count(engine).embeddings;

	open_with(w);
	crowd_show(w, &p);
	pass_time(w, 3000);
	assert_int_equal(tanu_engine_count(engine).embeddings, before);
	photo_free(&p);
}

static void an_attack_is_denied_before_features_are_computed(void **state)
{
	struct world *w = *state;
	uint64_t before = tanu_engine_count(engine).embeddings;

	w->say.state = LIVENESS_ATTACK;
	open_with(w);
	hold(w, photos[1].shown, 1000);
	assert_int_equal(last_decision(w)->reason, RULES_R_ATTACK);
	assert_int_equal(tanu_engine_count(engine).embeddings, before);
	assert_string_equal(w->told, "coming"); /* nobody is told what is wrong with her */
}

/*
 * Recordings of living people and of prints held before the same webcam, with the real evidence on:
 * she comes in, and her photograph does not.
 */
static void a_living_face_opens_and_its_print_does_not(void **state)
{
	static const struct {
		const char *person, *enrolled, *live, *print;
	} who[] = {{"0001", "0001_00_00_01_0.jpg", "0001_00_00_02_", "0001_00_00_01_"},
		   {"0005", "0005_00_00_01_0.jpg", "0005_00_00_02_", "0005_00_01_02_"},
		   {"0009", "0009_01_00_01_0.jpg", "0009_01_00_02_", "0009_01_01_02_"}};
	struct world *w = *state;
	size_t came = 0, opened = 0, prints = 0, fooled = 0;

	w->real_liveness = true;
	for (size_t i = 0; i < ARRAY_LEN(who); i++) {
		char path[128];

		snprintf(path, sizeof(path), "nuaa-train/live/%s/%s", who[i].person,
			 who[i].enrolled);
		add(w, 10 + i, "8391");
		if (!data_path(path) || !crowd_enrol(w, 10 + i, path))
			skip();
	}
	open_with(w);
	for (size_t i = 0; i < ARRAY_LEN(who); i++) {
		char folder[64];
		uint64_t before = seen(w).grants;

		snprintf(folder, sizeof(folder), "nuaa-train/live/%s", who[i].person);
		came += crowd_play(w, 10 + i, folder, who[i].live, 2500);
		opened += seen(w).grants > before;
		skip_time(w, 65000);
		before = seen(w).grants;
		snprintf(folder, sizeof(folder), "nuaa-train/print/%s", who[i].person);
		prints += crowd_play(w, 10 + i, folder, who[i].print, 2500);
		fooled += seen(w).grants > before;
		skip_time(w, 65000);
	}
	print_message("living: %zu came, %zu let in; prints: %zu, let in %zu\n", came, opened,
		      prints, fooled);
	assert_true(came > 0 && prints > 0);
	assert_int_equal(fooled, 0);
	assert_true(2 * opened > came);
	assert_int_equal(seen(w).embeddings, seen(w).permits);
}

/* Where everybody has to turn, a recording of a living person who does not is offered the other
 * lane. */
static void who_does_not_turn_where_all_must_is_not_let_in(void **state)
{
	struct world *w = *state;
	uint64_t before;

	w->real_liveness = true;
	MUST(settings_set(&w->settings, "look.turn", "yes", err));
	add(w, 10, "8391");
	if (!data_path("nuaa-train/live/0001/0001_00_00_01_0.jpg") ||
	    !crowd_enrol(w, 10, "nuaa-train/live/0001/0001_00_00_01_0.jpg"))
		skip();
	open_with(w);
	before = tanu_engine_count(engine).embeddings;
	assert_true(crowd_play(w, 10, "nuaa-train/live/0001", "0001_00_00_02_", 3500));
	assert_true(w->turns > 0); /* she was asked; a wrong way ends it early */
	pass_time(w, 2000);
	assert_int_equal(seen(w).grants, 0);
	assert_string_not_equal(seen(w).visit, "face");
	skip_time(w, 65000);
	assert_int_equal(seen(w).grants, 0);
	/* nothing is computed of who does not turn */
	assert_int_equal(tanu_engine_count(engine).embeddings, before);
}

/* A picture that is played into the camera stands still to the bit: no evidence at all. */
static void the_same_frame_again_is_no_evidence(void **state)
{
	struct world *w = *state;

	w->real_liveness = w->still = true;
	open_with(w);
	hold(w, photos[1].enrolled, 5000);
	skip_time(w, 70000);
	assert_int_equal(seen(w).grants, 0);
	assert_int_equal(seen(w).embeddings, 0);
}

static void made_up_evidence_opens_no_real_door(void **state)
{
	struct world *w = *state;
	uint64_t before = tanu_engine_count(engine).embeddings;

	w->no_synthetic = true;
	open_with(w);
	hold(w, photos[1].shown, 5000);
	assert_int_equal(seen(w).grants, 0);
	assert_int_equal(tanu_engine_count(engine).embeddings, before);
}

/* She withdraws while she stands there. */
static void a_withdrawal_stops_the_next_look(void **state)
{
	struct world *w = *state;
	uint64_t before;

	open_with(w);
	hold(w, photos[1].shown, 900);
	pass_time(w, 6000);
	assert_int_equal(seen(w).grants, 1);
	w->people[1].consents = false;
	lend(w, 96);
	assert_int_equal(count(w, GATE_EVENT_ERASED, NULL), 1);
	before = tanu_engine_count(engine).embeddings;
	hold(w, photos[1].shown, 3000);
	assert_int_equal(tanu_engine_count(engine).embeddings, before);
	assert_int_equal(seen(w).grants, 1);
	type(w, "8391#"); /* her card and PIN open as before */
	assert_int_equal(seen(w).grants, 2);
}

static void a_camera_that_is_lost_leaves_the_other_lane(void **state)
{
	struct world *w = *state;

	open_with(w);
	pass_time(w, 500);
	w->camera_on = false;
	pass_time(w, 200);
	assert_int_equal(count(w, GATE_EVENT_DEVICE, "camera-off"), 1);
	show_card(w, 1);
	assert_string_equal(w->told, "pin"); /* at once: nobody looks into a dead camera */
	type(w, "8391#");
	assert_true(door_free(w));
	pass_time(w, 6000);
	w->camera_on = true;
	pass_time(w, 200);
	hold(w, photos[1].shown, 900);
	assert_int_equal(last_decision(w)->face, GATE_FACE_MATCH);
}

static void a_short_morning(void **state)
{
	struct morning m;

	(void)state;
	morning_run(&m, 20, 2, NULL);
	morning_print(&m);
	assert_int_equal(m.wrong_in, 0);
	assert_int_equal(m.embeddings, m.permits);
	assert_int_equal(m.lost, 0);
	assert_int_equal(m.right_in[1], m.right[1]);
	assert_int_equal(m.right_in[0], m.right[0]);
	assert_true(m.by_lane[0] > 0 && m.by_lane[1] > 0);
	morning_free(&m);
}

#define FACE_TEST(name) cmocka_unit_test_setup_teardown(name, face_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FACE_TEST(her_face_opens),
	    FACE_TEST(another_face_does_not),
	    FACE_TEST(without_a_claim_nothing_is_computed),
	    FACE_TEST(an_attack_is_denied_before_features_are_computed),
	    FACE_TEST(a_living_face_opens_and_its_print_does_not),
	    FACE_TEST(who_does_not_turn_where_all_must_is_not_let_in),
	    FACE_TEST(the_same_frame_again_is_no_evidence),
	    FACE_TEST(made_up_evidence_opens_no_real_door),
	    FACE_TEST(a_withdrawal_stops_the_next_look),
	    FACE_TEST(a_camera_that_is_lost_leaves_the_other_lane),
	    cmocka_unit_test(a_short_morning),
	};

	if (!crowd_find(photos, ARRAY_LEN(photos)))
		return 77;
	return cmocka_run_group_tests(tests, engine_start, engine_stop);
}

#else

int main(void)
{
	print_message("skipped: this build has no evidence that a test makes up\n");
	return 77;
}

#endif
