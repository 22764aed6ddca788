/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/codec.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_string(struct buf *out, const char *text)
{
	size_t len = strlen(text);

	if (!utf8_plain(text, len)) {
		out->failed = true;
		return;
	}
	buf_u8(out, '"');
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"' || text[i] == '\\')
			buf_u8(out, '\\');
		buf_u8(out, (uint8_t)text[i]);
	}
	buf_u8(out, '"');
}

/* What stands before every value: a comma unless it is the first, then its key. */
static void lead(struct json_w *w, const char *key)
{
	if (w->comma[w->depth])
		buf_u8(w->out, ',');
	w->comma[w->depth] = true;
	if (key) {
		put_string(w->out, key);
		buf_u8(w->out, ':');
	}
}

static void open_level(struct json_w *w, const char *key, uint8_t bracket)
{
	if (w->depth >= JSON_DEPTH_MAX) {
		w->out->failed = true;
		return;
	}
	lead(w, key);
	buf_u8(w->out, bracket);
	w->depth++;
	w->comma[w->depth] = false;
}

static void close_level(struct json_w *w, uint8_t bracket)
{
	if (w->depth == 0) {
		w->out->failed = true;
		return;
	}
	w->depth--;
	buf_u8(w->out, bracket);
}

void jw_init(struct json_w *w, struct buf *out)
{
	*w = (struct json_w){.out = out};
}

void jw_object(struct json_w *w, const char *key)
{
	open_level(w, key, '{');
}

void jw_array(struct json_w *w, const char *key)
{
	open_level(w, key, '[');
}

void jw_end_object(struct json_w *w)
{
	close_level(w, '}');
}

void jw_end_array(struct json_w *w)
{
	close_level(w, ']');
}

void jw_null(struct json_w *w, const char *key)
{
	lead(w, key);
	buf_str(w->out, "null");
}

void jw_text(struct json_w *w, const char *key, const char *value)
{
	if (!value) {
		jw_null(w, key);
		return;
	}
	lead(w, key);
	put_string(w->out, value);
}

void jw_int(struct json_w *w, const char *key, int64_t value)
{
	if (value <= -JSON_INT_END || value >= JSON_INT_END) {
		w->out->failed = true;
		return;
	}
	lead(w, key);
	buf_printf(w->out, "%" PRId64, value);
}

void jw_bool(struct json_w *w, const char *key, bool value)
{
	lead(w, key);
	buf_str(w->out, value ? "true" : "false");
}

void jw_id(struct json_w *w, const char *key, const tanu_id *id)
{
	char hex[ID_HEX_LEN];

	id_hex(hex, id);
	jw_text(w, key, hex);
}

static void put_number(struct json_w *w, const char *key, double value, char *text)
{
	char *comma = strchr(text, ',');

	/* A locale may print a decimal comma; JSON has a point. */
	if (comma)
		*comma = '.';
	lead(w, key);
	buf_str(w->out, text);
	/* Without a point it would be read as an integer, and one that is too large. */
	if (fabs(value) >= (double)JSON_INT_END && !strpbrk(text, ".e"))
		buf_str(w->out, ".0");
}

void jw_real(struct json_w *w, const char *key, double value)
{
	char text[32];
	int digits = 1;

	if (!isfinite(value)) {
		jw_null(w, key);
		return;
	}
	do {
		snprintf(text, sizeof(text), "%.*g", digits, value);
	} while (digits++ < 17 && strtod(text, NULL) != value);
	put_number(w, key, value, text);
}

void jw_float(struct json_w *w, const char *key, float value)
{
	char text[32];
	int digits = 1;

	if (!isfinite(value)) {
		jw_null(w, key);
		return;
	}
	do {
		snprintf(text, sizeof(text), "%.*g", digits, (double)value);
	} while (digits++ < 9 && strtof(text, NULL) != value);
	put_number(w, key, (double)value, text);
}
