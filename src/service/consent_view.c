/* SPDX-License-Identifier: Apache-2.0 */
/* Consents, shown. */
#include "service/internal.h"

#include <string.h>
#include <strings.h>

#define PREFIX_MIN 6 /* hex digits */

static tanu_status view_fill(struct service *s, struct consent_view *out, struct buf *text,
			     const struct consent_row *row, tanu_error *err)
{
	struct consent_view view = {.consent = row->consent};
	struct consent_detail detail = {0};
	tanu_status st = consent_detail_open(s, &detail, row, err);

	if (st < 0)
		return st;
	view.consent.state = tanu_consent_state_at(&row->consent, clock_now(&s->clock));
	view.consent.giver = detail.giver;
	view.consent.guardian = detail.guardian;
	view.assent = detail.assent;
	view.retention_months = detail.months;
	view.guardian = detail.guardian;
	memcpy(view.how, detail.how, sizeof(view.how));
	memcpy(view.form, detail.form, sizeof(view.form));
	memcpy(view.notice_version, detail.version, sizeof(view.notice_version));
	memcpy(view.notice_language, detail.language, sizeof(view.notice_language));
	memcpy(view.notice_sha256, detail.sha256, sizeof(view.notice_sha256));
	if (text) {
		buf_put(text, detail.text.data, detail.text.len);
		st = buf_check(text, err);
	}
	consent_detail_free(&detail);
	*out = view;
	return st;
}

struct consent_walk {
	struct service *s;
	tanu_status (*each)(void *self, const struct consent_view *v, tanu_error *err);
	void *self;
};

static tanu_status show_consent(void *self, const struct consent_row *row, tanu_error *err)
{
	struct consent_walk *walk = self;
	struct consent_view view;
	tanu_status st = view_fill(walk->s, &view, NULL, row, err);

	return st < 0 ? st : walk->each(walk->self, &view, err);
}

tanu_status service_consent_each(struct service *s, const tanu_id *subject,
				 tanu_status (*each)(void *self, const struct consent_view *v,
						     tanu_error *err),
				 void *self, tanu_error *err)
{
	struct consent_walk walk = {.s = s, .each = each, .self = self};
	struct consent_list ledger = {0};
	tanu_status st = subject_must_exist(s, subject, err);

	if (st == TANU_OK)
		st = ledger_load(s, &ledger, subject, err);
	consent_list_free(&ledger);
	return st < 0 ? st : DB(s, consent_each, subject, show_consent, &walk, err);
}

/* ---- one of them ---- */

struct prefix_search {
	const char *text;
	size_t len;
	tanu_id found;
	size_t count;
};

static tanu_status match_prefix(void *self, const struct consent_row *row, tanu_error *err)
{
	struct prefix_search *search = self;
	char hex[ID_HEX_LEN];

	(void)err;
	id_hex(hex, &row->consent.id);
	if (strncasecmp(hex, search->text, search->len) == 0) {
		search->found = row->consent.id;
		search->count++;
	}
	return TANU_OK;
}

tanu_status service_consent_find(struct service *s, tanu_id *out, const char *text, tanu_error *err)
{
	struct prefix_search search = {.text = text, .len = strlen(text)};
	tanu_status st;

	if (search.len < PREFIX_MIN)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "of a consent's id give at least %d digits", PREFIX_MIN);
	if ((st = DB(s, consent_each, NULL, match_prefix, &search, err)) < 0)
		return st;
	if (search.count > 1)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "%zu consents begin so: give more digits", search.count);
	if (search.count == 0)
		return tanu_fail(err, TANU_ERR_NO_CONSENT, NULL,
				 "there is no consent of this id; \"tanu consent show\" lists a "
				 "person's");
	*out = search.found;
	return TANU_OK;
}

struct notice_search {
	struct service *s;
	const tanu_id *consent;
	struct buf *text;
	struct consent_view view;
	bool found;
};

static tanu_status take_notice(void *self, const struct consent_row *row, tanu_error *err)
{
	struct notice_search *search = self;

	if (!id_equal(&row->consent.id, search->consent))
		return TANU_OK;
	search->found = true;
	return view_fill(search->s, &search->view, search->text, row, err);
}

tanu_status service_consent_notice(struct service *s, struct buf *out, struct consent_view *view,
				   const tanu_id *consent, tanu_error *err)
{
	struct notice_search search = {.s = s, .consent = consent, .text = out};
	struct consent_list ledger = {0};
	tanu_status st = DB(s, consent_each, NULL, take_notice, &search, err);

	if (st == TANU_OK && !search.found)
		st = tanu_fail(err, TANU_ERR_NO_CONSENT, NULL, "there is no consent of this id");
	if (st == TANU_OK)
		st = ledger_load(s, &ledger, &search.view.consent.subject, err);
	if (st == TANU_OK && view)
		*view = search.view;
	consent_list_free(&ledger);
	return st;
}
