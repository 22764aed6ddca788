/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing in and out. A session's secret is new at each sign-in, and the browser's former one ends:
 * nobody can plant one beforehand.
 */
#include "auth/inside.h"

#include <stdio.h>
#include <string.h>

static const char use_session[] = "session";

static void session_fill(struct auth *a, struct session_view *out, const struct account *account,
			 const struct token_row *row)
{
	uint8_t token[DIGEST_LEN];
	struct buf text = {0};

	*out = (struct session_view){.account = account->id,
				     .roles = account->roles,
				     .subject = account->subject,
				     .must_change = account->must_change,
				     .idle_ms = row->seen_ms + a->idle_ms,
				     .ends_ms = row->expires_ms};
	snprintf(out->name, sizeof(out->name), "%s", account->name);
	memcpy(out->id.b, row->digest, sizeof(out->id.b));
	auth_digest(a, token, "session token", row->digest, sizeof(row->digest));
	base64url_put(&text, token, sizeof(token));
	snprintf(out->token, sizeof(out->token), "%s", buf_cstr(&text));
	buf_wipe(&text);
}

bool auth_token_is(const struct session_view *session, const char *token)
{
	return token && strlen(token) == SESSION_TEXT_LEN - 1 &&
	       crypto_equal((const uint8_t *)session->token, (const uint8_t *)token,
			    SESSION_TEXT_LEN - 1);
}

static tanu_status end_one(struct auth *a, const char *secret, tanu_error *err)
{
	uint8_t digest[DIGEST_LEN];

	if (!secret_digest(a, digest, use_session, secret))
		return TANU_OK;
	return AUTH_DB(a, token_delete, digest, err);
}

tanu_status session_start(struct auth *a, char secret[SESSION_TEXT_LEN], struct session_view *out,
			  struct account *account, const char *address, const char *former,
			  tanu_error *err)
{
	int64_t now_ms = clock_now(&a->clock);
	struct token_row row = {.kind = TOKEN_SESSION,
				.owner = account->id,
				.created_ms = now_ms,
				.expires_ms = now_ms + a->life_ms,
				.seen_ms = now_ms};
	tanu_status st;

	secret_make(a, secret);
	secret_digest(a, row.digest, use_session, secret);
	account->seen_ms = now_ms;
	address_remember(a, account, address);
	if ((st = end_one(a, former, err)) < 0 || (st = account_save(a, account, err)) < 0 ||
	    (st = AUTH_DB(a, token_put, &row, err)) < 0)
		return st;
	session_fill(a, out, account, &row);
	return TANU_OK;
}

struct others {
	struct auth *a;
	uint8_t except[DIGEST_LEN];
};

static tanu_status end_other(void *self, const struct token_row *row, tanu_error *err)
{
	const struct others *others = self;

	if (!memcmp(row->digest, others->except, sizeof(row->digest)))
		return TANU_OK;
	return AUTH_DB(others->a, token_delete, row->digest, err);
}

tanu_status sessions_end(struct auth *a, const tanu_id *account, const char *except,
			 tanu_error *err)
{
	struct others others = {.a = a};

	if (!secret_digest(a, others.except, use_session, except))
		return AUTH_DB(a, token_delete_of, TOKEN_SESSION, account, err);
	return AUTH_DB(a, token_each, TOKEN_SESSION, account, end_other, &others, err);
}

/* ---- signing in ---- */

/* The account of this name, or none, whose password is never right. */
static tanu_status look_up(struct auth *a, struct account *out, const char *name, tanu_error *err)
{
	tanu_error why = {0};
	tanu_status st = store_enter(a, err);

	if (st == TANU_OK) {
		st = account_load_name(a, out, name, &why);
		if (st == TANU_NOT_FOUND) {
			*out = (struct account){0};
			snprintf(out->hash, sizeof(out->hash), "%s", a->nobody);
			st = TANU_OK;
		} else if (st < 0 && err) {
			*err = why;
		}
	}
	store_leave(a);
	return st;
}

static tanu_status second_check(struct auth *a, struct account *account, const struct sign_in *in,
				tanu_error *err)
{
	const char *code = in->code;

	if (!account->totp && account->passkeys_len == 0)
		return TANU_OK;
	if (in->passkey)
		return passkey_check(a, account, in->passkey, err);
	if (!code)
		return tanu_fail(err, TANU_ERR_SECOND_FACTOR, "code",
				 "a passkey is needed, the code of the authenticator, or a "
				 "recovery code");
	if ((account->totp && totp_right(account->totp_key, code, clock_now(&a->clock),
					 account->totp_step, &account->totp_step)) ||
	    recovery_spend(a, account, code))
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_SECOND_FACTOR, "code",
			 "this code is not right, or was used before: wait for the next one");
}

/* The account may have changed while the password was hashed: it is read again. */
static tanu_status finish(struct auth *a, char secret[SESSION_TEXT_LEN], struct session_view *out,
			  const struct account *seen, const struct sign_in *in, tanu_error *err)
{
	struct account account = {0};
	tanu_status st = store_enter(a, err);

	if (st == TANU_OK && (st = store_begin(a, err)) == TANU_OK) {
		st = account_load(a, &account, &seen->id, err);
		if (st == TANU_OK && strcmp(account.hash, seen->hash) != 0)
			st = tanu_fail(err, TANU_ERR_SIGN_IN, NULL,
				       "the password was changed meanwhile: try again");
		if (st == TANU_OK)
			st = second_check(a, &account, in, err);
		if (st == TANU_OK)
			st = session_start(a, secret, out, &account, in->address, in->former, err);
		st = store_end(a, st, err);
	}
	store_leave(a);
	account_wipe(&account);
	return st;
}

