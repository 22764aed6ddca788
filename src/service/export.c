/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is held about a person, written out: for her, all of it; for others, what was approved. A
 * reference never leaves: it can be turned into a picture of the face, and no right of hers needs
 * it.
 */
#include "service/disclosure.h"
#include "service/gate_inside.h"

#include <stdio.h>
#include <string.h>

static void put_words(struct json_w *w, const char *key, const char *text)
{
	if (*text)
		jw_text(w, key, text);
}

static void put_base64(struct json_w *w, const char *key, const struct buf *bytes)
{
	struct buf text = {0};

	base64_put(&text, bytes->data, bytes->len);
	jw_text(w, key, buf_cstr(&text));
	w->out->failed |= text.failed;
	buf_wipe(&text);
}

/* ---- profile ---- */

static tanu_status put_profile(struct service *s, struct json_w *w, const tanu_id *subject,
			       tanu_error *err)
{
	struct subject_view view = {0};
	char born[DATE_TEXT_LEN];
	tanu_status st = service_subject_get(s, &view, subject, err);

	if (st < 0)
		return st;
	jw_object(w, "profile");
	jw_int(w, "added_ms", view.created_ms);
	jw_text(w, "born", date_text(born, view.person.born));
	jw_text(w, "name", view.person.name);
	jw_end_object(w);
	mem_wipe(&view, sizeof(view));
	return TANU_OK;
}

/* ---- consents ---- */

struct consents {
	struct service *s;
	struct json_w *w;
};

static tanu_status put_consent(void *self, const struct consent_view *v, tanu_error *err)
{
	struct consents *c = self;
	struct buf notice = {0};
	tanu_status st = service_consent_notice(c->s, &notice, NULL, &v->consent.id, err);

	if (st < 0)
		return st;
	jw_object(c->w, NULL);
	put_words(c->w, "form", v->form);
	jw_int(c->w, "given_ms", v->consent.given_ms);
	jw_text(c->w, "giver", tanu_giver_name(v->consent.giver));
	if (v->consent.giver == TANU_GIVER_GUARDIAN)
		jw_id(c->w, "guardian", &v->guardian);
	put_words(c->w, "how", v->how);
	jw_id(c->w, "id", &v->consent.id);
	jw_text(c->w, "language", v->notice_language);
	jw_int(c->w, "not_after_ms", v->consent.not_after_ms);
	put_base64(c->w, "notice_base64", &notice);
	jw_digest_if_any(c->w, "notice_sha256", v->notice_sha256);
	jw_text(c->w, "notice_version", v->notice_version);
	jw_text(c->w, "purpose", tanu_purpose_name(v->consent.purpose));
	jw_text(c->w, "state", tanu_consent_state_name(v->consent.state));
	jw_end_object(c->w);
	buf_wipe(&notice);
	return TANU_OK;
}

static tanu_status put_consents(struct service *s, struct json_w *w, const tanu_id *subject,
				tanu_error *err)
{
	struct consents c = {.s = s, .w = w};
	tanu_status st;

	jw_array(w, "consents");
	st = service_consent_each(s, subject, put_consent, &c, err);
	jw_end_array(w);
	return st;
}

/* ---- history ---- */

struct history {
	struct json_w *w;
	const struct export_range *range;
};

static tanu_status put_event(void *self, const struct history_view *v, tanu_error *err)
{
	struct history *h = self;
	char purposes[PURPOSES_TEXT_LEN];

	(void)err;
	if (v->at_ms < h->range->from_ms || v->at_ms >= h->range->to_ms)
		return TANU_OK;
	purposes_text(purposes, v->purposes);
	jw_object(h->w, NULL);
	if (!id_is_zero(&v->about))
		jw_id(h->w, "about", &v->about);
	jw_int(h->w, "at_ms", v->at_ms);
	put_words(h->w, "by", v->by);
	jw_digest_if_any(h->w, "document", v->document);
	if (v->due_ms)
		jw_int(h->w, "due_ms", v->due_ms);
	jw_text(h->w, "event", tanu_event_name(v->event));
	if (v->fmr > 0)
		jw_real(h->w, "fmr", v->fmr);
	put_words(h->w, "purposes", purposes);
	put_words(h->w, "reason", v->reason);
	put_words(h->w, "recipient", v->recipient);
	jw_end_object(h->w);
	return TANU_OK;
}

