/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_DEFAULT_MAX ((size_t)1 << 30)

void mem_wipe(void *p, size_t len)
{
	if (p && len)
		explicit_bzero(p, len);
}

/* Room for `more` bytes. The old block is wiped: a buffer may have held a secret. */
static bool reserve(struct buf *b, size_t more)
{
	size_t max = b->max ? b->max : BUF_DEFAULT_MAX;
	size_t cap = b->cap ? b->cap : 64;
	uint8_t *data;

	if (b->failed || more > max || b->len > max - more) {
		b->failed = true;
		return false;
	}
	if (b->len + more <= b->cap)
		return true;
	while (cap < b->len + more)
		cap *= 2;
	data = malloc(cap);
	if (!data) {
		b->failed = true;
		return false;
	}
	if (b->data) {
		memcpy(data, b->data, b->len);
		mem_wipe(b->data, b->cap);
		free(b->data);
	}
	b->data = data;
	b->cap = cap;
	return true;
}

void buf_put(struct buf *b, const void *bytes, size_t len)
{
	if (!reserve(b, len) || len == 0)
		return;
	memcpy(b->data + b->len, bytes, len);
	b->len += len;
}

static void put_le(struct buf *b, uint64_t v, size_t len)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(v >> (8 * i));
	buf_put(b, bytes, len);
}

void buf_u8(struct buf *b, uint8_t v)
{
	put_le(b, v, 1);
}

void buf_u16le(struct buf *b, uint16_t v)
{
	put_le(b, v, 2);
}

void buf_u32le(struct buf *b, uint32_t v)
{
	put_le(b, v, 4);
}

void buf_u64le(struct buf *b, uint64_t v)
{
	put_le(b, v, 8);
}

void buf_f32le(struct buf *b, float v)
{
	uint32_t bits;

	memcpy(&bits, &v, sizeof(bits));
	put_le(b, bits, 4);
}

void buf_str(struct buf *b, const char *text)
{
	buf_put(b, text, strlen(text));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !reserve(b, (size_t)n + 1)) {
		b->failed = true;
		return;
	}
	va_start(ap, fmt);
	vsnprintf((char *)b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

const char *buf_cstr(struct buf *b)
{
	if (!reserve(b, 1))
		return "";
	b->data[b->len] = '\0';
	return (const char *)b->data;
}

const char *buf_text(const struct buf *b, const char **end)
{
	const char *text = b->data ? (const char *)b->data : "";

	*end = text + b->len;
	return text;
}

tanu_status buf_check(const struct buf *b, tanu_error *err)
{
	if (!b->failed)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL,
			 "not enough memory, or more data than the limit of %zu bytes",
			 b->max ? b->max : BUF_DEFAULT_MAX);
}

void buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf){.max = b->max};
}

void buf_wipe(struct buf *b)
{
	mem_wipe(b->data, b->cap);
	buf_free(b);
}
