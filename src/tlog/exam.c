/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries, judged one after another. A batch holds its entries in random order, so statements are
 * gathered first and judged by their time.
 */
#include "tlog/exam.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEARD_MAX   8192 /* statements that are gathered before they are judged */
#define WAITING_MAX 65536
#define TALLIES_MAX 65536

tanu_status log_exam_new(struct log_exam **out, tanu_error *err)
{
	struct log_exam *exam = calloc(1, sizeof(*exam));

	if (!exam)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "memory for an audit ran out");
	*out = exam;
	return TANU_OK;
}

void log_exam_free(struct log_exam **exam)
{
	struct log_exam *e = *exam;

	if (!e)
		return;
	calendar_free(&e->days);
	calendar_free(&e->months);
	calendar_free(&e->breaches);
	calendar_free(&e->lanes);
	log_findings_free(&e->findings);
	free(e->waiting);
	free(e->tallies);
	free(e->heard);
	free(e);
	*exam = NULL;
}

void log_exam_count(struct log_exam_counts *out, const struct log_exam *exam)
{
	*out = exam->counts;
	out->sealed = exam->waiting_len;
}

static tanu_status too_much(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL,
			 "this log says more than an audit can keep in memory");
}

/* ---- one statement ---- */

struct verdict {
	struct log_exam *exam;
	const struct statement *s;
	char place[32];
	int64_t now_ms;
	bool failed; /* no memory */
};

static void say(struct verdict *v, enum finding_code code, const char *sentence)
{
	finding_add(&v->exam->findings, code, v->place, "%s", sentence);
}

/* What follows a database that was put back may repeat what was said before. */
static bool repeats_restored(const struct verdict *v)
{
	return v->exam->restored_ms != 0 && v->s->at_ms >= v->exam->restored_ms;
}

static void judge_counts(struct verdict *v)
{
	const struct statement *s = v->s;
	bool twice;

	if (s->embeddings != s->permits)
		finding_add(&v->exam->findings, FINDING_COUNTS_DIFFER, v->place,
			    "%lld embeddings were made with %lld permits", (long long)s->embeddings,
			    (long long)s->permits);
	if ((s->day + 1) * DAY_MS > s->at_ms) {
		say(v, FINDING_COUNTS_EARLY, "this day was counted before it was over");
		return;
	}
	if (!calendar_take(&v->exam->days, s->day, &twice))
		v->failed = true;
	else if (twice && !repeats_restored(v))
		say(v, FINDING_COUNTS_TWICE, "this day was counted before");
}

static void judge_disclosures(struct verdict *v)
{
	const struct statement *s = v->s;
	struct tally *tally;
	bool twice;

	if (month_first_day(s->month + 1) * DAY_MS > s->at_ms) {
		say(v, FINDING_DISCLOSURES_EARLY, "this month was counted before it was over");
		return;
	}
	tally = exam_tally(v->exam, s->month);
	if (!tally || !calendar_take(&v->exam->months, s->month, &twice)) {
		v->failed = true;
		return;
	}
	if (twice) {
		if (!repeats_restored(v))
			say(v, FINDING_DISCLOSURES_TWICE, "this month was counted before");
		return;
	}
	tally->stated = true;
	tally->said_sealed = s->sealed;
	tally->said_extended = s->extended;
}

/* Asked for from the first one on: logs that were begun before have none for their first months,
 * and a site without gates has no lanes. */
static void judge_month(struct verdict *v, struct calendar *months, enum finding_code early,
			enum finding_code counted_twice)
{
	const struct statement *s = v->s;
	bool twice;

	if (month_first_day(s->month + 1) * DAY_MS > s->at_ms) {
		say(v, early, "this month was counted before it was over");
		return;
	}
	calendar_begin(months, s->month);
	if (!calendar_take(months, s->month, &twice))
		v->failed = true;
	else if (twice && !repeats_restored(v))
		say(v, counted_twice, "this month was counted before");
}

static struct waiting *find_waiting(struct log_exam *exam, const uint8_t *tag)
{
	for (size_t i = 0; i < exam->waiting_len; i++)
		if (memcmp(exam->waiting[i].tag, tag, TANU_LEAF_PART) == 0)
			return &exam->waiting[i];
	return NULL;
}

