/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/sets.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct boot_options draws = {.replicates = 200, .seed = 3, .confidence = 0.95};

/* Ten people; genuine at 0.9 but one at 0.1; impostors 0.0 .. 0.44, the pairs of neighbours. */
#define PEOPLE 10
static struct known_pair pairs[2 * PEOPLE];
static size_t label[2 * PEOPLE];

static int make(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < PEOPLE; i++) {
		pairs[i] = (struct known_pair){i == 4 ? 0.1f : 0.9f, i, i, true};
		pairs[PEOPLE + i] =
		    (struct known_pair){0.05f * (float)i, i, (i + 1) % PEOPLE, false};
		label[i] = i < 5 ? 0 : 1;
		label[PEOPLE + i] = i < 4 ? 0 : i == 4 || i == 9 ? NO_LABEL : 1;
	}
	return 0;
}

/* Draws of people are shared out among threads by os_parallel. */
static void measures_a_list(void **state)
{
	struct pair_set set = {0};
	struct set_rates rates;

	(void)state;
	assert_int_equal(
	    pair_set_from_list(&set, pairs, ARRAY_LEN(pairs), PEOPLE, NULL, NO_LABEL, NULL),
	    TANU_OK);
	assert_int_equal(set_measure(&rates, &set, &draws, NULL), TANU_OK);
	assert_int_equal(rates.people, PEOPLE);
	assert_int_equal(rates.genuine, PEOPLE);
	assert_int_equal(rates.impostor, PEOPLE);
	assert_int_equal(rates.rows, 1); /* ten pairs: 1e-1 and no further */
	assert_true(rates.missing == 1e-2 && rates.needed == 100);
	assert_true(rates.row[0].rates.false_matches == 1);
	assert_true(rates.row[0].rates.fnmr == 0.1);
	assert_true(rates.row[0].fnmr_people.low >= 0 && rates.row[0].fnmr_people.high <= 0.5);
	assert_true(rates.row[0].fnmr_people.high > 0.1);
	assert_true(rates.row[0].fmr_people.high > 0.1);
	assert_true(rates.curve_len > 2);
	assert_true(rates.curve[0].fmr == 0.1 && rates.curve[0].fnmr == 0.1);
	pair_set_free(&set);
}

static void a_label_takes_its_pairs_and_renumbers_people(void **state)
{
	struct pair_set set = {0};

	(void)state;
	assert_int_equal(pair_set_from_list(&set, pairs, ARRAY_LEN(pairs), PEOPLE, label, 1, NULL),
			 TANU_OK);
	assert_int_equal(set.people, 5);
	assert_int_equal(set.genuine_len, 5);
	assert_int_equal(set.impostor_len, 4);
	for (size_t i = 0; i < set.impostor_len; i++) {
		assert_true(set.impostor[i].a < 5 && set.impostor[i].b < 5);
		assert_true(i == 0 || set.impostor[i].score <= set.impostor[i - 1].score);
	}
	pair_set_free(&set);
}

/* Six samples of three people: person i / 2. Scores in the order of all pairs. */
#define SAMPLES 6
static void all_pairs_are_taken_apart_by_label(void **state)
{
	static const size_t person[SAMPLES] = {0, 0, 1, 1, 2, 2};
	static const size_t labels[SAMPLES] = {7, 7, 7, 7, 8, 8};
	float genuine[] = {0.9f, 0.8f, 0.7f};
	float impostor[] = {0.11f, 0.12f, 0.13f, 0.14f, 0.21f, 0.22f,
			    0.23f, 0.24f, 0.31f, 0.32f, 0.33f, 0.34f};
	struct scores scores = {genuine, 3, impostor, 12};
	struct all_pairs_view all = {&scores, person, labels, SAMPLES, 3};
	struct pair_set set = {0};

	(void)state;
	assert_int_equal(pair_set_from_all(&set, &all, 7, NULL), TANU_OK);
	assert_int_equal(set.people, 2);
	assert_int_equal(set.genuine_len, 2);
	assert_true(set.genuine[1].score == 0.8f && set.genuine[1].a == 1);
	assert_int_equal(set.scores.impostor_len, 4); /* 0-2 0-3 1-2 1-3 */
	assert_true(set.impostor[0].score == 0.22f);  /* the highest of them */
	assert_int_equal(set.photos[0], 2);
	pair_set_free(&set);
	assert_int_equal(pair_set_from_all(&set, &all, NO_LABEL, NULL), TANU_OK);
	assert_int_equal(set.scores.impostor_len, 12);
	assert_int_equal(set.people, 3);
	assert_true(set.impostor[0].score == 0.34f && set.impostor[0].a == 1 &&
		    set.impostor[0].b == 2);
	pair_set_free(&set);
	assert_int_equal(pair_set_from_all(&set, &all, 9, NULL), TANU_OK); /* nobody's label */
	assert_int_equal(set.people + set.genuine_len + set.impostor_len, 0);
	pair_set_free(&set);
}

