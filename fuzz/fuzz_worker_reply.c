/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the answer of a decoding process: what is believed is within the limits. */
#include "worker/wire.h"

#include <stdlib.h>
#include <string.h>

static void must(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const tanu_image_limits limits = image_limits_or_default(NULL);
	struct reply reply;

	if (!reply_read(&reply, data, size, &limits))
		return 0;
	must(size == REPLY_LEN);
	must((int64_t)reply.width * reply.height * 3 <= (int64_t)pixels_room(&limits));
	must((reply.code == TANU_ERR_NONE) == (reply.width > 0 && reply.height > 0));
	for (const char *p = reply.text; *p; p++)
		must(*p >= 0x20 && *p < 0x7F);
	return 0;
}
