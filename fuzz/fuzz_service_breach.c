/* SPDX-License-Identifier: Apache-2.0 */
/* A breach as its paper holds it: what is read is written again to what reads the same. */
#include "service/breach.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct breach *breach = calloc(1, sizeof(*breach));
	struct breach *again = calloc(1, sizeof(*again));
	struct buf text = {0}, written = {0};

	buf_put(&text, data, size);
	if (breach && again && !text.failed && breach_decode(breach, &text, NULL) == TANU_OK) {
		if (breach_encode(&written, breach, NULL) == TANU_OK &&
		    breach_decode(again, &written, NULL) < 0)
			abort();
		breach_free(breach);
		breach_free(again);
	}
	free(breach);
	free(again);
	buf_free(&text);
	buf_free(&written);
	return 0;
}
