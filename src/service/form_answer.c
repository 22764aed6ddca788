/* SPDX-License-Identifier: Apache-2.0 */
/* Forms that came back: which one it is, and what was said on it. */
#include "service/internal.h"
#include "worker/worker.h"

#include <string.h>

/* ---- which form? ---- */

static bool is_pdf(const struct buf *bytes)
{
	return bytes->len >= 5 && memcmp(bytes->data, "%PDF-", 5) == 0;
}

static tanu_status code_find(struct service *s, struct buf *out, const struct buf *bytes,
			     tanu_error *err)
{
	tanu_image_limits limits = settings_image_limits(&s->settings);
	struct service_pause pause;
	tanu_status st;

	if (is_pdf(bytes))
		return tanu_fail(err, TANU_ERR_FORMAT, NULL,
				 "a PDF is not read here: scan to JPEG or PNG, one file a page, or "
				 "turn it into pictures (pdftoppm -r 200 -png SCAN.pdf SCAN)");
	pause = service_pause(s);
	st = worker_read_code(out, bytes->data, bytes->len, NULL, &limits, err);
	service_resume(s, &pause);
	if (st == TANU_NOT_FOUND)
		return tanu_fail(
		    err, TANU_ERR_NO_CODE, NULL,
		    "no code of a form can be read here: an empty page, a page of "
		    "something else, or scanned too coarsely (150 to 300 dpi is good)");
	return st;
}

tanu_status service_form_scan_bytes(struct service *s, struct form_scan *out,
				    const struct buf *bytes, tanu_error *err)
{
	struct form_scan scan = {0};
	uint8_t code[FORM_CODE_LEN];
	struct buf link = {0};
	tanu_status st;

	sha256(out->sha256, bytes->data, bytes->len);
	memcpy(scan.sha256, out->sha256, sizeof(scan.sha256));
	if ((st = code_find(s, &link, bytes, err)) == TANU_OK &&
	    (st = form_link_parse(&scan, &link, err)) == TANU_OK) {
		form_code_parse(code, scan.code);
		st = form_code_check(s, code, err);
	}
	if (st == TANU_OK)
		*out = scan;
	buf_free(&link);
	return st;
}

tanu_status service_form_scan(struct service *s, struct form_scan *out, struct buf *bytes,
			      const char *path, tanu_error *err)
{
	tanu_image_limits limits = settings_image_limits(&s->settings);
	tanu_status st = os_read_file(bytes, path, limits.max_bytes, err);

	if (st < 0)
		return st;
	if ((st = service_form_scan_bytes(s, out, bytes, err)) < 0)
		error_prefix_place(err, path);
	return st;
}

unsigned service_form_waits(const struct form_view *form)
{
	return form->purposes & ~(form->given | form->refused);
}

tanu_status service_form_open(const struct form_view *form, tanu_error *err)
{
	if (form->state == FORM_ANSWERED)
		return tanu_fail(err, TANU_ERR_FORM, NULL, "it has been recorded before");
	if (form->state == FORM_ENDED)
		return tanu_fail(err, TANU_ERR_FORM, NULL,
				 "it counts no more: the request ran out, was answered otherwise, "
				 "or a newer form was made");
	return TANU_OK;
}

/* ---- what was said on it ---- */

struct since {
	int64_t made_ms;
	unsigned purposes, no;
};

static tanu_status note_no(void *self, const struct history_view *v, tanu_error *err)
{
	struct since *since = self;

	(void)err;
	if (v->at_ms > since->made_ms &&
	    (v->event == TANU_EVENT_CONSENT_REFUSED || v->event == TANU_EVENT_CONSENT_WITHDRAWN))
		since->no |= v->purposes & since->purposes;
	return TANU_OK;
}

