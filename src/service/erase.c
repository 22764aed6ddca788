/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Withdrawal and leaving. The order, so that a crash anywhere leaves either the old state or an
 * erasure that the next opening finishes:
 *   1. one transaction: consents ended, tombstone set. From its commit nothing matches any more.
 *   2. the key is killed, its bucket written anew under a fresh epoch, and fsynced.
 *   3. one transaction: rows deleted, tombstone removed.
 *   4. the write-ahead log is truncated.
 *   5. the receipt.
 */
#include "service/internal.h"

#include <string.h>

/* ---- step 1 ---- */

/*
 * What becomes of the reference: another live consent takes it, or a tombstone. One on a pass hangs
 * on no consent: while any is live its key stays.
 */
static tanu_status reference_rehang(struct service *s, struct ending *ending,
				    const struct consent_list *left, const tanu_id *subject,
				    tanu_error *err)
{
	const tanu_consent *cover = ledger_cover(left, subject, ending->now_ms);
	struct tombstone_row tombstone = {
	    .subject = *subject, .kind = TOMBSTONE_BIO, .requested_ms = ending->now_ms};
	bool enrolled = false, on_pass = false;
	tanu_status st;

	if ((st = reference_exists(s, &enrolled, subject, err)) < 0 ||
	    (st = pass_exists(s, &on_pass, subject, err)) < 0 || !(enrolled || on_pass))
		return st;
	if (cover)
		return enrolled ? DB(s, reference_hold, subject, &cover->id, err) : TANU_OK;
	if ((st = DB(s, tombstone_put, &tombstone, err)) == TANU_OK)
		ending->entombed = true;
	return st;
}

/* A request that nobody answered in time expires too. */
bool ending_takes(const struct ending *ending, const tanu_consent *c)
{
	bool past = ending->now_ms >= c->not_after_ms;

	if (!(c->purpose & ending->purposes) ||
	    (ending->guardians && c->giver != TANU_GIVER_GUARDIAN) ||
	    (ending->guardian && !id_equal(ending->guardian, &c->guardian)))
		return false;
	if (c->state == TANU_CONSENT_REQUESTED)
		return ending->expired && past;
	return c->state == TANU_CONSENT_GIVEN && past == ending->expired;
}

/* What a guardian agreed to up to majority does not expire then: it lapses. */
static bool lapses(const struct ending *ending, const tanu_consent *c)
{
	return ending->majority_ms && c->state == TANU_CONSENT_GIVEN &&
	       c->giver == TANU_GIVER_GUARDIAN && c->not_after_ms >= ending->majority_ms;
}

static tanu_status consent_end(struct service *s, const struct ending *ending,
			       const tanu_consent *c, tanu_error *err)
{
	bool lapsed = lapses(ending, c);
	struct event_record event = {.type = lapsed ? TANU_EVENT_CONSENT_LAPSED : ending->event,
				     .purposes = c->purpose,
				     .about = c->id,
				     .by = ending->by};
	uint64_t sequence = 0;
	tanu_status st;

	memcpy(event.document, ending->document, sizeof(event.document));
	if (ending->expired && ending->entombed)
		erasure_note_time(s, c->not_after_ms, ending->now_ms);
	if ((st = DB(s, sequence_next, &sequence, err)) < 0 ||
	    (st = DB(s, consent_set, &c->id, lapsed ? TANU_CONSENT_LAPSED : ending->state, sequence,
		     err)) < 0 ||
	    (st = DB(s, subject_set, &c->subject, SUBJECT_ACTIVE, sequence, err)) < 0)
		return st;
	if (event.type == TANU_EVENT_NONE)
		return TANU_OK;
	return history_note(s, &c->subject, sequence, ending->now_ms, &event, err);
}

/* Who leaves needs no head any more; a damaged profile does not stop the end of all consents. */
static tanu_status head_renew(struct service *s, const struct ending *ending,
			      const tanu_id *subject, tanu_error *err)
{
	tanu_error why = {0};
	tanu_status st;

	if (ending->event == TANU_EVENT_NONE || ending->count == 0)
		return TANU_OK;
	st = head_set_consents(s, subject, &why);
	if (st == TANU_OK || st == TANU_DAMAGED)
		return TANU_OK;
	if (err)
		*err = why;
	return st;
}

