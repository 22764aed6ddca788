/* SPDX-License-Identifier: Apache-2.0 */
/* Brute force on each secret, and what it does to others. */
#include "auth/desk.h"

#include <stdio.h>

#define HERE  "192.0.2.10"
#define THERE "203.0.113.7"

static unsigned guesses(struct desk *d, const char *name, const char *address, unsigned n)
{
	unsigned looked_at = 0;

	for (unsigned i = 0; i < n; i++) {
		struct signed_in in;

		assert_true(desk_sign_in(d, &in, name, "a guess", NULL, address) < 0);
		looked_at += in.why.code == TANU_ERR_SIGN_IN;
	}
	return looked_at;
}

static void guesses_have_to_wait_longer_and_longer(void **state)
{
	struct desk *d = *state;
	struct signed_in in;
	unsigned before = 0;

	desk_account(d, "aigul", ROLE_OPERATOR);
	assert_int_equal(guesses(d, "aigul", THERE, 8), 5);
	for (int i = 0; i < 5; i++) {
		assert_true(desk_sign_in(d, &in, "aigul", "a guess", NULL, THERE) < 0);
		assert_int_equal(in.why.code, TANU_ERR_HELD);
		assert_true(in.wait_s > before);
		before = in.wait_s;
		d->now_ms += (int64_t)in.wait_s * 1000;
		assert_true(desk_sign_in(d, &in, "aigul", "a guess", NULL, THERE) < 0);
		assert_int_equal(in.why.code, TANU_ERR_SIGN_IN);
	}
	d->now_ms += (int64_t)1 << 40; /* long after */
	MUST(desk_sign_in(d, &in, "aigul", desk_password("aigul"), NULL, THERE));
}

static void a_strangers_guesses_do_not_make_the_holder_wait(void **state)
{
	struct desk *d = *state;
	struct signed_in in;
	char address[32];

	desk_account(d, "aigul", ROLE_OPERATOR);
	MUST(desk_sign_in(d, &in, "aigul", desk_password("aigul"), NULL, HERE));
	for (int i = 0; i < 15; i++) {
		snprintf(address, sizeof(address), "203.0.113.%d", i);
		guesses(d, "aigul", address, 5);
	}
	MUST(desk_sign_in(d, &in, "aigul", desk_password("aigul"), NULL, HERE));
	/* From a new place she waits a minute at most. */
	assert_true(desk_sign_in(d, &in, "aigul", desk_password("aigul"), NULL, "198.51.100.77") <
		    0);
	assert_int_equal(in.why.code, TANU_ERR_HELD);
	assert_in_range(in.wait_s, 1, 60);
	d->now_ms += MINUTE_MS;
	MUST(desk_sign_in(d, &in, "aigul", desk_password("aigul"), NULL, "198.51.100.77"));
}

static void one_address_can_not_try_all_names(void **state)
{
	struct desk *d = *state;
	unsigned looked_at = 0;
	char name[32];

	for (int i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "name %d", i);
		looked_at += guesses(d, name, THERE, 1);
	}
	assert_int_equal(looked_at, 50);
}

static void wrong_codes_are_slowed_down_too(void **state)
{
	char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN];
	uint8_t key[TOTP_KEY_LEN];
	struct desk *d = *state;
	struct signed_in in;
	tanu_id id = desk_account(d, "aigul", ROLE_OPERATOR);

	desk_totp(d, &id, "aigul", key, codes);
	for (int i = 0; i < 5; i++)
		assert_true(desk_sign_in(d, &in, "aigul", desk_password("aigul"), "abcdef", THERE) <
			    0);
	assert_true(desk_sign_in(d, &in, "aigul", desk_password("aigul"), codes[0], THERE) < 0);
	assert_int_equal(in.why.code, TANU_ERR_HELD);
	/* Asking for the code without one is no try. */
	d->now_ms += (int64_t)in.wait_s * 1000;
	for (int i = 0; i < 9; i++) {
		assert_true(desk_sign_in(d, &in, "aigul", desk_password("aigul"), NULL, THERE) < 0);
		assert_int_equal(in.why.code, TANU_ERR_SECOND_FACTOR);
	}
}

static struct accept accept_for(const struct invitation *invitation)
{
	return (struct accept){.token = invitation->token,
			       .code = invitation->code,
			       .name = "parent",
			       .password = "several words in a row",
			       .address = THERE};
}

