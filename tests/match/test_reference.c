/* SPDX-License-Identifier: Apache-2.0 */
#include "match/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "match/samples.h"

/* Offsets in the stored form, see match.h. */
enum {
	AT_VERSION = 0,
	AT_LENGTH = 2,
	AT_MODEL = 4,
	AT_QUALITY = 36,
	AT_SCALE = 40,
	AT_NORM = 44,
	AT_FEATURES = 48
};

static void put_float(uint8_t *at, float v)
{
	memcpy(at, &v, sizeof(v)); /* the tests run on little-endian machines */
}

static void quantising_spans_the_whole_range_symmetrically(void **state)
{
	tanu_embedding in = {.v = {0.5f, -0.5f, 0.25f, 0.001f}, .quality = 0.75f};
	tanu_reference out;

	(void)state;
	assert_int_equal(tanu_reference_from(&out, &in, NULL), TANU_OK);
	assert_int_equal(out.v[0], 127);
	assert_int_equal(out.v[1], -127);
	assert_int_equal(out.v[2], 64); /* 63.5 to even */
	assert_int_equal(out.v[3], 0);
	assert_true(out.scale == 0.5f / 127.0f);
	assert_true(out.norm == (float)sqrt(127.0 * 127.0 * 2 + 64.0 * 64.0));
	assert_true(out.quality == 0.75f);
}

static void the_way_back_is_within_half_a_step(void **state)
{
	uint32_t seed = 3;
	tanu_embedding in, back;
	tanu_reference reference;

	(void)state;
	sample_embedding(&in, &seed, NULL, 0.0f);
	assert_int_equal(tanu_reference_from(&reference, &in, NULL), TANU_OK);
	tanu_reference_to(&back, &reference);
	for (int i = 0; i < TANU_FEATURES; i++)
		assert_true(fabsf(back.v[i] - in.v[i]) <= reference.scale * 0.5001f);
	assert_memory_equal(back.model, in.model, sizeof(in.model));
	assert_true(back.quality == in.quality);
}

/* Scores from strangers to near-twins: the error of quantising stays far below what moves a rate.
 */
static void quantising_moves_a_score_by_less_than_two_thousandths(void **state)
{
	uint32_t seed = 1;
	float worst = 0.0f;
	double squares = 0.0;
	const int pairs = 2000;

	(void)state;
	for (int i = 0; i < pairs; i++) {
		tanu_embedding a, b;
		tanu_reference qa, qb;
		float exact, rounded;

		sample_embedding(&a, &seed, NULL, 0.0f);
		sample_embedding(&b, &seed, &a, (float)(i % 10) / 10.0f);
		assert_int_equal(tanu_reference_from(&qa, &a, NULL), TANU_OK);
		assert_int_equal(tanu_reference_from(&qb, &b, NULL), TANU_OK);
		assert_int_equal(tanu_compare_float(&exact, &a, &b, NULL), TANU_OK);
		assert_int_equal(tanu_compare(&rounded, &qa, &qb, NULL), TANU_OK);
		worst = fmaxf(worst, fabsf(exact - rounded));
		squares += (double)(exact - rounded) * (double)(exact - rounded);
	}
	printf("score error of 8 bits: rms %.6f, worst %.6f of %d\n", sqrt(squares / pairs),
	       (double)worst, pairs);
	assert_true(worst < 0.002f);
	assert_true(sqrt(squares / pairs) < 0.0005);
}

static void refuses_to_quantise(float bad)
{
	tanu_embedding in = {.v = {0.5f, 0.1f, bad}};
	tanu_reference out = {.norm = 42.0f};
	tanu_error err = {0};

	assert_int_equal(tanu_reference_from(&out, &in, &err), TANU_INPUT);
	assert_int_equal(err.code, TANU_ERR_FORMAT);
	assert_true(out.norm == 42.0f);
}

