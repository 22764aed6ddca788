/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages of text. The blocks run through twice: first nothing is drawn and the pages are counted,
 * then they are drawn with "1 / 3" at the foot of each.
 */
#include "print/canvas.h"

#include <stdio.h>
#include <string.h>

#define LEFT	    20.0
#define TOP	    18.0
#define WIDTH	    (A4_WIDTH_MM - 2 * LEFT)
#define BOTTOM	    (A4_HEIGHT_MM - 22)
#define FOOT	    (A4_HEIGHT_MM - 15)
#define LABEL_WIDTH 48.0
#define QR_SIDE	    35.0
#define QR_GAP	    5.0
#define TICK	    4.0
#define KEEP	    14.0 /* a heading keeps this much of what follows on its page */
#define CHOICE	    16.0 /* a box with its word */
#define SHEET_LEAST 60	 /* percent: 2.3 mm, still read */
#define SIGN_ROOM   12.0 /* to write in */
#define SIGN_GAP    5.0
#define SIGN_PARTS  3
#define SIGN_TEXT   160	 /* bytes under a line */
#define CODE_SIDE   30.0 /* the code at the foot of a page: 0.73 mm a module */
#define CODE_TEXT   64	 /* bytes at most */

struct flow {
	struct canvas *c;
	const struct print_document *doc;
	double y;
	int page, pages;
	bool drawing;
	bool later;   /* a document stands before this one */
	double scale; /* of letters and spaces */
};

/* Where the text of a page ends: above the line of the foot, and the code if there is one. */
static double bottom(const struct flow *f)
{
	return f->doc->page_code ? BOTTOM - CODE_SIDE : BOTTOM;
}

static struct style style_of(const struct flow *f, enum print_kind kind)
{
	struct style s = {.mm = 3.9, .language = f->doc->language};

	switch (kind) {
	case PRINT_TITLE:
		s.mm = 7;
		s.bold = true;
		break;
	case PRINT_HEADING:
		s.mm = 4.6;
		s.bold = true;
		break;
	case PRINT_SMALL:
	case PRINT_SIGN:
		s.mm = 3.1;
		s.grey = 0.35;
		break;
	case PRINT_CODE:
		s.mm = 3.3;
		s.mono = true;
		break;
	case PRINT_TEXT:
	case PRINT_FIELD:
	case PRINT_TICK:
	case PRINT_CHOICE:
	case PRINT_QR:
	case PRINT_RULE:
	case PRINT_BREAK:
	case PRINT_SHEET:
		break;
	}
	s.mm *= f->scale;
	return s;
}

/* ---- pages ---- */

/* Right above the foot: what a scanner knows the page by. */
static tanu_status foot_code(struct flow *f, tanu_error *err)
{
	const struct style s = {.mm = 3.3, .grey = 0.2, .language = f->doc->language};
	double y = BOTTOM - CODE_SIDE + 9;
	struct qr_symbol symbol = {0};
	char text[CODE_TEXT];
	tanu_status st;

	if (!f->doc->page_code)
		return TANU_OK;
	snprintf(text, sizeof(text), "%s%d/%d", f->doc->page_code, f->page, f->pages);
	if ((st = qr_encode(&symbol, text, strlen(text), QR_LEVEL_Q, err)) < 0)
		return st;
	canvas_symbol(f->c, &symbol, LEFT + WIDTH - CODE_SIDE, BOTTOM - CODE_SIDE + 2, CODE_SIDE);
	qr_free(&symbol);
	if (!f->doc->page_words)
		return TANU_OK;
	return canvas_text(f->c, f->doc->page_words, &s, LEFT, &y, WIDTH - CODE_SIDE - 4, err);
}

static tanu_status foot(struct flow *f, tanu_error *err)
{
	const struct style s = {.mm = 2.8, .grey = 0.4, .language = f->doc->language};
	PangoLayout *number = NULL;
	PangoRectangle box;
	char text[32];
	double y = FOOT;
	tanu_status st;

	canvas_line(f->c, LEFT, FOOT - 2, LEFT + WIDTH, FOOT - 2, 0.15, 0.7);
	snprintf(text, sizeof(text), "%d / %d", f->page, f->pages);
	if ((st = canvas_layout(f->c, &number, text, &s, 0, err)) < 0)
		return st;
	pango_layout_get_extents(number, NULL, &box);
	canvas_show(f->c, number, LEFT + WIDTH - (double)box.width / PANGO_SCALE, FOOT, s.grey);
	g_object_unref(number);
	if (!f->doc->footer)
		return TANU_OK;
	return canvas_text(f->c, f->doc->footer, &s, LEFT, &y, WIDTH - 25, err);
}

