/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Yes or no to a relying party, as a JWS (RFC 7515, compact; EdDSA, RFC 8037). It says whose answer
 * it is, for whom, to which question, until when, about whom by her pseudonym there, for which
 * purpose, and what stood against photographs of photographs. Never a score, a name or a picture.
 */
#include "service/relying_inside.h"

#include <stdio.h>
#include <string.h>

/* ---- the signed answer ---- */

#define KID_LEN 17

static void kid_of(char out[KID_LEN], const uint8_t key[PUBLIC_KEY_LEN])
{
	uint8_t digest[DIGEST_LEN];

	sha256(digest, key, PUBLIC_KEY_LEN);
	hex_encode(out, digest, (KID_LEN - 1) / 2);
}

static void put_header(struct json_w *w, const char *kid)
{
	jw_object(w, NULL);
	jw_text(w, "alg", "EdDSA");
	jw_text(w, "kid", kid);
	jw_text(w, "typ", "tanu-assertion+jwt");
	jw_end_object(w);
}

struct assertion {
	const struct relying_view *relying;
	const char *pseudonym, *nonce, *pad;
	bool yes;
	int64_t now_ms;
};

static void put_claims(struct json_w *w, const struct service *s, const struct assertion *a)
{
	char site[ID_HEX_LEN], issuer[64];

	id_hex(site, &s->site);
	snprintf(issuer, sizeof(issuer), "urn:tanu:site:%s", site);
	jw_object(w, NULL);
	jw_text(w, "aud", a->relying->audience);
	jw_text(w, "basis", "consent");
	jw_int(w, "exp", (a->now_ms + ASSERTION_LIFE_MS) / 1000);
	jw_int(w, "iat", a->now_ms / 1000);
	jw_text(w, "iss", issuer);
	jw_text(w, "nonce", a->nonce);
	jw_text(w, "pad", a->pad);
	jw_text(w, "purpose", tanu_purpose_name(TANU_PURPOSE_IDENTITY));
	jw_text(w, "result", a->yes ? "yes" : "no");
	jw_text(w, "sub", a->pseudonym);
	jw_end_object(w);
}

/* Each part of a JWS is base64url of JSON. */
static void put_part(struct buf *out, struct buf *json)
{
	base64url_put(out, json->data, json->len);
	buf_free(json);
}

static tanu_status jws_write(struct buf *out, const struct service *s, const struct secret *seed,
			     const struct assertion *a, tanu_error *err)
{
	uint8_t key[PUBLIC_KEY_LEN], signature[SIGNATURE_LEN];
	struct buf header = {0}, claims = {0};
	char kid[KID_LEN];
	struct json_w w;

	sign_public_key(key, seed);
	kid_of(kid, key);
	jw_init(&w, &header);
	put_header(&w, kid);
	jw_init(&w, &claims);
	put_claims(&w, s, a);
	put_part(out, &header);
	buf_str(out, ".");
	put_part(out, &claims);
	if (!out->failed)
		sign(signature, seed, out->data, out->len);
	buf_str(out, ".");
	base64url_put(out, signature, sizeof(signature));
	return buf_check(out, err);
}

tanu_status service_assertion_keys(struct service *s, struct buf *out, tanu_error *err)
{
	struct relying_keys keys = {.sign = {{0}}};
	uint8_t key[PUBLIC_KEY_LEN];
	char kid[KID_LEN];
	struct buf x = {0};
	struct json_w w;
	tanu_status st = relying_keys(s, &keys, err);

	if (st < 0)
		return st;
	sign_public_key(key, &keys.sign);
	mem_wipe(&keys, sizeof(keys));
	kid_of(kid, key);
	base64url_put(&x, key, sizeof(key));
	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_array(&w, "keys");
	jw_object(&w, NULL);
	jw_text(&w, "alg", "EdDSA");
	jw_text(&w, "crv", "Ed25519");
	jw_text(&w, "kid", kid);
	jw_text(&w, "kty", "OKP");
	jw_text(&w, "use", "sig");
	jw_text(&w, "x", buf_cstr(&x));
	jw_end_object(&w);
	jw_end_array(&w);
	jw_end_object(&w);
	buf_free(&x);
	return buf_check(out, err);
}

