/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a person comes in: a paper with a token, and a code that is told apart from it. Neither works
 * alone; five wrong codes use the invitation up.
 */
#include "auth/inside.h"

#include <stdio.h>
#include <string.h>

#define LIFE_MS	   (7 * DAY_MS)
#define WRONG_MAX  5
#define CODE_SPACE 100000000u /* 8 digits */

static const char use_invitation[] = "invitation";

/* The sealed part: the code's digest, and how many wrong ones came. */
#define INSIDE_LEN (DIGEST_LEN + 1)

static void code_digest(const struct auth *a, uint8_t out[DIGEST_LEN], const uint8_t *token,
			const char *code)
{
	const struct bytes parts[] = {
	    {use_invitation, sizeof(use_invitation)}, {token, DIGEST_LEN}, {code, strlen(code)}};

	mac_parts(out, a->key, parts, ARRAY_LEN(parts));
}

static tanu_status inside_seal(struct auth *a, struct token_row *row,
			       const uint8_t inside[INSIDE_LEN], tanu_error *err)
{
	struct buf plain = {0};
	tanu_status st;

	row->sealed.len = 0;
	buf_put(&plain, inside, INSIDE_LEN);
	if ((st = buf_check(&plain, err)) == TANU_OK)
		st = auth_seal(a, &row->sealed, &plain, &row->owner, err);
	buf_wipe(&plain);
	return st;
}

static void code_make(struct auth *a, char out[INVITATION_CODE_LEN])
{
	uint32_t value;

	do
		random_fill(&a->random, &value, sizeof(value));
	while (value >= UINT32_MAX / CODE_SPACE * CODE_SPACE);
	snprintf(out, INVITATION_CODE_LEN, "%08u", (unsigned)(value % CODE_SPACE));
}

tanu_status auth_invite(struct auth *auth, struct invitation *out, const tanu_id *subject,
			tanu_error *err)
{
	int64_t now_ms = clock_now(&auth->clock);
	struct token_row row = {.kind = TOKEN_INVITATION,
				.owner = *subject,
				.created_ms = now_ms,
				.expires_ms = now_ms + LIFE_MS,
				.seen_ms = now_ms};
	uint8_t inside[INSIDE_LEN] = {0};
	tanu_status st;

	out->expires_ms = row.expires_ms;
	secret_make(auth, out->token);
	code_make(auth, out->code);
	secret_digest(auth, row.digest, use_invitation, out->token);
	code_digest(auth, inside, row.digest, out->code);
	st = store_enter(auth, err);
	if (st == TANU_OK && (st = inside_seal(auth, &row, inside, err)) == TANU_OK &&
	    (st = store_begin(auth, err)) == TANU_OK) {
		if ((st = AUTH_DB(auth, token_delete_of, TOKEN_INVITATION, subject, err)) ==
		    TANU_OK)
			st = AUTH_DB(auth, token_put, &row, err);
		st = store_end(auth, st, err);
	}
	store_leave(auth);
	buf_free(&row.sealed);
	return st;
}

/* ---- accepting ---- */

static tanu_status refused(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_INVITATION, NULL,
			 "this invitation does not open: ask for a new one at the desk");
}

/* A wrong code is counted, and the last one uses the invitation up. Part of a transaction. */
static tanu_status wrong_code(struct auth *a, struct token_row *row, uint8_t inside[INSIDE_LEN],
			      tanu_error *err)
{
	tanu_status st;

	if (++inside[DIGEST_LEN] >= WRONG_MAX)
		return AUTH_DB(a, token_delete, row->digest, err);
	if ((st = inside_seal(a, row, inside, err)) < 0)
		return st;
	return AUTH_DB(a, token_set, row, err);
}

/* The row if token and code fit; `*counted`: a wrong code was written down, which is to be kept. */
static tanu_status invitation_find(struct auth *a, struct token_row *row, bool *counted,
				   const struct accept *accept, tanu_error *err)
{
	uint8_t digest[DIGEST_LEN], code[DIGEST_LEN], inside[INSIDE_LEN] = {0};
	struct buf plain = {0};
	tanu_status st;

	*counted = false;
	if (!secret_digest(a, digest, use_invitation, accept->token) ||
	    AUTH_DB(a, token_get, row, digest, NULL) < 0 || row->kind != TOKEN_INVITATION ||
	    clock_now(&a->clock) >= row->expires_ms)
		return refused(err);
	if ((st = auth_open_sealed(a, &plain, &row->sealed, &row->owner, err)) < 0)
		goto out;
	if (plain.len != INSIDE_LEN) {
		st = tanu_fail(err, TANU_ERR_DB_DAMAGED, "invitation", "this row is not whole");
		goto out;
	}
	memcpy(inside, plain.data, INSIDE_LEN);
	code_digest(a, code, digest, accept->code);
	if (!crypto_equal(inside, code, DIGEST_LEN)) {
		*counted = true;
		if ((st = wrong_code(a, row, inside, err)) == TANU_OK)
			st = refused(err);
	}
out:
	buf_wipe(&plain);
	return st;
}

