/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit.h - recheck a log: that the files are the tree that was signed, that the tree continues one
 * seen before, that every entry is of a kind that may stand there, and that the site has said all
 * it must (docs/log.md).
 *
 * An examination (struct log_exam) is what must be remembered of the entries to judge the later
 * ones. A monitor keeps it beside the last checkpoint and goes on from there.
 */
#ifndef TLOG_AUDIT_H
#define TLOG_AUDIT_H

#include "tlog/tlog.h"

/* X(NAME, "word", suspicious, meaning). Words are only added to. */
#define FINDING_LIST(X)                                                                            \
	X(CHECKPOINT, "checkpoint", true, "the checkpoint is not signed as the policy asks")       \
	X(UNWITNESSED, "unwitnessed", false, "the policy asks for no witness")                     \
	X(FORK, "fork", true, "two signed checkpoints of this log contradict each other")          \
	X(SHRUNK, "shrunk", true, "the log shows fewer entries than it had")                       \
	X(ROOT, "root", true, "the files have another root than was signed")                       \
	X(FILE, "file", true, "a file is missing or damaged, or an entry is not that of the tree") \
	X(ENTRY, "entry", true, "an entry is neither a leaf nor a statement of this log")          \
	X(OPENING, "opening", true, "an entry has no slot for its text")                           \
	X(UNKNOWN, "unknown", false, "a statement of a type that this program does not know")      \
	X(TIME, "time", true, "a statement is dated in the future")                                \
	X(ORDER, "order", false, "a statement is dated before those it stands behind")             \
	X(COUNTS_MISSING, "counts-missing", true, "a day that is over was not counted")            \
	X(COUNTS_TWICE, "counts-twice", true, "a day was counted twice")                           \
	X(COUNTS_EARLY, "counts-early", true, "a day was counted before it was over")              \
	X(COUNTS_DIFFER, "counts-differ", true, "embeddings and permits are not equal")            \
	X(DISCLOSURES_MISSING, "disclosures-missing", true,                                        \
	  "a month that is over has no count of disclosures")                                      \
	X(DISCLOSURES_TWICE, "disclosures-twice", true, "a month was counted twice")               \
	X(DISCLOSURES_EARLY, "disclosures-early", true, "a month was counted before it was over")  \
	X(DISCLOSURES_DIFFER, "disclosures-differ", true,                                          \
	  "a month's count is not that of its sealed or extended disclosures")                     \
	X(BREACHES_MISSING, "breaches-missing", true,                                              \
	  "a month that is over has no count of breaches, though earlier ones have")               \
	X(LANES_MISSING, "lanes-missing", true,                                                    \
	  "months that are over without a count of the lanes at the gates")                        \
	X(LANES_TWICE, "lanes-twice", true, "a month's lanes were counted twice")                  \
	X(LANES_EARLY, "lanes-early", true, "a month's lanes were counted before it was over")     \
	X(BREACHES_TWICE, "breaches-twice", true, "a month's breaches were counted twice")         \
	X(BREACHES_EARLY, "breaches-early", true,                                                  \
	  "a month's breaches were counted before it was over")                                    \
	X(OVERDUE, "overdue", true, "a sealed disclosure was due and was not opened")              \
	X(LATE, "late", false, "a sealed disclosure was opened or extended after it was due")      \
	X(TAG, "tag", true, "a disclosure was sealed twice, or opened without having been sealed") \
	X(RESTORED, "restored", false, "an older database was put back")                           \
	X(BATCH, "batch", false, "the number of leaves is not a multiple of 16")

enum finding_code {
#define X(name, word, suspicious, meaning) FINDING_##name,
	FINDING_LIST(X)
#undef X
	    FINDING_COUNT
};
const char *finding_word(enum finding_code code);
bool finding_suspicious(enum finding_code code);

struct log_finding {
	enum finding_code code;
	char place[80];	    /* "entry 12", "2026-01-31", a path */
	char sentence[240]; /* plain, without a final full stop */
};

#define FINDINGS_MAX 1000
struct log_findings {
	struct log_finding *v;
	size_t len, cap;
	uint64_t dropped; /* beyond FINDINGS_MAX */
	bool suspicious;  /* one of all of them is */
};
void log_findings_free(struct log_findings *findings);

/* ---- what must be remembered of the entries ---- */

struct log_exam;
tanu_status log_exam_new(struct log_exam **out, tanu_error *err);
void log_exam_free(struct log_exam **exam);
/* As a JSON object, and back. TANU_INPUT (json): not such an object. */
void log_exam_put(struct json_w *w, const char *key, const struct log_exam *exam);
tanu_status log_exam_get(struct log_exam **out, json_value object, tanu_error *err);

struct log_exam_counts {
	uint64_t entries, leaves, statements;
	uint64_t sealed;   /* disclosures that wait for their hour */
	int64_t opened_ms; /* time of the first statement; 0 without any */
};
void log_exam_count(struct log_exam_counts *out, const struct log_exam *exam);

/* ---- the audit ---- */

struct log_audit_options {
	const tanu_policy *policy;
	/* A signed checkpoint seen before; NULL: none. */
	const char *earlier;
	size_t earlier_len;
	/*
	 * Goes on behind the entries it has seen, and takes in the new ones unless the checkpoint
	 * can't be believed. NULL: from the first entry, with nothing kept.
	 */
	struct log_exam *exam;
	int64_t now_ms;
	/* May be NULL; a failure ends the audit. */
	tanu_status (*progress)(void *self, uint64_t done, uint64_t total, tanu_error *err);
	void *self;
};

struct log_report {
	tanu_checkpoint checkpoint;
	tanu_checkpoint_trust trust;
	struct buf note; /* the checkpoint as it was read */
	struct log_findings findings;
	struct log_exam_counts counts;
	/* The checkpoint is signed by the log, its files are there and it continues the earlier
	 * one: it may take that one's place. */
	bool believed;
	/*
	 * Evidence of a fork, empty without one: both notes are signed by the log; `proof` is the
	 * body of c2sp.org/tlog-witness's add-checkpoint, "old SIZE", hashes, an empty line and the
	 * later note, which proves a root of the earlier size that is not the one signed then.
	 */
	struct buf fork_earlier, fork_later, fork_proof;
};

/*
 * TANU_OK: the audit came to its end, whatever it found. TANU_NOT_FOUND: there is no log; other
 * failures: the storage or memory failed. `out` is zeroed before; free it in any case.
 */
tanu_status log_audit(struct log_report *out, const struct log_files *files,
		      const struct log_audit_options *options, tanu_error *err);
void log_report_free(struct log_report *report);

#endif