static tanu_status put_history(struct service *s, struct json_w *w, const tanu_id *subject,
			       const struct export_range *range, tanu_error *err)
{
	struct history h = {.w = w, .range = range};
	tanu_status st;

	jw_array(w, "history");
	st = service_history_each(s, subject, put_event, &h, err);
	jw_end_array(w);
	return st;
}

tanu_status export_person(struct service *s, struct json_w *w, const tanu_id *subject,
			  const struct export_range *range, tanu_error *err)
{
	tanu_status st = TANU_OK;

	jw_id(w, "id", subject);
	if (range->fields & DISCLOSED_PROFILE)
		st = put_profile(s, w, subject, err);
	if (st == TANU_OK && range->fields & DISCLOSED_CONSENTS)
		st = put_consents(s, w, subject, err);
	if (st == TANU_OK && range->fields & DISCLOSED_HISTORY)
		st = put_history(s, w, subject, range, err);
	return st;
}

/* ---- for the person ---- */

/* Her rights as they are, but for what her PIN was stretched to: it could be guessed from that. */
static tanu_status access_shown(struct buf *out, const struct paper *paper, tanu_error *err)
{
	struct access_paper access = {0};
	tanu_status st = access_decode(&access, &paper->text, err);

	mem_wipe(access.pin, sizeof(access.pin));
	mem_wipe(access.salt, sizeof(access.salt));
	return st < 0 ? st : access_encode(out, &access, err);
}

static tanu_status put_paper(void *self, const struct paper *paper, tanu_error *err)
{
	struct json_w *w = self;
	struct buf shown = {0};
	tanu_status st = TANU_OK;

	if (paper->kind == RECORD_ACCESS && (st = access_shown(&shown, paper, err)) < 0)
		return st;
	jw_object(w, NULL);
	jw_int(w, "added_ms", paper->created_ms);
	put_base64(w, "base64", paper->kind == RECORD_ACCESS ? &shown : &paper->text);
	buf_free(&shown);
	jw_id(w, "id", &paper->id);
	jw_int(w, "kind", paper->kind);
	jw_end_object(w);
	return TANU_OK;
}

static tanu_status put_reference(struct service *s, struct json_w *w, const tanu_id *subject,
				 tanu_error *err)
{
	bool stored = false;
	tanu_status st = reference_exists(s, &stored, subject, err);

	jw_object(w, "reference");
	jw_bool(w, "stored", stored);
	jw_text(
	    w, "why_not_here",
	    "The numbers made from a face can be turned back into a picture of it, and who holds "
	    "them can look for the face elsewhere. They serve nobody outside this site, so they "
	    "never leave it, not to the person either. Withdrawing consent destroys them.");
	jw_end_object(w);
	return st;
}

static tanu_status export_traced(struct service *s, const tanu_id *subject, tanu_error *err)
{
	struct event_record event = {.type = TANU_EVENT_EXPORTED, .by = "officer"};
	int64_t now_ms = clock_now(&s->clock);
	tanu_status st;

	if ((st = history_ready(s, subject, 1, now_ms, err)) < 0 || (st = tx_begin(s, err)) < 0)
		return st;
	return tx_end(s, history_put(s, subject, 0, now_ms, &event, err), err);
}

tanu_status service_subject_export(struct service *s, struct buf *out, const tanu_id *subject,
				   tanu_error *err)
{
	static const struct export_range all = {
	    .fields = ~0u, .from_ms = INT64_MIN, .to_ms = INT64_MAX};
	struct json_w w;
	tanu_status st;

	if ((st = subject_must_exist(s, subject, err)) < 0 ||
	    (st = export_traced(s, subject, err)) < 0)
		return st;
	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_int(&w, "exported_ms", clock_now(&s->clock));
	jw_text(&w, "site", settings_text(&s->settings, "site.name"));
	if ((st = export_person(s, &w, subject, &all, err)) == TANU_OK &&
	    (st = put_reference(s, &w, subject, err)) == TANU_OK) {
		jw_array(&w, "papers");
		st = papers_each(s, subject, 0, put_paper, &w, err);
		jw_end_array(&w);
	}
	jw_end_object(&w);
	return st < 0 ? st : buf_check(out, err);
}
