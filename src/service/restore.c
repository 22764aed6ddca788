/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A site out of a backup, in a new folder, with new keys around the old ones. Names, papers,
 * consents and history come back; faces don't: their keys are in no backup. What is known to have
 * ended since does not come back either: from the public log, read with each person's own log key,
 * and from the holder's notice.
 *
 * While it goes on tanu.making stands in the folder, as when a site is made. Nothing of the backup
 * is believed before its digest and the site's own signature have been compared.
 */
#include "service/recovery.h"

#include "service/tree.h"

#include <stdlib.h>
#include <string.h>

#define COPY_STEP ((size_t)1 << 20)

struct restoring {
	struct service *s;
	struct site_paths p;
	const struct restore_order *order;
	struct os_file file;
	uint64_t size; /* of the backup */
	struct backup_reader reader;
	struct backup_header header;
	struct recovery_key key;
	struct buf settings, note;
	struct buf keys[VAULT_BUCKETS];
	unsigned keys_len;
	uint8_t *chunk; /* COPY_STEP bytes */
};

/* ---- out of the file ---- */

static tanu_status read_file(void *self, void *out, size_t len, size_t *got, tanu_error *err)
{
	return os_file_read(&((struct restoring *)self)->file, out, len, got, err);
}

static void tell_progress(const struct restoring *r)
{
	if (r->order->progress)
		r->order->progress(r->order->self, r->reader.done, r->size);
}

/* A section whole; its size has been held against its limit. */
static tanu_status take_whole(struct restoring *r, struct buf *out, tanu_error *err)
{
	tanu_status st = TANU_OK;
	size_t got = 1;

	while (st == TANU_OK && r->reader.left > 0) {
		st = backup_read_bytes(&r->reader, r->chunk, COPY_STEP, &got, err);
		if (st == TANU_OK)
			buf_put(out, r->chunk, got);
	}
	tell_progress(r);
	return st < 0 ? st : buf_check(out, err);
}

static tanu_status take_database(struct restoring *r, tanu_error *err)
{
	struct os_file db;
	tanu_status st = os_file_begin(&db, r->p.db, 0600, err);
	size_t got = 0;

	while (st == TANU_OK && r->reader.left > 0) {
		st = backup_read_bytes(&r->reader, r->chunk, COPY_STEP, &got, err);
		if (st == TANU_OK)
			st = os_file_write(&db, r->chunk, got, err);
		tell_progress(r);
	}
	if (st == TANU_OK)
		return os_file_commit(&db, err);
	os_file_abort(&db);
	return st;
}

static tanu_status take_log_file(struct restoring *r, const char *name, tanu_error *err)
{
	const struct log_files *files = &r->s->journal.files;
	struct buf bytes = {0};
	tanu_status st = take_whole(r, &bytes, err);

	if (st == TANU_OK)
		st = files->write(files->self, name, bytes.data, bytes.len, err);
	buf_free(&bytes);
	return st;
}

static tanu_status take_section(struct restoring *r, const struct backup_section *section,
				tanu_error *err)
{
	switch (section->kind) {
	case BACKUP_SETTINGS:
		return take_whole(r, &r->settings, err);
	case BACKUP_DATABASE:
		return take_database(r, err);
	case BACKUP_LOG:
		return take_log_file(r, section->name, err);
	case BACKUP_KEYS:
		return take_whole(r, &r->keys[r->keys_len++], err);
	case BACKUP_END:
		return take_whole(r, &r->note, err);
	}
	return BAD_CALL(err, "the reader knows no other kinds");
}

static tanu_status take_all(struct restoring *r, tanu_error *err)
{
	struct backup_section section = {0};
	tanu_status st = TANU_OK;

	while (st == TANU_OK && section.kind != BACKUP_END)
		if ((st = backup_read_section(&r->reader, &section, err)) == TANU_OK)
			st = take_section(r, &section, err);
	return st < 0 ? st : backup_read_end(&r->reader, err);
}

/* Can this key open this backup at all? Before anything is written. */
static tanu_status check_key(struct restoring *r, tanu_error *err)
{
	if (memcmp(r->key.pin, r->header.pin, RECOVERY_PIN) != 0)
		return tanu_fail(err, TANU_ERR_CRYPTO, r->order->backup,
				 "this recovery key is of another site than this backup");
	return recovery_turn(&r->key, r->header.period, err);
}

