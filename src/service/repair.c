/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What opening a folder puts right, in this order; each step may be broken off and done again.
 *   1. a database older than its keys (an old backup put back) is noticed, and remembered;
 *   2. tombstones are finished, and people who are leaving without one get theirs;
 *   3. rows whose key is gone were erased: they are deleted, their consents withdrawn;
 *   4. keys without rows are dropped, unless the database is old: then their rows may still exist
 * in a newer copy;
 *   5. what time has ended is ended (upkeep.c), unless the clock has jumped: then somebody is asked
 * first;
 *   6. look-alikes are forgotten whose two people do not both agree to it any more.
 */
#include "service/internal.h"

#define META_ROLLED_BACK "rolled-back"

/* ---- 1: rollback ---- */

static tanu_status remember_rollback(struct service *s, tanu_error *err)
{
	tanu_status st = tx_begin(s, err);

	if (st < 0)
		return st;
	return tx_end(s, DB(s, meta_set, META_ROLLED_BACK, "1", 1, err), err);
}

static tanu_status notice_rollback(struct service *s, tanu_error *err)
{
	struct buf mark = {0};
	uint64_t sequence = 0;
	bool known;
	tanu_status st = DB(s, meta_get, &mark, META_ROLLED_BACK, err);

	known = mark.len > 0;
	buf_free(&mark);
	if (st == TANU_OK && s->rolled_back && !known)
		return remember_rollback(s, err); /* the log is ahead of the database */
	s->rolled_back |= known;
	if (st < 0 || s->rolled_back)
		return st;
	if ((st = ledger_sequence(s, &sequence, err)) < 0 ||
	    vault_status(s->vault).sequence <= sequence)
		return st;
	s->rolled_back = true;
	return remember_rollback(s, err);
}

/* ---- 2: leaving ---- */

static tanu_status take_leaving(void *self, const struct subject_row *row, tanu_error *err)
{
	return row->state == SUBJECT_LEAVING ? id_list_add(self, &row->id, err) : TANU_OK;
}

static tanu_status entomb(struct service *s, const struct id_list *people, int64_t now_ms,
			  tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < people->len && st == TANU_OK; i++) {
		struct tombstone_row row = {
		    .subject = people->v[i], .kind = TOMBSTONE_SUBJECT, .requested_ms = now_ms};

		st = DB(s, tombstone_put, &row, err);
	}
	return st;
}

/* State and tombstone are set in one transaction: one without the other was edited. */
static tanu_status finish_leaving(struct service *s, int64_t now_ms, tanu_error *err)
{
	struct id_list people = {0};
	struct erased erased = {0};
	tanu_status st = DB(s, subject_each, take_leaving, &people, err);

	if (st == TANU_OK && people.len > 0 && (st = tx_begin(s, err)) == TANU_OK)
		st = tx_end(s, entomb(s, &people, now_ms, err), err);
	id_list_free(&people);
	if (st < 0 || (st = tombstones_finish(s, &erased, err)) < 0)
		return st;
	s->repaired_tombstones += erased.tombstones;
	return TANU_OK;
}

/* ---- 3: rows without keys ---- */

struct keyless {
	struct service *s;
	struct id_list people, faces;
};

/*
 * A key is killed under the ledger's number of that moment, so the keys have seen at least the
 * number of any row that was erased. A row beyond it is newer than these keys: they are an old
 * copy, and nothing may be deleted for their sake.
 */
static tanu_status refuse_old_keys(const struct keyless *k, uint64_t row_sequence, tanu_error *err)
{
	if (row_sequence <= vault_status(k->s->vault).sequence)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_KEYS_DAMAGED, k->s->dir,
			 "the keys folder is older than the database: put the present one back");
}

static tanu_status check_person(void *self, const struct subject_row *row, tanu_error *err)
{
	struct keyless *k = self;
	struct key_name name = {.subject = row->id, .kind = KEY_PROFILE};

	tanu_status st;

	if (vault_has_key(k->s->vault, &name))
		return TANU_OK;
	if ((st = refuse_old_keys(k, row->sequence, err)) < 0)
		return st;
	return id_list_add(&k->people, &row->id, err);
}

static tanu_status check_face(void *self, const struct reference_row *row, tanu_error *err)
{
	struct keyless *k = self;
	struct key_name name = {.subject = row->subject, .kind = KEY_BIO};

	uint64_t sequence = 0;
	tanu_status st;

	if (vault_has_key(k->s->vault, &name) || id_list_has(&k->people, &row->subject))
		return TANU_OK;
	if ((st = subject_sequence(k->s, &sequence, &row->subject, err)) < 0 ||
	    (st = refuse_old_keys(k, sequence, err)) < 0)
		return st;
	return id_list_add(&k->faces, &row->subject, err);
}

