/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in and out, and one's own account. These take the guard themselves: hashing is slow. */
#include "api/operations.h"

#include <stdio.h>
#include <string.h>

static tanu_status answer_session(struct call *c, const struct session_view *session,
				  tanu_error *err)
{
	struct account_view account;
	tanu_status st = auth_account_get(c->api->auth, &account, &session->account, err);

	if (st < 0)
		return st;
	jw_object(&c->w, NULL);
	put_account(&c->w, "account", &account);
	jw_text(&c->w, "token", session->token);
	jw_int(&c->w, "idle_ms", session->idle_ms);
	jw_int(&c->w, "ends_ms", session->ends_ms);
	jw_end_object(&c->w);
	return TANU_OK;
}

/* A program's key has no session and no account of its own. */
static tanu_status need_account(const struct call *c, tanu_error *err)
{
	if (!c->by_key)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_ROLE, NULL, "a key has no account of its own");
}

tanu_status op_session_get(struct call *c, tanu_error *err)
{
	tanu_status st = need_account(c, err);

	return st == TANU_OK ? answer_session(c, &c->who, err) : st;
}

/* ---- passkeys: what the browser sends, and the place where it was asked ---- */

#define HOST_MAX 253

struct place {
	char rp_id[HOST_MAX + 1], origin[HOST_MAX + 32], plain[HOST_MAX + 32];
	struct passkey_place at;
};

/* As the browser has called us. Whoever stands between can't change what the authenticator signs.
 */
static tanu_status place_of(const struct call *c, struct place *out, tanu_error *err)
{
	const char *host = http_header(c->request, "Host");
	const size_t name_len = host ? strcspn(host, ":") : 0;

	if (name_len == 0 || strlen(host) > HOST_MAX || host[0] == '[')
		return tanu_fail(err, TANU_ERR_SECOND_FACTOR, "passkey",
				 "passkeys need a name of this site, not an address");
	snprintf(out->rp_id, sizeof(out->rp_id), "%.*s", (int)name_len, host);
	snprintf(out->origin, sizeof(out->origin), "https://%s", host);
	snprintf(out->plain, sizeof(out->plain), "http://%s", host);
	out->at = (struct passkey_place){
	    .rp_id = out->rp_id,
	    .origin = out->origin,
	    .plain_origin = strcmp(out->rp_id, "localhost") == 0 ? out->plain : NULL};
	return TANU_OK;
}

/* Members of an object that are base64url; their bytes live in `buf`. */
static tanu_status take_bytes(struct bytes *out, struct buf *buf, json_value object,
			      const char *member, tanu_error *err)
{
	const char *text = json_text_of(json_get(object, member));
	tanu_status st = base64url_get(buf, text, strlen(text), err);

	if (st < 0)
		return tanu_fail(err, TANU_ERR_JSON, member, "this is not base64url");
	*out = (struct bytes){buf->data, buf->len};
	return TANU_OK;
}

struct shown_passkey {
	struct place place;
	struct buf id, client, authdata, signature;
	struct passkey_answer answer;
};

static tanu_status passkey_take(const struct call *c, struct shown_passkey *out, json_value from,
				tanu_error *err)
{
	struct passkey_answer *a = &out->answer;
	tanu_status st;

	if ((st = place_of(c, &out->place, err)) < 0 ||
	    (st = take_bytes(&a->id, &out->id, from, "id", err)) < 0 ||
	    (st = take_bytes(&a->client_data, &out->client, from, "client_data", err)) < 0 ||
	    (st = take_bytes(&a->authdata, &out->authdata, from, "authenticator_data", err)) < 0 ||
	    (st = take_bytes(&a->signature, &out->signature, from, "signature", err)) < 0)
		return st;
	a->place = out->place.at;
	return TANU_OK;
}

static void passkey_free(struct shown_passkey *p)
{
	buf_free(&p->id);
	buf_free(&p->client);
	buf_free(&p->authdata);
	buf_free(&p->signature);
}