static void judge_sealed(struct verdict *v)
{
	struct log_exam *exam = v->exam;
	struct tally *tally = exam_tally(exam, month_of_day(day_of_ms(v->s->at_ms)));
	struct waiting *w;

	if (find_waiting(exam, v->s->tag)) {
		say(v, FINDING_TAG, "a disclosure with this tag waits already");
		return;
	}
	if (!tally || !grow(&exam->waiting, &exam->waiting_cap, exam->waiting_len,
			    sizeof(*exam->waiting), WAITING_MAX)) {
		v->failed = true;
		return;
	}
	tally->sealed++;
	w = &exam->waiting[exam->waiting_len++];
	w->due_ms = v->s->due_ms;
	memcpy(w->tag, v->s->tag, sizeof(w->tag));
}

/* The disclosure that is extended or opened. */
static struct waiting *called(struct verdict *v)
{
	struct waiting *w = find_waiting(v->exam, v->s->tag);

	if (!w)
		say(v, FINDING_TAG, "no disclosure with this tag is waiting");
	else if (v->s->at_ms > w->due_ms + DUE_GRACE_MS)
		say(v, FINDING_LATE, "this disclosure was due before");
	return w;
}

static void judge_extended(struct verdict *v)
{
	struct tally *tally = exam_tally(v->exam, month_of_day(day_of_ms(v->s->at_ms)));
	struct waiting *w = called(v);

	if (!tally)
		v->failed = true;
	else
		tally->extended++;
	if (w)
		w->due_ms = v->s->due_ms;
}

static void judge_opened(struct verdict *v)
{
	struct waiting *w = called(v);

	if (w)
		*w = v->exam->waiting[--v->exam->waiting_len];
}

static void judge_restored(struct verdict *v)
{
	v->exam->restored_ms = v->s->at_ms;
	finding_add(&v->exam->findings, FINDING_RESTORED, v->place,
		    "a database of the time when the log had %lld entries was put back",
		    (long long)v->s->size);
}

static void judge_unknown(struct verdict *v)
{
	finding_add(&v->exam->findings, FINDING_UNKNOWN, v->place,
		    "a statement \"%s\", which this version does not know", v->s->word);
}

static bool judge(struct verdict *v)
{
	int64_t day = day_of_ms(v->s->at_ms);

	calendar_begin(&v->exam->days, day);
	calendar_begin(&v->exam->months, month_of_day(day));
	switch (v->s->type) {
	case STATEMENT_COUNTS:
		judge_counts(v);
		break;
	case STATEMENT_DISCLOSURES:
		judge_disclosures(v);
		break;
	case STATEMENT_BREACHES:
		judge_month(v, &v->exam->breaches, FINDING_BREACHES_EARLY, FINDING_BREACHES_TWICE);
		break;
	case STATEMENT_LANES:
		judge_month(v, &v->exam->lanes, FINDING_LANES_EARLY, FINDING_LANES_TWICE);
		break;
	case STATEMENT_DISCLOSURE_SEALED:
		judge_sealed(v);
		break;
	case STATEMENT_DISCLOSURE_EXTENDED:
		judge_extended(v);
		break;
	case STATEMENT_DISCLOSURE_OPENED:
		judge_opened(v);
		break;
	case STATEMENT_DATABASE_RESTORED:
		judge_restored(v);
		break;
	case STATEMENT_UNKNOWN:
		judge_unknown(v);
		break;
	default: /* says something and asks for nothing */
		break;
	}
	return !v->failed;
}

/* ---- all that were heard ---- */