/* ---- one attempt ---- */

static tanu_status attempt_count(struct service *s, struct allowed_paper *a, const tanu_id *subject,
				 tanu_error *err)
{
	const int64_t now_ms = clock_now(&s->clock);
	const bool same_day = a->asked_ms && date_to_days(date_from_ms(a->asked_ms)) ==
						 date_to_days(date_from_ms(now_ms));
	tanu_status st;

	a->attempts = same_day ? a->attempts + 1 : 1;
	a->asked_ms = now_ms;
	st = tx_begin(s, err);
	return st < 0 ? st : tx_end(s, allowed_store(s, subject, a, err), err);
}

static tanu_status answer_write(struct service *s, struct buf *jws, struct assertion *a,
				const tanu_id *subject, tanu_error *err)
{
	struct relying_keys keys = {.sign = {{0}}};
	char pseudonym[PSEUDONYM_LEN];
	tanu_status st;

	a->pseudonym = pseudonym;
	a->now_ms = clock_now(&s->clock);
	if ((st = relying_pseudonym(s, pseudonym, &a->relying->id, subject, err)) == TANU_OK &&
	    (st = relying_keys(s, &keys, err)) == TANU_OK)
		st = jws_write(jws, s, &keys.sign, a, err);
	mem_wipe(&keys, sizeof(keys));
	a->pseudonym = NULL;
	return st;
}

/* A picture that is held up is answered, and the answer is no. */
static tanu_status answer_find(struct service *s, struct assertion *a,
			       const struct assertion_ask *ask, tanu_error *err)
{
	const struct verify_asker asker = {
	    .id = ask->relying->id,
	    .name = ask->relying->name,
	    .liveness_min = (float)settings_float(&s->settings, "relying.liveness_min")};
	struct verify_result result = {.used = 0};
	tanu_error why = {0};
	tanu_status st = verify_for(s, &result, &a->yes, &asker, ask, &why);

	if (st == TANU_OK) {
		a->pad = result.pad;
	} else if (why.code == TANU_ERR_NOT_LIVE && ask->live &&
		   ask->live->state == LIVENESS_ATTACK) {
		a->pad = ask->live->synthetic ? "synthetic" : "sequence";
		st = TANU_OK;
	} else if (err) {
		*err = why;
	}
	return st;
}

tanu_status service_assertion_answer(struct service *s, struct buf *jws, bool *yes,
				     const struct assertion_ask *ask, tanu_error *err)
{
	struct assertion a = {.relying = ask->relying, .nonce = ask->nonce};
	struct allowed_paper allowed = {.given_ms = 0};
	tanu_status st;

	if ((st = assertion_may(s, &allowed, ask->relying, ask->subject, err)) < 0 ||
	    (st = attempt_count(s, &allowed, ask->subject, err)) < 0 ||
	    (st = answer_find(s, &a, ask, err)) < 0)
		return st;
	*yes = a.yes;
	return answer_write(s, jws, &a, ask->subject, err);
}

tanu_status service_assertion_decline(struct service *s, const struct relying_view *relying,
				      const tanu_id *subject, tanu_error *err)
{
	const tanu_error why = {.code = TANU_ERR_NO_CONSENT};
	struct allowed_paper allowed = {.given_ms = 0};
	tanu_status st = assertion_may(s, &allowed, relying, subject, err);

	if (st == TANU_OK)
		st = attempt_count(s, &allowed, subject, err);
	if (st == TANU_OK && refusal_put(s, subject, TANU_EVENT_VERIFY_REFUSED,
					 TANU_PURPOSE_IDENTITY, relying->name, &why) < 0)
		st = tanu_fail(err, TANU_ERR_IO, NULL, "her no could not be written down");
	return st;
}
