/* SPDX-License-Identifier: Apache-2.0 */
/* A data folder: opened, closed, and what every act needs of it. */
#include "service/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_INI    "tanu.ini"
#define FILE_DB	    "tanu.db"
#define FILE_LOCK   "tanu.lock"
#define FILE_MAKING "tanu.making"
#define DIR_KEYS    "keys"
#define DIR_LOG	    "log"
#define INI_MAX	    (64 * 1024)

tanu_status site_paths(struct site_paths *out, const char *dir, tanu_error *err)
{
	tanu_status st;

	if ((st = os_path(out->ini, sizeof(out->ini), dir, FILE_INI, err)) < 0 ||
	    (st = os_path(out->db, sizeof(out->db), dir, FILE_DB, err)) < 0 ||
	    (st = os_path(out->lock, sizeof(out->lock), dir, FILE_LOCK, err)) < 0 ||
	    (st = os_path(out->making, sizeof(out->making), dir, FILE_MAKING, err)) < 0)
		return st;
	if ((st = os_path(out->log, sizeof(out->log), dir, DIR_LOG, err)) < 0)
		return st;
	return os_path(out->keys, sizeof(out->keys), dir, DIR_KEYS, err);
}

/* ---- transactions and ids ---- */

tanu_status tx_begin(struct service *s, tanu_error *err)
{
	tanu_status st = s->store->calls->begin(s->store, err);

	if (st == TANU_OK && s->mark && (st = ledger_sequence(s, &s->mark_sequence, err)) < 0)
		s->store->calls->rollback(s->store);
	return st;
}

/* Did this transaction move the ledger? Then the mark is part of it, once. */
static tanu_status mark_take(struct service *s, bool *taken, tanu_error *err)
{
	uint64_t sequence = 0;
	tanu_status st;

	*taken = false;
	if (!s->mark || (st = ledger_sequence(s, &sequence, err)) < 0)
		return s->mark ? st : TANU_OK;
	*taken = sequence != s->mark_sequence;
	return *taken ? s->mark(s->mark_self, err) : TANU_OK;
}

tanu_status tx_end(struct service *s, tanu_status st, tanu_error *err)
{
	int64_t known_ms = s->known_ms;
	bool marked = false;

	if (st == TANU_OK)
		st = mark_take(s, &marked, err);
	if (st == TANU_OK)
		st = clock_mark(s, &known_ms, err);
	if (st == TANU_OK)
		st = s->store->calls->commit(s->store, err);
	if (st < 0)
		s->store->calls->rollback(s->store);
	else
		s->known_ms = known_ms;
	if (st == TANU_OK && marked)
		s->mark = NULL;
	return st;
}

tanu_status ledger_sequence(struct service *s, uint64_t *out, tanu_error *err)
{
	return DB(s, sequence, out, err);
}

tanu_status keys_add(struct service *s, const struct key_list *keys, tanu_error *err)
{
	uint64_t sequence = 0;
	tanu_status st;

	if (keys->len == 0)
		return TANU_OK;
	if ((st = ledger_sequence(s, &sequence, err)) < 0)
		return st;
	return vault_add_keys(s->vault, keys->v, keys->len, sequence, err);
}

void id_new(struct service *s, tanu_id *out)
{
	random_fill(&s->random, out->b, sizeof(out->b));
}

/* ---- parts of an open site ---- */

void site_init(struct service *s, const struct service_options *options)
{
	snprintf(s->dir, sizeof(s->dir), "%s", options->data_dir);
	snprintf(s->models_dir, sizeof(s->models_dir), "%s",
		 options->models_dir ? options->models_dir : "");
	snprintf(s->program, sizeof(s->program), "%s", options->program ? options->program : "");
	snprintf(s->tcti, sizeof(s->tcti), "%s", options->tcti ? options->tcti : "");
	snprintf(s->owner_auth, sizeof(s->owner_auth), "%s",
		 options->owner_auth ? options->owner_auth : "");
	s->any_root = options->any_root;
	s->engine = options->engine;
	s->engine_lent = options->engine != NULL;
	s->pause = options->pause;
	s->resume = options->resume;
	s->pause_self = options->pause_self;
	s->clock = options->clock.now_ms ? options->clock : os_clock();
	s->random = options->random.fill ? options->random : os_random();
	s->witnesses = options->witnesses;
}

