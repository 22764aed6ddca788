/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of one person in a database, and whether any keys open them. */
#include "service/erase_audit.h"

#include <stdio.h>

struct rows {
	struct audit *a;
	struct erase_audit_place *place;
};

static bool opens(const struct audit *a, const struct key_name *name, const tanu_id *row,
		  uint16_t version, const struct buf *sealed)
{
	for (size_t i = 0; i < a->keys_len; i++)
		if (vault_opens(a->keys[i].vault, name, row, version, sealed->data, sealed->len,
				NULL) == TANU_OK)
			return true;
	return false;
}

static void try_row(struct rows *r, enum erased_part part, enum key_kind kind, uint16_t quarter,
		    const tanu_id *row, uint16_t version, const struct buf *sealed)
{
	const struct key_name name = {
	    .subject = r->a->order->subject, .kind = kind, .quarter = quarter};

	if (r->a->order->face_only && part != ERASED_FACE)
		return;
	r->place->rows[part]++;
	r->place->opened[part] += opens(r->a, &name, row, version, sealed);
}

static tanu_status see_subject(struct rows *r, struct store *store, tanu_error *err)
{
	struct subject_row row = {0};
	tanu_status st = store->calls->subject_get(store, &row, &r->a->order->subject, err);

	if (st == TANU_OK)
		try_row(r, ERASED_NAME, KEY_PROFILE, 0, &row.id, RECORD_VERSION, &row.profile);
	buf_free(&row.profile);
	return st == TANU_NOT_FOUND ? TANU_OK : st;
}

static tanu_status see_reference(struct rows *r, struct store *store, tanu_error *err)
{
	struct reference_row row = {0};
	tanu_status st = store->calls->reference_get(store, &row, &r->a->order->subject, err);

	if (st == TANU_OK)
		try_row(r, ERASED_FACE, KEY_BIO, 0, &row.id, 0, &row.sealed);
	buf_free(&row.sealed);
	return st == TANU_NOT_FOUND ? TANU_OK : st;
}

static tanu_status see_consent(void *self, const struct consent_row *row, tanu_error *err)
{
	(void)err;
	try_row(self, ERASED_CONSENTS, KEY_PROFILE, 0, &row->consent.id, RECORD_VERSION,
		&row->detail);
	return TANU_OK;
}

static tanu_status see_lookalike(void *self, const struct lookalike_row *row, tanu_error *err)
{
	(void)err;
	try_row(self, ERASED_PAPERS, KEY_PROFILE, 0, &row->id, RECORD_VERSION, &row->sealed);
	return TANU_OK;
}

static tanu_status see_event(void *self, const struct event_row *row, tanu_error *err)
{
	(void)err;
	try_row(self, ERASED_HISTORY, KEY_HISTORY, row->quarter, &row->id, RECORD_VERSION,
		&row->sealed);
	return TANU_OK;
}

static tanu_status see_record(void *self, const struct record_row *row, tanu_error *err)
{
	(void)err;
	try_row(self, ERASED_PAPERS, KEY_PROFILE, 0, &row->id, paper_version(row->kind),
		&row->sealed);
	return TANU_OK;
}

static tanu_status see_tombstone(void *self, const struct tombstone_row *row, tanu_error *err)
{
	struct rows *r = self;

	(void)err;
	r->place->unfinished += id_equal(&row->subject, &r->a->order->subject);
	return TANU_OK;
}

static tanu_status see_all(struct rows *r, struct store *store, tanu_error *err)
{
	const tanu_id *id = &r->a->order->subject;
	const struct store_calls *c = store->calls;
	tanu_status st;

	if ((st = see_subject(r, store, err)) < 0 || (st = see_reference(r, store, err)) < 0 ||
	    (st = c->consent_each(store, id, see_consent, r, err)) < 0 ||
	    (st = c->lookalike_each(store, id, see_lookalike, r, err)) < 0 ||
	    (st = c->event_each(store, id, see_event, r, err)) < 0 ||
	    (st = c->record_each(store, id, see_record, r, err)) < 0)
		return st;
	return c->tombstone_each(store, see_tombstone, r, err);
}

void audit_rows(struct audit *a, const struct audit_database *database)
{
	struct rows rows = {.a = a, .place = &a->places[database->place]};
	struct store *store = NULL;
	tanu_error why = {0};
	tanu_status st;

	if (!*database->path) { /* of the open site */
		if (see_all(&rows, a->own->store, &why) < 0)
			audit_trouble(a, database->place, &why);
		return;
	}
	if ((st = store_sqlite_open(&store, database->path, false, &why)) == TANU_OK) {
		rows.place->databases++;
		st = see_all(&rows, store, &why);
		store->calls->close(store);
	}
	if (st < 0) {
		snprintf(why.place, sizeof(why.place), "%.190s", database->from);
		audit_trouble(a, database->place, &why);
	}
}

struct counted {
	struct audit *a;
	struct erase_audit_place *place;
};

static tanu_status count_key(void *self, const struct key_name *name, tanu_error *err)
{
	static const enum erased_part parts[] = {[KEY_BIO] = ERASED_FACE,
						 [KEY_PROFILE] = ERASED_NAME,
						 [KEY_HISTORY] = ERASED_HISTORY,
						 [KEY_LOG] = ERASED_HISTORY,
						 [KEY_PASS] = ERASED_FACE};
	struct counted *c = self;
	const enum erased_part part = parts[name->kind];

	(void)err;
	if (id_equal(&name->subject, &c->a->order->subject) &&
	    (!c->a->order->face_only || part == ERASED_FACE))
		c->place->keys[part]++;
	return TANU_OK;
}

void audit_key_names(struct audit *a, const struct audit_keys *keys)
{
	struct counted counted = {a, &a->places[keys->place]};

	counted.place->key_folders++;
	(void)vault_each_key(keys->vault, count_key, &counted, NULL);
}
