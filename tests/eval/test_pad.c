/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/pad.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define PRINT 1
#define MASK  2

static const struct boot_options draws = {.replicates = 200, .seed = 1, .confidence = 0.95};

/* Two people live, in two sessions each; prints of both, one passing; a mask of one, passing. */
static const struct presentation shown[] = {
    {0.9f, true, PAD_LIVE, 0, 0}, {0.8f, true, PAD_LIVE, 0, 0}, {0.9f, true, PAD_LIVE, 0, 1},
    {0.9f, true, PAD_LIVE, 1, 2}, {0.2f, true, PAD_LIVE, 1, 2}, {0.3f, true, PAD_LIVE, 1, 3},
    {0.1f, true, PRINT, 0, 4},	  {0.2f, true, PRINT, 0, 4},	{0.7f, true, PRINT, 1, 5},
    {0.1f, true, PRINT, 1, 5},	  {0.0f, false, PRINT, 1, 5},	{0.6f, true, MASK, 1, 6}};

static struct presentations all_shown(void)
{
	return (struct presentations){shown, ARRAY_LEN(shown), 3, 2, 7};
}

static void each_species_has_its_own_rate(void **state)
{
	struct presentations p = all_shown();
	struct pad_error e[3];

	(void)state;
	assert_int_equal(pad_rates_at(e, &p, 0.5, &draws, NULL), TANU_OK);
	assert_int_equal(e[PAD_LIVE].presentations, 6);
	assert_int_equal(e[PAD_LIVE].errors, 2);
	assert_true(fabs(e[PAD_LIVE].rate - 1.0 / 3) < 1e-12);
	assert_int_equal(e[PRINT].presentations, 4);
	assert_int_equal(e[PRINT].errors, 1);
	assert_int_equal(e[PRINT].unanswered, 1);
	assert_true(e[MASK].rate == 1.0);
	assert_true(e[MASK].ci.low == clopper_pearson(1, 1, 0.95).low);
}

static void sessions_and_people_are_counted(void **state)
{
	struct presentations p = all_shown();
	struct pad_error e[3];

	(void)state;
	assert_int_equal(pad_rates_at(e, &p, 0.5, &draws, NULL), TANU_OK);
	assert_int_equal(e[PAD_LIVE].sessions, 4);
	assert_int_equal(e[PAD_LIVE].wrong_sessions, 1); /* 0.9 and 0.2 are live by their mean */
	assert_int_equal(e[PAD_LIVE].subjects, 2);
	assert_int_equal(e[PAD_LIVE].wrong_subjects, 1);
	assert_int_equal(e[PRINT].sessions, 2);
	assert_int_equal(e[PRINT].wrong_sessions, 0);
	assert_int_equal(e[PRINT].subjects, 2);
	assert_true(e[PRINT].people.low == 0 && e[PRINT].people.high == 0.5);
}

static void no_error_is_bounded_by_the_number_of_people(void **state)
{
	struct presentations p = all_shown();
	struct pad_error e[3];

	(void)state;
	assert_int_equal(pad_rates_at(e, &p, 0.95, &draws, NULL), TANU_OK);
	assert_int_equal(e[PRINT].errors, 0);
	assert_true(e[PRINT].people.high == clopper_pearson(0, 2, 0.95).high);
}

static void nothing_shown_is_nothing_known(void **state)
{
	struct presentations p = {shown, 0, 2, 0, 0};
	struct pad_error e[2];
	double threshold, rate;

	(void)state;
	assert_int_equal(pad_rates_at(e, &p, 0.5, &draws, NULL), TANU_OK);
	assert_true(isnan(e[PAD_LIVE].rate) && e[PAD_LIVE].ci.high == 1.0);
	assert_int_equal(pad_equal_error(&threshold, &rate, &p, PAD_EVERYBODY, NULL), TANU_USAGE);
}