static void an_invitation_lets_in_once(void **state)
{
	struct desk *d = *state;
	tanu_id subject = {{7}};
	struct invitation invitation;
	struct session_view session;
	char secret[SESSION_TEXT_LEN];
	unsigned wait_s = 0;
	struct accept accept;

	MUST(auth_invite(d->auth, &invitation, &subject, err));
	accept = accept_for(&invitation);
	accept.password = "short";
	REFUSES(TANU_ERR_PASSWORD, auth_accept(d->auth, secret, &session, &wait_s, &accept, err));
	accept = accept_for(&invitation);
	MUST(auth_accept(d->auth, secret, &session, &wait_s, &accept, err));
	assert_int_equal(session.roles, ROLE_PERSON);
	assert_true(id_equal(&session.subject, &subject));
	accept.name = "other";
	REFUSES(TANU_ERR_INVITATION, auth_accept(d->auth, secret, &session, &wait_s, &accept, err));
}

static void five_wrong_codes_use_an_invitation_up(void **state)
{
	struct desk *d = *state;
	tanu_id subject = {{7}};
	struct invitation invitation;
	struct session_view session;
	char secret[SESSION_TEXT_LEN], wrong[INVITATION_CODE_LEN];
	unsigned wait_s = 0;
	struct accept accept;

	MUST(auth_invite(d->auth, &invitation, &subject, err));
	accept = accept_for(&invitation);
	memcpy(wrong, invitation.code, sizeof(wrong));
	wrong[7] = (char)(wrong[7] == '9' ? '0' : wrong[7] + 1);
	accept.code = wrong;
	for (int i = 0; i < 5; i++) {
		char name[24];

		snprintf(name, sizeof(name), "guesser %d", i);
		accept.name = name;
		REFUSES(TANU_ERR_INVITATION,
			auth_accept(d->auth, secret, &session, &wait_s, &accept, err));
	}
	accept = accept_for(&invitation);
	REFUSES(TANU_ERR_INVITATION, auth_accept(d->auth, secret, &session, &wait_s, &accept, err));
}

static void an_invitation_ends_by_time_and_by_a_newer_one(void **state)
{
	struct desk *d = *state;
	tanu_id subject = {{7}};
	struct invitation old, new;
	struct session_view session;
	char secret[SESSION_TEXT_LEN];
	unsigned wait_s = 0;
	struct accept accept;

	MUST(auth_invite(d->auth, &old, &subject, err));
	MUST(auth_invite(d->auth, &new, &subject, err));
	accept = accept_for(&old);
	REFUSES(TANU_ERR_INVITATION, auth_accept(d->auth, secret, &session, &wait_s, &accept, err));
	accept = accept_for(&new);
	accept.code = old.code;
	REFUSES(TANU_ERR_INVITATION, auth_accept(d->auth, secret, &session, &wait_s, &accept, err));
	d->now_ms += 8 * DAY_MS;
	accept = accept_for(&new);
	REFUSES(TANU_ERR_INVITATION, auth_accept(d->auth, secret, &session, &wait_s, &accept, err));
}

static void whoever_has_an_account_shows_its_password(void **state)
{
	struct desk *d = *state;
	tanu_id mother = {{7}}, stranger = {{8}};
	struct invitation invitation;
	struct session_view session;
	char secret[SESSION_TEXT_LEN];
	unsigned wait_s = 0;
	struct accept accept;

	desk_account(d, "aigul", ROLE_OPERATOR);
	MUST(auth_invite(d->auth, &invitation, &mother, err));
	accept = accept_for(&invitation);
	accept.name = "aigul";
	REFUSES(TANU_ERR_SIGN_IN, auth_accept(d->auth, secret, &session, &wait_s, &accept, err));
	accept.password = desk_password("aigul");
	MUST(auth_accept(d->auth, secret, &session, &wait_s, &accept, err));
	assert_int_equal(session.roles, ROLE_PERSON | ROLE_OPERATOR);
	MUST(auth_invite(d->auth, &invitation, &stranger, err));
	accept.token = invitation.token;
	accept.code = invitation.code;
	REFUSES(TANU_ERR_CONFLICT, auth_accept(d->auth, secret, &session, &wait_s, &accept, err));
	/* When the person leaves, what she was let in by goes, and her work stays. */
	MUST(auth_person_leave(d->auth, &mother, err));
	MUST(auth_session(d->auth, &session, secret, err));
	assert_int_equal(session.roles, ROLE_OPERATOR);
	assert_true(id_is_zero(&session.subject));
}

