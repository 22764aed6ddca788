/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The card of a pass, 85.6 x 54 mm (ISO/IEC 7810 ID-1). Its QR code takes the whole height:
 * 69 modules of 0.75 mm with the quiet zone, which docs/pass.md measures.
 */
#include "print/canvas.h"

#include <string.h>

#define CARD_WIDTH    85.6
#define CARD_HEIGHT   54.0
#define MODULE_MM     0.75
#define CODE_MAX      321 /* version 11, level L */
#define PICTURE_PX_MM 20
#define COLUMN_X      53.0
#define COLUMN_WIDTH  (CARD_WIDTH - COLUMN_X - 3.2)
#define SHEET_X	      ((A4_WIDTH_MM - 2 * CARD_WIDTH) / 2)
#define SHEET_Y	      62.0
#define SHEET_STEP    78.0
#define INK_R	      0.05
#define INK_G	      0.27
#define INK_B	      0.35

struct words {
	const char *language;
	const char *pass, *spare, *until, *number, *holds; /* on the front */
	const char *title, *how;			   /* on the sheet */
	const char *back_title, *back;
};

static const struct words words[] = {
    {"kk", "РҰҚСАТ КАРТАСЫ", "ҚОСАЛҚЫ КАРТА", "Соңғы күні", "Нөмірі", "Жыртсаңыз — сандар жойылды",
     "Рұқсат картасы",
     "Сыртқы сызықпен қиып, ортасынан бүктеп, желімдеңіз немесе ламинаттаңыз. Қосалқы картаны "
     "басқа жерде сақтаңыз. Код бүктелмей, көлеңкесіз көрінсін.",
     "Қазақша",
     "Бетіңізден алынған сандардың жалғыз жазбасы осы картада, құлыптаулы. Ұйымда көшірмесі жоқ, "
     "тек кілті бар. Картаны жыртсаңыз (қосалқысын да), сандар жойылады. Жоғалтсаңыз, айтыңыз: "
     "кілт "
     "жойылады, бірде-бір көшірме есік ашпайды. Қашан болсын бас тарта аласыз; бетсіз кіретін жол "
     "әрқашан бар."},
    {"ru", "ПРОПУСК", "ЗАПАСНОЙ ПРОПУСК", "Действует по", "Номер", "Разорвать — значит стереть",
     "Пропуск",
     "Вырежьте по внешней линии, согните посередине, склейте или заламинируйте. Запасной пропуск "
     "храните в другом месте. Код не должен быть согнут или закрыт.",
     "По-русски",
     "Здесь единственная запись чисел, полученных из вашего лица, под замком. У организации нет "
     "копии, только ключ. Разорвите карту (и запасную) — и чисел больше нет. Потеряли — скажите: "
     "ключ уничтожат, и ни одна фотокопия не откроет дверь. Отказаться можно в любой день; вход "
     "без "
     "лица есть всегда."},
    {"en", "PASS", "SPARE PASS", "Valid to", "Number", "Tear it up: that is deletion", "Pass",
     "Cut along the outer line, fold in the middle, glue or laminate. Keep the spare in another "
     "place. The code must lie flat, with nothing over it.",
     "In English",
     "This card holds the only record of the numbers made from your face, under lock. The site "
     "keeps "
     "no copy, only the key. Tear the card up (the spare too) and the numbers are gone. Lost it? "
     "Tell "
     "us: the key is destroyed, and no photocopy opens a door. You can say no on any day; the way "
     "without a face is always open."},
};

static const struct words *words_in(const char *language)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (language && strcmp(words[i].language, language) == 0)
			return &words[i];
	return &words[ARRAY_LEN(words) - 1];
}

/* ---- front ---- */

static void band(struct canvas *c, double x, double y, double width, double height)
{
	cairo_set_source_rgb(c->cr, INK_R, INK_G, INK_B);
	cairo_rectangle(c->cr, x, y, width, height);
	cairo_fill(c->cr);
}

