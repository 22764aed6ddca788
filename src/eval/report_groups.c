/* SPDX-License-Identifier: Apache-2.0 */
/* Groups side by side, folds, and two runs compared. */
#include "eval/report.h"

#include <math.h>

static void put_each(struct report *r, struct table *t, const struct group_findings *g,
		     const struct group_row *row, size_t i)
{
	char a[SHARE_TEXT_LEN], target[TARGET_TEXT_LEN];

	table_cell(t, "%s", g->names[i]);
	table_cell(t, "%s", target_text(target, row->target));
	table_cell(t, "%.4f", row->threshold);
	table_cell(t, "%s", share_text(a, row->rates[i].fmr));
	table_cell(t, "%s", interval_text(a, row->fmr_people[i]));
	table_cell(t, "%s", share_text(a, row->rates[i].fnmr));
	table_cell(t, "%s", interval_text(a, row->fnmr_people[i]));
	jw_object(r->json, NULL);
	report_clean(r->json, "name", g->names[i]);
	jw_real(r->json, "fmr", row->rates[i].fmr);
	report_interval(r->json, "fmr_people", row->fmr_people[i]);
	jw_real(r->json, "fnmr", row->rates[i].fnmr);
	report_interval(r->json, "fnmr_people", row->fnmr_people[i]);
	jw_end_object(r->json);
}

static void put_ratio(struct table *t, double ratio, const char *highest)
{
	if (isfinite(ratio))
		table_cell(t, "%.2g-fold, %.80s", ratio, highest);
	else
		table_cell(t, "unknown: a group shows none");
}

static void put_ratios(struct report *r, const struct group_findings *g)
{
	static const char *const headings[] = {"FMR of all", "FMR differs, highest",
					       "FNMR differs, highest"};
	char target[TARGET_TEXT_LEN];
	struct table t;

	table_begin(&t, headings, ARRAY_LEN(headings));
	for (size_t i = 0; i < g->rows_len; i++) {
		const struct group_row *row = &g->rows[i];

		table_cell(&t, "%s", target_text(target, row->target));
		put_ratio(&t, row->fmr_ratio, g->names[row->fmr_worst]);
		put_ratio(&t, row->fnmr_ratio, g->names[row->fnmr_worst]);
	}
	table_end(&t, &r->sheet);
}

static void put_compared(struct report *r, const struct group_findings *g)
{
	static const char *const headings[] = {"group",	       "FMR of all",	"threshold",
					       "its FMR",      "95% by people", "its FNMR",
					       "95% by people"};
	struct table t;

	table_begin(&t, headings, ARRAY_LEN(headings));
	jw_array(r->json, "compared");
	for (size_t k = 0; k < g->rows_len; k++) {
		jw_object(r->json, NULL);
		jw_real(r->json, "fmr", g->rows[k].target);
		jw_real(r->json, "threshold", g->rows[k].threshold);
		jw_real(r->json, "fmr_ratio", g->rows[k].fmr_ratio);
		jw_real(r->json, "fnmr_ratio", g->rows[k].fnmr_ratio);
		jw_array(r->json, "each");
		for (size_t i = 0; i < g->len; i++)
			put_each(r, &t, g, &g->rows[k], i);
		jw_end_array(r->json);
		jw_end_object(r->json);
	}
	jw_end_array(r->json);
	table_end(&t, &r->sheet);
	put_ratios(r, g);
}

static void put_common_row(struct report *r, struct table *t, const struct group_findings *g,
			   const struct common_threshold *c)
{
	char a[SHARE_TEXT_LEN], target[TARGET_TEXT_LEN];
	double worst = 0;

	for (size_t i = 0; i < g->len; i++)
		worst = fmax(worst, c->fnmr[i]);
	table_cell(t, "%s", target_text(target, c->target));
	if (isfinite(c->threshold)) {
		table_cell(t, "%.4f", c->threshold);
		table_cell(t, "%s", g->names[c->group]);
		table_cell(t, "%s", share_text(a, worst));
	} else {
		table_cell(t, "unknown");
		table_cell(t, "%.80s has too few pairs (%llu)", g->names[c->group],
			   (unsigned long long)c->pairs);
		table_cell(t, "-");
	}
	jw_object(r->json, NULL);
	jw_real(r->json, "fmr", c->target);
	jw_real(r->json, "threshold", c->threshold);
	report_clean(r->json, "group", g->names[c->group]);
	jw_array(r->json, "fnmr");
	for (size_t i = 0; i < g->len; i++)
		jw_real(r->json, NULL, c->fnmr[i]);
	jw_end_array(r->json);
	jw_end_object(r->json);
}

static void put_common(struct report *r, const struct group_findings *g)
{
	static const char *const headings[] = {"every group's FMR", "one threshold", "set by",
					       "highest FNMR"};
	struct table t;

	table_begin(&t, headings, ARRAY_LEN(headings));
	jw_array(r->json, "common");
	for (size_t k = 0; k < g->rows_len; k++)
		put_common_row(r, &t, g, &g->common[k]);
	jw_end_array(r->json);
	table_end(&t, &r->sheet);
}

