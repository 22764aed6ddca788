/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that may be repeated. A row under a digest of account and key is put by the same
 * transaction that does the act; the answer is added after it. A program that dies in between
 * leaves a row without an answer: the act is done, and is not done again.
 */
#include "auth/inside.h"

#include <string.h>

#define ANSWER_MAX ((size_t)1 << 20)

static void row_digest(const struct auth *a, uint8_t out[DIGEST_LEN], const struct repeat_key *key)
{
	static const char use[] = "repeat";
	const struct bytes parts[] = {{use, sizeof(use)},
				      {key->account.b, sizeof(key->account.b)},
				      {key->key, strlen(key->key)}};

	mac_parts(out, a->key, parts, ARRAY_LEN(parts));
}

/* What is sealed: the digest of the request, then the answer, which may be none yet. */
static tanu_status row_fill(struct auth *a, struct token_row *row, const struct repeat_key *key,
			    const struct buf *answer, tanu_error *err)
{
	int64_t now_ms = clock_now(&a->clock);
	struct buf plain = {.max = ANSWER_MAX + DIGEST_LEN};
	tanu_status st;

	*row = (struct token_row){.kind = TOKEN_ANSWER,
				  .owner = key->account,
				  .created_ms = now_ms,
				  .expires_ms = now_ms + DAY_MS,
				  .seen_ms = now_ms};
	row_digest(a, row->digest, key);
	buf_put(&plain, key->what, sizeof(key->what));
	if (answer && answer->len <= ANSWER_MAX)
		buf_put(&plain, answer->data, answer->len);
	if ((st = buf_check(&plain, err)) == TANU_OK)
		st = auth_seal(a, &row->sealed, &plain, &row->owner, err);
	buf_wipe(&plain);
	return st;
}

static tanu_status row_read(struct auth *a, enum repeat *out, struct buf *answer,
			    const struct token_row *row, const struct repeat_key *key,
			    tanu_error *err)
{
	struct buf plain = {.max = ANSWER_MAX + DIGEST_LEN};
	tanu_status st = auth_open_sealed(a, &plain, &row->sealed, &row->owner, err);

	if (st == TANU_OK && plain.len < DIGEST_LEN)
		st = tanu_fail(err, TANU_ERR_DB_DAMAGED, "answer", "this row is not whole");
	if (st < 0)
		goto out;
	*out = REPEAT_ANSWERED;
	if (memcmp(plain.data, key->what, DIGEST_LEN) != 0)
		*out = REPEAT_OTHER;
	else if (plain.len == DIGEST_LEN)
		*out = REPEAT_UNKNOWN;
	else
		buf_put(answer, plain.data + DIGEST_LEN, plain.len - DIGEST_LEN);
	st = buf_check(answer, err);
out:
	buf_wipe(&plain);
	return st;
}

tanu_status auth_repeat_look(struct auth *auth, enum repeat *out, struct buf *answer,
			     const struct repeat_key *key, tanu_error *err)
{
	uint8_t digest[DIGEST_LEN];
	struct token_row row = {0};
	tanu_error why = {0};
	tanu_status st = store_enter(auth, &why);

	*out = REPEAT_FIRST;
	row_digest(auth, digest, key);
	if (st == TANU_OK)
		st = AUTH_DB(auth, token_get, &row, digest, &why);
	if (st == TANU_OK && row.kind == TOKEN_ANSWER && clock_now(&auth->clock) < row.expires_ms)
		st = row_read(auth, out, answer, &row, key, &why);
	else if (st == TANU_NOT_FOUND)
		st = TANU_OK;
	store_leave(auth);
	buf_free(&row.sealed);
	if (st < 0 && err)
		*err = why;
	return st;
}

tanu_status auth_repeat_take(struct auth *auth, const struct repeat_key *key, tanu_error *err)
{
	struct token_row row;
	tanu_status st = row_fill(auth, &row, key, NULL, err);

	if (st == TANU_OK && (st = AUTH_DB(auth, token_delete, row.digest, err)) == TANU_OK)
		st = AUTH_DB(auth, token_put, &row, err);
	buf_free(&row.sealed);
	return st;
}

tanu_status auth_repeat_answer(struct auth *auth, const struct repeat_key *key,
			       const struct buf *answer, tanu_error *err)
{
	struct token_row row;
	tanu_status st = row_fill(auth, &row, key, answer, err);

	if (st == TANU_OK) {
		if ((st = store_enter(auth, err)) == TANU_OK &&
		    (st = store_begin(auth, err)) == TANU_OK) {
			if ((st = AUTH_DB(auth, token_delete, row.digest, err)) == TANU_OK)
				st = AUTH_DB(auth, token_put, &row, err);
			st = store_end(auth, st, err);
		}
		store_leave(auth);
	}
	buf_free(&row.sealed);
	return st;
}
