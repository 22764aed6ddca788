/* SPDX-License-Identifier: Apache-2.0 */
/* Signature files of others: read, held against the document, and against whom is trusted. */
#include "crypto/crypto.h"

#include <limits.h>
#include <openssl/pem.h> /* before cms.h, which then declares how to read its PEM */
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>

#define SIGNERS_MAX    8
#define CHAIN_MAX      8  /* certificates between the signer's and a trusted one */
#define DIGEST_LEAST   32 /* bytes: SHA-1 and MD5 can be made to collide */
#define SERIAL_MAX     32 /* bytes; RFC 5280, 4.1.2.2 allows 20 */
#define CA_LEN_MAX     ((size_t)16 << 20)
#define DER_SEQUENCE   0x30
#define PEM_BEGINNING  "-----BEGIN "
#define PEM_LOOK_BYTES 4096 /* text before the first header */

struct checking {
	struct signed_report *report;
	CMS_ContentInfo *cms;
	STACK_OF(CMS_SignerInfo) * signers; /* borrowed from cms */
	STACK_OF(X509) * certificates;	    /* those of the file */
	X509_STORE *trusted;		    /* NULL: none are known */
	bool has_lists;
};

const char *signed_result_name(enum signed_result result)
{
	static const char *const names[] = {[SIGNED_UNCHECKED] = "not-checked",
					    [SIGNED_VALID] = "valid",
					    [SIGNED_UNTRUSTED] = "untrusted",
					    [SIGNED_FALSE] = "false",
					    [SIGNED_UNSUPPORTED] = "unsupported"};

	return (size_t)result < ARRAY_LEN(names) ? names[result] : "unknown";
}

/* ---- reading ---- */

static CMS_ContentInfo *read_der(const uint8_t *bytes, size_t len)
{
	const uint8_t *at = bytes;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)len);

	if (cms && at != bytes + len) { /* something is hung on behind */
		CMS_ContentInfo_free(cms);
		return NULL;
	}
	return cms;
}

static CMS_ContentInfo *read_pem(const uint8_t *bytes, size_t len)
{
	BIO *in = BIO_new_mem_buf(bytes, (int)len);
	CMS_ContentInfo *cms = in ? PEM_read_bio_CMS(in, NULL, NULL, NULL) : NULL;

	BIO_free(in);
	return cms;
}

static CMS_ContentInfo *read_base64(const uint8_t *bytes, size_t len)
{
	EVP_ENCODE_CTX *ctx = EVP_ENCODE_CTX_new();
	uint8_t *der = malloc(len + 1);
	CMS_ContentInfo *cms = NULL;
	int got = 0, rest = 0;

	if (ctx && der) {
		EVP_DecodeInit(ctx);
		if (EVP_DecodeUpdate(ctx, der, &got, bytes, (int)len) >= 0 &&
		    EVP_DecodeFinal(ctx, der + got, &rest) == 1)
			cms = read_der(der, (size_t)got + (size_t)rest);
	}
	EVP_ENCODE_CTX_free(ctx);
	free(der);
	return cms;
}

static CMS_ContentInfo *read_any(const uint8_t *bytes, size_t len)
{
	size_t look = len < PEM_LOOK_BYTES ? len : PEM_LOOK_BYTES;

	if (len > 0 && bytes[0] == DER_SEQUENCE)
		return read_der(bytes, len);
	if (memmem(bytes, look, PEM_BEGINNING, sizeof(PEM_BEGINNING) - 1))
		return read_pem(bytes, len);
	return read_base64(bytes, len);
}

static tanu_status file_read(struct checking *c, const void *file, size_t len, tanu_error *err)
{
	if (len > SIGNED_FILE_MAX)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, "signature",
				 "a signature file has at most %zu KiB", SIGNED_FILE_MAX >> 10);
	c->cms = read_any(file, len);
	if (c->cms && OBJ_obj2nid(CMS_get0_type(c->cms)) == NID_pkcs7_signed)
		c->signers = CMS_get0_SignerInfos(c->cms);
	if (!c->signers || sk_CMS_SignerInfo_num(c->signers) < 1 ||
	    sk_CMS_SignerInfo_num(c->signers) > SIGNERS_MAX)
		return tanu_fail(err, TANU_ERR_FORMAT, "signature",
				 "this is not an electronic signature (CMS, .p7s): give the file "
				 "as the signing program wrote it");
	c->certificates = CMS_get1_certs(c->cms); /* NULL: it has none */
	CMS_set1_signers_certs(c->cms, NULL, 0);
	return TANU_OK;
}

