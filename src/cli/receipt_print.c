/* SPDX-License-Identifier: Apache-2.0 */
/* A receipt on paper: what was agreed, what happened, and what the check says. */
#include "cli/receipts.h"
#include "form/sheet.h"
#include "cli/verbs.h"
#include "print/print.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BLOCKS_MAX	 4096
#define RECORD_DEPTH_MAX 4

/* The document, told in one language. */
struct told {
	struct sheet sheet;
	enum tell_language language;
};

static struct print_block *put(struct told *s, enum print_kind kind, struct buf *text)
{
	return sheet_put(&s->sheet, kind, text);
}

static void put_field(struct told *s, struct buf *label, struct buf *text)
{
	sheet_field(&s->sheet, label, text);
}

static void put_text_key(struct told *s, enum print_kind kind, const char *key)
{
	struct buf text = {0};

	tell_text(&text, s->language, key);
	put(s, kind, &text);
}

static void put_labelled(struct told *s, const char *key, struct buf *text)
{
	struct buf label = {0};

	tell_text(&label, s->language, key);
	put_field(s, &label, text);
}

/* ---- head ---- */

static void put_head(struct told *s, const tanu_receipt *r)
{
	struct buf text = {0};
	char key[64], hex[ID_HEX_LEN];

	snprintf(key, sizeof(key), "kind.%s", tanu_receipt_kind_name(r->kind));
	tell_text(&text, s->language, "label.receipt");
	buf_str(&text, ": ");
	tell_text(&text, s->language, key);
	put(s, PRINT_TITLE, &text);
	utf8_put_clean(&text, r->site);
	put_labelled(s, "label.site", &text);
	id_hex(hex, &r->subject);
	buf_str(&text, hex);
	put_labelled(s, "label.person", &text);
	tell_time(&text, r->issued_ms);
	put_labelled(s, "label.issued", &text);
}

/* The line of a trust policy that names the log: a telephone reads it, a person compares it. */
static void put_code(struct told *s, const tanu_receipt *r)
{
	struct buf text = {0}, code = {0};
	struct print_block *block;

	buf_printf(&code, "log %s", r->log_key);
	if (*r->log_url)
		buf_printf(&code, " %s", r->log_url);
	tell_text(&text, s->language, "print.code");
	buf_str(&text, "\n");
	utf8_put_clean(&text, buf_cstr(&code));
	block = put(s, PRINT_QR, &text);
	block->bytes_len = code.len;
	block->bytes = sheet_keep(&s->sheet, &code);
	block->level = QR_LEVEL_M;
	put_text_key(s, PRINT_SMALL, "print.check");
}

/* ---- record ---- */

static void put_members(struct told *s, const char *prefix, json_value object, unsigned depth);

static void put_list(struct buf *out, json_value list)
{
	const char *item = NULL;

	for (size_t i = 0; i < json_len(list); i++) {
		if (json_text_at(&item, list, i, NULL) < 0)
			continue;
		if (out->len)
			buf_str(out, ", ");
		utf8_put_clean(out, item);
	}
}

/* Times are told as times, by the ending of their name. */
static void put_number(struct buf *out, const char *key, int64_t number)
{
	size_t len = strlen(key);

	if (len > 3 && strcmp(key + len - 3, "_ms") == 0)
		tell_time(out, number);
	else
		buf_printf(out, "%" PRId64, number);
}

static void put_member(struct told *s, const char *label, json_value object, const char *key,
		       unsigned depth)
{
	struct buf text = {0}, name = {0};
	json_value inner = NULL;
	const char *word = NULL;
	int64_t number = 0;
	bool truth = false;

	if (json_member(&inner, object, key, NULL) == TANU_OK) {
		if (depth < RECORD_DEPTH_MAX)
			put_members(s, label, inner, depth + 1);
		return;
	}
	if (json_list(&inner, object, key, NULL) == TANU_OK)
		put_list(&text, inner);
	else if (json_text(&word, object, key, NULL) == TANU_OK)
		utf8_put_clean(&text, word);
	else if (json_int(&number, object, key, NULL) == TANU_OK)
		put_number(&text, key, number);
	else if (json_bool(&truth, object, key, NULL) == TANU_OK)
		buf_str(&text, truth ? "true" : "false");
	buf_str(&name, label);
	put_field(s, &name, &text);
}

static void put_members(struct told *s, const char *prefix, json_value object, unsigned depth)
{
	char label[256];

	for (const char *key = NULL; (key = json_next_key(object, key));) {
		snprintf(label, sizeof(label), "%s%s%s", prefix, *prefix ? ", " : "", key);
		for (char *c = label; *c; c++)
			if (*c == '_')
				*c = ' ';
		put_member(s, label, object, key, depth);
	}
}

static void put_record(struct told *s, const tanu_receipt *r)
{
	struct json_doc *doc = NULL;
	struct buf text = {0};

	if (!*r->record)
		return;
	put_text_key(s, PRINT_HEADING, "label.record");
	if (json_parse(&doc, r->record, strlen(r->record), TANU_RECEIPT_RECORD_MAX, "record",
		       NULL) == TANU_OK) {
		put_members(s, "", json_root(doc), 0);
	} else {
		utf8_put_clean(&text, r->record);
		put(s, PRINT_CODE, &text);
	}
	json_free(&doc);
}

