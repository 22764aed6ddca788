/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happened, as canonical JSON: the same text is sealed into the person's history and committed
 * to by her leaf in the public log. docs/log.md names the fields.
 */
#include "service/internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void put_count(struct json_w *w, const char *key, int64_t n)
{
	if (n)
		jw_int(w, key, n);
}

static void put_word(struct json_w *w, const char *key, const char *word)
{
	if (word && *word)
		jw_text(w, key, word);
}

tanu_status event_encode(struct buf *out, const struct event_record *event, tanu_error *err)
{
	struct json_w w;
	char purposes[PURPOSES_TEXT_LEN];

	purposes_text(purposes, event->purposes);
	jw_init(&w, out);
	jw_object(&w, NULL);
	if (!id_is_zero(&event->about))
		jw_id(&w, "about", &event->about);
	jw_int(&w, "at_ms", event->at_ms);
	put_count(&w, "before", (int64_t)event->before);
	put_word(&w, "by", event->by);
	jw_digest_if_any(&w, "document", event->document);
	put_count(&w, "due_ms", event->due_ms);
	if (event->extrapolated)
		jw_bool(&w, "fmr_extrapolated", true);
	/* canonical JSON has no fractions: parts per billion */
	put_count(&w, "fmr_ppb", llround(event->fmr * 1e9));
	put_word(&w, "purposes", purposes);
	put_count(&w, "quarter", event->quarter);
	if (event->reason != TANU_ERR_NONE)
		jw_text(&w, "reason", tanu_error_name(event->reason));
	put_word(&w, "recipient", event->recipient);
	jw_int(&w, "sequence", (int64_t)event->sequence);
	jw_text(&w, "type", tanu_event_name(event->type));
	jw_end_object(&w);
	return buf_check(out, err);
}

/* ---- reading ---- */

static tanu_event event_named(const char *name)
{
#define X(id, number, word)          \
	if (strcmp(name, word) == 0) \
		return TANU_EVENT_##id;
	TANU_EVENT_LIST(X)
#undef X
	return TANU_EVENT_NONE;
}

/* The rest are fields that may be absent: zero then. */

static tanu_status get_word(char *out, size_t out_len, json_value root, const char *key,
			    tanu_error *err)
{
	const char *text = NULL;
	tanu_status st;

	out[0] = '\0';
	if (!json_get(root, key))
		return TANU_OK;
	if ((st = json_text(&text, root, key, err)) < 0)
		return st;
	if (strlen(text) >= out_len)
		return tanu_fail(err, TANU_ERR_JSON, key, "longer than %zu bytes", out_len - 1);
	snprintf(out, out_len, "%s", text);
	return TANU_OK;
}

static tanu_status get_int(int64_t *out, json_value root, const char *key, int64_t end,
			   tanu_error *err)
{
	tanu_status st;

	*out = 0;
	if (!json_get(root, key))
		return TANU_OK;
	if ((st = json_int(out, root, key, err)) == TANU_OK && (*out < 0 || *out >= end))
		st = tanu_fail(err, TANU_ERR_JSON, key, "this number is not possible here");
	return st;
}

static tanu_status get_ids(struct event_record *out, json_value root, tanu_error *err)
{
	char hex[2 * DIGEST_LEN + 1];
	tanu_status st = get_word(hex, sizeof(hex), root, "about", err);

	if (st == TANU_OK && hex[0] && !id_parse(&out->about, hex))
		st = tanu_fail(err, TANU_ERR_JSON, "about", "this is not an id of 32 hex digits");
	if (st < 0 || (st = get_word(hex, sizeof(hex), root, "document", err)) < 0)
		return st;
	if (hex[0] && !hex_decode(out->document, DIGEST_LEN, hex))
		st = tanu_fail(err, TANU_ERR_JSON, "document", "this is not a SHA-256");
	return st;
}

static tanu_status get_numbers(struct event_record *out, json_value root, tanu_error *err)
{
	int64_t before = 0, quarter = 0, ppb = 0;
	tanu_status st;

	if ((st = get_int(&before, root, "before", JSON_INT_END, err)) < 0 ||
	    (st = get_int(&out->due_ms, root, "due_ms", JSON_INT_END, err)) < 0 ||
	    (st = get_int(&ppb, root, "fmr_ppb", 1000000001, err)) < 0 ||
	    (st = get_int(&quarter, root, "quarter", 65536, err)) < 0)
		return st;
	out->before = (uint64_t)before;
	out->quarter = (uint16_t)quarter;
	out->fmr = (double)ppb / 1e9;
	if (json_get(root, "fmr_extrapolated"))
		st = json_bool(&out->extrapolated, root, "fmr_extrapolated", err);
	return st;
}

static tanu_status get_words(struct event_record *out, struct event_words *words, json_value root,
			     tanu_error *err)
{
	char purposes[PURPOSES_TEXT_LEN];
	tanu_status st;

	if ((st = get_word(purposes, sizeof(purposes), root, "purposes", err)) < 0 ||
	    (st = get_word(words->by, sizeof(words->by), root, "by", err)) < 0 ||
	    (st = get_word(words->reason, sizeof(words->reason), root, "reason", err)) < 0 ||
	    (st = get_word(words->recipient, sizeof(words->recipient), root, "recipient", err)) < 0)
		return st;
	out->by = words->by;
	out->recipient = words->recipient;
	return purposes[0] ? tanu_purposes_parse(&out->purposes, purposes, err) : TANU_OK;
}

static tanu_status event_read(struct event_record *out, struct event_words *words, json_value root,
			      tanu_error *err)
{
	const char *type = NULL;
	int64_t sequence = 0;
	tanu_status st;

	if ((st = json_text(&type, root, "type", err)) < 0 ||
	    (st = json_int(&out->at_ms, root, "at_ms", err)) < 0 ||
	    (st = json_int(&sequence, root, "sequence", err)) < 0)
		return st;
	if (sequence < 0)
		return tanu_fail(err, TANU_ERR_JSON, "sequence", "a count is not negative");
	out->type = event_named(type);
	out->sequence = (uint64_t)sequence;
	if ((st = get_ids(out, root, err)) < 0 || (st = get_numbers(out, root, err)) < 0)
		return st;
	return get_words(out, words, root, err);
}

tanu_status event_decode(struct event_record *out, struct event_words *words,
			 const struct buf *text, tanu_error *err)
{
	struct event_record event = {0};
	struct json_doc *doc = NULL;
	tanu_status st;

	if ((st = json_parse(&doc, text->data, text->len, RECORD_MAX, "event", err)) < 0)
		return st;
	if ((st = event_read(&event, words, json_root(doc), err)) == TANU_OK)
		*out = event;
	json_free(&doc);
	return st;
}
