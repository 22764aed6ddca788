/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/codes.h"

#include <string.h>

#define REQUEST_MAGIC 0x51434E54u /* "TNCQ" */
#define REPLY_MAGIC   0x50434E54u /* "TNCP" */

void codes_request_put(struct buf *out, const struct codes_request *request)
{
	buf_u32le(out, REQUEST_MAGIC);
	buf_u32le(out, (uint32_t)request->max_width);
	buf_u32le(out, (uint32_t)request->max_height);
}

static bool is_side(int32_t px)
{
	return px > 0 && px <= CODES_SIDE_MAX;
}

bool codes_request_read(struct codes_request *out, const uint8_t *bytes, size_t len)
{
	struct rd r;

	rd_init(&r, bytes, len);
	if (rd_u32le(&r) != REQUEST_MAGIC)
		rd_fail(&r);
	out->max_width = (int32_t)rd_u32le(&r);
	out->max_height = (int32_t)rd_u32le(&r);
	return rd_ok(&r) && rd_left(&r) == 0 && is_side(out->max_width) && is_side(out->max_height);
}

size_t codes_frame_len(const struct codes_request *request)
{
	return CODES_HEAD_LEN + 3 * (size_t)request->max_width * (size_t)request->max_height;
}

void codes_frame_put(uint8_t *map, const tanu_pixels *pixels)
{
	size_t row = 3 * (size_t)pixels->width;

	memcpy(map, &pixels->width, sizeof(pixels->width));
	memcpy(map + sizeof(pixels->width), &pixels->height, sizeof(pixels->height));
	for (int32_t y = 0; y < pixels->height; y++)
		memcpy(map + CODES_HEAD_LEN + (size_t)y * row, pixels->rgb + y * pixels->stride,
		       row);
}

bool codes_frame_get(tanu_pixels *out, const uint8_t *map, const struct codes_request *request)
{
	int32_t width, height;

	memcpy(&width, map, sizeof(width));
	memcpy(&height, map + sizeof(width), sizeof(height));
	if (width < 1 || width > request->max_width || height < 1 || height > request->max_height)
		return false;
	*out = (tanu_pixels){.rgb = map + CODES_HEAD_LEN,
			     .width = width,
			     .height = height,
			     .stride = (ptrdiff_t)3 * width};
	return true;
}

void codes_reply_put(struct buf *out, const struct codes_reply *reply)
{
	static const uint8_t zeros[CODES_BYTES_MAX];

	buf_u32le(out, REPLY_MAGIC);
	buf_u32le(out, (uint32_t)reply->len);
	buf_put(out, reply->bytes, reply->len);
	buf_put(out, zeros, sizeof(zeros) - reply->len);
}

bool codes_reply_read(struct codes_reply *out, const uint8_t *bytes, size_t len)
{
	struct rd r;

	rd_init(&r, bytes, len);
	if (len != CODES_REPLY_LEN || rd_u32le(&r) != REPLY_MAGIC)
		return false;
	out->len = rd_u32le(&r);
	if (out->len > sizeof(out->bytes))
		return false;
	memcpy(out->bytes, bytes + 8, out->len);
	return true;
}
