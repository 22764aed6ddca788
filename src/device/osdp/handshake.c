/* SPDX-License-Identifier: Apache-2.0 */
/* Session keys and cryptograms (annex D.4). */
#include "device/osdp/secure.h"

#include <string.h>

_Static_assert(OSDP_KEY_LEN == AES_KEY_LEN, "its keys are keys of AES-128");
_Static_assert(OSDP_KEY_LEN == AES_BLOCK, "one block is one key");

const struct osdp_key osdp_default_key = {{0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38,
					   0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f}};

void osdp_secure_wipe(struct osdp_secure *s)
{
	mem_wipe(s, sizeof(*s));
}

/* One of three keys: its two-byte number and the first six bytes of the controller's nonce. */
static tanu_status derive(struct osdp_secure *s, struct osdp_key *out, uint8_t kind,
			  tanu_error *err)
{
	uint8_t block[AES_BLOCK] = {0x01, kind};

	memcpy(block + 2, s->nonce_a, 6);
	return aes128_block(out->b, s->base.b, block, err);
}

static tanu_status cryptogram_of(const struct osdp_secure *s, uint8_t out[OSDP_KEY_LEN],
				 const uint8_t *first, const uint8_t *second, tanu_error *err)
{
	uint8_t block[AES_BLOCK];

	memcpy(block, first, OSDP_NONCE_LEN);
	memcpy(block + OSDP_NONCE_LEN, second, OSDP_NONCE_LEN);
	return aes128_block(out, s->enc.b, block, err);
}

static tanu_status derive_all(struct osdp_secure *s, uint8_t client[OSDP_KEY_LEN], tanu_error *err)
{
	tanu_status st;

	if ((st = derive(s, &s->enc, 0x82, err)) < 0 || (st = derive(s, &s->mac1, 0x01, err)) < 0 ||
	    (st = derive(s, &s->mac2, 0x02, err)) < 0)
		return st;
	if ((st = cryptogram_of(s, client, s->nonce_a, s->nonce_b, err)) < 0)
		return st;
	return cryptogram_of(s, s->server, s->nonce_b, s->nonce_a, err);
}

/* The chain begins with the controller's cryptogram, encrypted with one MAC key and the other. */
static tanu_status first_mac(const struct osdp_secure *s, uint8_t out[OSDP_KEY_LEN],
			     tanu_error *err)
{
	tanu_status st = aes128_block(out, s->mac1.b, s->server, err);

	return st < 0 ? st : aes128_block(out, s->mac2.b, out, err);
}

static void begin(struct osdp_secure *s, const struct osdp_key *key)
{
	osdp_secure_wipe(s);
	s->base = *key;
	s->default_key = crypto_equal(key->b, osdp_default_key.b, OSDP_KEY_LEN);
}

static tanu_status not_ours(tanu_error *err, const char *who)
{
	return tanu_fail(err, TANU_ERR_CRYPTO, "OSDP secure channel",
			 "%s does not hold the key: pair them anew", who);
}

void osdp_secure_challenge(struct osdp_secure *s, const struct osdp_key *key,
			   const struct random_source *random)
{
	begin(s, key);
	random_fill(random, s->nonce_a, sizeof(s->nonce_a));
}

tanu_status osdp_secure_take_client(struct osdp_secure *s, const uint8_t nonce_b[OSDP_NONCE_LEN],
				    const uint8_t cryptogram[OSDP_KEY_LEN], tanu_error *err)
{
	uint8_t want[OSDP_KEY_LEN];
	tanu_status st;

	memcpy(s->nonce_b, nonce_b, OSDP_NONCE_LEN);
	st = derive_all(s, want, err);
	if (st >= 0 && !crypto_equal(want, cryptogram, OSDP_KEY_LEN))
		st = not_ours(err, "the reader");
	mem_wipe(want, sizeof(want));
	return st;
}

tanu_status osdp_secure_take_rmac(struct osdp_secure *s, const uint8_t rmac[OSDP_KEY_LEN],
				  tanu_error *err)
{
	uint8_t want[OSDP_KEY_LEN];
	tanu_status st = first_mac(s, want, err);

	if (st >= 0 && !crypto_equal(want, rmac, OSDP_KEY_LEN))
		st = not_ours(err, "the reader");
	if (st >= 0) {
		memcpy(s->r_mac, want, OSDP_KEY_LEN);
		s->up = true;
	}
	mem_wipe(want, sizeof(want));
	return st;
}

tanu_status osdp_secure_answer(struct osdp_secure *s, uint8_t cryptogram[OSDP_KEY_LEN],
			       const struct osdp_key *key, const uint8_t nonce_a[OSDP_NONCE_LEN],
			       const struct random_source *random, tanu_error *err)
{
	begin(s, key);
	memcpy(s->nonce_a, nonce_a, OSDP_NONCE_LEN);
	random_fill(random, s->nonce_b, sizeof(s->nonce_b));
	return derive_all(s, cryptogram, err);
}

tanu_status osdp_secure_take_server(struct osdp_secure *s, const uint8_t cryptogram[OSDP_KEY_LEN],
				    tanu_error *err)
{
	tanu_status st;

	if (!crypto_equal(s->server, cryptogram, OSDP_KEY_LEN))
		return not_ours(err, "the controller");
	if ((st = first_mac(s, s->r_mac, err)) >= 0)
		s->up = true;
	return st;
}
