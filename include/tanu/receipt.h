/* SPDX-License-Identifier: Apache-2.0 */
/*
 * receipt.h - what a person can check by herself: one receipt file, and her whole history in the
 * public log of a site. docs/receipts.md explains it, docs/log.md has the formats byte by byte.
 *
 * Nothing here trusts the site: every byte of a receipt and of a log comes from outside. Trust
 * stands on two things alone, the log's key and the witnesses of the policy; a caller who has a
 * policy of her own hands it in. No clock, no network and no files: a log is read through a
 * callback. A call that succeeds gives a report; what is wrong stands there as findings, each with
 * a stable word, and the worst of them is the verdict.
 */
#ifndef TANU_RECEIPT_H
#define TANU_RECEIPT_H

#include <stddef.h>
#include <stdint.h>
#include <tanu/consent.h>
#include <tanu/error.h>
#include <tanu/log.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TANU_RECEIPT_BYTES_MAX	TANU_NOTE_BYTES_MAX
#define TANU_RECEIPT_KEYS_MAX	32
#define TANU_RECEIPT_LEAVES_MAX 512
#define TANU_RECEIPT_RECORD_MAX 65536
#define TANU_RECEIPT_GATES_MAX	64
#define TANU_RECEIPTS_MAX	8 /* of one person, looked at together */

/* X(NAME, "word") */
#define TANU_RECEIPT_KIND_LIST(X)     \
	X(CONSENT, "consent")         \
	X(REFUSAL, "refusal")         \
	X(TERMINATION, "termination") \
	X(ERASURE, "erasure")         \
	X(DISCLOSURE, "disclosure")   \
	X(HISTORY, "history")

typedef enum tanu_receipt_kind {
	TANU_RECEIPT_NONE = 0,
#define X(name, word) TANU_RECEIPT_##name,
	TANU_RECEIPT_KIND_LIST(X)
#undef X
} tanu_receipt_kind;

typedef struct tanu_receipt_key {
	int64_t from_ms; /* Unix milliseconds, UTC */
	uint8_t key[TANU_LOG_KEY_LEN];
} tanu_receipt_key;

/* An event that the receipt promises to be in the log. Texts end with a zero byte. */
typedef struct tanu_receipt_leaf {
	uint32_t key;	   /* index among all her keys */
	uint64_t n;	   /* place in the chain of that key */
	const char *event; /* canonical JSON; "": its text is not there any more */
	const char *proof; /* c2sp.org/tlog-proof@v1; "": not published when it was written */
} tanu_receipt_leaf;

/* A receipt as it was written, nothing checked yet. To be read only; texts live as long as it. */
typedef struct tanu_receipt {
	tanu_receipt_kind kind;
	int64_t issued_ms;
	const char *site; /* name of the site; untrusted text */
	tanu_id subject;
	const char *log_key; /* vkey */
	const char *log_url; /* may be empty */
	const char *policy;  /* c2sp.org/tlog-policy */
	const char *record;  /* canonical JSON; may be empty */
	size_t keys_len, leaves_len;
	const tanu_receipt_key *keys;
	const tanu_receipt_leaf *leaves;
	/* Signed notes of gates that have erased what they had been lent of her,
	 * TANU_RECEIPT_GATES_MAX at most; they come after the site's own record, one by one. */
	size_t gate_words_len;
	const char *const *gate_words;
} tanu_receipt;

/*
 * Read a receipt file. TANU_INPUT (format, json) names what is no receipt about it, TANU_LIMIT what
 * is too much. Only the form is looked at.
 */
TANU_API tanu_status tanu_receipt_parse(tanu_receipt **out, const void *bytes, size_t bytes_len,
					tanu_error *err);
TANU_API void tanu_receipt_free(tanu_receipt **receipt); /* wipes the keys */
TANU_API const char *tanu_receipt_kind_name(tanu_receipt_kind kind);

typedef enum tanu_verdict {
	TANU_VERDICT_SUSPICIOUS = 0,
	TANU_VERDICT_UNREACHABLE = 1, /* part of the log could not be read, nothing else is wrong */
	TANU_VERDICT_CLEAN = 2,
} tanu_verdict;

/*
 * What may be found: X(NAME, "word", WEIGHT). Words are promises, like those of registry.h; both
 * verifiers use them. docs/receipts.md says when each is found and what it means.
 */
