/* SPDX-License-Identifier: Apache-2.0 */
#include "service/erase_audit.h"

#include "receipt/receipt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX 1024 /* bytes of one text that is looked for */

static const char *const part_words[ERASED_PARTS] = {
#define X(name, word) word,
    ERASED_PART_LIST(X)
#undef X
};
const char *erased_part_word(enum erased_part part)
{
	return part_words[part];
}

static const char *const verdict_words[] = {
#define X(name, word) word,
    ERASE_VERDICT_LIST(X)
#undef X
};
const char *erase_verdict_word(enum erase_verdict verdict)
{
	return verdict_words[verdict];
}

/* ---- what the parts call ---- */

void audit_trouble(struct audit *a, size_t place, const tanu_error *why)
{
	struct erase_audit_place *p = &a->places[place];

	if (p->trouble.status >= 0)
		p->trouble = *why;
}

tanu_status audit_scratch(struct audit *a, char out[OS_PATH_MAX], const char *word, tanu_error *err)
{
	char name[64];

	snprintf(name, sizeof(name), "%s-%zu", word, a->copies++);
	return os_path(out, OS_PATH_MAX, a->scratch, name, err);
}

static tanu_status too_many(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, NULL,
			 "more than %d databases or key folders: audit these places one by one",
			 AUDIT_FOUND_MAX);
}

tanu_status audit_add_database(struct audit *a, size_t place, const char *path, const char *from,
			       tanu_error *err)
{
	struct audit_database *d = &a->databases[a->databases_len];

	if (a->databases_len == AUDIT_FOUND_MAX)
		return too_many(err);
	*d = (struct audit_database){.place = place};
	snprintf(d->path, sizeof(d->path), "%s", path);
	snprintf(d->from, sizeof(d->from), "%s", from);
	a->databases_len++;
	return TANU_OK;
}

tanu_status audit_add_keys(struct audit *a, size_t place, struct vault *vault, tanu_error *err)
{
	if (a->keys_len == AUDIT_FOUND_MAX)
		return too_many(err);
	a->keys[a->keys_len++] = (struct audit_keys){.place = place, .vault = vault};
	return TANU_OK;
}

/* ---- what is looked for ---- */

static tanu_status add_needle(struct needles *n, const void *bytes, size_t len, tanu_error *err)
{
	if (len < AUDIT_NEEDLE_MIN || len > TEXT_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, "look-for",
				 "a text has %d to %d bytes: shorter ones stand everywhere",
				 AUDIT_NEEDLE_MIN, TEXT_MAX);
	if (n->count == AUDIT_NEEDLES_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, "look-for", "at most %d texts",
				 AUDIT_NEEDLES_MAX - 2);
	n->at[n->count] = bytes;
	n->len[n->count++] = len;
	n->longest = n->longest < len ? len : n->longest;
	return TANU_OK;
}

/* The id as bytes and as text; then each line of the auditor's that is not empty. */
static tanu_status find_needles(struct audit *a, tanu_error *err)
{
	const char *at = a->order->look_for ? a->order->look_for : "";
	struct needles *n = &a->needles;
	tanu_status st;

	id_hex(a->id_hex, &a->order->subject);
	if ((st = add_needle(n, a->order->subject.b, TANU_ID_LEN, err)) < 0 ||
	    (st = add_needle(n, a->id_hex, strlen(a->id_hex), err)) < 0)
		return st;
	n->ids = n->count;
	while (*at && st == TANU_OK) {
		const size_t line = strcspn(at, "\n");
		const size_t len = line > 0 && at[line - 1] == '\r' ? line - 1 : line;

		if (len > 0)
			st = add_needle(n, at, len, err);
		at += line + (at[line] == '\n');
	}
	return st;
}

/* ---- the audit ---- */

static tanu_status make_room(struct audit *a, tanu_error *err)
{
	tanu_status st;

	a->places_len = a->order->paths_len + 1; /* the first is the site in use */
	a->databases = calloc(AUDIT_FOUND_MAX, sizeof(*a->databases));
	a->keys = calloc(AUDIT_FOUND_MAX, sizeof(*a->keys));
	a->places = calloc(a->places_len, sizeof(*a->places));
	if (!a->databases || !a->keys || !a->places)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	if ((st = find_needles(a, err)) < 0)
		return st;
	a->chunk = malloc(AUDIT_CHUNK + a->needles.longest);
	a->buffer = malloc(AUDIT_CHUNK);
	if (!a->chunk || !a->buffer)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	return os_scratch_make(a->scratch, sizeof(a->scratch), "tanu-audit", err);
}

