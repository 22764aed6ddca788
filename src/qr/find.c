/* SPDX-License-Identifier: Apache-2.0 */
#include "qr/qr.h"

#include <stdlib.h>
#include <string.h>
#include <zbar.h>

#define TWICE_MAX_PX 4000000 /* a larger picture does not gain by doubling */
#define Y800	     zbar_fourcc('Y', '8', '0', '0')

struct grey {
	uint8_t *px;
	size_t width, height;
};

static bool grey_new(struct grey *out, size_t width, size_t height)
{
	*out = (struct grey){malloc(width * height), width, height};
	return out->px != NULL;
}

static bool grey_from(struct grey *out, const tanu_pixels *image)
{
	if (!grey_new(out, (size_t)image->width, (size_t)image->height))
		return false;
	for (size_t y = 0; y < out->height; y++) {
		const uint8_t *rgb = image->rgb + (ptrdiff_t)y * image->stride;

		for (size_t x = 0; x < out->width; x++, rgb += 3)
			out->px[y * out->width + x] =
			    (uint8_t)((77 * rgb[0] + 150 * rgb[1] + 29 * rgb[2]) >> 8);
	}
	return true;
}

static uint8_t at(const struct grey *g, size_t x, size_t y)
{
	x = x < g->width ? x : g->width - 1;
	y = y < g->height ? y : g->height - 1;
	return g->px[y * g->width + x];
}

static uint8_t clipped(int v)
{
	return v < 0 ? 0 : v > 255 ? 255 : (uint8_t)v;
}

/* Twice what a pixel differs from the mean of the 5 x 5 around it is added: undoes mild blur. */
static bool sharpened(struct grey *out, const struct grey *in)
{
	if (!grey_new(out, in->width, in->height))
		return false;
	for (size_t y = 0; y < in->height; y++)
		for (size_t x = 0; x < in->width; x++) {
			int sum = 0, v = at(in, x, y);

			for (size_t j = 0; j < 5; j++)
				for (size_t i = 0; i < 5; i++)
					sum += at(in, x + i > 2 ? x + i - 2 : 0,
						  y + j > 2 ? y + j - 2 : 0);
			out->px[y * in->width + x] = clipped(v + 2 * (v - sum / 25));
		}
	return true;
}

/* Bilinear. */
static bool doubled(struct grey *out, const struct grey *in)
{
	if (!grey_new(out, 2 * in->width, 2 * in->height))
		return false;
	for (size_t y = 0; y < out->height; y++)
		for (size_t x = 0; x < out->width; x++) {
			size_t x0 = (x + 1) / 2 - (x > 0), y0 = (y + 1) / 2 - (y > 0);
			int fx = x & 1 ? 1 : 3, fy = y & 1 ? 1 : 3; /* quarters of the second */
			int top = (4 - fx) * at(in, x0, y0) + fx * at(in, x0 + 1, y0);
			int low = (4 - fx) * at(in, x0, y0 + 1) + fx * at(in, x0 + 1, y0 + 1);

			out->px[y * out->width + x] =
			    (uint8_t)(((4 - fy) * top + fy * low + 8) / 16);
		}
	return true;
}

static zbar_image_scanner_t *scanner_new(void)
{
	zbar_image_scanner_t *scanner = zbar_image_scanner_create();

	if (!scanner)
		return NULL;
	zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
	zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
	zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
	zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_X_DENSITY, 1);
	zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_Y_DENSITY, 1);
	return scanner;
}

/* Twice the area of the polygon around a symbol. */
static int64_t area_of(const zbar_symbol_t *symbol)
{
	unsigned n = zbar_symbol_get_loc_size(symbol);
	int64_t area = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned k = (i + 1) % n;

		area +=
		    (int64_t)zbar_symbol_get_loc_x(symbol, i) * zbar_symbol_get_loc_y(symbol, k) -
		    (int64_t)zbar_symbol_get_loc_x(symbol, k) * zbar_symbol_get_loc_y(symbol, i);
	}
	return area < 0 ? -area : area;
}

static void take_largest(struct buf *out, const zbar_image_t *image)
{
	const zbar_symbol_t *best = NULL;

	for (const zbar_symbol_t *s = zbar_image_first_symbol(image); s; s = zbar_symbol_next(s))
		if (zbar_symbol_get_data_length(s) > 0 &&
		    zbar_symbol_get_data_length(s) <= QR_BYTES_MAX &&
		    (!best || area_of(s) > area_of(best)))
			best = s;
	if (best)
		buf_put(out, zbar_symbol_get_data(best), zbar_symbol_get_data_length(best));
}

/* Appends what was found; false when memory ran out. */
static bool scan(struct buf *out, const struct grey *g)
{
	zbar_image_scanner_t *scanner = scanner_new();
	zbar_image_t *image = zbar_image_create();
	bool enough = scanner && image;

	if (enough) {
		zbar_image_set_format(image, Y800);
		zbar_image_set_size(image, (unsigned)g->width, (unsigned)g->height);
		zbar_image_set_data(image, g->px, g->width * g->height, NULL);
		if (zbar_scan_image(scanner, image) > 0)
			take_largest(out, image);
	}
	if (image)
		zbar_image_destroy(image);
	if (scanner)
		zbar_image_scanner_destroy(scanner);
	return enough && !out->failed;
}

static bool scan_changed(struct buf *out, const struct grey *g,
			 bool (*change)(struct grey *out, const struct grey *in))
{
	struct grey changed;
	bool enough = change(&changed, g) && scan(out, &changed);

	free(changed.px);
	return enough;
}

/* What came of looking. */
static tanu_status outcome(const struct buf *out, size_t before, bool enough, tanu_error *err)
{
	if (!enough)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL,
				 "not enough memory to look for a QR code");
	if (out->len == before)
		return tanu_fail(
		    err, TANU_ERR_NO_CODE, NULL,
		    "no QR code can be read: hold it flat, in focus and near enough to "
		    "fill half of the picture");
	return TANU_OK;
}

tanu_status qr_find(struct buf *out, const tanu_pixels *image, tanu_error *err)
{
	size_t before = out->len;
	struct grey g;
	bool enough = grey_from(&g, image) && scan(out, &g);

	if (enough && out->len == before)
		enough = scan_changed(out, &g, sharpened);
	if (enough && out->len == before && g.width * g.height <= TWICE_MAX_PX)
		enough = scan_changed(out, &g, doubled);
	free(g.px);
	return outcome(out, before, enough, err);
}

tanu_status qr_glance(struct buf *out, const tanu_pixels *image, unsigned turn, tanu_error *err)
{
	size_t before = out->len;
	struct grey g;
	bool enough = grey_from(&g, image);

	if (enough)
		enough = turn % 3 == 2 ? scan_changed(out, &g, sharpened) : scan(out, &g);
	free(g.px);
	return outcome(out, before, enough, err);
}
