/* SPDX-License-Identifier: Apache-2.0 */
#include "match/match.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const tanu_calibration sound = {
    .count = 3,
    .point =
	{
	    {.fmr = 1e-2, .score = 0.25f, .fnmr = 0.005f, .low = 0.24f, .high = 0.26f},
	    {.fmr = 1e-3, .score = 0.33f, .fnmr = 0.01f, .low = 0.32f, .high = 0.35f},
	    {.fmr = 1e-4, .score = 0.41f, .fnmr = 0.02f, .extrapolated = true},
	},
    .population = "made-up numbers",
};

static tanu_threshold at(double fmr)
{
	tanu_threshold out = {.score = -1.0f};

	assert_int_equal(tanu_threshold_for_fmr(&out, &sound, fmr, NULL), TANU_OK);
	assert_true(out.fmr == fmr);
	return out;
}

static float threshold(double fmr)
{
	return at(fmr).score;
}

static tanu_threshold for_search(double fpir, size_t count)
{
	tanu_threshold out = {.score = -1.0f};

	assert_int_equal(tanu_threshold_for_search(&out, &sound, fpir, count, NULL), TANU_OK);
	return out;
}

static void a_measured_point_is_hit_exactly(void **state)
{
	(void)state;
	assert_true(threshold(1e-2) == 0.25f);
	assert_true(threshold(1e-3) == 0.33f);
	assert_true(threshold(1e-4) == 0.41f);
}

static void between_points_it_is_linear_in_the_logarithm(void **state)
{
	(void)state;
	assert_true(fabsf(threshold(sqrt(1e-2 * 1e-3)) - 0.29f) < 1e-6f);
	assert_true(fabsf(threshold(sqrt(1e-3 * 1e-4)) - 0.37f) < 1e-6f);
}

static void a_stricter_rate_never_lowers_it(void **state)
{
	float before = 0.0f;

	(void)state;
	for (double fmr = 1e-2; fmr >= 1e-4; fmr *= 0.97) {
		assert_true(threshold(fmr) >= before);
		before = threshold(fmr);
	}
}

static void what_was_not_counted_says_so(void **state)
{
	(void)state;
	assert_false(at(1e-2).extrapolated);
	assert_false(at(3e-3).extrapolated);
	assert_false(at(1e-3).extrapolated);
	assert_true(at(9.9e-4).extrapolated); /* half of it rests on the fitted point */
	assert_true(at(1e-4).extrapolated);
}

static void interval_and_fnmr_are_interpolated_too(void **state)
{
	tanu_threshold t = at(sqrt(1e-2 * 1e-3));

	(void)state;
	assert_true(fabsf(t.low - 0.28f) < 1e-6f && fabsf(t.high - 0.305f) < 1e-6f);
	assert_true(fabsf(t.fnmr - 0.0075f) < 1e-6f);
	t = at(3e-4); /* the stricter point has no interval */
	assert_true(t.low == 0.0f && t.high == 0.0f);
}

static void a_fnmr_that_nobody_measured_stays_unknown(void **state)
{
	tanu_calibration unknown = sound;
	tanu_threshold out = {0};

	(void)state;
	unknown.point[1].fnmr = NAN;
	assert_int_equal(tanu_threshold_for_fmr(&out, &unknown, 5e-3, NULL), TANU_OK);
	assert_true(isnan(out.fnmr) != 0);
}

static void a_search_shares_its_rate_among_the_people(void **state)
{
	(void)state;
	assert_true(for_search(1e-1, 100).score == threshold(1e-3));
	assert_true(for_search(1e-1, 100).fmr == 1e-3);
	assert_true(for_search(1e-1, 1000).score == threshold(1e-4));
	/* Fewer people than the laxest point asks for: that point. */
	assert_true(for_search(1e-1, 2).fmr == 1e-2);
	assert_true(for_search(1e-1, 2).score == 0.25f);
}

static void refuses_a_search_that_the_calibration_does_not_carry(void **state)
{
	tanu_threshold out = {.score = 7.0f};
	tanu_error err = {0};

	(void)state;
	assert_int_equal(tanu_threshold_for_search(&out, &sound, 1e-1, 1001, &err), TANU_USAGE);
	assert_int_equal(err.code, TANU_ERR_SETTING);
	assert_int_equal(tanu_threshold_for_search(&out, &sound, 1e-1, 0, NULL), TANU_USAGE);
	assert_int_equal(tanu_threshold_for_search(&out, &sound, 0.0, 1, NULL), TANU_USAGE);
	assert_int_equal(tanu_threshold_for_search(&out, &sound, 1.1, 1, NULL), TANU_USAGE);
	assert_int_equal(tanu_threshold_for_search(&out, &sound, NAN, 1, NULL), TANU_USAGE);
	assert_true(out.score == 7.0f);
}

