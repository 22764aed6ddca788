/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates: checking those that are given, and who a client is. */
#include "http/inside.h"

#include "codec/codec.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

static gnutls_datum_t datum(const char *text)
{
	return (gnutls_datum_t){.data = (unsigned char *)(uintptr_t)text,
				.size = (unsigned)strlen(text)};
}

static tanu_status unusable(const char *place, int rc, tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_FORMAT, place,
			 "it cannot be used: %s; both must be PEM, "
			 "and the key must be the certificate's",
			 gnutls_strerror(rc));
}

tanu_status tls_check(const struct http_tls *tls, tanu_error *err)
{
	gnutls_datum_t certificate = datum(tls->certificate), key = datum(tls->key), clients;
	gnutls_certificate_credentials_t credentials;
	tanu_status st = TANU_OK;
	int rc = gnutls_certificate_allocate_credentials(&credentials);

	if (rc < 0)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	rc = gnutls_certificate_set_x509_key_mem2(credentials, &certificate, &key,
						  GNUTLS_X509_FMT_PEM, NULL, 0);
	if (rc < 0)
		st = unusable("certificate", rc, err);
	if (rc >= 0 && tls->client_authorities) {
		clients = datum(tls->client_authorities);
		rc = gnutls_certificate_set_x509_trust_mem(credentials, &clients,
							   GNUTLS_X509_FMT_PEM);
		if (rc <= 0)
			st = tanu_fail(err, TANU_ERR_FORMAT, "client authorities",
				       "they must be certificates as PEM text");
	}
	gnutls_certificate_free_credentials(credentials);
	return st;
}

/* ---- pins ---- */

static bool pin_of(uint8_t out[DIGEST_LEN], gnutls_x509_crt_t certificate)
{
	gnutls_datum_t der = {0};
	gnutls_pubkey_t key;
	bool done;

	if (gnutls_pubkey_init(&key) < 0)
		return false;
	done = gnutls_pubkey_import_x509(key, certificate, 0) >= 0 &&
	       gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &der) >= 0;
	if (done)
		sha256(out, der.data, der.size);
	gnutls_free(der.data);
	gnutls_pubkey_deinit(key);
	return done;
}

static bool pin_of_bytes(uint8_t out[DIGEST_LEN], const gnutls_datum_t *bytes,
			 gnutls_x509_crt_fmt_t format)
{
	gnutls_x509_crt_t certificate;
	bool done;

	if (gnutls_x509_crt_init(&certificate) < 0)
		return false;
	done = gnutls_x509_crt_import(certificate, bytes, format) >= 0 && pin_of(out, certificate);
	gnutls_x509_crt_deinit(certificate);
	return done;
}

tanu_status http_pin(char out[HTTP_PIN_LEN], const char *certificate_pem, tanu_error *err)
{
	gnutls_datum_t pem = datum(certificate_pem);
	struct buf text = {.max = 128};
	uint8_t pin[DIGEST_LEN];

	if (!pin_of_bytes(pin, &pem, GNUTLS_X509_FMT_PEM))
		return tanu_fail(err, TANU_ERR_FORMAT, "certificate", "it is no certificate");
	buf_str(&text, "sha256//");
	base64_put(&text, pin, sizeof(pin));
	memcpy(out, buf_cstr(&text), HTTP_PIN_LEN);
	buf_free(&text);
	return TANU_OK;
}

/* ---- clients ---- */

static bool leads_to_an_authority(gnutls_session_t session)
{
	gnutls_typed_vdata_st purpose = {
	    .type = GNUTLS_DT_KEY_PURPOSE_OID,
	    .data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_CLIENT,
	};
	unsigned status = ~0u;

	return gnutls_certificate_verify_peers(session, &purpose, 1, &status) >= 0 && status == 0;
}

void tls_client(struct http_client *out, struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	const gnutls_datum_t *chain;
	unsigned count = 0;

	if (!info || !info->tls_session)
		return;
	chain = gnutls_certificate_get_peers(info->tls_session, &count);
	if (!chain || count == 0 || !pin_of_bytes(out->pin, &chain[0], GNUTLS_X509_FMT_DER))
		return;
	out->present = true;
	out->trusted = leads_to_an_authority(info->tls_session);
}