static void refuses_features_that_are_not_finite(void **state)
{
	(void)state;
	refuses_to_quantise(NAN);
	refuses_to_quantise(INFINITY);
	refuses_to_quantise(-INFINITY);
}

static void refuses_features_that_are_zero_or_denormal(void **state)
{
	tanu_embedding in = {0};
	tanu_reference out;

	(void)state;
	assert_int_equal(tanu_reference_from(&out, &in, NULL), TANU_INPUT);
	in.v[9] = 1e-40f;
	assert_int_equal(tanu_reference_from(&out, &in, NULL), TANU_INPUT);
	in.v[9] = 3e38f;
	assert_int_equal(tanu_reference_from(&out, &in, NULL), TANU_OK);
}

static void the_stored_form_is_as_documented(void **state)
{
	tanu_reference in = sample_reference(5), out = {.scale = 1.0f};
	uint8_t bytes[TANU_REFERENCE_LEN], again[TANU_REFERENCE_LEN];
	float norm;

	(void)state;
	tanu_reference_encode(bytes, &in);
	assert_int_equal(bytes[AT_VERSION] | bytes[AT_VERSION + 1] << 8, 1);
	assert_int_equal(bytes[AT_LENGTH] | bytes[AT_LENGTH + 1] << 8, 512);
	assert_memory_equal(bytes + AT_MODEL, in.model, TANU_MODEL_DIGEST);
	memcpy(&norm, bytes + AT_NORM, sizeof(norm));
	assert_true(norm == in.norm);
	assert_memory_equal(bytes + AT_FEATURES, in.v, TANU_FEATURES);
	assert_int_equal(tanu_reference_decode(&out, bytes, sizeof(bytes), NULL), TANU_OK);
	tanu_reference_encode(again, &out);
	assert_memory_equal(again, bytes, sizeof(bytes));
}

/* One good reference; each case damages one field. */
static int good_sample(void **state)
{
	static uint8_t bytes[TANU_REFERENCE_LEN];
	tanu_reference in = sample_reference(6);

	tanu_reference_encode(bytes, &in);
	*state = bytes;
	return 0;
}

static void assert_damaged(const uint8_t *bytes, size_t len, const char *word)
{
	tanu_reference out = {.norm = 42.0f};
	tanu_error err = {0};

	assert_int_equal(tanu_reference_decode(&out, bytes, len, &err), TANU_INPUT);
	assert_int_equal(err.code, TANU_ERR_FORMAT);
	assert_non_null(strstr(err.message, word));
	assert_true(out.norm == 42.0f);
}

static void refuses_every_other_length(void **state)
{
	uint8_t longer[TANU_REFERENCE_LEN + 1] = {0};

	memcpy(longer, *state, TANU_REFERENCE_LEN);
	for (size_t len = 0; len < TANU_REFERENCE_LEN; len++)
		assert_damaged(longer, len, "560 bytes");
	assert_damaged(longer, sizeof(longer), "560 bytes");
}

static void refuses_another_version(void **state)
{
	uint8_t *bytes = *state;

	bytes[AT_VERSION] = 2;
	assert_damaged(bytes, TANU_REFERENCE_LEN, "version");
}

static void refuses_flags_that_are_not_known(void **state)
{
	uint8_t *bytes = *state;

	bytes[AT_VERSION + 1] = 2;
	assert_damaged(bytes, TANU_REFERENCE_LEN, "flags");
}

static void keeps_whether_it_is_of_several_samples(void **state)
{
	uint8_t *bytes = *state;
	tanu_reference out;

	assert_int_equal(tanu_reference_decode(&out, bytes, TANU_REFERENCE_LEN, NULL), TANU_OK);
	assert_false(out.fused);
	out.fused = true;
	tanu_reference_encode(bytes, &out);
	out.fused = false;
	assert_int_equal(tanu_reference_decode(&out, bytes, TANU_REFERENCE_LEN, NULL), TANU_OK);
	assert_true(out.fused);
}

