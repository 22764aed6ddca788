/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/eval.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Ten impostor scores 0.0 .. 0.9, four genuine ones; unsorted on purpose. */
struct sample {
	float genuine[4], impostor[10];
	struct scores scores;
};

static int sample_set(void **state)
{
	static struct sample s;

	s = (struct sample){.genuine = {0.95f, 0.45f, 0.85f, 0.99f}};
	for (int i = 0; i < 10; i++)
		s.impostor[i] = (float)((i * 7) % 10) / 10.0f;
	s.scores = (struct scores){s.genuine, 4, s.impostor, 10};
	*state = &s;
	return 0;
}

static int sorted_set(void **state)
{
	sample_set(state);
	return scores_sort(&((struct sample *)*state)->scores, NULL);
}

static void sorting_makes_both_rise(void **state)
{
	struct sample *s = *state;

	assert_int_equal(scores_sort(&s->scores, NULL), TANU_OK);
	assert_true(s->genuine[0] == 0.45f && s->genuine[3] == 0.99f);
	for (int i = 0; i < 10; i++)
		assert_true(s->impostor[i] == (float)i / 10.0f);
}

static void refuses_scores_that_are_not_finite(void **state)
{
	struct sample *s = *state;
	tanu_error err = {0};

	s->impostor[3] = NAN;
	assert_int_equal(scores_sort(&s->scores, &err), TANU_INPUT);
	assert_string_equal(err.place, "impostor");
	s->impostor[3] = 0.1f;
	s->genuine[0] = INFINITY;
	assert_int_equal(scores_sort(&s->scores, &err), TANU_INPUT);
	assert_string_equal(err.place, "genuine");
}

static void counts_errors_at_a_threshold(void **state)
{
	const struct sample *s = *state;
	struct error_rates r = rates_at(&s->scores, 0.5);

	assert_int_equal(r.false_matches, 5); /* 0.5 itself matches */
	assert_int_equal(r.false_non_matches, 1);
	assert_true(r.fmr == 0.5 && r.fnmr == 0.25);
	assert_true(r.fmr_ci.low < 0.5 && r.fmr_ci.high > 0.5);
	assert_true(fabs(r.fnmr_ci.high - clopper_pearson(1, 4, 0.95).high) < 1e-15);
}

static void the_ends_count_all_and_none(void **state)
{
	const struct sample *s = *state;
	struct error_rates low = rates_at(&s->scores, -1.0), high = rates_at(&s->scores, 1.0);

	assert_true(low.fmr == 1.0 && low.fnmr == 0.0);
	assert_true(high.fmr == 0.0 && high.fnmr == 1.0);
}

static void a_rate_of_no_pairs_is_not_a_number(void **state)
{
	struct scores none = {0};
	struct error_rates r = rates_at(&none, 0.5);

	(void)state;
	assert_true(isnan(r.fmr) && isnan(r.fnmr));
	assert_true(r.fmr_ci.low == 0.0 && r.fmr_ci.high == 1.0);
	assert_int_equal(scores_sort(&none, NULL), TANU_OK);
}

static void the_threshold_for_a_rate_is_the_lowest_that_keeps_it(void **state)
{
	const struct sample *s = *state;
	double t;

	assert_int_equal(threshold_at_fmr(&t, &s->scores, 0.2, NULL), TANU_OK);
	assert_true(t == (double)nextafterf(0.7f, 1.0f));
	assert_true(rates_at(&s->scores, t).fmr == 0.2);
	assert_true(rates_at(&s->scores, nextafter(t, 0.0) - 1e-7).fmr > 0.2);
	assert_int_equal(threshold_at_fmr(&t, &s->scores, 0.29, NULL), TANU_OK);
	assert_true(rates_at(&s->scores, t).fmr == 0.2);
	assert_int_equal(threshold_at_fmr(&t, &s->scores, 0.1, NULL), TANU_OK);
	assert_true(rates_at(&s->scores, t).false_matches == 1);
	assert_int_equal(threshold_at_fmr(&t, &s->scores, nextafter(1.0, 0.0), NULL), TANU_OK);
	assert_true(rates_at(&s->scores, t).false_matches == 9);
}

