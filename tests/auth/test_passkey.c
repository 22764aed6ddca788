/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passkeys against an authenticator made here with libcrypto (WebAuthn, section 6): what it signs
 * for us is taken once; for another address, of another key, for another question never.
 */
#include "auth/desk.h"
#include "auth/inside.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>

#define RP	"school.example"
#define ORIGIN	"https://school.example"
#define ADDRESS "192.0.2.1"

struct token {
	EVP_PKEY *key;
	uint8_t id[16];
	uint32_t count;
	/* what it is told, and says */
	const char *rp_id, *origin;
	bool crossed, absent;
};

static struct token token_new(uint8_t number)
{
	struct token t = {.key = EVP_EC_gen("P-256"), .rp_id = RP, .origin = ORIGIN};

	assert_non_null(t.key);
	memset(t.id, number, sizeof(t.id));
	return t;
}

/* The kind that Windows has. */
static struct token rsa_token_new(uint8_t number)
{
	struct token t = token_new(number);

	EVP_PKEY_free(t.key);
	t.key = EVP_RSA_gen(2048);
	assert_non_null(t.key);
	return t;
}

static void put_client_data(struct buf *out, const struct token *t, const char *type,
			    const char *challenge)
{
	buf_printf(out,
		   "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":%s}",
		   type, challenge, t->origin, t->crossed ? "true" : "false");
}

static void put_head(struct buf *out, const struct token *t, uint8_t flags)
{
	uint8_t hash[DIGEST_LEN];

	sha256(hash, t->rp_id, strlen(t->rp_id));
	buf_put(out, hash, sizeof(hash));
	buf_u8(out, t->absent ? (uint8_t)(flags & ~1) : flags);
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_u8(out, (uint8_t)(t->count >> shift));
}

/* RFC 8230, section 4: RSA, RS256, exponent 65537. */
static void put_rsa(struct buf *out, const struct token *t)
{
	static const uint8_t begin[] = {0xA4, 1, 3, 3, 0x39, 1, 0, 0x20, 0x59, 1, 0};
	static const uint8_t end[] = {0x21, 0x43, 1, 0, 1};
	BIGNUM *n = NULL;
	uint8_t modulus[256];

	assert_int_equal(EVP_PKEY_get_bn_param(t->key, OSSL_PKEY_PARAM_RSA_N, &n), 1);
	assert_int_equal(BN_bn2binpad(n, modulus, sizeof(modulus)), sizeof(modulus));
	buf_put(out, begin, sizeof(begin));
	buf_put(out, modulus, sizeof(modulus));
	buf_put(out, end, sizeof(end));
	BN_free(n);
}

/* Its new key as COSE (RFC 9053, section 7.1): EC2, ES256, P-256. */
static void put_ec(struct buf *out, const struct token *t)
{
	static const uint8_t begin[] = {0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20};
	static const uint8_t middle[] = {0x22, 0x58, 0x20};
	uint8_t point[65];
	size_t len = 0;

	assert_int_equal(EVP_PKEY_get_octet_string_param(t->key, OSSL_PKEY_PARAM_PUB_KEY, point,
							 sizeof(point), &len),
			 1);
	assert_int_equal(len, sizeof(point)); /* uncompressed */
	buf_put(out, begin, sizeof(begin));
	buf_put(out, point + 1, 32);
	buf_put(out, middle, sizeof(middle));
	buf_put(out, point + 33, 32);
}

static void put_attested(struct buf *out, const struct token *t)
{
	const uint8_t zeros[16] = {0};

	put_head(out, t, 0x41);
	buf_put(out, zeros, sizeof(zeros)); /* AAGUID: whose make it is, is not told */
	buf_u8(out, 0);
	buf_u8(out, sizeof(t->id));
	buf_put(out, t->id, sizeof(t->id));
	if (EVP_PKEY_is_a(t->key, "RSA"))
		put_rsa(out, t);
	else
		put_ec(out, t);
}

static struct passkey_place here(void)
{
	return (struct passkey_place){.rp_id = RP, .origin = ORIGIN};
}

/* ---- setting one up ---- */

static struct own_act act_of(const tanu_id *account, const char *name)
{
	return (struct own_act){
	    .account = *account, .password = desk_password(name), .address = ADDRESS};
}

