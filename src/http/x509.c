/* SPDX-License-Identifier: Apache-2.0 */
#include "http/x509.h"

int x509_new_key(gnutls_x509_privkey_t key)
{
	return gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
					    GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
}

int x509_times(gnutls_x509_crt_t c, int64_t now_ms, int days)
{
	struct random_source random = os_random();
	uint8_t serial[16];
	int rc;

	random_fill(&random, serial, sizeof(serial));
	serial[0] = (uint8_t)((serial[0] & 0x3F) | 0x40); /* positive, of full length */
	if ((rc = gnutls_x509_crt_set_version(c, 3)) < 0 ||
	    (rc = gnutls_x509_crt_set_serial(c, serial, sizeof(serial))) < 0 ||
	    /* a day back: clocks of clients differ */
	    (rc = gnutls_x509_crt_set_activation_time(c, (time_t)((now_ms - DAY_MS) / 1000))) < 0)
		return rc;
	return gnutls_x509_crt_set_expiration_time(c, (time_t)((now_ms + days * DAY_MS) / 1000));
}
