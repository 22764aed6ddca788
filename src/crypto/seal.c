/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/crypto.h"

#include <sodium.h>

_Static_assert(SECRET_LEN == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key length");
_Static_assert(SEAL_NONCE_LEN == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce length");
_Static_assert(SEAL_TAG_LEN == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag length");

tanu_status seal(uint8_t *out, size_t out_len, const struct secret *key, const void *plain,
		 size_t plain_len, const void *ad, size_t ad_len,
		 const struct random_source *random, tanu_error *err)
{
	if (out_len < SEAL_OVERHEAD || out_len - SEAL_OVERHEAD != plain_len)
		return BAD_CALL(err, "out must hold plain_len + SEAL_OVERHEAD bytes");
	random_fill(random, out, SEAL_NONCE_LEN);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + SEAL_NONCE_LEN, NULL, plain, plain_len, ad,
						   ad_len, NULL, out, key->b);
	return TANU_OK;
}

tanu_status seal_open(uint8_t *plain, size_t plain_len, const struct secret *key,
		      const uint8_t *sealed, size_t sealed_len, const void *ad, size_t ad_len,
		      tanu_error *err)
{
	if (sealed_len >= SEAL_OVERHEAD && sealed_len - SEAL_OVERHEAD == plain_len &&
	    crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, sealed + SEAL_NONCE_LEN,
						       sealed_len - SEAL_NONCE_LEN, ad, ad_len,
						       sealed, key->b) == 0)
		return TANU_OK;
	mem_wipe(plain, plain_len);
	return tanu_fail(err, TANU_ERR_CRYPTO, NULL,
			 "the seal does not open: damaged, moved, or made under another key");
}
