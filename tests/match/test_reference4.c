/* SPDX-License-Identifier: Apache-2.0 */
#include "match/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "match/samples.h"

static const uint8_t model[TANU_MODEL_DIGEST] = {7, 7, 7};

static tanu_reference through_4_bits(const tanu_embedding *in)
{
	uint8_t bytes[TANU_REFERENCE4_LEN];
	tanu_reference out;

	assert_int_equal(tanu_reference4_encode(bytes, in, NULL), TANU_OK);
	assert_int_equal(tanu_reference4_decode(&out, bytes, sizeof(bytes), in->model, NULL),
			 TANU_OK);
	return out;
}

static void what_comes_back_points_the_same_way(void **state)
{
	uint32_t seed = 3;
	float worst = 1;

	(void)state;
	for (int i = 0; i < 500; i++) {
		tanu_embedding in, back;
		tanu_reference reference;
		float score;

		sample_embedding(&in, &seed, NULL, 0.0f);
		reference = through_4_bits(&in);
		tanu_reference_to(&back, &reference);
		assert_int_equal(tanu_compare_float(&score, &in, &back, NULL), TANU_OK);
		worst = fminf(worst, score);
	}
	printf("4 bits: worst cosine with what was put in %.4f\n", (double)worst);
	assert_true(worst > 0.99f);
}

/* As at a door: the probe keeps its 8 bits. */
static void a_score_moves_by_less_than_two_hundredths(void **state)
{
	uint32_t seed = 1;
	float worst = 0.0f;
	double squares = 0.0;
	const int pairs = 2000;

	(void)state;
	for (int i = 0; i < pairs; i++) {
		tanu_embedding a, b;
		tanu_reference probe, reference;
		float exact, rounded;

		sample_embedding(&a, &seed, NULL, 0.0f);
		sample_embedding(&b, &seed, &a, (float)(i % 10) / 10.0f);
		reference = through_4_bits(&a);
		assert_int_equal(tanu_reference_from(&probe, &b, NULL), TANU_OK);
		assert_int_equal(tanu_compare_float(&exact, &a, &b, NULL), TANU_OK);
		assert_int_equal(tanu_compare(&rounded, &probe, &reference, NULL), TANU_OK);
		worst = fmaxf(worst, fabsf(exact - rounded));
		squares += (double)(exact - rounded) * (double)(exact - rounded);
	}
	printf("score error of 4 bits: rms %.6f, worst %.6f of %d\n", sqrt(squares / pairs),
	       (double)worst, pairs);
	assert_true(worst < 0.02f);
	assert_true(sqrt(squares / pairs) < 0.005);
}

static void the_opposite_is_as_exact(void **state)
{
	uint32_t seed = 9;
	tanu_embedding in, opposite;
	tanu_reference a, b;

	(void)state;
	sample_embedding(&in, &seed, NULL, 0.0f);
	opposite = in;
	for (int i = 0; i < TANU_FEATURES; i++)
		opposite.v[i] = -in.v[i];
	a = through_4_bits(&in);
	b = through_4_bits(&opposite);
	for (int i = 0; i < TANU_FEATURES; i++)
		assert_int_equal(a.v[i], -b.v[i]);
}

static void length_of_the_features_does_not_matter(void **state)
{
	uint32_t seed = 5;
	tanu_embedding in;
	tanu_reference unit, large;

	(void)state;
	sample_embedding(&in, &seed, NULL, 0.0f);
	unit = through_4_bits(&in);
	for (int i = 0; i < TANU_FEATURES; i++)
		in.v[i] *= 1024;
	large = through_4_bits(&in);
	assert_memory_equal(unit.v, large.v, sizeof(unit.v));
}

