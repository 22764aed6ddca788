/* SPDX-License-Identifier: Apache-2.0 */
/* Relying parties, and what a person allows them (docs/relying.md). */
#include "api/operations.h"
#include "service/relying.h"

#include <stdio.h>
#include <string.h>

static tanu_status put_relying(void *self, const struct relying_view *v, tanu_error *err)
{
	struct json_w *w = self;

	(void)err;
	jw_object(w, NULL);
	jw_id(w, "id", &v->id);
	put_clean(w, "name", v->name);
	put_clean(w, "audience", v->audience);
	jw_int(w, "added_ms", v->added_ms);
	if (v->ended_ms)
		jw_int(w, "ended_ms", v->ended_ms);
	jw_end_object(w);
	return TANU_OK;
}

tanu_status op_relying_list(struct call *c, tanu_error *err)
{
	tanu_status st;

	jw_object(&c->w, NULL);
	jw_array(&c->w, "items");
	st = service_relying_each(c->api->service, put_relying, &c->w, err);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return st;
}

/* The program's key is made first: a record without one would be of no use. It goes with a failure.
 */
static tanu_status add(struct call *c, struct relying_view *out, char key[API_KEY_TEXT_LEN],
		       tanu_error *err)
{
	struct auth *auth = c->api->auth;
	struct api_key_view made;
	tanu_status st;

	if ((st = service_relying_check(c->api->service, call_text(c, "name"),
					call_text(c, "audience"), err)) < 0)
		return st;
	api_leave(c->api); /* accounts and keys take the guard themselves */
	st = auth_key_add_asking(auth, key, &made, err);
	api_enter(c->api);
	if (st < 0)
		return st;
	if ((st = api_there(c->api, err)) == TANU_OK)
		st = service_relying_add(c->api->service, out, call_text(c, "name"),
					 call_text(c, "audience"), &made.id, err);
	if (st < 0) {
		api_leave(c->api);
		(void)auth_key_remove(auth, &made.id, NULL);
		api_enter(c->api);
	}
	return st;
}

tanu_status op_relying_add(struct call *c, tanu_error *err)
{
	char key[API_KEY_TEXT_LEN];
	struct relying_view v;
	tanu_status st;

	c->status = 201;
	if ((st = add(c, &v, key, err)) == TANU_OK) {
		jw_object(&c->w, NULL);
		jw_id(&c->w, "id", &v.id);
		jw_text(&c->w, "key", key);
		jw_end_object(&c->w);
	}
	mem_wipe(key, sizeof(key));
	return st;
}

tanu_status op_relying_end(struct call *c, tanu_error *err)
{
	const tanu_id id = call_param_id(c, "relying");
	struct relying_view v;
	tanu_status st = service_relying_end(c->api->service, &v, &id, err);

	c->status = 204;
	if (st < 0)
		return st;
	api_leave(c->api);
	st = auth_key_remove(c->api->auth, &v.key, err);
	api_enter(c->api);
	return st == TANU_NOT_FOUND ? TANU_OK : st; /* removed by hand before */
}

/* ---- what a person allows ---- */

static tanu_status put_allowed(void *self, const struct allowed_view *v, tanu_error *err)
{
	struct json_w *w = self;

	(void)err;
	jw_object(w, NULL);
	jw_id(w, "relying", &v->relying);
	put_clean(w, "name", v->name);
	jw_text(w, "person", v->pseudonym);
	jw_int(w, "given_ms", v->given_ms);
	if (v->ended_ms)
		jw_int(w, "ended_ms", v->ended_ms);
	put_date(w, "until", v->until);
	jw_bool(w, "live", v->live);
	if (v->asked_ms)
		jw_int(w, "asked_ms", v->asked_ms);
	jw_end_object(w);
	return TANU_OK;
}

tanu_status op_allowed_list(struct call *c, tanu_error *err)
{
	tanu_status st;

	jw_object(&c->w, NULL);
	jw_array(&c->w, "items");
	st = service_allowed_each(c->api->service, &c->subject, put_allowed, &c->w, err);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return st;
}

static tanu_status order_of(struct call *c, struct allowed_order *out, tanu_error *err)
{
	*out = (struct allowed_order){.subject = c->subject};
	call_id(c, &out->relying, "relying");
	return call_giver(c, &out->by, &out->guardian, true, err);
}

tanu_status op_allowed_give(struct call *c, tanu_error *err)
{
	struct allowed_order order;
	struct allowed_view v;
	tanu_status st;

	if ((st = order_of(c, &order, err)) < 0 ||
	    (st = call_date(c, &order.until, "until", err)) < 0 ||
	    (st = service_allowed_give(c->api->service, &v, &order, err)) < 0)
		return st;
	feed_say(c->api, "consent-given", &c->subject);
	return put_allowed(&c->w, &v, err);
}

tanu_status op_allowed_end(struct call *c, tanu_error *err)
{
	struct allowed_order order;
	tanu_status st;

	c->status = 204;
	if ((st = order_of(c, &order, err)) < 0 ||
	    (st = service_allowed_end(c->api->service, &order, err)) < 0)
		return st;
	feed_say(c->api, "consent-withdrawn", &c->subject);
	return TANU_OK;
}
