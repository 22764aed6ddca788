/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crypto.h - the few operations Tanu uses, by name. Sole user of libsodium and of OpenSSL's
 * libcrypto. Secrets have their own type, are compared in constant time and leave by secret_wipe.
 */
#ifndef CRYPTO_CRYPTO_H
#define CRYPTO_CRYPTO_H

#include "base/base.h"

#define SECRET_LEN     32
#define MAC_LEN	       32
#define DIGEST_LEN     32
#define SEAL_NONCE_LEN 24
#define SEAL_TAG_LEN   16
#define SEAL_OVERHEAD  (SEAL_NONCE_LEN + SEAL_TAG_LEN) /* nonce24 | ciphertext | tag16 */

struct secret {
	uint8_t b[SECRET_LEN];
};

/* Once, before anything else of this header; safe to call again from any thread. */
tanu_status crypto_init(tanu_error *err);

void secret_wipe(struct secret *s);
bool secret_equal(const struct secret *a, const struct secret *b); /* constant time */
bool crypto_equal(const uint8_t *a, const uint8_t *b, size_t len); /* constant time */

/* A zeroed secret in locked memory, for one that lives as long as the process; NULL: no memory. */
struct secret *secret_new(void);
void secret_free(struct secret **secret); /* wipes; NULL inside is fine */

/*
 * XChaCha20-Poly1305-IETF with a random nonce from `random`. `out` takes exactly plain_len +
 * SEAL_OVERHEAD bytes and may not overlap `plain`. Opening fails with TANU_DAMAGED (crypto) and
 * leaves `plain` zeroed.
 */
tanu_status seal(uint8_t *out, size_t out_len, const struct secret *key, const void *plain,
		 size_t plain_len, const void *ad, size_t ad_len,
		 const struct random_source *random, tanu_error *err);
tanu_status seal_open(uint8_t *plain, size_t plain_len, const struct secret *key,
		      const uint8_t *sealed, size_t sealed_len, const void *ad, size_t ad_len,
		      tanu_error *err);

/* HMAC-SHA-256 over parts, each preceded by its length as u64le, so that parts can't be shifted. */
struct bytes {
	const void *p;
	size_t len;
};
void mac_parts(uint8_t out[MAC_LEN], const struct secret *key, const struct bytes *parts,
	       size_t parts_len);
/* Plain HMAC-SHA-256, as other implementations compute it. */
void hmac_sha256(uint8_t out[MAC_LEN], const uint8_t *key, size_t key_len, const void *bytes,
		 size_t bytes_len);

/* HMAC-SHA-1 (RFC 2104), for one-time codes (RFC 4226), whose readers know nothing newer. */
#define HMAC_SHA1_LEN 20
tanu_status hmac_sha1(uint8_t out[HMAC_SHA1_LEN], const uint8_t *key, size_t key_len,
		      const void *bytes, size_t bytes_len, tanu_error *err);

/*
 * Argon2id (RFC 9106), 2 passes over so much memory (PASSWORD_MEMORY, unless a test is in a hurry):
 * a text that holds salt and cost. Slow on purpose; checking takes as long as making.
 */
#define PASSWORD_HASH_LEN 128
#define PASSWORD_MEMORY	  ((size_t)64 << 20)
tanu_status password_hash(char out[PASSWORD_HASH_LEN], const char *password, size_t memory,
			  tanu_error *err);
bool password_verify(const char *hash, const char *password);

/* HKDF-SHA-256 (RFC 5869) of one 32-byte key; `info` names the use. */
void kdf(struct secret *out, const uint8_t *ikm, size_t ikm_len, const uint8_t *salt,
	 size_t salt_len, const char *info);

void sha256(uint8_t out[DIGEST_LEN], const void *bytes, size_t bytes_len);

/* The same of what comes in pieces. */
struct digest {
	uint64_t state[16];
};
void digest_begin(struct digest *digest);
void digest_add(struct digest *digest, const void *bytes, size_t bytes_len);
void digest_end(struct digest *digest, uint8_t out[DIGEST_LEN]);

/*
 * A box: to whoever holds a secret, from anybody who knows its public half (X25519, RFC 7748, with
 * a key pair made for this box alone). public key 32 | nonce24 | ciphertext | tag16. `out` takes
 * exactly plain_len + BOX_OVERHEAD bytes. Opening fails with TANU_DAMAGED (crypto).
 */
#define BOX_KEY_LEN  32
#define BOX_OVERHEAD (BOX_KEY_LEN + SEAL_OVERHEAD)
void box_public_key(uint8_t out[BOX_KEY_LEN], const struct secret *key);
tanu_status box_seal(uint8_t *out, size_t out_len, const uint8_t to[BOX_KEY_LEN], const void *plain,
		     size_t plain_len, const void *ad, size_t ad_len,
		     const struct random_source *random, tanu_error *err);
tanu_status box_open(uint8_t *plain, size_t plain_len, const struct secret *key, const uint8_t *box,
		     size_t box_len, const void *ad, size_t ad_len, tanu_error *err);

/* Ed25519 (RFC 8032) from a 32-byte seed. */
#define PUBLIC_KEY_LEN 32
#define SIGNATURE_LEN  64
void sign_public_key(uint8_t out[PUBLIC_KEY_LEN], const struct secret *seed);
void sign(uint8_t out[SIGNATURE_LEN], const struct secret *seed, const void *bytes,
	  size_t bytes_len);
bool sign_verify(const uint8_t signature[SIGNATURE_LEN], const uint8_t key[PUBLIC_KEY_LEN],
		 const void *bytes, size_t bytes_len);

/*
 * AES-128 (FIPS 197) in CBC mode without padding (SP 800-38A), and one block by itself: for
 * protocols that others wrote, as OSDP. `len` is whole blocks, at most AES_BYTES_MAX; `out` may be
 * `in`. Plan for nothing: they fail only where libcrypto has no memory.
 */
#define AES_KEY_LEN   16
#define AES_BLOCK     16
#define AES_BYTES_MAX ((size_t)1 << 20)
tanu_status aes128_block(uint8_t out[AES_BLOCK], const uint8_t key[AES_KEY_LEN],
			 const uint8_t in[AES_BLOCK], tanu_error *err);
tanu_status aes128_cbc_encrypt(uint8_t *out, const uint8_t key[AES_KEY_LEN],
			       const uint8_t iv[AES_BLOCK], const uint8_t *in, size_t len,
			       tanu_error *err);
tanu_status aes128_cbc_decrypt(uint8_t *out, const uint8_t key[AES_KEY_LEN],
			       const uint8_t iv[AES_BLOCK], const uint8_t *in, size_t len,
			       tanu_error *err);

#endif
