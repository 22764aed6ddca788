/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/crypto.h"

#include <sodium.h>

_Static_assert(SECRET_LEN == crypto_sign_SEEDBYTES, "Ed25519 seed length");
_Static_assert(PUBLIC_KEY_LEN == crypto_sign_PUBLICKEYBYTES, "Ed25519 key length");
_Static_assert(SIGNATURE_LEN == crypto_sign_BYTES, "Ed25519 signature length");

static void expand(uint8_t public_key[PUBLIC_KEY_LEN],
		   uint8_t secret_key[crypto_sign_SECRETKEYBYTES], const struct secret *seed)
{
	crypto_sign_seed_keypair(public_key, secret_key, seed->b);
}

void sign_public_key(uint8_t out[PUBLIC_KEY_LEN], const struct secret *seed)
{
	uint8_t secret_key[crypto_sign_SECRETKEYBYTES];

	expand(out, secret_key, seed);
	mem_wipe(secret_key, sizeof(secret_key));
}

void sign(uint8_t out[SIGNATURE_LEN], const struct secret *seed, const void *bytes,
	  size_t bytes_len)
{
	uint8_t public_key[PUBLIC_KEY_LEN], secret_key[crypto_sign_SECRETKEYBYTES];

	expand(public_key, secret_key, seed);
	crypto_sign_detached(out, NULL, bytes, bytes_len, secret_key);
	mem_wipe(secret_key, sizeof(secret_key));
}

bool sign_verify(const uint8_t signature[SIGNATURE_LEN], const uint8_t key[PUBLIC_KEY_LEN],
		 const void *bytes, size_t bytes_len)
{
	return crypto_sign_verify_detached(signature, bytes, bytes_len, key) == 0;
}
