/* SPDX-License-Identifier: Apache-2.0 */
#include "print/canvas.h"

#include "codec/codec.h"

#include <cairo-pdf.h>
#include <string.h>

#define PT_PER_MM (72 / 25.4)
/* PT Sans has every letter of Kazakh; whatever else there is stands in where it is missing. */
#define FAMILY	      "PT Sans, Noto Sans, DejaVu Sans, Sans"
#define FAMILY_NARROW "PT Sans Narrow, DejaVu Sans Condensed, Noto Sans, DejaVu Sans, Sans"
#define FAMILY_MONO   "PT Mono, DejaVu Sans Mono, Monospace"

static cairo_status_t take_bytes(void *self, const unsigned char *bytes, unsigned len)
{
	struct buf *out = self;

	buf_put(out, bytes, len);
	return out->failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

static tanu_status canvas_check(const struct canvas *c, tanu_error *err)
{
	cairo_status_t s = cairo_status(c->cr);

	if (s == CAIRO_STATUS_SUCCESS)
		s = cairo_surface_status(c->surface);
	if (s == CAIRO_STATUS_SUCCESS)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_NO_MEMORY, "print", "the page could not be drawn: %s",
			 cairo_status_to_string(s));
}

/* The same shapes on paper and screen: nothing is rounded to pixels. */
static void plain_fonts(struct canvas *c)
{
	cairo_font_options_t *options = cairo_font_options_create();

	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	pango_cairo_context_set_font_options(c->pango, options);
	pango_context_set_round_glyph_positions(c->pango, FALSE);
	cairo_font_options_destroy(options);
}

static tanu_status canvas_begin(struct canvas *c, double units_per_mm, tanu_error *err)
{
	c->cr = cairo_create(c->surface);
	cairo_scale(c->cr, units_per_mm, units_per_mm);
	c->pango = pango_cairo_create_context(c->cr);
	plain_fonts(c);
	return canvas_check(c, err);
}

tanu_status canvas_pdf(struct canvas *c, struct buf *out, const char *title, tanu_error *err)
{
	*c = (struct canvas){.out = out};
	c->surface = cairo_pdf_surface_create_for_stream(take_bytes, out, A4_WIDTH_MM * PT_PER_MM,
							 A4_HEIGHT_MM * PT_PER_MM);
	cairo_pdf_surface_set_metadata(c->surface, CAIRO_PDF_METADATA_TITLE, title);
	cairo_pdf_surface_set_metadata(c->surface, CAIRO_PDF_METADATA_CREATOR, "Tanu");
	return canvas_begin(c, PT_PER_MM, err);
}

tanu_status canvas_picture(struct canvas *c, double width_mm, double height_mm, double px_per_mm,
			   tanu_error *err)
{
	tanu_status st;

	*c = (struct canvas){0};
	c->surface =
	    cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(width_mm * px_per_mm + 0.5),
				       (int)(height_mm * px_per_mm + 0.5));
	if ((st = canvas_begin(c, px_per_mm, err)) < 0)
		return st;
	cairo_set_source_rgb(c->cr, 1, 1, 1);
	cairo_paint(c->cr);
	return TANU_OK;
}

tanu_status canvas_png(struct canvas *c, struct buf *out, tanu_error *err)
{
	tanu_status st = canvas_check(c, err);

	if (st < 0)
		return st;
	cairo_surface_write_to_png_stream(c->surface, take_bytes, out);
	return buf_check(out, err);
}

tanu_status canvas_finish(struct canvas *c, tanu_error *err)
{
	tanu_status st = canvas_check(c, err);

	cairo_surface_finish(c->surface);
	return st < 0 ? st : buf_check(c->out, err);
}

void canvas_free(struct canvas *c)
{
	g_clear_object(&c->pango);
	if (c->cr)
		cairo_destroy(c->cr);
	if (c->surface)
		cairo_surface_destroy(c->surface);
	*c = (struct canvas){0};
}

/* ---- text ---- */

