/* SPDX-License-Identifier: Apache-2.0 */
/* form.h - (inside cli/) consent forms: their words, and how they are laid out. */
#ifndef CLI_FORM_H
#define CLI_FORM_H

#include "cli/run.h"
#include "cli/sheet.h"

struct form_words {
	const char *language;
	const char *title;
	/* labels: */
	const char *controller, *person, *born, *signer, *until, *due, *storage, *kept, *notice;
	const char *self, *guardian; /* who signs; of the second "%s (%s)" is name and relation */
	const char *until_text;	     /* with %s, a date */
	const char *due_text;	     /* likewise */
	const char *kept_here, *on_pass; /* where the numbers are */
	const char *choose, *yes, *no;
	const char *purpose[PURPOSES_BITS];
	const char *word[PURPOSES_BITS]; /* of the same, in a list */
	const char *months;		 /* with %d */
	const char *kept_text;		 /* after the list */
	const char *statement;
	const char *document; /* line to fill in where the law asks who it is */
	const char *sign;
	const char *child_sign;
	const char *code;  /* with %s, on every page */
	const char *pages; /* on every page */
};
const struct form_words *form_words(const char *language); /* "kk", "ru"; any other word: "en" */

/* What stands on one form besides the notice. */
struct form_page {
	const struct form_view *form;
	struct person person, guardian; /* the second when a guardian signs */
	char relation[RELATION_MAX + 1];
};

/* The blocks of the notice, which many forms have in common. */
void form_put_notice(struct sheet *sheet, const char *text, size_t text_len);
/* One form, after the notice: `sheet` gets all of its blocks. */
void form_put(struct sheet *sheet, const struct sheet *notice, struct run *run,
	      const struct form_page *page);
/* The document of a filled sheet. */
void form_document(struct print_document *out, struct sheet *sheet, const struct form_view *form);

#endif
