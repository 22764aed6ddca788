/* SPDX-License-Identifier: Apache-2.0 */
/*
 * print.h - paper: QR codes, pages of text, and the cards of passes, as PDF and PNG. Sole user of
 * cairo, pango and libqrencode. It trusts what it prints to be UTF-8 (TANU_USAGE usage otherwise)
 * and knows nothing of what it means; personal data comes and goes in the caller's buffers, which
 * the caller wipes.
 *
 * Plan for TANU_UNSUPPORTED: font-missing, no installed font has the letters of a text; not-built,
 * this build was made without the libraries.
 */
#ifndef PRINT_PRINT_H
#define PRINT_PRINT_H

#include "base/base.h"

/* ---- QR codes ---- */

enum qr_level { QR_LEVEL_L, QR_LEVEL_M, QR_LEVEL_Q, QR_LEVEL_H }; /* restores 7, 15, 25, 30% */

/* Modules from the top left, row by row, without the quiet zone. */
struct qr_symbol {
	int side;
	bool *dark; /* side * side; owned */
};

#define QR_QUIET 4 /* modules that stay empty on each side (ISO/IEC 18004) */

/* Bytes as they are, in the smallest version that holds them. TANU_LIMIT (file-too-large) beyond
 * version 40. */
tanu_status qr_encode(struct qr_symbol *out, const void *bytes, size_t bytes_len,
		      enum qr_level level, tanu_error *err);
void qr_free(struct qr_symbol *symbol);

/* ---- pages of text ---- */

enum print_kind {
	PRINT_TITLE,
	PRINT_HEADING,
	PRINT_TEXT,  /* paragraphs, parted by line breaks */
	PRINT_SMALL, /* the same, smaller and grey */
	PRINT_CODE,  /* in letters of one width, breaking anywhere: keys, digests, ids */
	PRINT_FIELD, /* `label` and `text` side by side */
	PRINT_SIGN, /* a line to write on, `text` below it; up to three side by side, parted by tabs
		     */
	PRINT_TICK, /* a box to tick, `text` beside it */
	PRINT_CHOICE, /* two boxes to tick, `yes` and `no` beside them, `text` in the middle */
	PRINT_QR,     /* `bytes` as a QR code, `text` beside it */
	PRINT_RULE,   /* a thin line across */
	PRINT_BREAK,  /* go on with a new page */
	PRINT_SHEET,  /* the same, and what follows up to the next break takes one page, in smaller
			 letters if it must */
};

struct print_block {
	enum print_kind kind;
	const char *text; /* NULL: none */
	const char *label;
	const char *yes, *no; /* PRINT_CHOICE: a short word each */
	const void *bytes;    /* PRINT_QR */
	size_t bytes_len;
	enum qr_level level;
	double side_mm; /* PRINT_QR: of the symbol with its quiet zone; 0: 35 */
};

struct print_document {
	const char *title;    /* in the file's properties */
	const char *language; /* BCP 47, for hyphens and letter shapes */
	const char *footer;   /* left, on every page; NULL: none. On the right stands "1 / 3" */
	/* At the foot of every page a QR code of this text and "1/3", so that each page is known by
	 * itself when it is scanned; NULL: none. `page_words` stand beside it. */
	const char *page_code, *page_words;
	const struct print_block *blocks;
	size_t blocks_len;
};

#define PRINT_PAGES_MAX 200
/* A4, appended to `pdf`. TANU_LIMIT (file-too-large) beyond PRINT_PAGES_MAX. */
tanu_status print_document(struct buf *pdf, const struct print_document *document, tanu_error *err);
struct print_progress {
	void (*done)(void *self, size_t documents);
	void *self;
};
/*
 * Several in one file, each on pages of its own that are counted from 1. `pages`, of as many
 * places, gets how many; it and `progress` may be NULL.
 */
tanu_status print_documents(struct buf *pdf, const struct print_document *documents,
			    size_t documents_len, int *pages, const struct print_progress *progress,
			    tanu_error *err);

/* ---- cards of passes ---- */

struct print_card {
	const char *name;     /* of the person */
	const char *site;     /* where it holds */
	const char *until;    /* last day, "2027-06-30" */
	const char *number;   /* "5f12 09ab 77c0 31de" */
	const char *language; /* of the words on the front: "kk", "ru", "en" (any other word too) */
	bool spare;
	const void *code; /* what the QR code holds, at most 321 bytes */
	size_t code_len;
};

#define PRINT_CARDS_MAX 2
/* One sheet of A4 with front and back of each card, to be cut, folded and laminated. */
tanu_status print_cards(struct buf *pdf, const struct print_card *cards, size_t cards_len,
			tanu_error *err);
/* The front alone, 1712 x 1080 px: 20 px a millimetre, 15 a module. */
tanu_status print_card_png(struct buf *png, const struct print_card *card, tanu_error *err);

/* ---- screens ---- */

#define PRINT_DOTS_MAX 4096 /* a side */
/* Rows of dots from the top left. */
struct print_dots {
	int width, height;
	bool *on; /* width * height; owned */
};
/* Words in the largest letters that fit, in lines, centred. */
tanu_status print_large(struct print_dots *out, const char *text, int width, int height,
			tanu_error *err);
void print_dots_free(struct print_dots *dots);

#endif
