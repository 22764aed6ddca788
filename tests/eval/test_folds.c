/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/sets.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Three folds of four pairs; in the last one a genuine pair scores below any threshold. */
static const struct labelled_score pairs[] = {
    {0.9f, true},  {0.8f, true},  {0.1f, false}, {0.2f, false}, {0.9f, true},  {0.7f, true},
    {0.2f, false}, {0.1f, false}, {0.9f, true},	 {0.0f, true},	{0.1f, false}, {0.2f, false}};
static const size_t fold[] = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2};

static void each_fold_is_judged_by_the_others(void **state)
{
	struct fold_accuracy f;

	(void)state;
	assert_int_equal(accuracy_by_fold(&f, pairs, fold, ARRAY_LEN(pairs), 3, NULL), TANU_OK);
	assert_int_equal(f.folds, 3);
	assert_true(f.fold[0].share == 1.0 && f.fold[1].share == 1.0 && f.fold[2].share == 0.75);
	assert_true(fabs(f.mean - 2.75 / 3) < 1e-12);
	/* deviations 1/12, 1/12, -1/6: variance (1/144 + 1/144 + 1/36) / 2, over 3 */
	assert_true(fabs(f.standard_error - sqrt((2.0 / 144 + 1.0 / 36) / 2 / 3)) < 1e-12);
	assert_true(f.threshold[2] > 0.2 && f.threshold[2] < 0.7);
}

static void refuses_one_fold_and_an_empty_one(void **state)
{
	struct fold_accuracy f;

	(void)state;
	assert_int_equal(accuracy_by_fold(&f, pairs, fold, ARRAY_LEN(pairs), 1, NULL), TANU_USAGE);
	assert_int_equal(accuracy_by_fold(&f, pairs, fold, ARRAY_LEN(pairs), 4, NULL), TANU_USAGE);
	assert_int_equal(accuracy_by_fold(&f, pairs, fold, 0, 2, NULL), TANU_USAGE);
	assert_int_equal(accuracy_by_fold(&f, pairs, fold, 1, FOLDS_MAX + 1, NULL), TANU_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_fold_is_judged_by_the_others),
	    cmocka_unit_test(refuses_one_fold_and_an_empty_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