static void one_kind_of_pairs_gives_half_of_the_rates(void **state)
{
	struct pair_set set = {0};
	struct set_rates rates;

	(void)state;
	assert_int_equal(
	    pair_set_from_list(&set, pairs + PEOPLE, PEOPLE, PEOPLE, NULL, NO_LABEL, NULL),
	    TANU_OK);
	assert_int_equal(set_measure(&rates, &set, &draws, NULL), TANU_OK);
	assert_int_equal(rates.genuine, 0);
	assert_true(isnan(rates.equal_error) && isnan(rates.row[0].rates.fnmr));
	assert_int_equal(rates.curve_len, 0);
	pair_set_free(&set);
	assert_int_equal(pair_set_from_list(&set, pairs, PEOPLE, PEOPLE, NULL, NO_LABEL, NULL),
			 TANU_OK);
	assert_int_equal(set_measure(&rates, &set, &draws, NULL), TANU_OK);
	assert_int_equal(rates.rows, 0);
	assert_true(rates.missing == 0.1);
	pair_set_free(&set);
}

static void one_person_has_no_interval(void **state)
{
	static const struct known_pair alone[] = {{0.9f, 0, 0, true}, {0.8f, 0, 0, true}};
	struct pair_set set = {0};
	struct set_rates rates;

	(void)state;
	assert_int_equal(pair_set_from_list(&set, alone, 2, 1, NULL, NO_LABEL, NULL), TANU_OK);
	assert_int_equal(set_measure(&rates, &set, &draws, NULL), TANU_OK);
	assert_int_equal(rates.rows, 0);
	pair_set_free(&set);
}

static void refuses_scores_that_are_no_numbers(void **state)
{
	struct known_pair bad[] = {{NAN, 0, 0, true}, {0.2f, 0, 1, false}};
	struct pair_set set = {0};
	struct set_rates rates;

	(void)state;
	assert_int_equal(pair_set_from_list(&set, bad, 2, 2, NULL, NO_LABEL, NULL), TANU_OK);
	assert_int_equal(set_measure(&rates, &set, &draws, NULL), TANU_INPUT);
	pair_set_free(&set);
}

/* Everybody scores the same: a threshold can't part them, and says so. */
static void ties_go_together(void **state)
{
	struct known_pair same[40];
	struct pair_set set = {0};
	struct set_rates rates;

	(void)state;
	for (uint32_t i = 0; i < 40; i++)
		same[i] = (struct known_pair){0.5f, i % 20, i < 20 ? i % 20 : (i + 1) % 20, i < 20};
	assert_int_equal(pair_set_from_list(&set, same, 40, 20, NULL, NO_LABEL, NULL), TANU_OK);
	assert_int_equal(set_measure(&rates, &set, &draws, NULL), TANU_OK);
	assert_int_equal(rates.row[0].rates.false_matches, 0);
	assert_true(rates.row[0].rates.fnmr == 1.0);
	assert_true(rates.equal_error == 0.5);
	pair_set_free(&set);
}

static void no_error_is_bounded_by_the_number_of_people(void **state)
{
	struct pair_set set = {0};
	struct interval fmr, fnmr;
	double bound = clopper_pearson(0, PEOPLE, 0.95).high;

	(void)state;
	assert_int_equal(
	    pair_set_from_list(&set, pairs, ARRAY_LEN(pairs), PEOPLE, NULL, NO_LABEL, NULL),
	    TANU_OK);
	assert_int_equal(bootstrap_rates(&fmr, &fnmr, &set, 0.0, &draws, NULL), TANU_OK);
	assert_true(fmr.low == 1.0 && fmr.high == 1.0);
	assert_true(fnmr.low == 0.0 && fabs(fnmr.high - bound) < 1e-12);
	assert_int_equal(bootstrap_rates(&fmr, &fnmr, &set, 0.95, &draws, NULL), TANU_OK);
	assert_true(fmr.low == 0.0 && fabs(fmr.high - bound) < 1e-12);
	assert_true(fnmr.low == 1.0);
	pair_set_free(&set);
}

static void histogram_holds_every_score_once(void **state)
{
	float genuine[] = {-3, 0.5f, 0.5f, 9}, impostor[] = {0, 0.999f};
	struct scores scores = {genuine, 4, impostor, 2};
	struct histogram h;
	double sum = 0;

	(void)state;
	histogram_fill(&h, &scores, 0, 1);
	for (size_t i = 0; i < HISTOGRAM_BINS; i++)
		sum += h.genuine[i];
	assert_true(fabs(sum - 1) < 1e-12);
	assert_true(h.genuine[0] == 0.25 && h.genuine[HISTOGRAM_BINS / 2] == 0.5);
	assert_true(h.impostor[HISTOGRAM_BINS - 1] == 0.5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(measures_a_list),
	    cmocka_unit_test(a_label_takes_its_pairs_and_renumbers_people),
	    cmocka_unit_test(all_pairs_are_taken_apart_by_label),
	    cmocka_unit_test(one_kind_of_pairs_gives_half_of_the_rates),
	    cmocka_unit_test(one_person_has_no_interval),
	    cmocka_unit_test(refuses_scores_that_are_no_numbers),
	    cmocka_unit_test(ties_go_together),
	    cmocka_unit_test(no_error_is_bounded_by_the_number_of_people),
	    cmocka_unit_test(histogram_holds_every_score_once),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
