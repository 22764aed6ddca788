/* SPDX-License-Identifier: Apache-2.0 */
/* Gates, cards and rights as the canonical JSON of their papers. */
#include "service/gate_inside.h"

#include <string.h>

/* Any even number of hex digits up to `max` bytes. */
static tanu_status get_bytes(uint8_t *out, size_t len, json_value root, const char *key,
			     tanu_error *err)
{
	const char *text = NULL;
	tanu_status st = json_text(&text, root, key, err);

	if (st == TANU_OK && !hex_decode(out, len, text))
		st = tanu_fail(err, TANU_ERR_JSON, key, "these are not %zu bytes in hex", len);
	return st;
}

static void put_bytes(struct json_w *w, const char *key, const uint8_t *bytes, size_t len)
{
	char hex[2 * 64 + 1];

	hex_encode(hex, bytes, len);
	jw_text(w, key, hex);
}

/* ---- gates ---- */

static void notes_put(struct json_w *w, const struct gate_view *v)
{
	jw_array(w, "notes");
	for (size_t i = 0; i < v->notes_len; i++) {
		jw_object(w, NULL);
		jw_int(w, "at_ms", v->notes[i].at_ms);
		jw_text(w, "word", v->notes[i].word);
		jw_end_object(w);
	}
	jw_end_array(w);
}

tanu_status gate_encode(struct buf *out, const struct gate_paper *gate, tanu_error *err)
{
	const struct gate_view *v = &gate->view;
	struct json_w w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_int(&w, "added_ms", v->added_ms);
	if (v->answered)
		jw_int(&w, "answered", v->answered);
	put_bytes(&w, "box_key", v->box_key, sizeof(v->box_key));
	put_bytes(&w, "code_key", gate->code_key.b, sizeof(gate->code_key.b));
	jw_int(&w, "code_until_ms", v->code_until_ms);
	jw_int(&w, "embeddings", (int64_t)v->embeddings);
	jw_int(&w, "grants", (int64_t)v->grants);
	jw_int(&w, "lent_ms", v->lent_ms);
	jw_int(&w, "lent_until_ms", v->lent_until_ms);
	if (v->lockdown_ms)
		jw_int(&w, "lockdown_ms", v->lockdown_ms);
	jw_int(&w, "missing", (int64_t)v->missing);
	jw_text(&w, "name", v->name);
	notes_put(&w, v);
	jw_int(&w, "paired_ms", v->paired_ms);
	jw_int(&w, "permits", (int64_t)v->permits);
	jw_int(&w, "received", (int64_t)v->received);
	jw_int(&w, "refusals", (int64_t)v->refusals);
	if (v->releases) {
		jw_int(&w, "released_ms", v->released_ms);
		jw_int(&w, "releases", v->releases);
	}
	jw_int(&w, "revoked_ms", v->revoked_ms);
	jw_int(&w, "seen_ms", v->seen_ms);
	put_bytes(&w, "sign_key", v->sign_key, sizeof(v->sign_key));
	jw_id(&w, "spool", &gate->spool);
	put_bytes(&w, "tls_pin", v->tls_pin, sizeof(v->tls_pin));
	jw_text(&w, "zone", v->zone);
	jw_end_object(&w);
	return buf_check(out, err);
}

static tanu_status times_get(struct gate_view *v, json_value root, tanu_error *err)
{
	const struct {
		const char *key;
		int64_t *to;
	} times[] = {{"added_ms", &v->added_ms},   {"code_until_ms", &v->code_until_ms},
		     {"lent_ms", &v->lent_ms},	   {"lent_until_ms", &v->lent_until_ms},
		     {"paired_ms", &v->paired_ms}, {"revoked_ms", &v->revoked_ms},
		     {"seen_ms", &v->seen_ms}};
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < ARRAY_LEN(times) && st == TANU_OK; i++)
		st = json_int(times[i].to, root, times[i].key, err);
	return st;
}

