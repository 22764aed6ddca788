/* SPDX-License-Identifier: Apache-2.0 */
/* The register of disclosures, and who may approve one. */
#include "api/operations.h"

#include <stdio.h>
#include <string.h>

static void put_order(struct json_w *w, const struct disclosure_order *o)
{
	jw_text(w, "authority", o->authority);
	jw_text(w, "basis", o->basis);
	put_sha256(w, "document", o->document);
	jw_array(w, "subjects");
	for (size_t i = 0; i < o->subjects_len; i++)
		jw_id(w, NULL, &o->subjects[i]);
	jw_end_array(w);
	jw_array(w, "fields");
#define X(name, bit, word)                \
	if (o->fields & DISCLOSED_##name) \
		jw_text(w, NULL, word);
	DISCLOSED_FIELD_LIST(X)
#undef X
	jw_end_array(w);
	if (o->from_ms)
		jw_int(w, "from_ms", o->from_ms);
	if (o->to_ms)
		jw_int(w, "to_ms", o->to_ms);
	if (o->due_ms)
		jw_int(w, "due_ms", o->due_ms);
	if (*o->due_basis)
		jw_text(w, "due_basis", o->due_basis);
	if (!id_is_zero(&o->extends))
		jw_id(w, "extends", &o->extends);
}

static tanu_status put_disclosure(void *self, const struct disclosure_view *v, tanu_error *err)
{
	struct json_w *w = self;

	(void)err;
	jw_object(w, NULL);
	jw_id(w, "id", &v->order.id);
	jw_text(w, "state", disclosure_state_name(v->state));
	put_order(w, &v->order);
	jw_int(w, "requested_ms", v->requested_ms);
	if (v->decided_ms)
		jw_int(w, "decided_ms", v->decided_ms);
	jw_int(w, "approvals", (int64_t)v->approvals);
	jw_bool(w, "sealed", v->sealed);
	jw_end_object(w);
	return TANU_OK;
}

tanu_status op_disclosures_list(struct call *c, tanu_error *err)
{
	tanu_status st;

	jw_object(&c->w, NULL);
	jw_array(&c->w, "items");
	st = service_disclosures_each(c->api->service, put_disclosure, &c->w, err);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return st;
}

static int64_t time_of(const struct call *c, const char *member)
{
	return (int64_t)json_number_of(json_get(c->body, member));
}

static tanu_status text_of(const struct call *c, char out[DISCLOSURE_TEXT_MAX + 1],
			   const char *member, tanu_error *err)
{
	const char *text = call_text(c, member);

	if (strlen(text) > DISCLOSURE_TEXT_MAX)
		return tanu_fail(err, TANU_ERR_JSON, member, "this is too long");
	snprintf(out, DISCLOSURE_TEXT_MAX + 1, "%s", text);
	return TANU_OK;
}

static tanu_status order_read(const struct call *c, struct disclosure_order *o, tanu_error *err)
{
	json_value subjects = json_get(c->body, "subjects"), fields = json_get(c->body, "fields");
	unsigned field = 0;
	tanu_status st;

	if ((st = text_of(c, o->authority, "authority", err)) < 0 ||
	    (st = text_of(c, o->basis, "basis", err)) < 0 ||
	    (st = text_of(c, o->due_basis, "due_basis", err)) < 0)
		return st;
	hex_decode(o->document, DIGEST_LEN, call_text(c, "document"));
	for (size_t i = 0; i < json_len(subjects) && i < DISCLOSURE_PEOPLE_MAX; i++)
		id_parse(&o->subjects[o->subjects_len++], json_text_of(json_at(subjects, i)));
	for (size_t i = 0; i < json_len(fields); i++) {
		if ((st = disclosed_fields_parse(&field, json_text_of(json_at(fields, i)), err)) <
		    0)
			return st;
		o->fields |= field;
	}
	o->from_ms = time_of(c, "from_ms");
	o->to_ms = time_of(c, "to_ms");
	o->due_ms = time_of(c, "due_ms");
	call_id(c, &o->extends, "extends");
	return TANU_OK;
}

struct one {
	struct call *c;
	const tanu_id *id;
};

static tanu_status put_if_this(void *self, const struct disclosure_view *v, tanu_error *err)
{
	struct one *one = self;

	return id_equal(&v->order.id, one->id) ? put_disclosure(&one->c->w, v, err) : TANU_OK;
}

tanu_status op_disclosure_request(struct call *c, tanu_error *err)
{
	struct disclosure_order order = {.subjects_len = 0};
	struct one one = {c, &order.id};
	tanu_status st;

	c->status = 201;
	if ((st = order_read(c, &order, err)) == TANU_OK &&
	    (st = service_disclosure_request(c->api->service, &order, err)) == TANU_OK)
		st = service_disclosures_each(c->api->service, put_if_this, &one, err);
	mem_wipe(&order, sizeof(order));
	return st;
}

tanu_status op_disclosure_text(struct call *c, tanu_error *err)
{
	tanu_id id = call_param_id(c, "disclosure");

	put_plain(c, "text/plain; charset=utf-8");
	return service_disclosure_text(c->api->service, &c->out, &id, err);
}

tanu_status op_disclosure_approve(struct call *c, tanu_error *err)
{
	tanu_id id = call_param_id(c, "disclosure");

	c->status = 204;
	return service_disclosure_approve(c->api->service, &id, c->request->body,
					  c->request->body_len, err);
}

tanu_status op_disclosure_refuse(struct call *c, tanu_error *err)
{
	tanu_id id = call_param_id(c, "disclosure");

	c->status = 204;
	return service_disclosure_refuse(c->api->service, &id, err);
}

tanu_status op_disclosure_release(struct call *c, tanu_error *err)
{
	tanu_id id = call_param_id(c, "disclosure");

	put_plain(c, "text/plain; charset=utf-8");
	return service_disclosure_release(c->api->service, &c->out, &id, err);
}

tanu_status op_disclosure_done(struct call *c, tanu_error *err)
{
	tanu_id id = call_param_id(c, "disclosure");

	c->status = 204;
	return service_disclosure_done(c->api->service, &id, err);
}

/* ---- approvers ---- */

static tanu_status put_approver(void *self, const struct approver_view *v, tanu_error *err)
{
	struct json_w *w = self;

	(void)err;
	jw_object(w, NULL);
	put_clean(w, "key", v->key);
	jw_int(w, "added_ms", v->added_ms);
	if (v->removed_ms)
		jw_int(w, "removed_ms", v->removed_ms);
	jw_bool(w, "counts", v->counts);
	jw_end_object(w);
	return TANU_OK;
}

tanu_status op_approvers_list(struct call *c, tanu_error *err)
{
	tanu_status st;

	jw_object(&c->w, NULL);
	jw_array(&c->w, "items");
	st = service_approvers_each(c->api->service, put_approver, &c->w, err);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return st;
}

tanu_status op_approver_add(struct call *c, tanu_error *err)
{
	c->status = 204;
	return service_approver_add(c->api->service, call_text(c, "key"), err);
}

tanu_status op_approver_remove(struct call *c, tanu_error *err)
{
	c->status = 204;
	return service_approver_remove(c->api->service, call_param(c, "name"), err);
}