/* What follows a right password. */
typedef tanu_status (*then_fn)(struct auth *a, void *out, const struct account *account,
			       const struct sign_in *in, tanu_error *err);

static tanu_status password_then(struct auth *a, then_fn then, void *out,
				 const struct account *account, const struct sign_in *in,
				 tanu_error *err)
{
	bool right = slow_verify(a, account->hash, in->password);

	if (!right || id_is_zero(&account->id))
		return tanu_fail(err, TANU_ERR_SIGN_IN, NULL, "name or password is not right");
	return then(a, out, account, in, err);
}

/* One try, and what it costs the next one when it was wrong. */
static tanu_status try_password(struct auth *auth, unsigned *wait_s, then_fn then, void *out,
				const struct sign_in *in, tanu_error *err)
{
	struct slow_try try = {.name = in->name, .address = in->address};
	struct account account = {0};
	tanu_error why = {0};
	tanu_status st;

	*wait_s = 0;
	if ((st = look_up(auth, &account, in->name, err)) < 0)
		return st;
	try.known = address_known(auth, &account, in->address);
	if ((st = slow_check(auth, wait_s, &try, err)) < 0)
		goto out;
	st = password_then(auth, then, out, &account, in, &why);
	if (st == TANU_OK)
		slow_right(auth, &try);
	else if (why.code == TANU_ERR_SIGN_IN ||
		 (why.code == TANU_ERR_SECOND_FACTOR && (in->code || in->passkey)))
		slow_wrong(auth, &try);
	if (st < 0 && err)
		*err = why;
out:
	account_wipe(&account);
	return st;
}

struct started {
	char *secret;
	struct session_view *view;
};

static tanu_status then_start(struct auth *a, void *out, const struct account *account,
			      const struct sign_in *in, tanu_error *err)
{
	struct started *started = out;

	return finish(a, started->secret, started->view, account, in, err);
}

tanu_status auth_sign_in(struct auth *auth, char secret[SESSION_TEXT_LEN], struct session_view *out,
			 unsigned *wait_s, const struct sign_in *sign_in, tanu_error *err)
{
	struct started started = {secret, out};

	return try_password(auth, wait_s, then_start, &started, sign_in, err);
}

static tanu_status then_ask(struct auth *a, void *out, const struct account *seen,
			    const struct sign_in *in, tanu_error *err)
{
	struct passkey_asked *asked = out;
	struct account account = {0};
	tanu_status st = store_enter(a, err);

	(void)in;
	if (st == TANU_OK && (st = store_begin(a, err)) == TANU_OK) {
		st = account_load(a, &account, &seen->id, err);
		if (st == TANU_OK && account.passkeys_len == 0)
			st = tanu_fail(err, TANU_ERR_SECOND_FACTOR, "passkey",
				       "this account has no passkey");
		if (st == TANU_OK) {
			passkeys_show(asked, &account);
			passkey_challenge(a, &account, asked->challenge);
			st = account_save(a, &account, err);
		}
		st = store_end(a, st, err);
	}
	store_leave(a);
	account_wipe(&account);
	return st;
}

tanu_status auth_passkey_ask(struct auth *auth, struct passkey_asked *out, unsigned *wait_s,
			     const struct sign_in *sign_in, tanu_error *err)
{
	struct sign_in in = *sign_in;

	in.code = NULL;
	in.passkey = NULL;
	return try_password(auth, wait_s, then_ask, out, &in, err);
}

/* ---- using and ending one ---- */

static tanu_status signed_out(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_SIGNED_OUT, NULL, "sign in first");
}

/* That it is used is written down once a minute at most: each writing waits for the disk. */
static tanu_status session_touch(struct auth *a, struct token_row *row, int64_t now_ms,
				 tanu_error *err)
{
	tanu_status st;

	if (now_ms - row->seen_ms < MINUTE_MS)
		return TANU_OK;
	row->seen_ms = now_ms;
	if ((st = store_begin(a, err)) < 0)
		return st;
	return store_end(a, AUTH_DB(a, token_set, row, err), err);
}

static tanu_status session_open(struct auth *a, struct session_view *out, const uint8_t *digest,
				tanu_error *err)
{
	int64_t now_ms = clock_now(&a->clock);
	struct token_row row = {0};
	struct account account = {0};
	tanu_error why = {0};
	tanu_status st = AUTH_DB(a, token_get, &row, digest, &why);

	if (st == TANU_OK && (row.kind != TOKEN_SESSION || now_ms >= row.expires_ms ||
			      now_ms >= row.seen_ms + a->idle_ms || now_ms < row.created_ms))
		st = TANU_NOT_FOUND;
	if (st == TANU_OK)
		st = account_load(a, &account, &row.owner, &why);
	if (st == TANU_OK && (st = session_touch(a, &row, now_ms, &why)) == TANU_OK)
		session_fill(a, out, &account, &row);
	buf_free(&row.sealed);
	account_wipe(&account);
	if (st == TANU_NOT_FOUND)
		return signed_out(err);
	if (st < 0 && err)
		*err = why;
	return st;
}

tanu_status auth_session(struct auth *auth, struct session_view *out, const char *secret,
			 tanu_error *err)
{
	uint8_t digest[DIGEST_LEN];
	tanu_status st;

	if (!secret_digest(auth, digest, use_session, secret))
		return signed_out(err);
	if ((st = store_enter(auth, err)) == TANU_OK)
		st = session_open(auth, out, digest, err);
	store_leave(auth);
	return st;
}

tanu_status auth_sign_out(struct auth *auth, const char *secret, tanu_error *err)
{
	tanu_status st = store_enter(auth, err);

	if (st == TANU_OK && (st = store_begin(auth, err)) == TANU_OK)
		st = store_end(auth, end_one(auth, secret, err), err);
	store_leave(auth);
	return st;
}