static tanu_status counts_get(struct gate_view *v, json_value root, tanu_error *err)
{
	const struct {
		const char *key;
		uint64_t *to;
	} counts[] = {{"embeddings", &v->embeddings}, {"grants", &v->grants},
		      {"missing", &v->missing},	      {"permits", &v->permits},
		      {"received", &v->received},     {"refusals", &v->refusals}};
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < ARRAY_LEN(counts) && st == TANU_OK; i++) {
		int64_t n = 0;

		st = json_int(&n, root, counts[i].key, err);
		*counts[i].to = n < 0 ? 0 : (uint64_t)n;
	}
	return st;
}

static tanu_status notes_get(struct gate_view *v, json_value root, tanu_error *err)
{
	json_value list = NULL;
	tanu_status st = json_list(&list, root, "notes", err);

	for (size_t i = 0; st == TANU_OK && i < json_len(list) && i < GATE_NOTES; i++) {
		struct gate_note *note = &v->notes[v->notes_len];

		if ((st = json_int(&note->at_ms, json_at(list, i), "at_ms", err)) == TANU_OK &&
		    (st = sealed_text(note->word, sizeof(note->word), json_at(list, i), "word",
				      err)) == TANU_OK)
			v->notes_len++;
	}
	return st;
}

/* There from the first order on. */
static tanu_status orders_get(struct gate_view *v, json_value root, tanu_error *err)
{
	int64_t releases = 0, answered = 0;
	tanu_status st = TANU_OK;

	if (json_get(root, "answered"))
		st = json_int(&answered, root, "answered", err);
	v->answered = (uint32_t)answered;
	if (st == TANU_OK && json_get(root, "lockdown_ms"))
		st = json_int(&v->lockdown_ms, root, "lockdown_ms", err);
	if (st == TANU_OK && json_get(root, "releases") &&
	    (st = json_int(&releases, root, "releases", err)) == TANU_OK)
		st = json_int(&v->released_ms, root, "released_ms", err);
	v->releases = (uint32_t)releases;
	return st;
}

static tanu_status gate_read(struct gate_paper *g, json_value root, tanu_error *err)
{
	struct gate_view *v = &g->view;
	tanu_status st;

	if ((st = times_get(v, root, err)) < 0 || (st = counts_get(v, root, err)) < 0 ||
	    (st = notes_get(v, root, err)) < 0 || (st = orders_get(v, root, err)) < 0 ||
	    (st = get_bytes(v->box_key, sizeof(v->box_key), root, "box_key", err)) < 0 ||
	    (st = get_bytes(v->sign_key, sizeof(v->sign_key), root, "sign_key", err)) < 0 ||
	    (st = get_bytes(v->tls_pin, sizeof(v->tls_pin), root, "tls_pin", err)) < 0 ||
	    (st = get_bytes(g->code_key.b, sizeof(g->code_key.b), root, "code_key", err)) < 0 ||
	    (st = sealed_id(&g->spool, root, "spool", err)) < 0 ||
	    (st = sealed_text(v->name, sizeof(v->name), root, "name", err)) < 0)
		return st;
	v->state = v->revoked_ms ? GATE_REVOKED : v->paired_ms ? GATE_PAIRED : GATE_ADDED;
	return sealed_text(v->zone, sizeof(v->zone), root, "zone", err);
}

tanu_status gate_decode(struct gate_paper *out, const struct buf *text, tanu_error *err)
{
	struct gate_paper gate = {0};
	struct json_doc *doc = NULL;
	tanu_status st = json_parse(&doc, text->data, text->len, RECORD_MAX, "gate", err);

	if (st < 0)
		return st;
	if ((st = gate_read(&gate, json_root(doc), err)) == TANU_OK)
		*out = gate;
	json_free(&doc);
	mem_wipe(&gate, sizeof(gate));
	return st;
}

/* ---- cards ---- */

