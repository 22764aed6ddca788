/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/crypto.h"

#include <openssl/sha.h>
#include <sodium.h>

tanu_status crypto_init(tanu_error *err)
{
	if (sodium_init() >= 0)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_IO, "libsodium",
			 "no source of randomness: is /dev/urandom readable?");
}

bool crypto_equal(const uint8_t *a, const uint8_t *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}

/*
 * libcrypto takes the processor's SHA instructions, libsodium is plain C. For the 15 MB of models
 * read at every start that is 12 ms against 44 ms; loading the library costs half a millisecond.
 */
void sha256(uint8_t out[DIGEST_LEN], const void *bytes, size_t bytes_len)
{
	if (!SHA256(bytes_len ? bytes : "", bytes_len, out))
		crypto_hash_sha256(out, bytes, bytes_len); /* libcrypto could not start */
}
