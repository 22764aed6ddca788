/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/spread.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void quantiles_of_a_known_row(void **state)
{
	float values[101];
	struct spread s;

	(void)state;
	for (int i = 0; i <= 100; i++)
		values[i] = (float)(100 - i);
	s = spread_of(values, 101);
	assert_int_equal(s.len, 101);
	assert_true(s.min == 0 && s.p5 == 5 && s.p25 == 25 && s.median == 50);
	assert_true(s.p75 == 75 && s.p95 == 95 && s.max == 100 && s.mean == 50);
}

static void what_is_no_number_is_left_out(void **state)
{
	float values[] = {NAN, 2, INFINITY, 1}, none[] = {NAN};
	struct spread s = spread_of(values, 4);

	(void)state;
	assert_int_equal(s.len, 2);
	assert_true(s.median == 1.5);
	s = spread_of(none, 1);
	assert_int_equal(s.len, 0);
	assert_true(isnan(s.median) && isnan(s.max));
}

#define PAIRS 100

/* Ten of a hundred pairs are wrong. */
static void make(struct judged_pair *pairs, bool foretold)
{
	for (int i = 0; i < PAIRS; i++)
		pairs[i] = (struct judged_pair){foretold ? (float)i : 1.0f, i < 10};
}

static void a_perfect_measure_discards_errors_first(void **state)
{
	struct judged_pair pairs[PAIRS];
	struct discard_curve c;

	(void)state;
	make(pairs, true);
	assert_int_equal(discard_curve(&c, pairs, PAIRS, NULL), TANU_OK);
	assert_true(fabs(c.error[0] - 0.1) < 1e-12);
	assert_true(fabs(c.error[5] - 5.0 / 95) < 1e-12);
	assert_true(fabs(c.error[10]) < 1e-12 && fabs(c.error[50]) < 1e-12);
	assert_true(c.area < 0.3);
}

static void a_measure_that_knows_nothing_changes_nothing(void **state)
{
	struct judged_pair pairs[PAIRS];
	struct discard_curve c;

	(void)state;
	make(pairs, false);
	assert_int_equal(discard_curve(&c, pairs, PAIRS, NULL), TANU_OK);
	for (size_t k = 0; k < DISCARD_STEPS; k++)
		assert_true(fabs(c.error[k] - 0.1) < 1e-9);
	assert_true(fabs(c.area - 1) < 1e-9);
}

static void no_pairs_no_errors_and_no_numbers(void **state)
{
	struct judged_pair right[] = {{1, false}, {2, false}}, bad[] = {{NAN, true}};
	struct discard_curve c;

	(void)state;
	assert_int_equal(discard_curve(&c, NULL, 0, NULL), TANU_OK);
	assert_true(isnan(c.error[0]) && isnan(c.area));
	assert_int_equal(discard_curve(&c, right, 2, NULL), TANU_OK);
	assert_true(c.error[0] == 0.0 && isnan(c.area));
	assert_int_equal(discard_curve(&c, bad, 1, NULL), TANU_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(quantiles_of_a_known_row),
	    cmocka_unit_test(what_is_no_number_is_left_out),
	    cmocka_unit_test(a_perfect_measure_discards_errors_first),
	    cmocka_unit_test(a_measure_that_knows_nothing_changes_nothing),
	    cmocka_unit_test(no_pairs_no_errors_and_no_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
