/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gates that had been lent a reference: the record of an erasure names them, with their keys, and
 * each signs a note once it has erased what it held (docs/erasure.md). The record is committed to
 * in the log, so a site can't leave a gate out later; the notes come as the gates are reached.
 */
#include "receipt/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_LINES     6
#define NAME_BYTES_MAX 256

/* What a note says, believed or not. */
struct word {
	tanu_note note;
	tanu_id gate, subject;
	int64_t at_ms;
};

/* "gate 0123..." at `line`, of `len` bytes. */
static bool read_id(tanu_id *out, const char *line, size_t len, const char *name)
{
	const size_t name_len = strlen(name);
	char hex[ID_HEX_LEN];

	if (len != name_len + ID_HEX_LEN - 1 || memcmp(line, name, name_len) != 0)
		return false;
	memcpy(hex, line + name_len, ID_HEX_LEN - 1);
	hex[ID_HEX_LEN - 1] = '\0';
	return id_parse(out, hex);
}

static bool read_lease(const char *line, size_t len)
{
	static const char name[] = "lease ";

	if (len < sizeof(name) || len > sizeof(name) + 9 ||
	    memcmp(line, name, sizeof(name) - 1) != 0)
		return false;
	for (size_t i = sizeof(name) - 1; i < len; i++)
		if (line[i] < '0' || line[i] > '9')
			return false;
	return true;
}

static bool read_at(int64_t *out, const char *line, size_t len)
{
	char text[TIME_TEXT_LEN];

	if (len != 3 + TIME_TEXT_LEN - 1 || memcmp(line, "at ", 3) != 0)
		return false;
	memcpy(text, line + 3, TIME_TEXT_LEN - 1);
	text[TIME_TEXT_LEN - 1] = '\0';
	return time_parse(out, text);
}

/* The note's text, line by line, as the gates write it (docs/erasure.md). */
static bool read_word(struct word *out, const char *text)
{
	static const char first[] = "tanu gate erased 1";
	const char *line[WORD_LINES], *at, *end;
	size_t len[WORD_LINES];
	tanu_id site;

	if (tanu_note_split(&out->note, text, strlen(text), NULL) < 0)
		return false;
	at = out->note.text;
	end = at + out->note.text_len;
	for (int i = 0; i < WORD_LINES; i++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		if (!stop)
			return false;
		line[i] = at;
		len[i] = (size_t)(stop - at);
		at = stop + 1;
	}
	return at == end && len[0] == strlen(first) && memcmp(line[0], first, len[0]) == 0 &&
	       read_id(&site, line[1], len[1], "site ") &&
	       read_id(&out->gate, line[2], len[2], "gate ") &&
	       read_id(&out->subject, line[3], len[3], "subject ") && read_lease(line[4], len[4]) &&
	       read_at(&out->at_ms, line[5], len[5]);
}

/* ---- what the records say ---- */

/* A gate of a record, while its words are looked for. */
struct lent {
	tanu_report_gate pub;
	uint8_t key[32];
	int64_t requested_ms;
	bool doubted; /* a word in its name is not its own */
};

static tanu_verifier verifier_of(const struct lent *gate)
{
	tanu_verifier v = {.kind = TANU_KEY_ED25519};
	char hex[ID_HEX_LEN];

	id_hex(hex, &gate->pub.gate);
	snprintf(v.name, sizeof(v.name), "gate-%s", hex);
	memcpy(v.key, gate->key, sizeof(v.key));
	v.key_id = key_id_of(v.name, v.kind, v.key);
	return v;
}

/* `out->pub.name` is that of the document. */
static bool read_lent(struct lent *out, json_value object, int64_t requested_ms)
{
	const char *gate = NULL, *key = NULL;

	*out = (struct lent){.requested_ms = requested_ms};
	return json_kind_of(object) == JSON_KIND_OBJECT &&
	       !json_text(&gate, object, "gate", NULL) && id_parse(&out->pub.gate, gate) &&
	       !json_text(&key, object, "key", NULL) &&
	       hex_decode(out->key, sizeof(out->key), key) &&
	       !json_text(&out->pub.name, object, "name", NULL) &&
	       strlen(out->pub.name) <= NAME_BYTES_MAX &&
	       !json_int(&out->pub.until_ms, object, "until_ms", NULL) && out->pub.until_ms >= 0;
}

struct lents {
	struct lent *v;
	size_t len;
	bool failed; /* memory ran out */
};

/* The same gate of the same erasure, in an older and a newer receipt, is one. */
static void add_lent(struct lents *lents, const struct lent *lent)
{
	char *name;

	for (size_t i = 0; i < lents->len; i++) {
		const struct lent *known = &lents->v[i];

		if (id_equal(&known->pub.gate, &lent->pub.gate) &&
		    known->requested_ms == lent->requested_ms &&
		    memcmp(known->key, lent->key, sizeof(lent->key)) == 0)
			return;
	}
	name = text_copy(lent->pub.name, strlen(lent->pub.name));
	lents->failed = lents->failed || !name;
	if (!name)
		return;
	lents->v[lents->len] = *lent;
	lents->v[lents->len++].pub.name = name;
}

