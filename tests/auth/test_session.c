/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/desk.h"

#define HERE  "192.0.2.10"
#define THERE "203.0.113.7"

static void a_first_password_signs_in_and_has_to_be_changed(void **state)
{
	struct desk *d = *state;
	struct account_view view;
	struct signed_in in;

	MUST(auth_account_add(d->auth, &view, d->first, "aigul", ROLE_OPERATOR, err));
	assert_int_equal(desk_sign_in(d, &in, "Aigul", d->first, NULL, HERE), TANU_OK);
	assert_true(in.session.must_change);
	assert_int_equal(in.session.roles, ROLE_OPERATOR);
}

static void wrong_name_and_wrong_password_say_the_same(void **state)
{
	struct desk *d = *state;
	struct signed_in a, b;

	desk_account(d, "aigul", ROLE_OPERATOR);
	assert_true(desk_sign_in(d, &a, "aigul", "not her words", NULL, HERE) < 0);
	assert_true(desk_sign_in(d, &b, "nobody", "not her words", NULL, HERE) < 0);
	assert_int_equal(a.why.code, TANU_ERR_SIGN_IN);
	assert_string_equal(a.why.message, b.why.message);
}

static void a_session_holds_over_a_restart_and_ends_by_signing_out(void **state)
{
	struct desk *d = *state;
	struct signed_in in;
	struct session_view seen;

	desk_account(d, "aigul", ROLE_OPERATOR);
	MUST(desk_sign_in(d, &in, "aigul", desk_password("aigul"), NULL, HERE));
	desk_reopen(d);
	MUST(auth_session(d->auth, &seen, in.secret, err));
	assert_string_equal(seen.token, in.session.token);
	assert_true(auth_token_is(&seen, in.session.token));
	assert_false(auth_token_is(&seen, in.secret));
	assert_false(auth_token_is(&seen, NULL));
	MUST(auth_sign_out(d->auth, in.secret, err));
	REFUSES(TANU_ERR_SIGNED_OUT, auth_session(d->auth, &seen, in.secret, err));
}

/* What is stored lets nobody in: the rows hold digests. */
static tanu_status has_no_secret(void *self, const struct token_row *row, tanu_error *err)
{
	const char *secret = self;

	(void)err;
	assert_null(memmem(row->digest, sizeof(row->digest), secret, 16));
	if (row->sealed.len)
		assert_null(memmem(row->sealed.data, row->sealed.len, secret, 16));
	return TANU_OK;
}

static void only_a_digest_of_the_secret_is_stored(void **state)
{
	struct desk *d = *state;
	struct signed_in in;

	desk_account(d, "aigul", ROLE_OPERATOR);
	MUST(desk_sign_in(d, &in, "aigul", desk_password("aigul"), NULL, HERE));
	MUST(d->store->calls->token_each(d->store, TOKEN_SESSION, NULL, has_no_secret, in.secret,
					 err));
}

static void idle_sessions_end_and_all_do_after_half_a_day(void **state)
{
	struct desk *d = *state;
	struct signed_in in;
	struct session_view seen;

	desk_account(d, "aigul", ROLE_OPERATOR);
	MUST(desk_sign_in(d, &in, "aigul", desk_password("aigul"), NULL, HERE));
	d->now_ms += 29 * MINUTE_MS;
	MUST(auth_session(d->auth, &seen, in.secret, err));
	d->now_ms += 30 * MINUTE_MS;
	REFUSES(TANU_ERR_SIGNED_OUT, auth_session(d->auth, &seen, in.secret, err));
	MUST(desk_sign_in(d, &in, "aigul", desk_password("aigul"), NULL, HERE));
	for (int i = 0; i < 35; i++) {
		d->now_ms += 20 * MINUTE_MS;
		MUST(auth_session(d->auth, &seen, in.secret, err));
	}
	d->now_ms += 20 * MINUTE_MS; /* 12 hours */
	REFUSES(TANU_ERR_SIGNED_OUT, auth_session(d->auth, &seen, in.secret, err));
	MUST(auth_sweep(d->auth, err));
}

