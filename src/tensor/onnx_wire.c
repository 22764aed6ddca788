/* SPDX-License-Identifier: Apache-2.0 */
/* Protobuf's wire format, as far as ONNX uses it. */
#include "tensor/onnx.h"

#include <string.h>

#define NUMBER_MAX 0x1FFFFFFFU /* of a field */

bool span_is(struct span s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.p, text, s.len) == 0;
}

bool span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static uint64_t read_varint(struct rd *r)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t byte = rd_u8(r);

		v |= (uint64_t)(byte & 0x7F) << shift;
		if (!(byte & 0x80))
			return v;
	}
	rd_fail(r);
	return 0;
}

static struct span read_span(struct rd *r, uint64_t len)
{
	struct span s = {0};

	if (len > rd_left(r)) {
		rd_fail(r);
		return s;
	}
	s.p = rd_bytes(r, (size_t)len);
	s.len = (size_t)len;
	return s;
}

bool wire_next(struct wire_field *out, struct rd *r)
{
	struct wire_field f = {.whole.p = r->p};
	uint64_t tag;

	if (!rd_ok(r) || rd_left(r) == 0)
		return false;
	tag = read_varint(r);
	if (tag >> 3 > NUMBER_MAX)
		rd_fail(r);
	f.number = (uint32_t)(tag >> 3);
	f.type = (enum wire_type)(tag & 7);
	switch (f.type) {
	case WIRE_VARINT:
		f.varint = read_varint(r);
		break;
	case WIRE_FIXED64:
		rd_bytes(r, 8);
		break;
	case WIRE_BYTES:
		f.bytes = read_span(r, read_varint(r));
		break;
	case WIRE_FIXED32:
		rd_bytes(r, 4);
		break;
	default:
		rd_fail(r);
	}
	if (!rd_ok(r))
		return false;
	f.whole.len = (size_t)(r->p - f.whole.p);
	*out = f;
	return true;
}

static void put_varint(struct buf *out, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_u8(out, (uint8_t)(v | 0x80));
	buf_u8(out, (uint8_t)v);
}

void wire_put_varint(struct buf *out, uint32_t number, uint64_t value)
{
	put_varint(out, (uint64_t)number << 3 | WIRE_VARINT);
	put_varint(out, value);
}

void wire_put_bytes(struct buf *out, uint32_t number, const void *bytes, size_t len)
{
	put_varint(out, (uint64_t)number << 3 | WIRE_BYTES);
	put_varint(out, len);
	buf_put(out, bytes, len);
}

void wire_put_text(struct buf *out, uint32_t number, const char *text)
{
	wire_put_bytes(out, number, text, strlen(text));
}

void wire_put_message(struct buf *out, uint32_t number, const struct buf *message)
{
	if (message->failed)
		out->failed = true;
	wire_put_bytes(out, number, message->data, message->len);
}
