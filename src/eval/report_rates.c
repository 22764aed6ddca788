/* SPDX-License-Identifier: Apache-2.0 */
/* The rates of one set: numbers, table, curves. */
#include "eval/report.h"

#include <math.h>
#include <stdio.h>

/* Fewer errors than this make a rate rough: "rule of 30" (G. Doddington et al., 2000). */
#define FEW_ERRORS 30

static const struct words {
	const char *false_match, *false_non_match;
	const char *genuine, *impostor;
	const char *no_miss; /* after "0 of n" */
} words[] = {
    [REPORT_PAIRS] = {"FMR", "FNMR", "pairs of one person", "pairs of different people",
		      "pairs of one person were missed"},
    [REPORT_SEARCHES] = {"FPIR", "FNIR", "searches by people in the gallery",
			 "searches by strangers", "searches were missed"},
};

static void put_row(struct report *r, struct table *t, const struct rate_row *row,
		    const double *exact)
{
	const struct error_rates *e = &row->rates;
	char a[SHARE_TEXT_LEN], target[TARGET_TEXT_LEN];

	table_cell(t, "%s", target_text(target, row->target));
	table_cell(t, "%.4f", e->threshold);
	table_cell(t, "%s", share_text(a, e->fnmr));
	table_cell(t, "%s", interval_text(a, row->fnmr_people));
	table_cell(t, "%s", interval_text(a, e->fnmr_ci));
	table_cell(t, "%llu of %llu", (unsigned long long)e->false_non_matches,
		   (unsigned long long)e->genuine);
	table_cell(t, "%s", interval_text(a, row->fmr_people));
	table_cell(t, "%llu", (unsigned long long)e->false_matches);
	if (exact)
		table_cell(t, "%s", share_text(a, *exact));

	jw_object(r->json, NULL);
	jw_real(r->json, "fmr", row->target);
	jw_real(r->json, "threshold", e->threshold);
	jw_int(r->json, "false_matches", (int64_t)e->false_matches);
	report_interval(r->json, "fmr_interval", e->fmr_ci);
	report_interval(r->json, "fmr_people", row->fmr_people);
	jw_real(r->json, "fnmr", e->fnmr);
	jw_int(r->json, "false_non_matches", (int64_t)e->false_non_matches);
	report_interval(r->json, "fnmr_interval", e->fnmr_ci);
	report_interval(r->json, "fnmr_people", row->fnmr_people);
	if (exact)
		jw_real(r->json, "fnmr_exact", *exact);
	jw_end_object(r->json);
}

static void put_rows(struct report *r, const struct set_rates *set, const struct words *w,
		     const double *exact)
{
	char people[48];
	const char *const headings[] = {w->false_match,	 "threshold",	 w->false_non_match,
					"95% by people", "95% by count", "missed",
					people,		 "false",	 "before 8 bits"};
	struct table t;

	snprintf(people, sizeof(people), "%s, 95%% by people", w->false_match);
	table_begin(&t, headings, exact ? 9 : 8);
	jw_array(r->json, "rates");
	for (size_t i = 0; i < set->rows; i++)
		put_row(r, &t, &set->row[i], exact ? &exact[i] : NULL);
	jw_end_array(r->json);
	if (set->rows)
		table_end(&t, &r->sheet);
	else
		buf_free(&t.cells);
}

/* What the data can't support. */
static void put_warnings(struct report *r, const struct set_rates *set, const struct words *w)
{
	const struct rate_row *last = set->rows ? &set->row[set->rows - 1] : NULL;
	char target[TARGET_TEXT_LEN];

	if (set->genuine == 0 || set->impostor == 0)
		report_warning(r, "There are no %s, so half of the rates is unknown",
			       set->genuine ? w->impostor : w->genuine);
	if (set->missing > 0)
		report_warning(r, "%s %s and below needs %llu %s at least, there are %llu",
			       w->false_match, target_text(target, set->missing),
			       (unsigned long long)set->needed, w->impostor,
			       (unsigned long long)set->impostor);
	if (set->people < 30)
		report_warning(r, "Only %zu people: rates may be quite different for others",
			       set->people);
	if (!last)
		return;
	for (size_t i = 0; i < set->rows; i++)
		if (set->row[i].rates.false_non_matches == 0) {
			report_none_seen(r, 0, set->genuine, w->no_miss);
			break;
		}
	if (last->rates.false_matches < FEW_ERRORS)
		report_warning(r, "%s %s rests on %llu errors, fewer than 30: take it as rough",
			       w->false_match, target_text(target, last->target),
			       (unsigned long long)last->rates.false_matches);
}

void report_set(struct report *r, const struct set_rates *set, enum report_kind kind,
		const double *exact)
{
	const struct words *w = &words[kind];
	struct json_w *j = r->json;
	char a[SHARE_TEXT_LEN], b[SHARE_TEXT_LEN], c[SHARE_TEXT_LEN];

	sheet_line(&r->sheet, "%s people, %s %s, %s %s", count_text(a, set->people),
		   count_text(b, set->genuine), w->genuine, count_text(c, set->impostor),
		   w->impostor);
	if (kind == REPORT_PAIRS && isfinite(set->equal_error))
		sheet_line(&r->sheet, "Equal error rate %s at score %.4f",
			   share_text(a, set->equal_error), set->equal_error_threshold);
	jw_int(j, "people", (int64_t)set->people);
	jw_int(j, "genuine", (int64_t)set->genuine);
	jw_int(j, "impostor", (int64_t)set->impostor);
	if (kind == REPORT_PAIRS) {
		jw_real(j, "equal_error_rate", set->equal_error);
		jw_real(j, "equal_error_threshold", set->equal_error_threshold);
	}
	put_rows(r, set, w, exact);
	put_warnings(r, set, w);
}