static tanu_status trusted_read(struct checking *c, const void *pem, size_t len, tanu_error *err)
{
	STACK_OF(X509_INFO) *found = NULL;
	size_t certificates = 0;
	BIO *in = NULL;

	if (!pem)
		return TANU_OK;
	c->trusted = X509_STORE_new();
	in = len <= CA_LEN_MAX ? BIO_new_mem_buf(pem, (int)len) : NULL;
	found = in ? PEM_X509_INFO_read_bio(in, NULL, NULL, NULL) : NULL;
	for (int i = 0; c->trusted && i < sk_X509_INFO_num(found); i++) {
		X509_INFO *one = sk_X509_INFO_value(found, i);

		if (one->x509 && X509_STORE_add_cert(c->trusted, one->x509) == 1)
			certificates++;
		if (one->crl && X509_STORE_add_crl(c->trusted, one->crl) == 1)
			c->has_lists = true;
	}
	sk_X509_INFO_pop_free(found, X509_INFO_free);
	BIO_free(in);
	if (certificates > 0)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_SETTING, "signature.ca",
			 "this file has no certificate in PEM that can be read");
}

/* ---- the signer ---- */

static X509 *certificate_of(CMS_SignerInfo *signer)
{
	X509 *certificate = NULL;

	CMS_SignerInfo_get0_algs(signer, NULL, &certificate, NULL, NULL);
	return certificate;
}

static int64_t ms_of(const ASN1_TIME *time)
{
	struct tm tm = {0};
	tanu_date day;

	if (ASN1_TIME_to_tm(time, &tm) != 1)
		return 0;
	day =
	    (tanu_date){(int16_t)(tm.tm_year + 1900), (int8_t)(tm.tm_mon + 1), (int8_t)tm.tm_mday};
	return (date_to_days(day) * 86400 + tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec) * 1000;
}

static void tell_serial(struct signed_report *r, const X509 *certificate)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate);
	size_t len = serial->length > 0 ? (size_t)serial->length : 0;

	hex_encode(r->serial, serial->data, len < SERIAL_MAX ? len : SERIAL_MAX);
}

