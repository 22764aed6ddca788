/* SPDX-License-Identifier: Apache-2.0 */
/* What a server on a site needs of it besides the use cases. */
#include "service/internal.h"

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

bool service_is_minor(const struct service *s, tanu_date born)
{
	return tanu_age_on(born, date_from_ms(clock_now(&s->clock))) <
	       settings_majority_years(&s->settings);
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

/* Tried on a copy first: a value that does not hold is not written. */
static tanu_status setting_try(const struct settings *now, const char *name, const char *value,
			       tanu_error *err)
{
	struct settings copy = {0};
	tanu_status st = settings_init(&copy, now->rows, now->count, err);

	for (size_t i = 0; i < now->count && st == TANU_OK; i++)
		st = settings_set(&copy, now->rows[i].name, now->values[i], err);
	if (st == TANU_OK && (st = settings_set(&copy, name, value, err)) == TANU_OK)
		st = storage_check(&copy, err);
	settings_free(&copy);
	return st;
}

tanu_status service_setting_set(struct service *s, const char *name, const char *value,
				tanu_error *err)
{
	const struct setting_row *row = row_of(&s->settings, name);
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
	if ((st = setting_try(&s->settings, name, value, err)) < 0 ||
	    (st = site_paths(&p, s->dir, err)) < 0 || (st = ini_edit(&p, name, value, err)) < 0)
		return st;
	return row->reloadable ? settings_set(&s->settings, name, value, err) : TANU_OK;
}
