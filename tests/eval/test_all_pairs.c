/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/eval.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "match/samples.h"

#define PEOPLE 9
#define EACH   4
#define LEN    (PEOPLE * EACH)

struct crowd {
	tanu_embedding sample[LEN];
	size_t subject[LEN];
};

/* Four samples a person, near to each other; people in turn, so that theirs do not stand together.
 */
static int crowd(void **state)
{
	static struct crowd c;
	uint32_t seed = 11;

	for (size_t i = 0; i < LEN; i++) {
		c.subject[i] = i % PEOPLE;
		sample_embedding(&c.sample[i], &seed, i < PEOPLE ? NULL : &c.sample[i % PEOPLE],
				 0.6f);
	}
	*state = &c;
	return 0;
}

/* The samples are shared out among threads by os_parallel: nothing may be missed or written twice.
 */
static void compares_every_pair_once(void **state)
{
	const struct crowd *c = *state;
	struct scores quantised, exact;
	size_t g = 0, m = 0;

	assert_int_equal(all_pairs(&quantised, &exact, c->sample, c->subject, LEN, NULL), TANU_OK);
	assert_int_equal(exact.genuine_len, PEOPLE * EACH * (EACH - 1) / 2);
	assert_int_equal(exact.genuine_len + exact.impostor_len, LEN * (LEN - 1) / 2);
	assert_int_equal(quantised.impostor_len, exact.impostor_len);
	for (size_t i = 0; i < LEN; i++)
		for (size_t j = i + 1; j < LEN; j++) {
			bool same = c->subject[i] == c->subject[j];
			float got = same ? exact.genuine[g++] : exact.impostor[m++], want;

			assert_int_equal(
			    tanu_compare_float(&want, &c->sample[i], &c->sample[j], NULL), TANU_OK);
			assert_true(fabsf(got - want) < 1e-5f);
		}
	scores_free(&quantised);
	scores_free(&exact);
	assert_null(exact.genuine);
}

static void quantised_scores_are_those_of_one_to_one(void **state)
{
	const struct crowd *c = *state;
	struct scores quantised, exact;
	tanu_reference a, b;
	float score;

	assert_int_equal(all_pairs(&quantised, &exact, c->sample, c->subject, LEN, NULL), TANU_OK);
	assert_int_equal(tanu_reference_from(&a, &c->sample[0], NULL), TANU_OK);
	assert_int_equal(tanu_reference_from(&b, &c->sample[1], NULL), TANU_OK);
	assert_int_equal(tanu_compare(&score, &a, &b, NULL), TANU_OK);
	assert_true(quantised.impostor[0] == score);
	scores_free(&quantised);
	scores_free(&exact);
}

static void the_error_of_quantising_is_small_and_counted(void **state)
{
	const struct crowd *c = *state;
	struct scores quantised, exact;
	struct score_error e;

	assert_int_equal(all_pairs(&quantised, &exact, c->sample, c->subject, LEN, NULL), TANU_OK);
	e = scores_compare(&quantised, &exact);
	assert_int_equal(e.pairs, LEN * (LEN - 1) / 2);
	assert_true(e.rms > 0.0 && e.rms < 5e-4);
	assert_true(e.worst >= e.rms && e.worst < 2e-3);
	quantised.impostor[3] = exact.impostor[3] + 0.5f;
	assert_true(scores_compare(&quantised, &exact).worst > 0.499);
	scores_free(&quantised);
	scores_free(&exact);
}

static void one_subject_has_no_impostors(void **state)
{
	const struct crowd *c = *state;
	static const size_t nobody_else[LEN];
	struct scores quantised, exact;

	assert_int_equal(all_pairs(&quantised, &exact, c->sample, nobody_else, LEN, NULL), TANU_OK);
	assert_int_equal(exact.impostor_len, 0);
	assert_int_equal(exact.genuine_len, LEN * (LEN - 1) / 2);
	scores_free(&quantised);
	scores_free(&exact);
}

static void few_or_no_samples_make_no_pairs(void **state)
{
	const struct crowd *c = *state;

	for (size_t len = 0; len < 2; len++) {
		struct scores quantised, exact;

		assert_int_equal(all_pairs(&quantised, &exact, c->sample, c->subject, len, NULL),
				 TANU_OK);
		assert_int_equal(exact.genuine_len + exact.impostor_len, 0);
		assert_true(scores_compare(&quantised, &exact).rms == 0.0);
		scores_free(&quantised);
		scores_free(&exact);
	}
}

static void refuses_what_is_not_finite_and_too_many(void **state)
{
	struct crowd c = *(const struct crowd *)*state;
	struct scores quantised, exact;
	tanu_error err = {0};

	c.sample[5].v[100] = NAN;
	assert_int_equal(all_pairs(&quantised, &exact, c.sample, c.subject, LEN, NULL), TANU_INPUT);
	assert_int_equal(all_pairs(&quantised, &exact, c.sample, c.subject, 22362, &err),
			 TANU_USAGE);
	assert_int_equal(err.code, TANU_ERR_SETTING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(compares_every_pair_once, crowd),
	    cmocka_unit_test_setup(quantised_scores_are_those_of_one_to_one, crowd),
	    cmocka_unit_test_setup(the_error_of_quantising_is_small_and_counted, crowd),
	    cmocka_unit_test_setup(one_subject_has_no_impostors, crowd),
	    cmocka_unit_test_setup(few_or_no_samples_make_no_pairs, crowd),
	    cmocka_unit_test_setup(refuses_what_is_not_finite_and_too_many, crowd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
