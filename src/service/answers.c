/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Refused, withdrawn. A no is remembered with who said it: nobody asks again for a while,
 * and nobody else can turn it into a yes. For a minor that is so after a withdrawal too.
 */
#include "service/internal.h"

#include <stdio.h>
#include <string.h>

/* ---- who says it ---- */

static bool is_minor(const struct service *s, const struct person *person, int64_t now_ms)
{
	return tanu_age_on(person->born, date_from_ms(now_ms)) <
	       settings_majority_years(&s->settings);
}

static tanu_status say_check(struct service *s, bool *minor, const struct consent_say *say,
			     int64_t now_ms, tanu_error *err)
{
	struct person person = {0};
	tanu_status st;

	if (say->purposes & ~(unsigned)PURPOSES_ALL)
		return tanu_fail(err, TANU_ERR_USAGE, "purpose", "this is not a purpose");
	/* A no without a mouth holds for whoever's profile is damaged, too. */
	if (say->by == TANU_GIVER_NONE)
		return subject_must_exist(s, &say->subject, err);
	if ((st = subject_person(s, &person, &say->subject, err)) < 0)
		return st;
	*minor = is_minor(s, &person, now_ms);
	mem_wipe(&person, sizeof(person));
	if (say->by != TANU_GIVER_GUARDIAN)
		return TANU_OK;
	if (!*minor)
		return tanu_fail(err, TANU_ERR_CONSENT_RULE, "by",
				 "this person is of age: nobody speaks for her");
	return guardian_require(s, &say->subject, &say->guardian, date_from_ms(now_ms), err);
}

const char *giver_word(tanu_giver by, bool minor)
{
	if (by == TANU_GIVER_GUARDIAN)
		return "guardian";
	if (by == TANU_GIVER_SELF)
		return minor ? "child" : "self";
	return NULL;
}

/* ---- the record of a no ---- */

/* Of the guardian, the consents, and the number: filled in by the caller as far as there are any.
 */
static tanu_status no_record(struct service *s, struct buf *out, uint8_t digest[DIGEST_LEN],
			     const struct consent_say *say, struct record_act *act, tanu_error *err)
{
	struct guardian_found found = {0};
	tanu_status st = TANU_OK;

	act->s = s;
	act->subject = say->subject;
	id_new(s, &act->record);
	if (say->by == TANU_GIVER_GUARDIAN) {
		st = guardian_find(s, &found, &say->subject, &say->guardian, err);
		act->guardian = &found.view;
	}
	if (st == TANU_OK)
		st = consent_record_make(out, digest, act, err);
	act->guardian = NULL;
	mem_wipe(&found, sizeof(found));
	return st;
}

/* ---- a refusal, written down ---- */

struct refusing {
	struct service *s;
	const struct consent_say *say;
	const char *by;
	unsigned purposes;
	int64_t now_ms;
	struct consent_list ledger;
	tanu_id ids[PURPOSES_BITS]; /* of the rows */
	struct consent_detail
	    asked[PURPOSES_BITS]; /* what the request showed; giver as of the no */
	struct buf record;
	uint8_t digest[DIGEST_LEN]; /* of the record */
	uint64_t sequence;
};

static unsigned bit_of(tanu_purpose purpose)
{
	unsigned bit = 0;

	while (bit < PURPOSES_BITS - 1 && 1U << bit != (unsigned)purpose)
		bit++;
	return bit;
}

/* Copies the notice that a request showed: what she said no to. */
static tanu_status notice_of_request(void *self, const struct consent_row *row, tanu_error *err)
{
	struct refusing *r = self;
	struct consent_detail *asked = &r->asked[bit_of(row->consent.purpose)];

	if (row->consent.state != TANU_CONSENT_REQUESTED)
		return TANU_OK;
	consent_detail_free(asked);
	return consent_detail_open(r->s, asked, row, err);
}

/* One record for all purposes; it names the notice of the first that was asked for. */
static tanu_status refusal_record(struct refusing *r, tanu_error *err)
{
	struct notice_view notice = {0};
	struct record_act act = {.kind = CONSENT_RECORD_REFUSED,
				 .by = r->by,
				 .purposes = r->purposes,
				 .ids = r->ids,
				 .evidence = r->say->evidence,
				 .at_ms = r->now_ms};

	for (unsigned bit = 0; bit < PURPOSES_BITS && !act.notice; bit++) {
		const struct consent_detail *asked = &r->asked[bit];

		if (!(r->purposes & 1U << bit) || !asked->version[0])
			continue;
		memcpy(notice.version, asked->version, sizeof(notice.version));
		memcpy(notice.language, asked->language, sizeof(notice.language));
		memcpy(notice.sha256, asked->sha256, sizeof(notice.sha256));
		act.notice = &notice;
	}
	for (unsigned bit = 0; bit < PURPOSES_BITS; bit++)
		if (r->purposes & 1U << bit)
			id_new(r->s, &r->ids[bit]);
	return no_record(r->s, &r->record, r->digest, r->say, &act, err);
}

