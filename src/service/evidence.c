/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a yes or no was signed on: scans of paper, electronic signatures. The record of the act
 * states their digests, so that the public log commits to them; the files themselves are kept, or
 * stay with the operator.
 */
#include "service/internal.h"

#include <stdio.h>
#include <string.h>

#define TRUSTED_MAX ((size_t)16 << 20) /* bytes of the bundle of certificates */

const char *evidence_how(const struct consent_evidence *evidence)
{
	if (!evidence)
		return "";
	return evidence->signature ? "signature" : evidence->drawn ? "screen" : "hand";
}

tanu_status evidence_check(const struct consent_evidence *evidence, tanu_error *err)
{
	if (!evidence)
		return TANU_OK;
	if (evidence->pages_len > EVIDENCE_PAGES_MAX)
		return BAD_CALL(err, "a form has at most 16 pages");
	if (evidence->pages_len == 0 && !evidence->signature)
		return BAD_CALL(err, "something was signed");
	if (evidence->signature &&
	    strcmp(evidence->signature->result, signed_result_name(SIGNED_FALSE)) == 0)
		return tanu_fail(err, TANU_ERR_CONSENT_RULE, "signature",
				 "the electronic signature does not hold (%s): nothing was agreed "
				 "to with it",
				 evidence->signature->reason);
	return TANU_OK;
}

/* ---- papers ---- */

static tanu_status added_put(struct service *s, const tanu_id *subject, const tanu_id *paper,
			     const uint8_t sha256[DIGEST_LEN], int64_t now_ms, tanu_error *err)
{
	struct event_record event = {
	    .type = TANU_EVENT_PAPER_ADDED, .about = *paper, .by = "officer"};

	memcpy(event.document, sha256, sizeof(event.document));
	return history_put(s, subject, 0, now_ms, &event, err);
}

static tanu_status page_put(struct service *s, const tanu_id *subject,
			    const struct consent_evidence *e, size_t i, int64_t now_ms,
			    tanu_error *err)
{
	const struct buf *keep = e->page[i].keep;
	tanu_id paper = {{0}};
	tanu_status st = TANU_OK;

	if (keep)
		st = paper_put(s, &paper, subject, RECORD_SCAN, now_ms, keep->data, keep->len, err);
	return st < 0 ? st : added_put(s, subject, &paper, e->page[i].sha256, now_ms, err);
}

static void put_signature(struct json_w *w, const struct signature_view *v)
{
	if (v->checked_elsewhere)
		jw_bool(w, "checked_elsewhere", true);
	jw_int(w, "checked_ms", v->checked_ms);
	jw_digest(w, "document_sha256", v->document_sha256);
	if (v->not_after_ms) {
		jw_int(w, "not_after_ms", v->not_after_ms);
		jw_int(w, "not_before_ms", v->not_before_ms);
	}
	if (*v->reason)
		jw_text(w, "reason", v->reason);
	jw_text(w, "result", v->result);
	if (*v->serial)
		jw_text(w, "serial", v->serial);
	jw_digest(w, "sha256", v->sha256);
	if (*v->serial)
		jw_digest(w, "signer_sha256", v->signer_sha256);
}

/* What came of the check on one line, then the file as it came. */
static tanu_status signature_put(struct service *s, const tanu_id *subject,
				 const struct consent_evidence *e, int64_t now_ms, tanu_error *err)
{
	struct buf text = {0};
	tanu_id paper = {{0}};
	struct json_w w;
	tanu_status st;

	if (!e->signature)
		return TANU_OK;
	jw_init(&w, &text);
	jw_object(&w, NULL);
	put_signature(&w, e->signature);
	jw_end_object(&w);
	buf_str(&text, "\n");
	if (e->signature_file)
		buf_put(&text, e->signature_file->data, e->signature_file->len);
	if ((st = buf_check(&text, err)) == TANU_OK &&
	    (st = paper_put(s, &paper, subject, RECORD_SIGNATURE, now_ms, text.data, text.len,
			    err)) == TANU_OK)
		st = added_put(s, subject, &paper, e->signature->sha256, now_ms, err);
	buf_wipe(&text);
	return st;
}

tanu_status evidence_put(struct service *s, const tanu_id *subject,
			 const struct consent_evidence *evidence, int64_t now_ms, tanu_error *err)
{
	tanu_status st = TANU_OK;

	if (!evidence || evidence->filed)
		return TANU_OK;
	for (size_t i = 0; i < evidence->pages_len && st == TANU_OK; i++)
		st = page_put(s, subject, evidence, i, now_ms, err);
	return st < 0 ? st : signature_put(s, subject, evidence, now_ms, err);
}

/* ---- the record ---- */

void evidence_write(struct json_w *w, const struct consent_evidence *evidence)
{
	bool kept = false;

	jw_object(w, "evidence");
	if (evidence->pages_len) {
		jw_array(w, "document_sha256");
		for (size_t i = 0; i < evidence->pages_len; i++) {
			jw_digest(w, NULL, evidence->page[i].sha256);
			kept = kept || evidence->page[i].keep;
		}
		jw_end_array(w);
		jw_bool(w, "documents_kept", kept);
	}
	if (evidence->drawn)
		jw_bool(w, "drawn_on_screen", true);
	if (*evidence->form_code)
		jw_text(w, "form", evidence->form_code);
	if (evidence->signature) {
		jw_object(w, "signature");
		put_signature(w, evidence->signature);
		jw_end_object(w);
	}
	jw_end_object(w);
}

/* ---- signature files ---- */

/* A path that does not begin with a slash is looked for in the site's folder. */
static tanu_status trusted_read(struct service *s, struct buf *out, bool *set, tanu_error *err)
{
	const char *name = settings_text(&s->settings, "signature.ca");
	char path[OS_PATH_MAX];
	tanu_status st = TANU_OK;

	*set = *name != '\0';
	if (!*set)
		return TANU_OK;
	if (*name == '/')
		snprintf(path, sizeof(path), "%s", name);
	else
		st = os_path(path, sizeof(path), s->dir, name, err);
	if (st == TANU_OK)
		st = os_read_file(out, path, TRUSTED_MAX, err);
	if (st < 0)
		error_prefix_place(err, "signature.ca");
	return st;
}

tanu_status service_signature_check(struct service *s, struct signature_view *out,
				    const struct buf *file, const struct buf *document,
				    tanu_error *err)
{
	struct signature_view view = {.checked_ms = clock_now(&s->clock)};
	struct signed_report report = {0};
	struct buf trusted = {0};
	bool set = false;
	tanu_status st;

	if ((st = trusted_read(s, &trusted, &set, err)) == TANU_OK)
		st = signed_check(&report, file->data, file->len, document->data, document->len,
				  set ? buf_cstr(&trusted) : NULL, trusted.len, view.checked_ms,
				  err);
	buf_free(&trusted);
	if (st < 0)
		return st;
	view.result = signed_result_name(report.result);
	memcpy(view.reason, report.reason, sizeof(view.reason));
	memcpy(view.signer, report.signer, sizeof(view.signer));
	memcpy(view.signer_sha256, report.subject_sha256, sizeof(view.signer_sha256));
	memcpy(view.serial, report.serial, sizeof(view.serial));
	view.not_before_ms = report.not_before_ms;
	view.not_after_ms = report.not_after_ms;
	sha256(view.sha256, file->data, file->len);
	sha256(view.document_sha256, document->data, document->len);
	*out = view;
	return TANU_OK;
}
