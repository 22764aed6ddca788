/* SPDX-License-Identifier: Apache-2.0 */
/* Ranks of a search, without a threshold. Counts only: nobody is named. */
#include "eval/report.h"

void report_ranks(struct report *r, const struct search_result *search)
{
	static const char *const headings[] = {"rank", "own entry so far up",
					       "missed, 95% by count", "missed"};
	struct json_w *w = r->json;
	char a[SHARE_TEXT_LEN];
	struct table t;

	table_begin(&t, headings, ARRAY_LEN(headings));
	jw_array(w, "ranks");
	for (size_t i = 0; i < SEARCH_RANKS && search_ranks[i] <= search->enrolled; i++) {
		uint64_t missed = search->mated - search->within[i];
		struct interval ci = clopper_pearson(missed, search->mated, 0.95);

		table_cell(&t, "%zu", search_ranks[i]);
		table_cell(&t, "%llu of %llu", (unsigned long long)search->within[i],
			   (unsigned long long)search->mated);
		table_cell(&t, "%s", interval_text(a, ci));
		table_cell(&t, "%s", share_text(a, (double)missed / (double)search->mated));
		jw_object(w, NULL);
		jw_int(w, "rank", (int64_t)search_ranks[i]);
		jw_int(w, "within", (int64_t)search->within[i]);
		jw_real(w, "fnir", (double)missed / (double)search->mated);
		report_interval(w, "fnir_interval", ci);
		jw_end_object(w);
	}
	jw_end_array(w);
	table_end(&t, &r->sheet);
}
