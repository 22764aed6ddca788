/* SPDX-License-Identifier: Apache-2.0 */
#include "match/match.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const tanu_calibration sound = {
    .count = 3,
    .point = {{1e-2, 0.25f, 0.005f}, {1e-3, 0.33f, 0.01f}, {1e-4, 0.41f, 0.02f}},
    .population = "made-up numbers",
};

static float threshold(double fmr)
{
	float out = -1.0f;

	assert_int_equal(tanu_threshold_for_fmr(&out, &sound, fmr, NULL), TANU_OK);
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

static void outside_the_range_it_says_which_range_there_is(void **state)
{
	static const double bad[] = {1e-5, 0.0101, 0.0, -1.0, 1.0, NAN, INFINITY};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		tanu_error err = {0};
		float out = 7.0f;

		assert_int_equal(tanu_threshold_for_fmr(&out, &sound, bad[i], &err), TANU_USAGE);
		assert_int_equal(err.code, TANU_ERR_SETTING);
		assert_non_null(strstr(err.message, "0.01 to 0.0001"));
		assert_true(out == 7.0f);
	}
}

static void a_single_point_serves_its_own_rate_only(void **state)
{
	tanu_calibration one = {.count = 1, .point = {{1e-3, 0.33f, 0.01f}}};
	float out = 7.0f;

	(void)state;
	assert_int_equal(tanu_threshold_for_fmr(&out, &one, 1e-3, NULL), TANU_OK);
	assert_true(out == 0.33f);
	assert_int_equal(tanu_threshold_for_fmr(&out, &one, 2e-3, NULL), TANU_USAGE);
}

static void assert_unsound(const tanu_calibration *cal)
{
	tanu_error err = {0};
	float out = 7.0f;

	assert_int_equal(tanu_threshold_for_fmr(&out, cal, 1e-3, &err), TANU_INPUT);
	assert_int_equal(err.code, TANU_ERR_MODEL_FORMAT);
	assert_true(out == 7.0f);
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
	    cmocka_unit_test(outside_the_range_it_says_which_range_there_is),
	    cmocka_unit_test(a_single_point_serves_its_own_rate_only),
	    cmocka_unit_test(refuses_a_calibration_out_of_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
