/* SPDX-License-Identifier: Apache-2.0 */
/* desk.h - accounts in a database of their own, with a clock that can be moved. */
#ifndef TESTS_AUTH_DESK_H
#define TESTS_AUTH_DESK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/inside.h"

#include <string.h>

struct desk {
	void *folder; /* of scratch.h */
	struct store *store;
	struct auth *auth;
	int64_t now_ms;
	char first[FIRST_PASSWORD_LEN]; /* of the last account added */
};

#define MUST(call)                                                                       \
	do {                                                                             \
		tanu_error must_err = {0};                                               \
		tanu_error *err = &must_err;                                             \
                                                                                         \
		(void)err;                                                               \
		if ((call) != TANU_OK)                                                   \
			fail_msg("%s: %s: %s", #call, must_err.place, must_err.message); \
	} while (0)
#define REFUSES(code_, call)                                                                 \
	do {                                                                                 \
		tanu_error must_err = {0};                                                   \
		tanu_error *err = &must_err;                                                 \
                                                                                             \
		(void)err;                                                                   \
		assert_true((call) < 0);                                                     \
		assert_string_equal(tanu_error_name(must_err.code), tanu_error_name(code_)); \
		assert_true(strlen(must_err.message) > 10);                                  \
	} while (0)

int desk_setup(void **state);
int desk_teardown(void **state);
#define DESK_TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

/* Close and open again: what is in memory only is gone. */
void desk_reopen(struct desk *d);
/* An account with a password of its own, "NAME's own words". */
tanu_id desk_account(struct desk *d, const char *name, unsigned roles);
const char *desk_password(const char *name);
/* Sign in from an address; the status, and what came of it. */
struct signed_in {
	tanu_error why;
	unsigned wait_s;
	char secret[SESSION_TEXT_LEN];
	struct session_view session;
};
tanu_status desk_sign_in(struct desk *d, struct signed_in *out, const char *name,
			 const char *password, const char *code, const char *address);
/* Turn the authenticator on; its key is `key`. */
void desk_totp(struct desk *d, const tanu_id *account, const char *name, uint8_t key[TOTP_KEY_LEN],
	       char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN]);

#endif
