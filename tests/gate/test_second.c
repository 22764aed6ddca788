/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A camera beside the gate's own, in infrared: whom it does not see is not let in by face. There is
 * no recording in infrared here; its pictures are those of the first camera made grey, or blank:
 * simulated, and named so.
 */
#include "gate/crowd.h"

#include "gate/eye.h"

/* What the second camera shows. */
enum lamp { SHOWS_HER, SHOWS_PAPER, SHOWS_DARK };

struct beside_her {
	struct world *w;
	enum lamp lamp;
	bool on, told;
	enum camera_trouble trouble, told_trouble;
	int64_t frame_ms;
	struct photo picture;
};

static void picture_make(struct beside_her *b)
{
	const tanu_pixels *from = &b->w->shown;
	int32_t width = from->rgb ? from->width : 320, height = from->rgb ? from->height : 240;

	photo_free(&b->picture);
	b->picture = photo_grey(width, height, b->lamp == SHOWS_DARK ? 2 : 70);
	if (b->lamp != SHOWS_HER || !from->rgb)
		return;
	for (int32_t y = 0; y < height; y++)
		for (int32_t x = 0; x < width; x++) {
			const uint8_t *px = from->rgb + y * from->stride + (ptrdiff_t)3 * x;

			memset(b->picture.rgb + 3 * ((size_t)y * (size_t)width + (size_t)x),
			       (px[0] + px[1] + px[2]) / 3, 3);
		}
}

static tanu_status beside_next(void *self, struct camera_event *out, int64_t now_ms,
			       tanu_error *err)
{
	struct beside_her *b = self;

	(void)err;
	*out = (struct camera_event){.kind = CAMERA_NOTHING, .at_ms = now_ms};
	if (b->on != b->told) {
		b->told = b->on;
		out->kind = b->on ? CAMERA_ONLINE : CAMERA_OFFLINE;
		snprintf(out->why, sizeof(out->why), "its cable is out");
		return TANU_OK;
	}
	if (b->trouble != b->told_trouble) {
		b->told_trouble = out->trouble = b->trouble;
		out->kind = CAMERA_TROUBLE;
		return TANU_OK;
	}
	if (!b->on || now_ms < b->frame_ms + 60)
		return TANU_OK;
	b->frame_ms = now_ms;
	picture_make(b);
	out->kind = CAMERA_FRAME;
	out->frame.pixels = pixels_of(&b->picture);
	out->frame.at_ms = out->frame.media_ms = now_ms;
	return TANU_OK;
}

static int no_fd(const void *self)
{
	(void)self;
	return -1;
}

static int64_t no_wake(const void *self)
{
	(void)self;
	return INT64_MAX;
}

static void beside_end(void *self)
{
	struct beside_her *b = self;

	photo_free(&b->picture);
}

static struct beside_her beside;

static void rig(struct world *w, struct gate_options *o)
{
	static const struct camera_ops ops = {"sim", beside_next, no_fd, no_wake, beside_end};

	(void)w;
	o->second[SECOND_INFRARED] =
	    (struct gate_second){.camera = {.ops = &ops, .self = &beside}, .view = {.scale = 1}};
}

static int setup(void **state)
{
	struct world *w;

	world_setup(state);
	w = *state;
	w->has_camera = w->real_liveness = true;
	w->engine = engine;
	w->rig = rig;
	beside = (struct beside_her){.w = w, .on = true};
	add(w, 1, "8391");
	return 0;
}

/* A photograph of the pinned sheet that is held up, and whose it is. */
static struct photo enrol_of_sheet(struct world *w)
{
	struct photo p = photo_grey(640, 480, 100), face = sheet_face(0, 0);
	tanu_session *session = session_with(NULL);
	tanu_embedding features;

	photo_paste(&p, &face, 220, 140, 200, 200);
	features = features_of(session, &p);
	MUST(tanu_reference_from(&w->people[1].reference, &features, err));
	w->people[1].has_reference = w->people[1].consents = true;
	tanu_session_close(&session);
	photo_free(&face);
	return p;
}

