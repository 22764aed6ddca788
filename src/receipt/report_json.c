/* SPDX-License-Identifier: Apache-2.0 */
/* A report as members of a JSON object, in canonical order: the two verifiers write the same. */
#include "receipt/receipt.h"

#include <string.h>

static void put_known(struct json_w *w, const char *key, int64_t value)
{
	if (value >= 0)
		jw_int(w, key, value);
}

static void put_text(struct json_w *w, const char *key, const char *text)
{
	if (*text)
		jw_text(w, key, text);
}

static void put_count(struct json_w *w, const char *key, int64_t value)
{
	if (value)
		jw_int(w, key, value);
}

/* As the text has them, which is in rising order. */
static void put_event(struct json_w *w, const struct receipt_event *e)
{
	jw_object(w, "event");
	put_text(w, "about", e->about);
	jw_int(w, "at_ms", e->at_ms);
	if (e->has_before)
		jw_int(w, "before", e->before);
	put_text(w, "by", e->by);
	put_text(w, "document", e->document);
	put_count(w, "due_ms", e->due_ms);
	if (e->fmr_extrapolated)
		jw_bool(w, "fmr_extrapolated", true);
	put_count(w, "fmr_ppb", e->fmr_ppb);
	put_text(w, "purposes", e->purposes);
	put_count(w, "quarter", e->quarter);
	put_text(w, "reason", e->reason);
	put_text(w, "recipient", e->recipient);
	jw_int(w, "sequence", e->sequence);
	jw_text(w, "type", e->type);
	jw_end_object(w);
}

static void put_leaf(struct json_w *w, const tanu_report_leaf *leaf)
{
	struct receipt_event event;

	jw_object(w, NULL);
	put_count(w, "after_ms", leaf->after_ms);
	put_count(w, "before_ms", leaf->before_ms);
	if (receipt_event_parse(&event, leaf->event, strlen(leaf->event), NULL) == TANU_OK)
		put_event(w, &event);
	jw_bool(w, "from_receipt", leaf->from_receipt);
	put_known(w, "index", leaf->index);
	jw_int(w, "key", leaf->key);
	jw_int(w, "n", (int64_t)leaf->n);
	jw_text(w, "state", tanu_leaf_state_name(leaf->state));
	jw_end_object(w);
}

static void put_finding(struct json_w *w, const tanu_finding *f)
{
	static const char *const weights[] = {[TANU_WEIGHT_SUSPICIOUS] = "suspicious",
					      [TANU_WEIGHT_UNREACHABLE] = "unreachable",
					      [TANU_WEIGHT_NOTE] = "note"};

	jw_object(w, NULL);
	jw_text(w, "code", tanu_finding_name(f->code));
	put_known(w, "index", f->index);
	put_known(w, "key", f->key);
	put_known(w, "n", f->n);
	jw_text(w, "weight", weights[tanu_finding_weight_of(f->code)]);
	jw_end_object(w);
}

/* A signed checkpoint by its lines; signature lines hold names of strangers. */
static void put_evidence(struct json_w *w, const char *text)
{
	struct buf line = {.max = TANU_NOTE_BYTES_MAX}, clean = {.max = 4 * TANU_NOTE_BYTES_MAX};

	jw_array(w, NULL);
	while (text && *text) {
		size_t len = strcspn(text, "\n");

		line.len = clean.len = 0;
		buf_put(&line, text, len);
		utf8_put_clean(&clean, buf_cstr(&line));
		jw_text(w, NULL, buf_cstr(&clean));
		text += len + (text[len] == '\n');
	}
	jw_end_array(w);
	if (line.failed || clean.failed)
		w->out->failed = true;
	buf_free(&line);
	buf_free(&clean);
}

static void put_gate(struct json_w *w, const tanu_report_gate *gate)
{
	struct buf name = {.max = 4096};

	utf8_put_clean(&name, gate->name);
	jw_object(w, NULL);
	put_count(w, "at_ms", gate->at_ms);
	jw_id(w, "gate", &gate->gate);
	jw_text(w, "name", buf_cstr(&name));
	jw_int(w, "until_ms", gate->until_ms);
	jw_text(w, "word", tanu_gate_word_name(gate->word));
	jw_end_object(w);
	buf_free(&name);
}

void report_put(struct json_w *w, const tanu_report *report)
{
	if (report->has_checkpoint) {
		jw_object(w, "checkpoint");
		jw_int(w, "size", (int64_t)report->size);
		put_count(w, "witnessed_ms", report->witnessed_ms);
		jw_int(w, "witnesses", (int64_t)report->witnesses);
		jw_end_object(w);
	}
	if (report->evidence[0]) {
		jw_array(w, "evidence");
		put_evidence(w, report->evidence[0]);
		put_evidence(w, report->evidence[1]);
		jw_end_array(w);
	}
	jw_array(w, "findings");
	for (size_t i = 0; i < report->findings_len; i++)
		put_finding(w, &report->findings[i]);
	jw_end_array(w);
	put_count(w, "findings_more", (int64_t)report->findings_more);
	if (report->gates_len) {
		jw_array(w, "gates");
		for (size_t i = 0; i < report->gates_len; i++)
			put_gate(w, &report->gates[i]);
		jw_end_array(w);
	}
	jw_array(w, "leaves");
	for (size_t i = 0; i < report->leaves_len; i++)
		put_leaf(w, &report->leaves[i]);
	jw_end_array(w);
	jw_text(w, "verdict", tanu_verdict_name(report->verdict));
}
