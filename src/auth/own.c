/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody changes of her own account: each after her password was shown again. */
#include "auth/inside.h"

#include <stdio.h>
#include <string.h>

/* The account, if the password is right. */
static tanu_status own_open(struct auth *a, struct account *out, unsigned *wait_s,
			    const struct own_act *act, tanu_error *err)
{
	struct slow_try try = {.address = act->address};
	tanu_status st = store_enter(a, err);

	*wait_s = 0;
	if (st == TANU_OK)
		st = account_load(a, out, &act->account, err);
	store_leave(a);
	if (st < 0)
		return st;
	try.name = out->name;
	try.known = address_known(a, out, act->address);
	if ((st = slow_check(a, wait_s, &try, err)) < 0)
		return st;
	if (slow_verify(a, out->hash, act->password)) {
		slow_right(a, &try);
		return TANU_OK;
	}
	slow_wrong(a, &try);
	return tanu_fail(err, TANU_ERR_SIGN_IN, "password", "this is not the password");
}

/* `change` on the account as it stands, in one transaction. */
static tanu_status own_change(struct auth *a, const tanu_id *id,
			      tanu_status (*change)(struct auth *a, struct account *account,
						    void *how, tanu_error *err),
			      void *how, tanu_error *err)
{
	struct account account = {0};
	tanu_status st = store_enter(a, err);

	if (st == TANU_OK && (st = store_begin(a, err)) == TANU_OK) {
		if ((st = account_load(a, &account, id, err)) == TANU_OK &&
		    (st = change(a, &account, how, err)) == TANU_OK)
			st = account_save(a, &account, err);
		st = store_end(a, st, err);
	}
	store_leave(a);
	account_wipe(&account);
	return st;
}

struct new_password {
	const char *hash, *session;
};

static tanu_status set_password(struct auth *a, struct account *account, void *how, tanu_error *err)
{
	const struct new_password *new = how;

	snprintf(account->hash, sizeof(account->hash), "%s", new->hash);
	account->must_change = false;
	return sessions_end(a, &account->id, new->session, err);
}

tanu_status auth_password_change(struct auth *auth, unsigned *wait_s, const struct own_act *act,
				 const char *password, tanu_error *err)
{
	struct account account = {0};
	char hash[PASSWORD_HASH_LEN] = "";
	struct new_password new = {hash, act->session};
	tanu_status st = own_open(auth, &account, wait_s, act, err);

	if (st == TANU_OK && !strcmp(password, act->password))
		st = tanu_fail(err, TANU_ERR_PASSWORD, "new", "this is the password you have");
	if (st == TANU_OK && (st = password_check(password, account.name, err)) == TANU_OK &&
	    (st = slow_hash(auth, hash, password, err)) == TANU_OK)
		st = own_change(auth, &act->account, set_password, &new, err);
	account_wipe(&account);
	mem_wipe(hash, sizeof(hash));
	return st;
}

/* ---- the authenticator ---- */

static tanu_status begin_totp(struct auth *a, struct account *account, void *how, tanu_error *err)
{
	(void)a;
	(void)err;
	memcpy(account->totp_next, how, TOTP_KEY_LEN);
	account->totp_begun = true;
	return TANU_OK;
}

