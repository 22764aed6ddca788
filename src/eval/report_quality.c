/* SPDX-License-Identifier: Apache-2.0 */
/* Quality measures: how they are spread, what they refuse, and what discarding by them is worth. */
#include "eval/report.h"

#include "eval/plot.h"

#include <math.h>
#include <stdio.h>

#define NO_BOUND 65535 /* what stands for no upper bound of a size in px */

static void put_refused(struct json_w *w, const char *key, const struct accuracy *a)
{
	jw_object(w, key);
	jw_int(w, "refused", (int64_t)a->right);
	jw_int(w, "of", (int64_t)a->pairs);
	jw_real(w, "share", a->share);
	report_interval(w, "interval", a->ci);
	jw_end_object(w);
}

static void put_measure(struct report *r, struct table *t, const struct measure_findings *m)
{
	struct json_w *w = r->json;
	char a[SHARE_TEXT_LEN];

	table_cell(t, "%s", m->name);
	table_cell(t, "%.3g", m->spread.p5);
	table_cell(t, "%.3g", m->spread.p25);
	table_cell(t, "%.3g", m->spread.median);
	table_cell(t, "%.3g", m->spread.p75);
	table_cell(t, "%.3g", m->spread.p95);
	if (m->door_max >= NO_BOUND)
		table_cell(t, "from %.4g", m->door_min);
	else
		table_cell(t, "%.4g to %.4g", m->door_min, m->door_max);
	table_cell(t, "%s", share_text(a, m->refused_door.share));
	table_cell(t, "%s", interval_text(a, m->refused_door.ci));
	table_cell(t, "%s", share_text(a, m->refused_enrol.share));
	jw_object(w, NULL);
	jw_text(w, "name", m->name);
	jw_text(w, "unit", m->unit);
	jw_real(w, "min", m->spread.min);
	jw_real(w, "p5", m->spread.p5);
	jw_real(w, "p25", m->spread.p25);
	jw_real(w, "median", m->spread.median);
	jw_real(w, "p75", m->spread.p75);
	jw_real(w, "p95", m->spread.p95);
	jw_real(w, "max", m->spread.max);
	put_refused(w, "door", &m->refused_door);
	put_refused(w, "enrol", &m->refused_enrol);
	jw_end_object(w);
}

void report_measures(struct report *r, const struct measure_findings *of, size_t len)
{
	static const char *const headings[] = {"measure",    "5%",	    "25%",	  "half",
					       "75%",	     "95%",	    "door takes", "refused",
					       "95%, count", "by enrolment"};
	struct table t;

	table_begin(&t, headings, ARRAY_LEN(headings));
	jw_array(r->json, "measures");
	for (size_t i = 0; i < len; i++)
		put_measure(r, &t, &of[i]);
	jw_end_array(r->json);
	table_end(&t, &r->sheet);
}

static void draw(struct report *r, const struct discard_findings *of, size_t len)
{
	struct plot_axis x = {"Worst pairs discarded", PLOT_LINEAR, 0, 0.3, true};
	struct plot_axis y = {"FNMR of those that remain", PLOT_LINEAR, 0, 0, true};
	const char *names[REPORT_CURVES_MAX];
	struct buf svg = {0};
	struct plot plot;

	for (size_t i = 0; i < len; i++)
		y.max = fmax(y.max, of[i].curve.error[0] * 1.25);
	if (!(y.max > 0))
		y.max = 0.01;
	plot_begin(&plot, &svg, "Error versus discard", &x, &y);
	for (size_t i = 0; i < len; i++) {
		struct plot_point points[DISCARD_STEPS];
		size_t n = 0;

		for (; n <= 30; n++)
			points[n] = (struct plot_point){(double)n / 100, of[i].curve.error[n]};
		plot_curve(&plot, points, n, (unsigned)i);
		names[i] = of[i].name;
	}
	plot_end(&plot);
	sheet_plot(&r->sheet, &svg,
		   "Error versus discard (ISO/IEC 29794-1): a measure that predicts failure falls "
		   "fast. A pair has the quality of the worse of its two pictures.");
	sheet_legend(&r->sheet, names, len);
}

static int by_area(const struct discard_findings *a, const struct discard_findings *b)
{
	return (a->curve.area > b->curve.area) - (a->curve.area < b->curve.area);
}

/* The measures that help most, in a plot of few colours. */
static size_t pick(struct discard_findings out[REPORT_CURVES_MAX],
		   const struct discard_findings *of, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		size_t at = n;

		while (at > 0 && by_area(&of[i], &out[at - 1]) < 0)
			at--;
		if (at == REPORT_CURVES_MAX)
			continue;
		n += n < REPORT_CURVES_MAX;
		for (size_t k = n - 1; k > at; k--)
			out[k] = out[k - 1];
		out[at] = of[i];
	}
	return n;
}

static void put_discard(struct report *r, struct table *t, const struct discard_findings *d)
{
	struct json_w *w = r->json;
	static const size_t steps[] = {0, 1, 2, 5, 10, 20};
	char a[SHARE_TEXT_LEN];

	table_cell(t, "%s", d->name);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		table_cell(t, "%s", share_text(a, d->curve.error[steps[i]]));
	table_cell(t, "%.2f", d->curve.area);
	jw_object(w, NULL);
	jw_text(w, "measure", d->name);
	jw_real(w, "area", d->curve.area);
	jw_array(w, "fnmr");
	for (size_t i = 0; i < DISCARD_STEPS; i++)
		jw_real(w, NULL, d->curve.error[i]);
	jw_end_array(w);
	jw_end_object(w);
}

void report_discard(struct report *r, const struct discard_findings *of, size_t len, uint64_t pairs,
		    double threshold, double fmr)
{
	static const char *const headings[] = {
	    "FNMR, worst discarded", "0%", "1%", "2%", "5%", "10%", "20%", "area"};
	struct discard_findings best[REPORT_CURVES_MAX];
	struct table t;

	sheet_line(&r->sheet,
		   "%llu pairs of one person at score %.4f (FMR %.2g by the model's calibration); "
		   "area: mean over the first 20%%, 1 is no help",
		   (unsigned long long)pairs, threshold, fmr);
	table_begin(&t, headings, ARRAY_LEN(headings));
	jw_object(r->json, "discard");
	jw_int(r->json, "pairs", (int64_t)pairs);
	jw_real(r->json, "threshold", threshold);
	jw_real(r->json, "fmr", fmr);
	jw_array(r->json, "curves");
	for (size_t i = 0; i < len; i++)
		put_discard(r, &t, &of[i]);
	jw_end_array(r->json);
	jw_end_object(r->json);
	table_end(&t, &r->sheet);
	if (!r->sheet.html)
		return;
	sheet_plots_begin(&r->sheet);
	draw(r, best, pick(best, of, len));
	sheet_plots_end(&r->sheet);
}