/* A yes on a paper that is older than a no does not count. */
static tanu_status check_since(struct service *s, const struct form_view *form, unsigned yes,
			       tanu_error *err)
{
	struct since since = {.made_ms = form->made_ms, .purposes = yes};
	tanu_status st = service_history_each(s, &form->subject, note_no, &since, err);
	char purposes[PURPOSES_TEXT_LEN];

	if (st < 0 || (since.no & ~form->refused) == 0)
		return st;
	purposes_text(purposes, since.no);
	return tanu_fail(err, TANU_ERR_FORM, form->code,
			 "since this form was printed somebody has said no to %s: a newer form is "
			 "needed",
			 purposes);
}

static tanu_status check_open(struct service *s, const struct form_view *form,
			      const struct form_answer *answer, tanu_error *err)
{
	unsigned named = answer->yes | answer->no;
	struct consent_list ledger = {0};
	unsigned waits;
	tanu_status st;

	if (named == 0 || answer->yes & answer->no || named & ~form->purposes)
		return tanu_fail(err, TANU_ERR_USAGE, form->code,
				 "name purposes that this form asks for, each as a yes or as a no");
	if (form->state == FORM_ANSWERED || named & (form->given | form->refused))
		return tanu_fail(err, TANU_ERR_FORM, form->code,
				 "this form has been recorded before");
	if ((st = ledger_load(s, &ledger, &form->subject, err)) < 0)
		return st;
	waits = form_waits_for(form, &ledger, clock_now(&s->clock));
	consent_list_free(&ledger);
	if (named & ~waits)
		return tanu_fail(err, TANU_ERR_FORM, form->code,
				 "this form counts no more: the request ran out (setting "
				 "consent.request_days), was answered otherwise, or a newer form "
				 "was made");
	return check_since(s, form, answer->yes, err);
}

static tanu_status say_yes(struct service *s, const struct form_view *form,
			   const struct form_answer *answer,
			   const struct consent_evidence *evidence, tanu_error *err)
{
	struct consent_order order = {.subject = form->subject,
				      .purposes = answer->yes,
				      .giver = form->giver,
				      .guardian = form->guardian,
				      .until = form->until,
				      .assent = form->assent && answer->assent,
				      .evidence = evidence};
	struct notice_view notice = {0};
	struct buf text = {0};
	tanu_status st;

	if (form->assent && !answer->assent)
		return tanu_fail(err, TANU_ERR_CONSENT_RULE, form->code,
				 "this form asks for the child's signature too: say whether it is "
				 "there");
	if ((st = service_notice_get(s, &notice, &text, form->version, form->language, err)) < 0)
		return st;
	memcpy(order.notice.version, form->version, sizeof(order.notice.version));
	memcpy(order.notice.language, form->language, sizeof(order.notice.language));
	order.notice.text = (const char *)text.data;
	order.notice.text_len = text.len;
	if (memcmp(notice.sha256, form->notice_sha256, sizeof(notice.sha256)) != 0)
		st = tanu_fail(err, TANU_ERR_CONFLICT, form->version,
			       "another text is registered than the one on the form");
	else
		st = service_consent_give(s, &order, err);
	buf_free(&text);
	return st;
}

tanu_status service_form_answer(struct service *s, struct erasure_receipt *out,
				const struct form_answer *answer, tanu_error *err)
{
	struct consent_evidence evidence = *answer->evidence;
	struct consent_say no = {
	    .subject = answer->subject, .purposes = answer->no, .evidence = &evidence};
	struct form_view form = {0};
	tanu_status st;

	if ((st = form_get(s, &form, &answer->subject, &answer->form, err)) < 0 ||
	    (st = check_open(s, &form, answer, err)) < 0 ||
	    (st = evidence_check(&evidence, err)) < 0)
		return st;
	evidence.form = form.id;
	memcpy(evidence.form_code, form.code, sizeof(evidence.form_code));
	if (answer->yes && (st = say_yes(s, &form, answer, &evidence, err)) < 0)
		return st;
	if (!answer->no)
		return TANU_OK;
	evidence.filed = answer->yes != 0;
	no.by = form.giver;
	no.guardian = form.guardian;
	return service_consent_refuse(s, out, &no, err);
}
