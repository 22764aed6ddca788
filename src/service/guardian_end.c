/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a guardian's word ends: by a court, when she is removed or leaves, and at the child's
 * majority. Her consents and refusals lapse, and with a new log key the child's leaves are no
 * longer hers to read.
 */
#include "service/internal.h"

/* ---- the end of a guardian's word ---- */

bool guardian_gave(const tanu_consent *c, const tanu_id *guardian)
{
	return c->giver == TANU_GIVER_GUARDIAN && (!guardian || id_equal(&c->guardian, guardian));
}

static tanu_status lapse_refusal(struct service *s, const tanu_consent *c, int64_t now_ms,
				 tanu_error *err)
{
	struct event_record event = {.type = TANU_EVENT_CONSENT_LAPSED,
				     .purposes = c->purpose,
				     .about = c->id,
				     .by = "site"};
	uint64_t sequence = 0;
	tanu_status st;

	if ((st = DB(s, sequence_next, &sequence, err)) < 0 ||
	    (st = DB(s, consent_set, &c->id, TANU_CONSENT_LAPSED, sequence, err)) < 0 ||
	    (st = DB(s, subject_set, &c->subject, SUBJECT_ACTIVE, sequence, err)) < 0)
		return st;
	return history_put(s, &c->subject, sequence, now_ms, &event, err);
}

static tanu_status lapse_refusals(struct service *s, const tanu_id *child, const tanu_id *guardian,
				  int64_t now_ms, tanu_error *err)
{
	struct consent_list ledger = {0};
	tanu_status st = ledger_load(s, &ledger, child, err);

	for (size_t i = 0; i < ledger.len && st == TANU_OK; i++)
		if (ledger.v[i].state == TANU_CONSENT_REFUSED &&
		    guardian_gave(&ledger.v[i], guardian))
			st = lapse_refusal(s, &ledger.v[i], now_ms, err);
	if (st == TANU_OK)
		st = head_set_consents(s, child, err);
	consent_list_free(&ledger);
	return st;
}

tanu_status guardian_silence(struct service *s, struct ending *ending, const tanu_id *child,
			     const tanu_id *guardian, tanu_error *err)
{
	tanu_status st;

	ending->state = TANU_CONSENT_LAPSED;
	ending->event = TANU_EVENT_CONSENT_LAPSED;
	ending->by = "site";
	ending->purposes = ~0u;
	ending->guardians = true;
	ending->guardian = guardian;
	if ((st = consents_end(s, ending, child, err)) < 0)
		return st;
	return lapse_refusals(s, child, guardian, ending->now_ms, err);
}

tanu_status guardian_blind(struct service *s, const tanu_id *child, int64_t now_ms, tanu_error *err)
{
	uint64_t sequence = 0;
	tanu_status st;

	if ((st = DB(s, sequence_next, &sequence, err)) < 0 ||
	    (st = DB(s, subject_set, child, SUBJECT_ACTIVE, sequence, err)) < 0)
		return st;
	return journal_renew(s, child, sequence, now_ms, err);
}

tanu_status guardian_silence_ready(struct service *s, const tanu_id *child, int64_t now_ms,
				   tanu_error *err)
{
	tanu_status st = history_ready(s, child, 1, now_ms, err);

	return st < 0 ? st : journal_renew_ready(s, child, err);
}

/* ---- what the calendar ends ---- */

#define GUARDIANS_MAX 32 /* of one child that end on one day; the rest the next time */

struct sweeping {
	bool of_age;
	tanu_date today;
	size_t len;
	struct guardian_found found[GUARDIANS_MAX];
};

static tanu_status take_ending(void *self, const struct paper *paper, tanu_error *err)
{
	struct sweeping *sweep = self;
	struct guardian_found found = {.paper = paper->id};
	tanu_status st = guardianship_decode(&found.view, &paper->text, err);
	bool ends = sweep->of_age
			? found.view.state != GUARDIAN_REMOVED
			: guardian_is_barred(&found.view, sweep->today) && !found.view.silenced;

	if (st == TANU_OK && ends && sweep->len < GUARDIANS_MAX)
		sweep->found[sweep->len++] = found;
	mem_wipe(&found, sizeof(found));
	return st;
}

/* Part of a transaction. At majority a guardianship is over; a bar stands written already. */
static tanu_status end_found(struct service *s, struct ending *ending, const tanu_id *child,
			     struct sweeping *sweep, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < sweep->len && st == TANU_OK; i++) {
		struct guardian_view *view = &sweep->found[i].view;

		view->silenced = true;
		if (sweep->of_age)
			view->state = GUARDIAN_REMOVED;
		st = guardianship_put(s, child, &sweep->found[i].paper, view,
				      sweep->of_age ? TANU_EVENT_GUARDIAN_REMOVED
						    : TANU_EVENT_GUARDIAN_BARRED,
				      ending->now_ms, err);
		if (st == TANU_OK && !sweep->of_age)
			st = guardian_silence(s, ending, child, &view->guardian, err);
	}
	if (st == TANU_OK && sweep->of_age)
		st = guardian_silence(s, ending, child, NULL, err);
	return st < 0 ? st : guardian_blind(s, child, ending->now_ms, err);
}

tanu_status guardians_sweep(struct service *s, const tanu_id *child, int64_t now_ms,
			    tanu_error *err)
{
	struct ending ending = {.now_ms = now_ms};
	struct sweeping sweep = {.today = date_from_ms(now_ms)};
	struct person person = {0};
	struct erased erased = {0};
	tanu_status st = subject_person(s, &person, child, err);

	sweep.of_age =
	    tanu_age_on(person.born, sweep.today) >= settings_majority_years(&s->settings);
	mem_wipe(&person, sizeof(person));
	if (st == TANU_OK)
		st = papers_each(s, child, RECORD_GUARDIANSHIP, take_ending, &sweep, err);
	if (st < 0 || sweep.len == 0)
		goto out;
	if ((st = guardian_silence_ready(s, child, now_ms, err)) < 0 || (st = tx_begin(s, err)) < 0)
		goto out;
	if ((st = tx_end(s, end_found(s, &ending, child, &sweep, err), err)) == TANU_OK)
		st = tombstones_finish(s, &erased, err);
	if (st == TANU_OK)
		s->expired += ending.count;
out:
	mem_wipe(&sweep, sizeof(sweep));
	return st;
}

tanu_status guardian_leave(struct service *s, const tanu_id *guardian, tanu_error *err)
{
	struct id_list people = {0};
	tanu_status st = subject_ids(s, &people, err);

	for (size_t i = 0; i < people.len && st == TANU_OK; i++) {
		struct guardian_found found = {0};
		tanu_error why = {0};

		st = guardian_find(s, &found, &people.v[i], guardian, &why);
		if (st == TANU_OK && found.view.state != GUARDIAN_NONE &&
		    found.view.state != GUARDIAN_REMOVED)
			st = service_guardian_remove(s, &people.v[i], guardian, &why);
		if (st == TANU_DAMAGED || st == TANU_ERASED) /* no reason to keep her */
			st = TANU_OK;
		else if (st < 0 && err)
			*err = why;
	}
	id_list_free(&people);
	return st;
}
