/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forms to be signed by hand: planned, so that they can be printed; recorded, each as a paper and a
 * request in the ledger; listed. A form hangs on its request: when that has run out, was answered
 * otherwise or was made anew, the paper counts no more.
 */
#include "service/internal.h"

#include <string.h>

/* ---- planning ---- */

/* From a certain age on the child signs beside the guardian. */
static tanu_status assent_asked(struct service *s, bool *out, const struct consent_order *order,
				int64_t now_ms, tanu_error *err)
{
	struct person person = {0};
	tanu_status st = subject_person(s, &person, &order->subject, err);

	if (st == TANU_OK)
		*out = order->giver == TANU_GIVER_GUARDIAN &&
		       tanu_age_on(person.born, date_from_ms(now_ms)) >=
			   (int)settings_int(&s->settings, "consent.assent_years");
	mem_wipe(&person, sizeof(person));
	return st;
}

static void code_new(struct service *s, struct form_view *form)
{
	uint8_t number[FORM_NUMBER_LEN], code[FORM_CODE_LEN];

	random_fill(&s->random, number, sizeof(number));
	form_code_make(s, code, number);
	form_code_text(form->code, code);
}

static void notice_take(struct form_view *form, const struct known_notice *notice)
{
	memcpy(form->version, notice->view.version, sizeof(form->version));
	memcpy(form->language, notice->view.language, sizeof(form->language));
	memcpy(form->notice_sha256, notice->view.sha256, sizeof(form->notice_sha256));
	memcpy(form->months, notice->months, sizeof(form->months));
}

tanu_status service_form_plan(struct service *s, struct form_view *out,
			      const struct consent_order *order, tanu_error *err)
{
	static const struct consent_evidence form_itself;
	int64_t now_ms = clock_now(&s->clock);
	struct consent_order planned = *order;
	struct consent_list ledger = {0};
	struct known_notice notice = {0};
	struct form_view form = {.subject = order->subject,
				 .purposes = order->purposes,
				 .giver = order->giver,
				 .guardian = order->guardian,
				 .until = order->until,
				 .made_ms = now_ms,
				 .state = FORM_OPEN};
	tanu_status st;

	planned.evidence = &form_itself; /* it will be given in writing */
	if ((st = assent_asked(s, &form.assent, order, now_ms, err)) < 0)
		return st;
	planned.assent = form.assent;
	if ((st = consent_check(s, &planned, now_ms, err)) < 0 ||
	    (st = notice_settle(s, &notice, &order->notice, err)) < 0 ||
	    (st = ledger_load(s, &ledger, &order->subject, err)) < 0 ||
	    (st = consent_request_check(s, &ledger, order, now_ms, err)) < 0)
		goto out;
	form.due_ms = now_ms + settings_int(&s->settings, "consent.request_days") * DAY_MS;
	notice_take(&form, &notice);
	code_new(s, &form);
	*out = form;
out:
	known_notice_free(&notice);
	consent_list_free(&ledger);
	return st;
}

/* ---- recording ---- */

struct recording {
	struct service *s;
	struct known_notice known;
	const struct notice *notice;
	int64_t now_ms;
};

/* Part of a transaction. */
static tanu_status form_put(struct recording *r, struct form_view *form, tanu_error *err)
{
	const struct consent_order order = {
	    .subject = form->subject, .purposes = form->purposes, .notice = *r->notice};
	struct consent_list ledger = {0};
	struct buf text = {0};
	tanu_status st;

	form->made_ms = r->now_ms; /* as its requests */
	form->due_ms = r->now_ms + settings_int(&r->s->settings, "consent.request_days") * DAY_MS;
	if ((st = form_encode(&text, form, err)) == TANU_OK &&
	    (st = ledger_load(r->s, &ledger, &form->subject, err)) == TANU_OK &&
	    (st = consent_request_put(r->s, &ledger, &order, &r->known, r->now_ms, err)) == TANU_OK)
		st = paper_put(r->s, &form->id, &form->subject, RECORD_FORM, r->now_ms, text.data,
			       text.len, err);
	consent_list_free(&ledger);
	buf_wipe(&text);
	return st;
}

static tanu_status forms_put(struct recording *r, struct form_view *forms, size_t len,
			     tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < len && st == TANU_OK; i++)
		st = form_put(r, &forms[i], err);
	return st;
}

tanu_status service_forms_record(struct service *s, struct form_view *forms, size_t forms_len,
				 const struct notice *notice, tanu_error *err)
{
	struct recording r = {.s = s, .notice = notice, .now_ms = clock_now(&s->clock)};
	struct id_list people = {0};
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < forms_len && st == TANU_OK; i++)
		st = id_list_add(&people, &forms[i].subject, err);
	if (st < 0 || (st = clock_require(s, r.now_ms, err)) < 0 ||
	    (st = notice_settle(s, &r.known, notice, err)) < 0 ||
	    (st = history_ready(s, people.v, people.len, r.now_ms, err)) < 0 ||
	    (st = tx_begin(s, err)) < 0)
		goto out;
	st = tx_end(s, forms_put(&r, forms, forms_len, err), err);
