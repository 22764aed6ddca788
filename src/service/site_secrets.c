/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of the site towards others: random, made when first needed, sealed in the database. */
#include "service/internal.h"

#include <string.h>

#define SECRETS_MAX 256

static tanu_status secrets_make(struct service *s, const char *name, void *out, size_t len,
				const struct key_name *key, tanu_error *err)
{
	uint8_t made[SECRETS_MAX];
	struct buf sealed = {0};
	tanu_status st;

	random_fill(&s->random, made, len);
	if ((st = vault_seal(s->vault, &sealed, key, &s->site, RECORD_VERSION, made, len, err)) ==
		TANU_OK &&
	    (st = tx_begin(s, err)) == TANU_OK)
		st = tx_end(s, DB(s, meta_set, name, sealed.data, sealed.len, err), err);
	if (st == TANU_OK)
		memcpy(out, made, len);
	mem_wipe(made, sizeof(made));
	buf_free(&sealed);
	return st;
}

tanu_status site_secrets(struct service *s, const char *name, void *out, size_t len,
			 tanu_error *err)
{
	const struct key_name key = {.subject = s->site, .kind = KEY_PROFILE};
	struct buf sealed = {0}, plain = {0};
	tanu_status st;

	if (len > SECRETS_MAX)
		return BAD_CALL(err, "these are more keys than expected");
	st = DB(s, meta_get, &sealed, name, err);
	if (st == TANU_OK && sealed.len == 0)
		return secrets_make(s, name, out, len, &key, err);
	if (st == TANU_OK)
		st = vault_unseal(s->vault, &plain, &key, &s->site, RECORD_VERSION, sealed.data,
				  sealed.len, err);
	if (st == TANU_OK && plain.len != len)
		st = tanu_fail(err, TANU_ERR_DB_DAMAGED, name, "these are not the site's keys");
	if (st == TANU_OK)
		memcpy(out, plain.data, len);
	buf_free(&sealed);
	buf_wipe(&plain);
	return st;
}
