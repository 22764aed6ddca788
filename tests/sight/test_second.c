/* SPDX-License-Identifier: Apache-2.0 */
/* A second camera beside the first, on pictures of the pinned contact sheet: what it says of a
 * face. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "face/photos.h"
#include "sight/sight.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FACE_PX 200

static tanu_session *session;
static const struct second_view same = {.scale = 1};

/* One face of the sheet before a wall; `lamp`: of 255, of what the face throws back. */
static struct photo scene(int32_t width, int32_t height, int32_t x, int32_t y, int32_t size,
			  uint8_t wall, int lamp)
{
	struct photo p = photo_grey(width, height, wall), face = sheet_face(0, 0);

	for (size_t i = 0; i < 3 * (size_t)face.width * (size_t)face.height; i += 3) {
		int grey = (face.rgb[i] + face.rgb[i + 1] + face.rgb[i + 2]) / 3 * lamp / 255;

		if (lamp)
			memset(face.rgb + i, grey, 3);
	}
	photo_paste(&p, &face, x, y, size, size);
	photo_free(&face);
	return p;
}

/* What the second camera says of the face that the first one sees. */
static float said(struct second *s, const struct photo *first, int64_t at_ms)
{
	struct liveness_extra extra = {.infrared_ratio = 7, .depth_relief_mm = 7};
	tanu_faces faces;
	tanu_error err = {0};

	analyse(session, &faces, first);
	assert_int_equal(faces.count, 1);
	assert_int_equal(
	    second_look(s, &extra, &faces.face[0], first->width, first->height, at_ms, &err),
	    TANU_OK);
	assert_true(extra.depth_relief_mm == 7); /* the other's field is left alone */
	return extra.infrared_ratio;
}

static struct second infrared(const struct second_view *view)
{
	struct second s = {.kind = SECOND_INFRARED};
	tanu_error err = {0};

	assert_int_equal(second_open(&s, SECOND_INFRARED, view, 0, engine, &err), TANU_OK);
	return s;
}

static void show(struct second *s, const struct photo *p, int64_t at_ms)
{
	tanu_pixels pixels = pixels_of(p);

	second_picture(s, &pixels, at_ms);
}

static void a_face_in_both_is_measured(void **state)
{
	struct photo first = scene(640, 480, 220, 140, FACE_PX, 90, 0);
	struct photo lit = scene(640, 480, 220, 140, FACE_PX, 20, 255);
	struct photo blank = photo_grey(640, 480, 60), dark = photo_grey(640, 480, 3);
	struct second s = infrared(&same);

	(void)state;
	assert_true(isnan(said(&s, &first, 1000))); /* no picture yet */
	assert_false(s.seen.any);
	show(&s, &lit, 1000);
	assert_true(said(&s, &first, 1000) > 1.5F);
	assert_true(s.seen.any && s.seen.fits_known);
	/* the print of a face that is white paper in infrared, or a screen */
	show(&s, &blank, 1000);
	assert_true(said(&s, &first, 1000) == 0);
	/* its lamp is off: that says nothing about a face */
	show(&s, &dark, 1000);
	assert_true(isnan(said(&s, &first, 1000)));
	second_lost(&s);
	assert_true(isnan(said(&s, &first, 1000)));
	second_close(&s);
	photo_free(&first);
	photo_free(&lit);
	photo_free(&blank);
	photo_free(&dark);
}

static void a_picture_of_another_moment_says_nothing(void **state)
{
	struct photo first = scene(640, 480, 220, 140, FACE_PX, 90, 0);
	struct photo lit = scene(640, 480, 220, 140, FACE_PX, 20, 255);
	struct second s = infrared(&same);

	(void)state;
	show(&s, &lit, 1000);
	assert_true(said(&s, &first, 1150) > 1);
	assert_true(said(&s, &first, 850) > 1);
	assert_true(isnan(said(&s, &first, 1151)));
	assert_true(isnan(said(&s, &first, 849)));
	second_close(&s);
	photo_free(&first);
	photo_free(&lit);
}

/* A living face somewhere else lends nothing to the photograph before the first camera. */
static void another_place_is_another_face(void **state)
{
	struct photo first = scene(640, 480, 60, 140, FACE_PX, 90, 0);
	struct photo beside = scene(640, 480, 380, 140, FACE_PX, 20, 255);
	struct second s = infrared(&same);

	(void)state;
	show(&s, &beside, 1000);
	assert_true(said(&s, &first, 1000) == 0);
	second_close(&s);
	photo_free(&first);
	photo_free(&beside);
}

