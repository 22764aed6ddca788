/* SPDX-License-Identifier: Apache-2.0 */
/* Guardians, consents, papers, invitations. */
#include "api/operations.h"

#include <stdio.h>
#include <string.h>

static bool digest_of(const struct call *c, uint8_t out[DIGEST_LEN], const char *member)
{
	return hex_decode(out, DIGEST_LEN, call_text(c, member));
}

static tanu_status too_long(const struct call *c, const char *member, size_t max, tanu_error *err)
{
	if (strlen(call_text(c, member)) <= max)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_JSON, member, "this is too long");
}

/* ---- guardians ---- */

static tanu_status put_guardian(void *self, const struct guardian_view *v, tanu_error *err)
{
	struct call *c = self;
	struct subject_view who = {0};
	struct json_w *w = &c->w;

	(void)err;
	jw_object(w, NULL);
	jw_id(w, "guardian", &v->guardian);
	if (service_subject_get(c->api->service, &who, &v->guardian, NULL) == TANU_OK)
		put_clean(w, "name", who.person.name);
	mem_wipe(&who, sizeof(who));
	put_clean(w, "relation", v->relation);
	put_clean(w, "checked_by", v->checked_by);
	put_clean(w, "how", v->how);
	jw_int(w, "since_ms", v->since_ms);
	jw_text(w, "state", service_guardian_state_name(v->state));
	if (v->state == GUARDIAN_BARRED)
		put_date(w, "from", v->from);
	put_sha256(w, "document", v->document);
	jw_bool(w, "may_speak", v->may_speak);
	jw_end_object(w);
	return TANU_OK;
}

tanu_status op_guardians_list(struct call *c, tanu_error *err)
{
	tanu_status st;

	jw_object(&c->w, NULL);
	jw_array(&c->w, "items");
	st = service_guardian_each(c->api->service, &c->subject, put_guardian, c, err);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return st;
}

tanu_status op_guardian_add(struct call *c, tanu_error *err)
{
	struct guardian_order order = {.child = c->subject};
	tanu_status st;

	c->status = 204;
	if ((st = too_long(c, "relation", RELATION_MAX, err)) < 0 ||
	    (st = too_long(c, "checked_by", NAME_MAX_BYTES, err)) < 0 ||
	    (st = too_long(c, "how", CHECK_MAX, err)) < 0)
		return st;
	call_id(c, &order.guardian, "guardian");
	snprintf(order.relation, sizeof(order.relation), "%s", call_text(c, "relation"));
	snprintf(order.checked_by, sizeof(order.checked_by), "%s", call_text(c, "checked_by"));
	snprintf(order.how, sizeof(order.how), "%s", call_text(c, "how"));
	(void)digest_of(c, order.document, "document");
	return service_guardian_add(c->api->service, &order, err);
}

tanu_status op_guardian_remove(struct call *c, tanu_error *err)
{
	tanu_id guardian = call_param_id(c, "guardian");

	c->status = 204;
	return service_guardian_remove(c->api->service, &c->subject, &guardian, err);
}

tanu_status op_guardian_bar(struct call *c, tanu_error *err)
{
	struct guardian_bar bar = {.child = c->subject, .guardian = call_param_id(c, "guardian")};
	struct erasure_receipt receipt = {0};
	tanu_status st;

	(void)digest_of(c, bar.document, "document");
	if ((st = call_date(c, &bar.from, "from", err)) == TANU_OK &&
	    (st = service_guardian_bar(c->api->service, &receipt, &bar, err)) == TANU_OK)
		st = put_erasure(c, &receipt, err);
	mem_wipe(&receipt, sizeof(receipt));
	return st;
}

/* ---- consents ---- */

static tanu_status put_consent(void *self, const struct consent_view *v, tanu_error *err)
{
	const tanu_consent *consent = &v->consent;
	struct json_w *w = self;

	(void)err;
	jw_object(w, NULL);
	jw_id(w, "id", &consent->id);
	jw_text(w, "purpose", tanu_purpose_name(consent->purpose));
	jw_text(w, "state", tanu_consent_state_name(consent->state));
	if (consent->giver != TANU_GIVER_NONE)
		jw_text(w, "by", tanu_giver_name(consent->giver));
	if (consent->giver == TANU_GIVER_GUARDIAN)
		jw_id(w, "guardian", &v->guardian);
	jw_bool(w, "assent", v->assent);
	jw_int(w, "given_ms", consent->given_ms);
	jw_int(w, "not_after_ms", consent->not_after_ms);
	if (*v->how)
		jw_text(w, "how", v->how);
	if (*v->form)
		jw_text(w, "form", v->form);
	if (v->retention_months)
		jw_int(w, "retention_months", v->retention_months);
	jw_object(w, "notice");
	put_clean(w, "version", v->notice_version);
	put_clean(w, "language", v->notice_language);
	put_sha256(w, "sha256", v->notice_sha256);
	jw_end_object(w);
	jw_end_object(w);
	return TANU_OK;
}

