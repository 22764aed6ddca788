/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/sets.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define EACH 100
static const struct boot_options draws = {.replicates = 100, .seed = 5, .confidence = 0.95};

/* Impostors 0.00 .. 0.99 times `scale`; genuine 0.5 .. 0.995. */
static void make(struct pair_set *set, float scale)
{
	struct known_pair pairs[2 * EACH];

	for (uint32_t i = 0; i < EACH; i++) {
		pairs[i] = (struct known_pair){0.5f + 0.005f * (float)i, i, i, true};
		pairs[EACH + i] =
		    (struct known_pair){scale * 0.01f * (float)i, i, (i + 1) % EACH, false};
	}
	assert_int_equal(pair_set_from_list(set, pairs, 2 * EACH, EACH, NULL, NO_LABEL, NULL),
			 TANU_OK);
	assert_int_equal(scores_sort(&set->scores, NULL), TANU_OK);
}

struct fixture {
	struct pair_set of[2];
};

static int set_up(void **state)
{
	static struct fixture f;

	make(&f.of[0], 0.5f); /* impostors up to 0.495 */
	make(&f.of[1], 1.0f); /* up to 0.99: twice as like one another */
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	pair_set_free(&f->of[0]);
	pair_set_free(&f->of[1]);
	return 0;
}

static void tells_rates_and_ratios_at_one_threshold(void **state)
{
	const struct fixture *f = *state;
	struct group_row row;

	assert_int_equal(group_compare(&row, f->of, 2, 0.1, 0.4499, &draws, NULL), TANU_OK);
	assert_true(fabs(row.rates[0].fmr - 0.10) < 1e-9);
	assert_true(fabs(row.rates[1].fmr - 0.55) < 1e-9);
	assert_true(fabs(row.fmr_ratio - 5.5) < 1e-9);
	assert_int_equal(row.fmr_worst, 1);
	assert_true(isnan(row.fnmr_ratio)); /* neither misses anybody */
	assert_true(row.fmr_people[1].low < 0.55 && row.fmr_people[1].high > 0.55);
}

static void the_hardest_group_sets_the_common_threshold(void **state)
{
	const struct fixture *f = *state;
	struct common_threshold c;

	group_common_threshold(&c, f->of, 2, 0.1);
	assert_int_equal(c.group, 1);
	assert_true(fabs(c.threshold - 0.89) < 1e-5);
	for (size_t i = 0; i < 2; i++)
		assert_true(rates_at(&f->of[i].scores, c.threshold).fmr <= 0.1);
	assert_true(c.fnmr[0] == c.fnmr[1] && c.fnmr[0] > 0.7);
}

static void a_group_with_too_few_pairs_leaves_it_unknown(void **state)
{
	const struct fixture *f = *state;
	struct common_threshold c;

	group_common_threshold(&c, f->of, 2, 1e-3);
	assert_true(isnan(c.threshold));
	assert_int_equal(c.pairs, EACH);
	group_common_threshold(&c, f->of, 0, 0.1);
	assert_true(isnan(c.threshold));
}

static void a_group_without_genuine_pairs_has_no_fnmr(void **state)
{
	struct fixture *f = *state;
	struct pair_set bare = f->of[0], groups[2] = {bare, f->of[1]};
	struct group_row row;

	groups[0].scores.genuine_len = groups[0].genuine_len = 0;
	assert_int_equal(group_compare(&row, groups, 2, 0.1, 0.2, &draws, NULL), TANU_OK);
	assert_true(isnan(row.rates[0].fnmr) && isnan(row.fnmr_ratio));
	assert_true(row.fmr_ratio > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tells_rates_and_ratios_at_one_threshold),
	    cmocka_unit_test(the_hardest_group_sets_the_common_threshold),
	    cmocka_unit_test(a_group_with_too_few_pairs_leaves_it_unknown),
	    cmocka_unit_test(a_group_without_genuine_pairs_has_no_fnmr),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
