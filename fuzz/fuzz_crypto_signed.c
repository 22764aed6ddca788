/* SPDX-License-Identifier: Apache-2.0 */
/* Signature files: the first byte says how much of the rest is the bundle of certificates. */
#include "crypto/crypto.h"

#include <stdlib.h>
#include <string.h>

#define NOW_MS ((int64_t)1790000000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char document[] = "document\n";
	struct signed_report report = {.result = SIGNED_FALSE};
	size_t ca_len;

	if (size == 0 || crypto_init(NULL) < 0)
		return 0;
	ca_len = (size - 1) * data[0] / 256;
	if (signed_check(&report, data + 1 + ca_len, size - 1 - ca_len, document, strlen(document),
			 ca_len ? data + 1 : NULL, ca_len, NOW_MS, NULL) < 0)
		return 0;
	if (strcmp(signed_result_name(report.result), "unknown") == 0 ||
	    memchr(report.reason, '\0', sizeof(report.reason)) == NULL ||
	    memchr(report.signer, '\0', sizeof(report.signer)) == NULL ||
	    memchr(report.serial, '\0', sizeof(report.serial)) == NULL)
		abort();
	return 0;
}
