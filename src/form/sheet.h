/* SPDX-License-Identifier: Apache-2.0 */
/* sheet.h - the blocks of a printed document, with the texts that they point to. */
#ifndef FORM_SHEET_H
#define FORM_SHEET_H

#include "print/print.h"

struct sheet {
	struct print_block *blocks;
	size_t len, max;
	char **texts; /* owned */
	size_t texts_len;
	bool failed; /* memory ran out */
};

void sheet_open(struct sheet *sheet, size_t blocks_max);
void sheet_close(struct sheet *sheet);
/* A copy that lives as long as the sheet; `text` is emptied. "" without memory. */
const char *sheet_keep(struct sheet *sheet, struct buf *text);
/* The block may be filled in further. What is beyond `max` is left out. */
struct print_block *sheet_put(struct sheet *sheet, enum print_kind kind, struct buf *text);
void sheet_field(struct sheet *sheet, struct buf *label, struct buf *text);
/* The same of words that live longer. */
struct print_block *sheet_put_words(struct sheet *sheet, enum print_kind kind, const char *words);

#endif
