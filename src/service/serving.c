/* SPDX-License-Identifier: Apache-2.0 */
/* What a server on a site needs of it besides the use cases. */
#include "service/internal.h"

#include "receipt/receipt.h"

#include <stdio.h>
#include <string.h>

#define META_SERVER_KEY "server-key"

struct store *service_store(struct service *s)
{
	return s->store;
}

void service_mark(struct service *s, tanu_status (*mark)(void *self, tanu_error *err), void *self)
{
	s->mark = mark;
	s->mark_self = self;
}

tanu_status service_log_dir(const struct service *s, char *out, size_t out_len, tanu_error *err)
{
	struct site_paths p;
	tanu_status st = site_paths(&p, s->dir, err);

	if (st == TANU_OK && strlen(p.log) >= out_len)
		st = tanu_fail(err, TANU_ERR_PATH_TOO_LONG, p.log, "this path is too long");
	if (st == TANU_OK)
		snprintf(out, out_len, "%s", p.log);
	return st;
}

tanu_status service_lock_copy(const struct service *s, struct os_lock *out, tanu_error *err)
{
	return os_lock_copy(out, &s->lock, err);
}

tanu_status service_page_path(char *out, size_t out_len, tanu_error *err)
{
	return receipt_page_path(out, out_len, err);
}

bool service_is_minor(const struct service *s, tanu_date born)
{
	return tanu_age_on(born, date_from_ms(clock_now(&s->clock))) <
	       settings_majority_years(&s->settings);
}

bool service_is_asked(const struct service *s, tanu_date born)
{
	return tanu_age_on(born, date_from_ms(clock_now(&s->clock))) >=
	       settings_int(&s->settings, "consent.assent_years");
}

/* ---- a key for the server ---- */

static tanu_status key_make(struct service *s, const struct key_name *name, uint8_t out[SECRET_LEN],
			    tanu_error *err)
{
	struct buf sealed = {0};
	tanu_status st;

	random_fill(&s->random, out, SECRET_LEN);
	if ((st = vault_seal(s->vault, &sealed, name, &s->site, RECORD_VERSION, out, SECRET_LEN,
			     err)) == TANU_OK &&
	    (st = tx_begin(s, err)) == TANU_OK)
		st = tx_end(s, DB(s, meta_set, META_SERVER_KEY, sealed.data, sealed.len, err), err);
	buf_free(&sealed);
	return st;
}

tanu_status service_server_key(struct service *s, uint8_t out[SECRET_LEN], tanu_error *err)
{
	struct key_name name = {.subject = s->site, .kind = KEY_PROFILE};
	struct buf sealed = {0}, plain = {0};
	tanu_status st = DB(s, meta_get, &sealed, META_SERVER_KEY, err);

	if (st == TANU_OK && sealed.len == 0) {
		st = key_make(s, &name, out, err);
		goto out;
	}
	if (st == TANU_OK)
		st = vault_unseal(s->vault, &plain, &name, &s->site, RECORD_VERSION, sealed.data,
				  sealed.len, err);
	if (st == TANU_OK && plain.len != SECRET_LEN)
		st = tanu_fail(err, TANU_ERR_DB_DAMAGED, META_SERVER_KEY, "this is not a key");
	if (st == TANU_OK)
		memcpy(out, plain.data, SECRET_LEN);
out:
	buf_free(&sealed);
	buf_wipe(&plain);
	return st;
}

/* ---- settings ---- */

static const struct setting_row *row_of(const struct settings *settings, const char *name)
{
	for (size_t i = 0; i < settings->count; i++)
		if (!strcmp(settings->rows[i].name, name))
			return &settings->rows[i];
	return NULL;
}

static tanu_status settings_copy(struct settings *out, const struct settings *from, tanu_error *err)
{
	tanu_status st = settings_init(out, from->rows, from->count, err);

	for (size_t i = 0; i < from->count && st == TANU_OK; i++)
		st = settings_set(out, from->rows[i].name, from->values[i], err);
	return st;
}

const struct settings *service_settings_written(const struct service *s)
{
	return s->written.count ? &s->written : &s->settings;
}

tanu_status service_setting_set(struct service *s, const char *name, const char *value,
				tanu_error *err)
{
	const struct setting_row *row = row_of(&s->settings, name);
	struct settings next = {0};
	struct site_paths p;
	tanu_status st;

	if (!row)
		return tanu_fail(err, TANU_ERR_SETTING, name, "there is no such setting");
	if (!strncmp(name, "keys.", 5))
		return tanu_fail(err, TANU_ERR_SETTING, name,
				 "the root of the keys is moved with \"tanu keys root\", at the "
				 "machine");
	if (!utf8_plain(value, strlen(value)))
		return tanu_fail(err, TANU_ERR_SETTING, name, "write it on one line");
	/* Tried on a copy first: a value that does not hold is not written. */
	if ((st = settings_copy(&next, service_settings_written(s), err)) < 0 ||
	    (st = settings_set(&next, name, value, err)) < 0 ||
	    (st = storage_check(&next, err)) < 0 || (st = pad_check(&next, err)) < 0 ||
	    (st = site_paths(&p, s->dir, err)) < 0 || (st = ini_edit(&p, name, value, err)) < 0) {
		settings_free(&next);
		return st;
	}
	settings_free(&s->written);
	s->written = next;
	return row->reloadable ? settings_set(&s->settings, name, value, err) : TANU_OK;
}
