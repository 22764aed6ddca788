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

double boot_weight(const struct boot_system *s, const struct boot_pair *impostor,
		   const uint32_t *weight)
{
	double w = weight[impostor->a];

	return s->single ? w : w * weight[impostor->b];
}

double boot_impostor_weight(const struct boot_system *s, const uint32_t *weight, size_t subjects)
{
	double sum = 0, squares = 0;

	if (!s->photos) {
		for (size_t i = 0; i < s->impostor_len; i++)
			sum += boot_weight(s, &s->impostor[i], weight);
		return sum;
	}
	for (size_t i = 0; i < subjects; i++) {
		double n = (double)weight[i] * s->photos[i];

		sum += n;
		squares += n * n;
	}
	return (sum * sum - squares) / 2;
}

double boot_fnmr(const struct boot_system *s, double fmr, const uint32_t *weight, size_t subjects)
{
	double allowed = fmr * boot_impostor_weight(s, weight, subjects) * (1 + 1e-12);
	double threshold = INFINITY, above = 0, missed = 0, all = 0;
	size_t i = 0;

	for (; i < s->impostor_len; i++) {
		above += boot_weight(s, &s->impostor[i], weight);
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

/* The draws, shared out among the cores; the same whichever core makes them. */
struct draws {
	const struct boot_system *base, *other;
	size_t subjects, len;
	double fmr;
	uint64_t seed;
	uint32_t *weight; /* a row of subjects for each worker */
	double *values;	  /* base, other, difference: `len` each */
};

static tanu_status draw(void *self, size_t worker, size_t item, tanu_error *err)
{
	struct draws *d = self;
	uint32_t *weight = d->weight + worker * d->subjects;
	uint64_t state = resample_seed(d->seed, item);
	double *value = d->values + item;

	(void)err;
	resample_people(weight, d->subjects, &state);
	value[0] = boot_fnmr(d->base, d->fmr, weight, d->subjects);
	value[d->len] = d->other ? boot_fnmr(d->other, d->fmr, weight, d->subjects) : (double)NAN;
	value[2 * d->len] = value[d->len] - value[0];
	return TANU_OK;
}

tanu_status bootstrap_fnmr(struct boot_result *out, const struct boot_system *base,
			   const struct boot_system *other, size_t subjects, double fmr,
			   const struct boot_options *options, tanu_error *err)
{
	size_t n = options->replicates, workers = (size_t)os_cpu_count();
	struct draws d = {base, other, subjects, n, fmr, options->seed, NULL, NULL};
	tanu_status st;

	d.weight = calloc(workers * subjects + 1, sizeof(*d.weight));
	d.values = calloc(3 * n + 1, sizeof(*d.values));
	if (!d.weight || !d.values) {
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory to resample");
		goto out;
	}
	if (subjects < 2 || n < 20 || base->genuine_len == 0) {
		st = tanu_fail(err, TANU_ERR_SETTING, NULL,
			       "an interval needs genuine pairs, two people and 20 replicates");
		goto out;
	}
	if ((st = check_system(base, subjects, err)) < 0 ||
	    (other && (st = check_system(other, subjects, err)) < 0) ||
	    (st = os_parallel(workers, n, draw, &d, err)) < 0)
		goto out;
	out->base = resample_interval(d.values, n, options->confidence);
	out->other = resample_interval(d.values + n, n, options->confidence);
	out->difference = resample_interval(d.values + 2 * n, n, options->confidence);
out:
	free(d.weight);
	free(d.values);
	return st;
}
