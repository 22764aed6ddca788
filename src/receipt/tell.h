/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tell.h - events and findings in words that a parent understands, in her language. The words
 * themselves stand in texts/, one file a language, which the page in web/verifier reads too.
 */
#ifndef RECEIPT_TELL_H
#define RECEIPT_TELL_H

#include "receipt/receipt.h"

/* "en", "kk", "ru"; anything else is English. */
enum tell_language { TELL_EN = 0, TELL_KK, TELL_RU, TELL_LANGUAGES };
enum tell_language tell_language_of(const char *word);
const char *tell_language_word(enum tell_language language);

/* A text by its key; false, and nothing is put, when there is none. */
bool tell_text(struct buf *out, enum tell_language language, const char *key);
/* The same with `value` in place of {}, and with a second one in place of the next {}. */
void tell_with(struct buf *out, enum tell_language language, const char *key, const char *value);
void tell_with_two(struct buf *out, enum tell_language language, const char *key, const char *value,
		   const char *second);

/* "Face compared: it matched"; the word of the type where no text is known. */
void tell_event(struct buf *out, enum tell_language language, const struct receipt_event *event);
/* "for: access; a stranger is taken for this person once in 10,000 comparisons"; may be nothing. */
void tell_details(struct buf *out, enum tell_language language, const struct receipt_event *event);
/* When it came into the log, as far as known: "in the log within 2 h"; may be nothing. */
void tell_published(struct buf *out, enum tell_language language, const tanu_report_leaf *leaf,
		    int64_t at_ms);
/* "The log holds ... (entry 17 of the log)" */
void tell_finding(struct buf *out, enum tell_language language, const tanu_finding *finding);
/* "Main entrance: has signed that it erased it, ..." */
void tell_gate(struct buf *out, enum tell_language language, const tanu_report_gate *gate);
/* "2026-09-01 08:00 UTC" */
void tell_time(struct buf *out, int64_t unix_ms);

#endif
