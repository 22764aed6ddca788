/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canvas.h - (inside print/) one surface to draw on, in millimetres from the top left corner.
 */
#ifndef PRINT_CANVAS_H
#define PRINT_CANVAS_H

#include "print/print.h"

#include <pango/pangocairo.h>

#define A4_WIDTH_MM  210.0
#define A4_HEIGHT_MM 297.0

struct canvas {
	cairo_surface_t *surface;
	cairo_t *cr;
	PangoContext *pango;
	struct buf *out;
};

/* A PDF of A4 pages that grows in `out`. */
tanu_status canvas_pdf(struct canvas *c, struct buf *out, const char *title, tanu_error *err);
/* A white picture; canvas_png appends it to `out`. */
tanu_status canvas_picture(struct canvas *c, double width_mm, double height_mm, double px_per_mm,
			   tanu_error *err);
tanu_status canvas_png(struct canvas *c, struct buf *out, tanu_error *err);
/* End a PDF. */
tanu_status canvas_finish(struct canvas *c, tanu_error *err);
void canvas_free(struct canvas *c);

struct style {
	double mm; /* of the letters */
	bool bold, mono;
	bool narrow; /* and lines closer together: for cards */
	double grey; /* 0 black .. 1 white */
	const char *language;
};

/*
 * Text set in lines of at most `width_mm` (0: one line); g_object_unref it. TANU_USAGE: not UTF-8;
 * TANU_UNSUPPORTED: no font has its letters.
 */
tanu_status canvas_layout(struct canvas *c, PangoLayout **out, const char *text,
			  const struct style *style, double width_mm, tanu_error *err);
double layout_height(PangoLayout *layout);
/* At x, y: the top left corner of the text. */
void canvas_show(struct canvas *c, PangoLayout *layout, double x, double y, double grey);
/* Set and show; `*y` moves below it. */
tanu_status canvas_text(struct canvas *c, const char *text, const struct style *style, double x,
			double *y, double width_mm, tanu_error *err);

void canvas_line(struct canvas *c, double x0, double y0, double x1, double y1, double width_mm,
		 double grey);
/* A symbol with its quiet zone, `side_mm` in all. One path, so that no seam shows. */
void canvas_symbol(struct canvas *c, const struct qr_symbol *symbol, double x, double y,
		   double side_mm);

#endif
