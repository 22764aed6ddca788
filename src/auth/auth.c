/* SPDX-License-Identifier: Apache-2.0 */
/* What all of auth/ stands on: the guard, keyed digests, seals. */
#include "auth/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_MS (30 * MINUTE_MS)
#define LIFE_MS (12 * 60 * MINUTE_MS)

static const struct {
	unsigned bit;
	const char *word;
} roles[] =
    {
#define X(name, bit, word) {1 << (bit), word},
	ROLE_LIST(X)
#undef X
},
  scopes[] = {
#define X(name, bit, word) {1 << (bit), word},
      SCOPE_LIST(X)
#undef X
};

unsigned role_of(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (!strcmp(roles[i].word, word))
			return roles[i].bit;
	return 0;
}

const char *role_word(unsigned role)
{
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (roles[i].bit == role)
			return roles[i].word;
	return "";
}

unsigned scope_of(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(scopes); i++)
		if (!strcmp(scopes[i].word, word))
			return scopes[i].bit;
	return 0;
}

const char *scope_word(unsigned scope)
{
	for (size_t i = 0; i < ARRAY_LEN(scopes); i++)
		if (scopes[i].bit == scope)
			return scopes[i].word;
	return "";
}

/* ---- opening and closing ---- */

static tanu_status prepare(struct auth *a, const struct auth_options *o, tanu_error *err)
{
	char nobody[SESSION_TEXT_LEN];
	tanu_status st;

	a->key = secret_new();
	a->slow = calloc(SLOW_ROWS, sizeof(*a->slow));
	if (!a->key || !a->slow)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	*a->key = *o->key;
	secret_make(a, nobody);
	st = password_hash(a->nobody, nobody, a->hash_memory, err);
	mem_wipe(nobody, sizeof(nobody));
	return st;
}

tanu_status auth_open(struct auth **out, const struct auth_options *options, tanu_error *err)
{
	struct auth *a = calloc(1, sizeof(*a));
	tanu_status st;

	if (!a)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	a->store = options->store;
	a->clock = options->clock.now_ms ? options->clock : os_clock();
	a->random = options->random.fill ? options->random : os_random();
	snprintf(a->issuer, sizeof(a->issuer), "%s", options->issuer ? options->issuer : "Tanu");
	a->enter = options->enter;
	a->leave = options->leave;
	a->self = options->self;
	a->idle_ms = options->idle_ms ? options->idle_ms : IDLE_MS;
	a->hash_memory = options->hash_memory ? options->hash_memory : PASSWORD_MEMORY;
	a->life_ms = options->life_ms ? options->life_ms : LIFE_MS;
	pthread_mutex_init(&a->slow_lock, NULL);
	pthread_mutex_init(&a->hashing, NULL);
	if ((st = prepare(a, options, err)) < 0)
		auth_close(&a);
	else
		*out = a;
	return st;
}

void auth_close(struct auth **auth)
{
	struct auth *a = auth ? *auth : NULL;

	if (!a)
		return;
	secret_free(&a->key);
	free(a->slow);
	pthread_mutex_destroy(&a->slow_lock);
	pthread_mutex_destroy(&a->hashing);
	mem_wipe(a, sizeof(*a));
	free(a);
	*auth = NULL;
}

void auth_store(struct auth *auth, struct store *store)
{
	auth->store = store;
}

/* ---- the guard ---- */

tanu_status store_enter(struct auth *a, tanu_error *err)
{
	if (a->enter)
		a->enter(a->self);
	if (a->store)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_FOLDER_BUSY, NULL,
			 "the data folder is lent to another program for a moment: try again");
}

void store_leave(struct auth *a)
{
	if (a->leave)
		a->leave(a->self);
}

tanu_status store_begin(struct auth *a, tanu_error *err)
{
	return a->store->calls->begin(a->store, err);
}

tanu_status store_end(struct auth *a, tanu_status st, tanu_error *err)
{
	if (st == TANU_OK)
		st = a->store->calls->commit(a->store, err);
	if (st < 0)
		a->store->calls->rollback(a->store);
	return st;
}

/* ---- digests and seals ---- */

void auth_digest(const struct auth *a, uint8_t out[DIGEST_LEN], const char *use, const void *bytes,
		 size_t len)
{
	const struct bytes parts[] = {{use, strlen(use)}, {bytes, len}};

	mac_parts(out, a->key, parts, ARRAY_LEN(parts));
}

void secret_make(struct auth *a, char out[SESSION_TEXT_LEN])
{
	uint8_t raw[DIGEST_LEN];
	struct buf text = {0};

	random_fill(&a->random, raw, sizeof(raw));
	base64url_put(&text, raw, sizeof(raw));
	snprintf(out, SESSION_TEXT_LEN, "%s", buf_cstr(&text));
	mem_wipe(raw, sizeof(raw));
	buf_wipe(&text);
}

bool secret_digest(const struct auth *a, uint8_t out[DIGEST_LEN], const char *use, const char *text)
{
	if (!text || strlen(text) != SESSION_TEXT_LEN - 1)
		return false;
	auth_digest(a, out, use, text, strlen(text));
	return true;
}

tanu_status auth_seal(struct auth *a, struct buf *out, const struct buf *plain, const tanu_id *id,
		      tanu_error *err)
{
	uint8_t *room = calloc(1, plain->len + SEAL_OVERHEAD);
	tanu_status st;

	if (!room)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	st = seal(room, plain->len + SEAL_OVERHEAD, a->key, plain->data, plain->len, id->b,
		  sizeof(id->b), &a->random, err);
	if (st == TANU_OK) {
		buf_put(out, room, plain->len + SEAL_OVERHEAD);
		st = buf_check(out, err);
	}
	free(room);
	return st;
}

tanu_status auth_open_sealed(struct auth *a, struct buf *plain, const struct buf *sealed,
			     const tanu_id *id, tanu_error *err)
{
	size_t len = sealed->len > SEAL_OVERHEAD ? sealed->len - SEAL_OVERHEAD : 0;
	uint8_t *room = calloc(1, len + 1);
	tanu_status st;

	if (!room)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	if (len == 0)
		st = tanu_fail(err, TANU_ERR_DB_DAMAGED, "account", "this row is too short");
	else
		st = seal_open(room, len, a->key, sealed->data, sealed->len, id->b, sizeof(id->b),
			       err);
	if (st == TANU_OK) {
		buf_put(plain, room, len);
		st = buf_check(plain, err);
	}
	mem_wipe(room, len);
	free(room);
	return st;
}

void auth_id_new(struct auth *a, tanu_id *out)
{
	random_fill(&a->random, out->b, sizeof(out->b));
}

tanu_status slow_hash(struct auth *a, char out[PASSWORD_HASH_LEN], const char *password,
		      tanu_error *err)
{
	tanu_status st;

	pthread_mutex_lock(&a->hashing);
	st = password_hash(out, password, a->hash_memory, err);
	pthread_mutex_unlock(&a->hashing);
	return st;
}

bool slow_verify(struct auth *a, const char *hash, const char *password)
{
	bool right;

	pthread_mutex_lock(&a->hashing);
	right = password_verify(hash, password);
	pthread_mutex_unlock(&a->hashing);
	return right;
}

tanu_status auth_sweep(struct auth *auth, tanu_error *err)
{
	tanu_status st = store_enter(auth, err);

	if (st == TANU_OK && (st = store_begin(auth, err)) == TANU_OK)
		st = store_end(auth, AUTH_DB(auth, token_sweep, clock_now(&auth->clock), err), err);
	store_leave(auth);
	return st;
}
