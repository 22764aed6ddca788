/* SPDX-License-Identifier: Apache-2.0 */
/* People: found, added, looked at, gone. */
#include "api/operations.h"
#include "service/gates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#define PREVIEW_MAX	100   /* people shown of an import */
#define IMPORT_MAX	20000 /* rows at once */
#define REFUSED_MAX	1000  /* rows told of, of those that are not understood */
#define ID_PREFIX_LEAST 6

/* ---- names: found in any case of Latin and Cyrillic letters ---- */

/* The next character in small letters; Kazakh ones lie in the same blocks. */
static uint32_t next_small(const char **at)
{
	const unsigned char *p = (const unsigned char *)*at;
	uint32_t c = p[0];
	size_t len = 1;

	if (c >= 0xC0 && c < 0xE0 && p[1]) {
		c = (c & 31) << 6 | (p[1] & 63);
		len = 2;
	} else if (c >= 0xE0 && c < 0xF0 && p[1] && p[2]) {
		c = (c & 15) << 12 | (uint32_t)(p[1] & 63) << 6 | (p[2] & 63);
		len = 3;
	}
	*at += len;
	if ((c >= 'A' && c <= 'Z') || (c >= 0x410 && c <= 0x42F) ||
	    (c >= 0xC0 && c <= 0xDE && c != 0xD7))
		return c + 32;
	if (c >= 0x400 && c <= 0x40F)
		return c + 80;
	/* Pairs of a capital at the even place and its small letter at the odd one. */
	if ((c >= 0x48A && c <= 0x4BF) || (c >= 0x4D0 && c <= 0x52F) || (c >= 0x100 && c <= 0x137))
		return c | 1;
	return c;
}

static bool begins_small(const char *text, const char *part)
{
	while (*part) {
		if (!*text || next_small(&text) != next_small(&part))
			return false;
	}
	return true;
}

static bool name_holds(const char *name, const char *part)
{
	for (; *name; name++) {
		if (((unsigned char)*name & 0xC0) == 0x80)
			continue;
		if (begins_small(name, part))
			return true;
	}
	return !*part;
}

