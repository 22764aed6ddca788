/* SPDX-License-Identifier: Apache-2.0 */
/* Drawings of a set: DET on normal deviates, ROC, scores on both sides of the threshold. */
#include "eval/report.h"

#include "eval/plot.h"

#include <math.h>
#include <stdio.h>

#define LOWEST_DRAWN 1e-6 /* a few errors among millions are no curve */

struct names {
	const char *x, *y, *hit, *both;
};

static const struct names names[] = {
    [REPORT_PAIRS] = {"False match rate (FMR)", "False non-match rate (FNMR)", "1 - FNMR",
		      "FNMR against FMR"},
    [REPORT_SEARCHES] = {"Strangers taken for somebody (FPIR)",
			 "People in the gallery missed (FNIR)", "1 - FNIR", "FNIR against FPIR"},
};

/* The lowest rate that any of the sets can show, as a power of ten. */
static double lowest_fmr(const struct set_rates *const *sets, size_t len)
{
	double most = 10;

	for (size_t i = 0; i < len; i++)
		most = fmax(most, (double)sets[i]->impostor);
	return fmax(pow(10, -ceil(log10(most) - 1e-9)), LOWEST_DRAWN);
}

static void draw_det(struct report *r, const struct set_rates *const *sets, size_t len,
		     const struct names *n)
{
	struct plot_axis x = {n->x, PLOT_NORMAL, fmin(lowest_fmr(sets, len), 1e-2), 0.5, true};
	struct plot_axis y = {n->y, PLOT_NORMAL, 5e-4, 0.5, true};
	struct buf svg = {0};
	struct plot plot;

	plot_begin(&plot, &svg, n->both, &x, &y);
	for (size_t i = 0; i < len; i++) {
		struct plot_point points[CURVE_MAX];

		for (size_t k = 0; k < sets[i]->curve_len; k++)
			points[k] =
			    (struct plot_point){sets[i]->curve[k].fmr, sets[i]->curve[k].fnmr};
		plot_curve(&plot, points, sets[i]->curve_len, (unsigned)i);
	}
	for (size_t k = 0; k < sets[0]->rows; k++)
		plot_interval(&plot, sets[0]->row[k].target, sets[0]->row[k].fnmr_people.low,
			      sets[0]->row[k].fnmr_people.high, 0);
	plot_end(&plot);
	sheet_plot(&r->sheet, &svg,
		   "Detection error trade-off: both errors on normal-deviate axes, lower left is "
		   "better. Whiskers: 95% of the errors when people are resampled.");
}

static double lowest_hit(const struct set_rates *const *sets, size_t len)
{
	double low = 1;

	for (size_t i = 0; i < len; i++)
		for (size_t k = 0; k < sets[i]->curve_len; k++)
			low = fmin(low, 1 - sets[i]->curve[k].fnmr);
	return fmin(floor(low * 20) / 20, 0.95);
}

static void draw_roc(struct report *r, const struct set_rates *const *sets, size_t len,
		     const struct names *n)
{
	struct plot_axis x = {n->x, PLOT_LOG, lowest_fmr(sets, len), 1, true};
	struct plot_axis y = {n->hit, PLOT_LINEAR, lowest_hit(sets, len), 1, true};
	struct buf svg = {0};
	struct plot plot;

	plot_begin(&plot, &svg, "Receiver operating characteristic", &x, &y);
	for (size_t i = 0; i < len; i++) {
		struct plot_point points[CURVE_MAX];

		for (size_t k = 0; k < sets[i]->curve_len; k++)
			points[k] =
			    (struct plot_point){sets[i]->curve[k].fmr, 1 - sets[i]->curve[k].fnmr};
		plot_curve(&plot, points, sets[i]->curve_len, (unsigned)i);
	}
	plot_end(&plot);
	sheet_plot(&r->sheet, &svg,
		   "Receiver operating characteristic: share of right answers against the rate "
		   "of wrong ones, on a logarithmic axis; upper left is better.");
}

static double highest(const double *bins)
{
	double most = 0;

	for (size_t i = 0; i < HISTOGRAM_BINS; i++)
		most = fmax(most, bins[i]);
	return most;
}

/* The threshold that is drawn: for FMR 1e-4, or the lowest rate that the data supports. */
static const struct rate_row *drawn_row(const struct set_rates *set)
{
	size_t i = 0;

	while (i + 1 < set->rows && set->row[i].target > 1.5e-4)
		i++;
	return set->rows ? &set->row[i] : NULL;
}

static void draw_scores(struct report *r, const struct set_rates *set, enum report_kind kind)
{
	static const char *const legend[][2] = {
	    [REPORT_PAIRS] = {"one person", "different people"},
	    [REPORT_SEARCHES] = {"own entry (at the left edge: not first)",
				 "best entry for a stranger"}};
	const struct histogram *h = &set->histogram;
	const struct rate_row *row = drawn_row(set);
	double top = fmax(highest(h->genuine), highest(h->impostor));
	struct plot_axis x = {"Comparison score (cosine)", PLOT_LINEAR, h->from, h->to, false};
	struct plot_axis y = {"Share", PLOT_LINEAR, 0, top > 0 ? top * 1.1 : 1, true};
	struct buf svg = {0};
	struct plot plot;
	char name[48], target[TARGET_TEXT_LEN];

	plot_begin(&plot, &svg, "Histogram of scores", &x, &y);
	plot_bars(&plot, h->impostor, HISTOGRAM_BINS, h->from, h->to, 1);
	plot_bars(&plot, h->genuine, HISTOGRAM_BINS, h->from, h->to, 0);
	if (row) {
		snprintf(name, sizeof(name), "%.3f, %s %s", row->rates.threshold,
			 kind == REPORT_PAIRS ? "FMR" : "FPIR", target_text(target, row->target));
		plot_mark(&plot, row->rates.threshold, name);
	}
	plot_end(&plot);
	sheet_plot(&r->sheet, &svg,
		   "Scores, as shares of each kind. Dashed: a threshold; what is to its right "
		   "counts as a match.");
	sheet_legend(&r->sheet, legend[kind], 2);
}

void report_plots(struct report *r, const struct set_rates *const *sets, const char *const *labels,
		  size_t len, enum report_kind kind)
{
	if (!r->sheet.html || len == 0 || sets[0]->genuine == 0 || sets[0]->impostor == 0)
		return;
	sheet_plots_begin(&r->sheet);
	draw_det(r, sets, len, &names[kind]);
	if (len > 1)
		sheet_legend(&r->sheet, labels, len);
	draw_roc(r, sets, len, &names[kind]);
	if (len > 1)
		sheet_legend(&r->sheet, labels, len);
	if (len == 1)
		draw_scores(r, sets[0], kind);
	sheet_plots_end(&r->sheet);
}