static void refuses_another_number_of_features(void **state)
{
	uint8_t *bytes = *state;

	bytes[AT_LENGTH + 1] = 1;
	assert_damaged(bytes, TANU_REFERENCE_LEN, "512");
}

static void refuses_a_quality_out_of_range(void **state)
{
	static const float bad[] = {NAN, INFINITY, -0.01f, 1.01f};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		put_float((uint8_t *)*state + AT_QUALITY, bad[i]);
		assert_damaged(*state, TANU_REFERENCE_LEN, "quality");
	}
}

static void refuses_a_scale_that_is_no_positive_number(void **state)
{
	static const float bad[] = {NAN, INFINITY, 0.0f, -1.0f};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		put_float((uint8_t *)*state + AT_SCALE, bad[i]);
		assert_damaged(*state, TANU_REFERENCE_LEN, "scale");
	}
}

static void refuses_a_norm_that_is_not_of_the_vector(void **state)
{
	static const float bad[] = {NAN, INFINITY, 0.0f, 500.0f};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		put_float((uint8_t *)*state + AT_NORM, bad[i]);
		assert_damaged(*state, TANU_REFERENCE_LEN, "norm");
	}
}

static void refuses_a_vector_of_zeros(void **state)
{
	uint8_t *bytes = *state;

	memset(bytes + AT_FEATURES, 0, TANU_FEATURES);
	put_float(bytes + AT_NORM, 0.0f);
	assert_damaged(bytes, TANU_REFERENCE_LEN, "zero");
}

static void notices_a_flipped_bit_of_any_feature(void **state)
{
	uint8_t *bytes = *state;

	for (size_t i = 0; i < TANU_FEATURES; i++) {
		bytes[AT_FEATURES + i] ^= 0x40;
		/* x and x ^ 64 have the same square only where they are 32 and -32 apart from 0. */
		if ((bytes[AT_FEATURES + i] & 0x3f) != 0x20)
			assert_damaged(bytes, TANU_REFERENCE_LEN, "norm");
		bytes[AT_FEATURES + i] ^= 0x40;
	}
}

static void wiping_leaves_zeros(void **state)
{
	tanu_reference reference = sample_reference(8), zero = {0};
	tanu_embedding embedding = {.v = {1.0f}}, none = {0};

	(void)state;
	tanu_reference_wipe(&reference);
	tanu_embedding_wipe(&embedding);
	assert_memory_equal(&reference, &zero, sizeof(zero));
	assert_memory_equal(&embedding, &none, sizeof(none));
	tanu_reference_wipe(NULL);
	tanu_embedding_wipe(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(quantising_spans_the_whole_range_symmetrically),
	    cmocka_unit_test(the_way_back_is_within_half_a_step),
	    cmocka_unit_test(quantising_moves_a_score_by_less_than_two_thousandths),
	    cmocka_unit_test(refuses_features_that_are_not_finite),
	    cmocka_unit_test(refuses_features_that_are_zero_or_denormal),
	    cmocka_unit_test(the_stored_form_is_as_documented),
	    cmocka_unit_test_setup(refuses_every_other_length, good_sample),
	    cmocka_unit_test_setup(refuses_another_version, good_sample),
	    cmocka_unit_test_setup(refuses_flags_that_are_not_known, good_sample),
	    cmocka_unit_test_setup(keeps_whether_it_is_of_several_samples, good_sample),
	    cmocka_unit_test_setup(refuses_another_number_of_features, good_sample),
	    cmocka_unit_test_setup(refuses_a_quality_out_of_range, good_sample),
	    cmocka_unit_test_setup(refuses_a_scale_that_is_no_positive_number, good_sample),
	    cmocka_unit_test_setup(refuses_a_norm_that_is_not_of_the_vector, good_sample),
	    cmocka_unit_test_setup(refuses_a_vector_of_zeros, good_sample),
	    cmocka_unit_test_setup(notices_a_flipped_bit_of_any_feature, good_sample),
	    cmocka_unit_test(wiping_leaves_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