static tanu_status refusal_row(struct refusing *r, unsigned bit, tanu_error *err)
{
	struct consent_row row = {.consent = {.id = r->ids[bit],
					      .subject = r->say->subject,
					      .purpose = (tanu_purpose)(1U << bit),
					      .state = TANU_CONSENT_REFUSED,
					      .given_ms = r->now_ms,
					      .not_after_ms = r->now_ms,
					      .sequence = r->sequence}};
	struct consent_detail *detail = &r->asked[bit];
	tanu_status st;

	detail->giver = r->say->by;
	snprintf(detail->how, sizeof(detail->how), "%s", evidence_how(r->say->evidence));
	if (r->say->evidence)
		memcpy(detail->form, r->say->evidence->form_code, sizeof(detail->form));
	if (r->say->by == TANU_GIVER_GUARDIAN)
		detail->guardian = r->say->guardian;
	if (!detail->version[0])
		sha256(detail->sha256, NULL, 0);
	buf_put(&detail->record, r->record.data, r->record.len);
	if ((st = buf_check(&detail->record, err)) == TANU_OK &&
	    (st = consent_detail_seal(r->s, &row.detail, &r->say->subject, &row.consent.id, detail,
				      err)) == TANU_OK)
		st = DB(r->s, consent_put, &row, err);
	buf_free(&row.detail);
	return st;
}

static bool is_same_word(const tanu_consent *c, const struct consent_say *say)
{
	return c->giver == say->by &&
	       (say->by != TANU_GIVER_GUARDIAN || id_equal(&c->guardian, &say->guardian));
}

/* Answered requests, and an earlier no of the same mouth, give way to the new one. */
static tanu_status answers_replace(struct refusing *r, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < r->ledger.len && st == TANU_OK; i++) {
		const tanu_consent *c = &r->ledger.v[i];

		if (c->purpose & r->purposes &&
		    (c->state == TANU_CONSENT_REQUESTED ||
		     (c->state == TANU_CONSENT_REFUSED && is_same_word(c, r->say))))
			st = DB(r->s, consent_set, &c->id, TANU_CONSENT_REPLACED, r->sequence, err);
	}
	return st;
}

static tanu_status refusal_rows(struct refusing *r, tanu_error *err)
{
	struct event_record event = {
	    .type = TANU_EVENT_CONSENT_REFUSED, .purposes = r->purposes, .by = r->by};
	const tanu_id *subject = &r->say->subject;
	struct service *s = r->s;
	tanu_status st;

	if ((st = ledger_load(s, &r->ledger, subject, err)) < 0 ||
	    (st = DB(s, consent_each, subject, notice_of_request, r, err)) < 0 ||
	    (st = refusal_record(r, err)) < 0 || (st = DB(s, sequence_next, &r->sequence, err)) < 0)
		return st;
	for (unsigned bit = 0; bit < PURPOSES_BITS && st == TANU_OK; bit++)
		if (r->purposes & 1U << bit)
			st = refusal_row(r, bit, err);
	if (st < 0 || (st = answers_replace(r, err)) < 0 ||
	    (st = DB(s, subject_set, subject, SUBJECT_ACTIVE, r->sequence, err)) < 0 ||
	    (st = head_set_consents(s, subject, err)) < 0)
		return st;
	memcpy(event.document, r->digest, sizeof(event.document));
	return history_put(s, subject, r->sequence, r->now_ms, &event, err);
}

/* Part of a transaction: from now on these purposes are refused by who says so. */
static tanu_status refusals_put(struct service *s, const struct consent_say *say, unsigned purposes,
				const char *by, int64_t now_ms, tanu_error *err)
{
	struct refusing r = {.s = s, .say = say, .by = by, .purposes = purposes, .now_ms = now_ms};
	tanu_status st = refusal_rows(&r, err);

	for (unsigned bit = 0; bit < PURPOSES_BITS; bit++)
		consent_detail_free(&r.asked[bit]);
	consent_list_free(&r.ledger);
	buf_wipe(&r.record);
	return st;
}

/* ---- a withdrawal, written down ---- */

