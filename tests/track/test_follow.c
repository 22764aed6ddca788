/* SPDX-License-Identifier: Apache-2.0 */
/* Faces followed over scripted boxes: 640 x 480, 20 frames a second. */
#include "track/track.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#define WIDTH	 640
#define HEIGHT	 480
#define FRAME_MS 50

/* A face of this size with its centre there. */
static struct track_box face_at(float x, float y, float side)
{
	return (struct track_box){{x - side / 2, y - side / 2, x + side / 2, y + side / 2}, 0.9F};
}

static void step(struct tracker *t, const struct track_box *boxes, size_t len, int frame)
{
	tracker_step(t, WIDTH, HEIGHT, boxes, len, (int64_t)frame * FRAME_MS);
}

static uint32_t id_at(const struct tracker *t, int32_t box)
{
	for (size_t i = 0; i < t->len; i++)
		if (t->track[i].at == box)
			return t->track[i].id;
	return 0;
}

static void keeps_one_id_while_a_face_moves(void **state)
{
	struct tracker t;
	uint32_t id = 0;

	(void)state;
	tracker_init(&t, NULL);
	for (int i = 0; i < 40; i++) {
		struct track_box box = face_at(100 + 10 * (float)i, 200, 60);

		step(&t, &box, 1, i);
		assert_int_equal(t.len, 1);
		assert_true(i == 0 || t.track[0].id == id);
		id = t.track[0].id;
	}
	/* 10 px a frame are 200 a second. */
	assert_true(fabsf(t.track[0].speed[0] - 200) < 5);
	assert_true(fabsf(t.track[0].speed[1]) < 1);
}

/* The boxes come in the order of their size, which changes as they pass. */
static void two_who_cross_keep_their_ids(void **state)
{
	struct tracker t;
	uint32_t left = 0, right = 0;

	(void)state;
	tracker_init(&t, NULL);
	for (int i = 0; i < 40; i++) {
		struct track_box boxes[2] = {face_at(100 + 11 * (float)i, 180, 60),
					     face_at(540 - 11 * (float)i, 215, 58)};
		struct track_box swapped[2] = {boxes[1], boxes[0]};
		bool swap = i % 2;

		step(&t, swap ? swapped : boxes, 2, i);
		if (i == 0) {
			left = id_at(&t, 0);
			right = id_at(&t, 1);
		}
		assert_int_equal(id_at(&t, swap ? 1 : 0), left);
		assert_int_equal(id_at(&t, swap ? 0 : 1), right);
	}
	assert_int_equal(t.last_id, 2);
}

static void a_face_is_found_again_behind_somebody_nearer(void **state)
{
	struct tracker t;
	uint32_t id;

	(void)state;
	tracker_init(&t, NULL);
	for (int i = 0; i < 10; i++) {
		struct track_box boxes[2] = {face_at(20, 240, 200), face_at(320, 240, 80)};

		step(&t, boxes, 2, i);
	}
	id = id_at(&t, 1);
	/* Somebody large walks through and hides her for 16 frames: longer than lost_ms. */
	for (int i = 10; i < 26; i++) {
		struct track_box box = face_at(20 + 22 * (float)(i - 9), 240, 200);

		step(&t, &box, 1, i);
	}
	for (int i = 26; i < 30; i++) {
		struct track_box boxes[2] = {face_at(500, 240, 200), face_at(322, 241, 80)};

		step(&t, boxes, 2, i);
	}
	assert_int_equal(id_at(&t, 1), id);
}

static void who_has_gone_is_forgotten_and_her_number_with_her(void **state)
{
	struct track_box box = face_at(320, 240, 100);
	struct tracker t;

	(void)state;
	tracker_init(&t, NULL);
	for (int i = 0; i < 10; i++)
		step(&t, &box, 1, i);
	assert_int_equal(t.track[0].id, 1);
	for (int i = 10; i < 22; i++)
		step(&t, NULL, 0, i);
	assert_int_equal(t.len, 1);
	assert_int_equal(t.track[0].at, -1);
	step(&t, NULL, 0, 22);
	assert_int_equal(t.len, 0);
	assert_null(tracker_find(&t, 1));
	step(&t, &box, 1, 23);
	assert_int_equal(t.track[0].id, 2);
}

static void a_flicker_of_the_detector_is_no_face(void **state)
{
	struct track_box box = face_at(320, 240, 100);
	struct tracker t;

	(void)state;
	tracker_init(&t, NULL);
	for (int i = 0; i < 30; i++) {
		step(&t, &box, i % 3 == 0, i);
		for (size_t k = 0; k < t.len; k++)
			assert_false(t.track[k].confirmed);
	}
}

static void does_not_follow_a_box_across_the_room(void **state)
{
	struct track_box here = face_at(100, 100, 60), there = face_at(500, 300, 60);
	struct tracker t;

	(void)state;
	tracker_init(&t, NULL);
	for (int i = 0; i < 5; i++)
		step(&t, &here, 1, i);
	step(&t, &there, 1, 5);
	assert_int_equal(t.len, 2);
	assert_int_equal(id_at(&t, 0), 2);
}

static void nonsense_changes_nothing(void **state)
{
	struct track_box bad[3] = {
	    {{NAN, 0, 10, 10}, 1}, {{10, 10, 5, 20}, 1}, {{0, 0, INFINITY, 10}, 1}};
	struct track_box box = face_at(320, 240, 100);
	struct tracker t;

	(void)state;
	tracker_init(&t, NULL);
	step(&t, &box, 1, 10);
	step(&t, bad, 3, 11);
	for (size_t i = 0; i < t.len; i++)
		assert_int_equal(t.track[i].at, -1);
	/* A clock that goes back stands still. */
	tracker_step(&t, WIDTH, HEIGHT, &box, 1, 0);
	assert_int_equal(t.at_ms, 11 * FRAME_MS);
}

static void more_faces_than_it_follows(void **state)
{
	struct track_box crowd[TRACK_MAX + 8];
	struct tracker t;

	(void)state;
	tracker_init(&t, NULL);
	for (int i = 0; i < TRACK_MAX + 8; i++)
		crowd[i] = face_at(13 + 26 * (float)i, 100, 24);
	for (int i = 0; i < 20; i++) {
		step(&t, crowd, TRACK_MAX + 8, i);
		assert_int_equal(t.len, TRACK_MAX);
	}
	assert_int_equal(t.last_id, TRACK_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keeps_one_id_while_a_face_moves),
	    cmocka_unit_test(two_who_cross_keep_their_ids),
	    cmocka_unit_test(a_face_is_found_again_behind_somebody_nearer),
	    cmocka_unit_test(who_has_gone_is_forgotten_and_her_number_with_her),
	    cmocka_unit_test(a_flicker_of_the_detector_is_no_face),
	    cmocka_unit_test(does_not_follow_a_box_across_the_room),
	    cmocka_unit_test(nonsense_changes_nothing),
	    cmocka_unit_test(more_faces_than_it_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