static tanu_status page_begin(struct flow *f, tanu_error *err)
{
	tanu_status st;

	if ((f->page > 0 || f->later) && f->drawing)
		cairo_show_page(f->c->cr);
	f->page++;
	f->y = TOP;
	if (f->page > PRINT_PAGES_MAX)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, "print",
				 "this takes more than %d pages", PRINT_PAGES_MAX);
	if (!f->drawing)
		return TANU_OK;
	st = foot_code(f, err);
	return st < 0 ? st : foot(f, err);
}

/* A new page unless `mm` still fit on this one. */
static tanu_status flow_need(struct flow *f, double mm, tanu_error *err)
{
	return f->y + mm > bottom(f) && f->y > TOP ? page_begin(f, err) : TANU_OK;
}

/* ---- blocks ---- */

static tanu_status flow_line(struct flow *f, PangoLayoutIter *at, double x, double grey,
			     tanu_error *err)
{
	PangoRectangle box;
	double height, baseline;
	int top, below;
	tanu_status st;

	pango_layout_iter_get_line_extents(at, NULL, &box);
	pango_layout_iter_get_line_yrange(at, &top, &below);
	height = (double)(below - top) / PANGO_SCALE;
	baseline = (double)(pango_layout_iter_get_baseline(at) - top) / PANGO_SCALE;
	if ((st = flow_need(f, height, err)) < 0)
		return st;
	if (f->drawing) {
		cairo_set_source_rgb(f->c->cr, grey, grey, grey);
		cairo_move_to(f->c->cr, x + (double)box.x / PANGO_SCALE, f->y + baseline);
		pango_cairo_show_layout_line(f->c->cr, pango_layout_iter_get_line_readonly(at));
	}
	f->y += height;
	return TANU_OK;
}

/* Line by line, so that a text may go on overleaf. */
static tanu_status flow_text(struct flow *f, const char *text, enum print_kind kind, double x,
			     double width, tanu_error *err)
{
	const struct style s = style_of(f, kind);
	PangoLayoutIter *at;
	PangoLayout *layout = NULL;
	tanu_status st;

	if (!text || (st = canvas_layout(f->c, &layout, text, &s, width, err)) < 0)
		return text ? st : TANU_OK;
	if (kind == PRINT_TITLE || kind == PRINT_HEADING)
		st = flow_need(f, layout_height(layout) + KEEP, err);
	at = pango_layout_get_iter(layout);
	while (st == TANU_OK) {
		st = flow_line(f, at, x, s.grey, err);
		if (!pango_layout_iter_next_line(at))
			break;
	}
	pango_layout_iter_free(at);
	g_object_unref(layout);
	return st;
}

static tanu_status flow_field(struct flow *f, const struct print_block *b, tanu_error *err)
{
	const struct style s = {.mm = 3.9 * f->scale, .grey = 0.35, .language = f->doc->language};
	PangoLayout *label = NULL;
	double below;
	tanu_status st;

	if ((st = canvas_layout(f->c, &label, b->label ? b->label : "", &s, LABEL_WIDTH - 3, err)) <
	    0)
		return st;
	if ((st = flow_need(f, layout_height(label), err)) == TANU_OK) {
		below = f->y + layout_height(label);
		if (f->drawing)
			canvas_show(f->c, label, LEFT, f->y, s.grey);
		st = flow_text(f, b->text, PRINT_FIELD, LEFT + LABEL_WIDTH, WIDTH - LABEL_WIDTH,
			       err);
		f->y = f->y > TOP && f->y < below ? below : f->y;
	}
	g_object_unref(label);
	return st;
}

/* What stands under one of the lines; `text` ends at a tab or at its end. */
static tanu_status sign_caption(struct flow *f, const char *text, size_t len, double x,
				double width, tanu_error *err)
{
	const struct style s = style_of(f, PRINT_SIGN);
	char caption[SIGN_TEXT];
	double y = f->y;

	if (!f->drawing)
		return TANU_OK;
	canvas_line(f->c, x, f->y - 1, x + width, f->y - 1, 0.2, 0);
	snprintf(caption, sizeof(caption), "%.*s", (int)len, text);
	return canvas_text(f->c, caption, &s, x, &y, width, err);
}

