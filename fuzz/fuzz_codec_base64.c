/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as base64: what is read writes back the very same text. */
#include "codec/codec.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf bytes = {0}, text = {0};

	if (base64_get(&bytes, (const char *)data, size, NULL) == TANU_OK) {
		base64_put(&text, bytes.data, bytes.len);
		if (text.len != size || (size && memcmp(text.data, data, size) != 0))
			abort();
	}
	buf_free(&bytes);
	buf_free(&text);
	return 0;
}
