/* SPDX-License-Identifier: Apache-2.0 */
/* What people type and copy: passwords, and the MAC under one-time codes. */
#include "crypto/crypto.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <string.h>

_Static_assert(PASSWORD_HASH_LEN == crypto_pwhash_STRBYTES, "length of a hashed password");

tanu_status hmac_sha1(uint8_t out[HMAC_SHA1_LEN], const uint8_t *key, size_t key_len,
		      const void *bytes, size_t bytes_len, tanu_error *err)
{
	unsigned int len = 0;

	if (!HMAC(EVP_sha1(), key, (int)key_len, bytes, bytes_len, out, &len) ||
	    len != HMAC_SHA1_LEN)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "HMAC-SHA-1",
				 "libcrypto could not run it");
	return TANU_OK;
}

_Static_assert(PASSWORD_MEMORY == crypto_pwhash_MEMLIMIT_INTERACTIVE, "memory of a hash");

/* The cost is libsodium's for signing in; it stands in the text, so that it can be raised. */
tanu_status password_hash(char out[PASSWORD_HASH_LEN], const char *password, size_t memory,
			  tanu_error *err)
{
	memset(out, 0, PASSWORD_HASH_LEN);
	if (crypto_pwhash_str(out, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
			      memory) == 0)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_NO_MEMORY, "password", "not enough memory to hash it");
}

bool password_verify(const char *hash, const char *password)
{
	return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}