tanu_status subject_sequence(void *self, uint64_t *out, const tanu_id *subject, tanu_error *err)
{
	struct service *s = self;
	struct subject_row row = {0};
	tanu_status st = DB(s, subject_get, &row, subject, err);

	if (st < 0)
		return st;
	if (row.state == SUBJECT_ACTIVE)
		*out = row.sequence;
	else
		st = tanu_fail(err, TANU_ERR_SUBJECT_MISSING, NULL, "this person has left");
	buf_free(&row.profile);
	return st;
}

/*
 * Keys whose root is in files, where it is said to be in a TPM, are those of an old copy of the
 * folder from before the move. The other way round nothing is lost.
 */
static tanu_status root_as_set(struct service *s, const struct site_paths *p, tanu_error *err)
{
	bool tpm = false;
	tanu_status st = settings_root(&s->settings, &tpm, err);

	if (st < 0 || s->any_root || !tpm || vault_status(s->vault).rollback_resistant)
		return st;
	return tanu_fail(err, TANU_ERR_KEYS_DAMAGED, p->keys,
			 "keys.root says tpm, but the root of these keys is in files: this is an "
			 "old copy of the folder, or moving the root broke off (then type tanu "
			 "keys root tpm)");
}

void site_chip_choose(struct service *s)
{
	if (!*s->tcti)
		snprintf(s->tcti, sizeof(s->tcti), "%s", settings_text(&s->settings, "keys.tcti"));
	s->chip = vault_tpm(s->tcti, *s->owner_auth ? s->owner_auth : NULL);
}

tanu_status site_keys_open(struct service *s, const struct site_paths *p, tanu_error *err)
{
	struct permit_ledger ledger = {.sequence = subject_sequence, .self = s};
	tanu_status st = permit_book_open(&s->book, &s->clock, &s->random, &ledger, err);

	if (st < 0)
		return st;
	site_chip_choose(s);
	if ((st = vault_open(&s->vault, p->keys, s->book, &s->random, &s->chip, err)) < 0)
		return st;
	return root_as_set(s, p, err);
}

/*
 * The site's own key says that this database and these keys belong together: without this check a
 * wrong keys/ folder would look as if everybody had been erased.
 */
tanu_status keys_belong(struct service *s, const struct site_paths *p, tanu_error *err)
{
	struct key_name name = {.kind = KEY_PROFILE};
	struct buf id = {0};
	tanu_status st = DB(s, meta_get, &id, META_SITE, err);

	if (st < 0)
		return st;
	if (id.len != sizeof(s->site.b)) {
		st = tanu_fail(err, TANU_ERR_DB_DAMAGED, p->db, "the site's id is not there");
		goto out;
	}
	memcpy(s->site.b, id.data, id.len);
	name.subject = s->site;
	if (!vault_has_key(s->vault, &name))
		st = tanu_fail(err, TANU_ERR_KEYS_DAMAGED, p->keys,
			       "these keys belong to another database: put the keys folder of "
			       "this site back");
out:
	buf_free(&id);
	return st;
}

tanu_status site_settings_read(struct service *s, const struct site_paths *p, tanu_error *err)
{
	size_t count = 0;
	const struct setting_row *rows = service_settings(&count);
	struct buf text = {0};
	tanu_status st;

	if ((st = settings_init(&s->settings, rows, count, err)) < 0)
		return st;
	if (!os_exists(p->ini))
		return TANU_OK; /* all defaults */
	if ((st = os_read_file(&text, p->ini, INI_MAX, err)) == TANU_OK)
		st = ini_load(&s->settings, (const char *)text.data, text.len, p->ini, err);
	if (st == TANU_OK &&
	    ((st = storage_check(&s->settings, err)) < 0 ||
	     (st = pad_check(&s->settings, err)) < 0 || (st = law_settle(&s->settings, err)) < 0))
		error_prefix_place(err, p->ini);
	buf_free(&text);
	return st;
}

