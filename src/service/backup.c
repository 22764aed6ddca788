/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A backup of a site that is in use: settings, database, public log, and the keys that a second
 * holder may have, sealed to her. The keys folder itself is in none.
 */
#include "service/recovery.h"

#include "service/tree.h"

#include <stdlib.h>
#include <string.h>

#define COPY_STEP ((size_t)1 << 20)

struct making {
	struct service *s;
	struct backup_writer w;
	struct backup_header header;
	const struct backup_order *order;
	uint64_t total; /* bytes, about */
	bool database_begun;
};

static void tell_progress(const struct making *m)
{
	if (m->order->progress)
		m->order->progress(m->order->self, m->w.written, m->total);
}

static tanu_status put_part(struct making *m, enum backup_kind kind, const char *name,
			    const struct buf *bytes, tanu_error *err)
{
	tanu_status st = backup_section(&m->w, kind, name, bytes->len, err);

	if (st == TANU_OK)
		st = backup_bytes(&m->w, bytes->data, bytes->len, err);
	tell_progress(m);
	return st;
}

static tanu_status put_settings(struct making *m, const struct site_paths *p, tanu_error *err)
{
	struct buf text = {0};
	tanu_status st = TANU_OK;

	if (os_exists(p->ini))
		st = os_read_file(&text, p->ini, 64 << 10, err);
	if (st == TANU_OK)
		st = put_part(m, BACKUP_SETTINGS, "", &text, err);
	buf_free(&text);
	return st;
}

static tanu_status put_database(void *self, const void *bytes, size_t len, uint64_t total,
				tanu_error *err)
{
	struct making *m = self;
	tanu_status st = TANU_OK;

	if (!m->database_begun)
		st = backup_section(&m->w, BACKUP_DATABASE, "", total, err);
	m->database_begun = true;
	if (st == TANU_OK)
		st = backup_bytes(&m->w, bytes, len, err);
	tell_progress(m);
	return st;
}

static tanu_status put_log_file(void *self, const char *name, const char *path, tanu_error *err)
{
	struct making *m = self;
	struct buf bytes = {0};
	tanu_status st;

	if (!log_path_valid(name)) /* not of the log */
		return TANU_OK;
	if ((st = os_read_file(&bytes, path, TREE_FILE_MAX, err)) == TANU_OK)
		st = put_part(m, BACKUP_LOG, name, &bytes, err);
	buf_free(&bytes);
	return st;
}

static tanu_status put_keys(struct making *m, const struct recovery *r, tanu_error *err)
{
	uint8_t ad[BACKUP_AD_LEN];
	tanu_status st = TANU_OK;

	backup_header_put(ad, &m->header);
	for (unsigned b = 0; b < VAULT_BUCKETS && st == TANU_OK; b++) {
		struct buf box = {0};

		st = vault_export(m->s->vault, &box, b, r->keys[m->header.period], ad, sizeof(ad),
				  err);
		if (st == TANU_OK)
			st = put_part(m, BACKUP_KEYS, "", &box, err);
		buf_free(&box);
	}
	return st;
}

static tanu_status put_end(struct making *m, uint8_t sha256[DIGEST_LEN], tanu_error *err)
{
	struct digest digest = m->w.digest;
	struct buf text = {0}, note = {0};
	tanu_status st;

	digest_end(&digest, sha256);
	backup_note_put(&text, &m->header, sha256);
	if ((st = buf_check(&text, err)) == TANU_OK &&
	    (st = note_sign(&note, &m->s->journal.signer, (const char *)text.data, text.len,
			    err)) == TANU_OK)
		st = put_part(m, BACKUP_END, "", &note, err);
	buf_free(&text);
	buf_free(&note);
	return st;
}

static tanu_status put_all(struct making *m, const struct recovery *r, const struct site_paths *p,
			   uint8_t sha256[DIGEST_LEN], tanu_error *err)
{
	tanu_status st;

	if ((st = backup_begin(&m->w, m->order->path, &m->header, err)) < 0 ||
	    (st = put_settings(m, p, err)) < 0 ||
	    (st = m->s->store->calls->copy(m->s->store, put_database, m, err)) < 0 ||
	    (st = tree_each(p->log, put_log_file, m, err)) < 0 || (st = put_keys(m, r, err)) < 0)
		return st;
	return put_end(m, sha256, err);
}

/* What there is to copy, for the progress; not exact. */
static uint64_t size_of(const struct site_paths *p)
{
	return tree_file_size(p->db) + tree_size(p->log);
}

static tanu_status make_header(struct service *s, struct backup_header *out,
			       const struct recovery *r, tanu_error *err)
{
	tanu_status st;

	*out = (struct backup_header){.created_ms = clock_now(&s->clock), .site = s->site};
	memcpy(out->pin, r->pin, RECOVERY_PIN);
	if ((st = recovery_period_at(r, &out->period, out->created_ms, err)) < 0)
		return st;
	return ledger_sequence(s, &out->sequence, err);
}

/* What waits for the log goes along in the database when the log takes nothing now. */
static tanu_status publish_first(struct service *s, tanu_error *err)
{
	tanu_error why = {0};

	if (journal_append(s, &why) != TANU_MEMORY)
		return TANU_OK;
	if (err)
		*err = why;
	return TANU_MEMORY;
}

tanu_status service_backup(struct service *s, struct backup_made *out,
			   const struct backup_order *order, tanu_error *err)
{
	struct making m = {.s = s, .order = order, .w = {.file = {.fd = -1}}};
	struct backup_record record = {0};
	struct site_paths p;
	struct recovery r = {0};
	tanu_status st;

	if ((st = site_paths(&p, s->dir, err)) < 0 || (st = recovery_load(s, &r, err)) < 0 ||
	    (st = publish_first(s, err)) < 0 || (st = make_header(s, &m.header, &r, err)) < 0)
		return st;
	m.total = size_of(&p);
	if ((st = put_all(&m, &r, &p, record.sha256, err)) < 0 ||
	    (st = os_file_commit(&m.w.file, err)) < 0)
		goto out;
	record.at_ms = m.header.created_ms;
	record.period = m.header.period;
	record.forget_ms = recovery_forget_ms(&r, m.header.period);
	record.sequence = m.header.sequence;
	record.size = (int64_t)m.w.written;
	if ((st = backup_remember(s, &record, err)) < 0)
		goto out;
	recovery_tell(s);
	*out = (struct backup_made){.created_ms = record.at_ms,
				    .forget_ms = record.forget_ms,
				    .period = record.period,
				    .size = m.w.written};
	hex_encode(out->sha256, record.sha256, DIGEST_LEN);
out:
	os_file_abort(&m.w.file);
	return st;
}
