/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/codec.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* After these two, reading goes on with the very next line: the quote may have swallowed many. */
static const char never_closed[] = "a quote is opened and never closed";
static const char too_long[] = "the row is too long";

struct record {
	struct buf text; /* the fields, each with a final zero */
	size_t at[CSV_COLUMNS_MAX];
	size_t count;
};

struct csv {
	char *text; /* our copy */
	const char *p, *end;
	size_t line; /* of p */
	size_t row_line;
	char separator;
	char name[128];
	struct record header, row;
};

static tanu_status fail_row(const struct csv *csv, const char *reason, tanu_error *err)
{
	char place[32];

	snprintf(place, sizeof(place), "row %zu", csv->row_line);
	tanu_fail(err, TANU_ERR_CSV, place, "%s", reason);
	error_prefix_place(err, csv->name);
	return TANU_INPUT;
}

static void record_clear(struct record *r)
{
	r->text.len = 0;
	r->text.failed = false;
	r->text.max = CSV_ROW_BYTES_MAX;
	r->count = 0;
}

static bool at_line_end(const char *p, const char *end)
{
	return p == end || *p == '\n' || (*p == '\r' && (p + 1 == end || p[1] == '\n'));
}

/* The text of a quoted field; `*p` stands behind the opening quote and moves behind the closing
 * one. */
static const char *read_quoted(struct buf *out, const char **p, const char *end)
{
	for (;;) {
		const char *quote = memchr(*p, '"', (size_t)(end - *p));

		if (!quote)
			return never_closed;
		buf_put(out, *p, (size_t)(quote - *p));
		*p = quote + 1;
		if (*p == end || **p != '"')
			return NULL;
		buf_u8(out, '"');
		(*p)++;
		if (out->failed)
			return NULL;
	}
}

static const char *read_field(struct buf *out, const char **p, const char *end, char separator)
{
	const char *start = *p;
	const char *reason = NULL;

	if (*p < end && **p == '"') {
		(*p)++;
		reason = read_quoted(out, p, end);
		if (!reason && !out->failed && !at_line_end(*p, end) && **p != separator)
			reason = "text follows a closing quote";
	} else {
		while (!at_line_end(*p, end) && **p != separator && **p != '"')
			(*p)++;
		if (*p < end && **p == '"')
			reason = "a quote stands inside a field that does not begin with one";
		buf_put(out, start, (size_t)(*p - start));
	}
	buf_u8(out, '\0');
	return reason;
}

/* One record from `*p` on; the reason why not, or NULL. `*p` stays where reading stopped. */
static const char *read_record(struct record *r, const char **p, const char *end, char separator)
{
	record_clear(r);
	for (;;) {
		const char *reason;

		if (r->count < CSV_COLUMNS_MAX)
			r->at[r->count] = r->text.len;
		reason = read_field(&r->text, p, end, separator);
		if (r->text.failed)
			return too_long;
		if (reason)
			return reason;
		r->count++;
		if (at_line_end(*p, end))
			return r->count > CSV_COLUMNS_MAX ? "the row has too many fields" : NULL;
		(*p)++; /* the separator */
	}
}

static const char *skip_line(const char *p, const char *end)
{
	const char *newline = memchr(p, '\n', (size_t)(end - p));

	return newline ? newline + 1 : end;
}

/* Go on at `next`, which lies behind the present place. */
static void move_to(struct csv *csv, const char *next)
{
	for (const char *p = csv->p; p < next; p++)
		csv->line += *p == '\n';
	csv->p = next;
}

/* 1: a record; 0: the end; negative: a broken one, and reading goes on behind it. */
static int next_record(struct csv *csv, struct record *r, tanu_error *err)
{
	const char *p, *reason;

	while (csv->p < csv->end && at_line_end(csv->p, csv->end))
		move_to(csv, skip_line(csv->p, csv->end));
	if (csv->p == csv->end)
		return 0;
	csv->row_line = csv->line;
	p = csv->p;
	reason = read_record(r, &p, csv->end, csv->separator);
	if (reason == never_closed || reason == too_long)
		p = csv->p;
	move_to(csv, skip_line(p, csv->end));
	return reason ? fail_row(csv, reason, err) : 1;
}

static const char *record_field(const struct record *r, size_t i)
{
	return (const char *)r->text.data + r->at[i];
}

static char guess_separator(const char *p, const char *end)
{
	size_t commas = 0, semicolons = 0;

	while (p < end && at_line_end(p, end))
		p = skip_line(p, end);
	for (bool quoted = false; p < end && (quoted || *p != '\n'); p++) {
		quoted ^= *p == '"';
		commas += !quoted && *p == ',';
		semicolons += !quoted && *p == ';';
	}
	return semicolons > commas ? ';' : ',';
}

