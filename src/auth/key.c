/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of programs: "tanu-" and 32 random bytes, of which a digest is kept. */
#include "auth/inside.h"

#include <stdio.h>
#include <string.h>

#define PREFIX	    "tanu-"
#define PREFIX_LEN  (sizeof(PREFIX) - 1)
#define NUMBER_LEN  4 /* in the name of a relying party's key */
#define KEY_LIFE_MS (366 * DAY_MS)

static const char use_key[] = "api key";

static tanu_status row_seal(struct auth *a, struct token_row *row, const char *name,
			    unsigned scopes, tanu_error *err)
{
	struct buf plain = {0};
	struct json_w w;
	tanu_status st;

	jw_init(&w, &plain);
	jw_object(&w, NULL);
	jw_text(&w, "name", name);
	jw_int(&w, "scopes", (int64_t)scopes);
	jw_end_object(&w);
	if ((st = buf_check(&plain, err)) == TANU_OK)
		st = auth_seal(a, &row->sealed, &plain, &row->owner, err);
	buf_wipe(&plain);
	return st;
}

static tanu_status row_open(struct auth *a, struct api_key_view *out, const struct token_row *row,
			    tanu_error *err)
{
	struct json_doc *doc = NULL;
	struct buf plain = {0};
	const char *name = NULL;
	int64_t scopes = 0;
	tanu_status st;

	*out = (struct api_key_view){.id = row->owner,
				     .created_ms = row->created_ms,
				     .expires_ms = row->expires_ms,
				     .seen_ms = row->seen_ms};
	if ((st = auth_open_sealed(a, &plain, &row->sealed, &row->owner, err)) == TANU_OK &&
	    (st = json_parse(&doc, plain.data, plain.len, 4096, "key", err)) == TANU_OK &&
	    (st = json_text(&name, json_root(doc), "name", err)) == TANU_OK &&
	    (st = json_int(&scopes, json_root(doc), "scopes", err)) == TANU_OK) {
		snprintf(out->name, sizeof(out->name), "%s", name);
		out->scopes = (unsigned)scopes;
	}
	json_free(&doc);
	buf_wipe(&plain);
	return st;
}

tanu_status auth_key_add(struct auth *auth, char key[API_KEY_TEXT_LEN], struct api_key_view *out,
			 const char *name, unsigned scopes, int64_t expires_ms, tanu_error *err)
{
	int64_t now_ms = clock_now(&auth->clock);
	struct token_row row = {.kind = TOKEN_API_KEY,
				.created_ms = now_ms,
				.expires_ms = expires_ms ? expires_ms : now_ms + KEY_LIFE_MS,
				.seen_ms = now_ms};
	tanu_status st;

	if ((st = account_name_check(name, err)) < 0)
		return st;
	if (row.expires_ms <= now_ms)
		return tanu_fail(err, TANU_ERR_DATE, "until", "this day has passed");
	auth_id_new(auth, &row.owner);
	memcpy(key, PREFIX, PREFIX_LEN);
	secret_make(auth, key + PREFIX_LEN);
	secret_digest(auth, row.digest, use_key, key + PREFIX_LEN);
	if ((st = row_seal(auth, &row, name, scopes, err)) == TANU_OK) {
		if ((st = store_enter(auth, err)) == TANU_OK &&
		    (st = store_begin(auth, err)) == TANU_OK)
			st = store_end(auth, AUTH_DB(auth, token_put, &row, err), err);
		store_leave(auth);
	}
	if (st == TANU_OK)
		st = row_open(auth, out, &row, err);
	buf_free(&row.sealed);
	return st;
}

tanu_status auth_key_add_asking(struct auth *auth, char key[API_KEY_TEXT_LEN],
				struct api_key_view *out, tanu_error *err)
{
	char name[ACCOUNT_NAME_MAX + 1], hex[2 * NUMBER_LEN + 1];
	uint8_t number[NUMBER_LEN];