static tanu_status make(struct desk *d, const struct token *t, const tanu_id *account,
			const char *challenge, bool *fresh, tanu_error *err)
{
	struct buf client = {0}, authdata = {0};
	char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN];
	struct own_act act = {.account = *account, .address = ADDRESS};
	struct passkey_made made = {.place = here(), .name = "My phone"};
	tanu_status st;

	put_client_data(&client, t, "webauthn.create", challenge);
	put_attested(&authdata, t);
	made.client_data = (struct bytes){client.data, client.len};
	made.authdata = (struct bytes){authdata.data, authdata.len};
	st = auth_passkey_confirm(d->auth, codes, fresh, &act, &made, err);
	buf_free(&client);
	buf_free(&authdata);
	return st;
}

static void begin(struct desk *d, struct passkey_asked *asked, const tanu_id *account,
		  const char *name)
{
	struct own_act act = act_of(account, name);
	unsigned wait_s = 0;

	MUST(auth_passkey_begin(d->auth, asked, &wait_s, &act, err));
}

static void set_up(struct desk *d, const struct token *t, const tanu_id *account, const char *name)
{
	struct passkey_asked asked;
	bool fresh = false;

	begin(d, &asked, account, name);
	MUST(make(d, t, account, asked.challenge, &fresh, err));
}

/* ---- signing in ---- */

static void put_signature(struct buf *out, const struct token *t, const struct buf *authdata,
			  const struct buf *client)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct buf signed_bytes = {0};
	uint8_t hash[DIGEST_LEN], signature[256];
	size_t len = sizeof(signature);

	sha256(hash, client->data, client->len);
	buf_put(&signed_bytes, authdata->data, authdata->len);
	buf_put(&signed_bytes, hash, sizeof(hash));
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, t->key), 1);
	assert_int_equal(EVP_DigestSign(ctx, signature, &len, signed_bytes.data, signed_bytes.len),
			 1);
	buf_put(out, signature, len);
	EVP_MD_CTX_free(ctx);
	buf_free(&signed_bytes);
}

struct answer {
	struct buf client, authdata, signature;
};

static void answer_make(struct answer *a, const struct token *t, const char *challenge)
{
	*a = (struct answer){.client = {0}};
	put_client_data(&a->client, t, "webauthn.get", challenge);
	put_head(&a->authdata, t, 0x01);
	put_signature(&a->signature, t, &a->authdata, &a->client);
}

static void answer_free(struct answer *a)
{
	buf_free(&a->client);
	buf_free(&a->authdata);
	buf_free(&a->signature);
}

static tanu_status sign_in_with(struct desk *d, const struct token *t, const struct answer *a,
				const char *name, tanu_error *err)
{
	struct passkey_answer passkey = {.place = here(),
					 .id = {t->id, sizeof(t->id)},
					 .client_data = {a->client.data, a->client.len},
					 .authdata = {a->authdata.data, a->authdata.len},
					 .signature = {a->signature.data, a->signature.len}};
	struct sign_in in = {
	    .name = name, .password = desk_password(name), .passkey = &passkey, .address = ADDRESS};
	char secret[SESSION_TEXT_LEN];
	struct session_view session;
	unsigned wait_s = 0;

	return auth_sign_in(d->auth, secret, &session, &wait_s, &in, err);
}

static void ask(struct desk *d, struct passkey_asked *asked, const char *name)
{
	struct sign_in in = {.name = name, .password = desk_password(name), .address = ADDRESS};
	unsigned wait_s = 0;

	MUST(auth_passkey_ask(d->auth, asked, &wait_s, &in, err));
}

/* Asked anew, answered by this token, as it is. */
static tanu_status sign_in(struct desk *d, const struct token *t, const char *name, tanu_error *err)
{
	struct passkey_asked asked;
	struct answer a;
	tanu_status st;

	ask(d, &asked, name);
	answer_make(&a, t, asked.challenge);
	st = sign_in_with(d, t, &a, name, err);
	answer_free(&a);
	return st;
}