static void take_list(struct lents *lents, struct audit *a, json_value root)
{
	json_value list = json_get(root, "gates");
	int64_t requested_ms = 0;
	struct lent lent;

	if (!list)
		return;
	if (json_kind_of(list) != JSON_KIND_ARRAY || json_len(list) > TANU_RECEIPT_GATES_MAX ||
	    json_int(&requested_ms, root, "requested_ms", NULL) < 0) {
		found(&a->findings, TANU_FINDING_GATE_WORD, NOWHERE, NOWHERE, NOWHERE);
		return;
	}
	for (size_t i = 0; i < json_len(list); i++) {
		if (read_lent(&lent, json_at(list, i), requested_ms))
			add_lent(lents, &lent);
		else
			found(&a->findings, TANU_FINDING_GATE_WORD, NOWHERE, NOWHERE, NOWHERE);
	}
}

/* Only an erasure's record names gates; one that is not canonical JSON names none. */
static void take_record(struct lents *lents, struct audit *a, const tanu_receipt *r)
{
	const size_t len = strlen(r->record);
	struct json_doc *doc = NULL;

	if ((r->kind != TANU_RECEIPT_TERMINATION && r->kind != TANU_RECEIPT_ERASURE) || !len)
		return;
	if (json_parse(&doc, r->record, len, TANU_RECEIPT_RECORD_MAX, "record", NULL) < 0)
		return;
	if (json_is_canonical(doc, r->record, len) &&
	    json_kind_of(json_root(doc)) == JSON_KIND_OBJECT)
		take_list(lents, a, json_root(doc));
	json_free(&doc);
}

/* ---- what the gates say ---- */

/* True when some gate's signature is under it. */
static bool is_signed(struct lents *lents, const struct word *word)
{
	bool any = false;

	for (size_t i = 0; i < lents->len; i++) {
		struct lent *gate = &lents->v[i];
		tanu_verifier v = verifier_of(gate);

		if (!id_equal(&gate->pub.gate, &word->gate))
			continue;
		if (tanu_note_verify(&word->note, &v, NULL, NULL) < 0) {
			gate->doubted = true;
			continue;
		}
		any = true;
		/* An older one is about an earlier lease; gates date theirs by the site's clock. */
		if (word->at_ms < gate->requested_ms)
			continue;
		if (!gate->pub.at_ms || word->at_ms < gate->pub.at_ms)
			gate->pub.at_ms = word->at_ms;
		gate->pub.word = TANU_GATE_ERASED;
	}
	return any;
}

static void take_words(struct lents *lents, struct audit *a, const tanu_receipt *r)
{
	for (size_t i = 0; i < r->gate_words_len; i++) {
		struct word word = {0};

		if (!read_word(&word, r->gate_words[i]) || !id_equal(&word.subject, &r->subject) ||
		    !is_signed(lents, &word))
			found(&a->findings, TANU_FINDING_GATE_WORD, NOWHERE, NOWHERE, NOWHERE);
	}
}

/* The names go over to the report. */
static void put_gates(struct report *report, struct audit *a, const struct lents *lents)
{
	for (size_t i = 0; i < lents->len; i++) {
		tanu_report_gate *gate = &report->gates[i];

		*gate = lents->v[i].pub;
		if (gate->word == TANU_GATE_SILENT && lents->v[i].doubted)
			gate->word = TANU_GATE_FALSE;
		if (gate->word == TANU_GATE_SILENT)
			found(&a->findings, TANU_FINDING_GATE_SILENT, NOWHERE, NOWHERE, NOWHERE);
	}
	report->pub.gates = report->gates;
	report->pub.gates_len = lents->len;
}

tanu_status audit_gates(struct report *report, struct audit *a, tanu_error *err)
{
	const size_t most = a->receipts_len * TANU_RECEIPT_GATES_MAX;
	struct lents lents = {.v = calloc(most, sizeof(*lents.v))};

	report->gates = calloc(most, sizeof(*report->gates));
	lents.failed = !lents.v || !report->gates;
	for (size_t i = 0; i < a->receipts_len && !lents.failed; i++)
		take_record(&lents, a, &a->receipts[i]->receipt);
	for (size_t i = 0; i < a->receipts_len && !lents.failed; i++)
		take_words(&lents, a, &a->receipts[i]->receipt);
	if (report->gates)
		put_gates(report, a, &lents);
	free(lents.v);
	return lents.failed ? tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory")
			    : TANU_OK;
}
