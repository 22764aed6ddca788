/* SPDX-License-Identifier: Apache-2.0 */
#include "service/tablets.h"

#include "service/internal.h"

#include <stdio.h>
#include <string.h>

#define RECORD_TABLET ((enum record_kind)52) /* of the site */

bool service_tablets_only(const struct service *s)
{
	return settings_bool(&s->settings, "kiosk.paired");
}

/* ---- their papers ---- */

static tanu_status encode(struct buf *out, const struct tablet_view *v, tanu_error *err)
{
	struct json_w w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_int(&w, "added_ms", v->added_ms);
	jw_int(&w, "ended_ms", v->ended_ms);
	jw_text(&w, "name", v->name);
	jw_digest(&w, "pin", v->pin);
	jw_end_object(&w);
	return buf_check(out, err);
}

static tanu_status decode(struct tablet_view *out, const struct paper *paper, tanu_error *err)
{
	struct tablet_view v = {.id = paper->id};
	struct json_doc *doc = NULL;
	json_value root;
	tanu_status st =
	    json_parse(&doc, paper->text.data, paper->text.len, RECORD_MAX, "tablet", err);

	if (st < 0)
		return st;
	root = json_root(doc);
	if ((st = json_int(&v.added_ms, root, "added_ms", err)) == TANU_OK &&
	    (st = json_int(&v.ended_ms, root, "ended_ms", err)) == TANU_OK &&
	    (st = sealed_digest(v.pin, root, "pin", err)) == TANU_OK &&
	    (st = sealed_text(v.name, sizeof(v.name), root, "name", err)) == TANU_OK)
		*out = v;
	json_free(&doc);
	return st;
}

struct walk {
	tanu_status (*each)(void *self, const struct tablet_view *v, tanu_error *err);
	void *self;
};

static tanu_status take(void *self, const struct paper *paper, tanu_error *err)
{
	struct walk *walk = self;
	struct tablet_view v = {.added_ms = 0};
	tanu_status st = decode(&v, paper, err);

	return st < 0 ? st : walk->each(walk->self, &v, err);
}

tanu_status service_tablet_each(struct service *s,
				tanu_status (*each)(void *self, const struct tablet_view *v,
						    tanu_error *err),
				void *self, tanu_error *err)
{
	struct walk walk = {.each = each, .self = self};

	return papers_each(s, &s->site, RECORD_TABLET, take, &walk, err);
}

static tanu_status rows(struct service *s, struct tablet_view *v, bool is_new, tanu_error *err)
{
	struct buf text = {0};
	tanu_status st = encode(&text, v, err);

	if (st == TANU_OK && (st = tx_begin(s, err)) == TANU_OK)
		st = tx_end(s,
			    is_new ? paper_put(s, &v->id, &s->site, RECORD_TABLET, v->added_ms,
					       text.data, text.len, err)
				   : paper_set(s, &s->site, &v->id, text.data, text.len, err),
			    err);
	buf_free(&text);
	return st;
}

/* ---- finding one that has not ended ---- */

struct sought {
	const char *name;
	const uint8_t *pin;
	const tanu_id *id;
	size_t live;
	bool found;
	struct tablet_view view;
};

static tanu_status match(void *self, const struct tablet_view *v, tanu_error *err)
{
	struct sought *q = self;

	(void)err;
	if (v->ended_ms)
		return TANU_OK;
	q->live++;
	if ((q->name && !strcmp(q->name, v->name)) ||
	    (q->pin && crypto_equal(q->pin, v->pin, DIGEST_LEN)) ||
	    (q->id && id_equal(q->id, &v->id))) {
		q->found = true;
		q->view = *v;
	}
	return TANU_OK;
}

static tanu_status find(struct service *s, struct tablet_view *out, struct sought *q,
			tanu_error *err)
{
	tanu_status st = service_tablet_each(s, match, q, err);

	if (st == TANU_OK && !q->found)
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, NULL,
			       "there is no such tablet, or it was ended");
	if (st == TANU_OK)
		*out = q->view;
	return st;
}

tanu_status service_tablet_by_pin(struct service *s, struct tablet_view *out,
				  const uint8_t pin[DIGEST_LEN], tanu_error *err)
{
	struct sought q = {.pin = pin};

	return find(s, out, &q, err);
}

tanu_status service_tablet_by_name(struct service *s, struct tablet_view *out, const char *name,
				   tanu_error *err)
{
	struct sought q = {.name = name};

	return find(s, out, &q, err);
}

/* ---- adding and ending ---- */

tanu_status service_tablet_check(struct service *s, const char *name, tanu_error *err)
{
	struct sought q = {.name = name};
	tanu_status st = text_check(name, TABLET_NAME_MAX, "name", "the name of a tablet", err);

	if (st < 0 || (st = service_tablet_each(s, match, &q, err)) < 0)
		return st;
	if (q.found)
		return tanu_fail(err, TANU_ERR_CONFLICT, "name",
				 "there is a tablet of this name already");
	if (q.live >= TABLETS_MAX)
		return tanu_fail(err, TANU_ERR_GALLERY_FULL, NULL,
				 "a site has %d tablets at most: end one", TABLETS_MAX);
	return TANU_OK;
}

tanu_status service_tablet_add(struct service *s, struct tablet_view *out, const char *name,
			       const uint8_t pin[DIGEST_LEN], tanu_error *err)
{
	struct tablet_view v = {.added_ms = clock_now(&s->clock)};
	tanu_status st = service_tablet_check(s, name, err);

	if (st < 0)
		return st;
	snprintf(v.name, sizeof(v.name), "%s", name);
	memcpy(v.pin, pin, DIGEST_LEN);
	if ((st = rows(s, &v, true, err)) == TANU_OK)
		*out = v;
	return st;
}

tanu_status service_tablet_end(struct service *s, struct tablet_view *out, const tanu_id *id,
			       tanu_error *err)
{
	struct sought q = {.id = id};
	tanu_status st = find(s, out, &q, err);

	if (st < 0)
		return st;
	out->ended_ms = clock_now(&s->clock);
	return rows(s, out, false, err);
}