static void open_with(struct world *w)
{
	world_open(w);
	lend(w, 96);
	act(w, "walk 400 900");
	pass_time(w, 200);
}

/* Held before both, with something behind it that infrared does not show. */
static void what_infrared_does_not_see_is_an_attack(void **state)
{
	struct world *w = *state;
	struct photo p = enrol_of_sheet(w);
	const struct gate_event *e;

	beside.lamp = SHOWS_PAPER;
	open_with(w);
	crowd_show(w, &p);
	pass_time(w, 600);
	show_card(w, 1);
	pass_time(w, 1500);
	e = last_decision(w);
	assert_int_equal(e->verdict, RULES_DENY);
	assert_int_equal(e->reason, RULES_R_ATTACK);
	assert_string_equal(e->word, "attack-infrared");
	assert_int_equal(e->embeddings, 0);
	assert_int_equal(seen(w).grants, 0);
	photo_free(&p);
}

/* A dark picture accuses nobody, and is no evidence either: the other lane is offered. */
static void a_lamp_that_is_off_lets_nobody_in_by_face(void **state)
{
	struct world *w = *state;
	struct photo p = enrol_of_sheet(w);

	beside.lamp = SHOWS_DARK;
	open_with(w);
	crowd_show(w, &p);
	pass_time(w, 600);
	show_card(w, 1);
	pass_time(w, 8000);
	assert_int_equal(seen(w).grants, 0);
	assert_int_equal(seen(w).embeddings, 0);
	assert_string_equal(w->told, "pin");
	type(w, "8391#");
	assert_int_equal(seen(w).grants, 1);
	assert_string_equal(last_decision(w)->word, "");
	photo_free(&p);
}

static void a_second_camera_that_is_lost_leaves_the_other_lane(void **state)
{
	struct world *w = *state;
	struct photo p = enrol_of_sheet(w);

	open_with(w);
	assert_true(seen(w).second[SECOND_INFRARED].on);
	assert_int_equal(count(w, GATE_EVENT_DEVICE, "infrared-on"), 1);
	beside.on = false;
	pass_time(w, 100);
	assert_int_equal(count(w, GATE_EVENT_DEVICE, "infrared-off"), 1);
	crowd_show(w, &p);
	show_card(w, 1);
	assert_string_equal(w->told, "pin"); /* at once */
	type(w, "8391#");
	assert_true(door_free(w));
	pass_time(w, 6000);
	beside.on = true;
	pass_time(w, 100);
	assert_int_equal(count(w, GATE_EVENT_DEVICE, "infrared-on"), 2);
	beside.trouble = CAMERA_TROUBLE_BLACK; /* nobody is within reach of its lamp */
	pass_time(w, 100);
	assert_true(seen(w).second[SECOND_INFRARED].on);
	beside.trouble = CAMERA_TROUBLE_FROZEN;
	pass_time(w, 100);
	assert_int_equal(count(w, GATE_EVENT_DEVICE, "infrared-off"), 2);
	show_card(w, 1);
	assert_string_equal(w->told, "pin");
	beside.trouble = CAMERA_TROUBLE_NONE;
	pass_time(w, 100);
	assert_int_equal(count(w, GATE_EVENT_DEVICE, "infrared-on"), 3);
	photo_free(&p);
}

/* It was never there: the gate has no face lane, and says so. */
static void a_second_camera_that_never_comes_is_told(void **state)
{
	struct world *w = *state;

	beside.on = false;
	beside.told = true; /* so that it says that it is not */
	open_with(w);
	assert_int_equal(count(w, GATE_EVENT_DEVICE, "infrared-off"), 1);
	show_card(w, 1);
	assert_string_equal(w->told, "pin");
}