tanu_status consents_end(struct service *s, struct ending *ending, const tanu_id *subject,
			 tanu_error *err)
{
	bool all = ending->purposes == ~0u && !ending->expired && !ending->guardians;
	struct consent_list left = {0}, gone = {0};
	tanu_status st = all ? ledger_load_unchecked(s, &left, subject, err)
			     : ledger_load(s, &left, subject, err);

	for (size_t i = 0; i < left.len && st == TANU_OK; i++) {
		tanu_consent *c = &left.v[i];

		if (!ending_takes(ending, c))
			continue;
		st = consent_list_add(&gone, c, err);
		if (c->state == TANU_CONSENT_GIVEN)
			ending->ended |= c->purpose;
		c->state = ending->state;
		ending->count++;
	}
	if (st == TANU_OK)
		st = reference_rehang(s, ending, &left, subject, err);
	for (size_t i = 0; i < gone.len && st == TANU_OK; i++)
		st = consent_end(s, ending, &gone.v[i], err);
	if (st == TANU_OK)
		st = head_renew(s, ending, subject, err);
	if (st == TANU_OK && (ending->entombed || ending->ended & TANU_PURPOSE_CALIBRATION))
		st = lookalikes_drop(s, subject, err);
	consent_list_free(&left);
	consent_list_free(&gone);
	return st;
}

/* ---- steps 2 to 4 ---- */

/* What the tombstones ask for. A subject that leaves altogether is not in `bio`. */
struct erasure {
	struct service *s;
	struct id_list bio, leaving, both;
	int64_t now_ms;
};

static tanu_status take_tombstone(void *self, const struct tombstone_row *row, tanu_error *err)
{
	struct erasure *e = self;

	erasure_note_time(e->s, row->requested_ms, e->now_ms);
	return id_list_add(row->kind == TOMBSTONE_SUBJECT ? &e->leaving : &e->both, &row->subject,
			   err);
}

static tanu_status erasure_load(struct erasure *e, tanu_error *err)
{
	tanu_status st = DB(e->s, tombstone_each, take_tombstone, e, err);

	id_list_sort(&e->leaving);
	for (size_t i = 0; i < e->both.len && st == TANU_OK; i++)
		if (!id_list_has(&e->leaving, &e->both.v[i]))
			st = id_list_add(&e->bio, &e->both.v[i], err);
	id_list_sort(&e->bio);
	return st;
}

static tanu_status erasure_kill(struct erasure *e, tanu_error *err)
{
	struct key_list keys = {0};
	uint64_t sequence = 0;
	tanu_status st = erasure_name(e->s, &e->bio, &e->leaving, err);

	for (size_t i = 0; i < e->bio.len && st == TANU_OK; i++)
		if ((st = key_list_add(&keys, &e->bio.v[i], KEY_BIO, 0, err)) == TANU_OK)
			st = pass_keys(e->s, &keys, &e->bio.v[i], err);
	if (st == TANU_OK)
		st = ledger_sequence(e->s, &sequence, err);
	if (st == TANU_OK && keys.len)
		st = vault_kill_keys(e->s->vault, keys.v, keys.len, sequence, err);
	if (st == TANU_OK && e->leaving.len)
		st = vault_kill_subjects(e->s->vault, e->leaving.v, e->leaving.len, sequence, err);
	key_list_free(&keys);
	return st;
}

static tanu_status erasure_rows(struct erasure *e, int64_t now_ms, tanu_error *err)
{
	struct event_record event = {.type = TANU_EVENT_REFERENCE_ERASED};
	struct service *s = e->s;
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < e->bio.len && st == TANU_OK; i++) {
		const tanu_id *id = &e->bio.v[i];

		if ((st = DB(s, reference_delete, id, err)) == TANU_OK &&
		    (st = passes_mark(s, id, now_ms, err)) == TANU_OK &&
		    (st = history_note(s, id, 0, now_ms, &event, err)) == TANU_OK)
			st = DB(s, tombstone_delete, id, TOMBSTONE_BIO, err);
	}
	for (size_t i = 0; i < e->leaving.len && st == TANU_OK; i++) {
		const tanu_id *id = &e->leaving.v[i];

		if ((st = DB(s, subject_delete, id, err)) == TANU_OK &&
		    (st = journal_release(s, id, err)) == TANU_OK &&
		    (st = DB(s, tombstone_delete, id, TOMBSTONE_BIO, err)) == TANU_OK)
			st = DB(s, tombstone_delete, id, TOMBSTONE_SUBJECT, err);
	}
	return st;
}

/*
 * The texts of who leaves are overwritten while her log key can still find them. Trouble of the
 * log's files holds up no erasure: the texts are sealed under a key that dies next.
 */
