/* SPDX-License-Identifier: Apache-2.0 */
/*
 * receipt.h - what a person can check by herself, and the one side that makes receipts. Reading and
 * checking is in <tanu/receipt.h>; here are the writer, events as fields, reports as JSON, and the
 * history over the log's files. Formats: docs/log.md. What is found when: docs/receipts.md.
 */
#ifndef RECEIPT_RECEIPT_H
#define RECEIPT_RECEIPT_H

#include "codec/codec.h"
#include "tlog/tlog.h"

#include <tanu/receipt.h>

/*
 * Write a receipt file: the fields of `receipt` as they are, signed by the log's key. TANU_ARG
 * (bad-call) when the struct breaks a limit or the signer is not the one that log_key names.
 */
tanu_status receipt_write(struct buf *out, const tanu_receipt *receipt, const struct signer *signer,
			  tanu_error *err);

/* An event's text as fields (docs/log.md). Absent: 0, "" or has_before false. */
struct receipt_event {
	tanu_event event; /* TANU_EVENT_NONE: a type that this version does not know */
	char type[40];
	int64_t at_ms, sequence;
	bool has_before;
	int64_t before;
	int64_t due_ms, quarter;
	int64_t fmr_ppb;
	bool fmr_extrapolated;
	char about[2 * TANU_ID_LEN + 1];
	char document[2 * TANU_HASH_LEN + 1];
	char by[16], reason[40];
	char purposes[128];
	char recipient[161]; /* untrusted text */
};
/* TANU_INPUT (json) for what is no event. Fields that are not known here are passed over. */
tanu_status receipt_event_parse(struct receipt_event *out, const char *text, size_t text_len,
				tanu_error *err);

/* tanu_receipt_history over the files of tlog.h. `progress` may be NULL. */
struct history_progress {
	void (*step)(void *self, uint64_t done, uint64_t size);
	void *self;
};
tanu_status receipt_history(tanu_report **out, const tanu_receipt *const *receipts,
			    size_t receipts_len, const struct log_files *files,
			    const struct history_progress *progress,
			    const tanu_receipt_options *options, tanu_error *err);

/* The members of a report, in canonical order, into the object that is open. */
void report_put(struct json_w *w, const tanu_report *report);

/*
 * The checker as one HTML file (web/verifier), for people without this program: its bytes and their
 * SHA-256, which a site states in its log. Looked for at $TANU_VERIFIER, beside the installed
 * program, then where the build puts it. TANU_NOT_FOUND (file-missing): it was not built.
 */
tanu_status receipt_page_path(char *out, size_t out_len, tanu_error *err);
tanu_status receipt_page_read(struct buf *out, uint8_t digest[DIGEST_LEN], tanu_error *err);

#endif
