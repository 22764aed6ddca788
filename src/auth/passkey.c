/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passkeys (WebAuthn) as a second proof beside the password: keys in a telephone or a token, which
 * sign a challenge of ours for our own address and no other. ES256, and
 * RS256 for those of Windows; whose make the authenticator is, is not asked (attestation "none").
 */
#include "auth/inside.h"

#include <fido.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <stdio.h>
#include <string.h>

#define CHALLENGE_LIFE_MS (5 * MINUTE_MS)
#define CLIENT_DATA_MAX	  2048
#define RP_HASH_LEN	  32
#define FLAGS_AT	  RP_HASH_LEN
#define FLAG_PRESENT	  0x01

static tanu_status not_right(tanu_error *err, const char *why)
{
	return tanu_fail(err, TANU_ERR_SECOND_FACTOR, "passkey", "%s", why);
}

/* ---- the challenge ---- */

void passkey_challenge(struct auth *a, struct account *account, char out[CHALLENGE_TEXT_LEN])
{
	struct buf text = {0};

	random_fill(&a->random, account->challenge, sizeof(account->challenge));
	account->challenge_ms = clock_now(&a->clock);
	base64url_put(&text, account->challenge, sizeof(account->challenge));
	snprintf(out, CHALLENGE_TEXT_LEN, "%s", buf_cstr(&text));
	buf_wipe(&text);
}

static bool is_fresh(const struct auth *a, const struct account *account)
{
	const int64_t age_ms = clock_now(&a->clock) - account->challenge_ms;

	return account->challenge_ms && age_ms >= 0 && age_ms < CHALLENGE_LIFE_MS;
}

static bool is_ours(const struct account *account, const char *text)
{
	struct buf bytes = {.max = 2 * (size_t)CHALLENGE_LEN};
	const bool same = base64url_get(&bytes, text, strlen(text), NULL) == TANU_OK &&
			  bytes.len == CHALLENGE_LEN &&
			  crypto_equal(bytes.data, account->challenge, CHALLENGE_LEN);

	buf_wipe(&bytes);
	return same;
}

/* ---- what the browser says of the challenge (WebAuthn, section 5.8.1) ---- */

static tanu_status client_data_check(const struct account *account, json_value root,
				     const char *type, const struct passkey_place *place,
				     tanu_error *err)
{
	const char *text = NULL, *challenge = NULL, *origin = NULL;
	bool crossed = false;

	if (json_text(&text, root, "type", err) < 0 ||
	    json_text(&challenge, root, "challenge", err) < 0 ||
	    json_text(&origin, root, "origin", err) < 0)
		return not_right(err, "what the browser says is not complete");
	if (json_get(root, "crossOrigin") && json_bool(&crossed, root, "crossOrigin", NULL) < 0)
		crossed = true;
	if (strcmp(text, type) != 0 || !is_ours(account, challenge))
		return not_right(err, "this is no answer to what was asked: begin again");
	if (crossed || (strcmp(origin, place->origin) != 0 &&
			(!place->plain_origin || strcmp(origin, place->plain_origin) != 0)))
		return not_right(err, "this passkey was used at another address than ours");
	return TANU_OK;
}

static tanu_status client_data_take(struct auth *a, struct account *account, const char *type,
				    const struct passkey_place *place, const struct bytes *data,
				    tanu_error *err)
{
	struct json_doc *doc = NULL;
	tanu_status st;

	if (!is_fresh(a, account))
		return not_right(err, "the question is too old: begin again");
	st = json_parse(&doc, data->p, data->len, CLIENT_DATA_MAX, "passkey", err);
	if (st == TANU_OK)
		st = client_data_check(account, json_root(doc), type, place, err);
	json_free(&doc);
	account->challenge_ms = 0; /* once */
	return st;
}

/* ---- a new one ---- */

static bool is_for(const struct bytes *authdata, const char *rp_id)
{
	uint8_t hash[DIGEST_LEN];

	sha256(hash, rp_id, strlen(rp_id));
	return authdata->len > FLAGS_AT && crypto_equal(authdata->p, hash, RP_HASH_LEN) &&
	       (((const uint8_t *)authdata->p)[FLAGS_AT] & FLAG_PRESENT);
}

/* False: this is no credential of that algorithm. */
static bool credential_of(struct passkey *out, fido_cred_t *cred, int algorithm,
			  const struct bytes *authdata)
{
	if (!cred || fido_cred_set_type(cred, algorithm) != FIDO_OK ||
	    fido_cred_set_authdata_raw(cred, authdata->p, authdata->len) != FIDO_OK ||
	    fido_cred_pubkey_len(cred) == 0 || fido_cred_pubkey_len(cred) > sizeof(out->key) ||
	    fido_cred_id_len(cred) == 0 || fido_cred_id_len(cred) > sizeof(out->id))
		return false;
	out->rsa = algorithm == COSE_RS256;
	out->id_len = fido_cred_id_len(cred);
	memcpy(out->id, fido_cred_id_ptr(cred), out->id_len);
	out->key_len = fido_cred_pubkey_len(cred);
	memcpy(out->key, fido_cred_pubkey_ptr(cred), out->key_len);
	out->count = fido_cred_sigcount(cred);
	return true;
}

static tanu_status credential_read(struct passkey *out, const struct bytes *authdata,
				   tanu_error *err)
{
	static const int algorithms[] = {COSE_ES256, COSE_RS256};
	bool read = false;

	for (size_t i = 0; i < ARRAY_LEN(algorithms) && !read; i++) {
		fido_cred_t *cred = fido_cred_new();

		read = credential_of(out, cred, algorithms[i], authdata);
		fido_cred_free(&cred);
	}
	return read ? TANU_OK : not_right(err, "this is no passkey that can be used here");
}

