/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "face/photos.h"

#include <math.h>
#include <stdlib.h>

static float height_of(const tanu_face *f)
{
	return f->box[3] - f->box[1];
}

/* Is the middle of this face within `reach` px of a point? */
static bool near(const tanu_face *f, float x, float y, float reach)
{
	return fabsf((f->box[0] + f->box[2]) / 2 - x) < reach &&
	       fabsf((f->box[1] + f->box[3]) / 2 - y) < reach;
}

static void finds_the_face_of_nearly_every_small_portrait(void **state)
{
	tanu_session *session = session_with(NULL);
	int found = 0;

	(void)state;
	for (int i = 0; i < 108; i++) {
		struct photo p = sheet_face(i / 18, i % 18);
		tanu_faces faces;

		analyse(session, &faces, &p);
		found += faces.count > 0 && near(&faces.face[faces.chosen], 52, 52, 26);
		photo_free(&p);
	}
	tanu_session_close(&session);
	print_message("%d of 108\n", found);
	assert_true(found >= 106);
}

/* Tiles overlap, so no place in the frame is blind. */
static void finds_a_face_of_40_px_anywhere_in_a_720p_frame(void **state)
{
	tanu_session *session = session_with(NULL);
	struct photo face = sheet_face(0, 0);
	tanu_faces faces;
	int32_t side;

	(void)state;
	analyse(session, &faces, &face);
	assert_int_equal(faces.count, 1);
	/* The picture at which the face in it is 42 px high. */
	side = (int32_t)ceilf((float)face.width * 42 / height_of(&faces.face[0]));
	for (int i = 0; i < 9 * 5; i++) {
		struct photo frame = photo_grey(1280, 720, 127);
		int32_t x = (1280 - side) * (i % 9) / 8, y = (720 - side) * (i / 9) / 4;

		photo_paste(&frame, &face, x, y, side, side);
		analyse(session, &faces, &frame);
		if (faces.count != 1 ||
		    !near(&faces.face[0], (float)(x + side / 2), (float)(y + side / 2), 8))
			fail_msg("at %d, %d: %zu faces", x, y, faces.count);
		photo_free(&frame);
	}
	photo_free(&face);
	tanu_session_close(&session);
}

static void finds_faces_of_all_sizes_between(void **state)
{
	tanu_session *session = session_with(NULL);
	struct photo face = sheet_face(0, 3);

	(void)state;
	for (int32_t side = 56; side <= 720; side += 83) {
		struct photo frame = photo_grey(1280, 720, 127);
		tanu_faces faces;

		photo_paste(&frame, &face, 1280 - side, 0, side, side);
		analyse(session, &faces, &frame);
		if (faces.count != 1)
			fail_msg("%d px: %zu faces", side, faces.count);
		photo_free(&frame);
	}
	photo_free(&face);
	tanu_session_close(&session);
}

/* The middle of a portrait, so that the face reaches over the edges. */
static void finds_a_face_that_fills_the_frame(void **state)
{
	tanu_session *session = session_with(NULL);

	(void)state;
	for (int column = 0; column < 8; column++) {
		struct photo face = sheet_face(0, column);
		struct photo frame = photo_grey(480, 480, 0);
		tanu_faces faces;

		photo_paste(&frame, &face, -110, -60, 700, 700);
		analyse(session, &faces, &frame);
		if (faces.count != 1 || height_of(&faces.face[0]) < 300)
			fail_msg("portrait %d: %zu faces", column, faces.count);
		photo_free(&frame);
		photo_free(&face);
	}
	tanu_session_close(&session);
}

static void finds_many_faces_largest_first_each_once(void **state)
{
	tanu_session *session = session_with(NULL);
	struct photo sheet = sheet_whole();
	tanu_faces faces;

	(void)state;
	analyse(session, &faces, &sheet);
	assert_int_equal(faces.count, TANU_FACES_MAX);
	for (size_t i = 1; i < faces.count; i++) {
		const float *a = faces.face[i - 1].box, *b = faces.face[i].box;

		assert_true((a[2] - a[0]) * (a[3] - a[1]) >= (b[2] - b[0]) * (b[3] - b[1]));
		for (size_t k = 0; k < i; k++)
			assert_false(near(&faces.face[k], (b[0] + b[2]) / 2, (b[1] + b[3]) / 2, 8));
	}
	photo_free(&sheet);
	tanu_session_close(&session);
}

