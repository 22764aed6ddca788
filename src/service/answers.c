/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asked, refused, withdrawn. A no is remembered with who said it: nobody asks again for a while,
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

/* ---- a no, written down ---- */

struct refusing {
	struct service *s;
	tanu_purpose purpose;
	struct consent_detail detail;
};

/* Copies the notice that a request showed: what she said no to. */
static tanu_status notice_of_request(void *self, const struct consent_row *row, tanu_error *err)
{
	struct refusing *r = self;
	struct consent_detail detail = {0};
	tanu_status st;

	if (row->consent.state != TANU_CONSENT_REQUESTED || row->consent.purpose != r->purpose)
		return TANU_OK;
	if ((st = consent_detail_open(r->s, &detail, row, err)) < 0)
		return st;
	detail.giver = r->detail.giver;
	detail.guardian = r->detail.guardian;
	consent_detail_free(&r->detail);
	r->detail = detail;
	return TANU_OK;
}

static tanu_status refusal_put_row(struct refusing *r, const tanu_id *subject, int64_t now_ms,
				   uint64_t sequence, tanu_error *err)
{
	struct consent_row row = {.consent = {.subject = *subject,
					      .purpose = r->purpose,
					      .state = TANU_CONSENT_REFUSED,
					      .given_ms = now_ms,
					      .not_after_ms = now_ms,
					      .sequence = sequence}};
	tanu_status st;

	id_new(r->s, &row.consent.id);
	sha256(r->detail.sha256, NULL, 0);
	if ((st = DB(r->s, consent_each, subject, notice_of_request, r, err)) == TANU_OK &&
	    (st = consent_detail_seal(r->s, &row.detail, subject, &row.consent.id, &r->detail,
				      err)) == TANU_OK)
		st = DB(r->s, consent_put, &row, err);
	buf_free(&row.detail);
	consent_detail_free(&r->detail);
	return st;
}

static bool is_same_word(const tanu_consent *c, const struct consent_say *say)
{
	return c->giver == say->by &&
	       (say->by != TANU_GIVER_GUARDIAN || id_equal(&c->guardian, &say->guardian));
}

/* Answered requests, and an earlier no of the same mouth, give way to the new one. */
static tanu_status answers_replace(struct service *s, const struct consent_list *ledger,
				   const struct consent_say *say, tanu_purpose purpose,
				   uint64_t sequence, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < ledger->len && st == TANU_OK; i++) {
		const tanu_consent *c = &ledger->v[i];

		if (c->purpose == purpose &&
		    (c->state == TANU_CONSENT_REQUESTED ||
		     (c->state == TANU_CONSENT_REFUSED && is_same_word(c, say))))
			st = DB(s, consent_set, &c->id, TANU_CONSENT_REPLACED, sequence, err);
	}
	return st;
}

static tanu_status refuse_one(struct service *s, const struct consent_list *ledger,
			      const struct consent_say *say, tanu_purpose purpose, int64_t now_ms,
			      uint64_t sequence, tanu_error *err)
{
	struct refusing r = {.s = s, .purpose = purpose, .detail = {.giver = say->by}};
	tanu_status st;

	if (say->by == TANU_GIVER_GUARDIAN)
		r.detail.guardian = say->guardian;
	if ((st = refusal_put_row(&r, &say->subject, now_ms, sequence, err)) < 0)
		return st;
	return answers_replace(s, ledger, say, purpose, sequence, err);
}