static tanu_status open_backup(struct restoring *r, tanu_error *err)
{
	tanu_status st;

	r->reader = (struct backup_reader){.read = read_file, .self = r};
	if ((st = recovery_code_parse(&r->key, r->order->code, err)) < 0 ||
	    (st = os_file_open(&r->file, r->order->backup, &r->size, err)) < 0 ||
	    (st = backup_read_header(&r->reader, &r->header, err)) < 0)
		return st;
	return check_key(r, err);
}

/* The note's text must be what this backup makes it. */
static tanu_status check_note(const struct restoring *r, const tanu_verifier *log, tanu_error *err)
{
	tanu_note *note = malloc(sizeof(*note));
	struct buf text = {0};
	tanu_status st;

	if (!note)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	backup_note_put(&text, &r->header, r->reader.sha256);
	if ((st = buf_check(&text, err)) == TANU_OK &&
	    (st = tanu_note_split(note, (const char *)r->note.data, r->note.len, err)) == TANU_OK &&
	    (note->text_len != text.len || memcmp(note->text, text.data, text.len) != 0))
		st = tanu_fail(err, TANU_ERR_BACKUP, r->order->backup,
			       "this is not a whole backup: it was changed after it was made");
	if (st == TANU_OK && log)
		st = tanu_note_verify(note, log, NULL, err);
	buf_free(&text);
	free(note);
	return st;
}

/* ---- the new folder ---- */

static tanu_status see_anything(void *self, const char *name, tanu_error *err)
{
	if (strcmp(name, "tanu.lock") == 0)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_FOLDER_EXISTS, self,
			 "a backup is restored into a folder of its own: this one is not empty");
}

static tanu_status make_folder(struct restoring *r, tanu_error *err)
{
	struct service *s = r->s;
	tanu_status st;

	if ((st = os_make_dir(s->dir, 0700, err)) < 0 ||
	    (st = os_lock_take(&s->lock, r->p.lock, err)) < 0 ||
	    (st = os_list_dir(s->dir, see_anything, s->dir, err)) < 0)
		return st;
	log_dir_files(&s->journal.files, r->p.log);
	return os_replace_file(r->p.making, "", 0, 0600, err);
}

/* Keys under a new host secret and a new root; in them those of the backup. */
static tanu_status make_keys(struct restoring *r, bool tpm, tanu_error *err)
{
	struct service *s = r->s;
	uint8_t ad[BACKUP_AD_LEN];
	struct secret box;
	tanu_status st;

	site_chip_choose(s);
	if ((st = site_root_write(s, &r->p, tpm, err)) < 0 ||
	    (st = vault_create(r->p.keys, &s->random, tpm ? &s->chip : NULL, clock_now(&s->clock),
			       err)) < 0 ||
	    (st = site_keys_open(s, &r->p, err)) < 0)
		return st;
	backup_header_put(ad, &r->header);
	recovery_box_secret(&box, &r->key);
	for (unsigned b = 0; b < VAULT_BUCKETS && st == TANU_OK; b++)
		st = vault_import(s->vault, b, &box, r->keys[b].data, r->keys[b].len, ad,
				  sizeof(ad), r->header.sequence, err);
	secret_wipe(&box);
	if (st == TANU_DAMAGED)
		st = tanu_fail(err, TANU_ERR_CRYPTO, r->order->backup,
			       "this recovery key does not open this backup: the site had made "
			       "another one by then");
	return st;
}

static tanu_status make_settings(struct restoring *r, tanu_error *err)
{
	tanu_status st = os_replace_file(r->p.ini, r->settings.data, r->settings.len, 0600, err);

	return st < 0 ? st : site_settings_read(r->s, &r->p, err);
}

/* ---- the public log ---- */

static tanu_status copy_log_file(void *self, const char *name, const char *path, tanu_error *err)
{
	struct restoring *r = self;
	const struct log_files *files = &r->s->journal.files;
	struct buf bytes = {0};
	tanu_status st;

	if (!log_path_valid(name) || strcmp(name, "checkpoint") == 0)
		return TANU_OK;
	if ((st = os_read_file(&bytes, path, TREE_FILE_MAX, err)) == TANU_OK)
		st = files->write(files->self, name, bytes.data, bytes.len, err);
	buf_free(&bytes);
	return st;
}

/* The checkpoint last: what it speaks of is there then. */
static tanu_status copy_log(struct restoring *r, const char *dir, tanu_error *err)
{
	const struct log_files *files = &r->s->journal.files;
	char path[OS_PATH_MAX];
	struct buf bytes = {0};
	tanu_status st;

	if ((st = os_path(path, sizeof(path), dir, "checkpoint", err)) < 0 ||
	    (st = os_read_file(&bytes, path, TREE_FILE_MAX, err)) < 0)
		return st;
	if ((st = tree_each(dir, copy_log_file, r, err)) == TANU_OK)
		st = files->write(files->self, "checkpoint", bytes.data, bytes.len, err);
	buf_free(&bytes);
	return st;
}

