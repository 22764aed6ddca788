/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a taken-over decoder of a camera may say: records on the pipe and whatever it likes in
 * shared memory. And, since the decoder reads it first, the request.
 */
#include "worker/stream.h"

#include <stdlib.h>
#include <string.h>

#define SIDE 64

static void read_memory(const uint8_t *data, size_t size)
{
	static struct stream_frames f = {.max_width = SIDE, .max_height = SIDE};
	volatile uint8_t last;
	const uint8_t *pixels = NULL;
	struct stream_head head;
	bool sound;

	if (!f.map) {
		f.len = stream_frames_len(SIDE, SIDE);
		f.slot_len = (f.len - 4096) / 3;
		f.map = aligned_alloc(64, f.len);
	}
	/* The word that is exchanged, and the head of each slot. */
	for (size_t i = 0; i < 4; i++) {
		size_t n = size < STREAM_HEAD_LEN ? size : STREAM_HEAD_LEN;

		memcpy(f.map + (i ? 4096 + (i - 1) * f.slot_len : 0), data, n);
		data += n;
		size -= n;
	}
	if (stream_frames_take(&f, &head, &pixels, &sound)) {
		if (head.width < 1 || head.height < 1 || head.width > SIDE || head.height > SIDE)
			abort();
		last = pixels[(size_t)head.width * (size_t)head.height * 3 - 1];
		(void)last;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stream_record record = {0};
	struct stream_request request = {0};

	if (stream_record_read(&record, data, size) &&
	    (strlen(record.text) > STREAM_TEXT_LEN || strlen(record.codec) > STREAM_NAME_LEN))
		abort();
	if (stream_request_read(&request, data, size) && strlen(request.url) > STREAM_URL_MAX)
		abort();
	read_memory(data, size);
	return 0;
}
