/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every file below a path: searched for raw bytes from end to end, and known by its first bytes or
 * its name as a database, a key folder or a backup. Links are not followed, so that an audit stays
 * where it was pointed at.
 */
#include "service/erase_audit.h"

#include "service/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDERS_MAX ((size_t)1 << 20)

static const char sqlite_magic[] = "SQLite format 3";
static const char backup_magic[] = "TANUBKUP";

/* ---- folders, one after another ---- */

struct folders {
	char **v;
	size_t len, cap;
	const char *at; /* the one that is listed */
	tanu_status (*file)(void *self, const char *path, tanu_error *err);
	void *self;
};

static void folders_free(struct folders *f)
{
	for (size_t i = 0; i < f->len; i++)
		free(f->v[i]);
	free(f->v);
}

static tanu_status folders_add(struct folders *f, const char *path, tanu_error *err)
{
	if (f->len == FOLDERS_MAX)
		return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, path, "more folders than %zu",
				 FOLDERS_MAX);
	if (f->len == f->cap) {
		size_t cap = f->cap ? f->cap * 2 : 64;
		char **v = realloc(f->v, cap * sizeof(*v));

		if (!v)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
		f->v = v;
		f->cap = cap;
	}
	f->v[f->len] = strdup(path);
	if (!f->v[f->len])
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	f->len++;
	return TANU_OK;
}

static tanu_status see_entry(void *self, const char *name, tanu_error *err)
{
	struct folders *f = self;
	char path[OS_PATH_MAX];
	struct stat info;
	tanu_status st = os_path(path, sizeof(path), f->at, name, err);

	if (st < 0)
		return st;
	if (lstat(path, &info) < 0 || S_ISLNK(info.st_mode))
		return TANU_OK; /* gone meanwhile, or it leads elsewhere */
	if (S_ISDIR(info.st_mode))
		return folders_add(f, path, err);
	return S_ISREG(info.st_mode) ? f->file(f->self, path, err) : TANU_OK;
}

/* ---- one file ---- */

struct looking {
	struct audit *a;
	size_t place;
};

static size_t hits(const struct needles *n, size_t from, size_t to, const uint8_t *bytes,
		   size_t len)
{
	for (size_t i = from; i < to; i++)
		if (n->len[i] <= len && memmem(bytes, len, n->at[i], n->len[i]))
			return 1;
	return 0;
}

/* Bytes from end to end, in pieces that overlap by the longest of what is looked for. */
struct search {
	struct audit *a;
	size_t kept; /* at the beginning of the chunk, of what came before */
	size_t id, text;
	uint64_t done;
};

static void search_feed(struct search *s, const uint8_t *bytes, size_t len)
{
	const struct needles *n = &s->a->needles;
	uint8_t *chunk = s->a->chunk;

	while (len > 0) {
		const size_t part = len < AUDIT_CHUNK ? len : AUDIT_CHUNK;
		const size_t have = s->kept + part;

		memcpy(chunk + s->kept, bytes, part);
		s->id |= hits(n, 0, n->ids, chunk, have);
		s->text |= hits(n, n->ids, n->count, chunk, have);
		s->kept = have < n->longest - 1 ? have : n->longest - 1;
		memmove(chunk, chunk + have - s->kept, s->kept);
		bytes += part;
		len -= part;
		s->done += part;
	}
}

static void search_end(const struct search *s, size_t place)
{
	struct erase_audit_place *p = &s->a->places[place];

	p->files++;
	p->bytes += s->done;
	p->id_files += s->id;
	p->text_files += s->text;
	if (s->a->order->progress)
		s->a->order->progress(s->a->order->self, s->done);
}

static tanu_status search_file(struct looking *l, const char *path, uint8_t first[16],
			       tanu_error *err)
{
	struct search search = {.a = l->a};
	size_t got = 1;
	struct os_file file;
	uint64_t size = 0;
	tanu_status st = os_file_open(&file, path, &size, err);

	memset(first, 0, 16);
	if (st < 0)
		return st;
	while (got > 0 &&
	       (st = os_file_read(&file, l->a->buffer, AUDIT_CHUNK, &got, err)) == TANU_OK) {
		if (search.done == 0)
			memcpy(first, l->a->buffer, got < 16 ? got : 16);
		search_feed(&search, l->a->buffer, got);
	}
	os_file_close(&file);
	search_end(&search, l->place);
	return st;
}

static tanu_status copy_file(const char *to, const char *from, struct audit *a, tanu_error *err)
{
	struct os_file in, out;
	uint64_t size = 0;
	size_t got = 1;
	tanu_status st = os_file_open(&in, from, &size, err);

	if (st < 0)
		return st;
	if ((st = os_file_begin(&out, to, 0600, err)) == TANU_OK) {
		while (st == TANU_OK && got > 0 &&
		       (st = os_file_read(&in, a->buffer, AUDIT_CHUNK, &got, err)) == TANU_OK &&
		       got > 0)
			st = os_file_write(&out, a->buffer, got, err);
		if (st == TANU_OK)
			st = os_file_commit(&out, err);
		os_file_abort(&out);
	}
	os_file_close(&in);
	return st;
}

