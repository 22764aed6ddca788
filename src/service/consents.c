/* SPDX-License-Identifier: Apache-2.0 */
/* Consent: given, shown. One row per purpose; giving again replaces the former one. */
#include "service/internal.h"

#include <stdlib.h>
#include <string.h>

#define NOTICE_MAX (64 * 1024)
#define DAY_MS	   ((int64_t)86400000)

enum {
	PURPOSES_ALL = 0
#define X(name, bit, word) | 1 << (bit)
	TANU_PURPOSE_LIST(X)
#undef X
};

/* ---- may it be given? ---- */

static tanu_date years_after(tanu_date d, int years)
{
	d.year = (int16_t)(d.year + years);
	if (!date_valid(d)) /* 29 February */
		d.day = 28;
	return d;
}

/* A guardian is another subject, of age. */
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

static tanu_status check_notice(const struct notice *notice, tanu_error *err)
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

static tanu_status check_order(struct service *s, const struct consent_order *order, int64_t now_ms,
			       tanu_error *err)
{
	tanu_date today = date_from_ms(now_ms);
	struct person person = {0};
	tanu_status st;

	if (order->purposes == 0 || order->purposes & ~(unsigned)PURPOSES_ALL)
		return tanu_fail(
		    err, TANU_ERR_USAGE, "purpose",
		    "name one or more of access, attendance, visit, identity, calibration");
	if ((st = check_notice(&order->notice, err)) < 0 ||
	    (st = subject_person(s, &person, &order->subject, err)) < 0)
		return st;
	st = tanu_consent_may_give(tanu_age_on(person.born, today), order->giver,
				   settings_majority_years(&s->settings), err);
	if (st == TANU_OK)
		st = check_guardian(s, order, today, err);
	if (st == TANU_OK)
		st = check_until(s, order, person.born, today, err);
	mem_wipe(&person, sizeof(person));
	return st;
}

/* ---- giving ---- */

static tanu_status detail_seal(struct service *s, struct buf *out, const tanu_id *row,
			       const struct consent_order *order, tanu_error *err)
{
	struct key_name key = {.subject = order->subject, .kind = KEY_PROFILE};
	struct consent_detail detail = {.giver = order->giver};
	struct buf plain = {0};
	tanu_status st;

	if (order->giver == TANU_GIVER_GUARDIAN)
		detail.guardian = order->guardian;
	memcpy(detail.language, order->notice.language, sizeof(detail.language));
	memcpy(detail.version, order->notice.version, sizeof(detail.version));
	sha256(detail.sha256, order->notice.text, order->notice.text_len);
	buf_put(&detail.text, order->notice.text, order->notice.text_len);
	if ((st = buf_check(&detail.text, err)) == TANU_OK &&
	    (st = consent_detail_encode(&plain, &detail, err)) == TANU_OK)
		st = vault_seal(s->vault, out, &key, row, RECORD_VERSION, plain.data, plain.len,
				err);
	consent_detail_free(&detail);
	buf_wipe(&plain);
	return st;
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
		if (ledger->v[i].purpose == now->purpose &&
		    ledger->v[i].state == TANU_CONSENT_GIVEN)
			st = DB(s, consent_set, &ledger->v[i].id, TANU_CONSENT_REPLACED,
				now->sequence, err);
	return st;
}

static tanu_status consent_put(struct service *s, const struct consent_order *order,
			       tanu_purpose purpose, const struct consent_list *ledger,
			       int64_t now_ms, tanu_error *err)
{
	struct consent_row row = {
	    .consent = {.subject = order->subject,
			.purpose = purpose,
			.state = TANU_CONSENT_GIVEN,
			.giver = order->giver,
			.given_ms = now_ms,
			.not_after_ms = (date_to_days(order->until) + 1) * DAY_MS}};
	struct event_record event = {.type = TANU_EVENT_CONSENT_GIVEN, .purposes = purpose};
	tanu_consent *c = &row.consent;
	tanu_status st;

	id_new(s, &c->id);
	event.about = c->id;
	if ((st = detail_seal(s, &row.detail, &c->id, order, err)) < 0)
		goto out;
	if ((st = DB(s, sequence_next, &c->sequence, err)) < 0 ||
	    (st = DB(s, consent_put, &row, err)) < 0 ||
	    (st = replace_former(s, ledger, c, err)) < 0 ||
	    (st = DB(s, subject_set, &c->subject, SUBJECT_ACTIVE, c->sequence, err)) < 0)
		goto out;
	st = history_put(s, &c->subject, c->sequence, now_ms, &event, err);
out:
	buf_free(&row.detail);
	return st;
}

