/* SPDX-License-Identifier: Apache-2.0 */
/* What every evaluation tells: its photographs, its groups, what it was made with, the page. */
#include "cli/eval.h"

#include <stdio.h>
#include <stdlib.h>

#define FAILURES_SAID 20 /* in words; JSON has all of them */

const struct boot_options eval_draws = {.replicates = 1000, .seed = 1, .confidence = 0.95};

static void answer_failures(struct run *run, const struct experiment *e)
{
	struct json_w *w = &run->jw;
	size_t said = 0;

	jw_array(w, "failures");
	for (size_t i = 0; i < e->photos.len; i++) {
		const tanu_error *why = &e->samples[i].failure;

		if (why->status >= 0)
			continue;
		if (said++ < FAILURES_SAID) {
			say(run, "  ");
			say_clean(run, e->photos.names[i]);
			say(run, ": ");
			say_clean(run, why->message);
			say(run, "\n");
		}
		jw_object(w, NULL);
		jw_clean(w, "photo", e->photos.names[i]);
		jw_text(w, "code", tanu_error_name(why->code));
		jw_clean(w, "message", why->message);
		jw_end_object(w);
	}
	jw_end_array(w);
	if (said > FAILURES_SAID)
		say(run, "  and %zu more; --json lists all\n", said - FAILURES_SAID);
}

void answer_photographs(struct run *run, const struct experiment *e)
{
	size_t len = e->photos.len;

	say(run, "%zu photographs in %.1f s (%.1f a second); without features: %zu (%.2f%%)\n", len,
	    e->seconds, (double)len / e->seconds, e->failed,
	    100.0 * (double)e->failed / (double)len);
	if (e->facts.cached)
		say(run, "  known from an earlier call: %zu\n", e->facts.cached);
	if (e->facts.cache.status < 0) {
		say(run, "  nothing is remembered: ");
		say_clean(run, e->facts.cache.message);
		say(run, "\n");
	}
	jw_int(&run->jw, "photographs", (int64_t)len);
	jw_int(&run->jw, "failed", (int64_t)e->failed);
	report_interval(&run->jw, "failure_interval", clopper_pearson(e->failed, len, 0.95));
	jw_int(&run->jw, "cached", (int64_t)e->facts.cached);
	answer_failures(run, e);
	jw_real(&run->jw, "seconds", e->seconds);
}

void findings_begin(struct report *r, struct run *run, struct buf *html, const char *title,
		    const char *brief)
{
	*r = (struct report){.json = &run->jw};
	r->sheet.words = &run->text;
	r->sheet.html = args_has(&run->args, "report") ? html : NULL;
	r->sheet.colour = run->colour;
	sheet_begin(&r->sheet, title, brief);
}

/* How many failed for each reason. */
static void count_reasons(struct sheet *s, const struct experiment *e)
{
	static const char *const headings[] = {"why", "photographs"};
	size_t count[TANU_ERR_COUNT] = {0};
	struct table t;

	for (size_t i = 0; i < e->photos.len; i++)
		if (e->samples[i].failure.status < 0)
			count[e->samples[i].failure.code]++;
	table_begin(&t, headings, ARRAY_LEN(headings));
	for (size_t i = 0; i < TANU_ERR_COUNT; i++) {
		if (count[i] == 0)
			continue;
		table_cell(&t, "%s", tanu_error_name((tanu_error_code)i));
		table_cell(&t, "%zu", count[i]);
	}
	table_end(&t, s);
}

void findings_photographs(struct report *r, const struct experiment *e)
{
	char value[SHARE_TEXT_LEN], note[SHARE_TEXT_LEN + 32];
	struct buf aside = {0}; /* the words are told elsewhere */
	struct sheet s = r->sheet;
	double share = (double)e->failed / (double)e->photos.len;

	s.words = &aside;
	sheet_cards_begin(&s);
	snprintf(note, sizeof(note), "%zu without a face or damaged", e->failed);
	snprintf(value, sizeof(value), "%zu", e->photos.len);
	sheet_card(&s, "Photographs", value, note);
	interval_text(value, clopper_pearson(e->failed, e->photos.len, 0.95));
	snprintf(note, sizeof(note), "95%%: %s", value);
	sheet_card(&s, "Failure to acquire", share_text(value, share), note);
	sheet_cards_end(&s);
	if (e->failed)
		count_reasons(&s, e);
	buf_free(&aside);
}

tanu_status findings_end(struct report *r, struct run *run, const struct eval_facts *facts,
			 tanu_error *err)
{
	const char *path = args_get(&run->args, "report");
	struct clock_source clock = os_clock();
	const struct report_environment environment = {
	    .version = TANU_VERSION,
	    .model = facts->model,
	    .runtime = facts->runtime,
	    .kernel = tanu_match_kernel(),
	    .at_ms = clock_now(&clock),
	};
	struct buf *html = r->sheet.html;
	tanu_status st = TANU_OK;

	report_environment(r, &environment);
	report_end_warnings(r);
	sheet_end(&r->sheet);
	if (html && (st = buf_check(html, err)) == TANU_OK)
		st = os_replace_file(path, html->data, html->len, 0600, err);
	if (st == TANU_OK && html) {
		jw_clean(r->json, "report", path);
		say(run, "\nReport: ");
		say_clean(run, path);
		say(run, "\n");
	} else {
		jw_null(r->json, "report");
	}
	findings_drop(r);
	return st;
}

void findings_drop(struct report *r)
{
	buf_free(&r->warnings);
	if (r->sheet.html)
		buf_free(r->sheet.html);
}

tanu_status labels_read(struct labels *out, const struct name_list *photos, const struct args *args,
			tanu_error *err)
{
	const char *file = args_get(args, "groups");
	struct buf text = {0};
	tanu_status st;

	if (!file)
		return TANU_OK;
	st = os_read_file(&text, file, CSV_BYTES_MAX, err);
	if (st == TANU_OK)
		st = labels_parse(out, photos, text.data, text.len, file, err);
	if (st == TANU_OK && (out->names.len == 0 || out->names.len > GROUPS_MAX))
		st = tanu_fail(err, TANU_ERR_CSV, file, "1 to %d different labels, not %zu",
			       GROUPS_MAX, out->names.len);
	buf_free(&text);
	return st;
}

tanu_status answer_groups(struct report *r, const struct labels *labels, struct pair_set *groups,
			  const struct set_rates *whole, size_t unlabelled, const char *unit,
			  tanu_error *err)
{
	size_t len = labels->names.len;
	struct set_rates *sets = calloc(len, sizeof(*sets));
	struct group_row *rows = calloc(RATE_TARGETS, sizeof(*rows));
	struct common_threshold *common = calloc(RATE_TARGETS, sizeof(*common));
	struct group_findings found = {*labels->what ? labels->what : "group",
				       labels->names.names,
				       len,
				       sets,
				       rows,
				       common,
				       whole->rows,
				       unlabelled,
				       labels->unknown,
				       unit};
	tanu_status st = TANU_OK;

	if (!sets || !rows || !common)
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for groups");
	for (size_t i = 0; i < len && st == TANU_OK; i++)
		st = set_measure(&sets[i], &groups[i], &eval_draws, err);
	for (size_t i = 0; i < whole->rows && st == TANU_OK; i++) {
		const struct rate_row *row = &whole->row[i];

		group_common_threshold(&common[i], groups, len, row->target);
		st = group_compare(&rows[i], groups, len, row->target, row->rates.threshold,
				   &eval_draws, err);
	}
	if (st == TANU_OK)
		report_groups(r, &found);
	free(sets);
	free(rows);
	free(common);
	return st;
}
