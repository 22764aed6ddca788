/* SPDX-License-Identifier: Apache-2.0 */
/* A pass held before the camera of a running gate, read by the process that does it at a door. */
#include "gate/crowd.h"

#include "device/code.h"
#include "print/print.h"

#include <unistd.h>

#define MS ((int64_t)1000000)

/* ---- what is held before the camera ---- */

struct stage {
	struct world *w;
	struct photo face, other_face, code;
	struct pass_made pass;
	struct reader reader;
};

/* White paper with the code on it, in a picture as a camera gives it. */
static struct photo paper(const void *bytes, size_t len)
{
	enum { PX = 5, LEFT = 120, TOP = 60 };
	struct photo p = photo_grey(640, 480, 150);
	struct qr_symbol s = {0};

	MUST(qr_encode(&s, bytes, len, QR_LEVEL_L, err));
	for (int32_t y = -4 * PX; y < (s.side + 4) * PX; y++)
		for (int32_t x = -4 * PX; x < (s.side + 4) * PX; x++) {
			bool in = x >= 0 && y >= 0 && x < s.side * PX && y < s.side * PX;
			bool dark = in && s.dark[y / PX * s.side + x / PX];

			memset(p.rgb + 3 * ((TOP + y) * p.width + LEFT + x), dark ? 40 : 235, 3);
		}
	qr_free(&s);
	return p;
}

/* A face of the contact sheet, as large as somebody who stands at a gate. */
static struct photo standing(int row, int column)
{
	struct photo small = sheet_face(row, column), p = photo_grey(640, 480, 120);

	photo_paste(&p, &small, 170, 90, 312, 312);
	photo_free(&small);
	return p;
}

static void camera_rig(struct world *w, struct gate_options *o)
{
	const struct code_options options = {.max_width = 640, .max_height = 480, .every_ms = 100};

	MUST(code_reader_open(&o->readers[0].reader, &o->onlooker, &options, err));
	(void)w;
}

static void stage_ready(struct stage *s, struct world *w)
{
	static struct someone *person;
	struct photo enrolled = sheet_face(0, 2);
	tanu_session_options options = {.central = true};
	tanu_session *session = session_with(&options);
	tanu_embedding features = features_of(session, &enrolled);

	*s = (struct stage){.w = w, .face = standing(0, 3), .other_face = standing(3, 3)};
	snprintf(w->zone.window[0], sizeof(w->zone.window[0]),
		 "all 00:00-24:00 pass+face pass+pin card+pin pass+guard");
	memcpy(w->zone.model, features.model, sizeof(w->zone.model));
	w->has_camera = true;
	w->engine = engine;
	w->rig = camera_rig;
	w->now_ms = os_monotonic_ns() / MS;
	add(w, 1, "8391");
	person = &w->people[1];
	person->consents = true;
	person->pass = &s->pass;
	make_pass(w, &s->pass, 1, &features);
	s->code = paper(s->pass.bytes, sizeof(s->pass.bytes));
#ifdef TANU_SYNTHETIC_LIVENESS
	w->say.state = LIVENESS_LIVE;
#endif
	world_open(w);
	lend(w, 96);
	photo_free(&enrolled);
	tanu_session_close(&session);
}

static void stage_done(struct stage *s)
{
	photo_free(&s->face);
	photo_free(&s->other_face);
	photo_free(&s->code);
}

static bool until(struct world *w, const char *visit, int64_t ms)
{
	int64_t end = w->now_ms + ms;

	while (w->now_ms < end && strcmp(seen(w).visit, visit) != 0)
		real_time(w, 10, NULL, NULL);
	return strcmp(seen(w).visit, visit) == 0;
}

#ifdef TANU_SYNTHETIC_LIVENESS
static void a_pass_before_the_camera_and_her_face_open(void **state)
{
	struct world *w = *state;
	const struct gate_event *e;
	struct stage s;

	stage_ready(&s, w);
	crowd_show(w, &s.code);
	assert_true(until(w, "face", 5000));
	crowd_show(w, &s.face);
	assert_true(until(w, "go", 5000));
	e = last_decision(w);
	assert_int_equal(e->verdict, RULES_GRANT);
	assert_int_equal(e->way, RULES_PASS | RULES_FACE);
	assert_int_equal(e->face, GATE_FACE_MATCH);
	assert_true(e->embeddings > 0);
	assert_int_equal(e->embeddings, e->permits);
	assert_true(door_free(w));
	stage_done(&s);
}

static void anothers_face_does_not(void **state)
{
	struct world *w = *state;
	struct stage s;

	stage_ready(&s, w);
	crowd_show(w, &s.code);
	assert_true(until(w, "face", 5000));
	crowd_show(w, &s.other_face);
	assert_true(until(w, "pin", 15000)); /* the lane without a face is offered */
	assert_false(door_free(w));
	assert_int_equal(seen(w).grants, 0);
	stage_done(&s);
}
#endif

static void a_pass_that_stays_is_one_claim(void **state)
{
	struct world *w = *state;
	struct stage s;

	stage_ready(&s, w);
	w->people[1].consents = false; /* she has withdrawn: her pass is nobody's */
	lend(w, 96);
	crowd_show(w, &s.code);
	for (int64_t end = w->now_ms + 5000; w->now_ms < end && !seen(w).refusals;)
		real_time(w, 10, NULL, NULL);
	real_time(w, 3500, NULL, NULL); /* it is still there: looked at again, and no news */
	assert_int_equal(count(w, GATE_EVENT_DECISION, NULL), 1);
	assert_int_equal(last_decision(w)->reason, RULES_R_UNKNOWN);
	assert_int_equal(last_decision(w)->embeddings, 0);
	crowd_show(w, NULL);
	real_time(w, 6500, NULL, NULL);
	crowd_show(w, &s.code); /* it was away: this is another claim */
	for (int64_t end = w->now_ms + 5000; w->now_ms < end && seen(w).refusals < 2;)
		real_time(w, 10, NULL, NULL);
	assert_int_equal(seen(w).refusals, 2);
	stage_done(&s);
}

static void other_codes_call_nobody(void **state)
{
	struct world *w = *state;
	struct stage s;
	struct photo advert = paper("https://example.org/shop", 24);

	stage_ready(&s, w);
	crowd_show(w, &advert);
	real_time(w, 1500, NULL, NULL);
	assert_string_equal(seen(w).visit, "ready");
	assert_false(seen(w).bell);
	assert_int_equal(count(w, GATE_EVENT_DECISION, NULL), 0);
	crowd_show(w, &s.code); /* and it still reads */
	assert_true(until(w, "face", 5000));
	photo_free(&advert);
	stage_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef TANU_SYNTHETIC_LIVENESS
	    WORLD_TEST(a_pass_before_the_camera_and_her_face_open),
	    WORLD_TEST(anothers_face_does_not),
#endif
	    WORLD_TEST(a_pass_that_stays_is_one_claim),
	    WORLD_TEST(other_codes_call_nobody),
	};

	return cmocka_run_group_tests_name("gate/pass", tests, engine_start, engine_stop);
}
