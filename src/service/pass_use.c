/* SPDX-License-Identifier: Apache-2.0 */
/* A pass that is shown: read, held against what was issued, opened. */
#include "service/internal.h"
#include "worker/worker.h"

#include <stdlib.h>
#include <string.h>

#define FILE_MAX_BYTES ((size_t)32 << 20)

/* ---- reading ---- */

static tanu_status read_shown(struct pass *out, const struct buf *file, tanu_error *err)
{
	struct buf code = {0};
	tanu_status st;

	if (pass_begins(file->data, file->len))
		return pass_read(out, file->data, file->len, err);
	if ((st = worker_read_code(&code, file->data, file->len, NULL, NULL, err)) == TANU_OK)
		st = pass_read(out, code.data, code.len, err);
	buf_wipe(&code);
	return st;
}

tanu_status service_pass_read(struct pass *out, const char *path, tanu_error *err)
{
	const char *name = strcmp(path, "-") ? path : "standard input";
	struct buf file = {0};
	tanu_status st;

	if ((st = os_read_file(&file, path, FILE_MAX_BYTES, err)) < 0)
		return st;
	if ((st = read_shown(out, &file, err)) < 0)
		error_prefix_place(err, name);
	buf_wipe(&file);
	return st;
}

tanu_status service_pass_shown(struct service *s, struct pass *out, const struct buf *picture,
			       tanu_error *err)
{
	const struct service_pause pause = service_pause(s);
	const tanu_status st = read_shown(out, picture, err);

	service_resume(s, &pause);
	return st;
}

/* ---- what was issued ---- */

struct sought {
	const struct pass *pass;
	struct pass_view view;
	bool found;
};

static tanu_status seek_number(void *self, const struct pass_view *v, tanu_error *err)
{
	struct sought *sought = self;

	(void)err;
	if (memcmp(v->number, sought->pass->head.number, PASS_NUMBER_LEN) == 0) {
		sought->view = *v;
		sought->found = true;
	}
	return TANU_OK;
}

static tanu_status refuse(tanu_error *err, const char *why)
{
	return tanu_fail(err, TANU_ERR_PASS, NULL, "%s", why);
}

static tanu_status site_check(const struct service *s, const struct pass *pass, tanu_error *err)
{
	if (memcmp(pass->head.site, s->site.b, PASS_SITE_LEN) == 0)
		return TANU_OK;
	return refuse(err, "this pass is of another site");
}

static tanu_status refuse_revoked(const struct pass_view *v, tanu_error *err)
{
	char when[TIME_TEXT_LEN];

	if (!v->revoked_ms)
		return refuse(err, "this pass is revoked: its key is destroyed, and no copy of it "
				   "opens");
	time_text(when, v->revoked_ms);
	return tanu_fail(err, TANU_ERR_PASS, NULL,
			 "this pass was revoked at %s: its key is destroyed, and no copy of it "
			 "opens",
			 when);
}

static tanu_status refuse_changed(tanu_error *err)
{
	return refuse(err, "this pass does not open: it was changed or forged");
}

/* How it stands, and whether the head still says what was issued. */
static tanu_status view_check(const struct pass_view *v, const struct pass *pass, tanu_error *err)
{
	if (v->state == PASS_REVOKED)
		return refuse_revoked(v, err);
	if (v->generation != pass->head.generation ||
	    date_to_days(v->until) != date_to_days(pass->head.until))
		return refuse_changed(err);
	if (v->state == PASS_EXPIRED)
		return tanu_fail(err, TANU_ERR_PASS, NULL,
				 "this pass held until %04d-%02d-%02d: a new one is needed",
				 v->until.year, v->until.month, v->until.day);
	return TANU_OK;
}

tanu_status pass_claim(struct service *s, tanu_id *paper, const tanu_id *subject,
		       const struct pass *pass, tanu_error *err)
{
	struct sought sought = {.pass = pass};
	tanu_status st;

	if ((st = site_check(s, pass, err)) < 0 ||
	    (st = service_pass_each(s, subject, seek_number, &sought, err)) < 0)
		return st;
	if (!sought.found)
		return refuse(err, "this pass is not one of this person's");
	if ((st = view_check(&sought.view, pass, err)) < 0)
		return st;
	if (memcmp(pass->head.model, s->model, PASS_MODEL_LEN) != 0)
		return refuse(err, "this pass was made with another model: a new one is needed");
	*paper = sought.view.id;
	return TANU_OK;
}

tanu_status pass_open(struct service *s, tanu_reference *out, const struct permit *permit,
		      const tanu_id *subject, const struct pass *pass, tanu_error *err)
{
	uint8_t reference[TANU_REFERENCE4_LEN], ad[PASS_AD_LEN];
	tanu_status st;

	pass_ad(s, ad, &pass->head);
	st = vault_open_pass(s->vault, reference, permit, subject, pass->head.generation, ad,
			     sizeof(ad), pass->sealed, err);
	if (st == TANU_DAMAGED)
		st = refuse_changed(err);
	else if (st == TANU_ERASED)
		st = refuse_revoked(&(struct pass_view){0}, err);
	if (st == TANU_OK)
		st = tanu_reference4_decode(out, reference, sizeof(reference), s->model, err);
	mem_wipe(reference, sizeof(reference));
	return st;
}

/* ---- whose is it? ---- */

struct holder_search {
	struct service *s;
	struct sought sought;
	tanu_id subject;
};

static tanu_status seek_holder(void *self, const struct subject_row *row, tanu_error *err)
{
	struct holder_search *h = self;
	tanu_status st;

	if (h->sought.found || row->state != SUBJECT_ACTIVE)
		return TANU_OK;
	st = service_pass_each(h->s, &row->id, seek_number, &h->sought, err);
	if (st == TANU_DAMAGED) /* what was edited counts for nothing */
		return TANU_OK;
	if (h->sought.found)
		h->subject = row->id;
	return st;
}

tanu_status service_pass_holder(struct service *s, tanu_id *subject, struct pass_view *out,
				const struct pass *pass, tanu_error *err)
{
	struct holder_search h = {.s = s, .sought = {.pass = pass}};
	tanu_status st;

	if ((st = site_check(s, pass, err)) < 0 ||
	    (st = DB(s, subject_each, seek_holder, &h, err)) < 0)
		return st;
	if (!h.sought.found)
		return refuse(err, "no pass of this number is known here: it was forged, or its "
				   "holder has left");
	*subject = h.subject;
	*out = h.sought.view;
	return TANU_OK;
}
