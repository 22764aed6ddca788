/* SPDX-License-Identifier: Apache-2.0 */
/* Consent: given, shown. One row per purpose; giving again replaces the former one. */
#include "service/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTICE_MAX (64 * 1024)

/* ---- may it be given? ---- */

tanu_date years_after(tanu_date d, int years)
{
	d.year = (int16_t)(d.year + years);
	if (!date_valid(d)) /* 29 February */
		d.day = 28;
	return d;
}

/* A guardian is another subject, of age, registered for this child and not barred. */
static tanu_status check_guardian(struct service *s, const struct consent_order *order,
				  tanu_date today, tanu_error *err)
{
	struct person guardian = {0};
	int age;
	tanu_status st;

	if (order->giver != TANU_GIVER_GUARDIAN)
		return TANU_OK;
	if (id_equal(&order->guardian, &order->subject))
		return tanu_fail(err, TANU_ERR_CONSENT_RULE, "guardian",
				 "a guardian is somebody else than the person");
	if ((st = subject_person(s, &guardian, &order->guardian, err)) < 0) {
		error_prefix_place(err, "guardian");
		return st;
	}
	age = tanu_age_on(guardian.born, today);
	mem_wipe(&guardian, sizeof(guardian));
	if (age < settings_majority_years(&s->settings))
		return tanu_fail(err, TANU_ERR_CONSENT_RULE, "guardian",
				 "a guardian is at least %d years old",
				 settings_majority_years(&s->settings));
	return guardian_require(s, &order->subject, &order->guardian, today, err);
}

/* From a certain age on the child is asked as well. */
static tanu_status check_assent(struct service *s, const struct consent_order *order, int age,
				tanu_error *err)
{
	int from = (int)settings_int(&s->settings, "consent.assent_years");

	if (order->giver != TANU_GIVER_GUARDIAN)
		return order->assent ? tanu_fail(err, TANU_ERR_USAGE, "assent",
						 "assent is a child's, beside a guardian's consent")
				     : TANU_OK;
	if (age < from || order->assent)
		return TANU_OK;
	return tanu_fail(
	    err, TANU_ERR_CONSENT_RULE, "assent",
	    "from %d years of age on the child is asked too: ask her, and say that she "
	    "agreed with --assent",
	    from);
}

/* A no stands until whoever said it takes it back; for a minor nobody else can. */
static tanu_status check_refusals(const struct consent_order *order,
				  const struct consent_list *ledger, tanu_error *err)
{
	for (size_t i = 0; i < ledger->len; i++) {
		const tanu_consent *c = &ledger->v[i];

		if (c->state != TANU_CONSENT_REFUSED || !(c->purpose & order->purposes) ||
		    order->giver != TANU_GIVER_GUARDIAN)
			continue;
		if (c->giver == TANU_GIVER_SELF && !order->assent)
			return tanu_fail(err, TANU_ERR_CONSENT_RULE, "assent",
					 "the child herself said no to %s: only she can take that "
					 "back, and then --assent says so",
					 tanu_purpose_name(c->purpose));
		if (c->giver == TANU_GIVER_GUARDIAN && !id_equal(&c->guardian, &order->guardian))
			return tanu_fail(err, TANU_ERR_CONSENT_RULE, "guardian",
					 "another guardian said no to %s: it stands until she "
					 "herself consents",
					 tanu_purpose_name(c->purpose));
	}
	return TANU_OK;
}

/* The end: in the future, not too far, and a guardian's not beyond the person's majority. */
static tanu_status check_until(struct service *s, const struct consent_order *order, tanu_date born,
			       tanu_date today, tanu_error *err)
{
	bool minor = tanu_age_on(born, today) < settings_majority_years(&s->settings);
	int years = (int)settings_int(&s->settings, minor ? "consent.max_years_minor"
							  : "consent.max_years_adult");
	int64_t until = date_to_days(order->until);

	if (!date_valid(order->until) || until < date_to_days(today))
		return tanu_fail(err, TANU_ERR_DATE, "until",
				 "the last day of a consent is a date from today on, YYYY-MM-DD");
	if (until > date_to_days(years_after(today, years)))
		return tanu_fail(
		    err, TANU_ERR_CONSENT_RULE, "until",
		    "a consent %s lasts at most %d year%s here; then it is asked again",
		    minor ? "for a minor" : "of an adult", years, years == 1 ? "" : "s");
	if (minor &&
	    until >= date_to_days(years_after(born, settings_majority_years(&s->settings))))
		return tanu_fail(err, TANU_ERR_CONSENT_RULE, "until",
				 "the person comes of age before that day: a guardian's consent "
				 "ends the day before");
	return TANU_OK;
}

