/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/crypto.h"

#include <sodium.h>
#include <string.h>

_Static_assert(MAC_LEN == crypto_auth_hmacsha256_BYTES, "MAC length");

void hmac_sha256(uint8_t out[MAC_LEN], const uint8_t *key, size_t key_len, const void *bytes,
		 size_t bytes_len)
{
	crypto_auth_hmacsha256_state state;

	/* libsodium forbids NULL even for a key of no length. */
	crypto_auth_hmacsha256_init(&state, key ? key : (const uint8_t *)"", key_len);
	crypto_auth_hmacsha256_update(&state, bytes, bytes_len);
	crypto_auth_hmacsha256_final(&state, out);
	mem_wipe(&state, sizeof(state));
}

static void update_length(crypto_auth_hmacsha256_state *state, uint64_t len)
{
	uint8_t le[8];

	for (size_t i = 0; i < sizeof(le); i++)
		le[i] = (uint8_t)(len >> (8 * i));
	crypto_auth_hmacsha256_update(state, le, sizeof(le));
}

void mac_parts(uint8_t out[MAC_LEN], const struct secret *key, const struct bytes *parts,
	       size_t parts_len)
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, key->b, sizeof(key->b));
	for (size_t i = 0; i < parts_len; i++) {
		update_length(&state, parts[i].len);
		crypto_auth_hmacsha256_update(&state, parts[i].p, parts[i].len);
	}
	crypto_auth_hmacsha256_final(&state, out);
	mem_wipe(&state, sizeof(state));
}

/* RFC 5869, sections 2.2 and 2.3, with L = HashLen: one block T(1) = HMAC(PRK, info || 0x01). */
void kdf(struct secret *out, const uint8_t *ikm, size_t ikm_len, const uint8_t *salt,
	 size_t salt_len, const char *info)
{
	static const uint8_t first = 1;
	static const uint8_t no_salt[1];
	crypto_auth_hmacsha256_state state;
	uint8_t prk[MAC_LEN];

	hmac_sha256(prk, salt_len ? salt : no_salt, salt_len, ikm, ikm_len);
	crypto_auth_hmacsha256_init(&state, prk, sizeof(prk));
	crypto_auth_hmacsha256_update(&state, (const uint8_t *)info, strlen(info));
	crypto_auth_hmacsha256_update(&state, &first, 1);
	crypto_auth_hmacsha256_final(&state, out->b);
	mem_wipe(&state, sizeof(state));
	mem_wipe(prk, sizeof(prk));
}