/* What is no letter, digit or "-._~" becomes %XX (RFC 3986). */
static void put_escaped(struct buf *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || strchr("-._~", c);

		if (plain)
			buf_u8(out, c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

static void totp_uri(const struct auth *a, char out[TOTP_URI_LEN], const char *name,
		     const char *secret)
{
	struct buf text = {.max = TOTP_URI_LEN - 1};

	buf_str(&text, "otpauth://totp/");
	put_escaped(&text, a->issuer);
	buf_str(&text, ":");
	put_escaped(&text, name);
	buf_printf(&text, "?secret=%s&issuer=", secret);
	put_escaped(&text, a->issuer);
	if (text.failed) { /* long names: the secret is what counts */
		text.failed = false;
		text.len = 0;
		buf_printf(&text, "otpauth://totp/Tanu?secret=%s", secret);
	}
	snprintf(out, TOTP_URI_LEN, "%.*s", (int)text.len, (const char *)text.data);
	buf_wipe(&text);
}

tanu_status auth_totp_begin(struct auth *auth, char secret[TOTP_SECRET_TEXT_LEN],
			    char uri[TOTP_URI_LEN], unsigned *wait_s, const struct own_act *act,
			    tanu_error *err)
{
	uint8_t key[TOTP_KEY_LEN];
	struct account account = {0};
	tanu_status st = own_open(auth, &account, wait_s, act, err);

	if (st == TANU_OK) {
		random_fill(&auth->random, key, sizeof(key));
		st = own_change(auth, &act->account, begin_totp, key, err);
	}
	if (st == TANU_OK) {
		totp_text(secret, key);
		totp_uri(auth, uri, account.name, secret);
	}
	mem_wipe(key, sizeof(key));
	account_wipe(&account);
	return st;
}

struct confirm {
	const char *code;
	char (*codes)[RECOVERY_TEXT_LEN];
};

static tanu_status confirm_totp(struct auth *a, struct account *account, void *how, tanu_error *err)
{
	const struct confirm *c = how;
	int64_t step = 0;

	if (!account->totp_begun ||
	    !totp_right(account->totp_next, c->code, clock_now(&a->clock), 0, &step))
		return tanu_fail(err, TANU_ERR_SECOND_FACTOR, "code",
				 "this code is not right: is the clock of the telephone?");
	memcpy(account->totp_key, account->totp_next, TOTP_KEY_LEN);
	mem_wipe(account->totp_next, TOTP_KEY_LEN);
	account->totp = true;
	account->totp_begun = false;
	account->totp_step = step;
	recovery_fresh(a, account, c->codes);
	return TANU_OK;
}

tanu_status auth_totp_confirm(struct auth *auth, char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN],
			      unsigned *wait_s, const struct own_act *act, const char *code,
			      tanu_error *err)
{
	struct confirm c = {code, codes};
	char name[ID_HEX_LEN];
	struct slow_try try = {.name = name, .address = act->address, .known = true};
	tanu_error why = {0};
	tanu_status st;

	id_hex(name, &act->account);
	if ((st = slow_check(auth, wait_s, &try, err)) < 0)
		return st;
	st = own_change(auth, &act->account, confirm_totp, &c, &why);
	if (why.code == TANU_ERR_SECOND_FACTOR)
		slow_wrong(auth, &try);
	else if (st == TANU_OK)
		slow_right(auth, &try);
	if (st < 0 && err)
		*err = why;
	return st;
}

/* ---- passkeys ---- */

static tanu_status begin_passkey(struct auth *a, struct account *account, void *how,
				 tanu_error *err)
{
	struct passkey_asked *asked = how;

	(void)err;
	passkeys_show(asked, account);
	passkey_challenge(a, account, asked->challenge);
	return TANU_OK;
}

tanu_status auth_passkey_begin(struct auth *auth, struct passkey_asked *out, unsigned *wait_s,
			       const struct own_act *act, tanu_error *err)
{
	struct account account = {0};
	tanu_status st = own_open(auth, &account, wait_s, act, err);

	if (st == TANU_OK)
		st = own_change(auth, &act->account, begin_passkey, out, err);
	account_wipe(&account);
	return st;
}

struct confirm_passkey {
	const struct passkey_made *made;
	char (*codes)[RECOVERY_TEXT_LEN];
	bool *fresh;
};

static tanu_status confirm_passkey(struct auth *a, struct account *account, void *how,
				   tanu_error *err)
{
	const struct confirm_passkey *c = how;
	const bool first = !account->totp && account->passkeys_len == 0;
	tanu_status st = passkey_add(a, account, c->made, err);

	if (st == TANU_OK && first)
		recovery_fresh(a, account, c->codes);
	*c->fresh = first;
	return st;
}

tanu_status auth_passkey_confirm(struct auth *auth, char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN],
				 bool *fresh, const struct own_act *act,
				 const struct passkey_made *made, tanu_error *err)
{
	struct confirm_passkey c = {made, codes, fresh};

	if (strlen(made->name) > PASSKEY_NAME_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, "name", "at most %d bytes", PASSKEY_NAME_MAX);
	return own_change(auth, &act->account, confirm_passkey, &c, err);
}

/* Without a second proof there is nothing that recovery codes would stand in for. */
static tanu_status drop_passkey(struct auth *a, struct account *account, void *how, tanu_error *err)
{
	tanu_status st = passkey_drop(account, how, err);

	(void)a;
	if (st == TANU_OK && !account->totp && account->passkeys_len == 0) {
		mem_wipe(account->recovery, sizeof(account->recovery));
		account->recovery_len = 0;
	}
	return st;
}

tanu_status auth_passkey_remove(struct auth *auth, unsigned *wait_s, const struct own_act *act,
				const struct bytes *id, tanu_error *err)
{
	struct bytes gone = *id;
	struct account account = {0};
	tanu_status st = own_open(auth, &account, wait_s, act, err);

	if (st == TANU_OK)
		st = own_change(auth, &act->account, drop_passkey, &gone, err);
	account_wipe(&account);
	return st;
}

tanu_status auth_passkeys(struct auth *auth, struct passkey_asked *out, const tanu_id *id,
			  tanu_error *err)
{
	struct account account = {0};
	tanu_status st = store_enter(auth, err);

	if (st == TANU_OK && (st = account_load(auth, &account, id, err)) == TANU_OK)
		passkeys_show(out, &account);
	store_leave(auth);
	account_wipe(&account);
	return st;
}

/* ---- recovery codes ---- */

static tanu_status fresh_codes(struct auth *a, struct account *account, void *how, tanu_error *err)
{
	if (!account->totp && account->passkeys_len == 0)
		return tanu_fail(err, TANU_ERR_SECOND_FACTOR, NULL,
				 "recovery codes stand in for a second proof: set one up first");
	recovery_fresh(a, account, how);
	return TANU_OK;
}

tanu_status auth_recovery_make(struct auth *auth, char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN],
			       unsigned *wait_s, const struct own_act *act, tanu_error *err)
{
	struct account account = {0};
	tanu_status st = own_open(auth, &account, wait_s, act, err);

	if (st == TANU_OK)
		st = own_change(auth, &act->account, fresh_codes, codes, err);
	account_wipe(&account);
	return st;
}
