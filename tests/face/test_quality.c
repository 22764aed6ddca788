/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "face/photos.h"

#include <math.h>
#include <string.h>

/* A portrait at `side` px in the middle of a grey frame. */
static struct photo framed(int row, int column, int32_t side)
{
	struct photo face = sheet_face(row, column), frame = photo_grey(640, 480, 127);

	photo_paste(&frame, &face, (640 - side) / 2, (480 - side) / 2, side, side);
	photo_free(&face);
	return frame;
}

static tanu_quality quality_of(tanu_session *session, const struct photo *p)
{
	tanu_faces faces;

	analyse(session, &faces, p);
	assert_true(faces.count > 0);
	assert_true(faces.face[faces.chosen].measured);
	return faces.face[faces.chosen].quality;
}

/* A dark lens around each eye, so large that the two touch. */
static void darken_eyes(struct photo *p, const tanu_face *face)
{
	float r = 0.5F * face->quality.value[TANU_QUALITY_INTER_EYE];

	for (int32_t y = 0; y < p->height; y++)
		for (int32_t x = 0; x < p->width; x++)
			for (int i = 0; i < 2; i++)
				if (hypotf((float)x - face->five[i][0],
					   (float)y - face->five[i][1]) < r)
					memset(p->rgb + 3 * (y * p->width + x), 20, 3);
}

static void a_good_portrait_passes_a_door(void **state)
{
	tanu_session *session = session_with(NULL);
	struct photo p = framed(0, 0, 300);
	tanu_quality q = quality_of(session, &p);
	tanu_quality_bounds door;
	char text[200];

	(void)state;
	tanu_quality_bounds_door(&door);
	assert_int_equal(q.refused, 0);
	assert_true(q.unified > 0.5F && q.unified <= 1);
	assert_int_equal(tanu_quality_advice(text, sizeof(text), &q, &door), TANU_QUALITY_COUNT);
	assert_string_equal(text, "");
	photo_free(&p);
	tanu_session_close(&session);
}

static void distance_between_the_eyes_is_in_pixels(void **state)
{
	tanu_session *session = session_with(NULL);
	struct photo small = framed(0, 0, 150), large = framed(0, 0, 300);
	float a = quality_of(session, &small).value[TANU_QUALITY_INTER_EYE];
	float b = quality_of(session, &large).value[TANU_QUALITY_INTER_EYE];

	(void)state;
	assert_float_equal(b / a, 2, 0.1);
	photo_free(&small);
	photo_free(&large);
	tanu_session_close(&session);
}

static void sharpness_falls_with_blur_and_not_with_size(void **state)
{
	tanu_session *session = session_with(NULL);
	struct photo sharp = framed(0, 2, 150), large = framed(0, 2, 300);
	struct photo tiny = photo_scaled(&large, 64, 48), blurred = photo_scaled(&tiny, 640, 480);
	float at_150 = quality_of(session, &sharp).value[TANU_QUALITY_SHARPNESS];
	float at_300 = quality_of(session, &large).value[TANU_QUALITY_SHARPNESS];
	float soft = quality_of(session, &blurred).value[TANU_QUALITY_SHARPNESS];

	(void)state;
	assert_float_equal(at_150, at_300, 0.05);
	assert_true(soft < 0.6F * at_300);
	photo_free(&sharp);
	photo_free(&large);
	photo_free(&tiny);
	photo_free(&blurred);
	tanu_session_close(&session);
}

static void light_changes_exposure_and_contrast_but_not_sharpness(void **state)
{
	tanu_session *session = session_with(NULL);
	struct photo p = framed(0, 3, 300);
	tanu_quality bright = quality_of(session, &p), dark;

	(void)state;
	for (size_t i = 0; i < (size_t)640 * 480 * 3; i++)
		p.rgb[i] = (uint8_t)(p.rgb[i] / 2);
	dark = quality_of(session, &p);
	assert_float_equal(dark.value[TANU_QUALITY_EXPOSURE] * 2,
			   bright.value[TANU_QUALITY_EXPOSURE], 5);
	assert_float_equal(dark.value[TANU_QUALITY_CONTRAST] * 2,
			   bright.value[TANU_QUALITY_CONTRAST], 4);
	assert_float_equal(dark.value[TANU_QUALITY_SHARPNESS], bright.value[TANU_QUALITY_SHARPNESS],
			   0.04);
	photo_free(&p);
	tanu_session_close(&session);
}

