/* SPDX-License-Identifier: Apache-2.0 */
/* A disclosure and its order as canonical JSON. */
#include "service/disclosure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- words ---- */

const char *disclosure_state_name(enum disclosure_state state)
{
	switch (state) {
	case DISCLOSURE_NONE:
		break;
#define X(name, number, word)   \
	case DISCLOSURE_##name: \
		return word;
		DISCLOSURE_STATE_LIST(X)
#undef X
	}
	return "none";
}

void disclosed_fields_text(char out[DISCLOSED_FIELDS_LEN], unsigned fields)
{
	size_t len = 0;

	out[0] = '\0';
#define X(name, bit, word)                                                             \
	if (fields & DISCLOSED_##name)                                                 \
		len += (size_t)snprintf(out + len, DISCLOSED_FIELDS_LEN - len, "%s%s", \
					len ? "," : "", word);
	DISCLOSED_FIELD_LIST(X)
#undef X
}

tanu_status disclosed_fields_parse(unsigned *out, const char *text, tanu_error *err)
{
	unsigned set = 0;

	while (*text) {
		size_t len = strcspn(text, ",");
		unsigned bit = 0;

#define X(name, number, word)                                     \
	if (len == strlen(word) && strncmp(text, word, len) == 0) \
		bit = DISCLOSED_##name;
		DISCLOSED_FIELD_LIST(X)
#undef X
		if (!bit)
			return tanu_fail(err, TANU_ERR_USAGE, "fields",
					 "name one or more of profile, consents, history; nothing "
					 "else is ever disclosed");
		set |= bit;
		text += len + (text[len] == ',');
	}
	if (!set)
		return tanu_fail(err, TANU_ERR_USAGE, "fields",
				 "name one or more of profile, consents, history");
	*out = set;
	return TANU_OK;
}

/* ---- writing ---- */

static void put_bytes(struct json_w *w, const char *key, const struct buf *bytes)
{
	struct buf text = {0};

	base64_put(&text, bytes->data, bytes->len);
	jw_text(w, key, buf_cstr(&text));
	w->out->failed |= text.failed;
	buf_free(&text);
}

tanu_status order_encode(struct buf *out, const struct service *s, const struct disclosure_order *o,
			 tanu_error *err)
{
	char fields[DISCLOSED_FIELDS_LEN];
	struct json_w w;

	disclosed_fields_text(fields, o->fields);
	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_text(&w, "authority", o->authority);
	jw_text(&w, "basis", o->basis);
	jw_digest(&w, "document", o->document);
	jw_text(&w, "due_basis", o->due_basis);
	jw_int(&w, "due_ms", o->due_ms);
	jw_id(&w, "extends", &o->extends);
	jw_text(&w, "fields", fields);
	jw_int(&w, "from_ms", o->from_ms);
	jw_id(&w, "id", &o->id);
	jw_text(&w, "site", s->journal.signer.name);
	jw_array(&w, "subjects");
	for (size_t i = 0; i < o->subjects_len; i++)
		jw_id(&w, NULL, &o->subjects[i]);
	jw_end_array(&w);
	jw_int(&w, "to_ms", o->to_ms);
	jw_end_object(&w);
	return buf_check(out, err);
}

static void approval_put(struct json_w *w, const struct approval *a)
{
	jw_object(w, NULL);
	jw_int(w, "at_ms", a->at_ms);
	jw_text(w, "key", a->key);
	put_bytes(w, "note", &a->note);
	jw_end_object(w);
}

static void sealing_put(struct json_w *w, const struct sealing *sealing)
{
	jw_object(w, NULL);
	jw_int(w, "due_ms", sealing->due_ms);
	put_bytes(w, "event", &sealing->event);
	jw_bool(w, "opened", sealing->opened);
	jw_digest(w, "tag", sealing->tag);
	jw_end_object(w);
}

tanu_status disclosure_encode(struct buf *out, const struct disclosure *d, tanu_error *err)
{
	struct json_w w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_array(&w, "approvals");
	for (size_t i = 0; i < d->approvals_len; i++)
		approval_put(&w, &d->approvals[i]);
	jw_end_array(&w);
	jw_int(&w, "decided_ms", d->decided_ms);
	put_bytes(&w, "order", &d->order_text);
	jw_int(&w, "requested_ms", d->requested_ms);
	jw_array(&w, "sealings");
	for (size_t i = 0; i < d->sealings_len; i++)
		sealing_put(&w, &d->sealings[i]);
	jw_end_array(&w);
	jw_int(&w, "state", d->state);
	jw_end_object(&w);
	return buf_check(out, err);
}

/* ---- reading ---- */

static tanu_status get_bytes(struct buf *out, json_value object, const char *key, tanu_error *err)
{
	const char *text = NULL;
	tanu_status st = json_text(&text, object, key, err);

	return st < 0 ? st : base64_get(out, text, strlen(text), err);
}

static tanu_status order_subjects(struct disclosure_order *out, json_value root, tanu_error *err)
{
	json_value subjects = json_get(root, "subjects");
	tanu_status st = TANU_OK;

	if (!subjects || json_len(subjects) > DISCLOSURE_PEOPLE_MAX)
		return tanu_fail(err, TANU_ERR_JSON, "subjects", "1 to %d people are named",
				 DISCLOSURE_PEOPLE_MAX);
	out->subjects_len = json_len(subjects);
	for (size_t i = 0; i < out->subjects_len && st == TANU_OK; i++) {
		const char *hex = NULL;

		st = json_text_at(&hex, subjects, i, err);
		if (st == TANU_OK && !id_parse(&out->subjects[i], hex))
			st = tanu_fail(err, TANU_ERR_JSON, "subjects", "this is not an id");
	}
	return st;
}

static tanu_status order_read(struct disclosure_order *out, json_value root, tanu_error *err)
{
	char fields[DISCLOSED_FIELDS_LEN];
	tanu_status st;

	if ((st = sealed_text(out->authority, sizeof(out->authority), root, "authority", err)) <
		0 ||
	    (st = sealed_text(out->basis, sizeof(out->basis), root, "basis", err)) < 0 ||
	    (st = sealed_digest(out->document, root, "document", err)) < 0 ||
	    (st = sealed_text(out->due_basis, sizeof(out->due_basis), root, "due_basis", err)) <
		0 ||
	    (st = json_int(&out->due_ms, root, "due_ms", err)) < 0 ||
	    (st = sealed_id(&out->extends, root, "extends", err)) < 0 ||
	    (st = sealed_text(fields, sizeof(fields), root, "fields", err)) < 0 ||
	    (st = json_int(&out->from_ms, root, "from_ms", err)) < 0 ||
	    (st = sealed_id(&out->id, root, "id", err)) < 0 ||
	    (st = json_int(&out->to_ms, root, "to_ms", err)) < 0 ||
	    (st = disclosed_fields_parse(&out->fields, fields, err)) < 0)
		return st;
	return order_subjects(out, root, err);
}

tanu_status order_decode(struct disclosure_order *out, const struct buf *text, tanu_error *err)
{
	struct disclosure_order order = {0};
	struct json_doc *doc = NULL;
	tanu_status st = json_parse(&doc, text->data, text->len, RECORD_MAX, "order", err);

	if (st < 0)
		return st;
	if ((st = order_read(&order, json_root(doc), err)) == TANU_OK)
		*out = order;
	json_free(&doc);
	return st;
}

static tanu_status read_approvals(struct disclosure *out, json_value root, tanu_error *err)
{
	json_value list = json_get(root, "approvals");
	tanu_status st = TANU_OK;

	if (json_len(list) > APPROVALS_MAX)
		return tanu_fail(err, TANU_ERR_JSON, "approvals", "more than %d", APPROVALS_MAX);
	for (size_t i = 0; i < json_len(list) && st == TANU_OK; i++) {
		struct approval *a = &out->approvals[out->approvals_len++];
		json_value row = json_at(list, i);

		if ((st = json_int(&a->at_ms, row, "at_ms", err)) == TANU_OK &&
		    (st = sealed_text(a->key, sizeof(a->key), row, "key", err)) == TANU_OK)
			st = get_bytes(&a->note, row, "note", err);
	}
	return st;
}

static tanu_status read_sealings(struct disclosure *out, json_value root, tanu_error *err)
{
	json_value list = json_get(root, "sealings");
	tanu_status st = TANU_OK;

	if (json_len(list) > DISCLOSURE_PEOPLE_MAX)
		return tanu_fail(err, TANU_ERR_JSON, "sealings", "more than %d",
				 DISCLOSURE_PEOPLE_MAX);
	for (size_t i = 0; i < json_len(list) && st == TANU_OK; i++) {
		struct sealing *sealing = &out->sealings[out->sealings_len++];
		json_value row = json_at(list, i);

		if ((st = json_int(&sealing->due_ms, row, "due_ms", err)) == TANU_OK &&
		    (st = get_bytes(&sealing->event, row, "event", err)) == TANU_OK &&
		    (st = json_bool(&sealing->opened, row, "opened", err)) == TANU_OK)
			st = sealed_digest(sealing->tag, row, "tag", err);
	}
	return st;
}

static tanu_status disclosure_read(struct disclosure *out, json_value root, tanu_error *err)
{
	int64_t state = 0;
	tanu_status st;

	if ((st = get_bytes(&out->order_text, root, "order", err)) < 0 ||
	    (st = order_decode(&out->order, &out->order_text, err)) < 0 ||
	    (st = json_int(&out->decided_ms, root, "decided_ms", err)) < 0 ||
	    (st = json_int(&out->requested_ms, root, "requested_ms", err)) < 0 ||
	    (st = json_int(&state, root, "state", err)) < 0 ||
	    (st = read_approvals(out, root, err)) < 0)
		return st;
	out->state = (enum disclosure_state)state;
	return read_sealings(out, root, err);
}

tanu_status disclosure_decode(struct disclosure *out, const struct buf *text, tanu_error *err)
{
	struct json_doc *doc = NULL;
	tanu_status st = json_parse(&doc, text->data, text->len, RECORD_MAX, "disclosure", err);

	if (st < 0)
		return st;
	st = disclosure_read(out, json_root(doc), err);
	json_free(&doc);
	if (st < 0)
		disclosure_free(out);
	return st;
}

void disclosure_free(struct disclosure *d)
{
	for (size_t i = 0; i < d->approvals_len; i++)
		buf_free(&d->approvals[i].note);
	for (size_t i = 0; i < d->sealings_len; i++)
		buf_wipe(&d->sealings[i].event);
	buf_wipe(&d->order_text);
	mem_wipe(d, sizeof(*d));
}
