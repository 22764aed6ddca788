/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/codec.h"

#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/*
 * Length of the well-formed character at p (The Unicode Standard, table 3-7), or 0. Overlong forms,
 * surrogates and everything beyond U+10FFFF are refused by the bounds of the second byte.
 */
static size_t char_len(const uint8_t *p, size_t left)
{
	uint8_t low = 0x80, high = 0xBF;
	size_t n;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xC2 || p[0] > 0xF4)
		return 0;
	n = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
	if (p[0] == 0xE0)
		low = 0xA0;
	else if (p[0] == 0xED)
		high = 0x9F;
	else if (p[0] == 0xF0)
		low = 0x90;
	else if (p[0] == 0xF4)
		high = 0x8F;
	if (left < n || p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	return n;
}

static bool is_control(const uint8_t *p, size_t len)
{
	if (len == 1)
		return p[0] < 0x20 || p[0] == 0x7F;
	return len == 2 && p[0] == 0xC2 && p[1] < 0xA0; /* U+0080 to U+009F */
}

static bool check(const void *text, size_t text_len, bool plain)
{
	const uint8_t *p = text;

	for (size_t i = 0; i < text_len;) {
		size_t n = char_len(p + i, text_len - i);

		if (n == 0 || (plain && is_control(p + i, n)))
			return false;
		i += n;
	}
	return true;
}

bool utf8_valid(const void *text, size_t text_len)
{
	return check(text, text_len, false);
}

bool utf8_plain(const void *text, size_t text_len)
{
	return check(text, text_len, true);
}

/* Marks that turn the direction of writing, U+202A .. U+202E and U+2066 .. U+2069. */
static bool turns_writing(const uint8_t *p, size_t len)
{
	if (len != 3 || p[0] != 0xE2)
		return false;
	return (p[1] == 0x80 && p[2] >= 0xAA && p[2] <= 0xAE) ||
	       (p[1] == 0x81 && p[2] >= 0xA6 && p[2] <= 0xA9);
}

void utf8_put_clean(struct buf *out, const char *raw)
{
	const uint8_t *p = (const uint8_t *)raw, *end = p + strlen(raw);

	while (p < end) {
		size_t len = char_len(p, (size_t)(end - p));

		if (len && !is_control(p, len) && !turns_writing(p, len))
			buf_put(out, p, len);
		else
			buf_str(out, REPLACEMENT);
		p += len ? len : 1;
	}
}
