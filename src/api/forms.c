/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Consent on paper at the desk: a form is printed with a code, comes back signed, is scanned page
 * by page, and somebody says what is ticked on it. Scans lie in memory, of one account each, until
 * the form is recorded, for two hours at the longest; they stay here only where that is asked.
 */
#include "api/operations.h"
#include "form/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCANS_MAX	256
#define SCAN_LIFE_MS	((int64_t)2 * 3600000)
#define SCANS_BYTES_MAX ((size_t)128 << 20)

struct scan {
	tanu_id id; /* zero: free */
	tanu_id owner, subject;
	int64_t expires_ms;
	struct form_scan what;
	struct buf bytes;
};
/* Whose form a code is of. Codes never change hands; those of people who left find nobody. */
struct form_place {
	char code[FORM_CODE_TEXT_LEN];
	tanu_id subject;
};
struct scans {
	pthread_mutex_t lock; /* of `v` and `bytes`; places are under the guard */
	struct scan v[SCANS_MAX];
	size_t bytes;
	struct form_place *places;
	size_t places_len, places_cap;
};

tanu_status scans_open(struct scans **out, tanu_error *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	pthread_mutex_init(&(*out)->lock, NULL);
	return TANU_OK;
}

/* Under the lock. */
static void scan_drop(struct scans *all, struct scan *one)
{
	all->bytes -= one->bytes.len;
	buf_wipe(&one->bytes);
	mem_wipe(one, sizeof(*one));
}

void scans_close(struct scans **scans)
{
	struct scans *all = *scans;

	if (!all)
		return;
	for (size_t i = 0; i < SCANS_MAX; i++)
		scan_drop(all, &all->v[i]);
	pthread_mutex_destroy(&all->lock);
	free(all->places);
	free(all);
	*scans = NULL;
}

void scans_sweep(struct api *api)
{
	struct scans *all = api->scans;
	const int64_t now_ms = clock_now(&api->clock);

	pthread_mutex_lock(&all->lock);
	for (size_t i = 0; i < SCANS_MAX; i++)
		if (!id_is_zero(&all->v[i].id) && (now_ms >= all->v[i].expires_ms ||
						   now_ms < all->v[i].expires_ms - SCAN_LIFE_MS))
			scan_drop(all, &all->v[i]);
	pthread_mutex_unlock(&all->lock);
}

/* ---- what a form is ---- */

static void put_form(struct json_w *w, const char *key, const struct form_view *v)
{
	const unsigned waits = service_form_waits(v);

	jw_object(w, key);
	jw_text(w, "form", v->code);
	jw_id(w, "subject", &v->subject);
	jw_text(w, "state", service_form_state_name(v->state));
	put_purposes(w, "purposes", v->purposes);
	put_purposes(w, "waits", v->state == FORM_OPEN ? waits : 0);
	put_purposes(w, "given", v->given);
	put_purposes(w, "refused", v->refused);
	jw_text(w, "by", tanu_giver_name(v->giver));
	if (v->giver == TANU_GIVER_GUARDIAN)
		jw_id(w, "guardian", &v->guardian);
	jw_bool(w, "assent", v->assent);
	put_date(w, "until", v->until);
	jw_int(w, "pages", v->pages);
	jw_int(w, "made_ms", v->made_ms);
	jw_int(w, "due_ms", v->due_ms);
	jw_end_object(w);
}

static tanu_status put_item(void *self, const struct form_view *v, tanu_error *err)
{
	(void)err;
	put_form(self, NULL, v);
	return TANU_OK;
}

tanu_status op_forms_list(struct call *c, tanu_error *err)
{
	tanu_status st;

	jw_object(&c->w, NULL);
	jw_array(&c->w, "items");
	st = service_forms_each(c->api->service, &c->subject, put_item, &c->w, err);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return st;
}

struct wanted_form {
	const char *code;
	struct form_view view;
	bool found;
};

static tanu_status note_form(void *self, const struct form_view *v, tanu_error *err)
{
	struct wanted_form *wanted = self;

	(void)err;
	if (strcmp(v->code, wanted->code) == 0) {
		wanted->view = *v;
		wanted->found = true;
	}
	return TANU_OK;
}

static tanu_status form_of(const struct call *c, struct form_view *out, const tanu_id *subject,
			   const char *typed, tanu_error *err)
{
	char code[FORM_CODE_TEXT_LEN];
	struct wanted_form wanted = {.code = code};
	size_t letters;
	tanu_status st = TANU_OK;

	if (service_form_code_tidy(code, &letters, typed))
		st = service_forms_each(c->api->service, subject, note_form, &wanted, err);
	*out = wanted.view;
	if (st == TANU_OK && !wanted.found)
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, "form",
			       "there is no such form of this person");
	return st;
}

/* ---- printing one ---- */

