/* SPDX-License-Identifier: Apache-2.0 */
/* An event's canonical JSON as fields. A field of the wrong shape is refused, not guessed at. */
#include "receipt/receipt.h"

#include <stdio.h>
#include <string.h>

#define PPB_MAX	    1000000000
#define QUARTER_MAX 65535

static tanu_status bad_field(tanu_error *err, const char *key)
{
	return tanu_fail(err, TANU_ERR_JSON, key, "this field of an event has another shape");
}

static bool only_of(const char *text, const char *extra)
{
	for (; *text; text++)
		if (!(*text >= 'a' && *text <= 'z') && !strchr(extra, *text))
			return false;
	return true;
}

/* A text of the letters a to z and those of `extra`; absent: "". NULL for `extra`: any text. */
static tanu_status get_text(char *out, size_t out_len, json_value root, const char *key,
			    const char *extra, tanu_error *err)
{
	const char *text = NULL;
	tanu_status st;

	if (!json_get(root, key))
		return TANU_OK;
	if ((st = json_text(&text, root, key, err)) < 0)
		return st;
	if (!*text || strlen(text) >= out_len || (extra && !only_of(text, extra)))
		return bad_field(err, key);
	snprintf(out, out_len, "%s", text);
	return TANU_OK;
}

static tanu_status get_hex(char *out, size_t out_len, json_value root, const char *key,
			   tanu_error *err)
{
	uint8_t bytes[TANU_HASH_LEN];
	tanu_status st = get_text(out, out_len, root, key, NULL, err);

	if (st == TANU_OK && *out && !hex_decode(bytes, out_len / 2, out))
		return bad_field(err, key);
	return st;
}

static tanu_status get_count(int64_t *out, json_value root, const char *key, int64_t max,
			     tanu_error *err)
{
	tanu_status st;

	if (!json_get(root, key))
		return TANU_OK;
	if ((st = json_int(out, root, key, err)) == TANU_OK && (*out < 0 || *out > max))
		st = bad_field(err, key);
	return st;
}

static tanu_event event_named(const char *word)
{
#define X(name, number, text)        \
	if (strcmp(word, text) == 0) \
		return TANU_EVENT_##name;
	TANU_EVENT_LIST(X)
#undef X
	return TANU_EVENT_NONE;
}

static tanu_status read_words(struct receipt_event *e, json_value root, tanu_error *err)
{
	tanu_status st;

	if ((st = get_text(e->type, sizeof(e->type), root, "type", "0123456789-", err)) < 0 ||
	    (st = get_hex(e->about, sizeof(e->about), root, "about", err)) < 0 ||
	    (st = get_hex(e->document, sizeof(e->document), root, "document", err)) < 0 ||
	    (st = get_text(e->by, sizeof(e->by), root, "by", "-", err)) < 0 ||
	    (st = get_text(e->reason, sizeof(e->reason), root, "reason", "0123456789-", err)) < 0 ||
	    (st = get_text(e->purposes, sizeof(e->purposes), root, "purposes", ",-", err)) < 0)
		return st;
	return get_text(e->recipient, sizeof(e->recipient), root, "recipient", NULL, err);
}

static tanu_status read_numbers(struct receipt_event *e, json_value root, tanu_error *err)
{
	const int64_t any = JSON_INT_END - 1;
	tanu_status st;

	if ((st = get_count(&e->at_ms, root, "at_ms", any, err)) < 0 ||
	    (st = get_count(&e->sequence, root, "sequence", any, err)) < 0 ||
	    (st = get_count(&e->before, root, "before", any, err)) < 0 ||
	    (st = get_count(&e->due_ms, root, "due_ms", any, err)) < 0 ||
	    (st = get_count(&e->quarter, root, "quarter", QUARTER_MAX, err)) < 0 ||
	    (st = get_count(&e->fmr_ppb, root, "fmr_ppb", PPB_MAX, err)) < 0)
		return st;
	e->has_before = json_get(root, "before") != NULL;
	if (json_get(root, "fmr_extrapolated"))
		return json_bool(&e->fmr_extrapolated, root, "fmr_extrapolated", err);
	return TANU_OK;
}

static tanu_status read_event(struct receipt_event *out, json_value root, tanu_error *err)
{
	static const char *const needed[] = {"at_ms", "sequence", "type"};
	struct receipt_event e = {0};
	tanu_status st;

	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (!json_get(root, needed[i]))
			return bad_field(err, needed[i]);
	if ((st = read_words(&e, root, err)) < 0 || (st = read_numbers(&e, root, err)) < 0)
		return st;
	e.event = event_named(e.type);
	*out = e;
	return TANU_OK;
}

tanu_status receipt_event_parse(struct receipt_event *out, const char *text, size_t text_len,
				tanu_error *err)
{
	struct json_doc *doc = NULL;
	tanu_status st = json_parse(&doc, text, text_len, TANU_EVENT_MAX, "event", err);

	if (st < 0)
		return st;
	if (!json_is_canonical(doc, text, text_len))
		st = tanu_fail(err, TANU_ERR_JSON, "event", "the text is not canonical JSON");
	else
		st = read_event(out, json_root(doc), err);
	json_free(&doc);
	return st;
}