/* A small grey word and what it stands for below it. */
static tanu_status labelled(struct canvas *c, const char *label, const char *text,
			    const struct style *style, double x, double *y, tanu_error *err)
{
	const struct style small = {.mm = 2.1, .grey = 0.4, .language = style->language};
	tanu_status st = canvas_text(c, label, &small, x, y, COLUMN_WIDTH, err);

	if (st == TANU_OK)
		st = canvas_text(c, text, style, x, y, COLUMN_WIDTH, err);
	*y += 1.3;
	return st;
}

/* The largest letters in which a text takes no more than its room. */
static tanu_status fitted(struct canvas *c, const char *text, struct style style, double x,
			  double *y, double width, double height, tanu_error *err)
{
	PangoLayout *layout = NULL;
	tanu_status st;

	while ((st = canvas_layout(c, &layout, text, &style, width, err)) == TANU_OK &&
	       layout_height(layout) > height && style.mm > 1.2) {
		g_object_unref(layout);
		style.mm -= 0.1;
	}
	if (st < 0)
		return st;
	pango_layout_set_height(layout, (int)(height * PANGO_SCALE));
	pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
	canvas_show(c, layout, x, *y, style.grey);
	*y += layout_height(layout);
	g_object_unref(layout);
	return TANU_OK;
}

static tanu_status front_words(struct canvas *c, const struct print_card *card, double x, double y,
			       tanu_error *err)
{
	const struct words *w = words_in(card->language);
	const struct style head = {
	    .mm = 2.9, .bold = true, .narrow = true, .grey = 1, .language = w->language};
	const struct style name = {
	    .mm = 4.2, .bold = true, .narrow = true, .language = w->language};
	const struct style site = {.mm = 2.9, .grey = 0.2, .language = w->language};
	const struct style value = {.mm = 3.2, .bold = true, .language = w->language};
	const struct style number = {.mm = 2.5, .mono = true};
	const struct style foot = {.mm = 2.3, .grey = 0.3, .language = w->language};
	double at = y + 4.4;
	tanu_status st;

	band(c, x, y + 3, CARD_WIDTH - COLUMN_X, 6.2);
	x += 2;
	if ((st = fitted(c, card->spare ? w->spare : w->pass, head, x, &at, COLUMN_WIDTH - 0.5, 3.8,
			 err)) < 0)
		return st;
	at = y + 11.2;
	if ((st = fitted(c, card->name, name, x, &at, COLUMN_WIDTH, 10.5, err)) < 0)
		return st;
	at += 0.8;
	if ((st = fitted(c, card->site, site, x, &at, COLUMN_WIDTH, 7.2, err)) < 0)
		return st;
	at = y + 31.2;
	if ((st = labelled(c, w->until, card->until, &value, x, &at, err)) < 0 ||
	    (st = labelled(c, w->number, card->number, &number, x, &at, err)) < 0)
		return st;
	at = y + 46.6;
	return fitted(c, w->holds, foot, x, &at, COLUMN_WIDTH, 5.6, err);
}

static tanu_status draw_front(struct canvas *c, const struct print_card *card, double x, double y,
			      tanu_error *err)
{
	struct qr_symbol symbol = {0};
	double side;
	tanu_status st;

	if (card->code_len > CODE_MAX)
		return BAD_CALL(err, "a card has room for 321 bytes");
	if ((st = qr_encode(&symbol, card->code, card->code_len, QR_LEVEL_L, err)) < 0)
		return st;
	side = (symbol.side + 2 * QR_QUIET) * MODULE_MM;
	canvas_symbol(c, &symbol, x, y + (CARD_HEIGHT - side) / 2, side);
	qr_free(&symbol);
	return front_words(c, card, x + COLUMN_X, y, err);
}

/* ---- back ---- */