tanu_status op_form_make(struct call *c, tanu_error *err)
{
	struct consent_order order = {.subject = c->subject,
				      .purposes = call_purposes(c, "purposes")};
	struct form_view form = {.state = FORM_OPEN};
	struct buf text = {0};
	tanu_status st;

	put_plain(c, "application/pdf");
	if ((st = call_date(c, &order.until, "until", err)) == TANU_OK &&
	    (st = call_giver(c, &order.giver, &order.guardian, true, err)) == TANU_OK &&
	    (st = notice_of(c, &order.notice, &text, err)) == TANU_OK &&
	    (st = service_form_plan(c->api->service, &form, &order, err)) == TANU_OK &&
	    (st = form_print(&c->out, c->api->service, &form, &order.notice, err)) == TANU_OK)
		st = service_forms_record(c->api->service, &form, 1, &order.notice, err);
	buf_free(&text);
	return st;
}

/* ---- a page that came back ---- */

static tanu_status note_place(void *self, const struct form_view *v, tanu_error *err)
{
	struct scans *all = self;
	struct form_place *place;

	if (all->places_len == all->places_cap) {
		const size_t cap = all->places_cap ? all->places_cap * 2 : 64;
		struct form_place *more = realloc(all->places, cap * sizeof(*more));

		if (!more)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
		all->places = more;
		all->places_cap = cap;
	}
	place = &all->places[all->places_len++];
	memcpy(place->code, v->code, sizeof(place->code));
	place->subject = v->subject;
	return TANU_OK;
}

static const struct form_place *place_of(const struct scans *all, const char *code)
{
	for (size_t i = 0; i < all->places_len; i++)
		if (strcmp(all->places[i].code, code) == 0)
			return &all->places[i];
	return NULL;
}

/* All people's papers are opened for a code that is new here: once for many. */
static tanu_status place_find(const struct call *c, tanu_id *subject, const char *code,
			      tanu_error *err)
{
	struct scans *all = c->api->scans;
	const struct form_place *place = place_of(all, code);
	tanu_status st;

	if (!place) {
		all->places_len = 0;
		if ((st = service_forms_each(c->api->service, NULL, note_place, all, err)) < 0)
			return st;
		place = place_of(all, code);
	}
	if (!place)
		return tanu_fail(err, TANU_ERR_FORM, NULL,
				 "this form is not known: its person has left, or the database is "
				 "older");
	*subject = place->subject;
	return TANU_OK;
}

/* `out` is emptied where it is kept. The same file once more is the same scan. */
static tanu_status scan_keep(const struct call *c, struct scan *out, tanu_error *err)
{
	struct scans *all = c->api->scans;
	struct random_source random = os_random();
	struct scan *room = NULL, *same = NULL;
	tanu_status st = TANU_OK;

	scans_sweep(c->api);
	pthread_mutex_lock(&all->lock);
	for (size_t i = 0; i < SCANS_MAX; i++) {
		struct scan *one = &all->v[i];

		if (id_is_zero(&one->id))
			room = room ? room : one;
		else if (id_equal(&one->owner, &out->owner) &&
			 memcmp(one->what.sha256, out->what.sha256, DIGEST_LEN) == 0)
			same = one;
	}
	if (same) {
		same->expires_ms = out->expires_ms;
		out->id = same->id;
	} else if (!room || all->bytes + out->bytes.len > SCANS_BYTES_MAX) {
		st = tanu_fail(err, TANU_ERR_FOLDER_BUSY, NULL,
			       "too many scans wait to be recorded: record those that are here");
	} else {
		random_fill(&random, out->id.b, sizeof(out->id.b));
		*room = *out;
		all->bytes += out->bytes.len;
		out->bytes = (struct buf){0};
	}
	pthread_mutex_unlock(&all->lock);
	return st;
}

tanu_status op_scan_read(struct call *c, tanu_error *err)
{
	struct scan scan = {.owner = c->who.account,
			    .expires_ms = clock_now(&c->api->clock) + SCAN_LIFE_MS};
	struct form_view form;
	tanu_status st;

	buf_put(&scan.bytes, c->request->body, c->request->body_len);
	if ((st = buf_check(&scan.bytes, err)) < 0 ||
	    (st = service_form_scan_bytes(c->api->service, &scan.what, &scan.bytes, err)) < 0 ||
	    (st = place_find(c, &scan.subject, scan.what.code, err)) < 0 ||
	    (st = form_of(c, &form, &scan.subject, scan.what.code, err)) < 0 ||
	    (st = scan_keep(c, &scan, err)) < 0)
		goto out;
	c->status = 201;
	jw_object(&c->w, NULL);
	jw_id(&c->w, "scan", &scan.id);
	jw_int(&c->w, "page", scan.what.page);
	put_sha256(&c->w, "sha256", scan.what.sha256);
	jw_int(&c->w, "expires_ms", scan.expires_ms);
	put_form(&c->w, "form", &form);
	jw_end_object(&c->w);
out:
	buf_wipe(&scan.bytes);
	return st;
}

