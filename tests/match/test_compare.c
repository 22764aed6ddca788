/* SPDX-License-Identifier: Apache-2.0 */
#include "match/match.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "match/samples.h"

static void a_sample_is_like_itself(void **state)
{
	tanu_reference a = sample_reference(1);
	float score = 0.0f;

	(void)state;
	assert_int_equal(tanu_compare(&score, &a, &a, NULL), TANU_OK);
	assert_true(score <= 1.0f && score > 0.999999f);
}

static void the_opposite_scores_minus_one(void **state)
{
	tanu_reference a = sample_reference(1), b = a;
	float score = 0.0f;

	(void)state;
	for (int i = 0; i < TANU_FEATURES; i++)
		b.v[i] = (int8_t)-a.v[i];
	assert_int_equal(tanu_compare(&score, &a, &b, NULL), TANU_OK);
	assert_true(score >= -1.0f && score < -0.999999f);
}

static void length_does_not_count(void **state)
{
	tanu_reference a = sample_reference(1), b = a;
	float score = 0.0f;

	(void)state;
	for (int i = 0; i < TANU_FEATURES; i++) {
		a.v[i] = (int8_t)(i % 5 - 2);
		b.v[i] = (int8_t)(a.v[i] * 60);
	}
	assert_int_equal(tanu_compare(&score, &a, &b, NULL), TANU_OK);
	assert_true(score > 0.999999f);
}

static void refuses_features_of_different_models(void **state)
{
	tanu_reference a = sample_reference(1), b = a;
	tanu_embedding c = {.v = {1.0f}}, d = c;
	tanu_error err = {0};
	float score = 7.0f;

	(void)state;
	b.model[31] ^= 1;
	d.model[0] ^= 1;
	assert_int_equal(tanu_compare(&score, &a, &b, &err), TANU_REFUSED);
	assert_int_equal(err.code, TANU_ERR_MODEL_MISMATCH);
	assert_int_equal(tanu_compare_float(&score, &c, &d, &err), TANU_REFUSED);
	assert_true(score == 7.0f);
}

static void refuses_the_zero_vector(void **state)
{
	tanu_reference a = sample_reference(1), zero = {0};
	tanu_embedding none = {0};
	float score = 7.0f;

	(void)state;
	memcpy(zero.model, a.model, sizeof(zero.model));
	assert_int_equal(tanu_compare(&score, &a, &zero, NULL), TANU_INPUT);
	assert_int_equal(tanu_compare(&score, &zero, &a, NULL), TANU_INPUT);
	assert_int_equal(tanu_compare_float(&score, &none, &none, NULL), TANU_INPUT);
	assert_true(score == 7.0f);
}

static void float_comparison_refuses_what_is_not_finite(void **state)
{
	tanu_embedding a = {.v = {1.0f}}, b = a;
	float score = 7.0f;

	(void)state;
	b.v[100] = NAN;
	assert_int_equal(tanu_compare_float(&score, &a, &b, NULL), TANU_INPUT);
	b.v[100] = INFINITY;
	assert_int_equal(tanu_compare_float(&score, &a, &b, NULL), TANU_INPUT);
	assert_true(score == 7.0f);
}

static void the_zero_decision_is_no_match(void **state)
{
	tanu_decision zero = {0};

	(void)state;
	assert_int_equal(zero.result, TANU_NO_MATCH);
}

static const tanu_threshold measured = {.score = 0.4f, .fmr = 1e-4};

static void a_score_at_the_threshold_is_a_match(void **state)
{
	tanu_decision at = tanu_decide(0.4f, &measured);
	tanu_decision under = tanu_decide(nextafterf(0.4f, 0.0f), &measured);
	tanu_decision over = tanu_decide(0.5f, &measured);

	(void)state;
	assert_int_equal(at.result, TANU_MATCH);
	assert_true(at.margin == 0.0f && at.fmr == 1e-4 && at.threshold == 0.4f);
	assert_int_equal(under.result, TANU_NO_MATCH);
	assert_true(under.margin < 0.0f);
	assert_int_equal(over.result, TANU_MATCH);
	assert_true(fabsf(over.margin - 0.1f) < 1e-6f);
}