tanu_status notice_check(const struct notice *notice, tanu_error *err)
{
	if (!notice->text || notice->text_len == 0 || notice->text_len > NOTICE_MAX ||
	    !utf8_valid(notice->text, notice->text_len))
		return tanu_fail(err, TANU_ERR_USAGE, "notice",
				 "a notice is UTF-8 text of 1 to %d bytes", NOTICE_MAX);
	if (!notice->language[0] ||
	    !utf8_plain(notice->language, strnlen(notice->language, sizeof(notice->language))) ||
	    !notice->version[0] ||
	    !utf8_plain(notice->version, strnlen(notice->version, sizeof(notice->version))))
		return tanu_fail(err, TANU_ERR_USAGE, "notice",
				 "a notice has a language (kk, ru, en) and a version");
	return TANU_OK;
}

tanu_status purposes_check(unsigned purposes, tanu_error *err)
{
	if (purposes != 0 && !(purposes & ~(unsigned)PURPOSES_ALL))
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_USAGE, "purpose",
			 "name one or more of access, attendance, visit, identity, calibration");
}

/* What hangs on how old the person is. */
static tanu_status check_age(struct service *s, const struct consent_order *order, tanu_date born,
			     tanu_date today, tanu_error *err)
{
	tanu_status st = tanu_consent_may_give(tanu_age_on(born, today), order->giver,
					       settings_majority_years(&s->settings), err);

	if (st < 0 || (st = face_age_require(s, born, today, err)) < 0 ||
	    (st = check_guardian(s, order, today, err)) < 0 ||
	    (st = check_assent(s, order, tanu_age_on(born, today), err)) < 0)
		return st;
	return check_until(s, order, born, today, err);
}

static tanu_status check_order(struct service *s, const struct consent_order *order, int64_t now_ms,
			       tanu_error *err)
{
	tanu_date today = date_from_ms(now_ms);
	struct person person = {0};
	tanu_status st;

	if ((st = purposes_check(order->purposes, err)) < 0)
		return st;
	if ((st = notice_check(&order->notice, err)) < 0 ||
	    (st = subject_person(s, &person, &order->subject, err)) < 0)
		return st;
	st = check_age(s, order, person.born, today, err);
	mem_wipe(&person, sizeof(person));
	return st;
}

tanu_status consent_check(struct service *s, const struct consent_order *order, int64_t now_ms,
			  tanu_error *err)
{
	tanu_status st = clock_require(s, now_ms, err);

	return st < 0 ? st : check_order(s, order, now_ms, err);
}

/* ---- giving ---- */

tanu_status consent_detail_fill(struct consent_detail *out, const struct consent_order *order,
				int64_t months, tanu_error *err)
{
	*out = (struct consent_detail){
	    .giver = order->giver, .assent = order->assent, .months = months};
	if (order->giver == TANU_GIVER_GUARDIAN)
		out->guardian = order->guardian;
	snprintf(out->how, sizeof(out->how), "%s", evidence_how(order->evidence));
	if (order->evidence)
		memcpy(out->form, order->evidence->form_code, sizeof(out->form));
	memcpy(out->language, order->notice.language, sizeof(out->language));
	memcpy(out->version, order->notice.version, sizeof(out->version));
	sha256(out->sha256, order->notice.text, order->notice.text_len);
	buf_put(&out->text, order->notice.text, order->notice.text_len);
	return buf_check(&out->text, err);
}

