/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for the rest of the folder where its libraries were not there when this was built. */
#include "print/print.h"

static tanu_status absent(tanu_error *err)
{
	return tanu_fail(
	    err, TANU_ERR_NOT_BUILT, "print",
	    "this build can't print: it was made without cairo, pango and libqrencode");
}

tanu_status qr_encode(struct qr_symbol *out, const void *bytes, size_t bytes_len,
		      enum qr_level level, tanu_error *err)
{
	(void)out;
	(void)bytes;
	(void)bytes_len;
	(void)level;
	return absent(err);
}

void qr_free(struct qr_symbol *symbol)
{
	*symbol = (struct qr_symbol){0};
}

tanu_status print_document(struct buf *pdf, const struct print_document *document, tanu_error *err)
{
	(void)pdf;
	(void)document;
	return absent(err);
}

tanu_status print_documents(struct buf *pdf, const struct print_document *documents,
			    size_t documents_len, int *pages, const struct print_progress *progress,
			    tanu_error *err)
{
	(void)pdf;
	(void)documents;
	(void)documents_len;
	(void)pages;
	(void)progress;
	return absent(err);
}

tanu_status print_cards(struct buf *pdf, const struct print_card *cards, size_t cards_len,
			tanu_error *err)
{
	(void)pdf;
	(void)cards;
	(void)cards_len;
	return absent(err);
}

tanu_status print_card_png(struct buf *png, const struct print_card *card, tanu_error *err)
{
	(void)png;
	(void)card;
	return absent(err);
}

tanu_status print_large(struct print_dots *out, const char *text, int width, int height,
			tanu_error *err)
{
	(void)out;
	(void)text;
	(void)width;
	(void)height;
	return absent(err);
}

void print_dots_free(struct print_dots *dots)
{
	(void)dots;
}
