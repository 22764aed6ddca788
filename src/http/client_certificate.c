/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates of browsers. A browser offers those alone whose issuer has a name that the server
 * asks for; who they are is told by their key, which the server's owner has written down. So the
 * name is all there is of the issuer: a key of its own is made for each certificate, and dropped.
 */
#include "http/x509.h"

#include <gnutls/abstract.h>
#include <gnutls/pkcs12.h>
#include <string.h>

#define VALID_DAYS 3650 /* who it is ends with the server's word, not with a date */

static tanu_status failed(int rc, tanu_error *err)
{
	if (rc == GNUTLS_E_MEMORY_ERROR)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "certificate", "not enough memory");
	return tanu_fail(err, TANU_ERR_CRYPTO, "certificate", "it can't be made: %s",
			 gnutls_strerror(rc));
}

/* ---- a key and its certificate ---- */

struct made {
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t crt;
};

static void made_free(struct made *m)
{
	if (m->crt)
		gnutls_x509_crt_deinit(m->crt);
	if (m->key)
		gnutls_x509_privkey_deinit(m->key);
	*m = (struct made){.key = NULL};
}

static int set_name(gnutls_x509_crt_t crt, const char *name)
{
	return gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, name,
					     (unsigned)strlen(name));
}

/* `issuer` NULL: an issuer, signed by itself. */
static int make(struct made *out, const char *name, const struct made *issuer, int64_t now_ms)
{
	const bool is_issuer = !issuer;
	int rc;

	if ((rc = gnutls_x509_privkey_init(&out->key)) < 0 || (rc = x509_new_key(out->key)) < 0 ||
	    (rc = gnutls_x509_crt_init(&out->crt)) < 0 ||
	    (rc = gnutls_x509_crt_set_key(out->crt, out->key)) < 0 ||
	    (rc = set_name(out->crt, name)) < 0 ||
	    (rc = x509_times(out->crt, now_ms, VALID_DAYS)) < 0 ||
	    (rc = gnutls_x509_crt_set_basic_constraints(out->crt, is_issuer, -1)) < 0 ||
	    (rc = gnutls_x509_crt_set_key_usage(
		 out->crt, is_issuer ? GNUTLS_KEY_KEY_CERT_SIGN : GNUTLS_KEY_DIGITAL_SIGNATURE)) <
		0)
		return rc;
	if (!is_issuer &&
	    (rc = gnutls_x509_crt_set_key_purpose_oid(out->crt, GNUTLS_KP_TLS_WWW_CLIENT, 0)) < 0)
		return rc;
	return gnutls_x509_crt_sign2(out->crt, is_issuer ? out->crt : issuer->crt,
				     is_issuer ? out->key : issuer->key, GNUTLS_DIG_SHA256, 0);
}

tanu_status http_client_issuer(struct buf *pem, const char *issuer, int64_t now_ms, tanu_error *err)
{
	struct made made = {.key = NULL};
	gnutls_datum_t text = {0};
	int rc = make(&made, issuer, NULL, now_ms);

	if (rc >= 0)
		rc = gnutls_x509_crt_export2(made.crt, GNUTLS_X509_FMT_PEM, &text);
	if (rc >= 0)
		buf_put(pem, text.data, text.size);
	gnutls_free(text.data);
	made_free(&made);
	return rc < 0 ? failed(rc, err) : buf_check(pem, err);
}

/* ---- both in one file, as browsers take them (PKCS #12, RFC 7292) ---- */

static int seal_certificate(gnutls_pkcs12_t file, const struct made *m, const char *name,
			    const char *password, const gnutls_datum_t *key_id)
{
	gnutls_pkcs12_bag_t bag;
	int rc = gnutls_pkcs12_bag_init(&bag), at;

	if (rc < 0)
		return rc;
	at = rc = gnutls_pkcs12_bag_set_crt(bag, m->crt);
	if (rc >= 0)
		rc = gnutls_pkcs12_bag_set_friendly_name(bag, (unsigned)at, name);
	if (rc >= 0)
		rc = gnutls_pkcs12_bag_set_key_id(bag, (unsigned)at, key_id);
	if (rc >= 0)
		rc = gnutls_pkcs12_bag_encrypt(bag, password, GNUTLS_PKCS_PBES2_AES_256);
	if (rc >= 0)
		rc = gnutls_pkcs12_set_bag(file, bag);
	gnutls_pkcs12_bag_deinit(bag);
	return rc;
}