/* Fixation: a session from before signing in is not the one after it, and opens nothing. */
static void signing_in_makes_a_new_session_and_ends_the_former(void **state)
{
	struct desk *d = *state;
	struct sign_in again = {.name = "berik", .address = HERE};
	struct session_view seen;
	struct signed_in in;
	char secret[SESSION_TEXT_LEN];
	unsigned wait_s = 0;

	desk_account(d, "aigul", ROLE_OPERATOR);
	desk_account(d, "berik", ROLE_AUDITOR);
	MUST(desk_sign_in(d, &in, "aigul", desk_password("aigul"), NULL, HERE));
	again.former = in.secret;
	again.password = desk_password("berik");
	MUST(auth_sign_in(d->auth, secret, &seen, &wait_s, &again, err));
	assert_string_not_equal(secret, in.secret);
	assert_string_not_equal(seen.token, in.session.token);
	REFUSES(TANU_ERR_SIGNED_OUT, auth_session(d->auth, &seen, in.secret, err));
}

static void a_planted_secret_is_never_taken(void **state)
{
	static const char planted[SESSION_TEXT_LEN] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	struct desk *d = *state;
	struct session_view seen;

	REFUSES(TANU_ERR_SIGNED_OUT, auth_session(d->auth, &seen, planted, err));
	REFUSES(TANU_ERR_SIGNED_OUT, auth_session(d->auth, &seen, "", err));
	REFUSES(TANU_ERR_SIGNED_OUT, auth_session(d->auth, &seen, NULL, err));
}

static void the_authenticator_is_asked_for_and_its_codes_are_spent(void **state)
{
	char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN], code[7];
	uint8_t key[TOTP_KEY_LEN];
	struct desk *d = *state;
	struct signed_in in;
	tanu_id id = desk_account(d, "aigul", ROLE_OPERATOR);

	desk_totp(d, &id, "aigul", key, codes);
	assert_true(desk_sign_in(d, &in, "aigul", desk_password("aigul"), NULL, HERE) < 0);
	assert_int_equal(in.why.code, TANU_ERR_SECOND_FACTOR);
	/* The code that turned it on is spent already. */
	MUST(totp_code(code, key, d->now_ms / TOTP_STEP_MS, err));
	assert_true(desk_sign_in(d, &in, "aigul", desk_password("aigul"), code, HERE) < 0);
	d->now_ms += TOTP_STEP_MS;
	MUST(totp_code(code, key, d->now_ms / TOTP_STEP_MS, err));
	MUST(desk_sign_in(d, &in, "aigul", desk_password("aigul"), code, HERE));
	assert_true(desk_sign_in(d, &in, "aigul", desk_password("aigul"), code, HERE) < 0);
	assert_int_equal(in.why.code, TANU_ERR_SECOND_FACTOR);
	/* A right code with a wrong password is not spent: it never gets so far. */
	d->now_ms += TOTP_STEP_MS;
	MUST(totp_code(code, key, d->now_ms / TOTP_STEP_MS, err));
	assert_true(desk_sign_in(d, &in, "aigul", "not her words", code, HERE) < 0);
	MUST(desk_sign_in(d, &in, "aigul", desk_password("aigul"), code, HERE));
}

static void a_recovery_code_signs_in_once(void **state)
{
	char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN];
	uint8_t key[TOTP_KEY_LEN];
	struct account_view view;
	struct desk *d = *state;
	struct signed_in in;
	tanu_id id = desk_account(d, "aigul", ROLE_OPERATOR);

	desk_totp(d, &id, "aigul", key, codes);
	MUST(desk_sign_in(d, &in, "aigul", desk_password("aigul"), codes[3], HERE));
	MUST(auth_account_get(d->auth, &view, &id, err));
	assert_int_equal(view.recovery_codes, RECOVERY_CODES - 1);
	assert_true(desk_sign_in(d, &in, "aigul", desk_password("aigul"), codes[3], HERE) < 0);
	MUST(desk_sign_in(d, &in, "aigul", desk_password("aigul"), codes[9], HERE));
}