static tanu_status draw_back(struct canvas *c, double x, double y, tanu_error *err)
{
	double at = y + 3.2;
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < ARRAY_LEN(words) && st == TANU_OK; i++) {
		const struct style head = {.mm = 2.3, .bold = true, .language = words[i].language};
		const struct style text = {
		    .mm = 2.7, .grey = 0.1, .narrow = true, .language = words[i].language};
		double from = at;

		st = canvas_text(c, words[i].back_title, &head, x + 4, &at, 20, err);
		if (st == TANU_OK)
			st = fitted(c, words[i].back, text, x + 4, &at, CARD_WIDTH - 8, 12.9, err);
		at = from + 16.3;
	}
	return st;
}

/* ---- sheet ---- */

static void draw_outline(struct canvas *c, double x, double y)
{
	static const double dash[] = {1.2, 1.2};

	cairo_set_source_rgb(c->cr, 0.55, 0.55, 0.55);
	cairo_set_line_width(c->cr, 0.15);
	cairo_rectangle(c->cr, x, y, 2 * CARD_WIDTH, CARD_HEIGHT);
	cairo_stroke(c->cr);
	cairo_set_dash(c->cr, dash, ARRAY_LEN(dash), 0);
	canvas_line(c, x + CARD_WIDTH, y - 4, x + CARD_WIDTH, y + CARD_HEIGHT + 4, 0.15, 0.55);
	cairo_set_dash(c->cr, NULL, 0, 0);
}

static tanu_status draw_sheet(struct canvas *c, const struct print_card *cards, size_t cards_len,
			      tanu_error *err)
{
	const struct words *w = words_in(cards[0].language);
	const struct style title = {.mm = 7, .bold = true, .language = w->language};
	const struct style text = {.mm = 3.9, .grey = 0.2, .language = w->language};
	double y = 18;
	tanu_status st;

	if ((st = canvas_text(c, w->title, &title, SHEET_X, &y, 0, err)) < 0)
		return st;
	y += 1.5;
	if ((st = canvas_text(c, cards[0].name, &text, SHEET_X, &y, 2 * CARD_WIDTH, err)) < 0)
		return st;
	y += 3;
	if ((st = canvas_text(c, w->how, &text, SHEET_X, &y, 2 * CARD_WIDTH, err)) < 0)
		return st;
	for (size_t i = 0; i < cards_len && st == TANU_OK; i++) {
		double top = SHEET_Y + SHEET_STEP * (double)i;

		draw_outline(c, SHEET_X, top);
		if ((st = draw_front(c, &cards[i], SHEET_X, top, err)) == TANU_OK)
			st = draw_back(c, SHEET_X + CARD_WIDTH, top, err);
	}
	return st;
}

tanu_status print_cards(struct buf *pdf, const struct print_card *cards, size_t cards_len,
			tanu_error *err)
{
	struct canvas c = {0};
	size_t before = pdf->len;
	tanu_status st;

	if (cards_len == 0 || cards_len > PRINT_CARDS_MAX)
		return BAD_CALL(err, "a sheet takes one card and its spare");
	st = canvas_pdf(&c, pdf, words_in(cards[0].language)->title, err);
	if (st == TANU_OK && (st = draw_sheet(&c, cards, cards_len, err)) == TANU_OK)
		st = canvas_finish(&c, err);
	canvas_free(&c);
	if (st < 0)
		pdf->len = before;
	return st;
}

tanu_status print_card_png(struct buf *png, const struct print_card *card, tanu_error *err)
{
	struct canvas c = {0};
	size_t before = png->len;
	tanu_status st = canvas_picture(&c, CARD_WIDTH, CARD_HEIGHT, PICTURE_PX_MM, err);

	if (st == TANU_OK && (st = draw_front(&c, card, 0, 0, err)) == TANU_OK)
		st = canvas_png(&c, png, err);
	canvas_free(&c);
	if (st < 0)
		png->len = before;
	return st;
}
