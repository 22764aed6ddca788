/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sheet.h - one text of findings, set twice: in words for a terminal and, where a report was asked
 * for, as a page of HTML that needs nothing from outside. All text passes through utf8_put_clean.
 */
#ifndef EVAL_SHEET_H
#define EVAL_SHEET_H

#include "codec/codec.h"

struct sheet {
	struct buf *words;
	struct buf *html; /* NULL: no page */
	bool colour;	  /* the terminal has it */
};

/* The page from its head to its first section. `brief` says in a sentence what was measured. */
void sheet_begin(struct sheet *s, const char *title, const char *brief);
void sheet_end(struct sheet *s);

void sheet_section(struct sheet *s, const char *fmt, ...) TANU_PRINTF(2, 3);
void sheet_line(struct sheet *s, const char *fmt, ...) TANU_PRINTF(2, 3);
void sheet_warning(struct sheet *s, const char *fmt, ...) TANU_PRINTF(2, 3);
/* A paragraph of the page only: what a terminal's reader finds in the manual. */
void sheet_note(struct sheet *s, const char *fmt, ...) TANU_PRINTF(2, 3);

/* Figures that matter most: a row of cards on the page, a line each in words. */
void sheet_cards_begin(struct sheet *s);
void sheet_card(struct sheet *s, const char *name, const char *value, const char *note);
void sheet_cards_end(struct sheet *s);

/* Drawings side by side where there is room; on the page only. */
void sheet_plots_begin(struct sheet *s);
/* `svg` is taken as it is, and emptied. */
void sheet_plot(struct sheet *s, struct buf *svg, const char *caption);
/* What a colour stands for, under the plot before it. */
void sheet_legend(struct sheet *s, const char *const *names, size_t len);
void sheet_plots_end(struct sheet *s);

/*
 * A table, gathered cell by cell and then set. The first column is words, the others are numbers
 * and stand to the right.
 */
#define TABLE_COLUMNS_MAX 12
struct table {
	struct buf cells; /* each with a final zero, headings first */
	size_t columns, count;
};
void table_begin(struct table *t, const char *const *headings, size_t columns);
void table_cell(struct table *t, const char *fmt, ...) TANU_PRINTF(2, 3);
void table_end(struct table *t, struct sheet *s); /* frees */

#endif