static void put_base64(struct json_w *w, const char *key, const void *bytes, size_t len)
{
	struct buf text = {0};

	base64url_put(&text, bytes, len);
	jw_text(w, key, buf_cstr(&text));
	buf_free(&text);
}

static void put_passkeys(struct json_w *w, const struct passkey_asked *asked)
{
	jw_array(w, "passkeys");
	for (size_t i = 0; i < asked->passkeys_len; i++) {
		const struct passkey_view *p = &asked->passkey[i];

		jw_object(w, NULL);
		put_base64(w, "id", p->id, p->id_len);
		put_clean(w, "name", p->name);
		jw_int(w, "added_ms", p->added_ms);
		if (p->used_ms)
			jw_int(w, "used_ms", p->used_ms);
		jw_end_object(w);
	}
	jw_end_array(w);
}

static void answer_asked(struct call *c, const struct passkey_asked *asked,
			 const struct place *place)
{
	jw_object(&c->w, NULL);
	jw_text(&c->w, "challenge", asked->challenge);
	jw_text(&c->w, "rp_id", place->rp_id);
	put_base64(&c->w, "user", asked->account.b, TANU_ID_LEN);
	put_passkeys(&c->w, asked);
	jw_end_object(&c->w);
}

tanu_status op_session_passkey(struct call *c, tanu_error *err)
{
	char address[CALL_ADDRESS_LEN];
	struct sign_in in = {
	    .name = call_text(c, "name"), .password = call_text(c, "password"), .address = address};
	struct passkey_asked asked = {.passkeys_len = 0};
	struct place place;
	tanu_status st;

	call_address(c->request, address);
	if ((st = place_of(c, &place, err)) == TANU_OK &&
	    (st = auth_passkey_ask(c->api->auth, &asked, &c->wait_s, &in, err)) == TANU_OK)
		answer_asked(c, &asked, &place);
	mem_wipe(&asked, sizeof(asked));
	return st;
}

tanu_status op_session_begin(struct call *c, tanu_error *err)
{
	char address[CALL_ADDRESS_LEN], former[SESSION_TEXT_LEN];
	json_value passkey = json_get(c->body, "passkey");
	struct shown_passkey shown = {.id = {0}};
	struct sign_in in = {.name = call_text(c, "name"),
			     .password = call_text(c, "password"),
			     .code = json_get(c->body, "code") ? call_text(c, "code") : NULL,
			     .address = address,
			     .former = session_secret(c->request, former)};
	struct session_view session = {0};
	tanu_status st = passkey ? passkey_take(c, &shown, passkey, err) : TANU_OK;

	call_address(c->request, address);
	in.passkey = passkey ? &shown.answer : NULL;
	if (st == TANU_OK)
		st = auth_sign_in(c->api->auth, c->cookie, &session, &c->wait_s, &in, err);
	if (st == TANU_OK)
		st = answer_session(c, &session, err);
	passkey_free(&shown);
	mem_wipe(&session, sizeof(session));
	return st;
}

tanu_status op_session_end(struct call *c, tanu_error *err)
{
	char secret[SESSION_TEXT_LEN];
	tanu_status st = need_account(c, err);

	if (st == TANU_OK)
		st = auth_sign_out(c->api->auth, session_secret(c->request, secret), err);
	mem_wipe(secret, sizeof(secret));
	snprintf(c->cookie, sizeof(c->cookie), "-");
	c->status = 204;
	return st;
}

tanu_status op_invitation_accept(struct call *c, tanu_error *err)
{
	char address[CALL_ADDRESS_LEN], former[SESSION_TEXT_LEN];
	struct accept accept = {.token = call_text(c, "token"),
				.code = call_text(c, "code"),
				.name = call_text(c, "name"),
				.password = call_text(c, "password"),
				.address = address,
				.former = session_secret(c->request, former)};
	struct session_view session = {0};
	tanu_status st;

	call_address(c->request, address);
	st = auth_accept(c->api->auth, c->cookie, &session, &c->wait_s, &accept, err);
	if (st == TANU_OK)
		st = answer_session(c, &session, err);
	mem_wipe(&session, sizeof(session));
	return st;
}

