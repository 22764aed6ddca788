/* SPDX-License-Identifier: Apache-2.0 */
/* Members of the JSON inside sealed rows, read with their bounds. */
#include "service/internal.h"

#include <stdio.h>
#include <string.h>

#define DOCUMENT_MAX ((size_t)64 << 20)

tanu_status sealed_text(char *out, size_t out_len, json_value object, const char *key,
			tanu_error *err)
{
	const char *v = NULL;
	tanu_status st = json_text(&v, object, key, err);

	if (st < 0)
		return st;
	if (strlen(v) >= out_len)
		return tanu_fail(err, TANU_ERR_JSON, key, "longer than %zu bytes", out_len - 1);
	snprintf(out, out_len, "%s", v);
	return TANU_OK;
}

tanu_status sealed_id(tanu_id *out, json_value object, const char *key, tanu_error *err)
{
	const char *text = NULL;
	tanu_status st = json_text(&text, object, key, err);

	if (st == TANU_OK && !id_parse(out, text))
		st = tanu_fail(err, TANU_ERR_JSON, key, "this is not an id of 32 hex digits");
	return st;
}

tanu_status sealed_digest(uint8_t out[DIGEST_LEN], json_value object, const char *key,
			  tanu_error *err)
{
	char hex[2 * DIGEST_LEN + 1];
	tanu_status st = sealed_text(hex, sizeof(hex), object, key, err);

	if (st == TANU_OK && !hex_decode(out, DIGEST_LEN, hex))
		st = tanu_fail(err, TANU_ERR_JSON, key, "this is not a SHA-256");
	return st;
}

tanu_status sealed_date(tanu_date *out, json_value object, const char *key, tanu_error *err)
{
	char text[16];
	tanu_status st = sealed_text(text, sizeof(text), object, key, err);

	if (st == TANU_OK && !date_parse(out, text))
		st = tanu_fail(err, TANU_ERR_JSON, key, "this is not a date, YYYY-MM-DD");
	return st;
}

tanu_status sealed_word(int *out, const char *const *words, size_t words_len, json_value object,
			const char *key, tanu_error *err)
{
	const char *text = NULL;
	tanu_status st = json_text(&text, object, key, err);

	if (st < 0)
		return st;
	for (size_t i = 0; i < words_len; i++)
		if (words[i] && strcmp(words[i], text) == 0) {
			*out = (int)i;
			return TANU_OK;
		}
	return tanu_fail(err, TANU_ERR_JSON, key, "this is not a word that is known here");
}

void jw_date(struct json_w *w, const char *key, tanu_date date)
{
	char text[DATE_TEXT_LEN];

	jw_text(w, key, date_text(text, date));
}

void jw_digest(struct json_w *w, const char *key, const uint8_t digest[DIGEST_LEN])
{
	char hex[2 * DIGEST_LEN + 1];

	hex_encode(hex, digest, DIGEST_LEN);
	jw_text(w, key, hex);
}

void jw_digest_if_any(struct json_w *w, const char *key, const uint8_t digest[DIGEST_LEN])
{
	static const uint8_t none[DIGEST_LEN];

	if (memcmp(digest, none, DIGEST_LEN) != 0)
		jw_digest(w, key, digest);
}

tanu_status text_check(const char *text, size_t max, const char *place, const char *what,
		       tanu_error *err)
{
	size_t len = strnlen(text, max + 1);

	if (len > 0 && len <= max && utf8_plain(text, len))
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_USAGE, place,
			 "%s has 1 to %zu bytes of UTF-8 text on one line", what, max);
}

void service_sha256(uint8_t out[DIGEST_LEN], const struct buf *bytes)
{
	sha256(out, bytes->data, bytes->len);
}

tanu_status service_document_sha256(uint8_t out[DIGEST_LEN], const char *path, tanu_error *err)
{
	struct buf bytes = {0};
	tanu_status st = os_read_file(&bytes, path, DOCUMENT_MAX, err);

	if (st == TANU_OK && bytes.len == 0)
		st = tanu_fail(err, TANU_ERR_FORMAT, path, "this file is empty");
	if (st == TANU_OK)
		sha256(out, bytes.data, bytes.len);
	buf_wipe(&bytes);
	return st;
}