static int by_time(const void *a, const void *b)
{
	const struct heard *x = a, *y = b;

	if (x->s.at_ms != y->s.at_ms)
		return x->s.at_ms < y->s.at_ms ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* Times against their places and the clock, as long as they stand in the order of the log. */
static void check_times(struct log_exam *exam, int64_t now_ms)
{
	for (size_t i = 0; i < exam->heard_len; i++) {
		const struct heard *h = &exam->heard[i];
		char place[32], when[TIME_TEXT_LEN];

		snprintf(place, sizeof(place), "entry %llu", (unsigned long long)h->index);
		time_text(when, h->s.at_ms);
		if (h->s.at_ms > now_ms + FUTURE_GRACE_MS)
			finding_add(&exam->findings, FINDING_TIME, place,
				    "dated %s, which is still to come", when);
		else if (h->s.at_ms < exam->latest_ms - ORDER_GRACE_MS)
			finding_add(&exam->findings, FINDING_ORDER, place,
				    "dated %s, but stands behind younger statements", when);
		if (h->s.at_ms > exam->latest_ms)
			exam->latest_ms = h->s.at_ms;
	}
}

static void check_tallies(struct log_exam *exam)
{
	for (size_t i = 0; i < exam->tallies_len; i++) {
		struct tally *t = &exam->tallies[i];
		char place[32];

		if (!t->stated || t->told ||
		    (t->said_sealed == t->sealed && t->said_extended == t->extended))
			continue;
		t->told = true;
		snprintf(place, sizeof(place), "%04d-%02d", (int)(t->month / 12),
			 (int)(t->month % 12) + 1);
		finding_add(
		    &exam->findings, FINDING_DISCLOSURES_DIFFER, place,
		    "%lld sealed and %lld extended are stated, %lld and %lld are in the log",
		    (long long)t->said_sealed, (long long)t->said_extended, (long long)t->sealed,
		    (long long)t->extended);
	}
}

static void flush_slots(struct log_exam *exam)
{
	char place[64];

	if (exam->no_slot_len == 0)
		return;
	snprintf(place, sizeof(place), "entries %llu to %llu", (unsigned long long)exam->no_slot,
		 (unsigned long long)(exam->no_slot + exam->no_slot_len - 1));
	finding_add(&exam->findings, FINDING_OPENING, place,
		    "the files have no slots for the texts of these entries");
	exam->no_slot_len = 0;
}

tanu_status exam_settle(struct log_exam *exam, int64_t now_ms, tanu_error *err)
{
	bool good = true;

	check_times(exam, now_ms);
	if (exam->heard_len > 1)
		qsort(exam->heard, exam->heard_len, sizeof(*exam->heard), by_time);
	for (size_t i = 0; good && i < exam->heard_len; i++) {
		struct verdict v = {.exam = exam, .s = &exam->heard[i].s, .now_ms = now_ms};

		snprintf(v.place, sizeof(v.place), "entry %llu",
			 (unsigned long long)exam->heard[i].index);
		if (exam->counts.opened_ms == 0)
			exam->counts.opened_ms = v.s->at_ms;
		good = judge(&v);
	}
	exam->heard_len = 0;
	check_tallies(exam);
	flush_slots(exam);
	return good ? TANU_OK : too_much(err);
}

struct tally *exam_tally(struct log_exam *exam, int64_t month)
{
	struct tally *t;

	for (size_t i = exam->tallies_len; i > 0; i--)
		if (exam->tallies[i - 1].month == month)
			return &exam->tallies[i - 1];
	if (!grow(&exam->tallies, &exam->tallies_cap, exam->tallies_len, sizeof(*exam->tallies),
		  TALLIES_MAX))
		return NULL;
	t = &exam->tallies[exam->tallies_len++];
	*t = (struct tally){.month = month};
	return t;
}

/* ---- entries ---- */

static tanu_status hear(struct log_exam *exam, uint64_t index, const struct statement *s,
			int64_t now_ms, tanu_error *err)
{
	tanu_status st;

	if (exam->heard_len == HEARD_MAX && (st = exam_settle(exam, now_ms, err)) < 0)
		return st;
	if (!grow(&exam->heard, &exam->heard_cap, exam->heard_len, sizeof(*exam->heard), HEARD_MAX))
		return too_much(err);
	exam->heard[exam->heard_len++] = (struct heard){.index = index, .s = *s};
	exam->counts.statements++;
	return TANU_OK;
}

static void note_slot(struct log_exam *exam, uint64_t index, bool slot)
{
	if (slot) {
		flush_slots(exam);
		return;
	}
	if (exam->no_slot_len == 0)
		exam->no_slot = index;
	exam->no_slot_len++;
}

tanu_status exam_entry(struct log_exam *exam, uint64_t index, const void *entry, size_t len,
		       bool slot, const tanu_policy *policy, const char *origin, int64_t now_ms,
		       tanu_error *err)
{
	struct statement s;
	tanu_error why = {0};
	char place[32];

	exam->counts.entries = index + 1;
	note_slot(exam, index, slot);
	if (len == TANU_LEAF_LEN) {
		exam->counts.leaves++;
		return TANU_OK;
	}
	if (statement_read_trusted(&s, entry, len, policy, origin, &why) >= 0)
		return hear(exam, index, &s, now_ms, err);
	if (why.status == TANU_MEMORY) {
		if (err)
			*err = why;
		return why.status;
	}
	snprintf(place, sizeof(place), "entry %llu", (unsigned long long)index);
	finding_add(&exam->findings, FINDING_ENTRY, place,
		    "neither a leaf nor a statement of this log: %s", why.message);
	return TANU_OK;
}

/* ---- what is missing now ---- */

struct missing {
	struct log_findings *out;
	bool months;
	bool breaches; /* of months */
	bool lanes;    /* likewise */
};

static void value_text(char out[32], int64_t value, bool month)
{
	tanu_date date = date_from_days(month ? month_first_day(value) : value);

	if (month)
		snprintf(out, 32, "%04d-%02d", date.year, date.month);
	else
		date_text(out, date);
}

static void tell_missing(void *self, int64_t first, int64_t last)
{
	const struct missing *m = self;
	char from[32], to[32], place[80];
	long long count = last - first + 1;

	value_text(from, first, m->months);
	value_text(to, last, m->months);
	snprintf(place, sizeof(place), "%s%s%s", from, first == last ? "" : " to ",
		 first == last ? "" : to);
	if (m->breaches)
		finding_add(m->out, FINDING_BREACHES_MISSING, place,
			    "the breaches of %lld month(s) that are over were not counted", count);
	else if (m->lanes)
		finding_add(m->out, FINDING_LANES_MISSING, place,
			    "the lanes of %lld month(s) that are over were not counted", count);
	else if (m->months)
		finding_add(m->out, FINDING_DISCLOSURES_MISSING, place,
			    "the disclosures of %lld month(s) that are over were not counted",
			    count);
	else
		finding_add(m->out, FINDING_COUNTS_MISSING, place,
			    "%lld day(s) that are over were not counted", count);
}

static void tell_overdue(struct log_findings *out, const struct waiting *w, int64_t now_ms)
{
	char hex[2 * TANU_LEAF_PART + 1], place[80], when[TIME_TEXT_LEN];

	if (now_ms <= w->due_ms + DUE_GRACE_MS)
		return;
	hex_encode(hex, w->tag, sizeof(w->tag));
	snprintf(place, sizeof(place), "tag %s", hex);
	time_text(when, w->due_ms);
	finding_add(out, FINDING_OVERDUE, place, "due %s and neither opened nor extended", when);
}

void exam_due(struct log_findings *out, const struct log_exam *exam, int64_t now_ms)
{
	int64_t today = day_of_ms(now_ms - COUNTS_GRACE_MS);
	struct missing days = {.out = out}, months = {.out = out, .months = true};
	struct missing breaches = {.out = out, .months = true, .breaches = true};
	struct missing lanes = {.out = out, .months = true, .lanes = true};

	calendar_missing(&exam->days, today, tell_missing, &days);
	calendar_missing(&exam->months, month_of_day(today), tell_missing, &months);
	calendar_missing(&exam->breaches, month_of_day(today), tell_missing, &breaches);
	calendar_missing(&exam->lanes, month_of_day(today), tell_missing, &lanes);
	for (size_t i = 0; i < exam->waiting_len; i++)
		tell_overdue(out, &exam->waiting[i], now_ms);
	if (exam->counts.leaves % 16 != 0)
		finding_add(out, FINDING_BATCH, "log",
			    "%llu leaves: batches are filled up to a multiple of 16",
			    (unsigned long long)exam->counts.leaves);
}