/* One line across, or with tabs in the text one for each part: signature, name, date. */
static tanu_status flow_sign(struct flow *f, const struct print_block *b, tanu_error *err)
{
	static const double shares[][SIGN_PARTS] = {{1}, {0.7, 0.3}, {0.4, 0.4, 0.2}};
	const char *at = b->text ? b->text : "";
	size_t parts = 1;
	double x = LEFT;
	tanu_status st = flow_need(f, (SIGN_ROOM + 8) * f->scale, err);

	for (const char *c = at; *c; c++)
		parts += *c == '\t' && parts < SIGN_PARTS;
	f->y += SIGN_ROOM * f->scale + 1;
	for (size_t i = 0; i < parts && st == TANU_OK; i++) {
		size_t len = strcspn(at, "\t");
		double width = shares[parts - 1][i] * WIDTH;

		st = sign_caption(f, at, len, x, width - (parts > 1 ? SIGN_GAP : 0), err);
		x += width;
		at += len + (at[len] == '\t');
	}
	f->y += 6 * f->scale;
	return st;
}

static tanu_status flow_tick(struct flow *f, const struct print_block *b, tanu_error *err)
{
	tanu_status st = flow_need(f, 2 * TICK, err);

	if (st < 0)
		return st;
	if (f->drawing) {
		cairo_set_source_rgb(f->c->cr, 0, 0, 0);
		cairo_set_line_width(f->c->cr, 0.25);
		cairo_rectangle(f->c->cr, LEFT, f->y + 0.4, TICK, TICK);
		cairo_stroke(f->c->cr);
	}
	return flow_text(f, b->text, PRINT_TICK, LEFT + TICK + 3, WIDTH - TICK - 3, err);
}

/* A box and its word, on the line that is being written. */
static tanu_status choice_box(struct flow *f, const char *word, double x, tanu_error *err)
{
	struct style s = style_of(f, PRINT_CHOICE);
	double y = f->y;

	if (!f->drawing)
		return TANU_OK;
	cairo_set_source_rgb(f->c->cr, 0, 0, 0);
	cairo_set_line_width(f->c->cr, 0.25);
	cairo_rectangle(f->c->cr, x, f->y + 0.4, TICK, TICK);
	cairo_stroke(f->c->cr);
	return word ? canvas_text(f->c, word, &s, x + TICK + 1.5, &y, CHOICE - TICK - 2, err)
		    : TANU_OK;
}

/* A box is not parted from its text: what does not fit goes onto the next page whole. */
static tanu_status flow_choice(struct flow *f, const struct print_block *b, tanu_error *err)
{
	const struct style s = style_of(f, PRINT_CHOICE);
	const double room = WIDTH - 2 * CHOICE;
	PangoLayout *layout = NULL;
	double height;
	tanu_status st = canvas_layout(f->c, &layout, b->text ? b->text : "", &s, room, err);

	if (st < 0)
		return st;
	height = layout_height(layout);
	g_object_unref(layout);
	if ((st = flow_need(f, height < 2 * TICK ? 2 * TICK : height, err)) < 0 ||
	    (st = choice_box(f, b->yes, LEFT, err)) < 0 ||
	    (st = choice_box(f, b->no, LEFT + CHOICE, err)) < 0)
		return st;
	return flow_text(f, b->text, PRINT_CHOICE, LEFT + 2 * CHOICE, room, err);
}

static tanu_status flow_symbol(struct flow *f, const struct print_block *b, tanu_error *err)
{
	double side = b->side_mm > 0 ? b->side_mm : QR_SIDE;
	struct qr_symbol symbol = {0};
	double below;
	tanu_status st = qr_encode(&symbol, b->bytes, b->bytes_len, b->level, err);

	if (st < 0)
		return st;
	if ((st = flow_need(f, side, err)) == TANU_OK) {
		below = f->y + side;
		if (f->drawing)
			canvas_symbol(f->c, &symbol, LEFT, f->y, side);
		f->y += side * QR_QUIET / (symbol.side + 2 * QR_QUIET);
		st = flow_text(f, b->text, PRINT_QR, LEFT + side + QR_GAP, WIDTH - side - QR_GAP,
			       err);
		f->y = f->y < below ? below : f->y;
	}
	qr_free(&symbol);
	return st;
}

/* Space above a block, but not at the top of a page. */
static double space_above(enum print_kind kind)
{
	switch (kind) {
	case PRINT_TITLE:
	case PRINT_BREAK:
	case PRINT_SHEET:
		return 0;
	case PRINT_HEADING:
		return 6;
	case PRINT_FIELD:
	case PRINT_TICK:
	case PRINT_CHOICE:
		return 1.6;
	case PRINT_TEXT:
	case PRINT_SMALL:
	case PRINT_CODE:
	case PRINT_SIGN:
	case PRINT_QR:
	case PRINT_RULE:
		break;
	}
	return 2.8;
}