/* Her eyes can give no evidence, which another factor makes up for; a blind camera it does not. */
static void a_waiver_is_none_for_the_second_camera(void **state)
{
	struct world *w = *state;

	MUST(settings_set(&w->settings, "look.ms", "8000", err)); /* until she has not turned */
	add(w, 10, "8391");
	w->people[10].waiver = true;
	if (!data_path("nuaa-train/live/0001/0001_00_00_01_0.jpg") ||
	    !crowd_enrol(w, 10, "nuaa-train/live/0001/0001_00_00_01_0.jpg"))
		skip();
	beside.lamp = SHOWS_DARK;
	open_with(w);
	assert_true(crowd_play(w, 10, "nuaa-train/live/0001", "0001_00_00_02_", 7000));
	assert_string_not_equal(seen(w).visit, "face"); /* it has been answered */
	assert_int_equal(seen(w).grants, 0);
	assert_int_equal(last_decision(w)->embeddings, 0);
	skip_time(w, 70000);
	assert_int_equal(seen(w).embeddings, 0);
}

/* A sticker on its lens, or a lamp that has burnt out, is told after some faces. */
static void blindness_is_told(void **state)
{
	struct world *w = *state;
	struct photo p = enrol_of_sheet(w);

	beside.lamp = SHOWS_DARK;
	open_with(w);
	crowd_show(w, &p);
	assert_int_equal(count(w, GATE_EVENT_DEVICE, "infrared-blind"), 0);
	for (int i = 0; i < 3; i++) {
		pass_time(w, 600);
		show_card(w, 1);
		pass_time(w, 5000);
		type(w, "8391#");
		skip_time(w, 10000);
	}
	assert_int_equal(seen(w).grants, 3); /* nobody was kept out by it */
	assert_int_equal(count(w, GATE_EVENT_DEVICE, "infrared-blind"), 1);
	photo_free(&p);
}

/* With one camera: nobody comes before it, and nobody is made to wait for a guard. */
static void a_face_that_does_not_come_leaves_the_other_lane(void **state)
{
	struct world *w = *state;
	struct photo p = enrol_of_sheet(w);

	w->rig = NULL;
	open_with(w);
	show_card(w, 1);
	pass_time(w, 3800);
	assert_string_equal(w->told, "look-here");
	pass_time(w, 400);
	assert_string_equal(w->told, "pin");
	type(w, "8391#");
	assert_int_equal(seen(w).grants, 1);
	photo_free(&p);
}

/* Recorded: a living person before both, and her print that infrared sees as white paper. */
static void a_living_face_in_both_opens(void **state)
{
	struct world *w = *state;
	size_t came = 0;

	add(w, 10, "8391");
	if (!data_path("nuaa-train/live/0001/0001_00_00_01_0.jpg") ||
	    !crowd_enrol(w, 10, "nuaa-train/live/0001/0001_00_00_01_0.jpg"))
		skip();
	open_with(w);
	came += crowd_play(w, 10, "nuaa-train/live/0001", "0001_00_00_02_", 2500);
	assert_int_equal(came, 1);
	assert_int_equal(seen(w).grants, 1);
	assert_int_equal(last_decision(w)->face, GATE_FACE_MATCH);
	assert_true(seen(w).second[SECOND_INFRARED].seen.any);
	skip_time(w, 65000);
	beside.lamp = SHOWS_PAPER;
	came += crowd_play(w, 10, "nuaa-train/print/0001", "0001_00_00_01_", 2500);
	assert_int_equal(came, 2);
	assert_int_equal(seen(w).grants, 1);
	assert_int_equal(seen(w).embeddings, seen(w).permits);
}

#define SECOND_TEST(name) cmocka_unit_test_setup_teardown(name, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SECOND_TEST(what_infrared_does_not_see_is_an_attack),
	    SECOND_TEST(a_lamp_that_is_off_lets_nobody_in_by_face),
	    SECOND_TEST(a_second_camera_that_is_lost_leaves_the_other_lane),
	    SECOND_TEST(a_second_camera_that_never_comes_is_told),
	    SECOND_TEST(a_waiver_is_none_for_the_second_camera),
	    SECOND_TEST(blindness_is_told),
	    SECOND_TEST(a_face_that_does_not_come_leaves_the_other_lane),
	    SECOND_TEST(a_living_face_in_both_opens),
	};

	return cmocka_run_group_tests_name("gate/second", tests, engine_start, engine_stop);
}
