/* SPDX-License-Identifier: Apache-2.0 */
/* Intervals of both rates at a threshold that stays where it is, resampling people. */
#include "eval/sets.h"

#include "eval/resample.h"

#include <math.h>
#include <stdlib.h>

struct replicates {
	const struct pair_set *set;
	struct boot_system system;
	double threshold;
	size_t matches; /* impostor pairs at or above it: the first of the list */
	uint64_t seed;
	uint32_t *weight; /* a row of people for each worker */
	double *fmr, *fnmr;
};

static double fmr_of(const struct replicates *r, const uint32_t *weight)
{
	double above = 0;

	if (r->set->photos && r->matches == r->set->impostor_len)
		return (double)NAN; /* there may be more that were not kept */
	for (size_t i = 0; i < r->matches; i++)
		above += boot_weight(&r->system, &r->system.impostor[i], weight);
	return above / boot_impostor_weight(&r->system, weight, r->set->people);
}

static double fnmr_of(const struct replicates *r, const uint32_t *weight)
{
	const struct pair_set *set = r->set;
	double missed = 0, all = 0;

	for (size_t i = 0; i < set->genuine_len; i++) {
		double w = weight[set->genuine[i].a];

		all += w;
		if ((double)set->genuine[i].score < r->threshold)
			missed += w;
	}
	return missed / all;
}

static tanu_status draw(void *self, size_t worker, size_t item, tanu_error *err)
{
	struct replicates *r = self;
	uint32_t *weight = r->weight + worker * r->set->people;
	uint64_t state = resample_seed(r->seed, item);

	(void)err;
	resample_people(weight, r->set->people, &state);
	r->fmr[item] = fmr_of(r, weight);
	r->fnmr[item] = fnmr_of(r, weight);
	return TANU_OK;
}

/* People who are in any pair of this kind: `of` counts each once. */
static uint64_t people_in(uint32_t *of, const struct pair_set *set, const struct boot_pair *pairs,
			  size_t len)
{
	uint64_t n = 0;

	for (size_t i = 0; i < set->people; i++)
		of[i] = 0;
	for (size_t i = 0; i < len; i++) {
		n += of[pairs[i].a]++ == 0;
		if (!set->search)
			n += of[pairs[i].b]++ == 0;
	}
	return n;
}

/* Nobody failed in any replicate either: what none of so many people shows. */
static struct interval or_none(struct interval ci, uint64_t people, double confidence)
{
	return isnan(ci.high) || ci.high > 0 ? ci : clopper_pearson(0, people, confidence);
}

/* Where everybody meets everybody, none among so many pairs is bounded by neither people (far too
 * wide) nor pairs (too narrow). */
static struct interval or_unknown(struct interval ci)
{
	return ci.high > 0 ? ci : (struct interval){(double)NAN, (double)NAN};
}

tanu_status bootstrap_rates(struct interval *fmr, struct interval *fnmr, const struct pair_set *set,
			    double threshold, const struct boot_options *options, tanu_error *err)
{
	struct replicates r = {.set = set,
			       .system = pair_set_system(set),
			       .threshold = threshold,
			       .seed = options->seed};
	size_t n = options->replicates, workers = (size_t)os_cpu_count();
	tanu_status st;

	r.weight = calloc(workers * set->people + 1, sizeof(*r.weight));
	r.fmr = calloc(2 * n + 1, sizeof(*r.fmr));
	if (!r.weight || !r.fmr) {
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory to resample");
		goto out;
	}
	r.fnmr = r.fmr + n;
	while (r.matches < set->impostor_len && (double)set->impostor[r.matches].score >= threshold)
		r.matches++;
	if (set->people < 2 || n < 20) {
		st = tanu_fail(err, TANU_ERR_SETTING, NULL,
			       "an interval needs two people and 20 replicates");
		goto out;
	}
	if ((st = os_parallel(workers, n, draw, &r, err)) < 0)
		goto out;
	*fmr = resample_interval(r.fmr, n, options->confidence);
	*fmr = set->photos
		   ? or_unknown(*fmr)
		   : or_none(*fmr, people_in(r.weight, set, set->impostor, set->impostor_len),
			     options->confidence);
	*fnmr =
	    or_none(resample_interval(r.fnmr, n, options->confidence),
		    people_in(r.weight, set, set->genuine, set->genuine_len), options->confidence);
out:
	free(r.weight);
	free(r.fmr);
	return st;
}
