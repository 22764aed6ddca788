/* SPDX-License-Identifier: Apache-2.0 */
/* With nothing discarded. */
#include "people/half.h"

#include <math.h>
#include <stdio.h>

static void unit(tanu_embedding *e)
{
	double squares = 0;

	for (size_t k = 0; k < TANU_FEATURES; k++)
		squares += (double)e->v[k] * (double)e->v[k];
	for (size_t k = 0; k < TANU_FEATURES; k++)
		e->v[k] = (float)((double)e->v[k] / sqrt(squares));
}

static void mean_of(float mean[TANU_FEATURES], const struct half *half, bool mirrored)
{
	for (size_t k = 0; k < TANU_FEATURES; k++)
		mean[k] = 0;
	for (size_t i = 0; i < half->len; i++) {
		tanu_embedding e = half->of[i]->plain;

		for (size_t k = 0; k < TANU_FEATURES && mirrored; k++)
			e.v[k] += half->of[i]->mirrored.v[k];
		unit(&e);
		for (size_t k = 0; k < TANU_FEATURES; k++)
			mean[k] += e.v[k] / (float)half->len;
	}
}

static tanu_status try_way(struct half *half, const char *what, bool mirrored, const float *mean,
			   tanu_error *err)
{
	struct samples s = half_samples(half);
	struct trial t = {0};
	tanu_status st;

	for (size_t i = 0; i < half->len; i++) {
		half->way[i] = half->of[i]->plain;
		for (size_t k = 0; k < TANU_FEATURES && mirrored; k++)
			half->way[i].v[k] += half->of[i]->mirrored.v[k];
		unit(&half->way[i]);
		for (size_t k = 0; k < TANU_FEATURES && mean; k++)
			half->way[i].v[k] -= mean[k];
		unit(&half->way[i]);
	}
	s.of = half->way;
	if ((st = trial_all_pairs(&t, &s, err)) == TANU_OK)
		trial_print(what, &t, &half->base);
	trial_free(&t);
	return st;
}

/* What it costs: FMR of pairs with a photograph of this quality, where that of all is 1e-4. */
static void report_poor(const struct half *half, const struct trial *t, float from, float to)
{
	float threshold = trial_threshold(t, 1e-4);
	size_t pairs = 0, matches = 0;

	for (size_t i = 0; i < half->len; i++)
		for (size_t k = i + 1; k < half->len; k++) {
			float worse = fminf(half->utility[i], half->utility[k]);

			if (half->person[i] == half->person[k] || worse < from || worse >= to)
				continue;
			pairs++;
			matches += cosine(&half->plain[i], &half->plain[k]) + half->offset[i] +
				       half->offset[k] >
				   threshold;
		}
	printf("    FMR where the worse quality is %.2f to %.2f: %.2g, %zu of %zu\n", (double)from,
	       (double)to, (double)matches / (double)pairs, matches, pairs);
}

/* Scores of poor photographs are lower, genuine and impostor alike: raised by what is expected. */
static tanu_status try_offset(struct half *half, float slope, tanu_error *err)
{
	struct samples s = half_samples(half);
	struct trial t = {0};
	char what[40];
	tanu_status st;

	for (size_t i = 0; i < half->len; i++) {
		float u = half->utility[i];

		half->offset[i] = -slope * fmaxf(-5, fminf(3, logf(u / (1 - u))));
	}
	s.offset = half->offset;
	snprintf(what, sizeof(what), "raised by quality, %.3f", (double)slope);
	if ((st = trial_all_pairs(&t, &s, err)) == TANU_OK)
		trial_print(what, &t, &half->base);
	if (st == TANU_OK && (slope == 0 || slope == 0.01F)) {
		report_poor(half, &t, 0, 0.01F);
		report_poor(half, &t, 0.01F, 0.05F);
		report_poor(half, &t, 0.5F, 1);
	}
	trial_free(&t);
	return st;
}

tanu_status try_ideas(struct half *half, const struct half *tuning, tanu_error *err)
{
	static const float slopes[] = {0, 0.005F, 0.01F, 0.015F, 0.02F};
	float mean[TANU_FEATURES], mirrored[TANU_FEATURES];
	tanu_status st;

	mean_of(mean, tuning, false);
	mean_of(mirrored, tuning, true);
	if ((st = try_way(half, "mirror averaged", true, NULL, err)) < 0 ||
	    (st = try_way(half, "mean removed", false, mean, err)) < 0 ||
	    (st = try_way(half, "both", true, mirrored, err)) < 0)
		return st;
	for (size_t i = 0; i < ARRAY_LEN(slopes) && st == TANU_OK; i++)
		st = try_offset(half, slopes[i], err);
	return st;
}