static void a_passkey_is_set_up_and_asked_for(void **state)
{
	struct desk *d = *state;
	tanu_id aigul = desk_account(d, "aigul", ROLE_OPERATOR);
	struct token t = token_new(7);
	struct passkey_asked asked;
	struct signed_in in;
	struct account_view view;
	bool fresh = false;

	begin(d, &asked, &aigul, "aigul");
	assert_int_equal(asked.passkeys_len, 0);
	MUST(make(d, &t, &aigul, asked.challenge, &fresh, err));
	assert_true(fresh);		/* the first second proof comes with recovery codes */
	REFUSES(TANU_ERR_SECOND_FACTOR, /* a challenge is good once */
		make(d, &t, &aigul, asked.challenge, &fresh, err));
	assert_true(desk_sign_in(d, &in, "aigul", desk_password("aigul"), NULL, ADDRESS) < 0);
	assert_int_equal(in.why.code, TANU_ERR_SECOND_FACTOR);
	desk_reopen(d);
	ask(d, &asked, "aigul");
	assert_int_equal(asked.passkeys_len, 1);
	assert_string_equal(asked.passkey[0].name, "My phone");
	assert_int_equal(asked.passkey[0].id_len, sizeof(t.id));
	MUST(sign_in(d, &t, "aigul", err));
	MUST(auth_account_get(d->auth, &view, &aigul, err));
	assert_int_equal(view.passkeys, 1);
	assert_int_equal(view.recovery_codes, RECOVERY_CODES);
	EVP_PKEY_free(t.key);
}

static void one_of_windows_is_as_good(void **state)
{
	struct desk *d = *state;
	tanu_id aigul = desk_account(d, "aigul", ROLE_OPERATOR);
	struct token rsa = rsa_token_new(7), ec = token_new(8), other = rsa_token_new(7);

	set_up(d, &rsa, &aigul, "aigul");
	set_up(d, &ec, &aigul, "aigul");
	desk_reopen(d);
	MUST(sign_in(d, &rsa, "aigul", err));
	MUST(sign_in(d, &ec, "aigul", err));
	REFUSES(TANU_ERR_SECOND_FACTOR, sign_in(d, &other, "aigul", err));
	EVP_PKEY_free(rsa.key);
	EVP_PKEY_free(ec.key);
	EVP_PKEY_free(other.key);
}

static void an_answer_is_taken_once_and_for_its_question(void **state)
{
	struct desk *d = *state;
	tanu_id aigul = desk_account(d, "aigul", ROLE_OPERATOR);
	struct token t = token_new(7);
	struct passkey_asked asked, later;
	struct answer a;

	set_up(d, &t, &aigul, "aigul");
	ask(d, &asked, "aigul");
	answer_make(&a, &t, asked.challenge);
	MUST(sign_in_with(d, &t, &a, "aigul", err));
	REFUSES(TANU_ERR_SECOND_FACTOR, sign_in_with(d, &t, &a, "aigul", err));
	d->now_ms += 3600000; /* waits are over */
	ask(d, &later, "aigul");
	REFUSES(TANU_ERR_SECOND_FACTOR, sign_in_with(d, &t, &a, "aigul", err));
	answer_free(&a);
	d->now_ms += 3600000;
	ask(d, &asked, "aigul");
	answer_make(&a, &t, asked.challenge);
	d->now_ms += 6 * MINUTE_MS; /* too late */
	REFUSES(TANU_ERR_SECOND_FACTOR, sign_in_with(d, &t, &a, "aigul", err));
	answer_free(&a);
	EVP_PKEY_free(t.key);
}

/* What a page of somebody else gets out of her token is of no use here. */
static void nothing_for_another_address_is_taken(void **state)
{
	static const struct {
		const char *rp_id, *origin;
		bool crossed, absent;
	} elsewhere[] = {{"evil.example", "https://evil.example", false, false},
			 {RP, "https://evil.example", false, false},
			 {RP, "http://school.example", false, false},
			 {RP, ORIGIN ":8443", false, false},
			 {"evil.example", ORIGIN, false, false},
			 {RP, ORIGIN, true, false},
			 {RP, ORIGIN, false, true}};
	struct desk *d = *state;
	tanu_id aigul = desk_account(d, "aigul", ROLE_OPERATOR);
	struct token good = token_new(7), t;
	struct passkey_asked asked;
	bool fresh = false;

	set_up(d, &good, &aigul, "aigul");
	for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++) {
		t = good;
		t.rp_id = elsewhere[i].rp_id;
		t.origin = elsewhere[i].origin;
		t.crossed = elsewhere[i].crossed;
		t.absent = elsewhere[i].absent;
		d->now_ms += 3600000;
		REFUSES(TANU_ERR_SECOND_FACTOR, sign_in(d, &t, "aigul", err));
		memset(t.id, 9, sizeof(t.id));
		begin(d, &asked, &aigul, "aigul");
		REFUSES(TANU_ERR_SECOND_FACTOR, make(d, &t, &aigul, asked.challenge, &fresh, err));
	}
	d->now_ms += 3600000;
	MUST(sign_in(d, &good, "aigul", err));
	EVP_PKEY_free(good.key);
}

