/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may approve a disclosure. The site holds public keys only. Whoever rules the site can add a
 * key of his own: the public statement, and the hours until it counts, are there so that it is
 * seen.
 */
#include "service/disclosure.h"

#include <stdio.h>
#include <string.h>

#define HOUR_MS ((int64_t)3600000)

struct approver {
	tanu_id paper;
	char key[TANU_ORIGIN_MAX + 64];
	int64_t added_ms, removed_ms;
};

static tanu_status approver_encode(struct buf *out, const struct approver *a, tanu_error *err)
{
	struct json_w w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_int(&w, "added_ms", a->added_ms);
	jw_text(&w, "key", a->key);
	jw_int(&w, "removed_ms", a->removed_ms);
	jw_end_object(&w);
	return buf_check(out, err);
}

static tanu_status approver_decode(struct approver *out, const struct buf *text, tanu_error *err)
{
	struct json_doc *doc = NULL;
	const char *key = NULL;
	tanu_status st = json_parse(&doc, text->data, text->len, RECORD_MAX, "approver", err);

	if (st < 0)
		return st;
	if ((st = json_int(&out->added_ms, json_root(doc), "added_ms", err)) == TANU_OK &&
	    (st = json_int(&out->removed_ms, json_root(doc), "removed_ms", err)) == TANU_OK &&
	    (st = json_text(&key, json_root(doc), "key", err)) == TANU_OK)
		snprintf(out->key, sizeof(out->key), "%s", key);
	json_free(&doc);
	return st;
}

struct walk {
	struct service *s;
	tanu_status (*each)(void *self, const struct approver *a, tanu_error *err);
	void *self;
};

static tanu_status show(void *self, const struct paper *paper, tanu_error *err)
{
	struct walk *walk = self;
	struct approver a = {.paper = paper->id};
	tanu_status st = approver_decode(&a, &paper->text, err);

	return st < 0 ? st : walk->each(walk->self, &a, err);
}

static tanu_status approvers_each(struct service *s,
				  tanu_status (*each)(void *self, const struct approver *a,
						      tanu_error *err),
				  void *self, tanu_error *err)
{
	struct walk walk = {.s = s, .each = each, .self = self};

	return papers_each(s, &s->site, RECORD_APPROVER, show, &walk, err);
}

static bool counts_at(const struct service *s, const struct approver *a, int64_t now_ms)
{
	int64_t wait_ms = settings_int(&s->settings, "disclosure.approver_hours") * HOUR_MS;

	return a->removed_ms == 0 && now_ms >= a->added_ms + wait_ms;
}

/* ---- one of them ---- */

struct sought {
	const struct service *s;
	const char *key;  /* NULL: by name */
	const char *name; /* with name_len */
	size_t name_len;
	int64_t now_ms;
	bool counts;
	struct approver found; /* key "": none */
};

static tanu_status match(void *self, const struct approver *a, tanu_error *err)
{
	struct sought *q = self;

	(void)err;
	if (a->removed_ms != 0)
		return TANU_OK;
	if (q->key
		? strcmp(q->key, a->key) != 0
		: strcspn(a->key, "+") != q->name_len || strncmp(a->key, q->name, q->name_len) != 0)
		return TANU_OK;
	q->found = *a;
	q->counts = counts_at(q->s, a, q->now_ms);
	return TANU_OK;
}

tanu_status approver_counts(struct service *s, bool *out, const char *vkey, int64_t now_ms,
			    tanu_error *err)
{
	struct sought q = {.s = s, .key = vkey, .now_ms = now_ms};
	tanu_status st = approvers_each(s, match, &q, err);

	*out = st == TANU_OK && q.counts;
	return st;
}

static tanu_status find_name(struct service *s, struct sought *q, const char *name, size_t len,
			     tanu_error *err)
{
	*q = (struct sought){.s = s, .name = name, .name_len = len};
	return approvers_each(s, match, q, err);
}

/* ---- changes ---- */

static tanu_status state_change(struct service *s, const char *vkey, bool removed, int64_t now_ms,
				tanu_error *err)
{
	struct statement statement = {
	    .type = STATEMENT_APPROVER, .at_ms = now_ms, .removed = removed};

	snprintf(statement.key, sizeof(statement.key), "%s", vkey);
	return journal_state(s, &statement, err);
}

static tanu_status approver_add(struct service *s, const char *vkey, int64_t now_ms,
				tanu_error *err)
{
	struct approver a = {.added_ms = now_ms};
	struct buf text = {0};
	tanu_status st = tx_begin(s, err);

	if (st < 0)
		return st;
	snprintf(a.key, sizeof(a.key), "%s", vkey);
	if ((st = approver_encode(&text, &a, err)) == TANU_OK &&
	    (st = paper_put(s, NULL, &s->site, RECORD_APPROVER, now_ms, text.data, text.len,
			    err)) == TANU_OK)
		st = state_change(s, vkey, false, now_ms, err);
	buf_free(&text);
	return tx_end(s, st, err);
}

tanu_status service_approver_add(struct service *s, const char *vkey, tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	tanu_verifier verifier;
	struct sought q;
	tanu_status st;

	if ((st = tanu_verifier_parse(&verifier, vkey, err)) < 0 ||
	    (st = clock_require(s, now_ms, err)) < 0)
		return st;
	if (verifier.kind != TANU_KEY_ED25519)
		return tanu_fail(err, TANU_ERR_FORMAT, "key",
				 "an approver's key signs notes: make one with tanu approver key");
	if ((st = find_name(s, &q, verifier.name, strlen(verifier.name), err)) < 0)
		return st;
	if (q.found.key[0])
		return tanu_fail(err, TANU_ERR_CONFLICT, verifier.name,
				 "there is an approver of this name: remove her key first");
	return approver_add(s, vkey, now_ms, err);
}

tanu_status service_approver_remove(struct service *s, const char *name, tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	struct buf text = {0};
	struct sought q;
	tanu_status st = find_name(s, &q, name, strlen(name), err);

	if (st < 0)
		return st;
	if (!q.found.key[0])
		return tanu_fail(err, TANU_ERR_RECORD_MISSING, NULL,
				 "there is no approver of this name");
	q.found.removed_ms = now_ms;
	if ((st = tx_begin(s, err)) < 0)
		return st;
	if ((st = approver_encode(&text, &q.found, err)) == TANU_OK &&
	    (st = paper_set(s, &s->site, &q.found.paper, text.data, text.len, err)) == TANU_OK)
		st = state_change(s, q.found.key, true, now_ms, err);
	buf_free(&text);
	return tx_end(s, st, err);
}

struct showing {
	struct service *s;
	int64_t now_ms;
	tanu_status (*each)(void *self, const struct approver_view *v, tanu_error *err);
	void *self;
};

static tanu_status show_view(void *self, const struct approver *a, tanu_error *err)
{
	struct showing *showing = self;
	struct approver_view view = {.added_ms = a->added_ms,
				     .removed_ms = a->removed_ms,
				     .counts = counts_at(showing->s, a, showing->now_ms)};

	memcpy(view.key, a->key, sizeof(view.key));
	return showing->each(showing->self, &view, err);
}

tanu_status service_approvers_each(struct service *s,
				   tanu_status (*each)(void *self, const struct approver_view *v,
						       tanu_error *err),
				   void *self, tanu_error *err)
{
	struct showing showing = {
	    .s = s, .now_ms = clock_now(&s->clock), .each = each, .self = self};

	return approvers_each(s, show_view, &showing, err);
}
