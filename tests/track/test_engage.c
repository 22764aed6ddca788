/* SPDX-License-Identifier: Apache-2.0 */
/* Who stands at the gate, and which of her frames are kept. */
#include "track/track.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#define WIDTH	 640
#define HEIGHT	 480
#define FRAME_MS 50

static struct track_box face_at(float x, float side)
{
	return (struct track_box){{x - side / 2, 200 - side / 2, x + side / 2, 200 + side / 2},
				  0.9F};
}

static void step(struct tracker *t, const struct track_box *boxes, size_t len, int frame)
{
	tracker_step(t, WIDTH, HEIGHT, boxes, len, (int64_t)frame * FRAME_MS);
}

static void who_comes_near_and_stays_is_engaged(void **state)
{
	struct tracker t;
	int engaged_at = -1;

	(void)state;
	tracker_init(&t, NULL);
	for (int i = 0; i < 40; i++) {
		/* Grows for a second while she walks up, then stands. */
		struct track_box box = face_at(320, 30 + 4 * (float)(i < 20 ? i : 20));

		step(&t, &box, 1, i);
		if (engaged_at < 0 && tracker_engaged(&t))
			engaged_at = i;
	}
	/* 12% of 480 px are reached in frame 7; five more are the quarter of a second. */
	assert_in_range(engaged_at, 11, 14);
	assert_true(tracker_engaged(&t)->engaged_ms == engaged_at * FRAME_MS);
}

static void who_walks_past_never_is(void **state)
{
	struct tracker t;

	(void)state;
	tracker_init(&t, NULL);
	for (int i = 0; i < 40; i++) {
		/* 14 px a frame: 280 px a second, nearly three face widths. */
		struct track_box box = face_at(40 + 14 * (float)i, 100);

		step(&t, &box, 1, i);
		assert_null(tracker_engaged(&t));
	}
}

static void who_is_far_or_beside_the_zone_never_is(void **state)
{
	const struct track_options middle = {.zone = {0.3F, 0, 0.7F, 1}};
	struct tracker t, zoned;

	(void)state;
	tracker_init(&t, NULL);
	tracker_init(&zoned, &middle);
	for (int i = 0; i < 40; i++) {
		struct track_box far = face_at(320, 50), beside = face_at(100, 150);

		step(&t, &far, 1, i);
		step(&zoned, &beside, 1, i);
		assert_null(tracker_engaged(&t));
		assert_null(tracker_engaged(&zoned));
	}
}

static void a_step_back_is_not_leaving(void **state)
{
	struct track_box near = face_at(320, 60), back = face_at(320, 52), gone = face_at(320, 40);
	struct tracker t;
	int i = 0;

	(void)state;
	tracker_init(&t, NULL);
	while (i < 20)
		step(&t, &near, 1, i++);
	assert_non_null(tracker_engaged(&t));
	while (i < 40)
		step(&t, &back, 1, i++);
	assert_non_null(tracker_engaged(&t));
	while (i < 60)
		step(&t, &gone, 1, i++);
	assert_null(tracker_engaged(&t));
}

/* Somebody looks over her shoulder: she stays first. Somebody steps before her: he is. */
static void the_first_one_stays_first(void **state)
{
	struct tracker t;
	uint32_t her;
	int i = 0;

	(void)state;
	tracker_init(&t, NULL);
	while (i < 20) {
		struct track_box box = face_at(250, 100);

		step(&t, &box, 1, i++);
	}
	her = t.engaged;
	assert_true(her != 0);
	while (i < 40) {
		struct track_box boxes[2] = {face_at(450, 110), face_at(250, 100)};

		step(&t, boxes, 2, i++);
	}
	assert_int_equal(t.engaged, her);
	while (i < 60) {
		struct track_box boxes[2] = {face_at(450, 170), face_at(250, 100)};

		step(&t, boxes, 2, i++);
	}
	assert_int_not_equal(t.engaged, her);
}

static void a_frame_without_her_changes_nothing(void **state)
{
	struct track_box box = face_at(320, 100);
	struct tracker t;
	uint32_t her;

	(void)state;
	tracker_init(&t, NULL);
	for (int i = 0; i < 20; i++)
		step(&t, &box, 1, i);
	her = t.engaged;
	for (int i = 20; i < 60; i++) {
		step(&t, &box, i % 3 != 0, i);
		assert_int_equal(t.engaged, her);
	}
}

static void the_best_frames_are_kept_apart_in_time(void **state)
{
	struct best_frames b;

	(void)state;
	best_init(&b, 2, 200);
	assert_int_equal(best_first(&b), -1);
	assert_int_equal(best_offer(&b, 0.5F, 0), 0);
	assert_int_equal(best_offer(&b, 0.4F, 50), -1); /* worse, and the same moment */
	assert_int_equal(best_offer(&b, 0.6F, 100), 0); /* better: takes its place */
	assert_int_equal(best_offer(&b, 0.3F, 400), 1);
	assert_int_equal(best_offer(&b, 0.2F, 800), -1);
	assert_int_equal(best_offer(&b, 0.7F, 1200), 1); /* instead of the worst */
	assert_int_equal(best_first(&b), 1);
	assert_int_equal(best_offer(&b, NAN, 2000), -1);
	assert_int_equal(best_offer(&b, -1, 2000), -1);
	assert_int_equal(b.len, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_comes_near_and_stays_is_engaged),
	    cmocka_unit_test(who_walks_past_never_is),
	    cmocka_unit_test(who_is_far_or_beside_the_zone_never_is),
	    cmocka_unit_test(a_step_back_is_not_leaving),
	    cmocka_unit_test(the_first_one_stays_first),
	    cmocka_unit_test(a_frame_without_her_changes_nothing),
	    cmocka_unit_test(the_best_frames_are_kept_apart_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