static tanu_status erasure_texts(struct erasure *e, tanu_error *err)
{
	struct service *s = e->s;
	tanu_error why = {0};
	tanu_status st;

	if (e->leaving.len == 0)
		return TANU_OK;
	if ((st = journal_append(s, &why)) == TANU_OK)
		st = journal_forget(s, e->leaving.v, e->leaving.len, NULL, &why);
	if (st == TANU_MEMORY) {
		if (err)
			*err = why;
		return st;
	}
	return TANU_OK;
}

static tanu_status erasure_do(struct erasure *e, tanu_error *err)
{
	struct service *s = e->s;
	int64_t now_ms = e->now_ms;
	tanu_status st;

	if ((st = erasure_texts(e, err)) < 0 || (st = erasure_kill(e, err)) < 0 ||
	    (st = history_ready(s, e->bio.v, e->bio.len, now_ms, err)) < 0 ||
	    (st = tx_begin(s, err)) < 0)
		return st;
	if ((st = recovery_note_erased(s, &e->leaving, now_ms, err)) == TANU_OK)
		st = erasure_rows(e, now_ms, err);
	if ((st = tx_end(s, st, err)) < 0)
		return st;
	return s->store->calls->scrub(s->store, err);
}

tanu_status tombstones_finish(struct service *s, struct erased *out, tanu_error *err)
{
	struct erasure e = {.s = s, .now_ms = clock_now(&s->clock)};
	tanu_status st = erasure_load(&e, err);

	s->gone.len = 0;

	if (st == TANU_OK && e.bio.len + e.leaving.len > 0)
		st = erasure_do(&e, err);
	if (st == TANU_OK)
		*out = (struct erased){.tombstones = e.bio.len + e.leaving.len};
	id_list_free(&e.bio);
	id_list_free(&e.leaving);
	id_list_free(&e.both);
	return st;
}

/* ---- the acts ---- */

void erasure_receipt_fill(struct service *s, struct erasure_receipt *out, const tanu_id *subject,
			  const struct ending *ending)
{
	*out = (struct erasure_receipt){.subject = *subject,
					.purposes = ending->ended,
					.reference_erased = ending->entombed,
					.requested_ms = ending->now_ms,
					.executed_ms = clock_now(&s->clock)};
	id_new(s, &out->receipt);
	recovery_tell(s);
	erasure_receipt_detail(s, out);
}

static struct ending withdrawal(struct service *s, unsigned purposes, tanu_event event)
{
	return (struct ending){.state = TANU_CONSENT_WITHDRAWN,
			       .event = event,
			       .purposes = purposes ? purposes : ~0u,
			       .now_ms = clock_now(&s->clock)};
}

/* Counts the live consents that a guardian has given for others. */
struct ward_count {
	struct service *s;
	const tanu_id *guardian;
	int64_t now_ms;
	size_t found;
};

static tanu_status count_ward(void *self, const struct consent_row *row, tanu_error *err)
{
	struct ward_count *count = self;
	struct consent_detail detail = {0};
	tanu_status st;

	if (id_equal(&row->consent.subject, count->guardian) ||
	    tanu_consent_state_at(&row->consent, count->now_ms) != TANU_CONSENT_GIVEN)
		return TANU_OK;
	st = consent_detail_open(count->s, &detail, row, err);
	if (st == TANU_DAMAGED) /* it counts for nobody: ledger_load refuses it */
		return TANU_OK;
	if (st < 0)
		return st;
	count->found +=
	    detail.giver == TANU_GIVER_GUARDIAN && id_equal(&detail.guardian, count->guardian);
	consent_detail_free(&detail);
	return TANU_OK;
}

/* Her leaving must not silently end, or silently keep, what she agreed to for a child. */
static tanu_status refuse_guardian(struct service *s, const tanu_id *subject, tanu_error *err)
{
	struct ward_count count = {.s = s, .guardian = subject, .now_ms = clock_now(&s->clock)};
	tanu_status st = DB(s, consent_each, NULL, count_ward, &count, err);

	if (st == TANU_OK && count.found > 0)
		st = tanu_fail(
		    err, TANU_ERR_CONSENT_RULE, NULL,
		    "this person gave %zu live consent%s as a guardian: withdraw them, or "
		    "let another guardian give them, then remove her",
		    count.found, count.found == 1 ? "" : "s");
	return st;
}

static void farewell_keep(struct service *s, const tanu_id *subject, const struct buf *text,
			  const struct buf *record)
{
	struct ledger_head head = {0};

	buf_free(&s->farewell.record);
	s->farewell = (struct farewell){0};
	if (head_get(s, &head, subject, NULL) < 0 || text->len > TANU_EVENT_MAX)
		return;
	s->farewell.subject = *subject;
	s->farewell.generation = head.log.generation;
	s->farewell.n = head.log.n - 1;
	s->farewell.leaf = head.log.last;
	memcpy(s->farewell.event, text->data, text->len);
	buf_put(&s->farewell.record, record->data, record->len);
}

