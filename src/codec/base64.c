/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/codec.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_put(struct buf *out, const void *bytes, size_t bytes_len)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < bytes_len; i += 3) {
		size_t n = bytes_len - i < 3 ? bytes_len - i : 3;
		uint32_t v = (uint32_t)p[i] << 16;

		if (n > 1)
			v |= (uint32_t)p[i + 1] << 8;
		if (n > 2)
			v |= p[i + 2];
		buf_u8(out, (uint8_t)digits[v >> 18]);
		buf_u8(out, (uint8_t)digits[v >> 12 & 63]);
		buf_u8(out, (uint8_t)(n > 1 ? digits[v >> 6 & 63] : '='));
		buf_u8(out, (uint8_t)(n > 2 ? digits[v & 63] : '='));
	}
}

/* -1 for what is no digit. */
static int32_t digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four characters, of which the last `pads` are '='. Bits that stand for nothing must be zero. */
static bool get_group(struct buf *out, const char *text, size_t pads)
{
	uint32_t v = 0;

	for (size_t i = 0; i < 4; i++) {
		int32_t d = i < 4 - pads ? digit(text[i]) : 0;

		if (d < 0)
			return false;
		v = v << 6 | (uint32_t)d;
	}
	if ((pads == 1 && v & 0xFF) || (pads == 2 && v & 0xFFFF))
		return false;
	for (size_t i = 0; i < 3 - pads; i++)
		buf_u8(out, (uint8_t)(v >> (16 - 8 * i)));
	return true;
}

tanu_status base64_get(struct buf *out, const char *text, size_t text_len, tanu_error *err)
{
	size_t before = out->len;

	if (text_len % 4)
		return tanu_fail(err, TANU_ERR_FORMAT, NULL,
				 "base64 text must have a length divisible by four");
	for (size_t i = 0; i < text_len; i += 4) {
		bool last = i + 4 == text_len;
		size_t pads = !last || text[i + 3] != '=' ? 0 : text[i + 2] != '=' ? 1 : 2;

		if (!get_group(out, text + i, pads)) {
			out->len = before;
			return tanu_fail(err, TANU_ERR_FORMAT, NULL, "not base64 at byte %zu", i);
		}
	}
	return buf_check(out, err);
}

/* ---- the alphabet for addresses and JWS: RFC 4648, section 5, without padding ---- */

void base64url_put(struct buf *out, const void *bytes, size_t bytes_len)
{
	size_t from = out->len;

	base64_put(out, bytes, bytes_len);
	if (out->failed)
		return;
	while (out->len > from && out->data[out->len - 1] == '=')
		out->len--;
	for (size_t i = from; i < out->len; i++) {
		if (out->data[i] == '+')
			out->data[i] = '-';
		else if (out->data[i] == '/')
			out->data[i] = '_';
	}
}

tanu_status base64url_get(struct buf *out, const char *text, size_t text_len, tanu_error *err)
{
	struct buf plain = {.max = out->max};
	tanu_status st;

	if (text_len % 4 == 1)
		return tanu_fail(err, TANU_ERR_FORMAT, NULL, "this is not base64url");
	for (size_t i = 0; i < text_len; i++) {
		char c = text[i];

		if (c == '+' || c == '/' || c == '=') {
			buf_wipe(&plain);
			return tanu_fail(err, TANU_ERR_FORMAT, NULL, "this is not base64url");
		}
		buf_u8(&plain, (uint8_t)(c == '-' ? '+' : c == '_' ? '/' : c));
	}
	while (!plain.failed && plain.len % 4)
		buf_u8(&plain, '=');
	if ((st = buf_check(&plain, err)) == TANU_OK)
		st = base64_get(out, (const char *)plain.data, plain.len, err);
	buf_wipe(&plain);
	return st;
}
