/* SPDX-License-Identifier: Apache-2.0 */
#include "form/sheet.h"

#include <stdlib.h>
#include <string.h>

#define TEXTS_A_BLOCK 3

void sheet_open(struct sheet *sheet, size_t blocks_max)
{
	*sheet = (struct sheet){.blocks = calloc(blocks_max, sizeof(*sheet->blocks)),
				.texts = calloc(TEXTS_A_BLOCK * blocks_max, sizeof(char *)),
				.max = blocks_max};
	sheet->failed = !sheet->blocks || !sheet->texts;
}

void sheet_close(struct sheet *sheet)
{
	for (size_t i = 0; i < sheet->texts_len; i++) {
		mem_wipe(sheet->texts[i], strlen(sheet->texts[i]));
		free(sheet->texts[i]);
	}
	free(sheet->texts);
	free(sheet->blocks);
	*sheet = (struct sheet){0};
}

const char *sheet_keep(struct sheet *sheet, struct buf *text)
{
	char *copy = strdup(buf_cstr(text));

	sheet->failed = sheet->failed || text->failed || !copy ||
			sheet->texts_len == TEXTS_A_BLOCK * sheet->max;
	buf_wipe(text);
	if (sheet->failed) {
		free(copy);
		return "";
	}
	return sheet->texts[sheet->texts_len++] = copy;
}

struct print_block *sheet_put_words(struct sheet *sheet, enum print_kind kind, const char *words)
{
	static struct print_block spare;

	if (sheet->failed || sheet->len == sheet->max)
		return &spare;
	sheet->blocks[sheet->len] = (struct print_block){.kind = kind, .text = words};
	return &sheet->blocks[sheet->len++];
}

struct print_block *sheet_put(struct sheet *sheet, enum print_kind kind, struct buf *text)
{
	return sheet_put_words(sheet, kind, sheet_keep(sheet, text));
}

void sheet_field(struct sheet *sheet, struct buf *label, struct buf *text)
{
	const char *kept = sheet_keep(sheet, label);

	sheet_put(sheet, PRINT_FIELD, text)->label = kept;
}
