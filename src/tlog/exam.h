/* SPDX-License-Identifier: Apache-2.0 */
/* exam.h - the parts of an examination: findings, days and months that must be counted, disclosures
 * that wait. */
#ifndef TLOG_EXAM_H
#define TLOG_EXAM_H

#include "tlog/audit.h"

#define DAY_MS		((int64_t)86400 * 1000)
#define COUNTS_GRACE_MS DAY_MS /* a statement of a day that is over may take that long */
#define DUE_GRACE_MS	((int64_t)3600 * 1000) /* so may a disclosure that is due */
#define FUTURE_GRACE_MS ((int64_t)600 * 1000)  /* clocks differ */
#define ORDER_GRACE_MS	DAY_MS

void finding_add(struct log_findings *f, enum finding_code code, const char *place, const char *fmt,
		 ...) TANU_PRINTF(4, 5);
void findings_append(struct log_findings *to, const struct log_findings *from);

/* Room for one more of `size` bytes behind `len`; false: no memory, or more than `most`. */
bool grow(void *vector, size_t *cap, size_t len, size_t size, size_t most);

/* Days or months, of which each must be counted once, from the one in which the log was opened. */
struct calendar {
	bool begun;
	int64_t first, next; /* all from first to next - 1 are counted, but for the gaps */
	int64_t *gaps;	     /* rising */
	size_t gaps_len, gaps_cap;
};
void calendar_begin(struct calendar *c, int64_t first);
/* `*twice`: it was counted before. False: no memory, or thousands of years. */
bool calendar_take(struct calendar *c, int64_t value, bool *twice);
void calendar_free(struct calendar *c);
/* Runs of what was not counted and is before `end`; `each` gets the first and the last. */
void calendar_missing(const struct calendar *c, int64_t end,
		      void (*each)(void *self, int64_t first, int64_t last), void *self);

int64_t month_of_day(int64_t day);
int64_t month_first_day(int64_t month);
int64_t day_of_ms(int64_t ms);

/* A disclosure that waits for its hour. */
struct waiting {
	uint8_t tag[TANU_LEAF_PART];
	int64_t due_ms;
};

/* A month's disclosures: as its statement says, and as they stand in the log. */
struct tally {
	int64_t month;
	int64_t sealed, extended;
	bool stated, told;
	int64_t said_sealed, said_extended;
};

/* A statement that has not been judged. */
struct heard {
	uint64_t index;
	struct statement s;
};

struct log_exam {
	struct log_exam_counts counts;
	int64_t latest_ms;   /* of all statements so far */
	int64_t restored_ms; /* when an older database was last put back; 0: never */
	struct calendar days, months;
	struct calendar breaches; /* months, from the first one that was counted */
	struct calendar lanes;	  /* likewise */
	struct waiting *waiting;
	size_t waiting_len, waiting_cap;
	struct tally *tallies;
	size_t tallies_len, tallies_cap;
	struct log_findings findings; /* what stays true, whatever comes */
	struct heard *heard;
	size_t heard_len, heard_cap;
	uint64_t no_slot, no_slot_len; /* entries without a slot, from here on */
};

/* The next entry; `slot`: it has one. */
tanu_status exam_entry(struct log_exam *exam, uint64_t index, const void *entry, size_t len,
		       bool slot, const tanu_policy *policy, const char *origin, int64_t now_ms,
		       tanu_error *err);
/* Judge what was heard. To be called when the last entry was taken. */
tanu_status exam_settle(struct log_exam *exam, int64_t now_ms, tanu_error *err);
/* What is missing at this hour. */
void exam_due(struct log_findings *out, const struct log_exam *exam, int64_t now_ms);
struct tally *exam_tally(struct log_exam *exam, int64_t month); /* NULL: no memory */

#endif