/* Her passes' keys are gone although the database, an old one, knows of no revocation. */
static tanu_status check_passes(void *self, const struct subject_row *row, tanu_error *err)
{
	struct keyless *k = self;
	bool keyless = false;
	tanu_status st;

	if (row->state != SUBJECT_ACTIVE || id_list_has(&k->people, &row->id))
		return TANU_OK;
	if ((st = passes_keyless(k->s, &keyless, &row->id, err)) < 0 || !keyless)
		return st;
	return id_list_add(&k->faces, &row->id, err);
}

static tanu_status entomb_keyless(struct keyless *k, int64_t now_ms, tanu_error *err)
{
	struct service *s = k->s;
	tanu_status st = entomb(s, &k->people, now_ms, err);

	for (size_t i = 0; i < k->faces.len && st == TANU_OK; i++) {
		struct ending ending = {.state = TANU_CONSENT_WITHDRAWN,
					.event = TANU_EVENT_CONSENT_WITHDRAWN,
					.by = "site",
					.purposes = ~0u,
					.now_ms = now_ms};

		st = consents_end(s, &ending, &k->faces.v[i], err);
		if (st == TANU_OK)
			st = passes_mark(s, &k->faces.v[i], now_ms, err);
	}
	return st;
}

static tanu_status drop_keyless_rows(struct service *s, int64_t now_ms, tanu_error *err)
{
	struct keyless k = {.s = s};
	struct erased erased = {0};
	tanu_status st = DB(s, subject_each, check_person, &k, err);

	id_list_sort(&k.people);
	if (st == TANU_OK)
		st = DB(s, reference_each, check_face, &k, err);
	if (st == TANU_OK && s->rolled_back)
		st = DB(s, subject_each, check_passes, &k, err);
	if (st < 0 || k.people.len + k.faces.len == 0)
		goto out;
	if ((st = history_ready(s, k.faces.v, k.faces.len, now_ms, err)) < 0 ||
	    (st = tx_begin(s, err)) < 0)
		goto out;
	st = tx_end(s, entomb_keyless(&k, now_ms, err), err);
	if (st == TANU_OK && (st = tombstones_finish(s, &erased, err)) == TANU_OK)
		s->repaired_tombstones += erased.tombstones;
out:
	id_list_free(&k.people);
	id_list_free(&k.faces);
	return st;
}

/* ---- 4: keys without rows ---- */

struct orphans {
	struct service *s;
	struct id_list people, faces; /* rows that exist */
	struct key_list found;
};

static tanu_status take_person(void *self, const struct subject_row *row, tanu_error *err)
{
	return id_list_add(&((struct orphans *)self)->people, &row->id, err);
}

static tanu_status take_face(void *self, const struct reference_row *row, tanu_error *err)
{
	return id_list_add(&((struct orphans *)self)->faces, &row->subject, err);
}

static tanu_status check_key(void *self, const struct key_name *name, tanu_error *err)
{
	struct orphans *o = self;
	const struct id_list *rows = name->kind == KEY_BIO ? &o->faces : &o->people;
	bool needed = id_equal(&name->subject, &o->s->site) || id_list_has(rows, &name->subject);
	tanu_status st = TANU_OK;

	if (needed && name->kind == KEY_PASS)
		st = pass_key_needed(o->s, &needed, name, err);
	if (st < 0 || needed)
		return st;
	return key_list_add(&o->found, &name->subject, name->kind, name->quarter, err);
}

static tanu_status drop_orphan_keys(struct service *s, tanu_error *err)
{
	struct orphans o = {.s = s};
	uint64_t sequence = 0;
	tanu_status st;

	if (s->rolled_back)
		return TANU_OK;
	if ((st = DB(s, subject_each, take_person, &o, err)) < 0 ||
	    (st = DB(s, reference_each, take_face, &o, err)) < 0)
		goto out;
	id_list_sort(&o.people);
	id_list_sort(&o.faces);
	if ((st = vault_each_key(s->vault, check_key, &o, err)) < 0 || o.found.len == 0)
		goto out;
	if ((st = ledger_sequence(s, &sequence, err)) == TANU_OK)
		st = vault_kill_keys(s->vault, o.found.v, o.found.len, sequence, err);
	if (st == TANU_OK)
		s->dropped_orphans += o.found.len;
out:
	id_list_free(&o.people);
	id_list_free(&o.faces);
	key_list_free(&o.found);
	return st;
}

tanu_status site_repair(struct service *s, tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	tanu_status st;

	if ((st = notice_rollback(s, err)) < 0 || (st = finish_leaving(s, now_ms, err)) < 0 ||
	    (st = drop_keyless_rows(s, now_ms, err)) < 0 || (st = drop_orphan_keys(s, err)) < 0 ||
	    (st = upkeep(s, now_ms, err)) < 0 || (st = lookalikes_sweep(s, now_ms, err)) < 0 ||
	    (st = clock_refresh(s, err)) < 0)
		return st;
	if (s->repaired_tombstones + s->expired > 0)
		recovery_tell(s);
	/* A crash may have left deleted rows in the write-ahead log. */
	return s->store->calls->scrub(s->store, err);
}
