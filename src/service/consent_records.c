/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of a person's acts about consent, found again: those of consents and refusals lie in
 * their rows, each act once; those of withdrawals are papers of hers.
 */
#include "service/internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct found {
	struct consent_record_view view;
	struct buf text;
};

struct finding {
	struct service *s;
	struct found *v;
	size_t len, cap;
};

static tanu_status finding_add(struct finding *f, const struct found *found, tanu_error *err)
{
	if (f->len == f->cap) {
		size_t cap = f->cap ? f->cap * 2 : 8;
		struct found *v = realloc(f->v, cap * sizeof(*v));

		if (!v)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
		f->v = v;
		f->cap = cap;
	}
	f->v[f->len++] = *found;
	return TANU_OK;
}

static void finding_free(struct finding *f)
{
	for (size_t i = 0; i < f->len; i++)
		buf_wipe(&f->v[i].text);
	free(f->v);
}

static bool finding_has(struct finding *f, const uint8_t sha256[DIGEST_LEN], unsigned purpose)
{
	for (size_t i = 0; i < f->len; i++)
		if (memcmp(f->v[i].view.sha256, sha256, DIGEST_LEN) == 0) {
			f->v[i].view.purposes |= purpose;
			return true;
		}
	return false;
}

/* Number, kind and purposes stand in the text itself. */
static tanu_status record_read(struct found *out, tanu_error *err)
{
	struct consent_record_view *v = &out->view;
	struct json_doc *doc = NULL;
	json_value processing;
	const char *type = NULL;
	tanu_status st = json_parse(&doc, out->text.data, out->text.len, RECORD_MAX, "record", err);

	if (st < 0)
		return st;
	if ((st = sealed_id(&v->id, json_root(doc), "record_id", err)) < 0 ||
	    (st = json_text(&type, json_root(doc), "type", err)) < 0)
		goto out;
	for (int kind = CONSENT_RECORD_GIVEN; kind <= CONSENT_RECORD_ENDED; kind++)
		if (strcmp(type,
			   service_consent_record_kind_name((enum consent_record_kind)kind)) == 0)
			v->kind = (enum consent_record_kind)kind;
	processing = json_get(json_root(doc), "pii_processing");
	for (size_t i = 0; i < json_len(processing) && st == TANU_OK; i++) {
		const char *purpose = NULL;
		unsigned set = 0;

		if ((st = json_text(&purpose, json_at(processing, i), "purpose", err)) == TANU_OK &&
		    (st = tanu_purposes_parse(&set, purpose, err)) == TANU_OK)
			v->purposes |= set;
	}
out:
	json_free(&doc);
	return st;
}

static tanu_status found_add(struct finding *f, struct found *found, tanu_error *err)
{
	tanu_status st = record_read(found, err);

	/* Another paper that was issued to her, no record of ours. */
	if (st < 0 || found->view.kind == CONSENT_RECORD_NONE ||
	    (st = finding_add(f, found, err)) < 0)
		buf_wipe(&found->text);
	return st;
}

static tanu_status take_row(void *self, const struct consent_row *row, tanu_error *err)
{
	struct found found = {.view = {.at_ms = row->consent.given_ms}};
	struct consent_detail detail = {0};
	struct finding *f = self;
	tanu_status st = consent_detail_open(f->s, &detail, row, err);

	if (st < 0)
		return st;
	sha256(found.view.sha256, detail.record.data, detail.record.len);
	if (detail.record.len > 0 && !finding_has(f, found.view.sha256, row->consent.purpose)) {
		found.text = detail.record;
		detail.record = (struct buf){0};
		st = found_add(f, &found, err);
	}
	consent_detail_free(&detail);
	return st;
}

static tanu_status take_paper(void *self, const struct paper *paper, tanu_error *err)
{
	struct found found = {.view = {.at_ms = paper->created_ms}};
	struct finding *f = self;
	tanu_status st;

	if (paper->text.len == 0 || paper->text.data[0] != '{')
		return TANU_OK;
	buf_put(&found.text, paper->text.data, paper->text.len);
	if ((st = buf_check(&found.text, err)) < 0)
		return st;
	sha256(found.view.sha256, found.text.data, found.text.len);
	return found_add(f, &found, err);
}

static int by_time(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->view.at_ms != y->view.at_ms)
		return x->view.at_ms < y->view.at_ms ? -1 : 1;
	return (int)x->view.kind - (int)y->view.kind;
}

static tanu_status find_all(struct finding *f, const tanu_id *subject, tanu_error *err)
{
	struct consent_list ledger = {0};
	tanu_status st;

	if ((st = subject_must_exist(f->s, subject, err)) < 0 ||
	    (st = ledger_load(f->s, &ledger, subject, err)) < 0 ||
	    (st = DB(f->s, consent_each, subject, take_row, f, err)) < 0 ||
	    (st = papers_each(f->s, subject, RECORD_RECEIPT, take_paper, f, err)) < 0)
		goto out;
	if (f->len)
		qsort(f->v, f->len, sizeof(*f->v), by_time);
out:
	consent_list_free(&ledger);
	return st;
}

tanu_status
service_consent_record_each(struct service *s, const tanu_id *subject,
			    tanu_status (*each)(void *self, const struct consent_record_view *v,
						const struct buf *text, tanu_error *err),
			    void *self, tanu_error *err)
{
	struct finding f = {.s = s};
	tanu_status st = find_all(&f, subject, err);

	for (size_t i = 0; i < f.len && st == TANU_OK; i++)
		st = each(self, &f.v[i].view, &f.v[i].text, err);
	finding_free(&f);
	return st;
}

tanu_status service_consent_record(struct service *s, struct buf *out,
				   struct consent_record_view *view, const tanu_id *subject,
				   const char *number, tanu_error *err)
{
	struct finding f = {.s = s};
	const struct found *hit = NULL;
	tanu_status st = find_all(&f, subject, err);

	for (size_t i = 0; i < f.len && st == TANU_OK; i++) {
		char hex[ID_HEX_LEN];

		id_hex(hex, &f.v[i].view.id);
		if (!number || strncasecmp(hex, number, strlen(number)) == 0)
			hit = &f.v[i]; /* the last one */
	}
	if (st == TANU_OK && !hit)
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, NULL,
			       "there is no record of consent here");
	if (st == TANU_OK) {
		*view = hit->view;
		buf_put(out, hit->text.data, hit->text.len);
		st = buf_check(out, err);
	}
	finding_free(&f);
	return st;
}