/* A look before the slow hashing: is there anything to accept? */
static tanu_status invitation_look(struct auth *a, const struct accept *accept, tanu_error *err)
{
	struct token_row row = {0};
	tanu_error why = {0};
	bool counted = false;
	tanu_status st = store_enter(a, err), kept;

	if (st == TANU_OK && (st = store_begin(a, err)) == TANU_OK) {
		st = invitation_find(a, &row, &counted, accept, &why);
		kept = store_end(a, counted ? TANU_OK : st, counted ? err : NULL);
		if (st < 0 && err && kept == TANU_OK)
			*err = why;
		else if (st < 0 && !counted && err)
			*err = why;
	}
	store_leave(a);
	buf_free(&row.sealed);
	return st;
}

/* Her account: a new one, or hers, whose password was checked outside. Part of a transaction. */
static tanu_status account_of(struct auth *a, struct account *out, const struct account *checked,
			      const char *hash, const struct accept *accept, const tanu_id *subject,
			      tanu_error *err)
{
	tanu_status st;

	if (!id_is_zero(&checked->id)) {
		if ((st = account_load(a, out, &checked->id, err)) < 0)
			return st;
		if (!id_is_zero(&out->subject) && !id_equal(&out->subject, subject))
			return tanu_fail(err, TANU_ERR_CONFLICT, "name",
					 "this account is somebody else's: choose another name");
		out->roles |= ROLE_PERSON;
		out->subject = *subject;
		return TANU_OK;
	}
	*out = (struct account){
	    .roles = ROLE_PERSON, .subject = *subject, .created_ms = clock_now(&a->clock)};
	auth_id_new(a, &out->id);
	snprintf(out->name, sizeof(out->name), "%s", accept->name);
	snprintf(out->hash, sizeof(out->hash), "%s", hash);
	return account_create(a, out, err);
}

static tanu_status take(struct auth *a, char secret[SESSION_TEXT_LEN], struct session_view *out,
			const struct account *checked, const char *hash,
			const struct accept *accept, tanu_error *err)
{
	struct account account = {0};
	struct token_row row = {0};
	bool counted = false;
	tanu_status st = store_enter(a, err);

	if (st == TANU_OK && (st = store_begin(a, err)) == TANU_OK) {
		if ((st = invitation_find(a, &row, &counted, accept, err)) == TANU_OK &&
		    (st = account_of(a, &account, checked, hash, accept, &row.owner, err)) ==
			TANU_OK &&
		    (st = AUTH_DB(a, token_delete, row.digest, err)) == TANU_OK)
			st = session_start(a, secret, out, &account, accept->address,
					   accept->former, err);
		st = store_end(a, st, err);
	}
	store_leave(a);
	buf_free(&row.sealed);
	account_wipe(&account);
	return st;
}

/* Of an account that is there already the password must be right; a new one must be a good one. */
static tanu_status password_settle(struct auth *a, struct account *known,
				   char hash[PASSWORD_HASH_LEN], const struct accept *accept,
				   tanu_error *err)
{
	tanu_error why = {0};
	tanu_status st = store_enter(a, err);

	if (st == TANU_OK)
		st = account_load_name(a, known, accept->name, &why);
	store_leave(a);
	if (st == TANU_OK && known->totp)
		return tanu_fail(
		    err, TANU_ERR_SECOND_FACTOR, "name",
		    "sign in with this account's authenticator, or choose another name");
	if (st == TANU_OK && slow_verify(a, known->hash, accept->password))
		return TANU_OK;
	if (st == TANU_OK)
		return tanu_fail(err, TANU_ERR_SIGN_IN, "name",
				 "this name is taken: give its password, or choose another name");
	if (st != TANU_NOT_FOUND) {
		if (err && why.code)
			*err = why;
		return st;
	}
	*known = (struct account){0};
	if ((st = password_check(accept->password, accept->name, err)) < 0)
		return st;
	return slow_hash(a, hash, accept->password, err);
}

tanu_status auth_accept(struct auth *auth, char secret[SESSION_TEXT_LEN], struct session_view *out,
			unsigned *wait_s, const struct accept *accept, tanu_error *err)
{
	struct slow_try try = {.name = accept->name, .address = accept->address};
	struct account known = {0};
	char hash[PASSWORD_HASH_LEN] = "";
	tanu_error why = {0};
	tanu_status st;

	if ((st = slow_check(auth, wait_s, &try, err)) < 0 ||
	    (st = account_name_check(accept->name, err)) < 0)
		return st;
	if ((st = invitation_look(auth, accept, &why)) == TANU_OK &&
	    (st = password_settle(auth, &known, hash, accept, &why)) == TANU_OK)
		st = take(auth, secret, out, &known, hash, accept, &why);
	if (why.code == TANU_ERR_INVITATION || why.code == TANU_ERR_SIGN_IN)
		slow_wrong(auth, &try);
	if (st < 0 && err)
		*err = why;
	account_wipe(&known);
	mem_wipe(hash, sizeof(hash));
	return st;
}
