/* SPDX-License-Identifier: Apache-2.0 */
/* Text in large letters of dots, for screens that have no others: a terminal on the wall. */
#include "print/print.h"

#include "codec/codec.h"

#include <cairo.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

#define FAMILY	   "PT Sans, Noto Sans, DejaVu Sans, Sans"
#define SIZE_LEAST 9   /* dots: smaller letters are no letters */
#define INK	   110 /* of 255 */

/* The largest size at which the text keeps its words whole and fits. */
static void layout_fit(PangoLayout *layout, int width, int height)
{
	PangoFontDescription *font = pango_font_description_from_string(FAMILY " Bold");
	int w = 0, h = 0;

	pango_layout_set_width(layout, width * PANGO_SCALE);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD);
	pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
	for (int size = height; size >= SIZE_LEAST; size = size * 15 / 16) {
		pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
		pango_layout_set_font_description(layout, font);
		pango_layout_get_pixel_size(layout, &w, &h);
		if (w <= width && h <= height)
			break;
	}
	pango_font_description_free(font);
}

static tanu_status draw(struct print_dots *out, cairo_surface_t *surface, const char *text,
			tanu_error *err)
{
	cairo_t *cairo = cairo_create(surface);
	PangoLayout *layout = pango_cairo_create_layout(cairo);
	const unsigned char *pixels;
	tanu_status st = TANU_OK;
	int stride, h = 0;

	pango_layout_set_text(layout, text, -1);
	if (pango_layout_get_unknown_glyphs_count(layout) > 0)
		st = tanu_fail(err, TANU_ERR_FONT_MISSING, "screen",
			       "no font on this machine has all the letters to be shown: install "
			       "the package fonts-paratype");
	layout_fit(layout, out->width, out->height);
	pango_layout_get_pixel_size(layout, NULL, &h);
	cairo_move_to(cairo, 0, h < out->height ? (out->height - h) / 2 : 0);
	pango_cairo_show_layout(cairo, layout);
	cairo_surface_flush(surface);
	pixels = cairo_image_surface_get_data(surface);
	stride = cairo_image_surface_get_stride(surface);
	for (int y = 0; y < out->height && st == TANU_OK; y++)
		for (int x = 0; x < out->width; x++)
			out->on[y * out->width + x] = pixels[y * stride + x] > INK;
	g_object_unref(layout);
	cairo_destroy(cairo);
	return st;
}

tanu_status print_large(struct print_dots *out, const char *text, int width, int height,
			tanu_error *err)
{
	struct print_dots dots = {.width = width, .height = height};
	cairo_surface_t *surface;
	tanu_status st;

	if (width < 1 || height < 1 || width > PRINT_DOTS_MAX || height > PRINT_DOTS_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, "screen", "a screen of no such size");
	if (!utf8_valid(text, strlen(text)))
		return tanu_fail(err, TANU_ERR_USAGE, "screen", "the text to show is not UTF-8");
	dots.on = calloc((size_t)width * (size_t)height, sizeof(*dots.on));
	surface = cairo_image_surface_create(CAIRO_FORMAT_A8, width, height);
	if (dots.on && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS)
		st = draw(&dots, surface, text, err);
	else
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, "screen", "not enough memory");
	cairo_surface_destroy(surface);
	if (st < 0)
		print_dots_free(&dots);
	else
		*out = dots;
	return st;
}

void print_dots_free(struct print_dots *dots)
{
	free(dots->on);
	*dots = (struct print_dots){0};
}