static void somebody_elses_or_a_copied_one_is_refused(void **state)
{
	struct desk *d = *state;
	tanu_id aigul = desk_account(d, "aigul", ROLE_OPERATOR);
	tanu_id berik = desk_account(d, "berik", ROLE_OPERATOR);
	struct token hers = token_new(7), his = token_new(8), forged;

	set_up(d, &hers, &aigul, "aigul");
	set_up(d, &his, &berik, "berik");
	REFUSES(TANU_ERR_SECOND_FACTOR, sign_in(d, &his, "aigul", err));
	forged = his; /* his key under her id */
	memcpy(forged.id, hers.id, sizeof(forged.id));
	d->now_ms += 3600000;
	REFUSES(TANU_ERR_SECOND_FACTOR, sign_in(d, &forged, "aigul", err));
	d->now_ms += 3600000;
	hers.count = 5;
	MUST(sign_in(d, &hers, "aigul", err));
	REFUSES(TANU_ERR_SECOND_FACTOR, sign_in(d, &hers, "aigul", err)); /* 5 again */
	d->now_ms += 3600000;
	hers.count = 6;
	MUST(sign_in(d, &hers, "aigul", err));
	EVP_PKEY_free(hers.key);
	EVP_PKEY_free(his.key);
}

static void damaged_answers_are_refused(void **state)
{
	struct desk *d = *state;
	tanu_id aigul = desk_account(d, "aigul", ROLE_OPERATOR);
	struct token t = token_new(7);
	struct passkey_asked asked;
	struct answer a;

	set_up(d, &t, &aigul, "aigul");
	for (int part = 0; part < 3; part++)
		for (int how = 0; how < 3; how++) {
			struct buf *damaged;

			d->now_ms += 3600000;
			ask(d, &asked, "aigul");
			answer_make(&a, &t, asked.challenge);
			damaged = part == 0 ? &a.client : part == 1 ? &a.authdata : &a.signature;
			if (how == 0)
				damaged->data[damaged->len / 2] ^= 1;
			else if (how == 1)
				damaged->len -= 1;
			else
				damaged->len = 0;
			assert_true(sign_in_with(d, &t, &a, "aigul", NULL) < 0);
			answer_free(&a);
		}
	d->now_ms += 3600000;
	MUST(sign_in(d, &t, "aigul", err));
	EVP_PKEY_free(t.key);
}

