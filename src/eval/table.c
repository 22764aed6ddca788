/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/sheet.h"

#include "eval/plot.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define CELL_MAX_BYTES 256
#define GAP	       "  "

void table_begin(struct table *t, const char *const *headings, size_t columns)
{
	assert(columns <= TABLE_COLUMNS_MAX);
	*t = (struct table){.columns = columns};
	for (size_t i = 0; i < columns; i++)
		table_cell(t, "%s", headings[i]);
}

void table_cell(struct table *t, const char *fmt, ...)
{
	char cell[CELL_MAX_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cell, sizeof(cell), fmt, ap);
	va_end(ap);
	utf8_put_clean(&t->cells, cell);
	buf_u8(&t->cells, '\0');
	t->count++;
}

/* Characters on the screen, near enough: bytes that begin one. */
static size_t width_of(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += (*text & 0xC0) != 0x80;
	return n;
}

static const char *next_cell(const char *cell)
{
	return cell + strlen(cell) + 1;
}

static void measure(size_t width[TABLE_COLUMNS_MAX], const struct table *t)
{
	const char *cell = (const char *)t->cells.data;

	memset(width, 0, TABLE_COLUMNS_MAX * sizeof(*width));
	for (size_t i = 0; i < t->count; i++, cell = next_cell(cell))
		if (width_of(cell) > width[i % t->columns])
			width[i % t->columns] = width_of(cell);
}

static void pad(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_u8(out, ' ');
}

static void set_words(const struct table *t, struct buf *out)
{
	const char *cell = (const char *)t->cells.data;
	size_t width[TABLE_COLUMNS_MAX];

	measure(width, t);
	for (size_t i = 0; i < t->count; i++, cell = next_cell(cell)) {
		size_t column = i % t->columns, room = width[column] - width_of(cell);
		bool last = column == t->columns - 1;

		buf_str(out, GAP);
		if (column > 0)
			pad(out, room);
		buf_str(out, cell);
		if (column == 0 && !last)
			pad(out, room);
		if (last)
			buf_str(out, "\n");
	}
}

static void set_html(const struct table *t, struct buf *out)
{
	const char *cell = (const char *)t->cells.data;

	buf_str(out, "<div class=\"scroll\"><table>");
	for (size_t i = 0; i < t->count; i++, cell = next_cell(cell)) {
		const char *tag = i < t->columns ? "th" : "td";

		if (i % t->columns == 0)
			buf_str(out, "<tr>");
		buf_printf(out, "<%s>", tag);
		put_escaped(out, cell);
		buf_printf(out, "</%s>", tag);
		if (i % t->columns == t->columns - 1)
			buf_str(out, "</tr>");
	}
	buf_str(out, "</table></div>");
}

void table_end(struct table *t, struct sheet *s)
{
	assert(t->count % t->columns == 0);
	if (t->cells.failed) {
		s->words->failed = true;
	} else {
		set_words(t, s->words);
		if (s->html)
			set_html(t, s->html);
	}
	buf_free(&t->cells);
}
