/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/receipts.h"

#include <stdio.h>
#include <string.h>

#define POLICY_MAX ((size_t)64 << 10)

static tanu_status open_one(struct receipts *r, const char *path, tanu_error *err)
{
	struct buf bytes = {0};
	tanu_status st = os_read_file(&bytes, path, TANU_RECEIPT_BYTES_MAX, err);

	if (st == TANU_OK) {
		st = tanu_receipt_parse(&r->at[r->len], bytes.data, bytes.len, err);
		if (st == TANU_OK)
			r->len++;
		else
			error_prefix_place(err, path);
	}
	buf_wipe(&bytes);
	return st;
}

tanu_status receipts_open(struct receipts *out, struct run *run, tanu_error *err)
{
	const char *policy = args_get(&run->args, "policy");
	tanu_status st = TANU_OK;

	*out = (struct receipts){.language = tell_language_of(args_get(&run->args, "language"))};
	if (policy) {
		st = os_read_file(&out->policy, policy, POLICY_MAX, err);
		out->options.policy = buf_cstr(&out->policy);
	}
	for (size_t i = 0; st == TANU_OK && i < run->args.operands_len; i++)
		st = open_one(out, run->args.operands[i], err);
	return st;
}

void receipts_close(struct receipts *receipts)
{
	for (size_t i = 0; i < receipts->len; i++)
		tanu_receipt_free(&receipts->at[i]);
	buf_free(&receipts->policy);
}

/* ---- words ---- */

static void say_key(struct run *run, const struct receipts *r, const char *key)
{
	struct buf label = {0};

	tell_text(&label, r->language, key);
	say(run, "%s: ", buf_cstr(&label));
	buf_free(&label);
}

static void say_text(struct run *run, const struct receipts *r, const char *key)
{
	tell_text(&run->text, r->language, key);
}

static void answer_receipt_head(struct run *run, const struct receipts *r,
				const tanu_receipt *receipt)
{
	struct json_w *w = &run->jw;
	char hex[ID_HEX_LEN], kind[64];

	id_hex(hex, &receipt->subject);
	snprintf(kind, sizeof(kind), "kind.%s", tanu_receipt_kind_name(receipt->kind));
	say_key(run, r, "label.receipt");
	say_text(run, r, kind);
	say(run, ", ");
	say_clean(run, receipt->site);
	say(run, ", ");
	tell_time(&run->text, receipt->issued_ms);
	say(run, "\n");

	jw_object(w, NULL);
	jw_text(w, "kind", tanu_receipt_kind_name(receipt->kind));
	jw_int(w, "issued_ms", receipt->issued_ms);
	jw_clean(w, "site", receipt->site);
	jw_text(w, "subject", hex);
	jw_clean(w, "log", receipt->log_key);
	jw_text(w, "record", receipt->record);
	jw_end_object(w);
}

/* "entries: 38, witnesses: 1, seen by a witness on ..." */
static void say_checkpoint(struct run *run, const struct receipts *r, const tanu_report *report)
{
	struct buf at = {0};
	char n[24];

	say_key(run, r, "label.key");
	say_clean(run, r->at[0]->log_key);
	say(run, "\n");
	if (!report->has_checkpoint)
		return;
	say_key(run, r, "label.log");
	snprintf(n, sizeof(n), "%llu", (unsigned long long)report->size);
	tell_with(&run->text, r->language, "label.entries", n);
	say(run, ", ");
	snprintf(n, sizeof(n), "%zu", report->witnesses);
	if (report->witnesses)
		tell_with(&run->text, r->language, "label.witnesses", n);
	else
		say_text(run, r, "label.unwitnessed");
	if (report->witnessed_ms) {
		tell_time(&at, report->witnessed_ms);
		say(run, ", ");
		tell_with(&run->text, r->language, "label.witnessed", buf_cstr(&at));
	}
	say(run, "\n");
	buf_free(&at);
}

/* A second line below an event, if there is something to say. */
static void say_below(struct run *run, struct buf *line)
{
	if (line->len)
		say(run, "%25s%s\n", "", buf_cstr(line));
	line->len = 0;
}

static void say_event(struct run *run, const struct receipts *r, const tanu_report_leaf *leaf,
		      const struct receipt_event *event)
{
	struct buf line = {0};

	say(run, "  ");
	tell_time(&run->text, event->at_ms);
	tell_event(&line, r->language, event);
	say(run, "  ");
	say_tint(run, TINT_STRONG, buf_cstr(&line));
	say(run, "\n");
	line.len = 0;
	tell_details(&line, r->language, event);
	say_below(run, &line);
	tell_published(&line, r->language, leaf, event->at_ms);
	say_below(run, &line);
	buf_free(&line);
}

static void say_leaf(struct run *run, const struct receipts *r, const tanu_report_leaf *leaf)
{
	struct receipt_event event;
	struct buf line = {0};
	char key[64], n[24];

	snprintf(key, sizeof(key), "state.%s", tanu_leaf_state_name(leaf->state));
	if (receipt_event_parse(&event, leaf->event, strlen(leaf->event), NULL) == TANU_OK)
		say_event(run, r, leaf, &event);
	else
		say(run, "  %-21s  ?\n", "");
	snprintf(n, sizeof(n), "%llu", (unsigned long long)leaf->n + 1);
	if (leaf->state != TANU_LEAF_OPENED) {
		tell_text(&line, r->language, key);
		buf_str(&line, " (");
		tell_with(&line, r->language, "detail.place", n);
		buf_str(&line, ")");
		say_below(run, &line);
	}
	buf_free(&line);
}