static void smaller_faces_than_asked_for_are_left_out(void **state)
{
	tanu_session *session = session_with(&(tanu_session_options){.min_face_px = 120});
	struct photo frame = photo_grey(640, 480, 127), face = sheet_face(0, 0);
	tanu_faces faces;

	(void)state;
	photo_paste(&frame, &face, 200, 100, 104, 104);
	analyse(session, &faces, &frame);
	assert_int_equal(faces.count, 0);
	assert_int_equal(faces.choice, TANU_CHOICE_NONE);
	photo_paste(&frame, &face, 200, 100, 240, 240);
	analyse(session, &faces, &frame);
	assert_int_equal(faces.count, 1);
	photo_free(&frame);
	photo_free(&face);
	tanu_session_close(&session);
}

static void finds_nothing_where_nobody_is(void **state)
{
	static const uint8_t greys[] = {0, 127, 255};
	tanu_session *session = session_with(NULL);
	struct photo noise = photo_grey(640, 480, 0);
	uint32_t seed = 1;
	tanu_faces faces;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(greys); i++) {
		struct photo p = photo_grey(640, 480, greys[i]);

		analyse(session, &faces, &p);
		assert_int_equal(faces.count, 0);
		photo_free(&p);
	}
	for (size_t i = 0; i < 640 * 480 * 3; i++) {
		seed = seed * 1664525 + 1013904223;
		noise.rgb[i] = (uint8_t)(seed >> 24);
	}
	analyse(session, &faces, &noise);
	assert_int_equal(faces.count, 0);
	photo_free(&noise);
	tanu_session_close(&session);
}

static void takes_pictures_of_any_shape(void **state)
{
	static const int32_t shapes[][2] = {{1, 1},  {16, 16},	{1, 480},  {640, 1}, {2, 3},
					    {65, 7}, {3000, 8}, {8, 3000}, {33, 33}};
	tanu_session *session = session_with(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		struct photo p = photo_grey(shapes[i][0], shapes[i][1], 90);
		tanu_faces faces;

		analyse(session, &faces, &p);
		assert_int_equal(faces.count, 0);
		photo_free(&p);
	}
	tanu_session_close(&session);
}

/* A part of a larger picture, in place: rows are further apart than they are long. */
static void reads_rows_by_their_stride(void **state)
{
	tanu_session *session = session_with(NULL);
	struct photo frame = photo_grey(640, 480, 127), face = sheet_face(0, 0);
	struct photo alone = photo_scaled(&face, 208, 208);
	tanu_pixels part;
	tanu_faces whole, inside;

	(void)state;
	photo_paste(&frame, &face, 100, 50, 208, 208);
	part = (tanu_pixels){frame.rgb + (ptrdiff_t)3 * (50 * 640 + 100), 208, 208, 3 * 640};
	assert_int_equal(tanu_analyse(session, &inside, &part, NULL), TANU_OK);
	analyse(session, &whole, &alone);
	assert_int_equal(inside.count, 1);
	assert_memory_equal(inside.face[0].box, whole.face[0].box, sizeof(whole.face[0].box));
	photo_free(&alone);
	photo_free(&frame);
	photo_free(&face);
	tanu_session_close(&session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_the_face_of_nearly_every_small_portrait),
	    cmocka_unit_test(finds_a_face_of_40_px_anywhere_in_a_720p_frame),
	    cmocka_unit_test(finds_faces_of_all_sizes_between),
	    cmocka_unit_test(finds_a_face_that_fills_the_frame),
	    cmocka_unit_test(finds_many_faces_largest_first_each_once),
	    cmocka_unit_test(smaller_faces_than_asked_for_are_left_out),
	    cmocka_unit_test(finds_nothing_where_nobody_is),
	    cmocka_unit_test(takes_pictures_of_any_shape),
	    cmocka_unit_test(reads_rows_by_their_stride),
	};

	return cmocka_run_group_tests_name("face/detect", tests, engine_start, engine_stop);
}
