/* SPDX-License-Identifier: Apache-2.0 */
/* Pages and cards: that they are whole, how many pages, and that the code on a card is the code. */
#include "print/canvas.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MUST(call)                                                               \
	do {                                                                     \
		tanu_error must_err = {0};                                       \
		tanu_error *err = &must_err;                                     \
                                                                                 \
		if ((call) != TANU_OK)                                           \
			fail_msg("%s: %s: %s", #call, err->place, err->message); \
	} while (0)

static bool holds(const struct buf *b, const char *word)
{
	return memmem(b->data, b->len, word, strlen(word)) != NULL;
}

/* Of a whole PDF of cairo's. */
static int pages_of(const struct buf *pdf)
{
	static const char mark[] = "/Type /Page ";
	int pages = 0;

	assert_memory_equal(pdf->data, "%PDF-1.", 7);
	assert_memory_equal(pdf->data + pdf->len - 6, "%%EOF\n", 6);
	for (size_t i = 0; i + sizeof(mark) - 1 <= pdf->len; i++)
		pages += memcmp(pdf->data + i, mark, sizeof(mark) - 1) == 0;
	return pages;
}

static struct buf document_of(const struct print_block *blocks, size_t len)
{
	struct print_document doc = {.title = "Consent",
				     .language = "en",
				     .footer = "School 7",
				     .blocks = blocks,
				     .blocks_len = len};
	struct buf pdf = {0};

	MUST(print_document(&pdf, &doc, err));
	return pdf;
}

static void every_kind_of_block_is_drawn(void **state)
{
	const struct print_block blocks[] = {
	    {PRINT_TITLE, .text = "Consent to the use of my face"},
	    {PRINT_FIELD, .label = "Person", .text = "Айгерім С."},
	    {.kind = PRINT_RULE},
	    {PRINT_HEADING, .text = "Не сақталады"},
	    {PRINT_TEXT, .text = "Бетіңізден алынған сандар ұйымда құлыптаулы.\nТағы бір абзац."},
	    {PRINT_TICK, .text = "access: to open the door to you"},
	    {PRINT_CODE,
	     .text = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
	    {PRINT_QR, .text = "This code names the form.", .bytes = "form 1", .bytes_len = 6},
	    {PRINT_SIGN, .text = "Date, signature"},
	    {PRINT_SMALL, .text = "No legal advice."},
	    {.kind = PRINT_TEXT},
	};
	struct buf pdf = document_of(blocks, ARRAY_LEN(blocks));

	(void)state;
	assert_int_equal(pages_of(&pdf), 1);
	assert_true(holds(&pdf, "/Title (Consent)"));
	buf_free(&pdf);
}

static void a_long_text_goes_on_overleaf(void **state)
{
	static char text[40000];
	const struct print_block block = {PRINT_TEXT, .text = text};
	struct buf pdf;

	(void)state;
	for (size_t i = 0; i + 6 < sizeof(text); i += 5)
		strcpy(text + i, "word ");
	pdf = document_of(&block, 1);
	assert_in_range(pages_of(&pdf), 8, 14);
	buf_free(&pdf);
}

static void a_break_begins_a_page(void **state)
{
	const struct print_block blocks[] = {{PRINT_TEXT, .text = "one"},
					     {.kind = PRINT_BREAK},
					     {PRINT_TEXT, .text = "two"},
					     {.kind = PRINT_BREAK},
					     {PRINT_TEXT, .text = "three"}};
	struct buf pdf = document_of(blocks, ARRAY_LEN(blocks));

	(void)state;
	assert_int_equal(pages_of(&pdf), 3);
	buf_free(&pdf);
}

/* Each is counted by itself, and none of them runs into the code at the foot of its pages. */
static void several_documents_have_pages_of_their_own(void **state)
{
	static char text[4000];
	const struct print_block words = {PRINT_TEXT, .text = text};
	const struct print_block form[] = {
	    {PRINT_CHOICE, .text = "access: to open the door", .yes = "Иә", .no = "Жоқ"},
	    {PRINT_SIGN, .text = "Signature\tName in full\tDate"},
	    {PRINT_SIGN, .text = "Date\tSignature"},
	};
	struct print_document docs[] = {
	    {.title = "Forms", .blocks = &words, .blocks_len = 1},
	    {.title = "Forms",
	     .blocks = &words,
	     .blocks_len = 1,
	     .page_code = "tanu:form:000000000000000000000000:",
	     .page_words = "Form 0000"},
	    {.title = "Forms", .blocks = form, .blocks_len = ARRAY_LEN(form)},
	};
	struct buf pdf = {0};
	int pages[ARRAY_LEN(docs)] = {0};

	(void)state;
	for (size_t i = 0; i + 6 < sizeof(text) - 400; i += 5)
		strcpy(text + i, "word ");
	MUST(print_documents(&pdf, docs, ARRAY_LEN(docs), pages, NULL, err));
	assert_int_equal(pages[0], 1);
	assert_int_equal(pages[1], 2); /* the code takes room */
	assert_int_equal(pages[2], 1);
	assert_int_equal(pages_of(&pdf), 4);
	buf_free(&pdf);
}

/* However much stands on it, in letters that get smaller. */
static void a_sheet_takes_one_page(void **state)
{
	static char text[9000];
	struct print_block blocks[] = {
	    {PRINT_TEXT, .text = "before"}, {.kind = PRINT_SHEET},
	    {PRINT_TEXT, .text = text},	    {PRINT_SIGN, .text = "Signature\tDate"},
	    {.kind = PRINT_BREAK},	    {PRINT_TEXT, .text = "after"}};
	struct buf pdf;

	(void)state;
	for (size_t i = 0; i + 6 < sizeof(text) - 2000; i += 5)
		strcpy(text + i, "word ");
	pdf = document_of(blocks, ARRAY_LEN(blocks));
	assert_int_equal(pages_of(&pdf), 3);
	buf_free(&pdf);
	blocks[1].kind = PRINT_BREAK; /* what it is otherwise */
	pdf = document_of(blocks, ARRAY_LEN(blocks));
	assert_int_equal(pages_of(&pdf), 4);
	buf_free(&pdf);
}

static void refuses_more_pages_than_anybody_reads(void **state)
{
	static struct print_block blocks[PRINT_PAGES_MAX + 1];
	struct print_document doc = {.title = "", .blocks = blocks, .blocks_len = PRINT_PAGES_MAX};
	struct buf pdf = {0};
	tanu_error err = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(blocks); i++)
		blocks[i].kind = PRINT_BREAK;
	assert_int_equal(print_document(&pdf, &doc, &err), TANU_LIMIT);
	assert_int_equal(err.code, TANU_ERR_FILE_TOO_LARGE);
	assert_int_equal(pdf.len, 0);
	buf_free(&pdf);
}

static void refuses_text_that_is_not_utf_8(void **state)
{
	const struct print_block block = {PRINT_TEXT, .text = "\xFF\xFE"};
	struct print_document doc = {.title = "", .blocks = &block, .blocks_len = 1};
	struct buf pdf = {0};

	(void)state;
	assert_int_equal(print_document(&pdf, &doc, NULL), TANU_USAGE);
	assert_int_equal(pdf.len, 0);
	buf_free(&pdf);
}

/* ---- cards ---- */

static uint8_t code[320];

static struct print_card card_of(const char *language)
{
	for (size_t i = 0; i < sizeof(code); i++)
		code[i] = (uint8_t)(i * i * 31 + i);
	return (struct print_card){.name = "Айгерім Сәрсенбайқызы",
				   .site = "№ 12 мектеп",
				   .until = "2027-06-30",
				   .number = "5f12 09ab 77c0 31de",
				   .language = language,
				   .code = code,
				   .code_len = sizeof(code)};
}

static void a_sheet_has_one_page_in_every_language(void **state)
{
	static const char *const languages[] = {"kk", "ru", "en", "de", NULL};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
		struct print_card cards[2] = {card_of(languages[i]), card_of(languages[i])};
		struct buf pdf = {0};

		cards[1].spare = true;
		MUST(print_cards(&pdf, cards, 2, err));
		assert_int_equal(pages_of(&pdf), 1);
		buf_free(&pdf);
	}
}

