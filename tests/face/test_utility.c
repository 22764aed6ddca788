/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "face/photos.h"

#include <math.h>

/* Grey over part of a picture, as if something stood before it. */
static void cover(struct photo *p, int32_t top, int32_t bottom)
{
	for (int32_t y = top; y < bottom; y++)
		for (int32_t x = 0; x < 3 * p->width; x++)
			p->rgb[3 * p->width * y + x] = 127;
}

static void a_blurred_face_is_expected_to_compare_worse(void **state)
{
	tanu_session *session = session_with(NULL);
	struct photo sharp = sheet_face(0, 2), tiny = photo_scaled(&sharp, 26, 26),
		     blurred = photo_scaled(&tiny, 104, 104);
	float clear = features_of(session, &sharp).quality;
	float soft = features_of(session, &blurred).quality;

	(void)state;
	print_message("sharp %.3f blurred %.3f\n", (double)clear, (double)soft);
	assert_true(clear > 0.1F && clear < 1);
	assert_true(soft < 0.5F * clear);
	photo_free(&sharp);
	photo_free(&tiny);
	photo_free(&blurred);
	tanu_session_close(&session);
}

/* The face is measured bare and embedded covered, so that only the features can tell. */
static void a_covered_face_is_expected_to_compare_worse(void **state)
{
	static const int32_t strips[][2] = {{30, 55}, {62, 104}};
	tanu_session *session = session_with(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(strips); i++) {
		struct photo p = sheet_face(0, 0);
		tanu_pixels px = pixels_of(&p);
		tanu_embedding bare, covered;
		tanu_faces faces;

		analyse(session, &faces, &p);
		assert_int_equal(tanu_embed(session, &bare, &px, &faces.face[0], NULL), TANU_OK);
		cover(&p, strips[i][0], strips[i][1]);
		assert_int_equal(tanu_embed(session, &covered, &px, &faces.face[0], NULL), TANU_OK);
		print_message("bare %.3f covered %.3f\n", (double)bare.quality,
			      (double)covered.quality);
		assert_true(covered.quality < 0.5F * bare.quality);
		photo_free(&p);
	}
	tanu_session_close(&session);
}

static tanu_face ordinary_face(void)
{
	tanu_face f = {.detection = 0.99997F, .measured = true};

	f.quality.value[TANU_QUALITY_INTER_EYE] = 40;
	f.quality.value[TANU_QUALITY_SHARPNESS] = 0.24F;
	f.quality.value[TANU_QUALITY_CONTRAST] = 38;
	f.quality.value[TANU_QUALITY_YAW] = -9;
	f.quality.value[TANU_QUALITY_PITCH] = 9;
	f.quality.value[TANU_QUALITY_ROLL] = 2;
	f.quality.value[TANU_QUALITY_EYES_OPEN] = 0.92F;
	return f;
}

static float utility(const tanu_face *face, float norm, const struct model_manifest *m)
{
	float terms[UTILITY_TERMS];

	utility_terms(terms, face, norm, m);
	return utility_of(terms);
}

static void an_ordinary_face_is_in_the_middle(void **state)
{
	struct model_manifest m = {.norm_mean = 3, .norm_deviation = 0.5F};
	tanu_face face = ordinary_face();

	(void)state;
	assert_float_equal(utility(&face, 3, &m), 0.5, 0.1);
	assert_true(utility(&face, 2, &m) < 0.1F);
	assert_true(utility(&face, 4, &m) > 0.85F);
	face.quality.value[TANU_QUALITY_YAW] = 9;
	assert_float_equal(utility(&face, 3, &m), 0.5, 0.1);
}

static void the_norm_of_an_unmeasured_model_says_nothing(void **state)
{
	struct model_manifest m = {0};
	tanu_face face = ordinary_face();

	(void)state;
	assert_float_equal(utility(&face, 0.001F, &m), utility(&face, 1000, &m), 0);
	assert_float_equal(utility(&face, 1, &m), 0.5, 0.1);
}

static void no_single_measure_leaves_its_range(void **state)
{
	struct model_manifest m = {.norm_mean = 3, .norm_deviation = 0.5F};
	tanu_face face = ordinary_face();
	float worst, best;

	(void)state;
	face.quality.value[TANU_QUALITY_INTER_EYE] = 0;
	face.quality.value[TANU_QUALITY_ROLL] = -180;
	worst = utility(&face, 0, &m);
	face.detection = 2;
	face.quality.value[TANU_QUALITY_INTER_EYE] = 1e9F;
	best = utility(&face, 1e9F, &m);
	assert_true(worst > 0 && worst < 0.05F);
	assert_true(best > 0.9F && best < 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_blurred_face_is_expected_to_compare_worse),
	    cmocka_unit_test(a_covered_face_is_expected_to_compare_worse),
	    cmocka_unit_test(an_ordinary_face_is_in_the_middle),
	    cmocka_unit_test(the_norm_of_an_unmeasured_model_says_nothing),
	    cmocka_unit_test(no_single_measure_leaves_its_range),
	};

	return cmocka_run_group_tests_name("face/utility", tests, engine_start, engine_stop);
}
