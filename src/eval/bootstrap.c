/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intervals by resampling people, not pairs: pairs of one person are not independent. Each
 * replicate draws as many people as there are, with replacement; a genuine pair then counts w_a
 * times and an impostor pair w_a * w_b times (A. B. Owen, "The pigeonhole bootstrap", Ann. Appl.
 * Stat. 1, 2007).
 */
#include "eval/resample.h"

#include <math.h>
#include <stdlib.h>

/* Weight of all impostor pairs: of every two photographs of different people, or of the listed
 * pairs. */
static double impostor_weight(const struct boot_system *s, const uint32_t *weight, size_t subjects)
{
	double sum = 0, squares = 0;

	if (!s->photos) {
		for (size_t i = 0; i < s->impostor_len; i++)
			sum += (double)weight[s->impostor[i].a] * weight[s->impostor[i].b];
		return sum;
	}
	for (size_t i = 0; i < subjects; i++) {
		double n = (double)weight[i] * s->photos[i];

		sum += n;
		squares += n * n;
	}
	return (sum * sum - squares) / 2;
}

/* FNMR at the threshold where the weighted FMR reaches `fmr`; NaN where the replicate can't say. */
static double fnmr_at_fmr(const struct boot_system *s, double fmr, const uint32_t *weight,
			  size_t subjects)
{
	double allowed = fmr * impostor_weight(s, weight, subjects);
	double threshold = INFINITY, above = 0, missed = 0, all = 0;
	size_t i = 0;

	for (; i < s->impostor_len; i++) {
		above += (double)weight[s->impostor[i].a] * weight[s->impostor[i].b];
		if (above > allowed)
			break;
	}
	/* The scores fall: this one is the first that must not match. */
	if (i < s->impostor_len)
		threshold = (double)s->impostor[i].score;
	else if (s->photos)
		return NAN;
	else
		threshold = -INFINITY;
	for (i = 0; i < s->genuine_len; i++) {
		double w = weight[s->genuine[i].a];

		all += w;
		if ((double)s->genuine[i].score <= threshold)
			missed += w;
	}
	return all > 0 ? missed / all : NAN;
}

static tanu_status check_system(const struct boot_system *s, size_t subjects, tanu_error *err)
{
	for (size_t i = 0; i < s->genuine_len; i++)
		if (s->genuine[i].a >= subjects)
			return BAD_CALL(err, "a genuine pair names a subject out of range");
	for (size_t i = 0; i < s->impostor_len; i++)
		if (s->impostor[i].a >= subjects || s->impostor[i].b >= subjects ||
		    (i > 0 && !(s->impostor[i].score <= s->impostor[i - 1].score)))
			return BAD_CALL(err, "impostor pairs must fall by score and name subjects");
	return TANU_OK;
}

tanu_status bootstrap_fnmr(struct boot_result *out, const struct boot_system *base,
			   const struct boot_system *other, size_t subjects, double fmr,
			   const struct boot_options *options, tanu_error *err)
{
	size_t n = options->replicates;
	uint32_t *weight = calloc(subjects ? subjects : 1, sizeof(*weight));
	double *values = calloc(3 * (n ? n : 1), sizeof(*values));
	uint64_t state = options->seed;
	tanu_status st = TANU_OK;

	if (!weight || !values) {
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory to resample");
		goto out;
	}
	if (subjects < 2 || n < 20 || base->genuine_len == 0) {
		st = tanu_fail(err, TANU_ERR_SETTING, NULL,
			       "an interval needs genuine pairs, two people and 20 replicates");
		goto out;
	}
	if ((st = check_system(base, subjects, err)) < 0 ||
	    (other && (st = check_system(other, subjects, err)) < 0))
		goto out;
	for (size_t r = 0; r < n; r++) {
		resample_people(weight, subjects, &state);
		values[r] = fnmr_at_fmr(base, fmr, weight, subjects);
		values[n + r] = other ? fnmr_at_fmr(other, fmr, weight, subjects) : NAN;
		values[2 * n + r] = values[n + r] - values[r];
	}
	out->base = resample_interval(values, n, options->confidence);
	out->other = resample_interval(values + n, n, options->confidence);
	out->difference = resample_interval(values + 2 * n, n, options->confidence);
out:
	free(weight);
	free(values);
	return st;
}
