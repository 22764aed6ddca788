/* SPDX-License-Identifier: Apache-2.0 */
/* Curves of made-up people whose true rates are known: FMR(x) = exp(-(x + 0.5) / 0.06). */
#include "eval/eval.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LOWEST (-0.5)
#define SCALE  0.06

static const struct boot_options usual = {.replicates = 200, .seed = 3, .confidence = 0.95};

/* People with as many photographs each, and a score for every pair, in the order of all_pairs. */
struct crowd {
	size_t *subject;
	size_t len;
	struct scores scores;
	uint64_t state;
};

/* Uniform in (0, 1), the same on every machine. */
static double uniform(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return ((double)(*state >> 11) + 0.5) / 9007199254740992.0;
}

static float stranger_score(struct crowd *c)
{
	return (float)fmin(1, LOWEST - SCALE * log(uniform(&c->state)));
}

static double true_score(double fmr)
{
	return LOWEST - SCALE * log(fmr);
}

static struct crowd crowd_of(size_t people, size_t photos)
{
	struct crowd c = {.len = people * photos, .state = 11};
	size_t pairs = c.len * (c.len - 1) / 2;

	c.subject = calloc(c.len + 1, sizeof(*c.subject));
	c.scores.genuine = calloc(pairs + 1, sizeof(float));
	c.scores.impostor = calloc(pairs + 1, sizeof(float));
	assert_true(c.subject && c.scores.genuine && c.scores.impostor);
	for (size_t i = 0; i < c.len; i++)
		c.subject[i] = i / photos;
	for (size_t i = 0; i < c.len; i++)
		for (size_t j = i + 1; j < c.len; j++)
			if (c.subject[i] == c.subject[j])
				c.scores.genuine[c.scores.genuine_len++] =
				    (float)(0.2 + 0.6 * uniform(&c.state));
			else
				c.scores.impostor[c.scores.impostor_len++] = stranger_score(&c);
	return c;
}

static void crowd_done(struct crowd *c)
{
	free(c->subject);
	scores_free(&c->scores);
}

static struct curve curve_of(struct crowd *c)
{
	struct curve curve = {0};
	tanu_error err = {0};

	if (curve_measure(&curve, &c->scores, c->subject, c->len, &usual, &err) < 0)
		fail_msg("%s", err.message);
	return curve;
}

static tanu_status measure_fails(struct crowd *c, tanu_error *err)
{
	struct curve curve = {.people = 77};
	tanu_status st = curve_measure(&curve, &c->scores, c->subject, c->len, &usual, err);

	assert_int_equal(curve.people, 77);
	return st;
}

static bool inside(double v, struct interval ci)
{
	return v >= ci.low && v <= ci.high;
}

static const struct curve_point *point_at(const struct curve *c, double fmr)
{
	for (size_t i = 0; i < c->len; i++)
		if (c->point[i].fmr == fmr)
			return &c->point[i];
	fail_msg("no point at %g", fmr);
	return NULL;
}

static bool is_counted(const struct curve *c, double fmr)
{
	for (size_t i = 0; i < c->len; i++)
		if (c->point[i].fmr == fmr)
			return !c->point[i].extrapolated;
	return false;
}

static void finds_the_true_scores_and_fits_beyond_them(void **state)
{
	struct crowd c = crowd_of(400, 2);
	struct curve curve = curve_of(&c);

	(void)state;
	assert_int_equal(curve.people, 400);
	assert_int_equal(curve.samples, 800);
	assert_int_equal(curve.genuine, 400);
	assert_int_equal(curve.impostor, 800 * 799 / 2 - 400);
	assert_int_equal(curve.len, CURVE_POINTS_MAX);
	for (size_t i = 0; i < curve.len; i++) {
		const struct curve_point *p = &curve.point[i];

		assert_true(inside(true_score(p->fmr), p->score_ci));
		assert_true(inside(p->score, p->score_ci));
		if (!p->extrapolated)
			assert_true(fabs(p->score - true_score(p->fmr)) < 0.01);
		assert_true(i == 0 || p->score > curve.point[i - 1].score);
	}
	assert_true(curve.fitted && fabs(curve.tail.shape) < 0.15);
	assert_true(inside(0, curve.shape_ci));
	crowd_done(&c);
}

static void says_from_where_on_it_no_longer_counts(void **state)
{
	struct crowd c = crowd_of(400, 2);
	struct curve curve = curve_of(&c);

	(void)state;
	assert_false(point_at(&curve, 1e-1)->extrapolated);
	assert_false(point_at(&curve, 1e-2)->extrapolated);
	assert_true(point_at(&curve, 1e-5)->extrapolated); /* three pairs */
	assert_true(point_at(&curve, 1e-6)->extrapolated); /* less than one */
	for (size_t i = 1; i < curve.len; i++)
		assert_true(curve.point[i].extrapolated || !curve.point[i - 1].extrapolated);
	crowd_done(&c);
}

static void counts_false_matches_and_false_non_matches(void **state)
{
	struct crowd c = crowd_of(100, 3);
	struct curve curve = curve_of(&c);

	(void)state;
	for (size_t i = 0; i < curve.len; i++) {
		const struct curve_point *p = &curve.point[i];
		struct error_rates r = rates_at(&c.scores, p->score);

		assert_int_equal(p->false_matches, r.false_matches);
		assert_true(p->fnmr == r.fnmr && p->measured == r.fmr);
		assert_true(inside(p->fnmr, p->fnmr_ci));
		if (!p->extrapolated)
			assert_true(p->measured <= p->fmr && inside(p->measured, p->measured_ci));
	}
	crowd_done(&c);
}

