/* SPDX-License-Identifier: Apache-2.0 */
/*
 * codec.h - formats without meaning: JSON (jansson), CSV, ini (libinih), base64.
 */
#ifndef CODEC_CODEC_H
#define CODEC_CODEC_H

#include "base/base.h"

/* Text: valid UTF-8; and plain text, which also has no control character (C0, DEL, C1). */
bool utf8_valid(const void *text, size_t text_len);
bool utf8_plain(const void *text, size_t text_len);
/* Untrusted text for people: broken UTF-8, control characters and marks that turn the direction of
 * writing become U+FFFD. */
void utf8_put_clean(struct buf *out, const char *raw);

/*
 * JSON, read. The root is an object or an array. Refused: more than max_bytes, duplicate or
 * non-ASCII keys, trailing text, control characters in strings (escaped ones too), integers of 2^53
 * and beyond, depth beyond 32. Values are borrowed from the document. `name` is the place of an
 * error.
 */
#define JSON_DEPTH_MAX 32
#define JSON_INT_END   ((int64_t)1 << 53)
struct json_doc;
typedef const struct json_node *json_value; /* NULL: absent */

tanu_status json_parse(struct json_doc **out, const void *text, size_t text_len, size_t max_bytes,
		       const char *name, tanu_error *err);
void json_free(struct json_doc **doc);
json_value json_root(const struct json_doc *doc);
json_value json_get(json_value object, const char *key); /* NULL when absent or not an object */
size_t json_len(json_value array);			 /* 0 when not an array */
json_value json_at(json_value array, size_t index);
/* Typed reads: TANU_INPUT (json) with the key as place when absent or of another type. */
tanu_status json_text(const char **out, json_value object, const char *key, tanu_error *err);
tanu_status json_int(int64_t *out, json_value object, const char *key, tanu_error *err);
tanu_status json_number(double *out, json_value object, const char *key, tanu_error *err);
tanu_status json_bool(bool *out, json_value object, const char *key, tanu_error *err);
tanu_status json_text_at(const char **out, json_value array, size_t index, tanu_error *err);
tanu_status json_number_at(double *out, json_value array, size_t index, tanu_error *err);
tanu_status json_list(json_value *out, json_value object, const char *key, tanu_error *err);
tanu_status json_member(json_value *out, json_value object, const char *key, tanu_error *err);
/* Of any value, for checks that follow a description of it. Reads of another kind give "", 0. */
enum json_kind {
	JSON_KIND_NONE, /* absent */
	JSON_KIND_NULL,
	JSON_KIND_BOOL,
	JSON_KIND_INT,
	JSON_KIND_REAL,
	JSON_KIND_TEXT,
	JSON_KIND_ARRAY,
	JSON_KIND_OBJECT,
};
enum json_kind json_kind_of(json_value value);
const char *json_text_of(json_value value);
double json_number_of(json_value value);
bool json_equal_values(json_value a, json_value b);
/* The next key of an object after `prev` (NULL: the first), or NULL: for refusing unknown keys. */
const char *json_next_key(json_value object, const char *prev);
/*
 * Is `text`, which `doc` was read from, canonical (docs/log.md): keys in rising order, no spaces,
 * no escapes but \" and \\, whole numbers only?
 */
bool json_is_canonical(const struct json_doc *doc, const void *text, size_t text_len);

/*
 * JSON, written straight into a buffer, compact, in the order of the calls. `json_w` remembers
 * commas; strings are escaped; control characters, invalid UTF-8, integers of 2^53 and beyond and
 * depth beyond 32 are refused (the buffer fails). Numbers are written with the fewest digits that
 * read back the same, as a double by jw_real and as a float by jw_float; not-a-number and infinity
 * are written as null.
 */
struct json_w {
	struct buf *out;
	unsigned depth;
	bool comma[JSON_DEPTH_MAX + 1];
};
void jw_init(struct json_w *w, struct buf *out);
void jw_object(struct json_w *w, const char *key); /* key NULL inside an array or at the top */
void jw_array(struct json_w *w, const char *key);
void jw_end_object(struct json_w *w);
void jw_end_array(struct json_w *w);
void jw_text(struct json_w *w, const char *key, const char *value); /* NULL value: null */
void jw_int(struct json_w *w, const char *key, int64_t value);
void jw_real(struct json_w *w, const char *key, double value);
void jw_float(struct json_w *w, const char *key, float value);
void jw_bool(struct json_w *w, const char *key, bool value);
void jw_null(struct json_w *w, const char *key);
void jw_id(struct json_w *w, const char *key, const tanu_id *id);

/*
 * CSV after RFC 4180, comma or semicolon (taken from the header row), UTF-8 with or without BOM.
 * The header names the columns. Row numbers count lines of the file from 1; empty lines are passed
 * over. The text is copied. A file that is not UTF-8, holds a NUL byte or is too large is refused
 * whole; a row with missing or superfluous fields, or with a broken quote, only itself.
 */
#define CSV_COLUMNS_MAX	  32
#define CSV_BYTES_MAX	  ((size_t)64 << 20)
#define CSV_ROW_BYTES_MAX ((size_t)64 << 10)
struct csv;
tanu_status csv_open(struct csv **out, const void *text, size_t text_len, const char *name,
		     tanu_error *err);
void csv_close(struct csv **csv);
int csv_column(const struct csv *csv, const char *name); /* -1: no such column; case ignored */
/* 1: a row was read; 0: the end; negative: TANU_INPUT, the next call goes on with the next row. */
int csv_next(struct csv *csv, tanu_error *err);
const char *csv_heading(const struct csv *csv, int column); /* NULL beyond the last one */
const char *csv_field(const struct csv *csv, int column);   /* "" when absent; valid until next */
size_t csv_row(const struct csv *csv); /* line on which the row last read began */

/*
 * Read an ini file's text into settings, all of it or nothing; the place of an error is
 * "name: line N". `[section]` and `key = value` set "section.key"; a line beginning with ; or #,
 * and the rest of a line after " ;", is a comment. Refused: unknown names, a name set twice, lines
 * of more than 198 bytes.
 */
tanu_status ini_load(struct settings *settings, const char *text, size_t text_len, const char *name,
		     tanu_error *err);

/* base64, RFC 4648 section 4, with padding; only the canonical form is read, no white space. */
void base64_put(struct buf *out, const void *bytes, size_t bytes_len);
tanu_status base64_get(struct buf *out, const char *text, size_t text_len, tanu_error *err);
/* The same without padding, with - and _, as it stands in addresses. */
void base64url_put(struct buf *out, const void *bytes, size_t bytes_len);
tanu_status base64url_get(struct buf *out, const char *text, size_t text_len, tanu_error *err);

#endif
