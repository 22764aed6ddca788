/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/eval.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define SCORES 200000
#define OVER   0.3
#define SHARE  0.01

/* Uniform in (0, 1), the same on every machine. */
static double uniform(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return ((double)(*state >> 11) + 0.5) / 9007199254740992.0;
}

static int rising_floats(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* Scores of which a share of SHARE lies above OVER in a Pareto tail of this shape and scale. */
static float *draw_scores(double shape, double scale)
{
	float *s = malloc(SCORES * sizeof(*s));
	uint64_t state = 42;

	assert_non_null(s);
	for (size_t i = 0; i < SCORES; i++) {
		double u = uniform(&state), y;

		if (i >= (size_t)(SHARE * SCORES)) {
			s[i] = (float)(OVER * u);
			continue;
		}
		y = fabs(shape) < 1e-12 ? -scale * log(u) : scale / shape * (pow(u, -shape) - 1);
		s[i] = (float)(OVER + y);
	}
	qsort(s, SCORES, sizeof(*s), rising_floats);
	return s;
}

static void expect_tail(double shape, double scale)
{
	float *s = draw_scores(shape, scale);
	struct tail t = {0};

	assert_int_equal(tail_fit(&t, s, SCORES, SHARE, NULL), TANU_OK);
	assert_int_equal(t.exceedances, SHARE * SCORES);
	assert_true(fabs(t.shape - shape) < 0.08);
	assert_true(fabs(t.scale - scale) < 0.08 * scale + 0.001);
	assert_true(fabs(t.over - OVER) < 1e-3);
	free(s);
}

static void finds_a_bounded_tail(void **state)
{
	(void)state;
	expect_tail(-0.25, 0.05);
}

static void finds_an_exponential_tail(void **state)
{
	(void)state;
	expect_tail(0, 0.04);
}

static void finds_a_heavy_tail(void **state)
{
	(void)state;
	expect_tail(0.3, 0.02);
}

static void threshold_and_rate_are_inverse(void **state)
{
	static const double shapes[] = {-0.25, 0, 0.3};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		struct tail t = {.over = 0.3, .share = 0.01, .shape = shapes[i], .scale = 0.04};

		for (double fmr = 1e-3; fmr > 1e-7; fmr /= 10)
			assert_true(fabs(tail_fmr(&t, tail_threshold(&t, fmr)) / fmr - 1) < 1e-9);
	}
}

static void a_bounded_tail_ends(void **state)
{
	struct tail t = {.over = 0.3, .share = 0.01, .shape = -0.5, .scale = 0.1};

	(void)state;
	assert_true(tail_fmr(&t, 0.51) == 0);
	assert_true(tail_fmr(&t, 0.49) > 0);
}

/* Fitted on one half, the tail predicts the rate that the other half shows. */
static void predicts_scores_that_were_left_out(void **state)
{
	float *s = draw_scores(-0.2, 0.05);
	float *half = malloc(SCORES / 2 * sizeof(*half));
	struct tail t = {0};
	size_t above = 0;
	double threshold;

	(void)state;
	assert_non_null(half);
	for (size_t i = 0; i < SCORES / 2; i++)
		half[i] = s[2 * i];
	assert_int_equal(tail_fit(&t, half, SCORES / 2, SHARE, NULL), TANU_OK);
	threshold = tail_threshold(&t, 1e-3);
	for (size_t i = 1; i < SCORES; i += 2)
		above += (double)s[i] > threshold;
	assert_in_range(above, 80, 120); /* 100 expected of 100,000 */
	free(half);
	free(s);
}

/* A pair that counts twice is two pairs. */
static void weights_stand_for_repetition(void **state)
{
	enum { N = 500 };
	float once[N], times[N], all[2 * N];
	struct tail_top weighted = {.score = once, .weight = times, .len = N};
	struct tail_top repeated = {.score = all};
	struct tail a = {0}, b = {0};
	uint64_t random = 5;

	(void)state;
	for (size_t i = 0; i < N; i++) {
		once[i] = (float)(OVER - 0.04 * log(uniform(&random)));
		times[i] = i % 2 ? 2.0f : 1.0f;
		all[repeated.len++] = once[i];
		if (i % 2)
			all[repeated.len++] = once[i];
	}
	weighted.over = repeated.over = OVER;
	weighted.total = repeated.total = 1e5;
	assert_int_equal(tail_fit_top(&a, &weighted, NULL), TANU_OK);
	assert_int_equal(tail_fit_top(&b, &repeated, NULL), TANU_OK);
	assert_int_equal(a.exceedances, N * 3 / 2);
	assert_true(fabs(a.shape - b.shape) < 1e-6 && fabs(a.scale - b.scale) < 1e-6);
	assert_true(a.share == b.share);
}

static void refuses_too_few_scores(void **state)
{
	float s[1000] = {0};
	struct tail t = {.scale = 7};
	tanu_error err = {0};

	(void)state;
	assert_int_equal(tail_fit(&t, s, 1000, 0.01, &err), TANU_USAGE);
	assert_int_equal(err.code, TANU_ERR_SETTING);
	assert_true(t.scale == 7);
}

static void refuses_equal_scores_and_not_a_number(void **state)
{
	float s[1000];
	struct tail t = {0};

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		s[i] = 0.5f;
	assert_int_equal(tail_fit(&t, s, 1000, 0.1, NULL), TANU_INPUT);
	s[999] = NAN;
	assert_int_equal(tail_fit(&t, s, 1000, 0.1, NULL), TANU_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_a_bounded_tail),
	    cmocka_unit_test(finds_an_exponential_tail),
	    cmocka_unit_test(finds_a_heavy_tail),
	    cmocka_unit_test(threshold_and_rate_are_inverse),
	    cmocka_unit_test(a_bounded_tail_ends),
	    cmocka_unit_test(predicts_scores_that_were_left_out),
	    cmocka_unit_test(weights_stand_for_repetition),
	    cmocka_unit_test(refuses_too_few_scores),
	    cmocka_unit_test(refuses_equal_scores_and_not_a_number),
	};

	return cmocka_run_group_tests_name("eval/tail", tests, NULL, NULL);
}
