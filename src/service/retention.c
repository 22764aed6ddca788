/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long histories are kept. Of a person everything of one calendar quarter ends together, when
 * the longest retention of what she had agreed to by then is over; as her notices said it, or
 * shorter when the site has become quicker since. In this order, each step may be broken off:
 *   1. one transaction: she finds in her history that it was done, and the rows are deleted;
 *   2. that is published, and the texts of those leaves in the public log are overwritten;
 *   3. the history keys are destroyed. While they are there it is tried again;
 *   4. the write-ahead log is truncated.
 */
#include "service/internal.h"

#include <stdlib.h>

/* ---- how long ---- */

int64_t retention_months(const struct service *s, tanu_purpose purpose)
{
	switch (purpose) {
#define X(name, bit, word)        \
	case TANU_PURPOSE_##name: \
		return settings_int(&s->settings, "retention." word);
		TANU_PURPOSE_LIST(X)
#undef X
	case TANU_PURPOSE_NONE:
		break;
	}
	return settings_int(&s->settings, "retention.acts");
}

static int64_t month_start_ms(int64_t month)
{
	return date_to_days((tanu_date){(int16_t)(month / 12), (int8_t)(month % 12 + 1), 1}) *
	       DAY_MS;
}

/* The first instant after a quarter, and `months` later. */
static int64_t quarter_end_ms(uint16_t quarter, int64_t months)
{
	return month_start_ms(((int64_t)quarter + 1) * 3 + months);
}

/* ---- of one person ---- */

struct person_months {
	struct service *s;
	int64_t before_ms; /* only what she had agreed to by then */
	int64_t months;
};

static tanu_status take_months(void *self, const struct consent_row *row, tanu_error *err)
{
	struct person_months *p = self;
	struct consent_detail detail = {0};
	int64_t months = retention_months(p->s, row->consent.purpose);
	tanu_status st;

	if (row->consent.state == TANU_CONSENT_REQUESTED ||
	    row->consent.state == TANU_CONSENT_REFUSED || row->consent.given_ms >= p->before_ms)
		return TANU_OK;
	if ((st = consent_detail_open(p->s, &detail, row, err)) < 0)
		return st;
	if (detail.giver != TANU_GIVER_NONE) { /* a request that gave way is no consent */
		if (detail.months > 0 && detail.months < months)
			months = detail.months;
		if (months > p->months)
			p->months = months;
	}
	consent_detail_free(&detail);
	return TANU_OK;
}

/* Months that a quarter of hers is kept after its end. */
static tanu_status person_months(struct service *s, int64_t *out, const tanu_id *subject,
				 uint16_t quarter, tanu_error *err)
{
	struct person_months p = {.s = s, .before_ms = quarter_end_ms(quarter, 0)};
	tanu_status st = DB(s, consent_each, subject, take_months, &p, err);

	*out = p.months ? p.months : retention_months(s, TANU_PURPOSE_NONE);
	return st;
}

/* ---- whose, which ---- */

struct sweep {
	struct service *s;
	int64_t now_ms;
	int64_t least;	       /* months: nothing is kept shorter here */
	struct key_list old;   /* quarters that may be over, in no order */
	struct key_list over;  /* quarters that are */
	struct id_list people; /* each once */
	uint16_t *newest;      /* of each of the people: the last quarter that is over */
	uint64_t *before;      /* likewise: how many of her leaves lose their text */
};

static void least_of(struct sweep *w, int64_t months)
{
	if (months > 0 && (w->least == 0 || months < w->least))
		w->least = months;
}

static tanu_status least_of_notice(void *self, const struct paper *paper, tanu_error *err)
{
	struct known_notice notice = {0};
	tanu_status st = notice_decode(&notice, &paper->text, err);

	for (size_t bit = 0; bit < PURPOSES_BITS && st == TANU_OK; bit++)
		least_of(self, notice.months[bit]);
	known_notice_free(&notice);
	return st;
}

/* What was ever promised, and what is set now: younger quarters need not be looked at. */
static tanu_status sweep_least(struct sweep *w, tanu_error *err)
{
	least_of(w, retention_months(w->s, TANU_PURPOSE_NONE));
	for (unsigned bit = 0; bit < PURPOSES_BITS; bit++)
		least_of(w, retention_months(w->s, (tanu_purpose)(1U << bit)));
	return papers_each(w->s, &w->s->site, RECORD_NOTICE, least_of_notice, w, err);
}

static tanu_status take_key(void *self, const struct key_name *name, tanu_error *err)
{
	struct sweep *w = self;

	if (name->kind != KEY_HISTORY || quarter_end_ms(name->quarter, w->least) > w->now_ms)
		return TANU_OK;
	return key_list_add(&w->old, &name->subject, KEY_HISTORY, name->quarter, err);
}

static tanu_status judge_key(struct sweep *w, const struct key_name *name, tanu_error *err)
{
	tanu_error why = {0};
	int64_t months = 0;
	tanu_status st = person_months(w->s, &months, &name->subject, name->quarter, &why);

	if (st == TANU_DAMAGED || st == TANU_ERASED) /* nobody knows what she agreed to */
		return TANU_OK;
	if (st < 0) {
		if (err)
			*err = why;
		return st;
	}
	if (quarter_end_ms(name->quarter, months) > w->now_ms)
		return TANU_OK;
	if ((st = key_list_add(&w->over, &name->subject, KEY_HISTORY, name->quarter, err)) < 0)
		return st;
	return id_list_add(&w->people, &name->subject, err);
}