static tanu_status termination_put(struct service *s, struct ending *ending,
				   const struct consent_say *say, tanu_error *err)
{
	tanu_id ids[PURPOSES_BITS] = {{{0}}};
	struct record_act act = {
	    .kind = CONSENT_RECORD_ENDED, .by = ending->by, .ids = ids, .at_ms = ending->now_ms};
	struct consent_list ledger = {0};
	struct buf record = {0};
	tanu_status st = ledger_load_unchecked(s, &ledger, &say->subject, err);

	for (size_t i = 0; i < ledger.len; i++)
		if (ending_takes(ending, &ledger.v[i])) {
			act.purposes |= ledger.v[i].purpose;
			ids[bit_of(ledger.v[i].purpose)] = ledger.v[i].id;
		}
	if (st < 0 || act.purposes == 0)
		goto out;
	if ((st = no_record(s, &record, ending->document, say, &act, err)) == TANU_OK)
		st = paper_put(s, NULL, &say->subject, RECORD_RECEIPT, ending->now_ms, record.data,
			       record.len, err);
out:
	consent_list_free(&ledger);
	buf_wipe(&record);
	return st;
}

/* A damaged profile or paper stops no withdrawal; then there is no record of it. */
static tanu_status termination_try(struct service *s, struct ending *ending,
				   const struct consent_say *say, tanu_error *err)
{
	tanu_error why = {0};
	tanu_status st = termination_put(s, ending, say, &why);

	if (st == TANU_DAMAGED || st == TANU_ERASED) {
		memset(ending->document, 0, sizeof(ending->document));
		return TANU_OK;
	}
	if (st < 0 && err)
		*err = why;
	return st;
}

/* ---- the acts ---- */

/* What the no was signed on. */
static tanu_status evidence_rows(struct service *s, const struct consent_say *say, int64_t now_ms,
				 tanu_error *err)
{
	tanu_status st = evidence_put(s, &say->subject, say->evidence, now_ms, err);

	if (st < 0 || !say->evidence)
		return st;
	return form_note(s, &say->subject, &say->evidence->form, 0, say->purposes, err);
}

/* Part of a transaction. `refuse`: a no to all purposes named; else to what this ends, if it lasts.
 */
static tanu_status no_rows(struct service *s, struct ending *ending, const struct consent_say *say,
			   bool refuse, bool minor, tanu_error *err)
{
	unsigned purposes;
	tanu_status st;

	if ((st = evidence_rows(s, say, ending->now_ms, err)) < 0 ||
	    (st = termination_try(s, ending, say, err)) < 0 ||
	    (st = consents_end(s, ending, &say->subject, err)) < 0)
		return st;
	purposes = refuse ? ending->purposes & PURPOSES_ALL : ending->ended;
	if (purposes == 0 || !(refuse || (minor && say->by != TANU_GIVER_NONE)))
		return TANU_OK;
	return refusals_put(s, say, purposes, ending->by, ending->now_ms, err);
}

static tanu_status say_no(struct service *s, struct erasure_receipt *out,
			  const struct consent_say *say, bool refuse, tanu_error *err)
{
	struct ending ending = {.state = TANU_CONSENT_WITHDRAWN,
				.event = TANU_EVENT_CONSENT_WITHDRAWN,
				.purposes = say->purposes ? say->purposes : ~0u,
				.now_ms = clock_now(&s->clock)};
	struct erased erased = {0};
	bool minor = false;
	tanu_status st;

	if ((st = say_check(s, &minor, say, ending.now_ms, err)) < 0 ||
	    (st = evidence_check(say->evidence, err)) < 0 ||
	    (st = history_ready(s, &say->subject, 1, ending.now_ms, err)) < 0 ||
	    (st = tx_begin(s, err)) < 0)
		return st;
	ending.by = giver_word(say->by, minor);
	st = tx_end(s, no_rows(s, &ending, say, refuse, minor, err), err);
	if (st < 0 || (st = tombstones_finish(s, &erased, err)) < 0)
		return st;
	erasure_receipt_fill(s, out, &say->subject, &ending);
	return TANU_OK;
}

tanu_status service_consent_refuse(struct service *s, struct erasure_receipt *out,
				   const struct consent_say *say, tanu_error *err)
{
	if (say->by == TANU_GIVER_NONE)
		return tanu_fail(err, TANU_ERR_USAGE, "by",
				 "say who refuses: self, child or guardian");
	return say_no(s, out, say, true, err);
}

tanu_status service_consent_withdraw_by(struct service *s, struct erasure_receipt *out,
					const struct consent_say *say, tanu_error *err)
{
	return say_no(s, out, say, false, err);
}

tanu_status service_consent_withdraw(struct service *s, struct erasure_receipt *out,
				     const tanu_id *subject, unsigned purposes, tanu_error *err)
{
	struct consent_say say = {.subject = *subject, .purposes = purposes};

	return say_no(s, out, &say, false, err);
}