static void a_second_face_is_measured_against_the_first(void **state)
{
	tanu_session *session = session_with(NULL);
	struct photo frame = photo_grey(640, 480, 127), a = sheet_face(0, 0), b = sheet_face(3, 3);
	tanu_quality q;
	tanu_faces faces;

	(void)state;
	photo_paste(&frame, &a, 60, 140, 240, 240);
	analyse(session, &faces, &frame);
	assert_int_equal(faces.choice, TANU_CHOICE_ONLY);
	assert_true(faces.face[0].quality.value[TANU_QUALITY_SINGLE] == 0);
	photo_paste(&frame, &b, 440, 180, 120, 120);
	analyse(session, &faces, &frame);
	assert_int_equal(faces.count, 2);
	assert_int_equal(faces.choice, TANU_CHOICE_LARGEST);
	assert_int_equal(faces.chosen, 0);
	assert_false(faces.face[1].measured);
	q = faces.face[0].quality;
	assert_float_equal(q.value[TANU_QUALITY_SINGLE], 0.25, 0.12);
	photo_free(&frame);
	photo_free(&a);
	photo_free(&b);
	tanu_session_close(&session);
}

static void of_faces_of_one_size_the_central_is_chosen(void **state)
{
	tanu_session *session = session_with(&(tanu_session_options){.measure_max = 3});
	struct photo frame = photo_grey(640, 480, 127);
	tanu_faces faces;
	tanu_quality_bounds door;
	char text[200];

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct photo p = sheet_face(0, i);

		photo_paste(&frame, &p, 20 + 210 * i, 140, 180, 180);
		photo_free(&p);
	}
	analyse(session, &faces, &frame);
	assert_int_equal(faces.count, 3);
	assert_int_equal(faces.choice, TANU_CHOICE_CENTRAL);
	assert_float_equal((faces.face[faces.chosen].box[0] + faces.face[faces.chosen].box[2]) / 2,
			   320, 30);
	for (size_t i = 0; i < 3; i++)
		assert_true(faces.face[i].measured);
	tanu_quality_bounds_door(&door);
	door.max[TANU_QUALITY_SINGLE] = 0.5F;
	assert_int_equal(
	    tanu_quality_advice(text, sizeof(text), &faces.face[faces.chosen].quality, &door),
	    TANU_QUALITY_SINGLE);
	assert_non_null(strstr(text, "only one person in the picture, please"));
	photo_free(&frame);
	tanu_session_close(&session);
}

static void a_face_over_the_edge_is_not_whole_and_not_centred(void **state)
{
	tanu_session *session = session_with(NULL);
	struct photo frame = photo_grey(640, 480, 127), face = sheet_face(0, 0);
	tanu_quality q;

	(void)state;
	photo_paste(&frame, &face, 500, 0, 300, 300);
	q = quality_of(session, &frame);
	assert_true(q.value[TANU_QUALITY_WHOLE] < 0.95F);
	assert_true(q.value[TANU_QUALITY_CENTRED] > 0.5F);
	photo_free(&frame);
	photo_free(&face);
	tanu_session_close(&session);
}

static void the_bounds_of_a_session_decide(void **state)
{
	tanu_session_options strict = {0};
	struct photo p = framed(0, 0, 300);
	tanu_session *session;
	tanu_quality q;

	(void)state;
	tanu_quality_bounds_door(&strict.bounds);
	strict.bounds.min[TANU_QUALITY_INTER_EYE] = 300;
	session = session_with(&strict);
	q = quality_of(session, &p);
	assert_int_equal(q.refused, 1U << TANU_QUALITY_INTER_EYE);
	tanu_session_close(&session);
	photo_free(&p);
}

static void unified_is_a_half_at_a_bound_and_never_more_outside(void **state)
{
	tanu_session_options o = {0};
	struct photo p = framed(0, 0, 300);
	tanu_session *session = session_with(NULL);
	tanu_quality before = quality_of(session, &p), at;

	(void)state;
	tanu_session_close(&session);
	tanu_quality_bounds_door(&o.bounds);
	/* The measured value as its own bound, far from the ideal. */
	o.bounds.min[TANU_QUALITY_CONTRAST] = o.bounds.max[TANU_QUALITY_CONTRAST] =
	    before.value[TANU_QUALITY_CONTRAST] + 5;
	session = session_with(&o);
	at = quality_of(session, &p);
	assert_int_equal(at.refused, 1U << TANU_QUALITY_CONTRAST);
	assert_true(at.unified <= 0.5F * before.unified);
	tanu_session_close(&session);
	photo_free(&p);
}

/* Drawn ones; that real ones are found too is shown in docs/accuracy.md. */
static void dark_glasses_are_told_from_bare_eyes(void **state)
{
	tanu_session *session = session_with(NULL);
	tanu_quality_bounds only = {0};
	char text[200];

	(void)state;
	for (int k = 0; k < TANU_QUALITY_COUNT; k++) {
		only.min[k] = -INFINITY;
		only.max[k] = INFINITY;
	}
	for (int i = 0; i < 6; i++) {
		struct photo p = framed(0, i, 300);
		tanu_faces faces;
		tanu_quality q;
		float bare;

		analyse(session, &faces, &p);
		bare = faces.face[0].quality.value[TANU_QUALITY_EYES_LIT];
		darken_eyes(&p, &faces.face[0]);
		q = quality_of(session, &p);
		print_message("bare %.2f dark %.2f\n", (double)bare,
			      (double)q.value[TANU_QUALITY_EYES_LIT]);
		assert_true(bare > 0.5F);
		assert_true(q.value[TANU_QUALITY_EYES_LIT] < 0.7F * bare);
		only.min[TANU_QUALITY_EYES_LIT] = 0.7F * bare;
		assert_int_equal(tanu_quality_advice(text, sizeof(text), &q, &only),
				 TANU_QUALITY_EYES_LIT);
		assert_non_null(strstr(text, "take off dark glasses"));
		photo_free(&p);
	}
	tanu_session_close(&session);
}

