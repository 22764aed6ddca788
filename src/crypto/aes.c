/* SPDX-License-Identifier: Apache-2.0 */
/* AES-128 for protocols that others wrote; what is Tanu's own is sealed (seal.c). */
#include "crypto/crypto.h"

#include <openssl/evp.h>
#include <string.h>

static tanu_status run(uint8_t *out, const uint8_t key[AES_KEY_LEN], const uint8_t iv[AES_BLOCK],
		       const uint8_t *in, size_t len, int encrypt, tanu_error *err)
{
	EVP_CIPHER_CTX *ctx = NULL;
	tanu_status st = TANU_OK;
	int n = 0, rest = 0;

	if (len % AES_BLOCK || len > AES_BYTES_MAX)
		return BAD_CALL(err, "AES works on whole blocks");
	ctx = EVP_CIPHER_CTX_new();
	if (!ctx || EVP_CipherInit_ex(ctx, EVP_aes_128_cbc(), NULL, key, iv, encrypt) != 1 ||
	    EVP_CIPHER_CTX_set_padding(ctx, 0) != 1 ||
	    EVP_CipherUpdate(ctx, out, &n, in, (int)len) != 1 ||
	    EVP_CipherFinal_ex(ctx, out + n, &rest) != 1 || (size_t)n + (size_t)rest != len)
		st =
		    tanu_fail(err, TANU_ERR_NO_MEMORY, "AES", "libcrypto could not run the cipher");
	EVP_CIPHER_CTX_free(ctx); /* wipes */
	return st;
}

tanu_status aes128_cbc_encrypt(uint8_t *out, const uint8_t key[AES_KEY_LEN],
			       const uint8_t iv[AES_BLOCK], const uint8_t *in, size_t len,
			       tanu_error *err)
{
	return run(out, key, iv, in, len, 1, err);
}

tanu_status aes128_cbc_decrypt(uint8_t *out, const uint8_t key[AES_KEY_LEN],
			       const uint8_t iv[AES_BLOCK], const uint8_t *in, size_t len,
			       tanu_error *err)
{
	return run(out, key, iv, in, len, 0, err);
}

/* One block by itself is CBC from zeros. */
tanu_status aes128_block(uint8_t out[AES_BLOCK], const uint8_t key[AES_KEY_LEN],
			 const uint8_t in[AES_BLOCK], tanu_error *err)
{
	static const uint8_t zeros[AES_BLOCK];

	return run(out, key, zeros, in, AES_BLOCK, 1, err);
}
