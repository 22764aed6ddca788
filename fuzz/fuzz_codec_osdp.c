/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes from an OSDP line: cut into frames, taken apart, and written again to the same bytes. */
#include "codec/osdp.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same_bytes(const struct osdp_frame *frame)
{
	uint8_t again[OSDP_FRAME_MAX];
	size_t len = osdp_encode_end(again, osdp_encode_body(again, frame), frame, frame->mac);

	if (memcmp(again, frame->bytes, len) != 0)
		abort();
}

static void take_apart(const struct osdp_frame *frame)
{
	uint8_t out[OSDP_DATA_MAX];
	struct osdp_reply reply;
	struct osdp_command command;

	if (osdp_reply_read(&reply, frame->code, frame->data, frame->data_len, NULL) >= 0 &&
	    osdp_reply_put(out, &reply) > frame->data_len)
		abort();
	if (osdp_command_read(&command, frame->code, frame->data, frame->data_len, NULL) >= 0 &&
	    osdp_command_put(out, &command) > frame->data_len)
		abort();
}

/* The data of a message behind its code, without a frame that must have the right check. */
static void bare_data(const uint8_t *data, size_t size)
{
	struct osdp_frame frame = {0};

	if (size == 0 || size > OSDP_DATA_MAX)
		return;
	frame.code = data[0];
	frame.data = data + 1;
	frame.data_len = size - 1;
	take_apart(&frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct osdp_stream stream;
	struct osdp_frame frame;

	stream = (struct osdp_stream){0};
	while (size > 0) {
		size_t n = osdp_stream_put(&stream, data, size);

		while (osdp_stream_next(&stream, &frame)) {
			same_bytes(&frame);
			take_apart(&frame);
		}
		if (n == 0)
			osdp_stream_clear(&stream); /* as its owner does when time is up */
		else if (stream.len == 0)
			bare_data(data, n);
		data += n;
		size -= n;
	}
	bare_data(stream.bytes, stream.len);
	return 0;
}
