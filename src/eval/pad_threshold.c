/* SPDX-License-Identifier: Apache-2.0 */
/* Thresholds of attack detection chosen on data: by equal error, and subject by subject. */
#include "eval/pad.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

static int by_liveness(const void *a, const void *b)
{
	float x = ((const struct presentation *)a)->liveness;
	float y = ((const struct presentation *)b)->liveness;

	return (x > y) - (x < y);
}

/* Those with a score, rising, without one subject. */
static size_t gather(struct presentation *out, const struct presentations *p, uint32_t without)
{
	size_t n = 0;

	for (size_t i = 0; i < p->len; i++)
		if (p->of[i].answered && p->of[i].subject != without)
			out[n++] = p->of[i];
	if (n > 1)
		qsort(out, n, sizeof(*out), by_liveness);
	return n;
}

static double worst_apcer(const uint64_t *below, const uint64_t *all, size_t species)
{
	double worst = 0;

	for (size_t k = 1; k < species; k++)
		if (all[k])
			worst = fmax(worst, (double)(all[k] - below[k]) / (double)all[k]);
	return worst;
}

/* Walks the rising scores: a threshold at each, and the counts below it. */
static void walk(double *threshold, double *rate, const struct presentation *rising, size_t len,
		 const uint64_t *all, size_t species)
{
	uint64_t below[PAD_SPECIES_MAX] = {0};
	double least = INFINITY, bpcer, apcer;

	for (size_t i = 0; i < len;) {
		float t = rising[i].liveness;

		bpcer = (double)below[PAD_LIVE] / (double)all[PAD_LIVE];
		apcer = worst_apcer(below, all, species);
		if (fabs(bpcer - apcer) < least) {
			least = fabs(bpcer - apcer);
			*rate = (bpcer + apcer) / 2;
			*threshold = (double)t;
		}
		while (i < len && rising[i].liveness <= t)
			below[rising[i++].species]++;
	}
}

tanu_status pad_equal_error(double *threshold, double *rate, const struct presentations *p,
			    uint32_t without, tanu_error *err)
{
	struct presentation *rising = calloc(p->len + 1, sizeof(*rising));
	uint64_t all[PAD_SPECIES_MAX] = {0};
	tanu_status st = TANU_OK;
	size_t n;

	assert(p->species <= PAD_SPECIES_MAX);
	if (!rising)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	n = gather(rising, p, without);
	for (size_t i = 0; i < n; i++)
		all[rising[i].species]++;
	if (all[PAD_LIVE] == 0 || all[PAD_LIVE] == n)
		st = tanu_fail(err, TANU_ERR_SETTING, all[PAD_LIVE] ? "attack" : "live",
			       "there is no %s with a score, so there is no equal error",
			       all[PAD_LIVE] ? "attack" : "live face");
	else
		walk(threshold, rate, rising, n, all, p->species);
	free(rising);
	return st;
}

static void judge(struct pad_left_out *out, const struct presentations *p, uint32_t subject,
		  double threshold)
{
	for (size_t i = 0; i < p->len; i++) {
		const struct presentation *one = &p->of[i];
		bool live = (double)one->liveness >= threshold;

		if (!one->answered || one->subject != subject)
			continue;
		out->presentations[one->species]++;
		out->errors[one->species] += live != (one->species == PAD_LIVE);
	}
}

tanu_status pad_leave_one_out(struct pad_left_out *out, const struct presentations *p,
			      tanu_error *err)
{
	struct pad_left_out result = {.lowest = INFINITY, .highest = -INFINITY};

	if (p->subjects < 2)
		return tanu_fail(err, TANU_ERR_SETTING, "subject",
				 "one subject cannot be left out and judged by the others");
	for (uint32_t i = 0; i < p->subjects; i++) {
		double threshold = 0, rate;
		tanu_status st = pad_equal_error(&threshold, &rate, p, i, err);

		if (st < 0)
			return st;
		judge(&result, p, i, threshold);
		result.lowest = fmin(result.lowest, threshold);
		result.highest = fmax(result.highest, threshold);
		result.subjects++;
	}
	for (size_t k = 0; k < p->species; k++)
		result.ci[k] = clopper_pearson(result.errors[k], result.presentations[k], 0.95);
	*out = result;
	return TANU_OK;
}

/* Without one species; its number stays, and nobody is of it. */
static struct presentations without_species(struct presentation *kept,
					    const struct presentations *p, uint32_t species)
{
	struct presentations rest = *p;

	rest.of = kept;
	rest.len = 0;
	for (size_t i = 0; i < p->len; i++)
		if (p->of[i].species != species)
			kept[rest.len++] = p->of[i];
	return rest;
}

static void judge_species(struct pad_left_out *out, const struct presentations *p, uint32_t species,
			  double threshold)
{
	for (size_t i = 0; i < p->len; i++) {
		const struct presentation *one = &p->of[i];

		if (!one->answered || one->species != species)
			continue;
		out->presentations[species]++;
		out->errors[species] += (double)one->liveness >= threshold;
	}
}

tanu_status pad_leave_species_out(struct pad_left_out *out, const struct presentations *p,
				  tanu_error *err)
{
	struct pad_left_out result = {.lowest = INFINITY, .highest = -INFINITY};
	struct presentation *kept = calloc(p->len + 1, sizeof(*kept));
	tanu_status st = TANU_OK;

	if (!kept)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (uint32_t k = 1; k < p->species && st == TANU_OK; k++) {
		struct presentations rest = without_species(kept, p, k);
		double threshold = 0, rate;

		st = pad_equal_error(&threshold, &rate, &rest, PAD_EVERYBODY, err);
		if (st < 0)
			break;
		judge_species(&result, p, k, threshold);
		result.lowest = fmin(result.lowest, threshold);
		result.highest = fmax(result.highest, threshold);
		result.subjects = p->subjects;
	}
	free(kept);
	if (st < 0)
		return st;
	for (size_t k = 0; k < p->species; k++)
		result.ci[k] = clopper_pearson(result.errors[k], result.presentations[k], 0.95);
	*out = result;
	return TANU_OK;
}
