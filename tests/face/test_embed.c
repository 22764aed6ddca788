/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "face/photos.h"
#include "os/scratch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAME 9 /* frontal portraits of one man, from the left of row 0 */

static void features_have_unit_length_and_name_their_model(void **state)
{
	tanu_session *session = session_with(NULL);
	struct photo p = sheet_face(0, 0);
	tanu_embedding e = features_of(session, &p);
	double sum = 0;

	(void)state;
	for (int i = 0; i < TANU_FEATURES; i++)
		sum += (double)e.v[i] * (double)e.v[i];
	assert_float_equal(sum, 1, 1e-5);
	assert_true(e.quality > 0 && e.quality <= 1);
	assert_memory_equal(e.model, tanu_engine_digest(engine), TANU_MODEL_DIGEST);
	photo_free(&p);
	tanu_session_close(&session);
}

static void the_same_pixels_give_the_same_features(void **state)
{
	tanu_session *one = session_with(NULL), *two = session_with(NULL);
	struct photo p = sheet_face(0, 1);
	tanu_embedding a = features_of(one, &p), b = features_of(two, &p);

	(void)state;
	assert_memory_equal(a.v, b.v, sizeof(a.v));
	photo_free(&p);
	tanu_session_close(&one);
	tanu_session_close(&two);
}

/* Every pair of his above every pair with somebody else. */
static void one_man_and_strangers_are_apart(void **state)
{
	tanu_session *session = session_with(NULL);
	tanu_embedding his[SAME];
	float least = 1, most = -1;

	(void)state;
	for (int i = 0; i < SAME; i++) {
		struct photo p = sheet_face(0, i);

		his[i] = features_of(session, &p);
		for (int k = 0; k < i; k++)
			least = fminf(least, score_of(&his[i], &his[k]));
		photo_free(&p);
	}
	for (int i = 0; i < 3 * 18; i++) {
		struct photo p = sheet_face(3 + i / 18, i % 18);
		tanu_embedding other = features_of(session, &p);

		for (int k = 0; k < SAME; k++)
			most = fmaxf(most, score_of(&other, &his[k]));
		photo_free(&p);
	}
	print_message("same person: at least %.3f; strangers: at most %.3f\n", (double)least,
		      (double)most);
	assert_true(least > most);
	assert_true(most < 0.334F);
	tanu_session_close(&session);
}

/* Mean score of the man's pairs under the models of one folder. */
static double mean_score(const char *models)
{
	tanu_engine *other = NULL;
	tanu_session *session = NULL;
	tanu_embedding his[SAME];
	double sum = 0;

	assert_int_equal(tanu_engine_open(&other, models, NULL), TANU_OK);
	assert_int_equal(tanu_session_open(&session, other, NULL, NULL), TANU_OK);
	for (int i = 0; i < SAME; i++) {
		struct photo p = sheet_face(0, i);

		his[i] = features_of(session, &p);
		for (int k = 0; k < i; k++)
			sum += (double)score_of(&his[i], &his[k]) / (SAME * (SAME - 1) / 2.0);
		photo_free(&p);
	}
	tanu_session_close(&session);
	tanu_engine_close(&other);
	return sum;
}

/* A copy of the shipped manifests in which the embedder takes red first. */
static void copy_models_with_rgb(const char *dir)
{
	static const char *const names[] = {"fr-detect", "fr-landmark", "fr-feature", "fr-liveness",
					    "fr-eye"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct buf text = {0};
		char path[1024];
		char *order;

		snprintf(path, sizeof(path), TANU_SOURCE_DIR "/models/%s.json", names[i]);
		assert_int_equal(os_read_file(&text, path, 1 << 16, NULL), TANU_OK);
		order = strstr(buf_cstr(&text), "\"bgr\"");
		if (order && strcmp(names[i], "fr-feature") == 0)
			memcpy(order, "\"rgb\"", 5);
		snprintf(path, sizeof(path), "%s/%s.json", dir, names[i]);
		assert_int_equal(os_replace_file(path, text.data, text.len, 0600, NULL), TANU_OK);
		buf_free(&text);
	}
}

static void blue_comes_first_for_the_shipped_embedder(void **state)
{
	double bgr = mean_score(TANU_SOURCE_DIR "/models"), rgb;

	copy_models_with_rgb(*state);
	rgb = mean_score(*state);
	print_message("mean score of one man: %.3f in BGR, %.3f in RGB\n", bgr, rgb);
	assert_true(bgr > rgb);
}

