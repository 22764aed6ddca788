/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What ends by itself, when a folder is opened: consents, requests and references past their end at
 * once, what goes by the calendar once a day.
 */
#include "service/internal.h"

#include <string.h>

#define META_SWEPT "swept"

/* ---- consents past their end ---- */

struct expiry {
	int64_t now_ms;
	struct id_list subjects; /* a subject with two such consents stands twice: no harm */
};

static tanu_status check_expiry(void *self, const struct consent_row *row, tanu_error *err)
{
	const tanu_consent *c = &row->consent;
	struct expiry *e = self;

	if ((c->state != TANU_CONSENT_GIVEN && c->state != TANU_CONSENT_REQUESTED) ||
	    e->now_ms < c->not_after_ms)
		return TANU_OK;
	return id_list_add(&e->subjects, &c->subject, err);
}

/* The first instant at which a person is of age; 0 when nobody can tell. */
static int64_t majority_of(struct service *s, const tanu_id *subject)
{
	struct person person = {0};
	int64_t ms = 0;

	if (subject_person(s, &person, subject, NULL) == TANU_OK)
		ms = date_to_days(years_after(person.born, settings_majority_years(&s->settings))) *
		     DAY_MS;
	mem_wipe(&person, sizeof(person));
	return ms;
}

/* One person's edited consents are hers to be refused for, and no reason to stay shut. */
static tanu_status expire_all(struct service *s, const struct expiry *e, size_t *ended,
			      tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < e->subjects.len && st == TANU_OK; i++) {
		const tanu_id *subject = &e->subjects.v[i];
		struct ending ending = {.expired = true,
					.state = TANU_CONSENT_EXPIRED,
					.event = TANU_EVENT_CONSENT_EXPIRED,
					.by = "site",
					.purposes = ~0u,
					.majority_ms = majority_of(s, subject),
					.now_ms = e->now_ms};

		st = consents_end(s, &ending, subject, err);
		*ended += ending.count;
		if (st == TANU_DAMAGED && ending.count == 0)
			st = TANU_OK;
	}
	return st;
}

static tanu_status consents_expire(struct service *s, int64_t now_ms, tanu_error *err)
{
	struct expiry e = {.now_ms = now_ms};
	struct erased erased = {0};
	size_t ended = 0;
	tanu_status st = DB(s, consent_each, NULL, check_expiry, &e, err);

	s->held = clock_jumped(s, now_ms) ? e.subjects.len : 0;
	if (st < 0 || e.subjects.len == 0 || s->held > 0)
		goto out;
	if ((st = history_ready(s, e.subjects.v, e.subjects.len, now_ms, err)) < 0 ||
	    (st = tx_begin(s, err)) < 0)
		goto out;
	if ((st = tx_end(s, expire_all(s, &e, &ended, err), err)) == TANU_OK)
		st = tombstones_finish(s, &erased, err);
	if (st == TANU_OK)
		s->expired += ended;
out:
	id_list_free(&e.subjects);
	return st;
}

/* ---- by the calendar ---- */

/* What the sweep of a day depends on: done once, and again when a setting changes. */
static void sweep_mark(struct service *s, uint8_t out[DIGEST_LEN], int64_t now_ms)
{
	struct buf text = {0};

	buf_printf(&text, "%lld", (long long)(now_ms / DAY_MS));
	for (size_t i = 0; i < s->settings.count; i++)
		buf_printf(&text, "\n%s", settings_text(&s->settings, s->settings.rows[i].name));
	sha256(out, text.data, text.len);
	buf_free(&text);
}

static tanu_status sweep_due(struct service *s, bool *out, const uint8_t mark[DIGEST_LEN],
			     tanu_error *err)
{
	struct buf last = {0};
	tanu_status st = DB(s, meta_get, &last, META_SWEPT, err);

	*out = last.len != DIGEST_LEN || memcmp(last.data, mark, DIGEST_LEN) != 0;
	buf_free(&last);
	return st;
}

static tanu_status sweep_people(struct service *s, int64_t now_ms, tanu_error *err)
{
	struct id_list people = {0};
	tanu_status st = subject_ids(s, &people, err);

	for (size_t i = 0; i < people.len && st == TANU_OK; i++) {
		tanu_error why = {0};

		if ((st = guardians_sweep(s, &people.v[i], now_ms, &why)) == TANU_OK)
			st = ageing_sweep(s, &people.v[i], now_ms, &why);
		if (st == TANU_DAMAGED || st == TANU_ERASED) /* shown by the check, hers alone */
			st = TANU_OK;
		else if (st < 0 && err)
			*err = why;
	}
	id_list_free(&people);
	return st;
}

static tanu_status sweep(struct service *s, int64_t now_ms, tanu_error *err)
{
	uint8_t mark[DIGEST_LEN];
	bool due = false;
	tanu_status st;

	sweep_mark(s, mark, now_ms);
	if ((st = sweep_due(s, &due, mark, err)) < 0 || !due)
		return st;
	if ((st = sweep_people(s, now_ms, err)) < 0 || (st = retention_sweep(s, now_ms, err)) < 0 ||
	    (st = tx_begin(s, err)) < 0)
		return st;
	return tx_end(s, DB(s, meta_set, META_SWEPT, mark, sizeof(mark), err), err);
}

tanu_status upkeep(struct service *s, int64_t now_ms, tanu_error *err)
{
	tanu_status st = consents_expire(s, now_ms, err);

	if (st < 0 || clock_jumped(s, now_ms) || clock_behind(s, now_ms))
		return st;
	return (st = ageing_expire(s, now_ms, err)) < 0 ? st : sweep(s, now_ms, err);
}
