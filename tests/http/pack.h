/* SPDX-License-Identifier: Apache-2.0 */
/* pack.h - what a browser makes of a certificate that it is given as a file. */
#ifndef TESTS_HTTP_PACK_H
#define TESTS_HTTP_PACK_H

#include "http/http.h"

#define PACK_PEM_MAX 4096
struct pack {
	char certificate[PACK_PEM_MAX], key[PACK_PEM_MAX]; /* PEM */
	char subject[128], issuer[128];
};
/* False: not under this password. */
bool pack_open(struct pack *out, const struct buf *p12, const char *password);
void pack_wipe(struct pack *pack);

#endif