/* Equal scores match together or not at all: the rate falls below the target rather than above. */
static void ties_never_exceed_the_target(void **state)
{
	float impostor[10] = {0.1f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.6f, 0.6f};
	struct scores s = {.impostor = impostor, .impostor_len = 10};
	double t;

	(void)state;
	assert_int_equal(threshold_at_fmr(&t, &s, 0.5, NULL), TANU_OK);
	assert_int_equal(rates_at(&s, t).false_matches, 2);
	assert_int_equal(threshold_at_fmr(&t, &s, 0.1, NULL), TANU_OK);
	assert_int_equal(rates_at(&s, t).false_matches, 0);
}

static void refuses_a_rate_the_data_cannot_support(void **state)
{
	const struct sample *s = *state;
	static const double bad[] = {0.09, 1e-6, 0.0, -0.1, 1.0, 2.0, NAN};
	double t = 7.0;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		tanu_error err = {0};

		assert_int_equal(threshold_at_fmr(&t, &s->scores, bad[i], &err), TANU_USAGE);
		assert_int_equal(err.code, TANU_ERR_SETTING);
	}
	assert_true(t == 7.0);
}

/* Two unit steps apart by d: with the same spread the rates meet half way. */
static void equal_error_of_two_uniform_distributions(void **state)
{
	enum { N = 1000 };
	static float genuine[N], impostor[N];
	struct scores s = {genuine, N, impostor, N};
	double rate, threshold;

	(void)state;
	for (int i = 0; i < N; i++) {
		impostor[i] = ((float)i + 0.5f) / N;
		genuine[i] = impostor[i] + 0.8f;
	}
	assert_int_equal(equal_error_rate(&rate, &threshold, &s, NULL), TANU_OK);
	assert_true(fabs(rate - 0.1) < 1.5e-3);
	assert_true(fabs(threshold - 0.9) < 1.5e-3);
}

static void separated_scores_have_no_equal_error(void **state)
{
	float genuine[] = {0.8f, 0.9f}, impostor[] = {0.1f, 0.2f};
	struct scores s = {genuine, 2, impostor, 2};
	double rate, threshold;

	(void)state;
	assert_int_equal(equal_error_rate(&rate, &threshold, &s, NULL), TANU_OK);
	assert_true(rate == 0.0 && threshold == (double)0.8f);
}

static void identical_scores_err_half_the_time(void **state)
{
	float same[] = {0.5f, 0.5f, 0.5f};
	struct scores s = {same, 3, same, 3};
	double rate, threshold;

	(void)state;
	assert_int_equal(equal_error_rate(&rate, &threshold, &s, NULL), TANU_OK);
	assert_true(rate == 0.5);
}

static void refuses_an_equal_error_without_pairs(void **state)
{
	float one[] = {0.5f};
	struct scores no_genuine = {NULL, 0, one, 1}, no_impostor = {one, 1, NULL, 0};
	double rate = 7.0, threshold;

	(void)state;
	assert_int_equal(equal_error_rate(&rate, &threshold, &no_genuine, NULL), TANU_USAGE);
	assert_int_equal(equal_error_rate(&rate, &threshold, &no_impostor, NULL), TANU_USAGE);
	assert_true(rate == 7.0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(sorting_makes_both_rise, sample_set),
	    cmocka_unit_test_setup(refuses_scores_that_are_not_finite, sample_set),
	    cmocka_unit_test_setup(counts_errors_at_a_threshold, sorted_set),
	    cmocka_unit_test_setup(the_ends_count_all_and_none, sorted_set),
	    cmocka_unit_test(a_rate_of_no_pairs_is_not_a_number),
	    cmocka_unit_test_setup(the_threshold_for_a_rate_is_the_lowest_that_keeps_it,
				   sorted_set),
	    cmocka_unit_test(ties_never_exceed_the_target),
	    cmocka_unit_test_setup(refuses_a_rate_the_data_cannot_support, sorted_set),
	    cmocka_unit_test(equal_error_of_two_uniform_distributions),
	    cmocka_unit_test(separated_scores_have_no_equal_error),
	    cmocka_unit_test(identical_scores_err_half_the_time),
	    cmocka_unit_test(refuses_an_equal_error_without_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
