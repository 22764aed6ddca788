/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/authority.h"

#include "codec/codec.h"

#include <openssl/pem.h> /* before cms.h, which then declares how to write its PEM */
#include <openssl/x509v3.h>

#include <openssl/cms.h>

#define DAY_S 86400L

static void name_set(X509_NAME *name, const char *text)
{
	assert_int_equal(
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)text, -1, -1, 0),
	    1);
}

static void authority_mark(X509 *certificate)
{
	X509_EXTENSION *mark =
	    X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");

	assert_non_null(mark);
	assert_int_equal(X509_add_ext(certificate, mark, -1), 1);
	X509_EXTENSION_free(mark);
}

struct holder holder_new(const char *name, const struct holder *by, int from_day, int to_day)
{
	static long serial = 4096;
	struct holder h = {.key = EVP_EC_gen("P-256"), .certificate = X509_new()};
	const struct holder *issuer = by ? by : &h;

	assert_non_null(h.key);
	assert_non_null(h.certificate);
	X509_set_version(h.certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(h.certificate), serial++);
	X509_gmtime_adj(X509_getm_notBefore(h.certificate), from_day * DAY_S);
	X509_gmtime_adj(X509_getm_notAfter(h.certificate), to_day * DAY_S);
	X509_set_pubkey(h.certificate, h.key);
	name_set(X509_get_subject_name(h.certificate), name);
	X509_set_issuer_name(h.certificate, X509_get_subject_name(issuer->certificate));
	if (!by)
		authority_mark(h.certificate);
	assert_true(X509_sign(h.certificate, issuer->key, EVP_sha256()) > 0);
	return h;
}

void holder_free(struct holder *holder)
{
	EVP_PKEY_free(holder->key);
	X509_free(holder->certificate);
	*holder = (struct holder){0};
}

static void take(struct buf *out, BIO *from)
{
	char *bytes = NULL;
	long len = BIO_get_mem_data(from, &bytes);

	assert_true(len > 0);
	buf_put(out, bytes, (size_t)len);
	BIO_free(from);
}

void holder_pem(struct buf *out, const struct holder *holder)
{
	BIO *pem = BIO_new(BIO_s_mem());

	assert_int_equal(PEM_write_bio_X509(pem, holder->certificate), 1);
	take(out, pem);
}

void revoked_pem(struct buf *out, const struct holder *authority, const struct holder *revoked)
{
	X509_REVOKED *entry = X509_REVOKED_new();
	X509_CRL *list = X509_CRL_new();
	ASN1_TIME *at = ASN1_TIME_new();
	BIO *pem = BIO_new(BIO_s_mem());

	X509_gmtime_adj(at, -DAY_S);
	X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked->certificate));
	X509_REVOKED_set_revocationDate(entry, at);
	assert_int_equal(X509_CRL_add0_revoked(list, entry), 1);
	X509_CRL_set_version(list, X509_CRL_VERSION_2);
	X509_CRL_set_issuer_name(list, X509_get_subject_name(authority->certificate));
	X509_CRL_set1_lastUpdate(list, at);
	X509_gmtime_adj(at, 30 * DAY_S);
	X509_CRL_set1_nextUpdate(list, at);
	assert_true(X509_CRL_sign(list, authority->key, EVP_sha256()) > 0);
	assert_int_equal(PEM_write_bio_X509_CRL(pem, list), 1);
	take(out, pem);
	ASN1_TIME_free(at);
	X509_CRL_free(list);
}

static void write_as(struct buf *out, CMS_ContentInfo *cms, enum signed_form form)
{
	BIO *bytes = BIO_new(BIO_s_mem());
	struct buf der = {0};

	if (form == SIGNED_PEM) {
		assert_int_equal(PEM_write_bio_CMS(bytes, cms), 1);
		take(out, bytes);
		return;
	}
	assert_int_equal(i2d_CMS_bio(bytes, cms), 1);
	take(&der, bytes);
	if (form == SIGNED_BASE64)
		base64_put(out, der.data, der.len);
	else
		buf_put(out, der.data, der.len);
	buf_free(&der);
}

void holder_sign(struct buf *out, const struct holder *holder, const void *document, size_t len,
		 enum signed_form form, bool weak)
{
	unsigned how = CMS_BINARY | (form == SIGNED_INSIDE ? 0 : CMS_DETACHED) |
		       (form == SIGNED_BARE ? CMS_NOCERTS : 0);
	BIO *in = BIO_new_mem_buf(document, (int)len);
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, in, how | CMS_PARTIAL);

	assert_non_null(cms);
	assert_non_null(CMS_add1_signer(cms, holder->certificate, holder->key,
					weak ? EVP_sha1() : EVP_sha256(), how));
	assert_int_equal(CMS_final(cms, in, NULL, how), 1);
	write_as(out, cms, form);
	BIO_free(in);
	CMS_ContentInfo_free(cms);
}
