/* SPDX-License-Identifier: Apache-2.0 */
/* Asking for consent, and not asking again. */
#include "service/internal.h"

#include <stdio.h>

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

static tanu_status check_age(struct service *s, const tanu_id *subject, int64_t now_ms,
			     tanu_error *err)
{
	struct person person = {0};
	tanu_status st = subject_person(s, &person, subject, err);

	if (st == TANU_OK)
		st = face_age_require(s, person.born, date_from_ms(now_ms), err);
	mem_wipe(&person, sizeof(person));
	return st;
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
	    (st = check_age(s, &order->subject, now_ms, err)) < 0 ||
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

/* ---- for forms ---- */

tanu_status consent_request_check(struct service *s, const struct consent_list *ledger,
				  const struct consent_order *order, int64_t now_ms,
				  tanu_error *err)
{
	return check_memory(s, ledger, order, now_ms, err);
}

tanu_status consent_request_put(struct service *s, const struct consent_list *ledger,
				const struct consent_order *order, struct known_notice *notice,
				int64_t now_ms, tanu_error *err)
{
	return request_rows(s, ledger, order, notice, now_ms, err);
}