static PangoFontDescription *font_of(const struct style *style)
{
	PangoFontDescription *font = pango_font_description_new();

	pango_font_description_set_family_static(font, style->mono     ? FAMILY_MONO
						       : style->narrow ? FAMILY_NARROW
								       : FAMILY);
	pango_font_description_set_absolute_size(font, style->mm * PANGO_SCALE);
	if (style->bold)
		pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
	return font;
}

static void layout_style(PangoLayout *layout, const struct style *style, double width_mm)
{
	PangoFontDescription *font = font_of(style);

	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	if (!style->narrow)
		pango_layout_set_spacing(layout, (int)(style->mm * 0.18 * PANGO_SCALE));
	if (width_mm > 0) {
		pango_layout_set_width(layout, (int)(width_mm * PANGO_SCALE));
		pango_layout_set_wrap(layout, style->mono ? PANGO_WRAP_CHAR : PANGO_WRAP_WORD_CHAR);
	}
}

tanu_status canvas_layout(struct canvas *c, PangoLayout **out, const char *text,
			  const struct style *style, double width_mm, tanu_error *err)
{
	PangoLayout *layout;

	if (!utf8_valid(text, strlen(text)))
		return tanu_fail(err, TANU_ERR_USAGE, "print", "the text to print is not UTF-8");
	if (style->language)
		pango_context_set_language(c->pango, pango_language_from_string(style->language));
	layout = pango_layout_new(c->pango);
	layout_style(layout, style, width_mm);
	pango_layout_set_text(layout, text, -1);
	if (pango_layout_get_unknown_glyphs_count(layout) > 0) {
		g_object_unref(layout);
		return tanu_fail(err, TANU_ERR_FONT_MISSING, "print",
				 "no font on this machine has all the letters to be printed: "
				 "install the package fonts-paratype");
	}
	*out = layout;
	return TANU_OK;
}

double layout_height(PangoLayout *layout)
{
	PangoRectangle box;

	pango_layout_get_extents(layout, NULL, &box);
	return (double)box.height / PANGO_SCALE;
}

void canvas_show(struct canvas *c, PangoLayout *layout, double x, double y, double grey)
{
	cairo_set_source_rgb(c->cr, grey, grey, grey);
	cairo_move_to(c->cr, x, y);
	pango_cairo_show_layout(c->cr, layout);
}

tanu_status canvas_text(struct canvas *c, const char *text, const struct style *style, double x,
			double *y, double width_mm, tanu_error *err)
{
	PangoLayout *layout = NULL;
	tanu_status st = canvas_layout(c, &layout, text, style, width_mm, err);

	if (st < 0)
		return st;
	canvas_show(c, layout, x, *y, style->grey);
	*y += layout_height(layout);
	g_object_unref(layout);
	return TANU_OK;
}

/* ---- shapes ---- */

void canvas_line(struct canvas *c, double x0, double y0, double x1, double y1, double width_mm,
		 double grey)
{
	cairo_set_source_rgb(c->cr, grey, grey, grey);
	cairo_set_line_width(c->cr, width_mm);
	cairo_move_to(c->cr, x0, y0);
	cairo_line_to(c->cr, x1, y1);
	cairo_stroke(c->cr);
}

void canvas_symbol(struct canvas *c, const struct qr_symbol *symbol, double x, double y,
		   double side_mm)
{
	double module = side_mm / (symbol->side + 2 * QR_QUIET);

	cairo_set_source_rgb(c->cr, 0, 0, 0);
	for (int row = 0; row < symbol->side; row++)
		for (int from = 0, to; from < symbol->side; from = to) {
			bool dark = symbol->dark[row * symbol->side + from];

			for (to = from;
			     to < symbol->side && symbol->dark[row * symbol->side + to] == dark;
			     to++)
				;
			if (dark)
				cairo_rectangle(c->cr, x + (QR_QUIET + from) * module,
						y + (QR_QUIET + row) * module, (to - from) * module,
						module);
		}
	cairo_fill(c->cr);
}
