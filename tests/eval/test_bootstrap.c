/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/eval.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define PEOPLE	200
#define GENUINE (PEOPLE * 5)

static const struct boot_options usual = {.replicates = 400, .seed = 7, .confidence = 0.95};

/* Each person has five genuine pairs; the first `bad` people fail all of theirs. */
static void make_genuine(struct boot_pair *pairs, size_t bad)
{
	for (size_t i = 0; i < GENUINE; i++) {
		uint32_t who = (uint32_t)(i / 5);

		pairs[i] = (struct boot_pair){who < bad ? 0.1f : 0.9f, who, who};
	}
}

/* Every two people, one photograph each; falling scores below all good genuine ones. */
static size_t make_impostor(struct boot_pair *pairs)
{
	size_t n = 0;

	for (uint32_t a = 0; a < PEOPLE; a++)
		for (uint32_t b = a + 1; b < PEOPLE; b++, n++)
			pairs[n] = (struct boot_pair){0, a, b};
	for (size_t i = 0; i < n; i++)
		pairs[i].score = 0.5f - 0.6f * (float)i / (float)n;
	return n;
}

struct fixture {
	struct boot_pair genuine[GENUINE], better[GENUINE];
	struct boot_pair impostor[PEOPLE * PEOPLE / 2];
	size_t impostor_len;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	make_genuine(f->genuine, 20);
	make_genuine(f->better, 2);
	f->impostor_len = make_impostor(f->impostor);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	free(*state);
	return 0;
}

static struct boot_system system_of(const struct fixture *f, const struct boot_pair *genuine)
{
	return (struct boot_system){.genuine = genuine,
				    .genuine_len = GENUINE,
				    .impostor = f->impostor,
				    .impostor_len = f->impostor_len};
}

/* 20 of 200 people fail: a binomial of people, standard error sqrt(0.1 * 0.9 / 200) = 0.021. */
static void interval_is_that_of_people_not_of_pairs(void **state)
{
	const struct fixture *f = *state;
	struct boot_system s = system_of(f, f->genuine);
	struct boot_result r = {0};

	assert_int_equal(bootstrap_fnmr(&r, &s, NULL, PEOPLE, 1e-2, &usual, NULL), TANU_OK);
	assert_true(r.base.low > 0.045 && r.base.low < 0.075);
	assert_true(r.base.high > 0.125 && r.base.high < 0.16);
	assert_true(isnan(r.difference.low));
}

static void difference_of_two_systems_excludes_zero(void **state)
{
	const struct fixture *f = *state;
	struct boot_system worse = system_of(f, f->genuine), better = system_of(f, f->better);
	struct boot_result r = {0};

	assert_int_equal(bootstrap_fnmr(&r, &worse, &better, PEOPLE, 1e-2, &usual, NULL), TANU_OK);
	assert_true(r.difference.high < 0);
	assert_true(r.difference.low > -0.16);
}

static void a_system_does_not_differ_from_itself(void **state)
{
	const struct fixture *f = *state;
	struct boot_system s = system_of(f, f->genuine);
	struct boot_result r = {0};

	assert_int_equal(bootstrap_fnmr(&r, &s, &s, PEOPLE, 1e-2, &usual, NULL), TANU_OK);
	assert_true(r.difference.low == 0 && r.difference.high == 0);
}

/* The highest scores and the number of photographs stand for the whole list. */
static void top_of_the_list_is_enough(void **state)
{
	const struct fixture *f = *state;
	uint32_t photos[PEOPLE];
	struct boot_system all = system_of(f, f->genuine), top = all;
	struct boot_result whole = {0}, part = {0};

	for (size_t i = 0; i < PEOPLE; i++)
		photos[i] = 1;
	top.photos = photos;
	top.impostor_len /= 10;
	assert_int_equal(bootstrap_fnmr(&whole, &all, NULL, PEOPLE, 1e-2, &usual, NULL), TANU_OK);
	assert_int_equal(bootstrap_fnmr(&part, &top, NULL, PEOPLE, 1e-2, &usual, NULL), TANU_OK);
	assert_true(fabs(whole.base.low - part.base.low) < 1e-12);
	assert_true(fabs(whole.base.high - part.base.high) < 1e-12);
}

static void same_seed_same_interval(void **state)
{
	const struct fixture *f = *state;
	struct boot_system s = system_of(f, f->genuine);
	struct boot_result a = {0}, b = {0};

	assert_int_equal(bootstrap_fnmr(&a, &s, NULL, PEOPLE, 1e-2, &usual, NULL), TANU_OK);
	assert_int_equal(bootstrap_fnmr(&b, &s, NULL, PEOPLE, 1e-2, &usual, NULL), TANU_OK);
	assert_true(a.base.low == b.base.low && a.base.high == b.base.high);
}

static void refuses_one_subject_and_no_genuine_pairs(void **state)
{
	const struct fixture *f = *state;
	struct boot_system s = system_of(f, f->genuine);
	struct boot_result r = {0};

	s.impostor_len = 0;
	s.genuine_len = 5;
	assert_int_equal(bootstrap_fnmr(&r, &s, NULL, 1, 1e-2, &usual, NULL), TANU_USAGE);
	s.genuine_len = 0;
	assert_int_equal(bootstrap_fnmr(&r, &s, NULL, PEOPLE, 1e-2, &usual, NULL), TANU_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(interval_is_that_of_people_not_of_pairs),
	    cmocka_unit_test(difference_of_two_systems_excludes_zero),
	    cmocka_unit_test(a_system_does_not_differ_from_itself),
	    cmocka_unit_test(top_of_the_list_is_enough),
	    cmocka_unit_test(same_seed_same_interval),
	    cmocka_unit_test(refuses_one_subject_and_no_genuine_pairs),
	};

	return cmocka_run_group_tests_name("eval/bootstrap", tests, set_up, tear_down);
}