/* Every measure, too low and too high, has its own sentence with a person to act on it. */
static void every_refusal_has_its_sentence(void **state)
{
	tanu_quality_bounds bounds;
	char text[200];

	(void)state;
	tanu_quality_bounds_enrol(&bounds);
	for (int i = 0; i < TANU_QUALITY_COUNT; i++) {
		tanu_quality q = {0};

		for (int k = 0; k < TANU_QUALITY_COUNT; k++)
			q.value[k] = (bounds.min[k] + bounds.max[k]) / 2;
		q.value[i] = bounds.min[i] - 1;
		assert_int_equal(tanu_quality_advice(text, sizeof(text), &q, &bounds), i);
		assert_true(strlen(text) > 10 && !strchr(text, '\n'));
		q.value[i] = bounds.max[i] + 1;
		assert_int_equal(tanu_quality_advice(text, sizeof(text), &q, &bounds), i);
		assert_true(strlen(text) > 10);
		q.value[i] = NAN;
		assert_int_equal(tanu_quality_advice(text, sizeof(text), &q, &bounds), i);
	}
}

static void advice_says_how_far_it_is(void **state)
{
	tanu_quality_bounds bounds;
	tanu_quality q = {0};
	char text[200], cut[8];

	(void)state;
	tanu_quality_bounds_door(&bounds);
	for (int k = 0; k < TANU_QUALITY_COUNT; k++)
		q.value[k] = (bounds.min[k] + bounds.max[k]) / 2;
	bounds.min[TANU_QUALITY_INTER_EYE] = 60;
	q.value[TANU_QUALITY_INTER_EYE] = 38;
	tanu_quality_advice(text, sizeof(text), &q, &bounds);
	assert_string_equal(text, "move closer: 38 px between the eyes, 60 needed");
	tanu_quality_advice(cut, sizeof(cut), &q, &bounds);
	assert_string_equal(cut, "move cl");
}

static void enrolment_is_nowhere_laxer_than_a_door(void **state)
{
	tanu_quality_bounds door, enrol;

	(void)state;
	tanu_quality_bounds_door(&door);
	tanu_quality_bounds_enrol(&enrol);
	for (int i = 0; i < TANU_QUALITY_COUNT; i++) {
		assert_true(enrol.min[i] >= door.min[i]);
		assert_true(enrol.max[i] <= door.max[i]);
		assert_true(enrol.min[i] < enrol.max[i]);
	}
}

static void every_measure_has_a_name_and_a_unit(void **state)
{
	(void)state;
	for (int i = 0; i < TANU_QUALITY_COUNT; i++) {
		assert_true(*tanu_quality_name((tanu_quality_measure)i));
		assert_true(*tanu_quality_unit((tanu_quality_measure)i));
	}
	assert_string_equal(tanu_quality_name(TANU_QUALITY_COUNT), "unknown");
	assert_string_equal(tanu_quality_name(TANU_QUALITY_INTER_EYE), "inter-eye");
	assert_string_equal(tanu_choice_name(TANU_CHOICE_CENTRAL), "central");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_good_portrait_passes_a_door),
	    cmocka_unit_test(distance_between_the_eyes_is_in_pixels),
	    cmocka_unit_test(sharpness_falls_with_blur_and_not_with_size),
	    cmocka_unit_test(light_changes_exposure_and_contrast_but_not_sharpness),
	    cmocka_unit_test(a_second_face_is_measured_against_the_first),
	    cmocka_unit_test(of_faces_of_one_size_the_central_is_chosen),
	    cmocka_unit_test(a_face_over_the_edge_is_not_whole_and_not_centred),
	    cmocka_unit_test(the_bounds_of_a_session_decide),
	    cmocka_unit_test(unified_is_a_half_at_a_bound_and_never_more_outside),
	    cmocka_unit_test(dark_glasses_are_told_from_bare_eyes),
	    cmocka_unit_test(every_refusal_has_its_sentence),
	    cmocka_unit_test(advice_says_how_far_it_is),
	    cmocka_unit_test(enrolment_is_nowhere_laxer_than_a_door),
	    cmocka_unit_test(every_measure_has_a_name_and_a_unit),
	};

	return cmocka_run_group_tests_name("face/quality", tests, engine_start, engine_stop);
}
