/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/crypto.h"

#include <sodium.h>

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(((struct digest *)NULL)->state),
	       "state of SHA-256");

static crypto_hash_sha256_state *state_of(struct digest *digest)
{
	return (crypto_hash_sha256_state *)(void *)digest->state;
}

void digest_begin(struct digest *digest)
{
	crypto_hash_sha256_init(state_of(digest));
}

void digest_add(struct digest *digest, const void *bytes, size_t bytes_len)
{
	if (bytes_len > 0)
		crypto_hash_sha256_update(state_of(digest), bytes, bytes_len);
}

void digest_end(struct digest *digest, uint8_t out[DIGEST_LEN])
{
	crypto_hash_sha256_final(state_of(digest), out);
}