/* A smaller picture of a wider lens that hangs to the left: found by the numbers that it tells. */
static void the_view_says_where_a_face_lies(void **state)
{
	struct photo first = scene(1280, 720, 540, 260, FACE_PX, 90, 0);
	struct photo wide = scene(640, 480, 330, 200, 80, 20, 255);
	struct second s = infrared(&same);
	struct second_view view;

	(void)state;
	show(&s, &wide, 1000);
	assert_true(said(&s, &first, 1000) == 0);
	assert_true(s.seen.fits_known);
	view = s.seen.fits;
	assert_true(view.scale > 0.7F && view.scale < 0.9F);
	assert_true(view.right > 0.05F && view.right < 0.1F);
	second_close(&s);
	s = infrared(&view);
	show(&s, &wide, 1000);
	assert_true(said(&s, &first, 1000) > 1);
	second_close(&s);
	view.right += 0.6F; /* its picture does not reach there */
	s = infrared(&view);
	show(&s, &wide, 1000);
	assert_true(isnan(said(&s, &first, 1000)));
	second_close(&s);
	photo_free(&first);
	photo_free(&wide);
}

static void views_are_read_whole_or_not_at_all(void **state)
{
	static const char *const good[] = {"100 0 0", " 96.5 -3 2 ", "500 50 -50"};
	static const char *const bad[] = {
	    "",		 "100",	    "100 0",	 "100 0 0 0", "19 0 0",	    "501 0 0", "100 51 0",
	    "100 0 -51", "nan 0 0", "100 nan 0", "100,0,0",   "100 0 0 px", "a b c"};
	struct second_view view = {.scale = 7};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(second_view_parse(&view, bad[i]));
		assert_true(view.scale == 7);
	}
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(second_view_parse(&view, good[i]));
	assert_true(view.scale == 5 && view.right == 0.5F && view.down == -0.5F);
}

/* Distances, of a plane with a bump where the nose is in the other picture. */
static void distances_are_looked_at_where_the_points_are(void **state)
{
	struct photo first = scene(640, 480, 220, 140, FACE_PX, 90, 0), depth;
	struct second s;
	struct liveness_extra extra = {.infrared_ratio = 7};
	tanu_pixels pixels;
	tanu_faces faces;
	tanu_error err = {0};

	(void)state;
	assert_int_equal(second_open(&s, SECOND_DEPTH, &same, 1, NULL, &err), TANU_OK);
	analyse(session, &faces, &first);
	for (int bump = 0; bump <= 25; bump += 25) {
		depth = photo_grey(640, 480, 0);
		for (int y = 0; y < 480; y++)
			for (int x = 0; x < 640; x++) {
				const float *nose = faces.face[0].five[2];
				bool on = hypotf((float)x - nose[0], (float)y - nose[1]) < 14;
				unsigned mm = on ? 600 - (unsigned)bump : 600;

				depth.rgb[3 * (640 * y + x)] = (uint8_t)(mm >> 8);
				depth.rgb[3 * (640 * y + x) + 1] = (uint8_t)mm;
			}
		pixels = pixels_of(&depth);
		second_picture(&s, &pixels, 1000);
		assert_int_equal(second_look(&s, &extra, &faces.face[0], 640, 480, 1000, &err),
				 TANU_OK);
		assert_true(fabsf(extra.depth_relief_mm - (float)bump) < 1);
		assert_true(extra.infrared_ratio == 7);
		photo_free(&depth);
	}
	second_close(&s);
	photo_free(&first);
}

static int start(void **state)
{
	if (engine_start(state) != 0)
		return -1;
	session = session_with(NULL);
	return 0;
}

static int stop(void **state)
{
	tanu_session_close(&session);
	return engine_stop(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_face_in_both_is_measured),
	    cmocka_unit_test(a_picture_of_another_moment_says_nothing),
	    cmocka_unit_test(another_place_is_another_face),
	    cmocka_unit_test(the_view_says_where_a_face_lies),
	    cmocka_unit_test(views_are_read_whole_or_not_at_all),
	    cmocka_unit_test(distances_are_looked_at_where_the_points_are),
	};

	return cmocka_run_group_tests_name("sight/second", tests, start, stop);
}