	random_fill(&auth->random, number, sizeof(number));
	hex_encode(hex, number, sizeof(number));
	snprintf(name, sizeof(name), "relying-%s", hex);
	return auth_key_add(auth, key, out, name, SCOPE_FACES_ASK, 0, err);
}

struct each_key {
	struct auth *a;
	tanu_status (*each)(void *self, const struct api_key_view *v, tanu_error *err);
	void *self;
};

static tanu_status each_row(void *self, const struct token_row *row, tanu_error *err)
{
	const struct each_key *e = self;
	struct api_key_view view;
	tanu_status st = row_open(e->a, &view, row, err);

	return st == TANU_OK ? e->each(e->self, &view, err) : st;
}

tanu_status auth_key_each(struct auth *auth,
			  tanu_status (*each)(void *self, const struct api_key_view *v,
					      tanu_error *err),
			  void *self, tanu_error *err)
{
	struct each_key e = {auth, each, self};
	tanu_status st = store_enter(auth, err);

	if (st == TANU_OK)
		st = AUTH_DB(auth, token_each, TOKEN_API_KEY, NULL, each_row, &e, err);
	store_leave(auth);
	return st;
}

static tanu_status count_row(void *self, const struct token_row *row, tanu_error *err)
{
	(void)row;
	(void)err;
	++*(size_t *)self;
	return TANU_OK;
}

tanu_status auth_key_remove(struct auth *auth, const tanu_id *id, tanu_error *err)
{
	size_t found = 0;
	tanu_status st = store_enter(auth, err);

	if (st == TANU_OK &&
	    (st = AUTH_DB(auth, token_each, TOKEN_API_KEY, id, count_row, &found, err)) ==
		TANU_OK &&
	    found == 0)
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, NULL, "there is no key of this id");
	if (st == TANU_OK && (st = store_begin(auth, err)) == TANU_OK)
		st = store_end(auth, AUTH_DB(auth, token_delete_of, TOKEN_API_KEY, id, err), err);
	store_leave(auth);
	return st;
}

static tanu_status touch(struct auth *a, struct token_row *row, int64_t now_ms, tanu_error *err)
{
	tanu_status st;

	if (now_ms - row->seen_ms < DAY_MS)
		return TANU_OK;
	row->seen_ms = now_ms;
	if ((st = store_begin(a, err)) < 0)
		return st;
	return store_end(a, AUTH_DB(a, token_set, row, err), err);
}

tanu_status auth_key(struct auth *auth, struct session_view *out, const char *key, tanu_error *err)
{
	int64_t now_ms = clock_now(&auth->clock);
	uint8_t digest[DIGEST_LEN];
	struct api_key_view view = {0};
	struct token_row row = {0};
	tanu_error why = {0};
	tanu_status st;

	if (strncmp(key, PREFIX, PREFIX_LEN) != 0 ||
	    !secret_digest(auth, digest, use_key, key + PREFIX_LEN))
		return tanu_fail(err, TANU_ERR_SIGNED_OUT, NULL, "this is no key of this site");
	if ((st = store_enter(auth, &why)) == TANU_OK)
		st = AUTH_DB(auth, token_get, &row, digest, &why);
	if (st == TANU_OK && (row.kind != TOKEN_API_KEY || now_ms >= row.expires_ms))
		st = TANU_NOT_FOUND;
	if (st == TANU_OK && (st = row_open(auth, &view, &row, &why)) == TANU_OK)
		st = touch(auth, &row, now_ms, &why);
	store_leave(auth);
	buf_free(&row.sealed);
	if (st == TANU_NOT_FOUND)
		return tanu_fail(err, TANU_ERR_SIGNED_OUT, NULL, "this key opens nothing any more");
	if (st < 0 && err)
		*err = why;
	if (st < 0)
		return st;
	*out = (struct session_view){
	    .account = view.id, .id = view.id, .scopes = view.scopes, .ends_ms = view.expires_ms};
	snprintf(out->name, sizeof(out->name), "%s", view.name);
	return TANU_OK;
}
