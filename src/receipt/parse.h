/* SPDX-License-Identifier: Apache-2.0 */
/* parse.h - (inside receipt/) a receipt with what its texts live in. */
#ifndef RECEIPT_PARSE_H
#define RECEIPT_PARSE_H

#include "receipt/receipt.h"

#define RECEIPT_FIRST_LINE "tanu receipt v1\n"
#define SITE_BYTES_MAX	   256
#define URL_BYTES_MAX	   512

/* What tanu_receipt_parse makes; `receipt` stands first, so that one is the other. */
struct receipt_file {
	tanu_receipt receipt;
	tanu_verifier log;
	struct buf note;       /* the whole file */
	struct buf lines;      /* policy, proofs and notes as texts, each with a zero byte behind */
	struct json_doc *json; /* all other texts */
	tanu_receipt_key keys[TANU_RECEIPT_KEYS_MAX];
	tanu_receipt_leaf leaves[TANU_RECEIPT_LEAVES_MAX];
	const char *gate_words[TANU_RECEIPT_GATES_MAX];
};

#endif
