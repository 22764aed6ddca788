/* SPDX-License-Identifier: Apache-2.0 */
/* bank.h - a registered notice, and a relying party that asks about the mother. */
#ifndef TESTS_API_BANK_H
#define TESTS_API_BANK_H

#include "api/office.h"

void notice_put(struct office *o);
#define NOTICE "\"notice\":{\"version\":\"1\",\"language\":\"en\"}"

#define NONCE "\"nonce\":\"0123456789abcdef\""

/* The bank's program asks with its own key. */
void bank_key(struct office *o, char relying[ID_HEX_LEN]);
/* The mother agrees to identity, and allows the bank to ask; by which name it knows her. */
void mother_allows(struct office *o, const char *relying, char person[ID_HEX_LEN]);

struct question {
	char assertion[64]; /* path */
	char header[96];    /* what the page sends */
	char as_photo[160]; /* likewise, with a JPEG */
};
void ask_bank(struct office *o, struct question *q, const char *person);
/* What the page of the check calls. */
int page(struct office *o, const struct question *q, const char *method, const char *path,
	 const char *body);

#endif
