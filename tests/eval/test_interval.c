/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/eval.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void near(double got, double want, double tolerance)
{
	if (!(fabs(got - want) <= tolerance))
		fail_msg("%.17g instead of %.17g", got, want);
}

/* Limits from the binomial sums in 60 decimal digits. */
static void agrees_with_exact_arithmetic(void **state)
{
	static const struct {
		uint64_t k, n;
		double low, high;
	} known[] = {
	    {0, 20, 0.0, 0.168433470983085},
	    {1, 10, 0.00252857854446178, 0.445016117028195},
	    {5, 10, 0.187086028447399, 0.812913971552601},
	    {71, 3192, 0.0174119310861465, 0.0279748168793717},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		struct interval ci = clopper_pearson(known[i].k, known[i].n, 0.95);

		near(ci.low, known[i].low, 1e-12);
		near(ci.high, known[i].high, 1e-12);
	}
}

/* With no event the upper limit has a closed form: 1 - (tail)^(1/n). */
static void none_of_n_has_the_closed_form(void **state)
{
	(void)state;
	for (uint64_t n = 1; n < 20000000; n *= 7) {
		double want = -expm1(log(0.025) / (double)n);
		struct interval none = clopper_pearson(0, n, 0.95);
		struct interval all = clopper_pearson(n, n, 0.95);

		near(none.low, 0.0, 0.0);
		near(none.high / want, 1.0, 1e-7);
		near((1.0 - all.low) / want, 1.0, 1e-6);
		near(all.high, 1.0, 0.0);
	}
}

static void is_symmetric(void **state)
{
	(void)state;
	for (uint64_t k = 0; k <= 40; k++) {
		struct interval ci = clopper_pearson(k, 40, 0.9);
		struct interval mirror = clopper_pearson(40 - k, 40, 0.9);

		near(ci.low, 1.0 - mirror.high, 1e-12);
		assert_true(ci.low <= (double)k / 40 && (double)k / 40 <= ci.high);
	}
}

/* The definition: at the limits the tails are just 2.5%. */
static void millions_of_pairs_keep_the_tails_exact(void **state)
{
	const uint64_t k = 1245, n = 12450000;
	struct interval ci = clopper_pearson(k, n, 0.95);

	(void)state;
	near(incomplete_beta((double)k, (double)(n - k + 1), ci.low), 0.025, 1e-7);
	near(incomplete_beta((double)k + 1, (double)(n - k), ci.high), 0.975, 1e-7);
	assert_true(ci.low < 1e-4 && 1e-4 < ci.high);
	near(ci.high - ci.low, 2 * 1.96 * sqrt(1e-4 / (double)n), 2e-7);
}

static void no_trials_say_nothing(void **state)
{
	struct interval ci = clopper_pearson(0, 0, 0.95);

	(void)state;
	near(ci.low, 0.0, 0.0);
	near(ci.high, 1.0, 0.0);
}

static void the_beta_function_has_its_known_values(void **state)
{
	(void)state;
	near(incomplete_beta(2, 3, 0.4), 0.5248, 1e-14);
	near(incomplete_beta(0.5, 0.5, 0.3), 2 / acos(-1) * asin(sqrt(0.3)), 1e-14);
	near(incomplete_beta(1, 1, 0.7), 0.7, 1e-15);
	near(incomplete_beta(5, 1, 0.5), 0.03125, 1e-16);
	near(incomplete_beta(3, 4, 0.0), 0.0, 0.0);
	near(incomplete_beta(3, 4, 1.0), 1.0, 0.0);
	near(incomplete_beta(3, 4, NAN), 0.0, 0.0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(agrees_with_exact_arithmetic),
	    cmocka_unit_test(none_of_n_has_the_closed_form),
	    cmocka_unit_test(is_symmetric),
	    cmocka_unit_test(millions_of_pairs_keep_the_tails_exact),
	    cmocka_unit_test(no_trials_say_nothing),
	    cmocka_unit_test(the_beta_function_has_its_known_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