/* "CN=...,O=...", cut where it grows too long. */
static void tell_name(struct signed_report *r, X509_NAME *name)
{
	BIO *out = BIO_new(BIO_s_mem());
	int got = -1;

	if (out && X509_NAME_print_ex(out, name, 0,
				      XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0)
		got = BIO_read(out, r->signer, sizeof(r->signer) - 1);
	r->signer[got > 0 ? got : 0] = '\0';
	BIO_free(out);
}

static void tell_signer(struct checking *c)
{
	X509 *certificate = certificate_of(sk_CMS_SignerInfo_value(c->signers, 0));
	struct signed_report *r = c->report;
	uint8_t *name = NULL;
	int len;

	if (!certificate)
		return;
	len = i2d_X509_NAME(X509_get_subject_name(certificate), &name);
	if (len > 0)
		sha256(r->subject_sha256, name, (size_t)len);
	OPENSSL_free(name);
	tell_name(r, X509_get_subject_name(certificate));
	tell_serial(r, certificate);
	r->not_before_ms = ms_of(X509_get0_notBefore(certificate));
	r->not_after_ms = ms_of(X509_get0_notAfter(certificate));
}

/* ---- results ---- */

static bool say(struct checking *c, enum signed_result result, const char *why)
{
	c->report->result = result;
	snprintf(c->report->reason, sizeof(c->report->reason), "%s", why);
	return false;
}

static bool say_algorithm(struct checking *c, enum signed_result result,
			  const ASN1_OBJECT *algorithm, const char *why)
{
	char name[80] = "";
	struct buf text = {.max = sizeof(c->report->reason)};

	OBJ_obj2txt(name, sizeof(name), algorithm, 0);
	buf_printf(&text, "%s: %.80s", why, name);
	say(c, result, buf_cstr(&text));
	buf_free(&text);
	return false;
}

static const EVP_MD *digest_of(CMS_SignerInfo *signer, const ASN1_OBJECT **name)
{
	X509_ALGOR *digest = NULL;

	CMS_SignerInfo_get0_algs(signer, NULL, NULL, &digest, NULL);
	X509_ALGOR_get0(name, NULL, NULL, digest);
	return EVP_get_digestbyobj(*name);
}

/* Has this machine what the signer used? */
static bool algorithms_fit(struct checking *c, CMS_SignerInfo *signer)
{
	const ASN1_OBJECT *name = NULL;
	X509 *certificate = NULL;
	X509_ALGOR *with = NULL;

	CMS_SignerInfo_get0_algs(signer, NULL, &certificate, NULL, &with);
	if (!certificate)
		return say(c, SIGNED_UNCHECKED, "the signer's certificate is not in the file");
	if (!digest_of(signer, &name))
		return say_algorithm(c, SIGNED_UNSUPPORTED, name,
				     "this machine has no such digest");
	if (X509_get0_pubkey(certificate))
		return true;
	X509_ALGOR_get0(&name, NULL, NULL, with);
	return say_algorithm(c, SIGNED_UNSUPPORTED, name, "this machine has no such signature");
}

/* Another document may have been made to have the same digest. */
static bool digest_holds(struct checking *c, CMS_SignerInfo *signer)
{
	const ASN1_OBJECT *name = NULL;
	const EVP_MD *md = digest_of(signer, &name);

	if (md && EVP_MD_get_size(md) >= DIGEST_LEAST)
		return true;
	return say_algorithm(c, SIGNED_UNTRUSTED, name, "this digest is too weak");
}

static bool content_fits(struct checking *c, const void *document, size_t len)
{
	ASN1_OCTET_STRING **inside = CMS_get0_content(c->cms);

	if (!inside || !*inside)
		return true; /* it lies beside the signature */
	if ((size_t)ASN1_STRING_length(*inside) == len &&
	    memcmp(ASN1_STRING_get0_data(*inside), document, len) == 0)
		return true;
	return say(c, SIGNED_FALSE, "it is the signature of another document");
}

/*
 * A document to be read through a filter that does nothing: of plain memory CMS_verify makes a copy
 * of its own, and loses it where an algorithm does not start.
 */
static BIO *document_open(const void *document, size_t len)
{
	BIO *memory = BIO_new_mem_buf(document, (int)len), *filter = BIO_new(BIO_f_null());

	if (memory && filter)
		return BIO_push(filter, memory);
	BIO_free(memory);
	BIO_free(filter);
	return NULL;
}

static bool signature_fits(struct checking *c, const void *document, size_t len)
{
	bool detached = CMS_is_detached(c->cms);
	BIO *in = detached ? document_open(document, len) : NULL;
	bool fits = (in || !detached) && CMS_verify(c->cms, NULL, NULL, in, NULL,
						    CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) == 1;

	BIO_free_all(in);
	return fits || say(c, SIGNED_FALSE, "it does not fit this document");
}

/* Why a chain of certificates is not trusted; NULL: it is. */
static const char *chain_error(struct checking *c, X509 *certificate, int64_t now_ms)
{
	X509_STORE_CTX *chain = X509_STORE_CTX_new();
	const char *why = "not enough memory";
	X509_VERIFY_PARAM *how;

	if (!chain || X509_STORE_CTX_init(chain, c->trusted, certificate, c->certificates) != 1)
		goto out;
	how = X509_STORE_CTX_get0_param(chain);
	X509_VERIFY_PARAM_set_time(how, (time_t)(now_ms / 1000));
	X509_VERIFY_PARAM_set_depth(how, CHAIN_MAX);
	/* Whatever stands in the bundle is trusted, a root or not. */
	X509_VERIFY_PARAM_set_flags(how, X509_V_FLAG_PARTIAL_CHAIN |
					     (c->has_lists ? X509_V_FLAG_CRL_CHECK : 0));
	why = X509_verify_cert(chain) == 1
		  ? NULL
		  : X509_verify_cert_error_string(X509_STORE_CTX_get_error(chain));
out:
	X509_STORE_CTX_free(chain);
	return why;
}

static void check(struct checking *c, const void *document, size_t len, int64_t now_ms)
{
	int signers = sk_CMS_SignerInfo_num(c->signers);
	const char *why = NULL;

	for (int i = 0; i < signers; i++)
		if (!algorithms_fit(c, sk_CMS_SignerInfo_value(c->signers, i)))
			return;
	if (!content_fits(c, document, len) || !signature_fits(c, document, len))
		return;
	for (int i = 0; i < signers; i++)
		if (!digest_holds(c, sk_CMS_SignerInfo_value(c->signers, i)))
			return;
	if (!c->trusted) {
		say(c, SIGNED_UNCHECKED, "no certificates are trusted: setting signature.ca");
		return;
	}
	for (int i = 0; i < signers && !why; i++)
		why =
		    chain_error(c, certificate_of(sk_CMS_SignerInfo_value(c->signers, i)), now_ms);
	say(c, why ? SIGNED_UNTRUSTED : SIGNED_VALID, why ? why : "");
}

tanu_status signed_check(struct signed_report *out, const void *file, size_t file_len,
			 const void *document, size_t document_len, const void *ca_pem,
			 size_t ca_len, int64_t now_ms, tanu_error *err)
{
	struct signed_report report = {0};
	struct checking c = {.report = &report};
	tanu_status st;

	if (document_len > INT_MAX)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, "document",
				 "the signed document is too large");
	if ((st = file_read(&c, file, file_len, err)) == TANU_OK &&
	    (st = trusted_read(&c, ca_pem, ca_len, err)) == TANU_OK) {
		tell_signer(&c);
		check(&c, document, document_len, now_ms);
		*out = report;
	}
	X509_STORE_free(c.trusted);
	sk_X509_pop_free(c.certificates, X509_free);
	CMS_ContentInfo_free(c.cms);
	ERR_clear_error();
	return st;
}