tanu_status consent_detail_seal(struct service *s, struct buf *out, const tanu_id *subject,
				const tanu_id *row, const struct consent_detail *detail,
				tanu_error *err)
{
	struct key_name key = {.subject = *subject, .kind = KEY_PROFILE};
	struct buf plain = {0};
	tanu_status st = consent_detail_encode(&plain, detail, err);

	if (st == TANU_OK)
		st = vault_seal(s->vault, out, &key, row, RECORD_VERSION, plain.data, plain.len,
				err);
	buf_wipe(&plain);
	return st;
}

/* What gives way to a consent. Of refusals only such are left that this giver may take back. */
static bool is_answered(tanu_consent_state state)
{
	return state == TANU_CONSENT_GIVEN || state == TANU_CONSENT_REQUESTED ||
	       state == TANU_CONSENT_REFUSED;
}

/* The reference hangs on the new consent before the former one ends: it always has a live one. */
static tanu_status replace_former(struct service *s, const struct consent_list *ledger,
				  const tanu_consent *now, tanu_error *err)
{
	tanu_status st = TANU_OK;
	bool enrolled = false;

	if ((st = reference_exists(s, &enrolled, &now->subject, err)) < 0)
		return st;
	if (enrolled && purpose_covers_reference(now->purpose) &&
	    (st = DB(s, reference_hold, &now->subject, &now->id, err)) < 0)
		return st;
	for (size_t i = 0; i < ledger->len && st == TANU_OK; i++)
		if (ledger->v[i].purpose == now->purpose && is_answered(ledger->v[i].state))
			st = DB(s, consent_set, &ledger->v[i].id, TANU_CONSENT_REPLACED,
				now->sequence, err);
	return st;
}

/* One act of giving: what it is made of, and what it makes. */
struct giving {
	struct service *s;
	const struct consent_order *order;
	struct known_notice notice;
	struct consent_list ledger;
	int64_t now_ms, not_after_ms;
	tanu_id ids[PURPOSES_BITS]; /* of the rows */
	struct buf record;
	uint8_t digest[DIGEST_LEN]; /* of the record */
};

/* Part of a transaction, before any row: so the record's events name its digest. */
static tanu_status giving_record(struct giving *g, tanu_error *err)
{
	const struct consent_order *order = g->order;
	struct guardian_found found = {0};
	struct record_act act = {.s = g->s,
				 .kind = CONSENT_RECORD_GIVEN,
				 .subject = order->subject,
				 .by = giver_word(order->giver, false),
				 .purposes = order->purposes,
				 .ids = g->ids,
				 .months = g->notice.months,
				 .notice = &g->notice.view,
				 .evidence = order->evidence,
				 .assent = order->assent,
				 .at_ms = g->now_ms,
				 .not_after_ms = g->not_after_ms};
	tanu_status st = TANU_OK;

	id_new(g->s, &act.record);
	for (unsigned bit = 0; bit < PURPOSES_BITS; bit++)
		if (order->purposes & 1U << bit)
			id_new(g->s, &g->ids[bit]);
	if (order->giver == TANU_GIVER_GUARDIAN) {
		st = guardian_find(g->s, &found, &order->subject, &order->guardian, err);
		act.guardian = &found.view;
	}
	if (st == TANU_OK)
		st = consent_record_make(&g->record, g->digest, &act, err);
	mem_wipe(&found, sizeof(found));
	return st;
}

static tanu_status giving_detail(struct giving *g, struct buf *out, const tanu_id *row,
				 unsigned bit, tanu_error *err)
{
	struct consent_detail detail = {0};
	tanu_status st = consent_detail_fill(&detail, g->order, g->notice.months[bit], err);

	buf_put(&detail.record, g->record.data, g->record.len);
	if (st == TANU_OK && (st = buf_check(&detail.record, err)) == TANU_OK)
		st = consent_detail_seal(g->s, out, &g->order->subject, row, &detail, err);
	consent_detail_free(&detail);
	return st;
}

