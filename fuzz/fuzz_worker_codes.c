/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a taken-over reader of codes may say to the gate; and, since it reads it first, the request
 * and the size of a frame.
 */
#include "worker/codes.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct codes_request request = {16, 16};
	static struct codes_reply reply;
	static uint8_t map[CODES_HEAD_LEN + 3 * 16 * 16];
	struct codes_request asked = {0};
	tanu_pixels pixels;
	volatile uint8_t last;

	if (codes_reply_read(&reply, data, size) && reply.len > CODES_BYTES_MAX)
		abort();
	if (codes_request_read(&asked, data, size) && codes_frame_len(&asked) < CODES_HEAD_LEN + 3)
		abort();
	memset(map, 0, sizeof(map));
	memcpy(map, data, size < sizeof(map) ? size : sizeof(map));
	if (codes_frame_get(&pixels, map, &request)) {
		last = pixels.rgb[pixels.stride * pixels.height - 1];
		(void)last;
	}
	return 0;
}