static void outside_the_range_it_says_which_range_there_is(void **state)
{
	static const double bad[] = {1e-5, 0.0101, 0.0, -1.0, 1.0, NAN, INFINITY};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		tanu_error err = {0};
		tanu_threshold out = {.score = 7.0f};

		assert_int_equal(tanu_threshold_for_fmr(&out, &sound, bad[i], &err), TANU_USAGE);
		assert_int_equal(err.code, TANU_ERR_SETTING);
		assert_non_null(strstr(err.message, "0.01 to 0.0001"));
		assert_true(out.score == 7.0f);
	}
}

static void a_single_point_serves_its_own_rate_only(void **state)
{
	tanu_calibration one = {.count = 1, .point = {{.fmr = 1e-3, .score = 0.33f}}};
	tanu_threshold out = {.score = 7.0f};

	(void)state;
	assert_int_equal(tanu_threshold_for_fmr(&out, &one, 1e-3, NULL), TANU_OK);
	assert_true(out.score == 0.33f);
	assert_int_equal(tanu_threshold_for_fmr(&out, &one, 2e-3, NULL), TANU_USAGE);
}

/* Strangers match it more often: it is judged as at half the rate, and still stands for all of it.
 */
static void a_reference_of_several_samples_needs_a_higher_score(void **state)
{
	tanu_reference one = {.fused = false}, several = {.fused = true};
	tanu_threshold out = {.score = 7.0f};

	(void)state;
	assert_int_equal(tanu_threshold_for_reference(&out, &sound, 2e-3, &one, NULL), TANU_OK);
	assert_true(out.score == threshold(2e-3));
	assert_true(out.fnmr > 0);
	assert_int_equal(tanu_threshold_for_reference(&out, &sound, 2e-3, &several, NULL), TANU_OK);
	assert_true(out.score == threshold(1e-3));
	assert_true(out.fmr == 2e-3);
	assert_true(isnan(out.fnmr) != 0);
	out.score = 7.0f;
	assert_int_equal(tanu_threshold_for_reference(&out, &sound, 1e-4, &several, NULL),
			 TANU_USAGE);
	assert_true(out.score == 7.0f);
}

static void assert_unsound(const tanu_calibration *cal)
{
	tanu_error err = {0};
	tanu_threshold out = {.score = 7.0f};

	assert_int_equal(tanu_threshold_for_fmr(&out, cal, 1e-3, &err), TANU_INPUT);
	assert_int_equal(err.code, TANU_ERR_MODEL_FORMAT);
	assert_true(out.score == 7.0f);
}

static void refuses_a_calibration_out_of_order(void **state)
{
	tanu_calibration empty = sound, many = sound, rates = sound, scores = sound, nan = sound;

	(void)state;
	empty.count = 0;
	many.count = TANU_CALIBRATION_MAX + 1;
	rates.point[2].fmr = rates.point[1].fmr;
	scores.point[2].score = scores.point[1].score;
	nan.point[1].score = NAN;
	assert_unsound(&empty);
	assert_unsound(&many);
	assert_unsound(&rates);
	assert_unsound(&scores);
	assert_unsound(&nan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_measured_point_is_hit_exactly),
	    cmocka_unit_test(between_points_it_is_linear_in_the_logarithm),
	    cmocka_unit_test(a_stricter_rate_never_lowers_it),
	    cmocka_unit_test(what_was_not_counted_says_so),
	    cmocka_unit_test(interval_and_fnmr_are_interpolated_too),
	    cmocka_unit_test(a_fnmr_that_nobody_measured_stays_unknown),
	    cmocka_unit_test(a_search_shares_its_rate_among_the_people),
	    cmocka_unit_test(refuses_a_search_that_the_calibration_does_not_carry),
	    cmocka_unit_test(outside_the_range_it_says_which_range_there_is),
	    cmocka_unit_test(a_single_point_serves_its_own_rate_only),
	    cmocka_unit_test(a_reference_of_several_samples_needs_a_higher_score),
	    cmocka_unit_test(refuses_a_calibration_out_of_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