tanu_status op_consents_list(struct call *c, tanu_error *err)
{
	tanu_status st;

	jw_object(&c->w, NULL);
	jw_array(&c->w, "items");
	st = service_consent_each(c->api->service, &c->subject, put_consent, &c->w, err);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return st;
}

tanu_status call_giver(const struct call *c, tanu_giver *by, tanu_id *guardian, bool needed,
		       tanu_error *err)
{
	const char *word = call_text(c, "by");

	*guardian = (tanu_id){{0}};
	if (c->own) {
		*by = c->herself ? TANU_GIVER_SELF : TANU_GIVER_GUARDIAN;
		*guardian = c->herself ? *guardian : c->who.subject;
		return TANU_OK;
	}
	*by = !strcmp(word, "self")	  ? TANU_GIVER_SELF
	      : !strcmp(word, "guardian") ? TANU_GIVER_GUARDIAN
					  : TANU_GIVER_NONE;
	if (needed && *by == TANU_GIVER_NONE)
		return tanu_fail(err, TANU_ERR_JSON, "by", "say who gives it: self or guardian");
	if (*by == TANU_GIVER_GUARDIAN && !call_id(c, guardian, "guardian"))
		return tanu_fail(err, TANU_ERR_JSON, "guardian", "say which guardian it is");
	return TANU_OK;
}

tanu_status notice_of(const struct call *c, struct notice *out, struct buf *text, tanu_error *err)
{
	json_value name = json_get(c->body, "notice");
	struct notice_view view;
	tanu_status st;

	snprintf(out->version, sizeof(out->version), "%s", json_text_of(json_get(name, "version")));
	snprintf(out->language, sizeof(out->language), "%s",
		 json_text_of(json_get(name, "language")));
	st = service_notice_get(c->api->service, &view, text, out->version, out->language, err);
	out->text = (const char *)text->data;
	out->text_len = text->len;
	return st;
}

tanu_status op_consent_give(struct call *c, tanu_error *err)
{
	struct consent_order order = {.subject = c->subject,
				      .purposes = call_purposes(c, "purposes"),
				      .assent = call_flag(c, "assent")};
	struct drawn_for what = {
	    .word = "given", .purposes = order.purposes, .notice = &order.notice};
	struct drawn drawn = {.given = NULL};
	struct buf text = {0};
	tanu_status st;

	if ((st = call_date(c, &order.until, "until", err)) < 0 ||
	    (st = call_giver(c, &order.giver, &order.guardian, true, err)) < 0 ||
	    (st = notice_of(c, &order.notice, &text, err)) < 0)
		goto out;
	what.guardian = order.guardian;
	if ((st = drawn_take(c, &drawn, &what, err)) < 0)
		goto out;
	order.evidence = drawn.given;
	if ((st = service_consent_give(c->api->service, &order, err)) == TANU_OK) {
		feed_say(c->api, "consent-given", &c->subject);
		st = op_consents_list(c, err);
	}
out:
	drawn_free(&drawn);
	buf_free(&text);
	return st;
}

tanu_status op_consent_request(struct call *c, tanu_error *err)
{
	struct consent_order order = {.subject = c->subject,
				      .purposes = call_purposes(c, "purposes")};
	struct buf text = {0};
	tanu_status st;

	c->status = 204;
	if ((st = notice_of(c, &order.notice, &text, err)) == TANU_OK)
		st = service_consent_request(c->api->service, &order, err);
	buf_free(&text);
	return st;
}

/* A no, before or after a yes. */
static tanu_status say_no(struct call *c, bool refuse, tanu_error *err)
{
	struct consent_say say = {.subject = c->subject, .purposes = call_purposes(c, "purposes")};
	struct drawn_for what = {.word = refuse ? "refused" : "withdrawn",
				 .purposes = say.purposes};
	struct drawn drawn = {.given = NULL};
	struct erasure_receipt receipt = {0};
	tanu_status st = call_giver(c, &say.by, &say.guardian, refuse, err);

	what.guardian = say.guardian;
	if (st == TANU_OK && (st = drawn_take(c, &drawn, &what, err)) == TANU_OK) {
		say.evidence = drawn.given;
		st = refuse ? service_consent_refuse(c->api->service, &receipt, &say, err)
			    : service_consent_withdraw_by(c->api->service, &receipt, &say, err);
	}
	if (st == TANU_OK) {
		feed_say(c->api, refuse ? "consent-refused" : "consent-withdrawn", &c->subject);
		st = put_erasure(c, &receipt, err);
	}
	drawn_free(&drawn);
	mem_wipe(&receipt, sizeof(receipt));
	return st;
}

tanu_status op_consent_refuse(struct call *c, tanu_error *err)
{
	return say_no(c, true, err);
}

