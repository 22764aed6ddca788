/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/desk.h"

#include "os/scratch.h"

#include <stdio.h>
#include <stdlib.h>

static int64_t desk_now(void *self)
{
	return ((struct desk *)self)->now_ms;
}

static void desk_open(struct desk *d, bool create)
{
	static const struct secret key = {{1, 2, 3}};
	struct auth_options options = {.key = &key,
				       .clock = {desk_now, d},
				       .issuer = "School 5 & others",
				       .hash_memory = 8192};

	MUST(store_sqlite_open(&d->store, scratch_path(&d->folder, "accounts.db"), create, err));
	options.store = d->store;
	MUST(auth_open(&d->auth, &options, err));
}

int desk_setup(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));

	assert_non_null(d);
	assert_int_equal(crypto_init(NULL), TANU_OK);
	assert_int_equal(scratch_make(&d->folder), 0);
	d->now_ms = 1795678623000;
	desk_open(d, true);
	*state = d;
	return 0;
}

int desk_teardown(void **state)
{
	struct desk *d = *state;

	auth_close(&d->auth);
	d->store->calls->close(d->store);
	scratch_remove(&d->folder);
	free(d);
	return 0;
}

void desk_reopen(struct desk *d)
{
	auth_close(&d->auth);
	d->store->calls->close(d->store);
	desk_open(d, false);
}

const char *desk_password(const char *name)
{
	static char password[128];

	snprintf(password, sizeof(password), "%s's own words", name);
	return password;
}

tanu_id desk_account(struct desk *d, const char *name, unsigned roles)
{
	struct account_view view;
	struct own_act act = {.password = d->first, .address = "198.51.100.9"};
	unsigned wait_s = 0;

	MUST(auth_account_add(d->auth, &view, d->first, name, roles, err));
	act.account = view.id;
	MUST(auth_password_change(d->auth, &wait_s, &act, desk_password(name), err));
	return view.id;
}

tanu_status desk_sign_in(struct desk *d, struct signed_in *out, const char *name,
			 const char *password, const char *code, const char *address)
{
	struct sign_in in = {.name = name, .password = password, .code = code, .address = address};

	*out = (struct signed_in){.wait_s = 0};
	return auth_sign_in(d->auth, out->secret, &out->session, &out->wait_s, &in, &out->why);
}

/* From base32, as an authenticator would. */
static void key_of(uint8_t key[TOTP_KEY_LEN], const char *text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint64_t bits = 0;
	size_t have = 0, at = 0;

	for (; *text; text++) {
		bits = bits << 5 | (uint64_t)(strchr(digits, *text) - digits);
		have += 5;
		if (have >= 8) {
			have -= 8;
			key[at++] = (uint8_t)(bits >> have);
		}
	}
	assert_int_equal(at, TOTP_KEY_LEN);
}

void desk_totp(struct desk *d, const tanu_id *account, const char *name, uint8_t key[TOTP_KEY_LEN],
	       char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN])
{
	struct own_act act = {
	    .account = *account, .password = desk_password(name), .address = "198.51.100.9"};
	char secret[TOTP_SECRET_TEXT_LEN], uri[TOTP_URI_LEN], code[7];
	unsigned wait_s = 0;

	MUST(auth_totp_begin(d->auth, secret, uri, &wait_s, &act, err));
	assert_non_null(strstr(uri, "otpauth://totp/School%205%20%26%20others:"));
	assert_non_null(strstr(uri, secret));
	key_of(key, secret);
	MUST(totp_code(code, key, d->now_ms / TOTP_STEP_MS, err));
	MUST(auth_totp_confirm(d->auth, codes, &wait_s, &act, code, err));
}