static void a_decision_says_whether_its_rate_was_counted(void **state)
{
	tanu_threshold fitted = measured;

	(void)state;
	fitted.extrapolated = true;
	assert_false(tanu_decide(0.5f, &measured).extrapolated);
	assert_true(tanu_decide(0.5f, &fitted).extrapolated);
	assert_true(tanu_decide(NAN, &fitted).extrapolated);
}

static void what_is_not_a_number_is_no_match(void **state)
{
	static const float bad[] = {NAN, INFINITY, -INFINITY};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		tanu_decision d = tanu_decide(bad[i], &measured);
		tanu_threshold broken = measured;

		assert_int_equal(d.result, TANU_NO_MATCH);
		assert_true(d.score == 0.0f && d.margin == 0.0f);
		broken.score = bad[i];
		assert_int_equal(tanu_decide(0.9f, &broken).result, TANU_NO_MATCH);
	}
}

/* Weighted by quality, each by its own score: not what their mean would score. */
static void frames_of_a_moment_score_as_their_mean(void **state)
{
	tanu_reference reference = sample_reference(1);
	tanu_embedding frames[3];
	uint32_t seed = 77;
	const bool keep[3] = {true, false, true}, none[3] = {false};
	float one[3], score = 0.0f, kept;
	tanu_error err = {0};

	(void)state;
	for (int i = 0; i < 3; i++) {
		tanu_reference probe;

		sample_embedding(&frames[i], &seed, NULL, 0.0f);
		assert_int_equal(tanu_reference_from(&probe, &frames[i], NULL), TANU_OK);
		assert_int_equal(tanu_compare(&one[i], &probe, &reference, NULL), TANU_OK);
	}
	frames[0].quality = 0.6f;
	frames[1].quality = 0.3f;
	frames[2].quality = 0.0f; /* it still counts a little */
	assert_int_equal(tanu_compare_frames(&score, frames, NULL, 3, &reference, &err), TANU_OK);
	kept = (0.6f * one[0] + 0.3f * one[1] + 0.01f * one[2]) / 0.91f;
	assert_true(fabsf(score - kept) < 1e-5f);
	assert_int_equal(tanu_compare_frames(&score, frames, keep, 3, &reference, &err), TANU_OK);
	kept = (0.6f * one[0] + 0.01f * one[2]) / 0.61f;
	assert_true(fabsf(score - kept) < 1e-5f);
	score = 7.0f;
	assert_int_equal(tanu_compare_frames(&score, frames, none, 3, &reference, &err),
			 TANU_INPUT);
	assert_int_equal(tanu_compare_frames(&score, frames, NULL, 0, &reference, &err),
			 TANU_INPUT);
	frames[1].model[0] ^= 1;
	assert_int_equal(tanu_compare_frames(&score, frames, NULL, 3, &reference, &err),
			 TANU_REFUSED);
	assert_true(score == 7.0f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_sample_is_like_itself),
	    cmocka_unit_test(the_opposite_scores_minus_one),
	    cmocka_unit_test(length_does_not_count),
	    cmocka_unit_test(refuses_features_of_different_models),
	    cmocka_unit_test(refuses_the_zero_vector),
	    cmocka_unit_test(float_comparison_refuses_what_is_not_finite),
	    cmocka_unit_test(frames_of_a_moment_score_as_their_mean),
	    cmocka_unit_test(the_zero_decision_is_no_match),
	    cmocka_unit_test(a_score_at_the_threshold_is_a_match),
	    cmocka_unit_test(a_decision_says_whether_its_rate_was_counted),
	    cmocka_unit_test(what_is_not_a_number_is_no_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
