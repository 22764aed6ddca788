/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit.h - (inside receipt/) one look at the receipts of a person: what they promise, which
 * checkpoints were accepted, what was found. web/verifier/ does the same in the same order.
 */
#ifndef RECEIPT_AUDIT_H
#define RECEIPT_AUDIT_H

#include "receipt/parse.h"

/* ---- the report while it grows (report.c) ---- */

struct findings {
	tanu_finding *at;
	size_t len, cap;
	size_t more; /* beyond FOUND_MAX */
	bool failed; /* memory ran out */
};
#define FOUND_MAX 20000
#define NOWHERE	  (-1)
void found(struct findings *findings, tanu_finding_code code, int64_t key, int64_t n,
	   int64_t index);
bool has_found(const struct findings *findings, tanu_finding_code code);

/* What the public report stands in; its texts are allocated one by one. */
struct report {
	tanu_report pub;
	tanu_finding *findings;
	tanu_report_leaf *leaves;
	size_t leaves_cap;
	tanu_report_gate *gates; /* room for all that receipts can have */
	bool failed;
};
/* A leaf with a copy of `event`, NULL for none. */
void report_leaf(struct report *report, const tanu_report_leaf *leaf, const char *event,
		 size_t event_len);
/* Sort, cut, judge. */
tanu_status report_close(struct report *report, struct findings *findings, tanu_error *err);

/* ---- signed checkpoints (trust.c) ---- */

enum trust_result {
	TRUST_FORMAT = 0, /* not a checkpoint */
	TRUST_SIGNATURE,  /* a trusted key's signature is false */
	TRUST_UNTRUSTED,  /* not signed by the log, or by too few witnesses */
	TRUST_ACCEPTED,
};
struct trusted {
	enum trust_result result;
	tanu_checkpoint checkpoint; /* from TRUST_SIGNATURE on: what it says, believed or not */
	bool by_log;		    /* the log itself did sign it */
	size_t witnesses;
	int64_t witnessed_ms; /* 0: none */
};
/* A checkpoint of this very log under a policy. */
void trust_check(struct trusted *out, const tanu_policy *policy, const tanu_verifier *log,
		 const char *note, size_t note_len);

/* ---- the receipts (audit.c) ---- */

/* A leaf that a receipt says is in the log. */
struct promise {
	const tanu_receipt_leaf *leaf;
	size_t receipt;	   /* which one */
	bool has_key;	   /* we have her key for it */
	bool pending;	   /* it has no proof yet */
	bool placed;	   /* `entry` and `index` were read from the proof */
	bool proven;	   /* the proof holds under an accepted checkpoint */
	bool hers;	   /* `entry` carries her tag of this place */
	bool edited;	   /* `entry` commits to another text */
	bool has_event;	   /* `event` was read from the text */
	bool in_log;	   /* history: found at its index */
	int64_t before_ms; /* a witness saw it in the log by then; 0: none */
	uint64_t index;
	tanu_leaf entry;
	struct receipt_event event;
};

/* A checkpoint of a receipt that was accepted. */
struct seen {
	const char *note;
	size_t note_len;
	const tanu_policy *policy;
	struct trusted trusted;
};

struct audit {
	const struct receipt_file *receipts[TANU_RECEIPTS_MAX];
	size_t receipts_len;
	size_t newest; /* the receipt issued last */
	const tanu_policy *policies[TANU_RECEIPTS_MAX];
	tanu_policy *owned[TANU_RECEIPTS_MAX];
	const tanu_verifier *log;
	const tanu_receipt_key *keys;
	size_t keys_len;
	struct promise *promises;
	size_t promises_len;
	struct seen *seen; /* every text looked at once; refused ones too */
	size_t seen_len;
	struct findings findings;
	const struct seen *forked[2]; /* of the receipts themselves */
};

/* TANU_USAGE (conflict) for receipts that do not belong together. */
tanu_status audit_open(struct audit *audit, const tanu_receipt *const *receipts,
		       size_t receipts_len, const tanu_receipt_options *options, tanu_error *err);
void audit_close(struct audit *audit);
/* Everything that the receipts alone can show. */
tanu_status audit_receipts(struct audit *audit, tanu_error *err);
/* What gates have said of an erasure (gates.c): into the report, and what is wrong with it. */
tanu_status audit_gates(struct report *report, struct audit *audit, tanu_error *err);
/* The verdict on a checkpoint, remembered by its text. NULL: no memory. */
const struct seen *audit_trust(struct audit *audit, const tanu_policy *policy, const char *note,
			       size_t note_len);
/* The accepted one with the largest size, then most witnesses; NULL: none. */
const struct seen *audit_newest(const struct audit *audit);
/* Of the promises of one place the one that is known best; is this it? */
bool promise_speaks(const struct audit *audit, size_t i);
/* What a receipt alone says of it. */
tanu_leaf_state promise_state(const struct promise *promise);
/* As a leaf of the report that is not known to be in the log. */
tanu_report_leaf promise_leaf(const struct promise *promise);

/* A copy with a zero byte behind it; NULL: no memory. */
char *text_copy(const char *text, size_t len);

#endif
