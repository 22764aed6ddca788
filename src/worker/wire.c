/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/wire.h"

#include <stdio.h>
#include <string.h>

#define REQUEST_MAGIC 0x51524E54u /* "TNRQ" */
#define REPLY_MAGIC   0x50524E54u /* "TNRP" */
#define VERSION	      1u

void request_put(struct buf *out, const tanu_image_limits *l)
{
	buf_u32le(out, REQUEST_MAGIC);
	buf_u32le(out, VERSION);
	buf_u64le(out, l->max_bytes);
	buf_u64le(out, (uint64_t)l->max_pixels);
	buf_u32le(out, (uint32_t)l->max_side);
	buf_u32le(out, (uint32_t)l->min_side);
	buf_u32le(out, (uint32_t)l->max_aspect);
	buf_u32le(out, (uint32_t)l->timeout_ms);
}

bool request_read(tanu_image_limits *limits, struct rd *r)
{
	tanu_image_limits l;

	if (rd_u32le(r) != REQUEST_MAGIC || rd_u32le(r) != VERSION)
		rd_fail(r);
	l.max_bytes = (size_t)rd_u64le(r);
	l.max_pixels = rd_i64le(r);
	l.max_side = (int32_t)rd_u32le(r);
	l.min_side = (int32_t)rd_u32le(r);
	l.max_aspect = (int32_t)rd_u32le(r);
	l.timeout_ms = (int32_t)rd_u32le(r);
	if (rd_ok(r))
		*limits = l;
	return rd_ok(r);
}

void reply_put(struct buf *out, const struct reply *reply)
{
	char text[REPLY_TEXT_LEN] = {0};

	memcpy(text, reply->text, strnlen(reply->text, sizeof(text)));
	buf_u32le(out, REPLY_MAGIC);
	buf_u32le(out, (uint32_t)reply->code);
	buf_u32le(out, (uint32_t)reply->width);
	buf_u32le(out, (uint32_t)reply->height);
	buf_put(out, text, sizeof(text));
}

/* The only codes that decoding ends with. */
static bool is_decoders(uint32_t code)
{
	switch (code) {
	case TANU_ERR_NONE:
	case TANU_ERR_NO_MEMORY:
	case TANU_ERR_SANDBOX:
	case TANU_ERR_IMAGE_EMPTY:
	case TANU_ERR_IMAGE_TYPE:
	case TANU_ERR_IMAGE_TRUNCATED:
	case TANU_ERR_IMAGE_CORRUPT:
	case TANU_ERR_IMAGE_LIMIT:
	case TANU_ERR_NO_CODE:
	case TANU_ERR_NOT_BUILT:
		return true;
	default:
		return false;
	}
}

static bool size_fits(uint32_t width, uint32_t height, const tanu_image_limits *l)
{
	return width >= 1 && height >= 1 && width <= (uint32_t)l->max_side &&
	       height <= (uint32_t)l->max_side && (int64_t)width * height <= l->max_pixels;
}

void copy_printable(char *out, const uint8_t *text, size_t len)
{
	size_t n = strnlen((const char *)text, len);

	for (size_t i = 0; i < n; i++)
		out[i] = text[i] >= 0x20 && text[i] < 0x7F ? (char)text[i] : '?';
	out[n] = '\0';
}

bool reply_read(struct reply *reply, const uint8_t *bytes, size_t len,
		const tanu_image_limits *limits)
{
	struct rd r;
	uint32_t magic, code, width, height;
	const uint8_t *text;

	rd_init(&r, bytes, len);
	magic = rd_u32le(&r);
	code = rd_u32le(&r);
	width = rd_u32le(&r);
	height = rd_u32le(&r);
	text = rd_bytes(&r, REPLY_TEXT_LEN);
	if (!rd_end(&r) || magic != REPLY_MAGIC || !is_decoders(code))
		return false;
	if (code == TANU_ERR_NONE && !size_fits(width, height, limits))
		return false;
	*reply = (struct reply){
	    .code = (tanu_error_code)code,
	    .width = code == TANU_ERR_NONE ? (int32_t)width : 0,
	    .height = code == TANU_ERR_NONE ? (int32_t)height : 0,
	};
	copy_printable(reply->text, text, REPLY_TEXT_LEN);
	return true;
}

size_t pixels_room(const tanu_image_limits *l)
{
	int64_t square = (int64_t)l->max_side * l->max_side;

	return (size_t)(l->max_pixels < square ? l->max_pixels : square) * 3;
}
