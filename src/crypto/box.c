/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/crypto.h"

#include <sodium.h>
#include <string.h>

_Static_assert(SECRET_LEN == crypto_scalarmult_SCALARBYTES, "X25519 key length");
_Static_assert(BOX_KEY_LEN == crypto_scalarmult_BYTES, "X25519 key length");

void box_public_key(uint8_t out[BOX_KEY_LEN], const struct secret *key)
{
	crypto_scalarmult_base(out, key->b);
}

/* Both public keys are bound in, so that a box is of this sender's key to this receiver's. */
static bool box_secret(struct secret *out, const struct secret *mine, const uint8_t *theirs,
		       const uint8_t *sender, const uint8_t *receiver)
{
	uint8_t shared[crypto_scalarmult_BYTES], both[2 * BOX_KEY_LEN];
	bool ok = crypto_scalarmult(shared, mine->b, theirs) == 0;

	memcpy(both, sender, BOX_KEY_LEN);
	memcpy(both + BOX_KEY_LEN, receiver, BOX_KEY_LEN);
	if (ok)
		kdf(out, shared, sizeof(shared), both, sizeof(both), "tanu box 1");
	mem_wipe(shared, sizeof(shared));
	return ok;
}

tanu_status box_seal(uint8_t *out, size_t out_len, const uint8_t to[BOX_KEY_LEN], const void *plain,
		     size_t plain_len, const void *ad, size_t ad_len,
		     const struct random_source *random, tanu_error *err)
{
	struct secret once, key;
	tanu_status st;

	if (out_len < BOX_OVERHEAD || out_len - BOX_OVERHEAD != plain_len)
		return BAD_CALL(err, "out must hold plain_len + BOX_OVERHEAD bytes");
	random_fill(random, once.b, sizeof(once.b));
	box_public_key(out, &once);
	if (box_secret(&key, &once, to, out, to))
		st = seal(out + BOX_KEY_LEN, out_len - BOX_KEY_LEN, &key, plain, plain_len, ad,
			  ad_len, random, err);
	else
		st = tanu_fail(err, TANU_ERR_CRYPTO, NULL, "this is no X25519 public key");
	secret_wipe(&once);
	secret_wipe(&key);
	return st;
}

tanu_status box_open(uint8_t *plain, size_t plain_len, const struct secret *key, const uint8_t *box,
		     size_t box_len, const void *ad, size_t ad_len, tanu_error *err)
{
	uint8_t mine[BOX_KEY_LEN];
	struct secret inner = {{0}};
	tanu_status st = TANU_DAMAGED;

	box_public_key(mine, key);
	if (box_len > BOX_KEY_LEN && box_secret(&inner, key, box, box, mine))
		st = seal_open(plain, plain_len, &inner, box + BOX_KEY_LEN, box_len - BOX_KEY_LEN,
			       ad, ad_len, err);
	else
		st = tanu_fail(err, TANU_ERR_CRYPTO, NULL, "this is not a box");
	secret_wipe(&inner);
	return st;
}