/* ---- one's own account ---- */

struct own {
	char address[CALL_ADDRESS_LEN], session[SESSION_TEXT_LEN];
	struct own_act act;
};

static void own_begin(const struct call *c, struct own *own, const char *password)
{
	call_address(c->request, own->address);
	own->act = (struct own_act){.account = c->who.account,
				    .password = password,
				    .address = own->address,
				    .session = session_secret(c->request, own->session)};
}

tanu_status op_me_get(struct call *c, tanu_error *err)
{
	struct account_view account;
	tanu_status st;

	if ((st = need_account(c, err)) < 0 ||
	    (st = auth_account_get(c->api->auth, &account, &c->who.account, err)) < 0)
		return st;
	put_account(&c->w, NULL, &account);
	return TANU_OK;
}

tanu_status op_me_password(struct call *c, tanu_error *err)
{
	struct own own;

	own_begin(c, &own, call_text(c, "old"));
	c->status = 204;
	return auth_password_change(c->api->auth, &c->wait_s, &own.act, call_text(c, "new"), err);
}

tanu_status op_me_totp_begin(struct call *c, tanu_error *err)
{
	char secret[TOTP_SECRET_TEXT_LEN], uri[TOTP_URI_LEN];
	struct own own;
	tanu_status st;

	own_begin(c, &own, call_text(c, "password"));
	st = auth_totp_begin(c->api->auth, secret, uri, &c->wait_s, &own.act, err);
	if (st == TANU_OK) {
		jw_object(&c->w, NULL);
		jw_text(&c->w, "secret", secret);
		jw_text(&c->w, "uri", uri);
		jw_end_object(&c->w);
	}
	mem_wipe(secret, sizeof(secret));
	mem_wipe(uri, sizeof(uri));
	return st;
}

static void answer_codes(struct call *c, char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN])
{
	jw_object(&c->w, NULL);
	jw_array(&c->w, "codes");
	for (size_t i = 0; i < RECOVERY_CODES; i++)
		jw_text(&c->w, NULL, codes[i]);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
}

tanu_status op_me_totp_confirm(struct call *c, tanu_error *err)
{
	char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN];
	struct own own;
	tanu_status st;

	own_begin(c, &own, "");
	st =
	    auth_totp_confirm(c->api->auth, codes, &c->wait_s, &own.act, call_text(c, "code"), err);
	if (st == TANU_OK)
		answer_codes(c, codes);
	mem_wipe(codes, sizeof(codes));
	return st;
}

tanu_status op_me_recovery(struct call *c, tanu_error *err)
{
	char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN];
	struct own own;
	tanu_status st;

	own_begin(c, &own, call_text(c, "password"));
	st = auth_recovery_make(c->api->auth, codes, &c->wait_s, &own.act, err);
	if (st == TANU_OK)
		answer_codes(c, codes);
	mem_wipe(codes, sizeof(codes));
	return st;
}

/* ---- passkeys of one's own ---- */

tanu_status op_me_passkeys(struct call *c, tanu_error *err)
{
	struct passkey_asked asked;
	tanu_status st;

	if ((st = need_account(c, err)) < 0 ||
	    (st = auth_passkeys(c->api->auth, &asked, &c->who.account, err)) < 0)
		return st;
	jw_object(&c->w, NULL);
	put_passkeys(&c->w, &asked);
	jw_end_object(&c->w);
	return TANU_OK;
}

tanu_status op_me_passkey_begin(struct call *c, tanu_error *err)
{
	struct passkey_asked asked = {.passkeys_len = 0};
	struct place place;
	struct own own;
	tanu_status st;

	own_begin(c, &own, call_text(c, "password"));
	if ((st = place_of(c, &place, err)) == TANU_OK &&
	    (st = auth_passkey_begin(c->api->auth, &asked, &c->wait_s, &own.act, err)) == TANU_OK)
		answer_asked(c, &asked, &place);
	mem_wipe(&asked, sizeof(asked));
	return st;
}