tanu_status service_consent_give(struct service *s, const struct consent_order *order,
				 tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	struct consent_list ledger = {0};
	tanu_status st;

	if ((st = clock_require(s, now_ms, err)) < 0 ||
	    (st = check_order(s, order, now_ms, err)) < 0 ||
	    (st = ledger_load(s, &ledger, &order->subject, err)) < 0 ||
	    (st = history_ready(s, &order->subject, 1, now_ms, err)) < 0 ||
	    (st = tx_begin(s, err)) < 0)
		goto out;
#define X(name, bit, word)                                            \
	if (st == TANU_OK && (order->purposes & TANU_PURPOSE_##name)) \
		st = consent_put(s, order, TANU_PURPOSE_##name, &ledger, now_ms, err);
	TANU_PURPOSE_LIST(X)
#undef X
	if (st == TANU_OK)
		st = head_set_consents(s, &order->subject, err);
	st = tx_end(s, st, err);
out:
	consent_list_free(&ledger);
	return st;
}

/* ---- showing ---- */

struct consent_walk {
	struct service *s;
	int64_t now_ms;
	tanu_status (*each)(void *self, const struct consent_view *v, tanu_error *err);
	void *self;
};

static tanu_status show_consent(void *self, const struct consent_row *row, tanu_error *err)
{
	struct consent_walk *walk = self;
	struct consent_view view = {.consent = row->consent};
	struct consent_detail detail = {0};
	tanu_status st = consent_detail_open(walk->s, &detail, row, err);

	if (st < 0)
		return st;
	view.consent.state = tanu_consent_state_at(&row->consent, walk->now_ms);
	view.consent.giver = detail.giver;
	view.consent.guardian = detail.guardian;
	view.guardian = detail.guardian;
	memcpy(view.notice_version, detail.version, sizeof(view.notice_version));
	memcpy(view.notice_language, detail.language, sizeof(view.notice_language));
	memcpy(view.notice_sha256, detail.sha256, sizeof(view.notice_sha256));
	consent_detail_free(&detail);
	return walk->each(walk->self, &view, err);
}

tanu_status service_consent_each(struct service *s, const tanu_id *subject,
				 tanu_status (*each)(void *self, const struct consent_view *v,
						     tanu_error *err),
				 void *self, tanu_error *err)
{
	struct consent_walk walk = {
	    .s = s, .now_ms = clock_now(&s->clock), .each = each, .self = self};
	struct consent_list ledger = {0};
	tanu_status st = subject_must_exist(s, subject, err);

	if (st == TANU_OK)
		st = ledger_load(s, &ledger, subject, err);
	consent_list_free(&ledger);
	return st < 0 ? st : DB(s, consent_each, subject, show_consent, &walk, err);
}

struct notice_search {
	struct service *s;
	const tanu_id *consent;
	struct buf *out;
	bool found;
};

static tanu_status take_notice(void *self, const struct consent_row *row, tanu_error *err)
{
	struct notice_search *search = self;
	struct consent_detail detail = {0};
	tanu_status st;

	if (!id_equal(&row->consent.id, search->consent))
		return TANU_OK;
	if ((st = consent_detail_open(search->s, &detail, row, err)) < 0)
		return st;
	search->found = true;
	buf_put(search->out, detail.text.data, detail.text.len);
	consent_detail_free(&detail);
	return buf_check(search->out, err);
}

tanu_status service_consent_notice(struct service *s, struct buf *out, const tanu_id *consent,
				   tanu_error *err)
{
	struct notice_search search = {.s = s, .consent = consent, .out = out};
	tanu_status st = DB(s, consent_each, NULL, take_notice, &search, err);

	if (st == TANU_OK && !search.found)
		st = tanu_fail(err, TANU_ERR_NO_CONSENT, NULL, "there is no consent of this id");
	return st;
}
