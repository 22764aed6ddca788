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

tanu_status op_session_begin(struct call *c, tanu_error *err)
{
	char address[CALL_ADDRESS_LEN], former[SESSION_TEXT_LEN];
	struct sign_in in = {.name = call_text(c, "name"),
			     .password = call_text(c, "password"),
			     .code = json_get(c->body, "code") ? call_text(c, "code") : NULL,
			     .address = address,
			     .former = session_secret(c->request, former)};
	struct session_view session = {0};
	tanu_status st;

	call_address(c->request, address);
	st = auth_sign_in(c->api->auth, c->cookie, &session, &c->wait_s, &in, err);
	if (st == TANU_OK)
		st = answer_session(c, &session, err);
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
