/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authority.h - a certification authority that lives as long as a test: it issues certificates, and
 * their holders sign documents, as the signing programs of others do.
 */
#ifndef TESTS_CRYPTO_AUTHORITY_H
#define TESTS_CRYPTO_AUTHORITY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

struct holder {
	EVP_PKEY *key;
	X509 *certificate;
};

/* An authority (by: NULL), or somebody whom `by` vouches for; days from now. */
struct holder holder_new(const char *name, const struct holder *by, int from_day, int to_day);
void holder_free(struct holder *holder);
/* Its certificate as PEM, appended. */
void holder_pem(struct buf *out, const struct holder *holder);
/* A list of revoked certificates by the authority, with this one on it, as PEM, appended. */
void revoked_pem(struct buf *out, const struct holder *authority, const struct holder *revoked);

enum signed_form { SIGNED_BESIDE, SIGNED_INSIDE, SIGNED_PEM, SIGNED_BASE64, SIGNED_BARE };
/* The signature of a document; BARE leaves the certificate out; SHA-1 with `weak`. Appended. */
void holder_sign(struct buf *out, const struct holder *holder, const void *document, size_t len,
		 enum signed_form form, bool weak);

#endif
