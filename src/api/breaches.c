/* SPDX-License-Identifier: Apache-2.0 */
/* The register of breaches of data protection, and the clock of each (docs/breach.md). */
#include "api/operations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEOPLE_MAX 1000 /* named in one call; `everybody` has no such bound */

static void put_time(struct json_w *w, const char *key, int64_t ms)
{
	if (ms)
		jw_int(w, key, ms);
}

static void put_told(struct json_w *w, const struct breach_view *v)
{
	jw_array(w, "told");
	for (size_t i = 0; i < v->notices_len; i++) {
		jw_object(w, NULL);
		jw_int(w, "at_ms", v->notices[i].at_ms);
		jw_text(w, "whom", service_breach_told_name(v->notices[i].whom));
		put_clean(w, "how", v->notices[i].how);
		jw_end_object(w);
	}
	jw_end_array(w);
}

static tanu_status put_breach(void *self, const struct breach_view *v, tanu_error *err)
{
	struct json_w *w = self;

	(void)err;
	jw_object(w, NULL);
	jw_id(w, "id", &v->id);
	put_clean(w, "what", v->what);
	if (*v->measures)
		put_clean(w, "measures", v->measures);
	if (*v->outcome)
		put_clean(w, "outcome", v->outcome);
	jw_array(w, "kinds");
#define X(name, bit, word)            \
	if (v->kinds & BREACH_##name) \
		jw_text(w, NULL, word);
	BREACH_KIND_LIST(X)
#undef X
	jw_end_array(w);
	jw_int(w, "noticed_ms", v->noticed_ms);
	jw_int(w, "opened_ms", v->opened_ms);
	put_time(w, "closed_ms", v->closed_ms);
	put_time(w, "about", v->about);
	jw_int(w, "people", (int64_t)v->people);
	put_time(w, "due_ms", v->due_ms);
	put_time(w, "result_due_ms", v->result_due_ms);
	put_told(w, v);
	jw_end_object(w);
	return TANU_OK;
}

static tanu_status answer_breach(struct call *c, const tanu_id *id, tanu_error *err)
{
	struct breach_view v;
	char hex[ID_HEX_LEN];
	tanu_status st;

	id_hex(hex, id);
	st = service_breach_find(c->api->service, &v, hex, err);
	return st < 0 ? st : put_breach(&c->w, &v, err);
}

tanu_status op_breaches_list(struct call *c, tanu_error *err)
{
	tanu_status st;

	jw_object(&c->w, NULL);
	jw_array(&c->w, "items");
	st = service_breach_each(c->api->service, put_breach, &c->w, err);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return st;
}

static tanu_status kinds_of(const struct call *c, unsigned *out, tanu_error *err)
{
	json_value kinds = json_get(c->body, "kinds");
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < json_len(kinds) && st == TANU_OK; i++) {
		unsigned kind = 0;

		st = service_breach_kinds_parse(&kind, json_text_of(json_at(kinds, i)), err);
		*out |= kind;
	}
	return st;
}

static const char *text_or_null(const struct call *c, const char *member)
{
	const char *text = call_text(c, member);

	return *text ? text : NULL;
}

tanu_status op_breach_open(struct call *c, tanu_error *err)
{
	json_value people = json_get(c->body, "people");
	struct breach_order order = {
	    .what = call_text(c, "what"),
	    .measures = text_or_null(c, "measures"),
	    .noticed_ms = (int64_t)json_number_of(json_get(c->body, "noticed_ms")),
	    .about = (int64_t)json_number_of(json_get(c->body, "about")),
	    .everybody = call_flag(c, "everybody"),
	};
	tanu_id *ids = calloc(PEOPLE_MAX, sizeof(*ids)), id = {{0}};
	tanu_status st;

	c->status = 201;
	if (!ids)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (size_t i = 0; i < json_len(people) && i < PEOPLE_MAX; i++)
		id_parse(&ids[order.people_len++], json_text_of(json_at(people, i)));
	order.people = ids;
	if ((st = kinds_of(c, &order.kinds, err)) == TANU_OK &&
	    (st = service_breach_open(c->api->service, &id, &order, err)) == TANU_OK)
		st = answer_breach(c, &id, err);
	free(ids);
	return st;
}

tanu_status op_breach_told(struct call *c, tanu_error *err)
{
	struct breach_notice notice = {.at_ms =
					   (int64_t)json_number_of(json_get(c->body, "at_ms"))};
	tanu_id id = call_param_id(c, "breach");
	const char *how = call_text(c, "how");
	tanu_status st;

	if (strlen(how) > BREACH_WORDS_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, "how", "at most %d bytes", BREACH_WORDS_MAX);
	snprintf(notice.how, sizeof(notice.how), "%s", how);
	if ((st = service_breach_told_parse(&notice.whom, call_text(c, "whom"), err)) < 0 ||
	    (st = service_breach_told(c->api->service, &id, &notice, err)) < 0)
		return st;
	return answer_breach(c, &id, err);
}

tanu_status op_breach_close(struct call *c, tanu_error *err)
{
	tanu_id id = call_param_id(c, "breach");
	tanu_status st = service_breach_close(c->api->service, &id, call_text(c, "outcome"),
					      text_or_null(c, "untold"), err);

	return st < 0 ? st : answer_breach(c, &id, err);
}
