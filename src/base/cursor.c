/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

#include <string.h>

void rd_init(struct rd *r, const void *bytes, size_t bytes_len)
{
	r->p = bytes;
	r->end = r->p ? r->p + bytes_len : NULL;
	r->failed = false;
}

size_t rd_left(const struct rd *r)
{
	return r->p ? (size_t)(r->end - r->p) : 0;
}

void rd_fail(struct rd *r)
{
	r->failed = true;
}

bool rd_ok(const struct rd *r)
{
	return !r->failed;
}

bool rd_end(const struct rd *r)
{
	return !r->failed && r->p == r->end;
}

const uint8_t *rd_bytes(struct rd *r, size_t len)
{
	const uint8_t *at = r->p;

	if (r->failed || len > rd_left(r)) {
		r->failed = true;
		return NULL;
	}
	if (len)
		r->p += len;
	return at;
}

void rd_copy(struct rd *r, void *out, size_t len)
{
	const uint8_t *at = rd_bytes(r, len);

	if (r->failed)
		memset(out, 0, len);
	else if (len)
		memcpy(out, at, len);
}

/* `len` little-endian bytes, at most 8, as a number; zero when the cursor has failed. */
static uint64_t read_le(struct rd *r, size_t len)
{
	const uint8_t *at = rd_bytes(r, len);
	uint64_t v = 0;

	for (size_t i = 0; at && i < len; i++)
		v |= (uint64_t)at[i] << (8 * i);
	return v;
}

static uint64_t read_be(struct rd *r, size_t len)
{
	const uint8_t *at = rd_bytes(r, len);
	uint64_t v = 0;

	for (size_t i = 0; at && i < len; i++)
		v = v << 8 | at[i];
	return v;
}

uint8_t rd_u8(struct rd *r)
{
	return (uint8_t)read_le(r, 1);
}

uint16_t rd_u16be(struct rd *r)
{
	return (uint16_t)read_be(r, 2);
}

uint16_t rd_u16le(struct rd *r)
{
	return (uint16_t)read_le(r, 2);
}

uint32_t rd_u32be(struct rd *r)
{
	return (uint32_t)read_be(r, 4);
}

uint32_t rd_u32le(struct rd *r)
{
	return (uint32_t)read_le(r, 4);
}

uint64_t rd_u64le(struct rd *r)
{
	return read_le(r, 8);
}

int64_t rd_i64le(struct rd *r)
{
	return (int64_t)read_le(r, 8);
}

float rd_f32le(struct rd *r)
{
	uint32_t bits = rd_u32le(r);
	float v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}