static void the_aligned_face_has_its_points_on_the_template(void **state)
{
	const struct model_manifest *m = engine_models(engine)->of[MODEL_EMBED];
	/* The template turned by 30 degrees, three times as large, moved. */
	float c = 3 * cosf(0.5236F), s = 3 * sinf(0.5236F), five[5][2], matrix[6];

	(void)state;
	for (int i = 0; i < 5; i++) {
		five[i][0] = c * m->align[i][0] - s * m->align[i][1] + 40;
		five[i][1] = s * m->align[i][0] + c * m->align[i][1] + 70;
	}
	align_matrix(matrix, (const float(*)[2])five, m, m->width);
	for (int i = 0; i < 5; i++) {
		const float *t = m->align[i];

		assert_float_equal(matrix[0] * t[0] + matrix[1] * t[1] + matrix[2], five[i][0],
				   1e-3);
		assert_float_equal(matrix[3] * t[0] + matrix[4] * t[1] + matrix[5], five[i][1],
				   1e-3);
	}
}

static void the_aligned_face_is_upright_whatever_the_picture(void **state)
{
	static uint8_t straight[TANU_FACE_SIDE * TANU_FACE_SIDE * 3], turned[sizeof(straight)];
	tanu_session *session = session_with(NULL);
	struct photo face = sheet_face(0, 0), frame = photo_grey(400, 400, 127), tilted;
	double off = 0;
	tanu_faces faces;
	tanu_pixels px;

	(void)state;
	photo_paste(&frame, &face, 100, 100, 208, 208);
	tilted = photo_rotated(&frame, 15);
	analyse(session, &faces, &frame);
	px = pixels_of(&frame);
	assert_int_equal(tanu_align(session, straight, sizeof(straight), &px, &faces.face[0], NULL),
			 TANU_OK);
	analyse(session, &faces, &tilted);
	px = pixels_of(&tilted);
	assert_int_equal(tanu_align(session, turned, sizeof(turned), &px, &faces.face[0], NULL),
			 TANU_OK);
	/* The middle of the face, where both show skin. */
	for (int y = 35; y < 90; y++)
		for (int x = 3 * 30; x < 3 * 82; x++)
			off += abs(straight[336 * y + x] - turned[336 * y + x]) / (55.0 * 156);
	assert_true(off < 12);
	photo_free(&tilted);
	photo_free(&frame);
	photo_free(&face);
	tanu_session_close(&session);
}

/* A photograph of ten times the size with strong grain is still the same face. */
static void grain_of_a_large_photograph_averages_out(void **state)
{
	tanu_session *session = session_with(NULL);
	struct photo small = sheet_face(0, 0), large = photo_scaled(&small, 1040, 1040);
	tanu_embedding a = features_of(session, &large), b;
	uint32_t seed = 7;

	(void)state;
	for (size_t i = 0; i < (size_t)1040 * 1040 * 3; i++) {
		int grain;

		seed = seed * 1664525 + 1013904223;
		grain = (int)(seed >> 24) - 128; /* even, 74 grey levels of standard deviation */
		large.rgb[i] = (uint8_t)fminf(fmaxf((float)(large.rgb[i] + grain), 0), 255);
	}
	b = features_of(session, &large);
	print_message("score with and without grain: %.3f\n", (double)score_of(&a, &b));
	assert_true(score_of(&a, &b) > 0.7F);
	photo_free(&small);
	photo_free(&large);
	tanu_session_close(&session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(features_have_unit_length_and_name_their_model),
	    cmocka_unit_test(the_same_pixels_give_the_same_features),
	    cmocka_unit_test(one_man_and_strangers_are_apart),
	    cmocka_unit_test_setup_teardown(blue_comes_first_for_the_shipped_embedder, scratch_make,
					    scratch_remove),
	    cmocka_unit_test(grain_of_a_large_photograph_averages_out),
	    cmocka_unit_test(the_aligned_face_has_its_points_on_the_template),
	    cmocka_unit_test(the_aligned_face_is_upright_whatever_the_picture),
	};

	return cmocka_run_group_tests_name("face/embed", tests, engine_start, engine_stop);
}