static void the_form_is_as_documented(void **state)
{
	static const int8_t level[8] = {6, 18, 31, 44, 58, 75, 96, 127};
	uint8_t bytes[TANU_REFERENCE4_LEN] = {25};
	tanu_reference out;

	(void)state;
	for (int i = 0; i < 256; i++)
		bytes[1 + i] = (uint8_t)i;
	assert_int_equal(tanu_reference4_decode(&out, bytes, sizeof(bytes), model, NULL), TANU_OK);
	for (int i = 0; i < TANU_FEATURES; i++) {
		int code = i % 2 ? i / 2 >> 4 : i / 2 & 15;

		assert_int_equal(out.v[i], code & 8 ? -level[code & 7] : level[code & 7]);
	}
	assert_true(fabsf(out.quality - 25 / 127.0f) < 1e-6f);
	assert_true(fabsf(out.norm * out.scale - 1) < 1e-6f);
	assert_memory_equal(out.model, model, sizeof(model));
}

/* What was decoded is a reference like any other. */
static void it_can_be_stored_in_8_bits(void **state)
{
	uint32_t seed = 8;
	uint8_t bytes[TANU_REFERENCE_LEN];
	tanu_embedding in;
	tanu_reference four, eight;

	(void)state;
	sample_embedding(&in, &seed, NULL, 0.0f);
	four = through_4_bits(&in);
	tanu_reference_encode(bytes, &four);
	assert_int_equal(tanu_reference_decode(&eight, bytes, sizeof(bytes), NULL), TANU_OK);
	assert_memory_equal(eight.v, four.v, sizeof(four.v));
}

static void quality_is_kept_in_127ths(void **state)
{
	static const float quality[] = {0.0f, 0.02f, 0.5f, 1.0f};
	uint32_t seed = 2;
	tanu_embedding in;

	(void)state;
	sample_embedding(&in, &seed, NULL, 0.0f);
	for (size_t i = 0; i < ARRAY_LEN(quality); i++) {
		in.quality = quality[i];
		assert_true(fabsf(through_4_bits(&in).quality - quality[i]) <= 0.51f / 127);
		assert_false(through_4_bits(&in).fused);
		in.fused = true;
		assert_true(through_4_bits(&in).fused);
		in.fused = false;
	}
}

static void refuses_any_other_length(void **state)
{
	uint8_t bytes[TANU_REFERENCE4_LEN + 1] = {0};
	tanu_reference out = {.norm = 42.0f};
	tanu_error err = {0};

	(void)state;
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		if (len == TANU_REFERENCE4_LEN)
			continue;
		assert_int_equal(tanu_reference4_decode(&out, bytes, len, model, &err), TANU_INPUT);
		assert_int_equal(err.code, TANU_ERR_FORMAT);
	}
	assert_true(out.norm == 42.0f);
}

static void refuses_features_that_are_zero_or_not_finite(void **state)
{
	static const float bad[] = {NAN, INFINITY, -INFINITY, 0};
	uint8_t bytes[TANU_REFERENCE4_LEN] = {42}, untouched[TANU_REFERENCE4_LEN] = {42};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		tanu_embedding in = {.v = {[3] = bad[i]}};
		tanu_error err = {0};

		assert_int_equal(tanu_reference4_encode(bytes, &in, &err), TANU_INPUT);
		assert_int_equal(err.code, TANU_ERR_FORMAT);
		assert_memory_equal(bytes, untouched, sizeof(bytes));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_comes_back_points_the_same_way),
	    cmocka_unit_test(a_score_moves_by_less_than_two_hundredths),
	    cmocka_unit_test(the_opposite_is_as_exact),
	    cmocka_unit_test(length_of_the_features_does_not_matter),
	    cmocka_unit_test(the_form_is_as_documented),
	    cmocka_unit_test(it_can_be_stored_in_8_bits),
	    cmocka_unit_test(quality_is_kept_in_127ths),
	    cmocka_unit_test(refuses_any_other_length),
	    cmocka_unit_test(refuses_features_that_are_zero_or_not_finite),
	};

	return cmocka_run_group_tests_name("match/reference4", tests, NULL, NULL);
}