static void people_once(struct id_list *people)
{
	size_t len = 0;

	id_list_sort(people);
	for (size_t i = 0; i < people->len; i++)
		if (len == 0 || !id_equal(&people->v[len - 1], &people->v[i]))
			people->v[len++] = people->v[i];
	people->len = len;
}

static tanu_status sweep_judge(struct sweep *w, tanu_error *err)
{
	tanu_status st = sweep_least(w, err);

	if (st == TANU_OK)
		st = vault_each_key(w->s->vault, take_key, w, err);
	for (size_t i = 0; i < w->old.len && st == TANU_OK; i++)
		st = judge_key(w, &w->old.v[i], err);
	if (st < 0 || w->people.len == 0)
		return st;
	people_once(&w->people);
	w->newest = calloc(w->people.len, sizeof(*w->newest));
	w->before = calloc(w->people.len, sizeof(*w->before));
	if (!w->newest || !w->before)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a list");
	for (size_t i = 0; i < w->people.len; i++)
		for (size_t k = 0; k < w->over.len; k++)
			if (id_equal(&w->over.v[k].subject, &w->people.v[i]) &&
			    w->over.v[k].quarter > w->newest[i])
				w->newest[i] = w->over.v[k].quarter;
	return TANU_OK;
}

/* ---- erasing ---- */

static tanu_status person_rows(struct sweep *w, size_t i, tanu_error *err)
{
	struct event_record event = {.type = TANU_EVENT_HISTORY_ERASED,
				     .by = "site",
				     .quarter = w->newest[i],
				     .before = w->before[i]};
	const tanu_id *id = &w->people.v[i];
	uint64_t rows = 0;
	tanu_status st = DB(w->s, event_delete, id, w->newest[i], &rows, err);

	if (st < 0 || rows == 0) /* broken off after the rows: it stands in her history already */
		return st;
	if ((st = head_drop_events(w->s, id, rows, err)) < 0)
		return st;
	return history_put(w->s, id, 0, w->now_ms, &event, err);
}

static tanu_status sweep_rows(struct sweep *w, tanu_error *err)
{
	tanu_status st = tx_begin(w->s, err);

	if (st < 0)
		return st;
	for (size_t i = 0; i < w->people.len && st == TANU_OK; i++)
		st = person_rows(w, i, err);
	return tx_end(w->s, st, err);
}

/* One pass over the log for all people whose newest quarter is this one. */
static tanu_status count_quarter(struct sweep *w, uint16_t quarter, tanu_error *err)
{
	uint64_t *before = calloc(w->people.len, sizeof(*before));
	struct id_list people = {0};
	tanu_status st = TANU_OK;
	size_t n = 0;

	if (!before)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a list");
	for (size_t i = 0; i < w->people.len && st == TANU_OK; i++)
		if (w->newest[i] == quarter)
			st = id_list_add(&people, &w->people.v[i], err);
	if (st == TANU_OK)
		st = journal_count_before(w->s, before, people.v, people.len,
					  quarter_end_ms(quarter, 0), err);
	for (size_t i = 0; i < w->people.len && st == TANU_OK; i++)
		if (w->newest[i] == quarter)
			w->before[i] = before[n++];
	id_list_free(&people);
	free(before);
	return st;
}

static tanu_status sweep_count(struct sweep *w, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < w->people.len && st == TANU_OK; i++) {
		bool counted = false;

		for (size_t k = 0; k < i; k++)
			counted |= w->newest[k] == w->newest[i];
		if (!counted)
			st = count_quarter(w, w->newest[i], err);
	}
	return st;
}

static tanu_status sweep_erase(struct sweep *w, tanu_error *err)
{
	struct service *s = w->s;
	uint64_t sequence = 0;
	tanu_status st;

	if ((st = history_ready(s, w->people.v, w->people.len, w->now_ms, err)) < 0 ||
	    (st = journal_append(s, err)) < 0 || (st = sweep_count(w, err)) < 0 ||
	    (st = sweep_rows(w, err)) < 0 || (st = journal_append(s, err)) < 0)
		return st;
	if ((st = journal_forget(s, w->people.v, w->people.len, w->before, err)) < 0 ||
	    (st = ledger_sequence(s, &sequence, err)) < 0 ||
	    (st = vault_kill_keys(s->vault, w->over.v, w->over.len, sequence, err)) < 0)
		return st;
	return s->store->calls->scrub(s->store, err);
}

tanu_status retention_sweep(struct service *s, int64_t now_ms, tanu_error *err)
{
	struct sweep w = {.s = s, .now_ms = now_ms};
	tanu_status st = TANU_OK;

	if (s->journal.stopped.code == TANU_ERR_NONE) /* else the texts could not be reached */
		st = sweep_judge(&w, err);
	if (st == TANU_OK && w.people.len > 0)
		st = sweep_erase(&w, err);
	if (s->journal.stopped.code != TANU_ERR_NONE) /* doctor says so; the keys wait */
		st = TANU_OK;
	key_list_free(&w.old);
	key_list_free(&w.over);
	id_list_free(&w.people);
	free(w.newest);
	free(w.before);
	return st;
}