/* The newest log takes the place of the one in the backup, which it must continue. */
static tanu_status settle_log(struct restoring *r, tanu_error *err)
{
	const char *dir = r->order->log_dir;
	tanu_status st;

	if (!dir)
		return TANU_OK;
	if (!os_is_dir(dir))
		return tanu_fail(err, TANU_ERR_FILE_MISSING, dir, "there is no such folder");
	if ((st = journal_check_copy(r->s, dir, err)) < 0)
		return st;
	return copy_log(r, dir, err);
}

/* ---- all of it ---- */

static tanu_status open_parts(struct restoring *r, bool tpm, tanu_error *err)
{
	struct service *s = r->s;
	tanu_verifier log;
	uint8_t pin[RECOVERY_PIN];
	tanu_status st;

	if ((st = make_settings(r, err)) < 0 || (st = make_keys(r, tpm, err)) < 0 ||
	    (st = store_sqlite_open(&s->store, r->p.db, false, err)) < 0 ||
	    (st = clock_load(s, r->p.db, err)) < 0 || (st = keys_belong(s, &r->p, err)) < 0 ||
	    (st = journal_signer(s, err)) < 0)
		return st;
	signer_verifier(&log, &s->journal.signer);
	recovery_pin(pin, log.key);
	if (memcmp(pin, r->key.pin, RECOVERY_PIN) != 0 || !id_equal(&s->site, &r->header.site))
		return tanu_fail(err, TANU_ERR_BACKUP, r->order->backup,
				 "what is in this backup is of another site than it says");
	return check_note(r, &log, err);
}

static tanu_status restore_all(struct restoring *r, struct restore_result *out, bool tpm,
			       tanu_error *err)
{
	struct service *s = r->s;
	struct revival *revival = NULL;
	tanu_status st;

	if ((st = open_backup(r, err)) < 0 || (st = make_folder(r, err)) < 0 ||
	    (st = take_all(r, err)) < 0 || (st = check_note(r, NULL, err)) < 0 ||
	    (st = open_parts(r, tpm, err)) < 0 || (st = revival_begin(&revival, s, err)) < 0)
		return st;
	if ((st = settle_log(r, err)) < 0 || (st = journal_open(s, &r->p, err)) < 0)
		goto out;
	s->rolled_back = false; /* it was put back on purpose, and nothing newer is kept */
	if ((st = revival_finish(revival, out, r->header.sequence, r->order->notice, err)) < 0 ||
	    (st = site_repair(s, err)) < 0)
		goto out;
	journal_publish(s, NULL); /* what it says is in the report too */
	out->created_ms = r->header.created_ms;
	out->log_stopped = s->journal.stopped.status < 0;
	st = os_destroy_file(r->p.making, err);
out:
	revival_free(&revival);
	return st;
}

static void restoring_free(struct restoring *r)
{
	os_file_close(&r->file);
	secret_wipe(&r->key.secret);
	buf_free(&r->settings);
	buf_free(&r->note);
	for (unsigned b = 0; b < VAULT_BUCKETS; b++)
		buf_free(&r->keys[b]);
	free(r->chunk);
	service_close(&r->s);
}

tanu_status service_restore(const struct service_options *options,
			    const struct restore_order *order, struct restore_result *out,
			    tanu_error *err)
{
	struct restoring *r;
	tanu_status st;

	if (!order->log_dir && !order->no_newer_log)
		return tanu_fail(
		    err, TANU_ERR_USAGE, NULL,
		    "name the newest copy of the public log with --log (the web server, "
		    "a monitor or a mirror has one), or say --no-newer-log when nobody "
		    "can have seen a later one than the backup has: going on behind it "
		    "would be a fork that everybody notices");
	r = calloc(1, sizeof(*r));
	if (!r)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	r->file.fd = -1;
	r->order = order;
	r->s = calloc(1, sizeof(*r->s));
	r->chunk = malloc(COPY_STEP);
	if (!r->s || !r->chunk) {
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
		goto out;
	}
	site_init(r->s, options);
	*out = (struct restore_result){0};
	if ((st = crypto_init(err)) == TANU_OK &&
	    (st = site_paths(&r->p, r->s->dir, err)) == TANU_OK)
		st = restore_all(r, out, options->tpm, err);
out:
	restoring_free(r);
	mem_wipe(r, sizeof(*r));
	free(r);
	return st;
}