static void a_changed_password_ends_other_sessions(void **state)
{
	struct desk *d = *state;
	struct signed_in one, two;
	struct session_view seen;
	unsigned wait_s = 0;
	tanu_id id = desk_account(d, "aigul", ROLE_OPERATOR);
	struct own_act act = {.account = id, .address = HERE};

	MUST(desk_sign_in(d, &one, "aigul", desk_password("aigul"), NULL, HERE));
	MUST(desk_sign_in(d, &two, "aigul", desk_password("aigul"), NULL, THERE));
	act.session = one.secret;
	act.password = "not her words";
	REFUSES(TANU_ERR_SIGN_IN,
		auth_password_change(d->auth, &wait_s, &act, "quite another one", err));
	act.password = desk_password("aigul");
	REFUSES(TANU_ERR_PASSWORD, auth_password_change(d->auth, &wait_s, &act, "short", err));
	REFUSES(TANU_ERR_PASSWORD,
		auth_password_change(d->auth, &wait_s, &act, "aaaaaaaaaaaaaaa", err));
	REFUSES(TANU_ERR_PASSWORD,
		auth_password_change(d->auth, &wait_s, &act, desk_password("aigul"), err));
	MUST(auth_password_change(d->auth, &wait_s, &act, "quite another one", err));
	MUST(auth_session(d->auth, &seen, one.secret, err));
	REFUSES(TANU_ERR_SIGNED_OUT, auth_session(d->auth, &seen, two.secret, err));
}

static void the_last_administrator_stays(void **state)
{
	struct desk *d = *state;
	tanu_id first = desk_account(d, "aigul", ROLE_ADMINISTRATOR), second;
	struct session_view seen;
	struct signed_in in;
	struct account_view view;

	REFUSES(TANU_ERR_CONFLICT, auth_account_remove(d->auth, &first, err));
	REFUSES(TANU_ERR_CONFLICT, auth_account_set_roles(d->auth, &first, ROLE_AUDITOR, err));
	REFUSES(TANU_ERR_USAGE, auth_account_set_roles(d->auth, &first, ROLE_PERSON, err));
	REFUSES(TANU_ERR_CONFLICT,
		auth_account_add(d->auth, &view, d->first, "AIGUL", ROLE_OPERATOR, err));
	second = desk_account(d, "berik", ROLE_ADMINISTRATOR);
	MUST(desk_sign_in(d, &in, "aigul", desk_password("aigul"), NULL, HERE));
	MUST(auth_account_remove(d->auth, &first, err));
	REFUSES(TANU_ERR_SIGNED_OUT, auth_session(d->auth, &seen, in.secret, err));
	REFUSES(TANU_ERR_RECORD_MISSING, auth_account_remove(d->auth, &first, err));
	REFUSES(TANU_ERR_CONFLICT, auth_account_remove(d->auth, &second, err));
}

static void a_reset_takes_everything_that_let_her_in(void **state)
{
	char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN], fresh[FIRST_PASSWORD_LEN];
	uint8_t key[TOTP_KEY_LEN];
	struct desk *d = *state;
	struct session_view seen;
	struct signed_in in;
	tanu_id id = desk_account(d, "aigul", ROLE_OPERATOR);

	desk_totp(d, &id, "aigul", key, codes);
	MUST(desk_sign_in(d, &in, "aigul", desk_password("aigul"), codes[0], HERE));
	MUST(auth_account_reset(d->auth, fresh, &id, err));
	REFUSES(TANU_ERR_SIGNED_OUT, auth_session(d->auth, &seen, in.secret, err));
	assert_true(desk_sign_in(d, &in, "aigul", desk_password("aigul"), codes[1], HERE) < 0);
	MUST(desk_sign_in(d, &in, "aigul", fresh, NULL, HERE));
	assert_true(in.session.must_change);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    DESK_TEST(a_first_password_signs_in_and_has_to_be_changed),
	    DESK_TEST(wrong_name_and_wrong_password_say_the_same),
	    DESK_TEST(a_session_holds_over_a_restart_and_ends_by_signing_out),
	    DESK_TEST(only_a_digest_of_the_secret_is_stored),
	    DESK_TEST(idle_sessions_end_and_all_do_after_half_a_day),
	    DESK_TEST(signing_in_makes_a_new_session_and_ends_the_former),
	    DESK_TEST(a_planted_secret_is_never_taken),
	    DESK_TEST(the_authenticator_is_asked_for_and_its_codes_are_spent),
	    DESK_TEST(a_recovery_code_signs_in_once),
	    DESK_TEST(a_changed_password_ends_other_sessions),
	    DESK_TEST(the_last_administrator_stays),
	    DESK_TEST(a_reset_takes_everything_that_let_her_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
