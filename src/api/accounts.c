/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts and keys, for administrators. These take the guard themselves. */
#include "api/operations.h"

#include <string.h>

static unsigned roles_of(const struct call *c)
{
	json_value list = json_get(c->body, "roles");
	unsigned roles = 0;

	for (size_t i = 0; i < json_len(list); i++)
		roles |= role_of(json_text_of(json_at(list, i)));
	return roles;
}

static tanu_status put_one(void *self, const struct account_view *v, tanu_error *err)
{
	(void)err;
	put_account(self, NULL, v);
	return TANU_OK;
}

tanu_status op_accounts_list(struct call *c, tanu_error *err)
{
	tanu_status st;

	jw_object(&c->w, NULL);
	jw_array(&c->w, "items");
	st = auth_account_each(c->api->auth, put_one, &c->w, err);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return st;
}

static void answer_first(struct call *c, const struct account_view *view, const char *password)
{
	jw_object(&c->w, NULL);
	put_account(&c->w, "account", view);
	jw_text(&c->w, "password", password);
	jw_end_object(&c->w);
}

tanu_status op_account_add(struct call *c, tanu_error *err)
{
	char password[FIRST_PASSWORD_LEN];
	struct account_view view;
	tanu_status st =
	    auth_account_add(c->api->auth, &view, password, call_text(c, "name"), roles_of(c), err);

	c->status = 201;
	if (st == TANU_OK)
		answer_first(c, &view, password);
	mem_wipe(password, sizeof(password));
	return st;
}

tanu_status op_account_set(struct call *c, tanu_error *err)
{
	tanu_id id = call_param_id(c, "account");
	struct account_view view;
	tanu_status st;

	if ((st = auth_account_set_roles(c->api->auth, &id, roles_of(c), err)) == TANU_OK &&
	    (st = auth_account_get(c->api->auth, &view, &id, err)) == TANU_OK)
		put_account(&c->w, NULL, &view);
	return st;
}

tanu_status op_account_remove(struct call *c, tanu_error *err)
{
	tanu_id id = call_param_id(c, "account");

	c->status = 204;
	return auth_account_remove(c->api->auth, &id, err);
}

tanu_status op_account_reset(struct call *c, tanu_error *err)
{
	tanu_id id = call_param_id(c, "account");
	char password[FIRST_PASSWORD_LEN];
	struct account_view view;
	tanu_status st;

	if ((st = auth_account_reset(c->api->auth, password, &id, err)) == TANU_OK &&
	    (st = auth_account_get(c->api->auth, &view, &id, err)) == TANU_OK)
		answer_first(c, &view, password);
	mem_wipe(password, sizeof(password));
	return st;
}

/* ---- keys ---- */

static void put_scopes(struct json_w *w, unsigned scopes)
{
	jw_array(w, "scopes");
	for (unsigned bit = 1; bit && bit <= scopes; bit <<= 1)
		if (scopes & bit)
			jw_text(w, NULL, scope_word(bit));
	jw_end_array(w);
}

static tanu_status put_key(void *self, const struct api_key_view *v, tanu_error *err)
{
	struct json_w *w = self;

	(void)err;
	jw_object(w, NULL);
	jw_id(w, "id", &v->id);
	put_clean(w, "name", v->name);
	put_scopes(w, v->scopes);
	jw_int(w, "created_ms", v->created_ms);
	put_date(w, "until", date_from_ms(v->expires_ms - 1));
	jw_end_object(w);
	return TANU_OK;
}

tanu_status op_api_keys_list(struct call *c, tanu_error *err)
{
	tanu_status st;

	jw_object(&c->w, NULL);
	jw_array(&c->w, "items");
	st = auth_key_each(c->api->auth, put_key, &c->w, err);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return st;
}

tanu_status op_api_key_add(struct call *c, tanu_error *err)
{
	json_value list = json_get(c->body, "scopes");
	char key[API_KEY_TEXT_LEN];
	struct api_key_view view;
	unsigned scopes = 0;
	int64_t expires_ms = 0;
	tanu_date until;
	tanu_status st = TANU_OK;

	c->status = 201;
	for (size_t i = 0; i < json_len(list); i++)
		scopes |= scope_of(json_text_of(json_at(list, i)));
	if (json_get(c->body, "until")) {
		if ((st = call_date(c, &until, "until", err)) < 0)
			return st;
		expires_ms = (date_to_days(until) + 1) * 86400000;
	}
	if ((st = auth_key_add(c->api->auth, key, &view, call_text(c, "name"), scopes, expires_ms,
			       err)) == TANU_OK) {
		jw_object(&c->w, NULL);
		jw_id(&c->w, "id", &view.id);
		jw_text(&c->w, "key", key);
		jw_end_object(&c->w);
	}
	mem_wipe(key, sizeof(key));
	return st;
}

tanu_status op_api_key_remove(struct call *c, tanu_error *err)
{
	tanu_id id = call_param_id(c, "key");

	c->status = 204;
	return auth_key_remove(c->api->auth, &id, err);
}