out:
	known_notice_free(&r.known);
	id_list_free(&people);
	return st;
}

/* ---- how a form stands ---- */

unsigned form_waits_for(const struct form_view *form, const struct consent_list *ledger,
			int64_t now_ms)
{
	unsigned waits = 0;

	for (size_t i = 0; i < ledger->len; i++) {
		const tanu_consent *c = &ledger->v[i];

		if (c->given_ms == form->made_ms && c->state == TANU_CONSENT_REQUESTED &&
		    now_ms < c->not_after_ms)
			waits |= c->purpose;
	}
	return waits & form->purposes & ~(form->given | form->refused);
}

static void state_set(struct form_view *form, const struct consent_list *ledger, int64_t now_ms)
{
	unsigned answered = form->given | form->refused;

	if (form_waits_for(form, ledger, now_ms))
		form->state = FORM_OPEN;
	else
		form->state = answered ? FORM_ANSWERED : FORM_ENDED;
}

static tanu_status form_read(struct form_view *out, const struct paper *paper,
			     const tanu_id *subject, tanu_error *err)
{
	tanu_status st = form_decode(out, &paper->text, err);

	if (st < 0)
		return st;
	out->id = paper->id;
	out->subject = *subject;
	out->made_ms = paper->created_ms;
	return TANU_OK;
}

struct forms_walk {
	struct service *s;
	const tanu_id *subject;
	struct consent_list ledger;
	tanu_status (*each)(void *self, const struct form_view *v, tanu_error *err);
	void *self;
};

static tanu_status show_form(void *self, const struct paper *paper, tanu_error *err)
{
	struct forms_walk *walk = self;
	struct form_view form = {0};
	tanu_status st = form_read(&form, paper, walk->subject, err);

	if (st < 0)
		return st;
	state_set(&form, &walk->ledger, clock_now(&walk->s->clock));
	return walk->each(walk->self, &form, err);
}

static tanu_status person_forms(struct forms_walk *walk, const tanu_id *subject, tanu_error *err)
{
	tanu_status st = ledger_load(walk->s, &walk->ledger, subject, err);

	walk->subject = subject;
	if (st == TANU_OK)
		st = papers_each(walk->s, subject, RECORD_FORM, show_form, walk, err);
	consent_list_free(&walk->ledger);
	return st;
}

tanu_status service_forms_each(struct service *s, const tanu_id *subject,
			       tanu_status (*each)(void *self, const struct form_view *v,
						   tanu_error *err),
			       void *self, tanu_error *err)
{
	struct forms_walk walk = {.s = s, .each = each, .self = self};
	struct id_list people = {0};
	tanu_status st;

	if (subject)
		return (st = subject_must_exist(s, subject, err)) < 0
			   ? st
			   : person_forms(&walk, subject, err);
	st = subject_ids(s, &people, err);
	for (size_t i = 0; i < people.len && st == TANU_OK; i++)
		if ((st = person_forms(&walk, &people.v[i], err)) == TANU_DAMAGED)
			st = TANU_OK; /* what was edited counts for nothing */
	id_list_free(&people);
	return st;
}

/* ---- one of them ---- */

tanu_status form_get(struct service *s, struct form_view *out, const tanu_id *subject,
		     const tanu_id *form, tanu_error *err)
{
	struct consent_list ledger = {0};
	struct paper paper = {0};
	tanu_status st;

	if ((st = paper_get(s, &paper, subject, form, err)) < 0)
		return st;
	if (paper.kind != RECORD_FORM)
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, NULL, "there is no such form here");
	if (st == TANU_OK && (st = form_read(out, &paper, subject, err)) == TANU_OK &&
	    (st = ledger_load(s, &ledger, subject, err)) == TANU_OK)
		state_set(out, &ledger, clock_now(&s->clock));
	consent_list_free(&ledger);
	paper_free(&paper);
	return st;
}

tanu_status form_note(struct service *s, const tanu_id *subject, const tanu_id *form,
		      unsigned given, unsigned refused, tanu_error *err)
{
	struct form_view view = {0};
	struct buf text = {0};
	tanu_status st;

	if (!form || id_is_zero(form))
		return TANU_OK;
	if ((st = form_get(s, &view, subject, form, err)) < 0)
		return st;
	view.given |= given & view.purposes;
	view.refused |= refused & view.purposes;
	if ((st = form_encode(&text, &view, err)) == TANU_OK)
		st = paper_set(s, subject, form, text.data, text.len, err);
	buf_wipe(&text);
	return st;
}