/* The worst species counts, not their mean: against the mask there is no way out. */
static void equal_error_is_that_of_the_worst_species(void **state)
{
	struct presentations p = all_shown(), prints = p;
	double threshold = 0, rate = 0;

	(void)state;
	prints.len--; /* no mask */
	assert_int_equal(pad_equal_error(&threshold, &rate, &prints, PAD_EVERYBODY, NULL), TANU_OK);
	/* At 0.7: BPCER 2 of 6, APCER 1 of 4, the nearest that there is. */
	assert_true(threshold == (double)0.7f || threshold == (double)0.3f);
	assert_true(rate > 0.2 && rate < 0.3);
	assert_int_equal(pad_equal_error(&threshold, &rate, &p, PAD_EVERYBODY, NULL), TANU_OK);
	assert_true(threshold == (double)0.7f); /* the mask at 0.6 is out, the print is not */
}

static void needs_live_faces_and_attacks(void **state)
{
	struct presentations live = {shown, 6, 1, 2, 4}, attacks = {shown + 6, 4, 2, 2, 6};
	double threshold, rate;
	tanu_error err = {0};

	(void)state;
	assert_int_equal(pad_equal_error(&threshold, &rate, &live, PAD_EVERYBODY, &err),
			 TANU_USAGE);
	assert_string_equal(err.place, "attack");
	assert_int_equal(pad_equal_error(&threshold, &rate, &attacks, PAD_EVERYBODY, &err),
			 TANU_USAGE);
	assert_string_equal(err.place, "live");
}

/* One person's pictures are all darker: a threshold chosen on the other misjudges her. */
static void everybody_is_judged_by_the_others(void **state)
{
	static const struct presentation two[] = {
	    {0.9f, true, PAD_LIVE, 0, 0}, {0.8f, true, PAD_LIVE, 0, 0}, {0.6f, true, PRINT, 0, 1},
	    {0.4f, true, PAD_LIVE, 1, 2}, {0.3f, true, PAD_LIVE, 1, 2}, {0.1f, true, PRINT, 1, 3}};
	struct presentations p = {two, ARRAY_LEN(two), 2, 2, 4};
	struct pad_left_out left;

	(void)state;
	assert_int_equal(pad_leave_one_out(&left, &p, NULL), TANU_OK);
	assert_int_equal(left.subjects, 2);
	assert_true(left.lowest == (double)0.3f && left.highest == (double)0.8f);
	assert_int_equal(left.errors[PRINT], 1);    /* 0.6 passes at 0.3 */
	assert_int_equal(left.errors[PAD_LIVE], 2); /* 0.4 and 0.3 fail at 0.8 */
	assert_int_equal(left.presentations[PAD_LIVE], 4);
}

static void one_subject_cannot_be_left_out(void **state)
{
	struct presentations p = {shown, 3, 1, 1, 2};
	struct pad_left_out left;

	(void)state;
	assert_int_equal(pad_leave_one_out(&left, &p, NULL), TANU_USAGE);
}

static void shares_are_resampled_by_subject(void **state)
{
	const struct subject_count all_or_nothing[] = {{5, 5}, {0, 5}};
	const struct subject_count even[] = {{1, 2}, {2, 4}};
	struct interval ci;

	(void)state;
	assert_int_equal(bootstrap_share(&ci, all_or_nothing, 2, &draws, NULL), TANU_OK);
	assert_true(ci.low == 0.0 && ci.high == 1.0);
	assert_int_equal(bootstrap_share(&ci, even, 2, &draws, NULL), TANU_OK);
	assert_true(ci.low == 0.5 && ci.high == 0.5);
	assert_int_equal(bootstrap_share(&ci, even, 1, &draws, NULL), TANU_OK);
	assert_true(isnan(ci.low));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_species_has_its_own_rate),
	    cmocka_unit_test(sessions_and_people_are_counted),
	    cmocka_unit_test(no_error_is_bounded_by_the_number_of_people),
	    cmocka_unit_test(nothing_shown_is_nothing_known),
	    cmocka_unit_test(equal_error_is_that_of_the_worst_species),
	    cmocka_unit_test(needs_live_faces_and_attacks),
	    cmocka_unit_test(everybody_is_judged_by_the_others),
	    cmocka_unit_test(one_subject_cannot_be_left_out),
	    cmocka_unit_test(shares_are_resampled_by_subject),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
