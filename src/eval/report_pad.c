/* SPDX-License-Identifier: Apache-2.0 */
/* Attack detection, ISO/IEC 30107-3: APCER of each species by itself, and BPCER. */
#include "eval/report.h"

#include "eval/plot.h"

#include <math.h>
#include <stdio.h>

static const char *rate_name(size_t species)
{
	return species == PAD_LIVE ? "BPCER" : "APCER";
}

static void put_species(struct report *r, struct table *t, const struct pad_error *e,
			const char *name, size_t species)
{
	struct json_w *w = r->json;
	char a[SHARE_TEXT_LEN];

	table_cell(t, "%s %s", rate_name(species), name);
	table_cell(t, "%s", share_text(a, e->rate));
	table_cell(t, "%llu of %llu", (unsigned long long)e->errors,
		   (unsigned long long)e->presentations);
	table_cell(t, "%s", interval_text(a, e->people));
	table_cell(t, "%s", interval_text(a, e->ci));
	table_cell(t, "%llu of %llu", (unsigned long long)e->wrong_sessions,
		   (unsigned long long)e->sessions);
	table_cell(t, "%llu of %llu", (unsigned long long)e->wrong_subjects,
		   (unsigned long long)e->subjects);
	table_cell(t, "%llu", (unsigned long long)e->unanswered);
	jw_object(w, NULL);
	report_clean(w, "species", name);
	jw_text(w, "rate_name", rate_name(species));
	jw_real(w, "rate", e->rate);
	jw_int(w, "errors", (int64_t)e->errors);
	jw_int(w, "presentations", (int64_t)e->presentations);
	jw_int(w, "unanswered", (int64_t)e->unanswered);
	report_interval(w, "interval", e->ci);
	report_interval(w, "people_interval", e->people);
	jw_int(w, "wrong_sessions", (int64_t)e->wrong_sessions);
	jw_int(w, "sessions", (int64_t)e->sessions);
	report_interval(w, "sessions_interval", e->sessions_ci);
	jw_int(w, "wrong_subjects", (int64_t)e->wrong_subjects);
	jw_int(w, "subjects", (int64_t)e->subjects);
	report_interval(w, "subjects_interval", e->subjects_ci);
	jw_end_object(w);
}

static void warn(struct report *r, const struct pad_error *e, const char *name, size_t species)
{
	char of[96];

	if (e->presentations == 0)
		report_warning(r, "No %s could be judged: its rate is unknown",
			       species == PAD_LIVE ? "live face" : name);
	snprintf(of, sizeof(of), species == PAD_LIVE ? "people refused" : "people imitated by %s",
		 name);
	report_none_seen(r, e->wrong_subjects, e->subjects, of);
	snprintf(of, sizeof(of),
		 species == PAD_LIVE ? "sessions of live faces refused"
				     : "attacks (sessions of %s) passed",
		 name);
	report_none_seen(r, e->wrong_sessions, e->sessions, of);
	if (e->unanswered > 0)
		report_warning(r,
			       "In %llu pictures of %s no face was found: they are counted apart",
			       (unsigned long long)e->unanswered, name);
}

void report_pad_at(struct report *r, const char *key, double threshold,
		   const struct pad_error *errors, char *const *species, size_t len)
{
	static const char *const headings[] = {
	    "species",	    "rate",	      "pictures",	   "95% by people",
	    "95% by count", "sessions wrong", "people ever wrong", "no face"};
	struct table t;

	sheet_line(&r->sheet, "Live is what scores %.4f or more", threshold);
	table_begin(&t, headings, ARRAY_LEN(headings));
	jw_object(r->json, key);
	jw_real(r->json, "threshold", threshold);
	jw_array(r->json, "species");
	for (size_t k = 0; k < len; k++)
		put_species(r, &t, &errors[k], species[k], k);
	jw_end_array(r->json);
	jw_end_object(r->json);
	table_end(&t, &r->sheet);
	for (size_t k = 0; k < len; k++)
		warn(r, &errors[k], species[k], k);
}

