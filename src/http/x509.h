/* SPDX-License-Identifier: Apache-2.0 */
/* x509.h - (inside http/) what certificates of servers and of browsers have in common. Both return
 * what GnuTLS does: below zero is an error. */
#ifndef HTTP_X509_H
#define HTTP_X509_H

#include "http/http.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#define DAY_MS ((int64_t)86400000)

/* ECDSA P-256. */
int x509_new_key(gnutls_x509_privkey_t key);
/* Version 3, a random serial number, and valid for so many days. */
int x509_times(gnutls_x509_crt_t c, int64_t now_ms, int days);

#endif