/* An item that says it has more in it than there are bytes gets no room (RFC 8949, section 3). */
static void authdata_promises_nothing_that_it_has_not(void **state)
{
	enum { HEAD = 37 };
	static const struct {
		const char *items;
		size_t len;
		bool attested, sound;
	} said[] = {
	    {"", 0, false, true},
	    {"\xA1\x61\x61\xF5", 4, false, true},		       /* {"a": true} */
	    {"\x9B\0\0\0\1\0\0\0\0\1", 10, false, false},	       /* an array of 2^32 */
	    {"\xBB\x80\0\0\0\0\0\0\0\1\1", 11, false, false},	       /* a map of 2^63 */
	    {"\xBA\0\0\0\3\1\1\1\1\1", 10, false, false},	       /* three pairs, five items */
	    {"\x82\x82\x82\1", 4, false, false},		       /* three arrays, one item */
	    {"\x5B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 9, false, false}, /* bytes */
	    {"\x78\4abc", 5, false, false}, /* text of four, three there */
	    {"\xC2\x41\1", 3, false, true}, /* a tag and what it is of */
	    {"\xC2", 1, false, false},
	    {"\x9F\1\xFF", 3, false, false}, /* of unstated length */
	    {"\x1C", 1, false, false},	     /* reserved */
	    {"\x19\1", 2, false, false},
	    {"0123456789abcdef\0\1i\xA1\1\2", 22, true, true},
	    {"0123456789abcdef\0\1i", 19, true, false}, /* no key */
	    {"0123456789abcdef\1\1i\xA0", 20, true, false},
	    {"0123456789", 10, true, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(said); i++) {
		uint8_t all[HEAD + 32] = {[32] = said[i].attested ? 0x41 : 0x01};
		const struct bytes authdata = {all, HEAD + said[i].len};

		memcpy(all + HEAD, said[i].items, said[i].len);
		if (authdata_is_sound(&authdata) != said[i].sound)
			fail_msg("row %zu", i);
	}
	assert_false(authdata_is_sound(&(struct bytes){"short", 5}));
}

static void they_are_removed_one_by_one_and_by_a_reset(void **state)
{
	struct desk *d = *state;
	tanu_id aigul = desk_account(d, "aigul", ROLE_OPERATOR);
	struct token t = token_new(7), more;
	struct passkey_asked asked;
	struct own_act act = act_of(&aigul, "aigul");
	struct bytes id = {t.id, sizeof(t.id)};
	struct signed_in in;
	unsigned wait_s = 0;
	bool fresh = true;

	set_up(d, &t, &aigul, "aigul");
	for (uint8_t i = 1; i < PASSKEYS_MAX; i++) {
		more = token_new((uint8_t)(20 + i));
		begin(d, &asked, &aigul, "aigul");
		MUST(make(d, &more, &aigul, asked.challenge, &fresh, err));
		assert_false(fresh);
		EVP_PKEY_free(more.key);
	}
	more = token_new(40);
	begin(d, &asked, &aigul, "aigul");
	REFUSES(TANU_ERR_CONFLICT, make(d, &more, &aigul, asked.challenge, &fresh, err));
	MUST(auth_passkey_remove(d->auth, &wait_s, &act, &id, err));
	REFUSES(TANU_ERR_RECORD_MISSING, auth_passkey_remove(d->auth, &wait_s, &act, &id, err));
	REFUSES(TANU_ERR_SECOND_FACTOR, sign_in(d, &t, "aigul", err));
	act.password = "not her words";
	REFUSES(TANU_ERR_SIGN_IN, auth_passkey_remove(d->auth, &wait_s, &act, &id, err));
	MUST(auth_passkeys(d->auth, &asked, &aigul, err));
	assert_int_equal(asked.passkeys_len, PASSKEYS_MAX - 1);
	MUST(auth_account_reset(d->auth, d->first, &aigul, err));
	d->now_ms += 3600000;
	MUST(desk_sign_in(d, &in, "aigul", d->first, NULL, ADDRESS));
	EVP_PKEY_free(t.key);
	EVP_PKEY_free(more.key);
}

static void who_has_none_is_asked_for_none(void **state)
{
	struct desk *d = *state;
	struct sign_in in = {
	    .name = "aigul", .password = desk_password("aigul"), .address = ADDRESS};
	struct passkey_asked asked;
	unsigned wait_s = 0;

	desk_account(d, "aigul", ROLE_OPERATOR);
	REFUSES(TANU_ERR_SECOND_FACTOR, auth_passkey_ask(d->auth, &asked, &wait_s, &in, err));
	in.password = "a guess";
	REFUSES(TANU_ERR_SIGN_IN, auth_passkey_ask(d->auth, &asked, &wait_s, &in, err));
	in.name = "nobody";
	REFUSES(TANU_ERR_SIGN_IN, auth_passkey_ask(d->auth, &asked, &wait_s, &in, err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    DESK_TEST(a_passkey_is_set_up_and_asked_for),
	    DESK_TEST(one_of_windows_is_as_good),
	    DESK_TEST(an_answer_is_taken_once_and_for_its_question),
	    DESK_TEST(nothing_for_another_address_is_taken),
	    DESK_TEST(somebody_elses_or_a_copied_one_is_refused),
	    DESK_TEST(damaged_answers_are_refused),
	    cmocka_unit_test(authdata_promises_nothing_that_it_has_not),
	    DESK_TEST(they_are_removed_one_by_one_and_by_a_reset),
	    DESK_TEST(who_has_none_is_asked_for_none),
	};

	return cmocka_run_group_tests_name("auth/passkey", tests, NULL, NULL);
}
