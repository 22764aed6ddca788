/* SPDX-License-Identifier: Apache-2.0 */
/* What a person does by herself without ending anything: lock her face, object to an entry; and the
 * trace that a look at her leaves. */
#include "service/internal.h"

#include <stdio.h>

tanu_status lock_require(struct service *s, const tanu_id *subject, tanu_error *err)
{
	struct ledger_head head = {0};
	tanu_status st = head_get(s, &head, subject, err);

	if (st == TANU_OK && head.locked)
		return tanu_fail(err, TANU_ERR_HELD, NULL,
				 "this face is locked by its owner: use the way without a face");
	return st;
}

/* An act on the ledger, so that permits which were issued before it are void. */
static tanu_status act(struct service *s, const tanu_id *subject, const bool *lock,
		       const struct event_record *event, int64_t now_ms, tanu_error *err)
{
	struct profile profile = {0};
	uint64_t sequence = 0;
	tanu_status st = TANU_OK;

	if (lock && (st = profile_get(s, &profile, subject, err)) == TANU_OK) {
		profile.head.locked = *lock;
		st = profile_set(s, subject, &profile, err);
	}
	mem_wipe(&profile, sizeof(profile));
	if (st < 0 || (st = DB(s, sequence_next, &sequence, err)) < 0 ||
	    (st = DB(s, subject_set, subject, SUBJECT_ACTIVE, sequence, err)) < 0)
		return st;
	return history_put(s, subject, sequence, now_ms, event, err);
}

static tanu_status act_now(struct service *s, const tanu_id *subject, const bool *lock,
			   const struct event_record *event, tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	tanu_status st;

	if ((st = history_ready(s, subject, 1, now_ms, err)) < 0 || (st = tx_begin(s, err)) < 0)
		return st;
	return tx_end(s, act(s, subject, lock, event, now_ms, err), err);
}

tanu_status service_subject_lock(struct service *s, const tanu_id *subject, bool locked,
				 const char *by, tanu_error *err)
{
	struct event_record event = {.type = locked ? TANU_EVENT_LOCKED : TANU_EVENT_UNLOCKED,
				     .by = by};
	struct ledger_head head = {0};
	tanu_status st;

	if ((st = subject_must_exist(s, subject, err)) < 0 ||
	    (st = head_get(s, &head, subject, err)) < 0 || head.locked == locked)
		return st;
	return act_now(s, subject, &locked, &event, err);
}

tanu_status service_staff_look(struct service *s, const tanu_id *subject, tanu_error *err)
{
	struct event_record event = {.type = TANU_EVENT_STAFF_LOOK, .by = "officer"};
	int64_t now_ms = clock_now(&s->clock);
	tanu_status st;

	if ((st = subject_must_exist(s, subject, err)) < 0 ||
	    (st = history_ready(s, subject, 1, now_ms, err)) < 0 || (st = tx_begin(s, err)) < 0)
		return st;
	return tx_end(s, history_put(s, subject, 0, now_ms, &event, err), err);
}

struct finding {
	const tanu_id *event;
	bool found;
};

static tanu_status find_event(void *self, const struct history_view *v, tanu_error *err)
{
	struct finding *f = self;

	(void)err;
	f->found = f->found || id_equal(&v->id, f->event);
	return TANU_OK;
}

tanu_status service_object(struct service *s, const tanu_id *subject, const tanu_id *event,
			   const char *by, tanu_error *err)
{
	struct event_record record = {.type = TANU_EVENT_OBJECTED, .about = *event, .by = by};
	struct finding f = {.event = event};
	tanu_status st = service_history_each(s, subject, find_event, &f, err);

	if (st == TANU_OK && !f.found)
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, "event",
			       "there is no such entry in this history");
	return st == TANU_OK ? act_now(s, subject, NULL, &record, err) : st;
}

tanu_status service_capture_check(struct service *s, const tanu_id *subject, tanu_purpose purpose,
				  tanu_error *err)
{
	struct consent_list ledger = {0};
	tanu_purpose covers = TANU_PURPOSE_NONE;
	bool there = false;
	tanu_status st = subject_must_exist(s, subject, err);

	if (st < 0)
		return st;
	if (purpose == TANU_PURPOSE_NONE) {
		st = cover_require(s, &ledger, &covers, subject, clock_now(&s->clock), err);
	} else if ((st = purpose_must_recognise(purpose, err)) == TANU_OK &&
		   (st = lock_require(s, subject, err)) == TANU_OK &&
		   (st = consent_require(s, &ledger, subject, purpose, clock_now(&s->clock),
					 err)) == TANU_OK &&
		   (st = reference_exists(s, &there, subject, err)) == TANU_OK && !there &&
		   service_storage(s) == STORAGE_VAULT) {
		st = tanu_fail(err, TANU_ERR_NO_REFERENCE, NULL,
			       "nobody is enrolled under this person yet");
	}
	consent_list_free(&ledger);
	return st;
}
