/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A data folder, made. While that goes on the file tanu.making stands in it; its removal is the
 * last step. So a folder that has it holds nobody's data, and one that lacks it is never
 * overwritten.
 */
#include "service/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static tanu_status refuse_existing(const struct site_paths *p, tanu_error *err)
{
	if (os_exists(p->making)) /* broke off half-way: nobody's data can be in it */
		return TANU_OK;
	if (os_exists(p->db) || os_exists(p->keys) || os_exists(p->ini))
		return tanu_fail(err, TANU_ERR_FOLDER_EXISTS, p->ini,
				 "there is a site in this folder already: open it, or choose "
				 "another folder");
	return TANU_OK;
}

static tanu_status destroy_entry(void *self, const char *name, tanu_error *err)
{
	char path[OS_PATH_MAX];
	tanu_status st = os_path(path, sizeof(path), self, name, err);

	return st < 0 ? st : os_destroy_file(path, err);
}

/* Clear away what a broken-off attempt has left. */
static tanu_status clear_half_made(struct site_paths *p, tanu_error *err)
{
	static const char *const tails[] = {"", "-wal", "-shm", "-journal"};
	char path[OS_PATH_MAX + 16];
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < ARRAY_LEN(tails) && st == TANU_OK; i++) {
		snprintf(path, sizeof(path), "%s%s", p->db, tails[i]);
		st = os_destroy_file(path, err);
	}
	if (st == TANU_OK && os_is_dir(p->keys))
		st = os_list_dir(p->keys, destroy_entry, p->keys, err);
	if (st == TANU_OK)
		st = os_destroy_file(p->ini, err);
	return st;
}

static tanu_status write_ini(const struct site_paths *p, const char *site, const char *profile,
			     tanu_error *err)
{
	struct service check = {0};
	struct buf text = {0};
	tanu_status st;

	settings_write_ini(&text, site, law_find(profile));
	if ((st = buf_check(&text, err)) < 0)
		goto out;
	if ((st = os_replace_file(p->ini, text.data, text.len, 0600, err)) < 0)
		goto out;
	/* The name must read back as it was given. */
	if ((st = site_settings_read(&check, p, err)) < 0)
		goto out;
	if (strcmp(settings_text(&check.settings, "site.name"), site) != 0)
		st = tanu_fail(err, TANU_ERR_SETTING, "site.name",
			       "this name cannot be kept in an ini file: leave out semicolons, "
			       "and blanks at its ends");
out:
	settings_free(&check.settings);
	buf_free(&text);
	return st;
}

/* The keys, their root where it is wanted and the settings saying so. */
static tanu_status make_keys(struct service *s, const struct site_paths *p, bool tpm,
			     tanu_error *err)
{
	tanu_status st;

	site_chip_choose(s);
	if (tpm && (st = site_root_write(s, p, true, err)) < 0)
		return st;
	return vault_create(p->keys, &s->random, tpm ? &s->chip : NULL, clock_now(&s->clock), err);
}

/* The database and the key that ties it to keys/. */
static tanu_status make_site(struct service *s, const struct site_paths *p, bool tpm,
			     tanu_error *err)
{
	struct key_list keys = {0};
	tanu_status st;

	if ((st = make_keys(s, p, tpm, err)) < 0 ||
	    (st = store_sqlite_open(&s->store, p->db, true, err)) < 0 ||
	    (st = site_keys_open(s, p, err)) < 0)
		return st;
	id_new(s, &s->site);
	if ((st = key_list_add(&keys, &s->site, KEY_PROFILE, 0, err)) == TANU_OK)
		st = keys_add(s, &keys, err);
	key_list_free(&keys);
	if (st < 0 || (st = tx_begin(s, err)) < 0)
		return st;
	if ((st = DB(s, meta_set, META_SITE, s->site.b, sizeof(s->site.b), err)) == TANU_OK)
		st = papers_begin(s, err);
	if (st == TANU_OK)
		st = journal_create(s, err);
	return tx_end(s, st, err);
}

static tanu_status check_site_name(const char *site, tanu_error *err)
{
	size_t len = strlen(site);

	if (len == 0 || len > SITE_NAME_MAX || !utf8_plain(site, len))
		return tanu_fail(err, TANU_ERR_SETTING, "site.name",
				 "the site's name has 1 to %d bytes of plain text", SITE_NAME_MAX);
	return TANU_OK;
}

static tanu_status not_empty(void *self, const char *name, tanu_error *err)
{
	(void)name;
	(void)err;
	*(bool *)self = true;
	return TANU_OK;
}

/*
 * A folder that was made beforehand becomes private, as one made here. Where other things are in it
 * their owner may have shared it: it stays as it is, and `tanu doctor` tells.
 */
static tanu_status make_folder(const char *dir, tanu_error *err)
{
	bool filled = false;
	tanu_status st;

	if ((st = os_make_dir(dir, 0700, err)) < 0 ||
	    (st = os_list_dir(dir, not_empty, &filled, err)) < 0)
		return st;
	return filled ? TANU_OK : os_close_dir(dir, err);
}

tanu_status service_create(const struct service_options *options, const char *site, tanu_error *err)
{
	const char *profile = options->profile ? options->profile : "none";
	struct service *s = calloc(1, sizeof(*s));
	struct site_paths p;
	tanu_status st;

	if (!s)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	site_init(s, options);
	if ((st = law_require(NULL, profile, err)) < 0 || (st = check_site_name(site, err)) < 0 ||
	    (st = crypto_init(err)) < 0 || (st = site_paths(&p, s->dir, err)) < 0 ||
	    (st = make_folder(s->dir, err)) < 0)
		goto out;
	if ((st = os_lock_take(&s->lock, p.lock, err)) < 0 || (st = refuse_existing(&p, err)) < 0)
		goto out;
	if ((st = os_replace_file(p.making, "", 0, 0600, err)) < 0 ||
	    (st = clear_half_made(&p, err)) < 0 || (st = write_ini(&p, site, profile, err)) < 0 ||
	    (st = site_settings_read(s, &p, err)) < 0 ||
	    (st = make_site(s, &p, options->tpm, err)) < 0)
		goto out;
	st = os_destroy_file(p.making, err);
out:
	service_close(&s);
	return st;
}