static tanu_status giving_row(struct giving *g, unsigned bit, tanu_error *err)
{
	struct service *s = g->s;
	struct consent_row row = {.consent = {.id = g->ids[bit],
					      .subject = g->order->subject,
					      .purpose = (tanu_purpose)(1U << bit),
					      .state = TANU_CONSENT_GIVEN,
					      .giver = g->order->giver,
					      .given_ms = g->now_ms,
					      .not_after_ms = g->not_after_ms}};
	struct event_record event = {.type = TANU_EVENT_CONSENT_GIVEN,
				     .purposes = row.consent.purpose,
				     .about = g->ids[bit],
				     .by = giver_word(g->order->giver, false),
				     .due_ms = g->not_after_ms};
	tanu_consent *c = &row.consent;
	tanu_status st;

	memcpy(event.document, g->digest, sizeof(event.document));
	if ((st = giving_detail(g, &row.detail, &c->id, bit, err)) < 0 ||
	    (st = DB(s, sequence_next, &c->sequence, err)) < 0 ||
	    (st = DB(s, consent_put, &row, err)) < 0 ||
	    (st = replace_former(s, &g->ledger, c, err)) < 0 ||
	    (st = DB(s, subject_set, &c->subject, SUBJECT_ACTIVE, c->sequence, err)) < 0)
		goto out;
	st = history_put(s, &c->subject, c->sequence, g->now_ms, &event, err);
out:
	buf_free(&row.detail);
	return st;
}

static tanu_status assent_put(struct service *s, const struct consent_order *order, int64_t now_ms,
			      tanu_error *err)
{
	struct event_record event = {
	    .type = TANU_EVENT_ASSENT_GIVEN, .purposes = order->purposes, .by = "child"};
	uint64_t sequence = 0;
	tanu_status st;

	if (!order->assent)
		return TANU_OK;
	if ((st = DB(s, sequence_next, &sequence, err)) < 0 ||
	    (st = DB(s, subject_set, &order->subject, SUBJECT_ACTIVE, sequence, err)) < 0)
		return st;
	return history_put(s, &order->subject, sequence, now_ms, &event, err);
}

static const tanu_id *form_of(const struct consent_evidence *evidence)
{
	return evidence ? &evidence->form : NULL;
}

/* Part of a transaction: the notice, the child's word, what was signed, a row for each purpose. */
static tanu_status giving_put(struct giving *g, tanu_error *err)
{
	tanu_status st;

	if ((st = notice_register(g->s, &g->notice, g->now_ms, err)) < 0 ||
	    (st = assent_put(g->s, g->order, g->now_ms, err)) < 0 ||
	    (st = evidence_put(g->s, &g->order->subject, g->order->evidence, g->now_ms, err)) < 0 ||
	    (st = form_note(g->s, &g->order->subject, form_of(g->order->evidence),
			    g->order->purposes, 0, err)) < 0 ||
	    (st = giving_record(g, err)) < 0)
		return st;
	for (unsigned bit = 0; bit < PURPOSES_BITS && st == TANU_OK; bit++)
		if (g->order->purposes & 1U << bit)
			st = giving_row(g, bit, err);
	return st < 0 ? st : head_set_consents(g->s, &g->order->subject, err);
}

tanu_status service_consent_give(struct service *s, const struct consent_order *order,
				 tanu_error *err)
{
	struct giving g = {.s = s, .order = order, .now_ms = clock_now(&s->clock)};
	tanu_status st;

	if ((st = clock_require(s, g.now_ms, err)) < 0 ||
	    (st = check_order(s, order, g.now_ms, err)) < 0 ||
	    (st = evidence_check(order->evidence, err)) < 0 ||
	    (st = writing_require(s, order->evidence, err)) < 0 ||
	    (st = notice_settle(s, &g.notice, &order->notice, err)) < 0 ||
	    (st = ledger_load(s, &g.ledger, &order->subject, err)) < 0 ||
	    (st = check_refusals(order, &g.ledger, err)) < 0 ||
	    (st = history_ready(s, &order->subject, 1, g.now_ms, err)) < 0 ||
	    (st = tx_begin(s, err)) < 0)
		goto out;
	g.not_after_ms = (date_to_days(order->until) + 1) * DAY_MS;
	st = tx_end(s, giving_put(&g, err), err);
out:
	consent_list_free(&g.ledger);
	known_notice_free(&g.notice);
	buf_wipe(&g.record);
	return st;
}