#define TANU_FINDING_LIST(X)                                        \
	X(RECEIPT_SIGNATURE, "receipt-signature", SUSPICIOUS)       \
	X(LOG_UNTRUSTED, "log-untrusted", SUSPICIOUS)               \
	X(KEYS_DIFFER, "keys-differ", SUSPICIOUS)                   \
	X(RECORD_MISMATCH, "record-mismatch", SUSPICIOUS)           \
	X(LEAF_PROOF, "leaf-proof", SUSPICIOUS)                     \
	X(LEAF_FOREIGN, "leaf-foreign", SUSPICIOUS)                 \
	X(CHECKPOINT_SIGNATURE, "checkpoint-signature", SUSPICIOUS) \
	X(CHECKPOINT_UNTRUSTED, "checkpoint-untrusted", SUSPICIOUS) \
	X(FORK, "fork", SUSPICIOUS)                                 \
	X(LOG_OLDER, "log-older", SUSPICIOUS)                       \
	X(LOG_DAMAGED, "log-damaged", SUSPICIOUS)                   \
	X(ENTRY_INVALID, "entry-invalid", SUSPICIOUS)               \
	X(LEAF_MISSING, "leaf-missing", SUSPICIOUS)                 \
	X(CHAIN_GAP, "chain-gap", SUSPICIOUS)                       \
	X(CHAIN_BROKEN, "chain-broken", SUSPICIOUS)                 \
	X(DUPLICATE_PLACE, "duplicate-place", SUSPICIOUS)           \
	X(AFTER_END, "after-end", SUSPICIOUS)                       \
	X(RENEWAL_MISMATCH, "renewal-mismatch", SUSPICIOUS)         \
	X(WITHHELD, "withheld", SUSPICIOUS)                         \
	X(EVENT_EDITED, "event-edited", SUSPICIOUS)                 \
	X(EVENT_MALFORMED, "event-malformed", SUSPICIOUS)           \
	X(USE_AFTER_WITHDRAWAL, "use-after-withdrawal", SUSPICIOUS) \
	X(DISCLOSURE_OVERDUE, "disclosure-overdue", SUSPICIOUS)     \
	X(GATE_WORD, "gate-word", SUSPICIOUS)                       \
	X(LOG_UNREACHABLE, "log-unreachable", UNREACHABLE)          \
	X(LOG_INCOMPLETE, "log-incomplete", UNREACHABLE)            \
	X(UNWITNESSED, "unwitnessed", NOTE)                         \
	X(LEAF_PENDING, "leaf-pending", NOTE)                       \
	X(KEY_ABSENT, "key-absent", NOTE)                           \
	X(KEY_RENEWED, "key-renewed", NOTE)                         \
	X(STILL_READABLE, "still-readable", NOTE)                   \
	X(EVENT_UNKNOWN, "event-unknown", NOTE)                     \
	X(DATABASE_RESTORED, "database-restored", NOTE)             \
	X(GATE_SILENT, "gate-silent", NOTE)

typedef enum tanu_finding_code {
	TANU_FINDING_NONE = 0,
#define X(name, word, weight) TANU_FINDING_##name,
	TANU_FINDING_LIST(X)
#undef X
	    TANU_FINDING_COUNT
} tanu_finding_code;

typedef enum tanu_finding_weight {
	TANU_WEIGHT_SUSPICIOUS = 0,
	TANU_WEIGHT_UNREACHABLE = 1,
	TANU_WEIGHT_NOTE = 2, /* worth knowing, changes no verdict */
} tanu_finding_weight;

TANU_API const char *tanu_finding_name(tanu_finding_code code);
TANU_API tanu_finding_weight tanu_finding_weight_of(tanu_finding_code code);
TANU_API const char *tanu_verdict_name(tanu_verdict verdict);

typedef struct tanu_finding {
	tanu_finding_code code;
	int64_t key;   /* index among her keys; -1: not about one */
	int64_t n;     /* her leaf; -1: not about one */
	int64_t index; /* entry of the log; -1: not about one */
} tanu_finding;

#define TANU_FINDINGS_MAX 256 /* further ones are counted, and weigh as much */

