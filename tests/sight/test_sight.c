/* SPDX-License-Identifier: Apache-2.0 */
/* One face before a camera: whose evidence it is, frame after frame. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sight/sight.h"

#include <string.h>

#define WIDTH	64
#define HEIGHT	48
#define STEP_MS 100

/* A judge that counts what it is shown. */
struct counted {
	int begun, seen;
	uint32_t anew; /* what it says of that */
	bool waived, always;
};

static void begin(void *self, const struct liveness_options *options, int64_t at_ms)
{
	struct counted *c = self;

	(void)at_ms;
	c->begun++;
	c->seen = 0;
	c->anew = 0;
	c->waived = options->waive_eyes;
	c->always = options->challenge_always;
}

static tanu_status observe(void *self, const struct liveness_view *view, tanu_error *err)
{
	(void)err;
	assert_true(view->face->measured);
	((struct counted *)self)->seen++;
	return TANU_OK;
}

static void judge(void *self, struct liveness_result *out, int64_t now_ms)
{
	(void)now_ms;
	*out = (struct liveness_result){.state = LIVENESS_LIVE,
					.frames = ((struct counted *)self)->seen};
}

static uint32_t anew(const void *self)
{
	return ((const struct counted *)self)->anew;
}

static void close_nothing(void *self)
{
	(void)self;
}

static const struct liveness_ops counting = {"counting", begin, observe,
					     judge,	 anew,	close_nothing};

struct scene {
	struct counted counted;
	struct sight sight;
	uint8_t rgb[3 * WIDTH * HEIGHT];
	int64_t at_ms;
	const tanu_face *seen;
};

static void scene_open(struct scene *s)
{
	const struct sight_options options = {.life = {.challenge_always = true}};

	memset(s, 0, sizeof(*s));
	sight_open(&s->sight, (struct liveness){&counting, &s->counted}, &options);
}

/* A frame with one face at x, or nobody (x < 0); `fresh`: its pixels were never there before. */
static void frame(struct scene *s, float x, bool fresh)
{
	static uint8_t value;
	const tanu_pixels image = {
	    .rgb = s->rgb, .width = WIDTH, .height = HEIGHT, .stride = (ptrdiff_t)3 * WIDTH};
	tanu_faces faces = {.count = x >= 0};
	const float box[4] = {x, 10, x + 16, 30};
	tanu_error err = {0};

	if (fresh)
		memset(s->rgb, ++value, sizeof(s->rgb));
	memcpy(faces.face[0].box, box, sizeof(box));
	faces.face[0].detection = 0.9F;
	faces.face[0].measured = true;
	s->at_ms += STEP_MS;
	assert_int_equal(sight_frame(&s->sight, &s->seen, &image, &faces, s->at_ms, &err), TANU_OK);
}

static void stays(struct scene *s, float x, int frames)
{
	for (int i = 0; i < frames; i++)
		frame(s, x, true);
}

static void evidence_is_of_who_stands_there(void **state)
{
	struct liveness_result live;
	struct scene s;

	(void)state;
	scene_open(&s);
	frame(&s, 20, true);
	assert_null(s.seen); /* a box of one frame is nobody yet */
	sight_judge(&s.sight, &live, s.at_ms);
	assert_int_equal(live.state, LIVENESS_UNKNOWN);
	stays(&s, 20, 10);
	assert_non_null(s.seen);
	assert_false(s.sight.begun);
	assert_true(s.counted.always); /* what its owner has asked for */
	sight_judge(&s.sight, &live, s.at_ms);
	assert_int_equal(live.state, LIVENESS_LIVE);
	assert_int_equal(live.frames, s.counted.seen);
	sight_close(&s.sight);
}

static void the_same_picture_again_says_nothing(void **state)
{
	struct scene s;
	int seen;

	(void)state;
	scene_open(&s);
	stays(&s, 20, 10);
	seen = s.counted.seen;
	for (int i = 0; i < 5; i++)
		frame(&s, 20, false);
	assert_non_null(s.seen);
	assert_int_equal(s.counted.seen, seen);
	frame(&s, 20, true);
	assert_int_equal(s.counted.seen, seen + 1);
	sight_close(&s.sight);
}

static void another_face_begins_anew(void **state)
{
	struct liveness_result live;
	struct scene s;
	int begun;

	(void)state;
	scene_open(&s);
	stays(&s, 0, 10);
	begun = s.counted.begun;
	for (int i = 0; i < 10 && !s.sight.begun; i++)
		frame(&s, -1, true);
	assert_true(s.sight.begun);
	assert_int_equal(s.counted.begun, begun + 1);
	sight_judge(&s.sight, &live, s.at_ms);
	assert_int_equal(live.state, LIVENESS_UNKNOWN); /* nobody's */
	for (int i = 0; i < 10 && !(s.sight.begun && s.sight.track); i++)
		frame(&s, 44, true);
	assert_int_equal(s.counted.begun, begun + 2);
	assert_true(s.counted.seen <= 1);
	sight_close(&s.sight);
}

/* A photograph, and then a living face in its place: what was kept of the one is not of the other.
 */
static void what_the_judge_drops_is_dropped(void **state)
{
	struct scene s;
	uint64_t first;

	(void)state;
	scene_open(&s);
	stays(&s, 20, 10);
	first = s.sight.first;
	assert_true(first < s.sight.frames);
	s.counted.anew = 1;
	frame(&s, 20, true);
	assert_true(s.sight.begun);
	assert_int_equal(s.sight.first, s.sight.frames); /* this one counts, none before it */
	frame(&s, 20, true);
	assert_false(s.sight.begun);
	assert_true(s.sight.first < s.sight.frames);
	sight_close(&s.sight);
}

static void what_was_waived_ends_with_her(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	stays(&s, 20, 10);
	assert_false(s.counted.waived);
	sight_begin(&s.sight, true, s.at_ms);
	assert_true(s.counted.waived);
	assert_true(s.sight.waived);
	assert_int_equal(s.counted.seen, 0);
	stays(&s, 20, 3);
	assert_true(s.counted.waived);
	sight_restart(&s.sight);
	assert_false(s.counted.waived);
	sight_close(&s.sight);
}

/* A clock that stands or goes back is not one to judge motion by; it is not followed. */
static void time_does_not_go_back(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	stays(&s, 20, 10);
	s.at_ms -= 5 * STEP_MS;
	frame(&s, 20, true);
	assert_int_equal(s.sight.at_ms, 10 * STEP_MS);
	assert_non_null(s.seen);
	sight_close(&s.sight);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(evidence_is_of_who_stands_there),
	    cmocka_unit_test(the_same_picture_again_says_nothing),
	    cmocka_unit_test(another_face_begins_anew),
	    cmocka_unit_test(what_the_judge_drops_is_dropped),
	    cmocka_unit_test(what_was_waived_ends_with_her),
	    cmocka_unit_test(time_does_not_go_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
