/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/sets.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "match/samples.h"

#define PEOPLE 12
#define EACH   3
#define LEN    (PEOPLE * EACH)

struct crowd {
	tanu_embedding sample[LEN];
	size_t person[LEN];
};

/* Three samples a person, very near to each other. */
static int crowd(void **state)
{
	static struct crowd c;
	uint32_t seed = 5;

	for (size_t i = 0; i < LEN; i++) {
		c.person[i] = i % PEOPLE;
		sample_embedding(&c.sample[i], &seed, i < PEOPLE ? NULL : &c.sample[i % PEOPLE],
				 0.8f);
	}
	*state = &c;
	return 0;
}

static struct search_order order_of(const struct crowd *c)
{
	return (struct search_order){c->sample, c->person, LEN, PEOPLE, 0};
}

/* Searches are shared out among threads by os_parallel: none may be missed or made twice. */
static void half_are_enrolled_and_found_the_rest_are_strangers(void **state)
{
	struct search_order order = order_of(*state);
	struct search_result r;

	assert_int_equal(search_measure(&r, &order, NULL), TANU_OK);
	assert_int_equal(r.enrolled, PEOPLE / 2);
	assert_int_equal(r.strangers, PEOPLE / 2);
	assert_int_equal(r.mated, PEOPLE / 2 * (EACH - 1));
	assert_int_equal(r.stranger_probes, PEOPLE / 2 * EACH);
	assert_int_equal(r.within[0], r.mated);
	assert_true(r.set.search);
	assert_int_equal(r.set.genuine_len, r.mated);
	assert_int_equal(r.set.impostor_len, r.stranger_probes);
	for (size_t i = 0; i < r.set.genuine_len; i++)
		assert_true(r.set.genuine[i].score > r.set.impostor[0].score);
	pair_set_free(&r.set);
}

static void rates_of_a_search_count_searches(void **state)
{
	static const struct boot_options draws = {.replicates = 50, .confidence = 0.95};
	struct search_order order = order_of(*state);
	struct search_result r;
	struct set_rates rates;

	assert_int_equal(search_measure(&r, &order, NULL), TANU_OK);
	assert_int_equal(set_measure(&rates, &r.set, &draws, NULL), TANU_OK);
	assert_int_equal(rates.rows, 1); /* 18 searches by strangers: FPIR 1e-1 */
	assert_int_equal(rates.row[0].rates.false_matches, 1);
	assert_true(rates.row[0].rates.fnmr == 0.0);
	pair_set_free(&r.set);
}

/* Somebody whose other photographs show somebody else is never found. */
static void a_stranger_under_her_name_is_missed(void **state)
{
	struct crowd c = *(const struct crowd *)*state;
	struct search_order order = order_of(&c);
	struct search_result r;
	uint32_t seed = 77;

	for (size_t i = PEOPLE; i < LEN; i++)
		sample_embedding(&c.sample[i], &seed, NULL, 0);
	assert_int_equal(search_measure(&r, &order, NULL), TANU_OK);
	assert_true(r.within[0] < r.mated);
	for (size_t i = 1; i < SEARCH_RANKS; i++)
		assert_true(r.within[i] >= r.within[i - 1]);
	assert_int_equal(r.within[SEARCH_RANKS - 1], r.mated); /* rank 20 of a gallery of 6 */
	for (size_t i = 0, lost = 0; i < r.set.genuine_len; i++) {
		lost += r.set.genuine[i].score == -1.0f;
		if (i + 1 == r.set.genuine_len)
			assert_int_equal(lost, r.mated - r.within[0]);
	}
	pair_set_free(&r.set);
}

static void an_own_entry_that_ties_does_not_come_first(void **state)
{
	struct crowd c = *(const struct crowd *)*state;
	struct search_order order = order_of(&c);
	struct search_result r;

	for (size_t i = 1; i < LEN; i++)
		c.sample[i] = c.sample[0];
	assert_int_equal(search_measure(&r, &order, NULL), TANU_OK);
	assert_int_equal(r.within[0], 0);
	pair_set_free(&r.set);
}

static void refuses_a_gallery_that_cannot_be(void **state)
{
	struct search_order order = order_of(*state);
	struct search_result r;
	tanu_error err = {0};

	order.enrolled = PEOPLE + 1;
	assert_int_equal(search_measure(&r, &order, &err), TANU_USAGE);
	order.enrolled = 0;
	order.len = PEOPLE; /* one sample each */
	assert_int_equal(search_measure(&r, &order, &err), TANU_USAGE);
	order.len = order.people = 0;
	assert_int_equal(search_measure(&r, &order, &err), TANU_USAGE);
}

static void everybody_may_be_enrolled(void **state)
{
	struct search_order order = order_of(*state);
	struct search_result r;

	order.enrolled = PEOPLE;
	assert_int_equal(search_measure(&r, &order, NULL), TANU_OK);
	assert_int_equal(r.stranger_probes, 0);
	pair_set_free(&r.set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(half_are_enrolled_and_found_the_rest_are_strangers, crowd),
	    cmocka_unit_test_setup(rates_of_a_search_count_searches, crowd),
	    cmocka_unit_test_setup(a_stranger_under_her_name_is_missed, crowd),
	    cmocka_unit_test_setup(an_own_entry_that_ties_does_not_come_first, crowd),
	    cmocka_unit_test_setup(refuses_a_gallery_that_cannot_be, crowd),
	    cmocka_unit_test_setup(everybody_may_be_enrolled, crowd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