static int seal_key(gnutls_pkcs12_t file, const struct made *m, const char *name,
		    const char *password, const gnutls_datum_t *key_id)
{
	gnutls_datum_t der = {0};
	gnutls_pkcs12_bag_t bag;
	int rc = gnutls_pkcs12_bag_init(&bag), at;

	if (rc < 0)
		return rc;
	rc = gnutls_x509_privkey_export2_pkcs8(m->key, GNUTLS_X509_FMT_DER, password,
					       GNUTLS_PKCS_PBES2_AES_256, &der);
	at = rc =
	    rc < 0 ? rc : gnutls_pkcs12_bag_set_data(bag, GNUTLS_BAG_PKCS8_ENCRYPTED_KEY, &der);
	if (rc >= 0)
		rc = gnutls_pkcs12_bag_set_friendly_name(bag, (unsigned)at, name);
	if (rc >= 0)
		rc = gnutls_pkcs12_bag_set_key_id(bag, (unsigned)at, key_id);
	if (rc >= 0)
		rc = gnutls_pkcs12_set_bag(file, bag);
	gnutls_free(der.data);
	gnutls_pkcs12_bag_deinit(bag);
	return rc;
}

static int pack(struct buf *out, const struct made *m, const char *name, const char *password)
{
	uint8_t id[20];
	size_t id_len = sizeof(id);
	gnutls_datum_t key_id = {.data = id}, der = {0};
	gnutls_pkcs12_t file;
	int rc = gnutls_pkcs12_init(&file);

	if (rc < 0)
		return rc;
	rc = gnutls_x509_crt_get_key_id(m->crt, 0, id, &id_len);
	key_id.size = (unsigned)id_len;
	if (rc >= 0 && (rc = seal_certificate(file, m, name, password, &key_id)) >= 0 &&
	    (rc = seal_key(file, m, name, password, &key_id)) >= 0 &&
	    (rc = gnutls_pkcs12_generate_mac2(file, GNUTLS_MAC_SHA256, password)) >= 0)
		rc = gnutls_pkcs12_export2(file, GNUTLS_X509_FMT_DER, &der);
	if (rc >= 0)
		buf_put(out, der.data, der.size);
	gnutls_free(der.data);
	gnutls_pkcs12_deinit(file);
	return rc;
}

static tanu_status pin_of(uint8_t pin[DIGEST_LEN], const struct made *m, tanu_error *err)
{
	gnutls_datum_t der = {0};
	gnutls_pubkey_t key;
	int rc = gnutls_pubkey_init(&key);

	if (rc < 0)
		return failed(rc, err);
	rc = gnutls_pubkey_import_x509(key, m->crt, 0);
	if (rc >= 0)
		rc = gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &der);
	if (rc >= 0)
		sha256(pin, der.data, der.size);
	gnutls_free(der.data);
	gnutls_pubkey_deinit(key);
	return rc < 0 ? failed(rc, err) : TANU_OK;
}

/* To be typed once: no letter that looks like another. 79 bits. */
static void new_password(char out[HTTP_PACK_PASSWORD])
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
	const size_t n = sizeof(letters) - 1;
	struct random_source random = os_random();
	uint8_t byte;

	for (size_t i = 0; i < HTTP_PACK_PASSWORD - 1;) {
		random_fill(&random, &byte, 1);
		if (byte < 256 - 256 % n)
			out[i++] = letters[byte % n];
	}
	out[HTTP_PACK_PASSWORD - 1] = '\0';
}

tanu_status http_client_certificate(struct buf *p12, char password[HTTP_PACK_PASSWORD],
				    uint8_t pin[DIGEST_LEN], const char *issuer, const char *name,
				    int64_t now_ms, tanu_error *err)
{
	struct made by = {.key = NULL}, made = {.key = NULL};
	tanu_status st;
	int rc;

	new_password(password);
	if ((rc = make(&by, issuer, NULL, now_ms)) < 0 ||
	    (rc = make(&made, name, &by, now_ms)) < 0 ||
	    (rc = pack(p12, &made, name, password)) < 0)
		st = failed(rc, err);
	else if ((st = pin_of(pin, &made, err)) == TANU_OK)
		st = buf_check(p12, err);
	made_free(&by);
	made_free(&made);
	return st;
}