static int by_small(const char *a, const char *b)
{
	while (*a && *b) {
		uint32_t x = next_small(&a), y = next_small(&b);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return *a ? 1 : *b ? -1 : 0;
}

/* ---- the list ---- */

struct found {
	const char *q;
	struct subject_view *v;
	size_t len, cap;
};

static bool fits(const struct found *f, const struct subject_view *v)
{
	char hex[ID_HEX_LEN];

	id_hex(hex, &v->id);
	return name_holds(v->person.name, f->q) ||
	       (strlen(f->q) >= ID_PREFIX_LEAST && !strncmp(hex, f->q, strlen(f->q)));
}

static tanu_status take_found(void *self, const struct subject_view *v, tanu_error *err)
{
	struct found *f = self;
	size_t cap = f->cap ? f->cap * 2 : 64;
	struct subject_view *more;

	if (!fits(f, v))
		return TANU_OK;
	if (f->len == f->cap) {
		more = calloc(cap, sizeof(*more));
		if (!more)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
		if (f->len)
			memcpy(more, f->v, f->len * sizeof(*more));
		mem_wipe(f->v, f->len * sizeof(*more));
		free(f->v);
		f->v = more;
		f->cap = cap;
	}
	f->v[f->len++] = *v;
	return TANU_OK;
}

static int by_name(const void *a, const void *b)
{
	const struct subject_view *x = a, *y = b;
	int names = by_small(x->person.name, y->person.name);

	return names ? names : memcmp(x->id.b, y->id.b, sizeof(x->id.b));
}

tanu_status op_subjects_list(struct call *c, tanu_error *err)
{
	const char *q = http_query(c->request, "q");
	struct found f = {.q = q ? q : ""};
	struct page page;
	tanu_status st;

	if ((st = page_read(c, &page, err)) < 0 ||
	    (st = service_subject_each(c->api->service, take_found, &f, err)) < 0)
		goto out;
	if (f.len)
		qsort(f.v, f.len, sizeof(*f.v), by_name);
	jw_object(&c->w, NULL);
	jw_array(&c->w, "items");
	for (size_t i = page.from; i < f.len && i < page.from + page.limit; i++)
		put_subject(c, NULL, &f.v[i]);
	jw_end_array(&c->w);
	if (f.len > page.from + page.limit)
		page_next(c, page.from + page.limit);
	jw_int(&c->w, "total", (int64_t)f.len);
	jw_end_object(&c->w);
out:
	if (f.v)
		mem_wipe(f.v, f.cap * sizeof(*f.v));
	free(f.v);
	return st;
}

/* ---- one person ---- */

static tanu_status answer_subject(struct call *c, const tanu_id *id, tanu_error *err)
{
	struct subject_view view = {0};
	tanu_status st = service_subject_get(c->api->service, &view, id, err);

	if (st == TANU_OK)
		put_subject(c, NULL, &view);
	mem_wipe(&view, sizeof(view));
	return st;
}

tanu_status op_subject_get(struct call *c, tanu_error *err)
{
	tanu_status st = answer_subject(c, &c->subject, err);

	if (st == TANU_OK)
		(void)call_etag(c, c->out.data, c->out.len);
	return st;
}

tanu_status op_subject_add(struct call *c, tanu_error *err)
{
	struct person person = {0};
	tanu_id id;
	tanu_status st;

	if (strlen(call_text(c, "name")) > NAME_MAX_BYTES)
		return tanu_fail(err, TANU_ERR_JSON, "name", "this is too long");
	snprintf(person.name, sizeof(person.name), "%s", call_text(c, "name"));
	if ((st = call_date(c, &person.born, "born", err)) == TANU_OK &&
	    (st = service_subject_add(c->api->service, &id, &person, err)) == TANU_OK) {
		feed_say(c->api, "subject-added", &id);
		st = answer_subject(c, &id, err);
	}
	mem_wipe(&person, sizeof(person));
	c->status = 201;
	return st;
}

tanu_status op_subject_remove(struct call *c, tanu_error *err)
{
	struct erasure_receipt receipt = {0};
	tanu_error why = {0};
	tanu_status st = service_subject_remove(c->api->service, &receipt, &c->subject, err);

	if (st < 0)
		return st;
	feed_say(c->api, "subject-removed", &c->subject);
	/* She has gone: a log that is stopped keeps back the receipt file, not what was done. */
	if (service_erasure_receipt(c->api->service, &c->out, &receipt, &why) < 0) {
		c->out.len = 0;
		st = put_erasure(c, &receipt, err);
		put_plain(c, "application/json");
	} else {
		put_plain(c, "text/plain; charset=utf-8");
	}
	mem_wipe(&receipt, sizeof(receipt));
	api_leave(c->api);
	(void)auth_person_leave(c->api->auth, &c->subject, NULL);
	api_enter(c->api);
	return st;
}

/* ---- what she does by herself ---- */

static const char *by_word(const struct call *c)
{
	return c->herself ? "self" : c->own ? "guardian" : "officer";
}

tanu_status op_subject_lock(struct call *c, tanu_error *err)
{
	c->status = 204;
	feed_say(c->api, "locked", &c->subject);
	return service_subject_lock(c->api->service, &c->subject, true, by_word(c), err);
}

tanu_status op_subject_unlock(struct call *c, tanu_error *err)
{
	c->status = 204;
	feed_say(c->api, "unlocked", &c->subject);
	return service_subject_lock(c->api->service, &c->subject, false, by_word(c), err);
}

tanu_status op_subject_object(struct call *c, tanu_error *err)
{
	tanu_id event;

	call_id(c, &event, "event");
	c->status = 204;
	return service_object(c->api->service, &c->subject, &event, by_word(c), err);
}

tanu_status op_ticket_check(struct call *c, tanu_error *err)
{
	struct ticket_view v = {.standing = TICKET_AWAITED};
	tanu_status st =
	    service_gate_ticket(c->api->service, &v, c->request->body, c->request->body_len, err);

	if (st < 0)
		return st;
	if (!id_equal(&v.ticket.subject, &c->subject))
		return tanu_fail(err, TANU_ERR_RECORD_MISSING, "ticket",
				 "this ticket is of somebody else");
	jw_object(&c->w, NULL);
	jw_id(&c->w, "gate", &v.ticket.gate);
	put_clean(&c->w, "name", v.gate);
	jw_int(&c->w, "event", (int64_t)v.ticket.number);
	if (v.ticket.at_ms)
		jw_int(&c->w, "at_ms", v.ticket.at_ms);
	jw_bool(&c->w, "admitted", v.ticket.admitted);
	jw_text(&c->w, "direction", v.ticket.outwards ? "exit" : "entry");
	jw_text(&c->w, "way", v.ticket.way);
	jw_int(&c->w, "features", v.ticket.features);
	jw_text(&c->w, "standing", service_ticket_standing_name(v.standing));
	jw_end_object(&c->w);
	return TANU_OK;
}

tanu_status op_subject_export(struct call *c, tanu_error *err)
{
	return service_subject_export(c->api->service, &c->out, &c->subject, err);
}

tanu_status op_subject_receipt(struct call *c, tanu_error *err)
{
	put_plain(c, "text/plain; charset=utf-8");
	http_set(c->answer, "Content-Disposition", "attachment; filename=\"tanu-receipt.txt\"");
	return service_receipt(c->api->service, &c->out, &c->subject, TANU_RECEIPT_HISTORY, "",
			       err);
}

/* ---- history ---- */

struct events {
	struct history_view *v;
	size_t len, cap;
};

static tanu_status take_event(void *self, const struct history_view *v, tanu_error *err)
{
	struct events *e = self;
	size_t cap = e->cap ? e->cap * 2 : 64;
	struct history_view *more;

	if (e->len == e->cap) {
		more = calloc(cap, sizeof(*more));
		if (!more)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
		if (e->len)
			memcpy(more, e->v, e->len * sizeof(*more));
		mem_wipe(e->v, e->len * sizeof(*more));
		free(e->v);
		e->v = more;
		e->cap = cap;
	}
	e->v[e->len++] = *v;
	return TANU_OK;
}

static void put_event(struct json_w *w, const struct history_view *v)
{
	jw_object(w, NULL);
	jw_id(w, "id", &v->id);
	jw_int(w, "at_ms", v->at_ms);
	jw_text(w, "event", tanu_event_name(v->event));
	if (v->sequence)
		jw_int(w, "sequence", (int64_t)v->sequence);
	put_purposes(w, "purposes", v->purposes);
	if (!id_is_zero(&v->about))
		jw_id(w, "about", &v->about);
	if (v->fmr > 0) {
		jw_real(w, "fmr", v->fmr);
		jw_bool(w, "fmr_extrapolated", v->extrapolated);
	}
	if (*v->reason)
		jw_text(w, "reason", v->reason);
	if (*v->by)
		jw_text(w, "by", v->by);
	if (*v->recipient)
		put_clean(w, "recipient", v->recipient);
	put_sha256(w, "document", v->document);
	if (v->due_ms > 0)
		jw_int(w, "due_ms", v->due_ms);
	jw_end_object(w);
}

tanu_status op_subject_history(struct call *c, tanu_error *err)
{
	struct events e = {0};
	struct page page;
	tanu_status st;

	if ((st = page_read(c, &page, err)) < 0 ||
	    (st = service_history_each(c->api->service, &c->subject, take_event, &e, err)) < 0)
		goto out;
	jw_object(&c->w, NULL);
	jw_array(&c->w, "items");
	for (size_t i = page.from; i < e.len && i < page.from + page.limit; i++)
		put_event(&c->w, &e.v[e.len - 1 - i]);
	jw_end_array(&c->w);
	if (e.len > page.from + page.limit)
		page_next(c, page.from + page.limit);
	jw_end_object(&c->w);
out:
	if (e.v)
		mem_wipe(e.v, e.cap * sizeof(*e.v));
	free(e.v);
	return st;
}

/* ---- import ---- */

struct import {
	struct csv *csv;
	int name, born;
	struct person *people;
	tanu_id *ids;
	size_t *rows;
	size_t len, refused;
	struct buf told; /* the refused, as members of a JSON array */
	struct json_w w;
};

static tanu_status import_open(struct import *im, const struct call *c, tanu_error *err)
{
	tanu_status st = csv_open(&im->csv, c->request->body, c->request->body_len, "file", err);

	if (st < 0)
		return st;
	im->name = csv_column(im->csv, "name");
	im->born = csv_column(im->csv, "born");
	if (im->name < 0 || im->born < 0)
		return tanu_fail(err, TANU_ERR_CSV, "file",
				 "the first row must name the columns \"name\" and \"born\"");
	im->people = calloc(IMPORT_MAX, sizeof(*im->people));
	im->ids = calloc(IMPORT_MAX, sizeof(*im->ids));
	im->rows = calloc(IMPORT_MAX, sizeof(*im->rows));
	if (!im->people || !im->ids || !im->rows)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	return TANU_OK;
}

static void import_refuse(struct import *im, const tanu_error *why)
{
	if (im->refused++ >= REFUSED_MAX)
		return;
	jw_object(&im->w, NULL);
	jw_int(&im->w, "row", (int64_t)csv_row(im->csv));
	jw_text(&im->w, "code", tanu_error_name(why->code));
	if (why->code != TANU_ERR_CSV)
		put_clean(&im->w, "place", why->place);
	put_clean(&im->w, "message", why->message);
	jw_end_object(&im->w);
}

static tanu_status import_row(const struct call *c, struct import *im, int got, tanu_error *row_err,
			      tanu_error *err)
{
	tanu_status st = got < 0 ? (tanu_status)got : TANU_OK;

	if (im->len == IMPORT_MAX)
		return tanu_fail(err, TANU_ERR_CSV, "file", "more than %d rows: import in parts",
				 IMPORT_MAX);
	if (st == TANU_OK)
		st = service_person_set(&im->people[im->len], csv_field(im->csv, im->name),
					csv_field(im->csv, im->born), row_err);
	if (st == TANU_OK)
		st = service_person_check(c->api->service, &im->people[im->len], row_err);
	if (st == TANU_OK)
		im->rows[im->len++] = csv_row(im->csv);
	else
		import_refuse(im, row_err);
	return TANU_OK;
}

static void answer_import(struct call *c, struct import *im, bool added)
{
	jw_object(&c->w, NULL);
	jw_int(&c->w, "added", added ? (int64_t)im->len : 0);
	jw_int(&c->w, "understood", (int64_t)im->len);
	jw_array(&c->w, "people");
	for (size_t i = 0; i < im->len && i < PREVIEW_MAX; i++) {
		jw_object(&c->w, NULL);
		jw_int(&c->w, "row", (int64_t)im->rows[i]);
		put_clean(&c->w, "name", im->people[i].name);
		put_date(&c->w, "born", im->people[i].born);
		if (added)
			jw_id(&c->w, "id", &im->ids[i]);
		jw_end_object(&c->w);
	}
	jw_end_array(&c->w);
	jw_array(&c->w, "refused");
	buf_put(&c->out, im->told.data, im->told.len);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
}

static void import_free(struct import *im)
{
	csv_close(&im->csv);
	if (im->people)
		mem_wipe(im->people, IMPORT_MAX * sizeof(*im->people));
	free(im->people);
	free(im->ids);
	free(im->rows);
	buf_wipe(&im->told);
}

tanu_status op_subjects_import(struct call *c, tanu_error *err)
{
	const char *preview = http_query(c->request, "preview");
	struct import im = {0};
	tanu_error row_err = {0};
	bool add = !preview || strcmp(preview, "true") != 0;
	tanu_status st;
	int got;

	jw_init(&im.w, &im.told);
	if ((st = import_open(&im, c, err)) < 0)
		goto out;
	while (st == TANU_OK && (got = csv_next(im.csv, &row_err)) != 0)
		st = import_row(c, &im, got, &row_err, err);
	if (st < 0)
		goto out;
	add = add && im.refused == 0 && im.len > 0;
	if (add)
		st = service_subject_add_many(c->api->service, im.ids, im.people, im.len, err);
	if (st == TANU_OK)
		answer_import(c, &im, add);
	if (st == TANU_OK && add)
		feed_say(c->api, "subjects-added", NULL);
out:
	import_free(&im);
	return st;
}