static void predicts_the_people_it_has_not_seen(void **state)
{
	struct crowd c = crowd_of(500, 2);
	struct curve curve = curve_of(&c);

	(void)state;
	assert_int_equal(curve.check_pairs, 500 * 499 / 2 - 250);
	assert_true(curve.checks >= 3);
	for (size_t i = 0; i < curve.checks; i++) {
		const struct curve_check *k = &curve.check[i];

		assert_true(fabs(k->predicted - k->fmr * (double)curve.check_pairs) < 1e-9);
		assert_true(inside(k->predicted, k->observed_ci));
	}
	crowd_done(&c);
}

/* A third of the high scores are one person's: without her the rate is another one. */
static void a_rate_that_hangs_on_one_person_is_not_counted(void **state)
{
	struct crowd c = crowd_of(400, 1);
	struct curve curve = curve_of(&c);
	size_t m = 0;

	(void)state;
	assert_true(is_counted(&curve, 1e-2));
	crowd_done(&c);
	c = crowd_of(400, 1);
	for (size_t i = 0; i < c.len; i++)
		for (size_t j = i + 1; j < c.len; j++, m++)
			if (i == 7 && uniform(&c.state) < 0.7)
				c.scores.impostor[m] += 0.3f;
	curve = curve_of(&c);
	assert_true(is_counted(&curve, 1e-1));
	assert_false(is_counted(&curve, 1e-2));
	crowd_done(&c);
}

static void without_genuine_pairs_there_is_no_fnmr(void **state)
{
	struct crowd c = crowd_of(200, 1);
	struct curve curve = curve_of(&c);
	tanu_calibration cal;

	(void)state;
	for (size_t i = 0; i < curve.len; i++)
		assert_true(isnan(curve.point[i].fnmr) && isnan(curve.point[i].fnmr_ci.low));
	curve_calibration(&cal, &curve, "made-up people");
	assert_true(isnan(cal.point[0].fnmr));
	crowd_done(&c);
}

static void the_same_seed_gives_the_same_curve(void **state)
{
	struct crowd a = crowd_of(60, 2), b = crowd_of(60, 2);
	struct curve first = curve_of(&a), second = curve_of(&b);

	(void)state;
	assert_int_equal(first.len, second.len);
	for (size_t i = 0; i < first.len; i++) {
		assert_true(first.point[i].score_ci.low == second.point[i].score_ci.low);
		assert_true(first.point[i].score_ci.high == second.point[i].score_ci.high);
	}
	crowd_done(&a);
	crowd_done(&b);
}

static void its_calibration_gives_thresholds(void **state)
{
	struct crowd c = crowd_of(400, 2);
	struct curve curve = curve_of(&c);
	tanu_threshold threshold = {0};
	tanu_calibration cal;

	(void)state;
	curve_calibration(&cal, &curve, "made-up people");
	assert_string_equal(cal.population, "made-up people");
	assert_int_equal(cal.count, curve.len);
	for (size_t i = 0; i < cal.count; i++) {
		const tanu_calibration_point *p = &cal.point[i];

		/* Up, never down: the rate must still be kept. */
		assert_true((double)p->score >= curve.point[i].score - 1e-6);
		assert_true((double)p->score < curve.point[i].score + 1.1e-4);
		assert_true(p->low <= p->score && p->score <= p->high && p->high <= 1.0f);
		assert_true(p->extrapolated == curve.point[i].extrapolated);
	}
	assert_int_equal(tanu_threshold_for_fmr(&threshold, &cal, 1e-5, NULL), TANU_OK);
	assert_true(threshold.extrapolated);
	crowd_done(&c);
}

static void refuses_what_carries_no_curve(void **state)
{
	static const size_t people[] = {0, 1, 2, 9};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(people); i++) {
		struct crowd c = crowd_of(people[i], 1);
		tanu_error err = {0};

		assert_int_equal(measure_fails(&c, &err), TANU_REFUSED);
		assert_int_equal(err.code, TANU_ERR_TOO_FEW);
		crowd_done(&c);
	}
}

static void refuses_scores_that_are_all_equal(void **state)
{
	struct crowd c = crowd_of(60, 1);
	tanu_error err = {0};

	(void)state;
	for (size_t i = 0; i < c.scores.impostor_len; i++)
		c.scores.impostor[i] = 0.5f;
	assert_int_equal(measure_fails(&c, &err), TANU_REFUSED);
	crowd_done(&c);
}

static void refuses_what_is_not_a_number(void **state)
{
	struct crowd c = crowd_of(60, 1);
	tanu_error err = {0};

	(void)state;
	c.scores.impostor[5] = NAN;
	assert_int_equal(measure_fails(&c, &err), TANU_INPUT);
	crowd_done(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_the_true_scores_and_fits_beyond_them),
	    cmocka_unit_test(says_from_where_on_it_no_longer_counts),
	    cmocka_unit_test(counts_false_matches_and_false_non_matches),
	    cmocka_unit_test(predicts_the_people_it_has_not_seen),
	    cmocka_unit_test(a_rate_that_hangs_on_one_person_is_not_counted),
	    cmocka_unit_test(without_genuine_pairs_there_is_no_fnmr),
	    cmocka_unit_test(the_same_seed_gives_the_same_curve),
	    cmocka_unit_test(its_calibration_gives_thresholds),
	    cmocka_unit_test(refuses_what_carries_no_curve),
	    cmocka_unit_test(refuses_scores_that_are_all_equal),
	    cmocka_unit_test(refuses_what_is_not_a_number),
	};

	return cmocka_run_group_tests_name("eval/curve", tests, NULL, NULL);
}