struct png {
	const struct buf *bytes;
	size_t at;
};

static cairo_status_t read_png(void *self, unsigned char *out, unsigned len)
{
	struct png *png = self;

	if (png->bytes->len - png->at < len)
		return CAIRO_STATUS_READ_ERROR;
	memcpy(out, png->bytes->data + png->at, len);
	png->at += len;
	return CAIRO_STATUS_SUCCESS;
}

/* Each module of the picture, all of its pixels, is that of the code: 15 px a module. */
static void the_picture_of_a_card_holds_the_code(void **state)
{
	struct print_card card = card_of("kk");
	struct qr_symbol symbol = {0};
	struct buf bytes = {0};
	struct png png = {.bytes = &bytes};
	cairo_surface_t *picture;
	const uint8_t *pixels;
	int stride, left = 4 * 15, top = (1080 - 69 * 15) / 2 + 4 * 15;

	(void)state;
	MUST(print_card_png(&bytes, &card, err));
	MUST(qr_encode(&symbol, code, sizeof(code), QR_LEVEL_L, err));
	picture = cairo_image_surface_create_from_png_stream(read_png, &png);
	assert_int_equal(cairo_image_surface_get_width(picture), 1712);
	assert_int_equal(cairo_image_surface_get_height(picture), 1080);
	pixels = cairo_image_surface_get_data(picture);
	stride = cairo_image_surface_get_stride(picture);
	for (int y = 1; y < 61 * 15; y += 6) /* not on a border, which may be grey by half a px */
		for (int x = 1; x < 61 * 15; x += 6) {
			uint8_t grey = pixels[(top + y) * stride + 4 * (left + x)];

			if (x % 15 > 0 && y % 15 > 0)
				assert_int_equal(grey, symbol.dark[y / 15 * 61 + x / 15] ? 0 : 255);
		}
	cairo_surface_destroy(picture);
	qr_free(&symbol);
	buf_free(&bytes);
}