/* ---- what is ticked ---- */

/* Under the lock; NULL: it is not here any more. */
static struct scan *scan_of(const struct call *c, const char *hex)
{
	struct scans *all = c->api->scans;
	tanu_id id;

	if (!hex_decode(id.b, sizeof(id.b), hex) || id_is_zero(&id))
		return NULL;
	for (size_t i = 0; i < SCANS_MAX; i++)
		if (id_equal(&all->v[i].id, &id) && id_equal(&all->v[i].owner, &c->who.account) &&
		    clock_now(&c->api->clock) < all->v[i].expires_ms)
			return &all->v[i];
	return NULL;
}

struct sheaf {
	struct consent_evidence evidence;
	struct buf page[EVIDENCE_PAGES_MAX];
	bool last; /* the page that is signed is among them */
};

static tanu_status sheaf_add(struct sheaf *sheaf, const struct call *c, const struct scan *scan,
			     const struct form_view *form, tanu_error *err)
{
	const size_t at = sheaf->evidence.pages_len;

	if (!scan)
		return tanu_fail(err, TANU_ERR_RECORD_MISSING, "scans",
				 "this scan is not here any more: send it again");
	if (strcmp(scan->what.code, form->code) != 0)
		return tanu_fail(err, TANU_ERR_USAGE, "scans", "this scan is of another form");
	memcpy(sheaf->evidence.page[at].sha256, scan->what.sha256, DIGEST_LEN);
	if (call_flag(c, "keep")) {
		buf_put(&sheaf->page[at], scan->bytes.data, scan->bytes.len);
		sheaf->evidence.page[at].keep = &sheaf->page[at];
	}
	sheaf->last = sheaf->last || scan->what.page == form->pages;
	sheaf->evidence.pages_len++;
	return buf_check(&sheaf->page[at], err);
}

static tanu_status sheaf_fill(struct sheaf *sheaf, const struct call *c,
			      const struct form_view *form, tanu_error *err)
{
	json_value list = json_get(c->body, "scans");
	tanu_status st = TANU_OK;

	pthread_mutex_lock(&c->api->scans->lock);
	for (size_t i = 0; i < json_len(list) && st == TANU_OK; i++)
		st = sheaf_add(sheaf, c, scan_of(c, json_text_of(json_at(list, i))), form, err);
	pthread_mutex_unlock(&c->api->scans->lock);
	if (st == TANU_OK && !sheaf->last)
		st = tanu_fail(err, TANU_ERR_FORM, "scans",
			       "page %d, the one that is signed, is not here", form->pages);
	return st;
}

static void scans_forget(const struct call *c)
{
	json_value list = json_get(c->body, "scans");
	struct scan *one;

	pthread_mutex_lock(&c->api->scans->lock);
	for (size_t i = 0; i < json_len(list); i++)
		if ((one = scan_of(c, json_text_of(json_at(list, i)))))
			scan_drop(c->api->scans, one);
	pthread_mutex_unlock(&c->api->scans->lock);
}

static void answer_recorded(struct call *c, const struct form_view *form,
			    const struct erasure_receipt *receipt)
{
	jw_object(&c->w, NULL);
	put_form(&c->w, "form", form);
	jw_bool(&c->w, "reference_erased", receipt->reference_erased);
	jw_end_object(&c->w);
}

tanu_status op_form_answer(struct call *c, tanu_error *err)
{
	struct sheaf sheaf = {.last = false};
	struct form_answer answer = {.subject = c->subject,
				     .yes = call_purposes(c, "yes"),
				     .no = call_purposes(c, "no"),
				     .assent = call_flag(c, "assent"),
				     .evidence = &sheaf.evidence};
	struct erasure_receipt receipt = {0};
	struct form_view form;
	tanu_status st;

	if ((st = form_of(c, &form, &c->subject, call_param(c, "form"), err)) < 0 ||
	    (st = service_form_open(&form, err)) < 0 ||
	    (st = sheaf_fill(&sheaf, c, &form, err)) < 0)
		goto out;
	answer.form = form.id;
	if ((st = service_form_answer(c->api->service, &receipt, &answer, err)) < 0)
		goto out;
	scans_forget(c);
	if (answer.yes)
		feed_say(c->api, "consent-given", &c->subject);
	if (answer.no)
		feed_say(c->api, "consent-refused", &c->subject);
	if ((st = form_of(c, &form, &c->subject, form.code, err)) == TANU_OK)
		answer_recorded(c, &form, &receipt);
out:
	for (size_t i = 0; i < EVIDENCE_PAGES_MAX; i++)
		buf_wipe(&sheaf.page[i]);
	mem_wipe(&receipt, sizeof(receipt));
	return st;
}
