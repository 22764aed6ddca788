/* SPDX-License-Identifier: Apache-2.0 */
/* Without the worst photographs. */
#include "people/half.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Marks what is left when the lowest share is dropped. */
static void discard(struct half *half, const float *quality, double share)
{
	float *sorted = room(half->len, sizeof(float));
	float bound;

	memcpy(sorted, quality, half->len * sizeof(float));
	qsort(sorted, half->len, sizeof(float), rising_float);
	bound = sorted[(size_t)(share * (double)half->len)];
	for (size_t i = 0; i < half->len; i++)
		half->keep[i] = quality[i] >= bound;
	free(sorted);
}

static tanu_status try_discard(struct half *half, const char *what, const float *quality,
			       double share, tanu_error *err)
{
	struct samples s = half_samples(half);
	struct trial t = {0};
	char name[40];
	tanu_status st;

	discard(half, quality, share);
	s.keep = half->keep;
	snprintf(name, sizeof(name), "%.3g%% by %s", 100 * share, what);
	if ((st = trial_all_pairs(&t, &s, err)) == TANU_OK)
		trial_print(name, &t, &half->base);
	trial_free(&t);
	return st;
}

/* How far a value is on the side where photographs are worse: higher is better. */
static float goodness(const struct facts *f, size_t term)
{
	float x = f->terms[term];

	return term == 1 || (term >= 4 && term <= 7) ? -x : x;
}

tanu_status try_discards(struct half *half, tanu_error *err)
{
	static const double shares[] = {0.01, 0.02, 0.05, 0.1};
	float *q = room(half->len, sizeof(float));
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < ARRAY_LEN(shares) && st == TANU_OK; i++)
		st = try_discard(half, "all terms", half->utility, shares[i], err);
	for (size_t m = 0; m < UTILITY_TERMS && st == TANU_OK; m++) {
		for (size_t i = 0; i < half->len; i++)
			q[i] = goodness(half->of[i], m);
		st = try_discard(half, term_names[m], q, 0.05, err);
	}
	for (size_t i = 0; i < half->len; i++)
		q[i] = half->of[i]->quality.unified;
	if (st == TANU_OK)
		st = try_discard(half, "unified", q, 0.05, err);
	for (size_t i = 0; i < half->len; i++)
		q[i] = half->of[i]->quality.value[TANU_QUALITY_EYES_LIT];
	if (st == TANU_OK && (st = try_discard(half, "eyes-lit", q, 0.01, err)) == TANU_OK)
		st = try_discard(half, "eyes-lit", q, 0.05, err);
	for (size_t i = 0; i < half->len; i++)
		q[i] = cosine(&half->of[i]->plain, &half->of[i]->mirrored);
	if (st == TANU_OK)
		st = try_discard(half, "mirror consistency", q, 0.05, err);
	free(q);
	return st;
}

/* Of each group, how many a bound refuses that refuses this share of all. */
static void refused_of_groups(struct half *half, const char *what, const float *quality,
			      double share)
{
	size_t all[2] = {0}, refused[2] = {0};

	discard(half, quality, share);
	for (size_t k = 0; k < half->len; k++) {
		all[half->gender[k] == 'f']++;
		refused[half->gender[k] == 'f'] += !half->keep[k];
	}
	printf("%.3g%% refused by %s:", 100 * share, what);
	for (size_t g = 0; g < 2; g++) {
		struct interval ci = clopper_pearson(refused[g], all[g], 0.95);

		printf(" %s %zu of %zu = %.2f%% (%.2f to %.2f)", g ? "women" : "men", refused[g],
		       all[g], 100 * (double)refused[g] / (double)all[g], 100 * ci.low,
		       100 * ci.high);
	}
	printf("\n");
}

void try_groups(struct half *half)
{
	static const double shares[] = {0.005, 0.01, 0.02, 0.05};
	float *lit = room(half->len, sizeof(float)), *norm = room(half->len, sizeof(float));

	for (size_t i = 0; i < half->len; i++) {
		lit[i] = half->of[i]->quality.value[TANU_QUALITY_EYES_LIT];
		norm[i] = half->of[i]->terms[0];
	}
	for (size_t i = 0; i < ARRAY_LEN(shares); i++) {
		refused_of_groups(half, "all terms", half->utility, shares[i]);
		refused_of_groups(half, "norm", norm, shares[i]);
		refused_of_groups(half, "eyes-lit", lit, shares[i]);
	}
	free(lit);
	free(norm);
}