/* A name of the greatest length, and one without spaces, still leave the rest in its place. */
static void long_names_are_fitted_in(void **state)
{
	struct print_card card = card_of("ru");
	char name[201];
	struct buf pdf = {0};

	(void)state;
	for (size_t i = 0; i < 200; i += 2)
		memcpy(name + i, "Ж", 2);
	name[200] = '\0';
	card.name = name;
	card.site = name;
	MUST(print_cards(&pdf, &card, 1, err));
	assert_int_equal(pages_of(&pdf), 1);
	buf_free(&pdf);
}

static void says_when_no_font_has_the_letters(void **state)
{
	struct print_card card = card_of("en");
	struct buf pdf = {0};
	tanu_error err = {0};

	(void)state;
	card.name = "\xF4\x80\x80\x80"; /* U+100000, for private use */
	assert_int_equal(print_cards(&pdf, &card, 1, &err), TANU_UNSUPPORTED);
	assert_int_equal(err.code, TANU_ERR_FONT_MISSING);
	assert_int_equal(pdf.len, 0);
	buf_free(&pdf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_kind_of_block_is_drawn),
	    cmocka_unit_test(a_long_text_goes_on_overleaf),
	    cmocka_unit_test(a_break_begins_a_page),
	    cmocka_unit_test(a_sheet_takes_one_page),
	    cmocka_unit_test(several_documents_have_pages_of_their_own),
	    cmocka_unit_test(refuses_more_pages_than_anybody_reads),
	    cmocka_unit_test(refuses_text_that_is_not_utf_8),
	    cmocka_unit_test(a_sheet_has_one_page_in_every_language),
	    cmocka_unit_test(the_picture_of_a_card_holds_the_code),
	    cmocka_unit_test(long_names_are_fitted_in),
	    cmocka_unit_test(says_when_no_font_has_the_letters),
	};

	return cmocka_run_group_tests_name("print/paper", tests, NULL, NULL);
}