/* The open site: its database and keys as they are in use, its files as bytes. */
static tanu_status look_at_own(struct audit *a, tanu_error *err)
{
	struct erase_audit_place *place = &a->places[0];
	tanu_status st;

	place->path = a->own->dir;
	place->own = true;
	place->databases++;
	if ((st = audit_add_database(a, 0, "", a->own->dir, err)) < 0 ||
	    (st = audit_add_keys(a, 0, a->own->vault, err)) < 0)
		return st;
	a->keys[a->keys_len - 1].borrowed = true;
	return TANU_OK;
}

static tanu_status look_at_all(struct audit *a, tanu_error *err)
{
	const struct erase_audit_order *order = a->order;
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < order->paths_len && st == TANU_OK; i++) {
		a->places[1 + i].path = order->paths[i];
		if (!os_exists(order->paths[i]))
			return tanu_fail(err, TANU_ERR_FILE_MISSING, order->paths[i],
					 "there is no such file or folder");
		st = audit_walk(a, 1 + i, order->paths[i], err);
	}
	if (st < 0 || !order->open_site || (st = order->open_site(order->self, &a->own, err)) < 0)
		return st;
	if (a->own && (st = look_at_own(a, err)) == TANU_OK)
		st = audit_search_own(a, err);
	return st;
}

static size_t sum(const size_t parts[ERASED_PARTS])
{
	size_t n = 0;

	for (int i = 0; i < ERASED_PARTS; i++)
		n += parts[i];
	return n;
}

static enum erase_verdict judge(const struct erase_audit_place *p)
{
	if (sum(p->opened) + sum(p->keys) + p->text_files > 0)
		return ERASE_OPENS;
	if (p->trouble.status < 0)
		return ERASE_UNKNOWN;
	return sum(p->rows) + p->id_files + p->unfinished > 0 ? ERASE_SHUT : ERASE_NOTHING;
}

/* The worst of all places: what opens, then what could not be seen. */
static enum erase_verdict worse(enum erase_verdict a, enum erase_verdict b)
{
	static const int rank[] = {
	    [ERASE_NOTHING] = 0, [ERASE_SHUT] = 1, [ERASE_UNKNOWN] = 2, [ERASE_OPENS] = 3};

	return rank[a] > rank[b] ? a : b;
}

static tanu_status tell_all(struct audit *a, enum erase_verdict *out, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < a->databases_len; i++)
		audit_rows(a, &a->databases[i]);
	for (size_t i = 0; i < a->keys_len; i++)
		audit_key_names(a, &a->keys[i]);
	*out = ERASE_NOTHING;
	for (size_t i = a->own ? 0 : 1; i < a->places_len && st == TANU_OK; i++) {
		a->places[i].verdict = judge(&a->places[i]);
		*out = worse(*out, a->places[i].verdict);
		st = a->order->each(a->order->self, &a->places[i], err);
	}
	return st;
}

static tanu_status audit_close(struct audit *a, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < a->keys_len; i++)
		if (!a->keys[i].borrowed)
			vault_close(&a->keys[i].vault);
	if (*a->scratch)
		st = os_scratch_remove(a->scratch, err);
	free(a->chunk);
	free(a->buffer);
	free(a->databases);
	free(a->keys);
	free(a->places);
	free(a);
	return st;
}

tanu_status service_erase_audit(const struct erase_audit_order *order, enum erase_verdict *out,
				tanu_error *err)
{
	struct audit *a = calloc(1, sizeof(*a));
	tanu_status st, removed;

	if (!a)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	a->order = order;
	a->random = os_random();
	if ((st = crypto_init(err)) == TANU_OK && (st = make_room(a, err)) == TANU_OK &&
	    (st = look_at_all(a, err)) == TANU_OK)
		st = tell_all(a, out, err);
	removed = audit_close(a, st < 0 ? NULL : err);
	return st < 0 ? st : removed;
}

/* ---- by a receipt ---- */

tanu_status service_erased_of_receipt(tanu_id *subject, bool *face_only, const void *bytes,
				      size_t len, tanu_error *err)
{
	tanu_receipt *receipt = NULL;
	struct json_doc *doc = NULL;
	bool left = false;
	tanu_status st = tanu_receipt_parse(&receipt, bytes, len, err);

	if (st < 0)
		return st;
	if (receipt->kind != TANU_RECEIPT_ERASURE && receipt->kind != TANU_RECEIPT_TERMINATION) {
		st = tanu_fail(err, TANU_ERR_USAGE, "receipt", "this receipt is not of an erasure");
		goto out;
	}
	if ((st = json_parse(&doc, receipt->record, strlen(receipt->record), RECORD_MAX, "record",
			     err)) < 0 ||
	    (st = json_bool(&left, json_root(doc), "profile_erased", err)) < 0)
		goto out;
	*face_only = !left;
	*subject = receipt->subject;
out:
	json_free(&doc);
	tanu_receipt_free(&receipt);
	return st;
}