void report_pad_left_out(struct report *r, const struct pad_left_out *left, char *const *species,
			 size_t len)
{
	static const char *const headings[] = {"species", "rate", "pictures", "95% by count"};
	struct json_w *w = r->json;
	char a[SHARE_TEXT_LEN];
	struct table t;

	sheet_line(&r->sheet, "%zu people, each at the threshold of the others, %.4f to %.4f",
		   left->subjects, left->lowest, left->highest);
	table_begin(&t, headings, ARRAY_LEN(headings));
	jw_object(w, "left_out");
	jw_int(w, "subjects", (int64_t)left->subjects);
	jw_real(w, "threshold_lowest", left->lowest);
	jw_real(w, "threshold_highest", left->highest);
	jw_array(w, "species");
	for (size_t k = 0; k < len; k++) {
		double rate = left->presentations[k]
				  ? (double)left->errors[k] / (double)left->presentations[k]
				  : (double)NAN;

		table_cell(&t, "%s %s", rate_name(k), species[k]);
		table_cell(&t, "%s", share_text(a, rate));
		table_cell(&t, "%llu of %llu", (unsigned long long)left->errors[k],
			   (unsigned long long)left->presentations[k]);
		table_cell(&t, "%s", interval_text(a, left->ci[k]));
		jw_object(w, NULL);
		report_clean(w, "species", species[k]);
		jw_text(w, "rate_name", rate_name(k));
		jw_real(w, "rate", rate);
		report_interval(w, "interval", left->ci[k]);
		jw_end_object(w);
	}
	jw_end_array(w);
	jw_end_object(w);
	table_end(&t, &r->sheet);
}

static void draw_scores(struct report *r, const struct set_rates *set, const char *species,
			double threshold)
{
	const char *const legend[] = {"live", species};
	struct plot_axis x = {"Liveness (probability)", PLOT_LINEAR, 0, 1, false};
	struct plot_axis y = {"Share of pictures (square root)", PLOT_LINEAR, 0, 1, false};
	double live[HISTOGRAM_BINS], attack[HISTOGRAM_BINS];
	struct buf svg = {0};
	struct plot plot;

	/* Nearly all scores are at the ends: the root shows those between. */
	for (size_t i = 0; i < HISTOGRAM_BINS; i++) {
		live[i] = sqrt(set->histogram.genuine[i]);
		attack[i] = sqrt(set->histogram.impostor[i]);
	}
	plot_begin(&plot, &svg, "Histogram of liveness", &x, &y);
	plot_bars(&plot, attack, HISTOGRAM_BINS, 0, 1, 1);
	plot_bars(&plot, live, HISTOGRAM_BINS, 0, 1, 0);
	plot_mark(&plot, threshold, "threshold");
	plot_end(&plot);
	sheet_plot(
	    &r->sheet, &svg,
	    "Liveness of live faces and of attacks, as roots of shares. What is to the right "
	    "of the dashed line counts as live.");
	sheet_legend(&r->sheet, legend, 2);
}

static void draw_det(struct report *r, const struct set_rates *sets, char *const *species,
		     size_t len)
{
	struct plot_axis x = {"Attacks taken for live (APCER)", PLOT_NORMAL, 5e-4, 0.5, true};
	struct plot_axis y = {"Live faces refused (BPCER)", PLOT_NORMAL, 5e-4, 0.5, true};
	struct buf svg = {0};
	struct plot plot;

	plot_begin(&plot, &svg, "BPCER against APCER", &x, &y);
	for (size_t k = 1; k < len; k++) {
		struct plot_point points[CURVE_MAX];

		for (size_t i = 0; i < sets[k].curve_len; i++)
			points[i] =
			    (struct plot_point){sets[k].curve[i].fmr, sets[k].curve[i].fnmr};
		plot_curve(&plot, points, sets[k].curve_len, (unsigned)k);
	}
	plot_end(&plot);
	sheet_plot(&r->sheet, &svg,
		   "Both errors of single pictures on normal-deviate axes, one curve a species; "
		   "rates below the edge are drawn on it.");
	sheet_legend(&r->sheet, (const char *const *)species, len);
}

void report_pad_plots(struct report *r, const struct set_rates *sets, char *const *species,
		      size_t len, double threshold)
{
	if (!r->sheet.html || len < 2)
		return;
	sheet_plots_begin(&r->sheet);
	draw_det(r, sets, species, len);
	for (size_t k = 1; k < len && k < REPORT_CURVES_MAX; k++)
		draw_scores(r, &sets[k], species[k], threshold);
	sheet_plots_end(&r->sheet);
}
