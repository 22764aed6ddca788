/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faces change, a child's within a year. So what was taken of a face ends after a time that hangs
 * on the age at which it was taken, however long the consent lasts; then it is erased like anything
 * else, and whoever still agrees is enrolled anew.
 */
#include "service/internal.h"

#include <string.h>

/* ---- when ---- */

int64_t ageing_end(const struct service *s, tanu_date born, int64_t enrolled_ms)
{
	tanu_date day = date_from_ms(enrolled_ms);
	bool minor = tanu_age_on(born, day) < settings_majority_years(&s->settings);
	int years = (int)settings_int(&s->settings, minor ? "reference.max_years_minor"
							  : "reference.max_years_adult");

	return date_to_days(years_after(day, years)) * DAY_MS;
}

tanu_status reference_end(struct service *s, int64_t *out, const struct reference_row *row,
			  tanu_error *err)
{
	struct profile profile = {0};
	tanu_status st = profile_get(s, &profile, &row->subject, err);

	if (st == TANU_OK && (st = head_check_reference(&profile.head, row, err)) == TANU_OK) {
		int64_t end_ms = ageing_end(s, profile.person.born, row->created_ms);

		*out = end_ms < row->not_after_ms ? end_ms : row->not_after_ms;
	}
	mem_wipe(&profile, sizeof(profile));
	return st;
}

tanu_status reference_require_young(struct service *s, const struct reference_row *row,
				    int64_t now_ms, tanu_error *err)
{
	int64_t end_ms = 0;
	tanu_status st = reference_end(s, &end_ms, row, err);

	if (st < 0 || now_ms < end_ms)
		return st;
	return tanu_fail(err, TANU_ERR_NO_REFERENCE, NULL,
			 "what was enrolled is too old by now, and faces change: enrol this person "
			 "anew");
}

tanu_status reference_until(struct service *s, int64_t *out, const tanu_id *subject,
			    tanu_error *err)
{
	struct reference_row row = {0};
	tanu_error missing = {0};
	tanu_status st = DB(s, reference_get, &row, subject, &missing);

	*out = 0;
	if (st == TANU_NOT_FOUND)
		return TANU_OK;
	if (st < 0 && err)
		*err = missing;
	if (st == TANU_OK)
		st = reference_end(s, out, &row, err);
	buf_free(&row.sealed);
	return st;
}

tanu_status reference_is_young(struct service *s, bool *out, const tanu_id *subject, int64_t now_ms,
			       tanu_error *err)
{
	int64_t end_ms = 0;
	tanu_status st = reference_until(s, &end_ms, subject, err);

	*out = st == TANU_OK && now_ms < end_ms;
	return st;
}

/* ---- and then ---- */

/* Part of a transaction: from its commit on nothing matches. */
static tanu_status entomb(struct service *s, const tanu_id *subject, int64_t end_ms, int64_t now_ms,
			  tanu_error *err)
{
	const struct event_record event = {
	    .type = TANU_EVENT_REFERENCE_AGED, .by = "site", .due_ms = end_ms};
	struct tombstone_row tombstone = {
	    .subject = *subject, .kind = TOMBSTONE_BIO, .requested_ms = now_ms};
	uint64_t sequence = 0;
	tanu_status st;

	erasure_note_time(s, end_ms, now_ms);
	if ((st = DB(s, tombstone_put, &tombstone, err)) < 0 ||
	    (st = lookalikes_drop(s, subject, err)) < 0 ||
	    (st = DB(s, sequence_next, &sequence, err)) < 0 ||
	    (st = DB(s, subject_set, subject, SUBJECT_ACTIVE, sequence, err)) < 0)
		return st;
	return history_note(s, subject, sequence, now_ms, &event, err);
}

static tanu_status erase_one(struct service *s, const tanu_id *subject, int64_t end_ms,
			     int64_t now_ms, tanu_error *err)
{
	struct erased erased = {0};
	tanu_status st;

	if ((st = history_ready(s, subject, 1, now_ms, err)) < 0 || (st = tx_begin(s, err)) < 0)
		return st;
	if ((st = tx_end(s, entomb(s, subject, end_ms, now_ms, err), err)) == TANU_OK)
		st = tombstones_finish(s, &erased, err);
	if (st == TANU_OK)
		s->aged++;
	return st;
}

/* ---- stored here ---- */

struct aged {
	int64_t now_ms;
	struct id_list subjects;
	int64_t oldest_ms; /* end of the one that ended first */
};

static tanu_status take_aged(void *self, const struct reference_row *row, tanu_error *err)
{
	struct aged *aged = self;

	if (aged->now_ms < row->not_after_ms)
		return TANU_OK;
	if (aged->oldest_ms == 0 || row->not_after_ms < aged->oldest_ms)
		aged->oldest_ms = row->not_after_ms;
	return id_list_add(&aged->subjects, &row->subject, err);
}

tanu_status ageing_expire(struct service *s, int64_t now_ms, tanu_error *err)
{
	struct aged aged = {.now_ms = now_ms};
	tanu_status st = DB(s, reference_each, take_aged, &aged, err);

	for (size_t i = 0; i < aged.subjects.len && st == TANU_OK; i++)
		st = erase_one(s, &aged.subjects.v[i], aged.oldest_ms, now_ms, err);
	id_list_free(&aged.subjects);
	return st;
}

static tanu_status sweep_stored(struct service *s, const tanu_id *subject, int64_t now_ms,
				tanu_error *err)
{
	int64_t end_ms = 0;
	tanu_status st = reference_until(s, &end_ms, subject, err);

	return st < 0 || end_ms == 0 || now_ms < end_ms
		   ? st
		   : erase_one(s, subject, end_ms, now_ms, err);
}

/* ---- on passes ---- */

struct pass_ends {
	bool valid;	/* one of them still holds */
	int64_t end_ms; /* of one whose key is there though its last day is over; 0: none */
};

static tanu_status take_pass(void *self, const struct pass_view *v, tanu_error *err)
{
	struct pass_ends *ends = self;

	(void)err;
	ends->valid |= v->state == PASS_VALID;
	if (v->state == PASS_EXPIRED)
		ends->end_ms = (date_to_days(v->until) + 1) * DAY_MS;
	return TANU_OK;
}

static tanu_status sweep_passes(struct service *s, const tanu_id *subject, int64_t now_ms,
				tanu_error *err)
{
	struct pass_ends ends = {0};
	tanu_status st = service_pass_each(s, subject, take_pass, &ends, err);

	if (st < 0 || ends.valid || ends.end_ms == 0)
		return st;
	return erase_one(s, subject, ends.end_ms, now_ms, err);
}

tanu_status ageing_sweep(struct service *s, const tanu_id *subject, int64_t now_ms, tanu_error *err)
{
	tanu_status st = sweep_stored(s, subject, now_ms, err);

	return st < 0 ? st : sweep_passes(s, subject, now_ms, err);
}