tanu_status op_me_passkey_confirm(struct call *c, tanu_error *err)
{
	char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN];
	struct passkey_made made = {.name = call_text(c, "name")};
	struct buf client = {0}, authdata = {0};
	struct place place;
	struct own own;
	bool fresh = false;
	tanu_status st;

	own_begin(c, &own, "");
	if ((st = place_of(c, &place, err)) == TANU_OK &&
	    (st = take_bytes(&made.client_data, &client, c->body, "client_data", err)) == TANU_OK &&
	    (st = take_bytes(&made.authdata, &authdata, c->body, "authenticator_data", err)) ==
		TANU_OK) {
		made.place = place.at;
		st = auth_passkey_confirm(c->api->auth, codes, &fresh, &own.act, &made, err);
	}
	if (st == TANU_OK) {
		jw_object(&c->w, NULL);
		jw_array(&c->w, "codes");
		for (size_t i = 0; fresh && i < RECOVERY_CODES; i++)
			jw_text(&c->w, NULL, codes[i]);
		jw_end_array(&c->w);
		jw_end_object(&c->w);
	}
	mem_wipe(codes, sizeof(codes));
	buf_free(&client);
	buf_free(&authdata);
	return st;
}

tanu_status op_me_passkey_remove(struct call *c, tanu_error *err)
{
	struct buf id = {0};
	struct bytes bytes;
	struct own own;
	tanu_status st;

	c->status = 204;
	own_begin(c, &own, call_text(c, "password"));
	if ((st = take_bytes(&bytes, &id, c->body, "id", err)) == TANU_OK)
		st = auth_passkey_remove(c->api->auth, &c->wait_s, &own.act, &bytes, err);
	buf_free(&id);
	return st;
}

/* ---- whom I may see ---- */

struct my_people {
	struct call *c;
	const char *relation; /* of the present child; NULL: not mine */
	char text[RELATION_MAX + 1];
};

static tanu_status take_relation(void *self, const struct guardian_view *v, tanu_error *err)
{
	struct my_people *m = self;

	(void)err;
	if (!v->may_speak || !id_equal(&v->guardian, &m->c->who.subject))
		return TANU_OK;
	snprintf(m->text, sizeof(m->text), "%s", v->relation);
	m->relation = m->text;
	return TANU_OK;
}

static void put_mine(struct my_people *m, const struct subject_view *v, const char *relation)
{
	jw_object(&m->c->w, NULL);
	put_subject(m->c, "subject", v);
	if (relation)
		put_clean(&m->c->w, "relation", relation);
	jw_end_object(&m->c->w);
}

/* Damaged papers hide a child from nobody but her guardians, who ask at the desk. */
static tanu_status take_child(void *self, const struct subject_view *v, tanu_error *err)
{
	struct my_people *m = self;

	(void)err;
	m->relation = NULL;
	if (v->damaged || id_equal(&v->id, &m->c->who.subject) ||
	    !service_is_minor(m->c->api->service, v->person.born))
		return TANU_OK;
	if (service_guardian_each(m->c->api->service, &v->id, take_relation, m, NULL) == TANU_OK &&
	    m->relation)
		put_mine(m, v, m->relation);
	return TANU_OK;
}

tanu_status op_me_people(struct call *c, tanu_error *err)
{
	struct my_people m = {.c = c};
	struct subject_view me = {0};
	bool person = (c->who.roles & ROLE_PERSON) && !id_is_zero(&c->who.subject);
	tanu_status st = TANU_OK;

	jw_object(&c->w, NULL);
	jw_array(&c->w, "items");
	if (person &&
	    (st = service_subject_get(c->api->service, &me, &c->who.subject, err)) == TANU_OK)
		put_mine(&m, &me, NULL);
	if (person && st == TANU_OK)
		st = service_subject_each(c->api->service, take_child, &m, err);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	mem_wipe(&me, sizeof(me));
	return st;
}