static void put_sets(struct report *r, const struct group_findings *g)
{
	jw_array(r->json, "sets");
	for (size_t i = 0; i < g->len; i++) {
		sheet_section(&r->sheet, "%s %s", g->what, g->names[i]);
		jw_object(r->json, NULL);
		report_clean(r->json, "name", g->names[i]);
		report_set(r, &g->sets[i], REPORT_PAIRS, NULL);
		jw_end_object(r->json);
	}
	jw_end_array(r->json);
}

static void put_curves(struct report *r, const struct group_findings *g)
{
	const struct set_rates *sets[REPORT_CURVES_MAX];
	size_t len = g->len < REPORT_CURVES_MAX ? g->len : REPORT_CURVES_MAX;

	for (size_t i = 0; i < len; i++)
		sets[i] = &g->sets[i];
	if (len > 1)
		report_plots(r, sets, (const char *const *)g->names, len, REPORT_PAIRS);
}

void report_groups(struct report *r, const struct group_findings *g)
{
	sheet_section(&r->sheet, "Groups by %s, as the list says: pairs inside each group",
		      g->what);
	jw_object(r->json, "groups");
	report_clean(r->json, "label", g->what);
	jw_int(r->json, "unlabelled", (int64_t)g->unlabelled);
	jw_int(r->json, "unknown", (int64_t)g->unknown);
	if (g->unlabelled)
		report_warning(r, "%zu %s are in no group: a label is missing, or two differ",
			       g->unlabelled, g->unit);
	if (g->unknown)
		report_warning(r, "%zu rows of the labels name no photograph here", g->unknown);
	put_compared(r, g);
	put_common(r, g);
	put_curves(r, g);
	put_sets(r, g);
	jw_end_object(r->json);
}

void report_folds(struct report *r, const struct fold_accuracy *f)
{
	static const char *const headings[] = {"fold", "pairs", "threshold of the others",
					       "accuracy"};
	struct json_w *w = r->json;
	char a[SHARE_TEXT_LEN], b[SHARE_TEXT_LEN];
	struct table t;

	sheet_line(&r->sheet, "Accuracy over %zu folds: %s, standard error %s", f->folds,
		   share_text(a, f->mean), share_text(b, f->standard_error));
	table_begin(&t, headings, ARRAY_LEN(headings));
	jw_array(w, "folds");
	for (size_t i = 0; i < f->folds; i++) {
		table_cell(&t, "%zu", i + 1);
		table_cell(&t, "%llu", (unsigned long long)f->fold[i].pairs);
		table_cell(&t, "%.4f", f->threshold[i]);
		table_cell(&t, "%s", share_text(a, f->fold[i].share));
		jw_object(w, NULL);
		jw_int(w, "pairs", (int64_t)f->fold[i].pairs);
		jw_real(w, "threshold", f->threshold[i]);
		jw_real(w, "accuracy", f->fold[i].share);
		jw_end_object(w);
	}
	jw_end_array(w);
	jw_real(w, "fold_mean", f->mean);
	jw_real(w, "fold_standard_error", f->standard_error);
	table_end(&t, &r->sheet);
}

static const char *verdict_of(const struct run_difference *d)
{
	if (!d->shown)
		return "no difference shown";
	return d->people.difference.high < 0 ? "lower now" : "higher now";
}

void report_differences(struct report *r, const char *name, const struct run_difference *rows,
			size_t len)
{
	static const char *const headings[] = {"FMR", "FNMR then", "FNMR now", "difference, 95%",
					       "verdict"};
	struct json_w *w = r->json;
	char a[SHARE_TEXT_LEN], target[TARGET_TEXT_LEN];
	struct table t;

	sheet_section(&r->sheet, "Against %s: the same people drawn for both", name);
	table_begin(&t, headings, ARRAY_LEN(headings));
	jw_array(w, "against");
	for (size_t i = 0; i < len; i++) {
		const struct run_difference *d = &rows[i];

		table_cell(&t, "%s", target_text(target, d->target));
		table_cell(&t, "%s", share_text(a, d->base));
		table_cell(&t, "%s", share_text(a, d->other));
		table_cell(&t, "%+.2f to %+.2f points", 100 * d->people.difference.low,
			   100 * d->people.difference.high);
		table_cell(&t, "%s", verdict_of(d));
		jw_object(w, NULL);
		jw_real(w, "fmr", d->target);
		jw_real(w, "fnmr_then", d->base);
		jw_real(w, "fnmr_now", d->other);
		report_interval(w, "difference", d->people.difference);
		jw_bool(w, "shown", d->shown);
		jw_end_object(w);
	}
	jw_end_array(w);
	if (len)
		table_end(&t, &r->sheet);
	else
		buf_free(&t.cells);
}