/*
 * Her last leaf, made while her log key is there; it waits until she is gone. It commits to the
 * record of her erasure, which nobody gets before it is carried out.
 */
static tanu_status farewell_put(struct service *s, const struct erasure_receipt *erased,
				uint64_t sequence, tanu_error *err)
{
	struct event_record event = {.type = TANU_EVENT_SUBJECT_REMOVED,
				     .at_ms = erased->requested_ms,
				     .sequence = sequence,
				     .by = "site"};
	const tanu_id *subject = &erased->subject;
	struct ledger_head head = {0};
	struct buf text = {0}, record = {0};
	tanu_error why = {0};
	tanu_status st = head_get(s, &head, subject, &why);

	event.before = head.log.n;
	for (unsigned g = 0; g < head.log.generation; g++)
		event.before += head.log.ended[g];
	if (st == TANU_OK && (st = erasure_record_encode(&record, erased, &why)) == TANU_OK) {
		sha256(event.document, record.data, record.len);
		if ((st = event_encode(&text, &event, &why)) == TANU_OK &&
		    (st = journal_put(s, subject, event.at_ms, &text, true, &why)) == TANU_OK)
			farewell_keep(s, subject, &text, &record);
	}
	buf_free(&text);
	buf_free(&record);
	/* a damaged profile has no place in the log any more, and may leave all the same */
	if (st == TANU_OK || st == TANU_DAMAGED || st == TANU_ERASED)
		return TANU_OK;
	if (err)
		*err = why;
	return st;
}

/* What will have been erased; told only when it was. */
static tanu_status farewell_fill(struct service *s, struct erasure_receipt *out,
				 const tanu_id *subject, const struct ending *ending,
				 tanu_error *err)
{
	struct id_list none = {0}, leaving = {0};
	tanu_status st;

	if ((st = id_list_add(&leaving, subject, err)) == TANU_OK &&
	    (st = erasure_name(s, &none, &leaving, err)) == TANU_OK) {
		*out = (struct erasure_receipt){.subject = *subject,
						.purposes = ending->ended,
						.reference_erased = ending->entombed,
						.profile_erased = true,
						.requested_ms = ending->now_ms,
						.executed_ms = clock_now(&s->clock)};
		id_new(s, &out->receipt);
		erasure_receipt_detail(s, out);
		erasure_receipt_expect(s, out);
		out->reference_kept = false;
		out->holder_told = false; /* that comes after it */
	}
	id_list_free(&leaving);
	return st;
}

static tanu_status subject_entomb(struct service *s, struct erasure_receipt *out,
				  struct ending *ending, const tanu_id *subject, tanu_error *err)
{
	struct tombstone_row tombstone = {
	    .subject = *subject, .kind = TOMBSTONE_SUBJECT, .requested_ms = ending->now_ms};
	uint64_t sequence = 0;
	tanu_status st;

	if ((st = consents_end(s, ending, subject, err)) < 0 ||
	    (st = DB(s, sequence_next, &sequence, err)) < 0 ||
	    (st = farewell_fill(s, out, subject, ending, err)) < 0 ||
	    (st = farewell_put(s, out, sequence, err)) < 0 ||
	    (st = DB(s, subject_set, subject, SUBJECT_LEAVING, sequence, err)) < 0)
		return st;
	return DB(s, tombstone_put, &tombstone, err);
}

tanu_status service_subject_remove(struct service *s, struct erasure_receipt *out,
				   const tanu_id *subject, tanu_error *err)
{
	struct ending ending = withdrawal(s, 0, TANU_EVENT_NONE);
	struct erasure_receipt receipt = {0};
	struct erased erased = {0};
	tanu_status st;

	if ((st = subject_must_exist(s, subject, err)) < 0 ||
	    (st = refuse_guardian(s, subject, err)) < 0 ||
	    (st = guardian_leave(s, subject, err)) < 0 || (st = tx_begin(s, err)) < 0)
		return st;
	st = subject_entomb(s, &receipt, &ending, subject, err);
	if ((st = tx_end(s, st, err)) < 0 || (st = tombstones_finish(s, &erased, err)) < 0)
		return st;
	recovery_tell(s);
	receipt.holder_told = erasure_holder_told(s, &receipt);
	*out = receipt;
	return TANU_OK;
}