static void say_leaves(struct run *run, const struct receipts *r, const tanu_report *report)
{
	say(run, "\n");
	say_text(run, r, "label.events");
	say(run, "\n");
	for (size_t i = 0; i < report->leaves_len; i++)
		say_leaf(run, r, &report->leaves[i]);
	if (report->leaves_len == 0) {
		say(run, "  ");
		say_text(run, r, "label.none");
		say(run, "\n");
	}
}

/* How often a face was compared, and what came of it. */
static void say_comparisons(struct run *run, const struct receipts *r, const tanu_report *report)
{
	struct receipt_event event;
	size_t matched = 0, unmatched = 0;
	char n[24];

	for (size_t i = 0; i < report->leaves_len; i++) {
		const char *text = report->leaves[i].event;

		if (receipt_event_parse(&event, text, strlen(text), NULL) < 0)
			continue;
		matched +=
		    event.event == TANU_EVENT_VERIFIED || event.event == TANU_EVENT_IDENTIFIED;
		unmatched += event.event == TANU_EVENT_VERIFY_NO_MATCH;
	}
	if (matched + unmatched == 0)
		return;
	say(run, "\n");
	snprintf(n, sizeof(n), "%zu", matched + unmatched);
	tell_with(&run->text, r->language, "label.compared", n);
	snprintf(n, sizeof(n), "%zu", matched);
	say(run, " (");
	tell_with(&run->text, r->language, "label.matched", n);
	snprintf(n, sizeof(n), "%zu", unmatched);
	say(run, ", ");
	tell_with(&run->text, r->language, "label.unmatched", n);
	say(run, ")\n");
}

static void say_finding(struct run *run, const struct receipts *r, const tanu_finding *finding)
{
	bool note = tanu_finding_weight_of(finding->code) == TANU_WEIGHT_NOTE;

	say(run, "  ");
	say_tint(run, note ? TINT_WARN : TINT_BAD, tanu_finding_name(finding->code));
	say(run, "\n    ");
	tell_finding(&run->text, r->language, finding);
	say(run, "\n");
}

static void say_findings(struct run *run, const struct receipts *r, const tanu_report *report)
{
	char n[24];

	if (report->findings_len == 0)
		return;
	say(run, "\n");
	say_text(run, r, "label.findings");
	say(run, "\n");
	for (size_t i = 0; i < report->findings_len; i++)
		say_finding(run, r, &report->findings[i]);
	if (report->findings_more) {
		snprintf(n, sizeof(n), "%zu", report->findings_more);
		say(run, "  ");
		tell_with(&run->text, r->language, "label.more", n);
		say(run, "\n");
	}
}

static void say_evidence(struct run *run, const struct receipts *r, const tanu_report *report)
{
	if (!report->evidence[0])
		return;
	say(run, "\n");
	say_text(run, r, "label.evidence");
	say(run, "\n");
	for (size_t i = 0; i < 2; i++) {
		struct buf text = {0};

		buf_str(&text, report->evidence[i]);
		say(run, "\n");
		say_lines(run, &text);
		buf_free(&text);
	}
}

static void say_gates(struct run *run, const struct receipts *r, const tanu_report *report)
{
	if (report->gates_len == 0)
		return;
	say(run, "\n");
	say_text(run, r, "label.gates");
	say(run, "\n");
	for (size_t i = 0; i < report->gates_len; i++) {
		struct buf line = {0};

		tell_gate(&line, r->language, &report->gates[i]);
		say(run, "  %s\n", buf_cstr(&line));
		buf_free(&line);
	}
}

static void say_verdict(struct run *run, const struct receipts *r, const tanu_report *report)
{
	bool clean = report->verdict == TANU_VERDICT_CLEAN;
	struct buf word = {0};
	char key[64];

	snprintf(key, sizeof(key), "verdict.%s", tanu_verdict_name(report->verdict));
	tell_text(&word, r->language, key);
	say(run, "\n");
	say_tint(run, clean ? TINT_GOOD : TINT_BAD, buf_cstr(&word));
	say(run, ". ");
	strcat(key, ".more");
	say_text(run, r, key);
	say(run, "\n\n");
	say_text(run, r, "limits.title");
	say(run, ":\n");
	say_text(run, r, "limits");
	say(run, "\n");
	buf_free(&word);
}

void answer_findings_of(struct run *run, const struct receipts *receipts, const tanu_report *report)
{
	static const tanu_exit exits[] = {[TANU_VERDICT_CLEAN] = TANU_EXIT_YES,
					  [TANU_VERDICT_SUSPICIOUS] = TANU_EXIT_NO_MATCH,
					  [TANU_VERDICT_UNREACHABLE] = TANU_EXIT_SYSTEM};

	jw_array(&run->jw, "receipts");
	for (size_t i = 0; i < receipts->len; i++)
		answer_receipt_head(run, receipts, receipts->at[i]);
	jw_end_array(&run->jw);
	report_put(&run->jw, report);
	say_checkpoint(run, receipts, report);
	say_leaves(run, receipts, report);
	say_comparisons(run, receipts, report);
	say_findings(run, receipts, report);
	say_evidence(run, receipts, report);
	say_gates(run, receipts, report);
	say_verdict(run, receipts, report);
	run->exit = exits[report->verdict];
}