static struct passkey *passkey_of(struct account *account, const void *id, size_t id_len)
{
	for (size_t i = 0; i < account->passkeys_len; i++)
		if (account->passkey[i].id_len == id_len &&
		    memcmp(account->passkey[i].id, id, id_len) == 0)
			return &account->passkey[i];
	return NULL;
}

tanu_status passkey_add(struct auth *a, struct account *account, const struct passkey_made *made,
			tanu_error *err)
{
	struct passkey fresh = {.added_ms = clock_now(&a->clock)};
	tanu_status st;

	if (account->passkeys_len == PASSKEYS_MAX)
		return tanu_fail(err, TANU_ERR_CONFLICT, "passkey",
				 "%d passkeys are enough: remove one first", PASSKEYS_MAX);
	if ((st = client_data_take(a, account, "webauthn.create", &made->place, &made->client_data,
				   err)) < 0)
		return st;
	if (!authdata_is_sound(&made->authdata))
		return not_right(err, "what the authenticator says is damaged");
	if (!is_for(&made->authdata, made->place.rp_id))
		return not_right(err, "this passkey is for another address than ours");
	if ((st = credential_read(&fresh, &made->authdata, err)) < 0)
		return st;
	if (passkey_of(account, fresh.id, fresh.id_len))
		return tanu_fail(err, TANU_ERR_CONFLICT, "passkey", "this passkey is here already");
	snprintf(fresh.name, sizeof(fresh.name), "%s", made->name);
	account->passkey[account->passkeys_len++] = fresh;
	return TANU_OK;
}

void passkeys_show(struct passkey_asked *out, const struct account *account)
{
	*out =
	    (struct passkey_asked){.account = account->id, .passkeys_len = account->passkeys_len};
	for (size_t i = 0; i < account->passkeys_len; i++) {
		const struct passkey *from = &account->passkey[i];
		struct passkey_view *to = &out->passkey[i];

		memcpy(to->id, from->id, from->id_len);
		to->id_len = from->id_len;
		snprintf(to->name, sizeof(to->name), "%s", from->name);
		to->added_ms = from->added_ms;
		to->used_ms = from->used_ms;
	}
}

tanu_status passkey_drop(struct account *account, const struct bytes *id, tanu_error *err)
{
	struct passkey *gone = passkey_of(account, id->p, id->len);
	size_t at;

	if (!gone)
		return tanu_fail(err, TANU_ERR_RECORD_MISSING, "passkey",
				 "there is no such passkey");
	at = (size_t)(gone - account->passkey);
	account->passkeys_len--;
	memmove(gone, gone + 1, (account->passkeys_len - at) * sizeof(*gone));
	mem_wipe(&account->passkey[account->passkeys_len], sizeof(*gone));
	return TANU_OK;
}

/* ---- signing in with one ---- */

static bool verifies(const fido_assert_t *assert, const struct passkey *key)
{
	es256_pk_t *es = key->rsa ? NULL : es256_pk_new();
	rs256_pk_t *rs = key->rsa ? rs256_pk_new() : NULL;
	bool holds = false;

	if (es)
		holds = es256_pk_from_ptr(es, key->key, key->key_len) == FIDO_OK &&
			fido_assert_verify(assert, 0, COSE_ES256, es) == FIDO_OK;
	if (rs)
		holds = rs256_pk_from_ptr(rs, key->key, key->key_len) == FIDO_OK &&
			fido_assert_verify(assert, 0, COSE_RS256, rs) == FIDO_OK;
	es256_pk_free(&es);
	rs256_pk_free(&rs);
	return holds;
}

static bool signature_holds(const struct passkey *key, const struct passkey_answer *answer,
			    uint32_t *count)
{
	fido_assert_t *assert = fido_assert_new();
	uint8_t hash[DIGEST_LEN];
	bool holds;

	sha256(hash, answer->client_data.p, answer->client_data.len);
	holds =
	    assert &&fido_assert_set_clientdata_hash(assert, hash, sizeof(hash)) ==
	    FIDO_OK &&fido_assert_set_rp(assert, answer->place.rp_id) ==
	    FIDO_OK &&fido_assert_set_count(assert, 1) ==
	    FIDO_OK &&fido_assert_set_authdata_raw(assert, 0, answer->authdata.p,
						   answer->authdata.len) ==
	    FIDO_OK &&fido_assert_set_sig(assert, 0, answer->signature.p, answer->signature.len) ==
	    FIDO_OK &&fido_assert_set_up(assert, FIDO_OPT_TRUE) == FIDO_OK &&verifies(assert, key);
	if (holds)
		*count = fido_assert_sigcount(assert, 0);
	fido_assert_free(&assert);
	return holds;
}

tanu_status passkey_check(struct auth *a, struct account *account,
			  const struct passkey_answer *answer, tanu_error *err)
{
	struct passkey *key = passkey_of(account, answer->id.p, answer->id.len);
	uint32_t count = 0;
	tanu_status st =
	    client_data_take(a, account, "webauthn.get", &answer->place, &answer->client_data, err);

	if (st < 0)
		return st;
	if (!authdata_is_sound(&answer->authdata))
		return not_right(err, "what the authenticator says is damaged");
	if (!key || !signature_holds(key, answer, &count))
		return not_right(err, "this passkey is not one of this account");
	/* a counter that does not go on is that of a copy (WebAuthn, section 6.1.1) */
	if ((key->count || count) && count <= key->count)
		return not_right(err, "this passkey seems to have been copied: remove it");
	key->count = count;
	key->used_ms = clock_now(&a->clock);
	return TANU_OK;
}
