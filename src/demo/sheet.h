/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sheet.h - the contact sheet of @vladmandic/human 3.3.6 (assets/screenshot-facematch.jpg): six
 * rows of eighteen face photographs of about 107 px. The first row shows one man eighteen times.
 * Which tiles show him and which certainly do not was decided by looking at the pictures, not by
 * scores; tiles where the eye is in doubt are left out.
 */
#ifndef DEMO_SHEET_H
#define DEMO_SHEET_H

#include "image/image.h"

#define SHEET_COLUMNS 18
#define SHEET_ROWS    6

struct sheet_tile {
	int row, column; /* from 0 */
};

/* Photographs of the man, and of people who are not him. */
extern const struct sheet_tile sheet_same[];
extern const size_t sheet_same_len;
extern const struct sheet_tile sheet_strangers[];
extern const size_t sheet_strangers_len;

/* Cut one tile out of the sheet and write it as a JPEG of twice its size. */
tanu_status sheet_write_tile(const tanu_image *sheet, struct sheet_tile tile, const char *path,
			     tanu_error *err);
/* The sheet has the size the tiles were measured on; anything else is refused. */
tanu_status sheet_check(const tanu_image *sheet, tanu_error *err);

#endif