/* ---- what the check says ---- */

static void put_leaf(struct told *s, const tanu_report_leaf *leaf)
{
	struct receipt_event event;
	struct buf time = {0}, text = {0}, more = {0};
	char key[64];

	if (receipt_event_parse(&event, leaf->event, strlen(leaf->event), NULL) == TANU_OK) {
		tell_time(&time, event.at_ms);
		tell_event(&text, s->language, &event);
		tell_details(&more, s->language, &event);
	}
	if (more.len)
		buf_printf(&text, "\n%s", buf_cstr(&more));
	snprintf(key, sizeof(key), "state.%s", tanu_leaf_state_name(leaf->state));
	buf_str(&text, "\n");
	tell_text(&text, s->language, key);
	put_field(s, &time, &text);
	buf_free(&more);
}

static void put_verdict(struct told *s, const tanu_report *report)
{
	struct buf text = {0};
	char key[64];

	put_text_key(s, PRINT_HEADING, "print.checked");
	snprintf(key, sizeof(key), "verdict.%s", tanu_verdict_name(report->verdict));
	tell_text(&text, s->language, key);
	buf_str(&text, ". ");
	strcat(key, ".more");
	tell_text(&text, s->language, key);
	put(s, PRINT_TEXT, &text);
	for (size_t i = 0; i < report->findings_len; i++) {
		tell_finding(&text, s->language, &report->findings[i]);
		put(s, PRINT_TEXT, &text);
	}
}

static void put_gates(struct told *s, const tanu_report *report)
{
	struct buf text = {0};

	if (report->gates_len)
		put_text_key(s, PRINT_HEADING, "label.gates");
	for (size_t i = 0; i < report->gates_len; i++) {
		tell_gate(&text, s->language, &report->gates[i]);
		put(s, PRINT_TEXT, &text);
	}
}

static void put_report(struct told *s, const tanu_report *report)
{
	put_text_key(s, PRINT_HEADING, "label.events");
	for (size_t i = 0; i < report->leaves_len; i++)
		put_leaf(s, &report->leaves[i]);
	put_gates(s, report);
	put_verdict(s, report);
	put_text_key(s, PRINT_HEADING, "limits.title");
	put_text_key(s, PRINT_TEXT, "limits");
}

/* ---- the document ---- */

/* Each receipt on a page of its own, then what was found about all of them. */
static tanu_status draw(struct buf *pdf, const struct receipts *r, const tanu_report *report,
			tanu_error *err)
{
	struct told s = {.language = r->language};
	struct print_document document = {.title = "tanu receipt",
					  .language = tell_language_word(r->language),
					  .footer = "tanu receipt v1"};
	tanu_status st;

	sheet_open(&s.sheet, BLOCKS_MAX); /* a receipt has no more leaves than that */
	for (size_t i = 0; !s.sheet.failed && i < r->len; i++) {
		struct buf none = {0};

		if (i)
			put(&s, PRINT_BREAK, &none);
		put_head(&s, r->at[i]);
		put_record(&s, r->at[i]);
	}
	if (!s.sheet.failed) {
		put_report(&s, report);
		put_code(&s, r->at[0]);
	}
	document.blocks = s.sheet.blocks;
	document.blocks_len = s.sheet.len;
	st = s.sheet.failed ? tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory")
			    : print_document(pdf, &document, err);
	sheet_close(&s.sheet);
	return st;
}

static tanu_status receipt_print(struct run *run, tanu_error *err)
{
	const char *path = args_get(&run->args, "out");
	struct receipts receipts;
	tanu_report *report = NULL;
	struct buf pdf = {0};
	tanu_status st;

	if ((st = receipts_open(&receipts, run, err)) < 0 ||
	    (st = tanu_receipt_verify(&report, (const tanu_receipt *const *)receipts.at,
				      receipts.len, &receipts.options, err)) < 0 ||
	    (st = draw(&pdf, &receipts, report, err)) < 0 ||
	    (st = os_replace_file(path, pdf.data, pdf.len, 0600, err)) < 0)
		goto out;
	say(run, "Written: ");
	say_clean(run, path);
	say(run, "\n");
	jw_clean(&run->jw, "file", path);
	jw_text(&run->jw, "verdict", tanu_verdict_name(report->verdict));
out:
	buf_wipe(&pdf);
	tanu_report_free(&report);
	receipts_close(&receipts);
	return st;
}

const struct verb verb_receipt_print = {
    .group = "receipt",
    .action = "print",
    .brief = "A receipt on paper",
    .about =
	"Checks the receipts as \"tanu receipt verify\" does and writes a PDF: what was agreed, "
	"the "
	"events with what is known of each, what the check says and what it can't show, and the "
	"key of the log as a QR code. The log keys are not on it: who finds the paper can't read "
	"the history.",
    .example = "tanu receipt print consent.tanu-receipt --out consent.pdf --language kk",
    .operands = {OPERAND_RECEIPTS},
    .options = {{"out", VALUE_FILE, "FILE", NULL, true, "Where it goes"},
		OPTION_RECEIPT_POLICY,
		OPTION_RECEIPT_LANGUAGE},
    .fields = {{"file", "what was written"}, {"verdict", "clean, suspicious or unreachable"}},
    .run = receipt_print,
};