/* What is known of the text of a leaf. */
typedef enum tanu_leaf_state {
	TANU_LEAF_WITHHELD = 0, /* it does not open, and nothing explains why */
	TANU_LEAF_ERASED = 1,	/* it does not open; a later leaf says that it was erased */
	TANU_LEAF_EDITED = 2,	/* there is a text, but not the one that was logged */
	TANU_LEAF_UNPROVEN = 3, /* only the receipt says it: its proof does not hold */
	TANU_LEAF_PENDING = 4,	/* only the receipt says it: not published yet */
	TANU_LEAF_OPENED = 5,	/* read, and it is what was logged */
} tanu_leaf_state;

TANU_API const char *tanu_leaf_state_name(tanu_leaf_state state);

/* One leaf of hers. */
typedef struct tanu_report_leaf {
	uint32_t key;
	uint64_t n;
	int64_t index; /* in the log; -1: not there */
	tanu_leaf_state state;
	const char *event; /* canonical JSON, with a zero byte behind; "" when nothing was read */
	int from_receipt;  /* the text is that of a receipt, the log's does not open */
	int64_t after_ms;  /* published at this time or later; 0: not known */
	int64_t before_ms; /* published at this time or earlier, by a witness; 0: not known */
} tanu_report_leaf;

/* Whether a gate that was lent a reference of hers has erased it. */
typedef enum tanu_gate_word {
	TANU_GATE_SILENT = 0, /* it has not said so; what it holds ends with the lease */
	TANU_GATE_FALSE = 1,  /* what is said in its name is not signed by it */
	TANU_GATE_ERASED = 2, /* it has signed that it has */
} tanu_gate_word;

TANU_API const char *tanu_gate_word_name(tanu_gate_word word);

/* A gate of an erasure's record. */
typedef struct tanu_report_gate {
	tanu_id gate;
	const char *name; /* untrusted text */
	int64_t until_ms; /* end of its lease */
	tanu_gate_word word;
	int64_t at_ms; /* when it erased, by its own clock; 0: it has not said so */
} tanu_report_gate;

/* What was found. Owned by the caller of tanu_receipt_verify or _history, texts included. */
typedef struct tanu_report {
	tanu_verdict verdict;
	size_t findings_len, findings_more;
	const tanu_finding *findings; /* by code, key, n, index; none twice */
	size_t leaves_len;
	const tanu_report_leaf *leaves; /* by key, n, index */
	size_t gates_len;
	const tanu_report_gate *gates; /* as the records have them, each once */
	/* The newest checkpoint looked at, if any was accepted. */
	int has_checkpoint;
	uint64_t size;
	size_t witnesses;     /* of the policy that cosigned it */
	int64_t witnessed_ms; /* the earliest time that one of them states; 0: none */
	/* The two signed checkpoints that contradict each other; NULL without a fork. */
	const char *evidence[2];
} tanu_report;

TANU_API void tanu_report_free(tanu_report **report);

/* Zero for the defaults. */
typedef struct tanu_receipt_options {
	const char *policy; /* whom she trusts, instead of the policy in the receipt; NULL: that */
} tanu_receipt_options;

/*
 * Check receipts of one person, 1 to TANU_RECEIPTS_MAX, by themselves: signature, policy, and of
 * each leaf proof, checkpoint, place, text; the record's digest. The keys of one serve the others.
 * TANU_USAGE (conflict) when they are not of the same person and log, TANU_INPUT (format) for a
 * policy of hers that is none; everything else is in the report.
 */
TANU_API tanu_status tanu_receipt_verify(tanu_report **out, const tanu_receipt *const *receipts,
					 size_t receipts_len, const tanu_receipt_options *options,
					 tanu_error *err);

#define TANU_HISTORY_LEAVES_MAX 100000 /* of one person; TANU_LIMIT beyond */

/*
 * The same, and then her whole history: walk all entries, find every leaf under all her keys, check
 * that the log is the one the receipts are from, that none of her leaves is missing, twice there or
 * out of its chain, and open the texts.
 */
TANU_API tanu_status tanu_receipt_history(tanu_report **out, const tanu_receipt *const *receipts,
					  size_t receipts_len, const tanu_log_files *files,
					  const tanu_receipt_options *options, tanu_error *err);

#ifdef __cplusplus
}
#endif
#endif
