/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/sheet.h"

#define SHEET_WIDTH  1920
#define SHEET_HEIGHT 954
/* Left edge, top edge, pitch and side of the tiles, px, measured on the picture. */
#define TILE_LEFT    1.0f
#define TILE_TOP     284.0f
#define TILE_PITCH_X 106.65f
#define TILE_PITCH_Y 112.4f
#define TILE_SIDE    104.0f
#define TILE_OUT     208 /* px: the photographs are written at twice their size */
#define TILE_QUALITY 95

const struct sheet_tile sheet_same[] = {
    {0, 0}, {0, 1},  {0, 2},  {0, 3},  {0, 4},	{0, 5},	 {0, 6},  {0, 7},  {0, 8},
    {0, 9}, {0, 10}, {0, 11}, {0, 12}, {0, 13}, {0, 14}, {0, 15}, {0, 16}, {0, 17},
};
const size_t sheet_same_len = ARRAY_LEN(sheet_same);

/* Rows 3 to 6 without the tiles where sunglasses, a hat or blur leave the eye in doubt. */
const struct sheet_tile sheet_strangers[] = {
    {2, 1},  {2, 2},  {2, 3},  {2, 5},	{2, 6},	 {2, 8},  {2, 10}, {2, 11}, {2, 12}, {2, 14},
    {2, 15}, {2, 16}, {2, 17}, {3, 0},	{3, 2},	 {3, 3},  {3, 5},  {3, 6},  {3, 7},  {3, 8},
    {3, 9},  {3, 10}, {3, 11}, {3, 12}, {3, 13}, {3, 14}, {3, 15}, {3, 16}, {3, 17}, {4, 0},
    {4, 1},  {4, 2},  {4, 3},  {4, 4},	{4, 5},	 {4, 6},  {4, 7},  {4, 8},  {4, 9},  {4, 10},
    {4, 12}, {4, 13}, {4, 14}, {4, 15}, {4, 16}, {4, 17}, {5, 0},  {5, 1},  {5, 2},  {5, 3},
    {5, 4},  {5, 5},  {5, 6},  {5, 7},	{5, 8},	 {5, 9},  {5, 10}, {5, 11}, {5, 12}, {5, 13},
    {5, 14}, {5, 15}, {5, 16}, {5, 17},
};
const size_t sheet_strangers_len = ARRAY_LEN(sheet_strangers);

tanu_status sheet_check(const tanu_image *sheet, tanu_error *err)
{
	tanu_pixels px = tanu_image_pixels(sheet);

	if (px.width == SHEET_WIDTH && px.height == SHEET_HEIGHT)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_FORMAT, NULL,
			 "the demo picture is %dx%d, not the pinned %dx%d: run make setup again",
			 px.width, px.height, SHEET_WIDTH, SHEET_HEIGHT);
}

tanu_status sheet_write_tile(const tanu_image *sheet, struct sheet_tile tile, const char *path,
			     tanu_error *err)
{
	const float step = TILE_SIDE / TILE_OUT;
	const float m[6] = {step, 0,	TILE_LEFT + TILE_PITCH_X * (float)tile.column,
			    0,	  step, TILE_TOP + TILE_PITCH_Y * (float)tile.row};
	tanu_pixels px = tanu_image_pixels(sheet);
	tanu_image *out = NULL;
	struct buf jpeg = {0};
	tanu_status st;

	if ((st = image_new(&out, TILE_OUT, TILE_OUT, err)) < 0)
		goto out;
	image_warp_rgb(out->rgb, TILE_OUT, TILE_OUT, &px, m);
	px = tanu_image_pixels(out);
	if ((st = image_write_jpeg(&jpeg, &px, TILE_QUALITY, err)) < 0)
		goto out;
	st = os_replace_file(path, jpeg.data, jpeg.len, 0600, err);
out:
	buf_free(&jpeg);
	tanu_image_free(&out);
	return st;
}