/* With what its write-ahead log holds. */
static tanu_status take_database(struct looking *l, const char *path, tanu_error *err)
{
	char copy[OS_PATH_MAX], wal[OS_PATH_MAX + 8], wal_copy[OS_PATH_MAX + 8];
	tanu_status st;

	if ((st = audit_scratch(l->a, copy, "db", err)) < 0 ||
	    (st = copy_file(copy, path, l->a, err)) < 0)
		return st;
	snprintf(wal, sizeof(wal), "%s-wal", path);
	snprintf(wal_copy, sizeof(wal_copy), "%s-wal", copy);
	if (os_exists(wal) && (st = copy_file(wal_copy, wal, l->a, err)) < 0)
		return st;
	return audit_add_database(l->a, l->place, copy, path, err);
}

/* The way to the TPM that the settings beside a keys folder name. */
static void tcti_beside(char out[128], const char *folder)
{
	struct service *s = calloc(1, sizeof(*s));
	struct site_paths p;

	snprintf(out, 128, "%s", "device:/dev/tpmrm0");
	if (s && site_paths(&p, folder, NULL) == TANU_OK &&
	    site_settings_read(s, &p, NULL) == TANU_OK)
		snprintf(out, 128, "%.127s", settings_text(&s->settings, "keys.tcti"));
	if (s)
		settings_free(&s->settings);
	free(s);
}

/* `path` is the host.secret of a keys folder. */
static tanu_status take_keys(struct looking *l, const char *path, tanu_error *err)
{
	char folder[OS_PATH_MAX], above[OS_PATH_MAX], tcti[128];
	struct chip_source chip;
	struct vault *vault = NULL;
	char *slash;
	tanu_status st;

	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (!slash)
		return TANU_OK;
	*slash = '\0';
	snprintf(above, sizeof(above), "%s", folder);
	slash = strrchr(above, '/');
	if (slash)
		*slash = '\0';
	tcti_beside(tcti, above);
	chip = vault_tpm(tcti, NULL);
	if ((st = vault_look(&vault, folder, &l->a->random, &chip, err)) < 0)
		return st;
	if ((st = audit_add_keys(l->a, l->place, vault, err)) < 0)
		vault_close(&vault);
	return st;
}

static bool is_named(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash ? slash + 1 : path, name) == 0;
}

/* Trouble with one file is the place's, and the rest is looked at all the same. */
static tanu_status see_file(void *self, const char *path, tanu_error *err)
{
	struct looking *l = self;
	struct erase_audit_place *place = &l->a->places[l->place];
	uint8_t first[16];
	tanu_error why = {0};
	tanu_status st = search_file(l, path, first, &why);

	if (st == TANU_OK && memcmp(first, sqlite_magic, sizeof(sqlite_magic)) == 0)
		st = take_database(l, path, &why);
	else if (st == TANU_OK && is_named(path, "host.secret") &&
		 (st = take_keys(l, path, &why)) < 0 && st != TANU_SYSTEM && st != TANU_MEMORY) {
		/* they open nothing: an old copy, or not whole */
		place->keys_shut++;
		place->why_shut = why;
		return TANU_OK;
	} else if (st == TANU_OK && memcmp(first, backup_magic, sizeof(backup_magic) - 1) == 0)
		audit_backup(l->a, l->place, path);
	if (st == TANU_MEMORY) {
		if (err)
			*err = why;
		return st;
	}
	if (st < 0)
		audit_trouble(l->a, l->place, &why);
	return TANU_OK;
}

static tanu_status walk(struct audit *a, size_t place, const char *path,
			tanu_status (*file)(void *self, const char *path, tanu_error *err),
			struct looking *l, tanu_error *err)
{
	struct folders f = {.file = file, .self = l};
	tanu_status st = folders_add(&f, path, err);

	for (size_t i = 0; i < f.len && st == TANU_OK; i++) {
		tanu_error why = {0};

		f.at = f.v[i];
		st = os_list_dir(f.at, see_entry, &f, &why);
		if (st < 0 && st != TANU_MEMORY) {
			audit_trouble(a, place, &why);
			st = TANU_OK;
		}
	}
	folders_free(&f);
	return st;
}

tanu_status audit_walk(struct audit *a, size_t place, const char *path, tanu_error *err)
{
	struct looking l = {a, place};

	return os_is_dir(path) ? walk(a, place, path, see_file, &l, err) : see_file(&l, path, err);
}

/* ---- the site that is open ---- */

/* Its database is not opened a second time: SQLite's locks would go when that was closed. */
static tanu_status see_own_file(void *self, const char *path, tanu_error *err)
{
	struct looking *l = self;
	uint8_t first[16];
	tanu_error why = {0};

	(void)err;
	if (!is_named(path, "tanu.db") && search_file(l, path, first, &why) < 0)
		audit_trouble(l->a, l->place, &why);
	return TANU_OK;
}

static tanu_status feed_database(void *self, const void *bytes, size_t len, uint64_t total,
				 tanu_error *err)
{
	(void)total;
	(void)err;
	search_feed(self, bytes, len);
	return TANU_OK;
}

tanu_status audit_search_own(struct audit *a, tanu_error *err)
{
	struct looking l = {a, 0};
	struct search search = {.a = a};
	struct store *store = a->own->store;
	tanu_status st = store->calls->copy(store, feed_database, &search, err);

	if (st < 0)
		return st;
	search_end(&search, 0);
	return walk(a, 0, a->own->dir, see_own_file, &l, err);
}