/* Cut spaces around a column's name, in place. */
static void trim_column(struct record *r, size_t i)
{
	char *name = (char *)r->text.data + r->at[i];
	size_t len;

	while (*name == ' ') {
		name++;
		r->at[i]++;
	}
	len = strlen(name);
	while (len > 0 && name[len - 1] == ' ')
		name[--len] = '\0';
}

static tanu_status read_header(struct csv *csv, tanu_error *err)
{
	int got;

	csv->separator = guess_separator(csv->p, csv->end);
	got = next_record(csv, &csv->header, err);
	if (got < 0)
		return (tanu_status)got;
	if (got == 0)
		return tanu_fail(err, TANU_ERR_CSV, csv->name,
				 "the file is empty; its first row must name the columns");
	for (size_t i = 0; i < csv->header.count; i++) {
		trim_column(&csv->header, i);
		if (!*record_field(&csv->header, i))
			return fail_row(csv, "a column has no name", err);
		if (csv_column(csv, record_field(&csv->header, i)) != (int)i)
			return fail_row(csv, "two columns have the same name", err);
	}
	return TANU_OK;
}

/* Refuse a text that is not UTF-8 or holds a NUL byte, with the line where that begins. */
static tanu_status check_text(struct csv *csv, tanu_error *err)
{
	for (const char *p = csv->p, *next; p < csv->end; p = next) {
		next = skip_line(p, csv->end);
		csv->row_line++;
		if (memchr(p, '\0', (size_t)(next - p)))
			return fail_row(csv, "a NUL byte: this is not a text file", err);
		if (!utf8_valid(p, (size_t)(next - p)))
			return fail_row(csv, "not UTF-8: save the table as CSV UTF-8", err);
	}
	csv->row_line = 0;
	return TANU_OK;
}

static tanu_status take_text(struct csv *csv, const void *text, size_t text_len, tanu_error *err)
{
	static const char bom[] = "\xEF\xBB\xBF";

	csv->text = malloc(text_len + 1);
	if (!csv->text)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, csv->name, "not enough memory");
	if (text_len)
		memcpy(csv->text, text, text_len);
	csv->text[text_len] = '\0';
	csv->p = csv->text;
	csv->end = csv->text + text_len;
	csv->line = 1;
	if (text_len >= 3 && memcmp(csv->p, bom, 3) == 0)
		csv->p += 3;
	return check_text(csv, err);
}

tanu_status csv_open(struct csv **out, const void *text, size_t text_len, const char *name,
		     tanu_error *err)
{
	struct csv *csv;
	tanu_status st;

	if (text_len > CSV_BYTES_MAX)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, name,
				 "%zu bytes of CSV where at most %zu are allowed", text_len,
				 CSV_BYTES_MAX);
	csv = calloc(1, sizeof(*csv));
	if (!csv)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, name, "not enough memory");
	snprintf(csv->name, sizeof(csv->name), "%s", name ? name : "");
	if ((st = take_text(csv, text, text_len, err)) < 0 || (st = read_header(csv, err)) < 0) {
		csv_close(&csv);
		return st;
	}
	*out = csv;
	return TANU_OK;
}

/* The table may name people, so nothing of it stays in freed memory. */
void csv_close(struct csv **csv)
{
	struct csv *c = *csv;

	if (!c)
		return;
	if (c->text)
		mem_wipe(c->text, (size_t)(c->end - c->text));
	free(c->text);
	buf_wipe(&c->header.text);
	buf_wipe(&c->row.text);
	free(c);
	*csv = NULL;
}

int csv_column(const struct csv *csv, const char *name)
{
	for (size_t i = 0; i < csv->header.count; i++)
		if (strcasecmp(record_field(&csv->header, i), name) == 0)
			return (int)i;
	return -1;
}

const char *csv_heading(const struct csv *csv, int column)
{
	if (column < 0 || (size_t)column >= csv->header.count)
		return NULL;
	return record_field(&csv->header, (size_t)column);
}

int csv_next(struct csv *csv, tanu_error *err)
{
	int got = next_record(csv, &csv->row, err);

	if (got == 1 && csv->row.count < csv->header.count)
		got = fail_row(csv, "the row has fewer fields than there are columns", err);
	else if (got == 1 && csv->row.count > csv->header.count)
		got = fail_row(csv, "the row has more fields than there are columns", err);
	if (got != 1)
		record_clear(&csv->row);
	return got;
}

const char *csv_field(const struct csv *csv, int column)
{
	if (column < 0 || (size_t)column >= csv->row.count)
		return "";
	return record_field(&csv->row, (size_t)column);
}

size_t csv_row(const struct csv *csv)
{
	return csv->row_line;
}