static void a_key_opens_what_its_scopes_name_until_it_ends(void **state)
{
	struct desk *d = *state;
	struct api_key_view view;
	struct session_view who;
	char key[API_KEY_TEXT_LEN], other[API_KEY_TEXT_LEN];

	MUST(auth_key_add(d->auth, key, &view, "payroll", SCOPE_PEOPLE_READ, d->now_ms + 3 * DAY_MS,
			  err));
	MUST(auth_key(d->auth, &who, key, err));
	assert_int_equal(who.scopes, SCOPE_PEOPLE_READ);
	assert_int_equal(who.roles, 0);
	memcpy(other, key, sizeof(other));
	other[20] = (char)(other[20] == 'A' ? 'B' : 'A');
	REFUSES(TANU_ERR_SIGNED_OUT, auth_key(d->auth, &who, other, err));
	REFUSES(TANU_ERR_SIGNED_OUT, auth_key(d->auth, &who, "", err));
	REFUSES(TANU_ERR_SIGNED_OUT, auth_key(d->auth, &who, key + 5, err));
	REFUSES(TANU_ERR_SIGNED_OUT, auth_session(d->auth, &who, key + 5, err));
	d->now_ms += 3 * DAY_MS;
	REFUSES(TANU_ERR_SIGNED_OUT, auth_key(d->auth, &who, key, err));
	MUST(auth_key_add(d->auth, key, &view, "payroll", SCOPE_PEOPLE_READ, 0, err));
	MUST(auth_key_remove(d->auth, &view.id, err));
	REFUSES(TANU_ERR_SIGNED_OUT, auth_key(d->auth, &who, key, err));
	REFUSES(TANU_ERR_RECORD_MISSING, auth_key_remove(d->auth, &view.id, err));
}

static void a_repeated_request_is_known_and_another_under_its_key_is_not(void **state)
{
	struct desk *d = *state;
	struct repeat_key key = {.account = {{1}}, .key = "aaaaaaaa", .what = {1}};
	struct repeat_key other = key, hers = key;
	struct buf answer = {0}, kept = {0};
	enum repeat what;

	other.what[0] = 2;
	hers.account.b[0] = 9;
	MUST(auth_repeat_look(d->auth, &what, &kept, &key, err));
	assert_int_equal(what, REPEAT_FIRST);
	MUST(store_begin(d->auth, err));
	MUST(auth_repeat_take(d->auth, &key, err));
	MUST(store_end(d->auth, TANU_OK, err));
	MUST(auth_repeat_look(d->auth, &what, &kept, &key, err));
	assert_int_equal(what, REPEAT_UNKNOWN);
	buf_str(&answer, "200 text\nhello");
	MUST(auth_repeat_answer(d->auth, &key, &answer, err));
	desk_reopen(d);
	MUST(auth_repeat_look(d->auth, &what, &kept, &key, err));
	assert_int_equal(what, REPEAT_ANSWERED);
	assert_string_equal(buf_cstr(&kept), "200 text\nhello");
	MUST(auth_repeat_look(d->auth, &what, &kept, &other, err));
	assert_int_equal(what, REPEAT_OTHER);
	MUST(auth_repeat_look(d->auth, &what, &kept, &hers, err));
	assert_int_equal(what, REPEAT_FIRST);
	d->now_ms += 2 * DAY_MS;
	MUST(auth_repeat_look(d->auth, &what, &kept, &key, err));
	assert_int_equal(what, REPEAT_FIRST);
	buf_free(&answer);
	buf_free(&kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    DESK_TEST(guesses_have_to_wait_longer_and_longer),
	    DESK_TEST(a_strangers_guesses_do_not_make_the_holder_wait),
	    DESK_TEST(one_address_can_not_try_all_names),
	    DESK_TEST(wrong_codes_are_slowed_down_too),
	    DESK_TEST(an_invitation_lets_in_once),
	    DESK_TEST(five_wrong_codes_use_an_invitation_up),
	    DESK_TEST(an_invitation_ends_by_time_and_by_a_newer_one),
	    DESK_TEST(whoever_has_an_account_shows_its_password),
	    DESK_TEST(a_key_opens_what_its_scopes_name_until_it_ends),
	    DESK_TEST(a_repeated_request_is_known_and_another_under_its_key_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