static tanu_status flow_block(struct flow *f, const struct print_block *b, tanu_error *err)
{
	if (f->y > TOP)
		f->y += space_above(b->kind) * f->scale;
	switch (b->kind) {
	case PRINT_FIELD:
		return flow_field(f, b, err);
	case PRINT_SIGN:
		return flow_sign(f, b, err);
	case PRINT_TICK:
		return flow_tick(f, b, err);
	case PRINT_CHOICE:
		return flow_choice(f, b, err);
	case PRINT_QR:
		return flow_symbol(f, b, err);
	case PRINT_BREAK:
	case PRINT_SHEET:
		f->scale = 1;
		return page_begin(f, err);
	case PRINT_RULE:
		if (f->drawing)
			canvas_line(f->c, LEFT, f->y, LEFT + WIDTH, f->y, 0.15, 0.7);
		return TANU_OK;
	case PRINT_TITLE:
	case PRINT_HEADING:
	case PRINT_TEXT:
	case PRINT_SMALL:
	case PRINT_CODE:
		break;
	}
	return flow_text(f, b->text, b->kind, LEFT, WIDTH, err);
}

static bool ends_sheet(const struct print_block *b)
{
	return b->kind == PRINT_BREAK || b->kind == PRINT_SHEET;
}

/* Do the blocks from `from` on, up to the next break, stay on the page that has begun? */
static tanu_status sheet_fits(const struct flow *f, size_t from, double scale, bool *fits,
			      tanu_error *err)
{
	struct flow trial = *f;
	tanu_status st = TANU_OK;

	trial.drawing = false;
	trial.scale = scale;
	for (size_t i = from; i < f->doc->blocks_len && st == TANU_OK; i++) {
		if (ends_sheet(&f->doc->blocks[i]))
			break;
		st = flow_block(&trial, &f->doc->blocks[i], err);
	}
	*fits = trial.page == f->page;
	return st;
}

/* The largest letters with which a sheet takes one page. */
static tanu_status sheet_set(struct flow *f, size_t from, tanu_error *err)
{
	bool fits = false;
	tanu_status st = TANU_OK;

	for (int percent = 100; st == TANU_OK && !fits && percent >= SHEET_LEAST; percent -= 5) {
		f->scale = percent / 100.0;
		st = sheet_fits(f, from, f->scale, &fits, err);
	}
	return st;
}

static tanu_status flow_run(struct flow *f, tanu_error *err)
{
	tanu_status st;

	f->page = 0;
	f->scale = 1;
	st = page_begin(f, err);
	for (size_t i = 0; i < f->doc->blocks_len && st == TANU_OK; i++) {
		st = flow_block(f, &f->doc->blocks[i], err);
		if (st == TANU_OK && f->doc->blocks[i].kind == PRINT_SHEET)
			st = sheet_set(f, i + 1, err);
	}
	f->pages = f->page;
	return st;
}

/* Twice: what is counted is drawn. */
static tanu_status flow_document(struct canvas *c, const struct print_document *document,
				 bool later, int *pages, tanu_error *err)
{
	struct flow f = {.c = c, .doc = document, .later = later};
	tanu_status st = flow_run(&f, err);

	f.drawing = true;
	if (st == TANU_OK)
		st = flow_run(&f, err);
	if (pages)
		*pages = f.pages;
	return st;
}

tanu_status print_documents(struct buf *pdf, const struct print_document *documents,
			    size_t documents_len, int *pages, const struct print_progress *progress,
			    tanu_error *err)
{
	struct canvas c = {0};
	size_t before = pdf->len;
	tanu_status st;

	if (documents_len == 0)
		return BAD_CALL(err, "there is a document");
	st = canvas_pdf(&c, pdf, documents[0].title, err);
	for (size_t i = 0; i < documents_len && st == TANU_OK; i++) {
		st = flow_document(&c, &documents[i], i > 0, pages ? &pages[i] : NULL, err);
		if (progress)
			progress->done(progress->self, i + 1);
	}
	if (st == TANU_OK)
		st = canvas_finish(&c, err);
	canvas_free(&c);
	if (st < 0)
		pdf->len = before;
	return st;
}

tanu_status print_document(struct buf *pdf, const struct print_document *document, tanu_error *err)
{
	return print_documents(pdf, document, 1, NULL, NULL, err);
}
