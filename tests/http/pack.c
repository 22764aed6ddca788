/* SPDX-License-Identifier: Apache-2.0 */
#include "http/pack.h"

#include "http/site.h"

#include <gnutls/pkcs12.h>
#include <gnutls/x509.h>
#include <string.h>

static void copy_pem(char out[PACK_PEM_MAX], gnutls_datum_t *pem)
{
	assert_in_range(pem->size, 1, PACK_PEM_MAX - 1);
	memcpy(out, pem->data, pem->size);
	out[pem->size] = '\0';
	gnutls_free(pem->data);
}

bool pack_open(struct pack *out, const struct buf *p12, const char *password)
{
	gnutls_datum_t bytes = {.data = p12->data, .size = (unsigned)p12->len}, pem;
	gnutls_pkcs12_t file;
	gnutls_x509_privkey_t key = NULL;
	gnutls_x509_crt_t *chain = NULL;
	unsigned len = 0;
	size_t size = sizeof(out->subject);
	bool open;

	memset(out, 0, sizeof(*out));
	assert_int_equal(gnutls_pkcs12_init(&file), 0);
	assert_int_equal(gnutls_pkcs12_import(file, &bytes, GNUTLS_X509_FMT_DER, 0), 0);
	open = gnutls_pkcs12_verify_mac(file, password) >= 0 &&
	       gnutls_pkcs12_simple_parse(file, password, &key, &chain, &len, NULL, NULL, NULL,
					  0) >= 0;
	gnutls_pkcs12_deinit(file);
	if (!open)
		return false;
	assert_int_equal(len, 1);
	assert_int_equal(gnutls_x509_crt_export2(chain[0], GNUTLS_X509_FMT_PEM, &pem), 0);
	copy_pem(out->certificate, &pem);
	assert_int_equal(gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &pem), 0);
	copy_pem(out->key, &pem);
	assert_int_equal(gnutls_x509_crt_get_dn(chain[0], out->subject, &size), 0);
	size = sizeof(out->issuer);
	assert_int_equal(gnutls_x509_crt_get_issuer_dn(chain[0], out->issuer, &size), 0);
	gnutls_x509_crt_deinit(chain[0]);
	gnutls_free(chain);
	gnutls_x509_privkey_deinit(key);
	return true;
}

void pack_wipe(struct pack *pack)
{
	mem_wipe(pack, sizeof(*pack));
}
