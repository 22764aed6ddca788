/* SPDX-License-Identifier: Apache-2.0 */
/* What a set of pairs shows: rates at usual targets, the trade-off as a curve, the scores. */
#include "eval/sets.h"

#include <math.h>
#include <stdlib.h>

static const double targets[RATE_TARGETS] = {1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6};

static tanu_status people_intervals(struct rate_row *row, const struct pair_set *set,
				    const struct boot_options *options, tanu_error *err)
{
	struct boot_system system = pair_set_system(set);
	struct interval fixed_fnmr;
	struct boot_result result;
	tanu_status st;

	row->fmr_people = row->fnmr_people = (struct interval){(double)NAN, (double)NAN};
	if (set->people < 2)
		return TANU_OK;
	if ((st = bootstrap_rates(&row->fmr_people, &fixed_fnmr, set, row->rates.threshold, options,
				  err)) < 0)
		return st;
	if (set->genuine_len == 0)
		return TANU_OK;
	if ((st = bootstrap_fnmr(&result, &system, NULL, set->people, row->target, options, err)) <
	    0)
		return st;
	row->fnmr_people = row->rates.false_non_matches ? result.base : fixed_fnmr;
	return TANU_OK;
}

static tanu_status fill_rows(struct set_rates *out, const struct pair_set *set,
			     const struct boot_options *options, tanu_error *err)
{
	for (size_t i = 0; i < RATE_TARGETS; i++) {
		struct rate_row *row = &out->row[out->rows];
		double threshold;
		tanu_status st;

		if (threshold_at_fmr(&threshold, &set->scores, targets[i], NULL) < 0) {
			out->missing = targets[i];
			out->needed = (uint64_t)llround(1 / targets[i]);
			return TANU_OK;
		}
		row->target = targets[i];
		row->rates = rates_at(&set->scores, threshold);
		if ((st = people_intervals(row, set, options, err)) < 0)
			return st;
		out->rows++;
	}
	return TANU_OK;
}

/* Thresholds at the highest impostor score, then at about equal steps of log FMR, then of score. */
size_t rate_curve(struct rate_point out[CURVE_MAX], const struct scores *scores)
{
	size_t n = scores->impostor_len, len = 0;
	double last = -1;

	if (n == 0 || scores->genuine_len == 0)
		return 0;
	for (size_t i = 0; i < CURVE_MAX; i++) {
		double above = pow((double)n, (double)i / (CURVE_MAX - 1));
		size_t k = (size_t)above > n ? n : (size_t)above;
		struct error_rates r;

		if ((double)k <= last)
			continue;
		last = (double)k;
		r = rates_at(scores, (double)scores->impostor[n - k]);
		out[len++] = (struct rate_point){r.fmr, r.fnmr};
	}
	return len;
}

static void fill_bins(double *bins, const float *scores, size_t len, double from, double to)
{
	for (size_t i = 0; i < len; i++) {
		double at = ((double)scores[i] - from) / (to - from) * HISTOGRAM_BINS;
		size_t bin = at <= 0			? 0
			     : at >= HISTOGRAM_BINS - 1 ? HISTOGRAM_BINS - 1
							: (size_t)at;

		bins[bin] += 1.0 / (double)len;
	}
}

void histogram_fill(struct histogram *out, const struct scores *scores, double from, double to)
{
	*out = (struct histogram){.from = from, .to = to};
	fill_bins(out->genuine, scores->genuine, scores->genuine_len, from, to);
	fill_bins(out->impostor, scores->impostor, scores->impostor_len, from, to);
}

tanu_status set_measure(struct set_rates *out, struct pair_set *set,
			const struct boot_options *options, tanu_error *err)
{
	struct set_rates rates = {.people = set->people,
				  .genuine = set->scores.genuine_len,
				  .impostor = set->scores.impostor_len};
	tanu_status st;

	if ((st = scores_sort(&set->scores, err)) < 0)
		return st;
	rates.equal_error = rates.equal_error_threshold = (double)NAN;
	(void)equal_error_rate(&rates.equal_error, &rates.equal_error_threshold, &set->scores,
			       NULL); /* stays NaN without one kind of pairs */
	if ((st = fill_rows(&rates, set, options, err)) < 0)
		return st;
	rates.curve_len = rate_curve(rates.curve, &set->scores);
	histogram_fill(&rates.histogram, &set->scores, -0.5, 1);
	*out = rates;
	return TANU_OK;
}
