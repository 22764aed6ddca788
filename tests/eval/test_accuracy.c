/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/eval.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static double best(struct labelled_score *pairs, size_t len)
{
	double t = -7.0;

	assert_int_equal(best_accuracy_threshold(&t, pairs, len, NULL), TANU_OK);
	return t;
}

static void parts_two_separate_heaps_in_the_middle(void **state)
{
	struct labelled_score pairs[] = {{0.8f, true}, {0.1f, false}, {0.9f, true}, {0.2f, false}};
	double t = best(pairs, 4);
	struct accuracy a = accuracy_at(pairs, 4, t);

	(void)state;
	assert_true(fabs(t - 0.5) < 1e-7);
	assert_int_equal(a.right, 4);
	assert_true(a.share == 1.0 && a.ci.high == 1.0 && a.ci.low < 0.5);
}

static void accepts_the_fewest_errors(void **state)
{
	struct labelled_score pairs[] = {{0.1f, false}, {0.2f, false}, {0.3f, true}, {0.4f, false},
					 {0.5f, true},	{0.6f, true},  {0.7f, true}};

	(void)state;
	/* Right of 0.2 and right of 0.4 both err once; the first of two is the middle one. */
	assert_true(fabs(best(pairs, 7) - 0.25) < 1e-7);
	assert_int_equal(accuracy_at(pairs, 7, 0.25).right, 6);
	assert_int_equal(accuracy_at(pairs, 7, 0.45).right, 6);
	assert_int_equal(accuracy_at(pairs, 7, 0.65).right, 4);
}

/* A tie cannot be parted, even where a cut inside it would look best. */
static void never_cuts_through_a_tie(void **state)
{
	struct labelled_score pairs[] = {
	    {0.5f, false}, {0.5f, false}, {0.5f, true}, {0.5f, true}, {0.9f, true}};
	double t = best(pairs, 5);

	(void)state;
	assert_int_equal(accuracy_at(pairs, 5, t).right, 3);
}

static void one_kind_alone_is_all_right(void **state)
{
	struct labelled_score same[] = {{0.3f, true}, {0.2f, true}};
	struct labelled_score different[] = {{0.3f, false}, {0.2f, false}};

	(void)state;
	assert_int_equal(accuracy_at(same, 2, best(same, 2)).right, 2);
	assert_int_equal(accuracy_at(different, 2, best(different, 2)).right, 2);
}

static void refuses_no_pairs_and_what_is_no_number(void **state)
{
	struct labelled_score bad[] = {{0.3f, true}, {NAN, false}};
	double t = 7.0;

	(void)state;
	assert_int_equal(best_accuracy_threshold(&t, bad, 0, NULL), TANU_USAGE);
	assert_int_equal(best_accuracy_threshold(&t, bad, 2, NULL), TANU_INPUT);
	assert_true(t == 7.0);
	assert_true(isnan(accuracy_at(bad, 0, 0.5).share));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parts_two_separate_heaps_in_the_middle),
	    cmocka_unit_test(accepts_the_fewest_errors),
	    cmocka_unit_test(never_cuts_through_a_tie),
	    cmocka_unit_test(one_kind_alone_is_all_right),
	    cmocka_unit_test(refuses_no_pairs_and_what_is_no_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
