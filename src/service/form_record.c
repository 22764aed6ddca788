/* SPDX-License-Identifier: Apache-2.0 */
/* The paper of a form: canonical JSON, sealed with the person's others. */
#include "service/internal.h"

#include <string.h>

const char *service_form_state_name(enum form_state state)
{
	static const char *const names[] = {
	    [FORM_OPEN] = "open", [FORM_ANSWERED] = "answered", [FORM_ENDED] = "ended"};

	return (size_t)state < ARRAY_LEN(names) && names[state] ? names[state] : "unknown";
}

static void put_set(struct json_w *w, const char *key, unsigned purposes)
{
	char text[PURPOSES_TEXT_LEN];

	purposes_text(text, purposes);
	if (*text)
		jw_text(w, key, text);
}

static void put_alone(struct json_w *w, const struct form_view *form)
{
	static const uint8_t none[DIGEST_LEN];

	if (memcmp(form->pdf_sha256, none, sizeof(none)) != 0)
		jw_digest(w, "pdf", form->pdf_sha256);
}

tanu_status form_encode(struct buf *out, const struct form_view *form, tanu_error *err)
{
	struct json_w w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	if (form->assent)
		jw_bool(&w, "assent", true);
	jw_text(&w, "code", form->code);
	jw_int(&w, "due_ms", form->due_ms);
	put_set(&w, "given", form->given);
	jw_text(&w, "giver", tanu_giver_name(form->giver));
	if (form->giver == TANU_GIVER_GUARDIAN)
		jw_id(&w, "guardian", &form->guardian);
	jw_text(&w, "language", form->language);
	jw_digest(&w, "notice", form->notice_sha256);
	jw_int(&w, "pages", form->pages);
	put_alone(&w, form);
	put_set(&w, "purposes", form->purposes);
	put_set(&w, "refused", form->refused);
	jw_date(&w, "until", form->until);
	jw_text(&w, "version", form->version);
	jw_end_object(&w);
	return buf_check(out, err);
}

static tanu_status get_set(unsigned *out, json_value root, const char *key, tanu_error *err)
{
	const char *text = NULL;
	tanu_status st;

	*out = 0;
	if (!json_get(root, key))
		return TANU_OK;
	st = json_text(&text, root, key, err);
	return st < 0 ? st : tanu_purposes_parse(out, text, err);
}

static tanu_status get_giver(struct form_view *out, json_value root, tanu_error *err)
{
	static const char *const words[] = {
	    [TANU_GIVER_SELF] = "self", [TANU_GIVER_GUARDIAN] = "guardian"};
	int giver = 0;
	tanu_status st = sealed_word(&giver, words, ARRAY_LEN(words), root, "giver", err);

	if (st < 0)
		return st;
	out->giver = (tanu_giver)giver;
	return out->giver == TANU_GIVER_GUARDIAN ? sealed_id(&out->guardian, root, "guardian", err)
						 : TANU_OK;
}

static tanu_status get_sets(struct form_view *f, json_value root, tanu_error *err)
{
	tanu_status st;

	if ((st = get_set(&f->purposes, root, "purposes", err)) < 0 ||
	    (st = get_set(&f->given, root, "given", err)) < 0)
		return st;
	return get_set(&f->refused, root, "refused", err);
}

static tanu_status decode(struct form_view *f, json_value root, tanu_error *err)
{
	int64_t pages = 0;
	tanu_status st;

	if ((st = sealed_text(f->code, sizeof(f->code), root, "code", err)) < 0 ||
	    (st = json_int(&f->due_ms, root, "due_ms", err)) < 0 ||
	    (st = get_giver(f, root, err)) < 0 ||
	    (st = sealed_text(f->language, sizeof(f->language), root, "language", err)) < 0 ||
	    (st = sealed_digest(f->notice_sha256, root, "notice", err)) < 0 ||
	    (st = json_int(&pages, root, "pages", err)) < 0 || (st = get_sets(f, root, err)) < 0 ||
	    (st = sealed_date(&f->until, root, "until", err)) < 0 ||
	    (st = sealed_text(f->version, sizeof(f->version), root, "version", err)) < 0)
		return st;
	f->pages = (int)pages;
	if (json_get(root, "assent") && (st = json_bool(&f->assent, root, "assent", err)) < 0)
		return st;
	return json_get(root, "pdf") ? sealed_digest(f->pdf_sha256, root, "pdf", err) : TANU_OK;
}

tanu_status form_decode(struct form_view *out, const struct buf *text, tanu_error *err)
{
	struct form_view form = {0};
	struct json_doc *doc = NULL;
	tanu_status st = json_parse(&doc, text->data, text->len, RECORD_MAX, "form", err);

	if (st < 0)
		return st;
	if ((st = decode(&form, json_root(doc), err)) == TANU_OK)
		*out = form;
	json_free(&doc);
	return st;
}