tanu_status card_encode(struct buf *out, const struct card_paper *card, tanu_error *err)
{
	struct json_w w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_int(&w, "bits", card->bits);
	put_bytes(&w, "bytes", card->bytes, sizeof(card->bytes));
	if (card->from.year)
		jw_date(&w, "from", card->from);
	if (card->revoked_ms)
		jw_int(&w, "revoked_ms", card->revoked_ms);
	jw_int(&w, "sort", card->sort);
	jw_text(&w, "text", card->text);
	if (card->until.year)
		jw_date(&w, "until", card->until);
	jw_end_object(&w);
	return buf_check(out, err);
}

static tanu_status card_read(struct card_paper *c, json_value root, tanu_error *err)
{
	int64_t bits = 0, sort = 0;
	tanu_status st;

	if ((st = json_int(&bits, root, "bits", err)) < 0 ||
	    (st = json_int(&sort, root, "sort", err)) < 0 ||
	    (st = get_bytes(c->bytes, sizeof(c->bytes), root, "bytes", err)) < 0 ||
	    (st = sealed_text(c->text, sizeof(c->text), root, "text", err)) < 0)
		return st;
	if (bits < 1 || bits > 8 * (int64_t)sizeof(c->bytes) || sort < LEASE_CARD_BITS ||
	    sort > LEASE_CARD_PASS)
		return tanu_fail(err, TANU_ERR_JSON, "bits", "there is no such card");
	c->bits = (uint16_t)bits;
	c->sort = (enum lease_card_sort)sort;
	if (json_get(root, "revoked_ms") &&
	    (st = json_int(&c->revoked_ms, root, "revoked_ms", err)) < 0)
		return st;
	if (json_get(root, "from") && (st = sealed_date(&c->from, root, "from", err)) < 0)
		return st;
	return json_get(root, "until") ? sealed_date(&c->until, root, "until", err) : TANU_OK;
}

tanu_status card_decode(struct card_paper *out, const struct buf *text, tanu_error *err)
{
	struct card_paper card = {0};
	struct json_doc *doc = NULL;
	tanu_status st = json_parse(&doc, text->data, text->len, RECORD_MAX, "card", err);

	if (st < 0)
		return st;
	if ((st = card_read(&card, json_root(doc), err)) == TANU_OK)
		*out = card;
	json_free(&doc);
	return st;
}

/* ---- rights ---- */

tanu_status access_encode(struct buf *out, const struct access_paper *access, tanu_error *err)
{
	const struct access_view *v = &access->view;
	struct json_w w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_bool(&w, "barred", v->barred);
	jw_bool(&w, "has_pin", v->has_pin);
	put_bytes(&w, "pin", access->pin, sizeof(access->pin));
	put_bytes(&w, "salt", access->salt, sizeof(access->salt));
	jw_bool(&w, "waiver", v->waiver);
	jw_text(&w, "zones", v->zones);
	jw_end_object(&w);
	return buf_check(out, err);
}

static tanu_status access_read(struct access_paper *a, json_value root, tanu_error *err)
{
	tanu_status st;

	if ((st = json_bool(&a->view.barred, root, "barred", err)) < 0 ||
	    (st = json_bool(&a->view.has_pin, root, "has_pin", err)) < 0 ||
	    (st = json_bool(&a->view.waiver, root, "waiver", err)) < 0 ||
	    (st = get_bytes(a->pin, sizeof(a->pin), root, "pin", err)) < 0 ||
	    (st = get_bytes(a->salt, sizeof(a->salt), root, "salt", err)) < 0)
		return st;
	return sealed_text(a->view.zones, sizeof(a->view.zones), root, "zones", err);
}

tanu_status access_decode(struct access_paper *out, const struct buf *text, tanu_error *err)
{
	struct access_paper access = {0};
	struct json_doc *doc = NULL;
	tanu_status st = json_parse(&doc, text->data, text->len, RECORD_MAX, "access", err);

	if (st < 0)
		return st;
	if ((st = access_read(&access, json_root(doc), err)) == TANU_OK)
		*out = access;
	json_free(&doc);
	mem_wipe(&access, sizeof(access));
	return st;
}