/* Part of a transaction: from now on these purposes are refused by who says so. */
static tanu_status refusals_put(struct service *s, const struct consent_say *say, unsigned purposes,
				const char *by, int64_t now_ms, tanu_error *err)
{
	struct event_record event = {
	    .type = TANU_EVENT_CONSENT_REFUSED, .purposes = purposes, .by = by};
	struct consent_list ledger = {0};
	uint64_t sequence = 0;
	tanu_status st;

	if ((st = ledger_load(s, &ledger, &say->subject, err)) < 0 ||
	    (st = DB(s, sequence_next, &sequence, err)) < 0)
		goto out;
#define X(name, bit, word)                                     \
	if (st == TANU_OK && (purposes & TANU_PURPOSE_##name)) \
		st = refuse_one(s, &ledger, say, TANU_PURPOSE_##name, now_ms, sequence, err);
	TANU_PURPOSE_LIST(X)
#undef X
	if (st == TANU_OK &&
	    (st = DB(s, subject_set, &say->subject, SUBJECT_ACTIVE, sequence, err)) == TANU_OK &&
	    (st = head_set_consents(s, &say->subject, err)) == TANU_OK)
		st = history_put(s, &say->subject, sequence, now_ms, &event, err);
out:
	consent_list_free(&ledger);
	return st;
}

/* ---- the acts ---- */

/* `refuse`: a no to all purposes named; else a no to what this has ended, if it must last. */
static tanu_status say_no(struct service *s, struct erasure_receipt *out,
			  const struct consent_say *say, bool refuse, tanu_error *err)
{
	struct ending ending = {.state = TANU_CONSENT_WITHDRAWN,
				.event = TANU_EVENT_CONSENT_WITHDRAWN,
				.purposes = say->purposes ? say->purposes : ~0u,
				.now_ms = clock_now(&s->clock)};
	struct erased erased = {0};
	unsigned purposes;
	bool minor = false;
	tanu_status st;

	if ((st = say_check(s, &minor, say, ending.now_ms, err)) < 0 ||
	    (st = history_ready(s, &say->subject, 1, ending.now_ms, err)) < 0 ||
	    (st = tx_begin(s, err)) < 0)
		return st;
	ending.by = giver_word(say->by, minor);
	st = consents_end(s, &ending, &say->subject, err);
	purposes = refuse ? ending.purposes & PURPOSES_ALL : ending.ended;
	if (st == TANU_OK && purposes && (refuse || (minor && say->by != TANU_GIVER_NONE)))
		st = refusals_put(s, say, purposes, ending.by, ending.now_ms, err);
	if ((st = tx_end(s, st, err)) < 0 || (st = tombstones_finish(s, &erased, err)) < 0)
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

/* ---- asking ---- */

/* The latest yes and no to each purpose, by its bit. */
struct memory {
	unsigned purposes; /* asked for */
	int64_t yes_ms[PURPOSES_BITS], no_ms[PURPOSES_BITS];
};

static void remember(int64_t times[PURPOSES_BITS], unsigned purposes, int64_t at_ms)
{
	for (unsigned bit = 0; bit < PURPOSES_BITS; bit++)
		if (purposes & 1U << bit && at_ms > times[bit])
			times[bit] = at_ms;
}

static tanu_status remember_event(void *self, const struct history_view *v, tanu_error *err)
{
	struct memory *m = self;

	(void)err;
	if (v->event == TANU_EVENT_CONSENT_GIVEN)
		remember(m->yes_ms, v->purposes, v->at_ms);
	else if (v->event == TANU_EVENT_CONSENT_REFUSED || v->event == TANU_EVENT_CONSENT_WITHDRAWN)
		remember(m->no_ms, v->purposes, v->at_ms);
	return TANU_OK;
}

static tanu_status fail_asked(tanu_purpose purpose, int64_t no_ms, int64_t again_ms,
			      tanu_error *err)
{
	char said[TIME_TEXT_LEN], again[TIME_TEXT_LEN];

	time_text(said, no_ms);
	time_text(again, again_ms);
	return tanu_fail(err, TANU_ERR_HELD, tanu_purpose_name(purpose),
			 "the answer was no on %.10s: do not ask again before %.10s; whoever "
			 "changes her mind comes by herself",
			 said, again);
}

/* Nobody is asked every morning. Standing refusals count also when their history is erased. */
static tanu_status check_memory(struct service *s, const struct consent_list *ledger,
				const struct consent_order *order, int64_t now_ms, tanu_error *err)
{
	int64_t rest_ms = settings_int(&s->settings, "consent.ask_again_days") * DAY_MS;
	struct memory m = {0};
	tanu_status st = service_history_each(s, &order->subject, remember_event, &m, err);

	if (st < 0)
		return st;
	for (size_t i = 0; i < ledger->len; i++)
		if (ledger->v[i].state == TANU_CONSENT_REFUSED)
			remember(m.no_ms, ledger->v[i].purpose, ledger->v[i].given_ms);
	for (unsigned bit = 0; bit < PURPOSES_BITS; bit++)
		if (order->purposes & 1U << bit && m.no_ms[bit] > m.yes_ms[bit] &&
		    now_ms < m.no_ms[bit] + rest_ms)
			return fail_asked((tanu_purpose)(1U << bit), m.no_ms[bit],
					  m.no_ms[bit] + rest_ms, err);
	return TANU_OK;
}

static tanu_status request_one(struct service *s, const struct consent_list *ledger,
			       const struct consent_order *order, tanu_purpose purpose,
			       int64_t now_ms, uint64_t sequence, tanu_error *err)
{
	int64_t days = settings_int(&s->settings, "consent.request_days");
	struct consent_row row = {.consent = {.subject = order->subject,
					      .purpose = purpose,
					      .state = TANU_CONSENT_REQUESTED,
					      .given_ms = now_ms,
					      .not_after_ms = now_ms + days * DAY_MS,
					      .sequence = sequence}};
	struct consent_detail detail = {0};
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < ledger->len && st == TANU_OK; i++)
		if (ledger->v[i].purpose == purpose && ledger->v[i].state == TANU_CONSENT_REQUESTED)
			st = DB(s, consent_set, &ledger->v[i].id, TANU_CONSENT_REPLACED, sequence,
				err);
	id_new(s, &row.consent.id);
	if (st == TANU_OK && (st = consent_detail_fill(&detail, order, 0, err)) == TANU_OK &&
	    (st = consent_detail_seal(s, &row.detail, &order->subject, &row.consent.id, &detail,
				      err)) == TANU_OK)
		st = DB(s, consent_put, &row, err);
	consent_detail_free(&detail);
	buf_free(&row.detail);
	return st;
}

static tanu_status request_rows(struct service *s, const struct consent_list *ledger,
				const struct consent_order *order, struct known_notice *notice,
				int64_t now_ms, tanu_error *err)
{
	struct event_record event = {
	    .type = TANU_EVENT_CONSENT_REQUESTED, .purposes = order->purposes, .by = "officer"};
	uint64_t sequence = 0;
	tanu_status st = notice_register(s, notice, now_ms, err);

	if (st == TANU_OK)
		st = DB(s, sequence_next, &sequence, err);
#define X(name, bit, word)                                            \
	if (st == TANU_OK && (order->purposes & TANU_PURPOSE_##name)) \
		st = request_one(s, ledger, order, TANU_PURPOSE_##name, now_ms, sequence, err);
	TANU_PURPOSE_LIST(X)
#undef X
	if (st < 0 ||
	    (st = DB(s, subject_set, &order->subject, SUBJECT_ACTIVE, sequence, err)) < 0 ||
	    (st = head_set_consents(s, &order->subject, err)) < 0)
		return st;
	sha256(event.document, order->notice.text, order->notice.text_len);
	return history_put(s, &order->subject, sequence, now_ms, &event, err);
}

tanu_status service_consent_request(struct service *s, const struct consent_order *order,
				    tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	struct consent_list ledger = {0};
	struct known_notice notice = {0};
	tanu_status st;

	if ((st = clock_require(s, now_ms, err)) < 0 ||
	    (st = purposes_check(order->purposes, err)) < 0 ||
	    (st = notice_settle(s, &notice, &order->notice, err)) < 0 ||
	    (st = subject_must_exist(s, &order->subject, err)) < 0 ||
	    (st = ledger_load(s, &ledger, &order->subject, err)) < 0 ||
	    (st = check_memory(s, &ledger, order, now_ms, err)) < 0 ||
	    (st = history_ready(s, &order->subject, 1, now_ms, err)) < 0 ||
	    (st = tx_begin(s, err)) < 0)
		goto out;
	st = tx_end(s, request_rows(s, &ledger, order, &notice, now_ms, err), err);
out:
	known_notice_free(&notice);
	consent_list_free(&ledger);
	return st;
}
