/* SPDX-License-Identifier: Apache-2.0 */
/* words.h - (inside form/) what stands on a form, in the languages of the notices. */
#ifndef FORM_WORDS_H
#define FORM_WORDS_H

#include "form/form.h"

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

#endif