tanu_status op_consent_withdraw(struct call *c, tanu_error *err)
{
	return say_no(c, false, err);
}

struct finding {
	const tanu_id *id;
	bool found;
};

static tanu_status find_consent(void *self, const struct consent_view *v, tanu_error *err)
{
	struct finding *f = self;

	(void)err;
	f->found = f->found || id_equal(&v->consent.id, f->id);
	return TANU_OK;
}

/* Only of this person's consents: the id alone would open another's. */
tanu_status op_consent_notice(struct call *c, tanu_error *err)
{
	tanu_id id = call_param_id(c, "consent");
	struct finding f = {.id = &id};
	tanu_status st = service_consent_each(c->api->service, &c->subject, find_consent, &f, err);

	if (st == TANU_OK && !f.found)
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, NULL,
			       "there is no such consent of this person");
	put_plain(c, "text/plain; charset=utf-8");
	return st == TANU_OK ? service_consent_notice(c->api->service, &c->out, NULL, &id, err)
			     : st;
}

/* ---- papers ---- */

static tanu_status put_paper(void *self, const struct consent_record_view *v,
			     const struct buf *text, tanu_error *err)
{
	struct json_w *w = self;

	(void)text;
	(void)err;
	jw_object(w, NULL);
	jw_id(w, "id", &v->id);
	jw_text(w, "kind", service_consent_record_kind_name(v->kind));
	jw_int(w, "at_ms", v->at_ms);
	put_purposes(w, "purposes", v->purposes);
	put_sha256(w, "sha256", v->sha256);
	jw_end_object(w);
	return TANU_OK;
}

tanu_status op_papers_list(struct call *c, tanu_error *err)
{
	tanu_status st;

	jw_object(&c->w, NULL);
	jw_array(&c->w, "items");
	st = service_consent_record_each(c->api->service, &c->subject, put_paper, &c->w, err);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return st;
}

tanu_status op_paper_get(struct call *c, tanu_error *err)
{
	struct consent_record_view view;

	return service_consent_record(c->api->service, &c->out, &view, &c->subject,
				      call_param(c, "paper"), err);
}

/* ---- invitations ---- */

tanu_status op_invitation_make(struct call *c, tanu_error *err)
{
	struct invitation invitation = {.expires_ms = 0};
	struct subject_view view = {0};
	char path[64];
	tanu_status st;

	api_enter(c->api);
	if ((st = api_there(c->api, err)) == TANU_OK)
		st = service_subject_get(c->api->service, &view, &c->subject, err);
	if (st == TANU_OK && !service_is_asked(c->api->service, view.person.born))
		st = tanu_fail(err, TANU_ERR_CONSENT_RULE, NULL,
			       "this child is too young to be asked: invite her guardian");
	api_leave(c->api);
	mem_wipe(&view, sizeof(view));
	if (st < 0 || (st = auth_invite(c->api->auth, &invitation, &c->subject, err)) < 0)
		return st;
	snprintf(path, sizeof(path), "/portal#%s", invitation.token);
	jw_object(&c->w, NULL);
	jw_text(&c->w, "path", path);
	jw_text(&c->w, "code", invitation.code);
	jw_int(&c->w, "expires_ms", invitation.expires_ms);
	jw_end_object(&c->w);
	mem_wipe(&invitation, sizeof(invitation));
	mem_wipe(path, sizeof(path));
	return TANU_OK;
}

/* ---- passes ---- */

static tanu_status put_pass(void *self, const struct pass_view *v, tanu_error *err)
{
	struct json_w *w = self;
	char number[2 * PASS_NUMBER_LEN + 1];

	(void)err;
	hex_encode(number, v->number, PASS_NUMBER_LEN);
	jw_object(w, NULL);
	jw_text(w, "number", number);
	jw_bool(w, "spare", v->spare);
	put_date(w, "until", v->until);
	jw_int(w, "issued_ms", v->issued_ms);
	jw_text(w, "state", service_pass_state_name(v->state));
	if (v->revoked_ms)
		jw_int(w, "revoked_ms", v->revoked_ms);
	jw_end_object(w);
	return TANU_OK;
}

tanu_status op_passes_list(struct call *c, tanu_error *err)
{
	tanu_status st;

	jw_object(&c->w, NULL);
	jw_array(&c->w, "items");
	st = service_pass_each(c->api->service, &c->subject, put_pass, &c->w, err);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return st;
}

tanu_status op_pass_revoke(struct call *c, tanu_error *err)
{
	uint8_t number[PASS_NUMBER_LEN];
	size_t revoked = 0;

	c->status = 204;
	if (!hex_decode(number, sizeof(number), call_param(c, "number")))
		return tanu_fail(err, TANU_ERR_RECORD_MISSING, NULL, "there is no such pass");
	return service_pass_revoke(c->api->service, &revoked, &c->subject, number, err);
}