tanu_status ini_edit(const struct site_paths *p, const char *name, const char *value,
		     tanu_error *err)
{
	struct buf old = {0}, text = {0};
	tanu_status st = TANU_OK;

	if (os_exists(p->ini))
		st = os_read_file(&old, p->ini, INI_MAX, err);
	if (st == TANU_OK) {
		settings_edit_ini(&text, &old, name, value);
		st = buf_check(&text, err);
	}
	if (st == TANU_OK)
		st = os_replace_file(p->ini, text.data, text.len, 0600, err);
	buf_free(&old);
	buf_free(&text);
	return st;
}

tanu_status site_root_write(struct service *s, const struct site_paths *p, bool tpm,
			    tanu_error *err)
{
	const char *root = tpm ? "tpm" : "file";
	tanu_status st;

	if ((st = ini_edit(p, "keys.root", root, err)) < 0 ||
	    (st = settings_set(&s->settings, "keys.root", root, err)) < 0 || !tpm)
		return st;
	if ((st = ini_edit(p, "keys.tcti", s->tcti, err)) < 0)
		return st;
	return settings_set(&s->settings, "keys.tcti", s->tcti, err);
}

tanu_status service_root_move(struct service *s, bool tpm, tanu_error *err)
{
	struct site_paths p;
	tanu_status st;

	if ((st = site_paths(&p, s->dir, err)) < 0 ||
	    (st = vault_move_root(s->vault, tpm ? &s->chip : NULL, clock_now(&s->clock), err)) < 0)
		return st;
	return site_root_write(s, &p, tpm, err);
}

/* ---- opening and closing ---- */

static tanu_status refuse_missing(const struct site_paths *p, const char *dir, tanu_error *err)
{
	if (os_exists(p->making))
		return tanu_fail(err, TANU_ERR_FOLDER_MISSING, dir,
				 "making this site broke off: run tanu init again");
	if (!os_exists(p->db))
		return tanu_fail(err, TANU_ERR_FOLDER_MISSING, dir,
				 "no site in this folder: name one with --data, or make one with "
				 "tanu init");
	return TANU_OK;
}

static tanu_status folder_lock(struct service *s, const struct service_options *options,
			       const char *path, tanu_error *err)
{
	tanu_error why = {0};
	tanu_status st;

	if (options->lock) {
		s->lock = *options->lock;
		*options->lock = (struct os_lock){0};
		return TANU_OK;
	}
	st = os_lock_take(&s->lock, path, &why);
	if (st == TANU_BUSY && options->borrow)
		return os_lock_borrow(&s->lock, s->dir, err);
	if (st < 0 && err)
		*err = why;
	return st;
}

tanu_status service_open(struct service **out, const struct service_options *options,
			 tanu_error *err)
{
	struct service *s = calloc(1, sizeof(*s));
	struct site_paths p;
	tanu_status st;

	if (!s)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	site_init(s, options);
	if ((st = crypto_init(err)) < 0 || (st = site_paths(&p, s->dir, err)) < 0 ||
	    (st = refuse_missing(&p, s->dir, err)) < 0)
		goto out;
	if ((st = folder_lock(s, options, p.lock, err)) < 0 ||
	    (st = refuse_missing(&p, s->dir, err)) < 0)
		goto out;
	if ((st = site_settings_read(s, &p, err)) < 0 ||
	    (st = store_sqlite_open(&s->store, p.db, false, err)) < 0 ||
	    (st = clock_load(s, p.db, err)) < 0 || (st = site_keys_open(s, &p, err)) < 0 ||
	    (st = keys_belong(s, &p, err)) < 0 || (st = journal_open(s, &p, err)) < 0)
		goto out;
	st = site_repair(s, err);
out:
	if (st < 0)
		service_close(&s);
	else
		*out = s;
	return st;
}

void service_close(struct service **service)
{
	struct service *s = service ? *service : NULL;

	if (!s)
		return;
	engine_drop(s);
	journal_close(s);
	buf_free(&s->farewell.record);
	vault_close(&s->vault);
	permit_book_close(&s->book);
	if (s->store)
		s->store->calls->close(s->store);
	os_lock_drop(&s->lock);
	settings_free(&s->settings);
	settings_free(&s->written);
	id_list_free(&s->embedded);
	free(s->gone.v);
	mem_wipe(s, sizeof(*s));
	free(s);
	*service = NULL;
}

const struct settings *service_setting_values(const struct service *service)
{
	return &service->settings;
}
