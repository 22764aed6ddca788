/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call: who is it, may she, is what she sent as openapi.yaml says, was it answered before; then
 * the handler; then the answer.
 */
#include "api/inside.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COOKIE "__Host-tanu"

void api_enter(struct api *api)
{
	os_turns_enter(&api->guard);
}

void api_leave(struct api *api)
{
	os_turns_leave(&api->guard);
}

/* ---- reading what was checked ---- */

const char *call_text(const struct call *c, const char *member)
{
	return json_text_of(json_get(c->body, member));
}

bool call_flag(const struct call *c, const char *member)
{
	bool flag = false;

	if (json_get(c->body, member))
		(void)json_bool(&flag, c->body, member, NULL);
	return flag;
}

bool call_id(const struct call *c, tanu_id *out, const char *member)
{
	*out = (tanu_id){{0}};
	return id_parse(out, call_text(c, member));
}

const char *call_param(const struct call *c, const char *name)
{
	size_t at = 0;

	for (size_t i = 0; i < c->op->parameters_len; i++) {
		if (c->op->parameters[i].where != PARAMETER_PATH)
			continue;
		if (!strcmp(c->op->parameters[i].name, name))
			return c->request->params[at];
		at++;
	}
	assert(false && "a parameter that the operation does not have");
	return "";
}

tanu_id call_param_id(const struct call *c, const char *name)
{
	tanu_id id = {{0}};

	id_parse(&id, call_param(c, name));
	return id;
}

tanu_status call_date(const struct call *c, tanu_date *out, const char *member, tanu_error *err)
{
	if (date_parse(out, call_text(c, member)))
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_DATE, member, "there is no such day: write YYYY-MM-DD");
}

unsigned call_purposes(const struct call *c, const char *member)
{
	json_value list = json_get(c->body, member);
	unsigned set = 0, one = 0;

	for (size_t i = 0; i < json_len(list); i++)
		if (tanu_purposes_parse(&one, json_text_of(json_at(list, i)), NULL) == TANU_OK)
			set |= one;
	return set;
}

bool call_etag(struct call *c, const void *bytes, size_t len)
{
	uint8_t digest[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1];

	sha256(digest, bytes, len);
	hex_encode(hex, digest, sizeof(digest));
	snprintf(c->etag, sizeof(c->etag), "\"%.32s\"", hex);
	if (!http_client_has(c->request, c->etag))
		return false;
	c->status = 304;
	return true;
}

/* ---- who asks ---- */

const char *session_secret(const struct http_request *request, char out[SESSION_TEXT_LEN])
{
	const char *at = http_header(request, "Cookie");
	size_t name = strlen(COOKIE "=");

	while (at && *at) {
		size_t len = strcspn(at, ";");

		if (!strncmp(at, COOKIE "=", name) && len - name == SESSION_TEXT_LEN - 1) {
			memcpy(out, at + name, SESSION_TEXT_LEN - 1);
			out[SESSION_TEXT_LEN - 1] = '\0';
			return out;
		}
		at += len + (at[len] == ';');
		at += strspn(at, " ");
	}
	return NULL;
}

/* Behind a proxy on this machine the last address that it names; of IPv6 the network. */
void call_address(const struct http_request *request, char out[CALL_ADDRESS_LEN])
{
	const char *peer = request->peer ? request->peer : "";
	const char *forwarded = http_header(request, "X-Forwarded-For");
	struct in6_addr v6;

	if (forwarded && !request->tls && (!strcmp(peer, "127.0.0.1") || !strcmp(peer, "::1"))) {
		const char *last = strrchr(forwarded, ',');

		peer = last ? last + 1 : forwarded;
		peer += strspn(peer, " ");
	}
	snprintf(out, CALL_ADDRESS_LEN, "%.48s", peer);
	if (inet_pton(AF_INET6, out, &v6) == 1) {
		memset(v6.s6_addr + 8, 0, 8);
		if (!inet_ntop(AF_INET6, &v6, out, CALL_ADDRESS_LEN))
			out[0] = '\0';
	}
}

static tanu_status identify(struct call *c, tanu_error *err)
{
	const char *bearer = http_header(c->request, "Authorization");
	char secret[SESSION_TEXT_LEN];
	tanu_status st;

	if (c->op->anyone)
		return TANU_OK;
	if (bearer) {
		if (strncasecmp(bearer, "Bearer ", 7) != 0)
			return tanu_fail(err, TANU_ERR_SIGNED_OUT, "Authorization",
					 "send \"Bearer\" and a key of this site");
		c->by_key = true;
		st = auth_key(c->api->auth, &c->who, bearer + 7, err);
	} else {
		st = auth_session(c->api->auth, &c->who, session_secret(c->request, secret), err);
	}
	mem_wipe(secret, sizeof(secret));
	c->signed_in = st == TANU_OK;
	return st;
}

static bool is_safe(const struct call *c)
{
	return !strcmp(c->op->method, "GET");
}

/*
 * A page of another site can make a browser send a request with its cookie where SameSite is not
 * known to it; it can't read the token, and it can't hide where it comes from.
 */
static tanu_status own_page(const struct call *c, tanu_error *err)
{
	const char *site = http_header(c->request, "Sec-Fetch-Site");

	if (is_safe(c) || c->by_key)
		return TANU_OK;
	if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
		return tanu_fail(err, TANU_ERR_FORGED, "Sec-Fetch-Site",
				 "this request comes from a page of another site");
	if (c->signed_in && !auth_token_is(&c->who, http_header(c->request, "X-Tanu-Token")))
		return tanu_fail(err, TANU_ERR_FORGED, "X-Tanu-Token",
				 "send the token of the session with this request");
	return TANU_OK;
}

static bool before_password(const struct operation *op)
{
	static const char *const ids[] = {"session_get", "session_end", "me_get", "me_password"};

	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		if (!strcmp(ids[i], op->id))
			return true;
	return false;
}

static tanu_status may(const struct call *c, tanu_error *err)
{
	const struct operation *op = c->op;

	if (op->anyone)
		return TANU_OK;
	if (c->by_key) {
		if (op->scope & c->who.scopes)
			return TANU_OK;
		return tanu_fail(err, TANU_ERR_ROLE, NULL,
				 op->scope ? "this key lacks the scope %s" : "no key may do that%s",
				 op->scope ? scope_word(op->scope) : "");
	}
	if (c->who.must_change && !before_password(op))
		return tanu_fail(err, TANU_ERR_PASSWORD, NULL,
				 "choose a password of your own first (/me/password)");
	if (op->roles & c->who.roles)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_ROLE, NULL, "this account may not do that");
}

/* ---- what was sent ---- */

static const char *parameter_text(const struct call *c, const struct parameter *p, size_t *path_at)
{
	switch (p->where) {
	case PARAMETER_PATH:
		return c->request->params[(*path_at)++];
	case PARAMETER_QUERY:
		return http_query(c->request, p->name);
	default:
		return http_header(c->request, p->name);
	}
}

static tanu_status check_parameters(struct call *c, tanu_error *err)
{
	size_t path_at = 0;

	for (size_t i = 0; i < c->op->parameters_len; i++) {
		const struct parameter *p = &c->op->parameters[i];
		const char *text = parameter_text(c, p, &path_at);
		tanu_status st =
		    text ? schema_check_text(c->op->spec, p->schema, text, p->name, err) : TANU_OK;

		if (st < 0)
			return st;
		if (p->where == PARAMETER_PATH && !strcmp(p->name, "subject"))
			c->has_subject = id_parse(&c->subject, text);
	}
	return TANU_OK;
}

/* The media type without its parameters. */
static bool type_taken(const struct call *c)
{
	const char *type = http_header(c->request, "Content-Type");
	char name[64];
	size_t len = type ? strcspn(type, "; ") : 0;

	if (!type || len >= sizeof(name))
		return false;
	for (size_t i = 0; i < len; i++)
		name[i] = (char)(type[i] >= 'A' && type[i] <= 'Z' ? type[i] - 'A' + 'a' : type[i]);
	name[len] = '\0';
	return json_get(c->op->content, name) != NULL;
}

static tanu_status check_body(struct call *c, tanu_error *err)
{
	const struct operation *op = c->op;
	tanu_status st;

	if (!op->content)
		return TANU_OK;
	if (!type_taken(c))
		return tanu_fail(err, TANU_ERR_FORMAT, "Content-Type",
				 "this media type is not taken here: openapi.yaml says which");
	if (!op->body)
		return TANU_OK;
	if ((st = json_parse(&c->doc, c->request->body, c->request->body_len, op->body_max, "body",
			     err)) < 0)
		return st;
	c->body = json_root(c->doc);
	return schema_check(op->spec, op->body, c->body, "", err);
}

/* ---- answering ---- */

void security_headers(struct http_answer *answer)
{
	http_set(answer, "Cross-Origin-Opener-Policy", "same-origin");
	http_set(answer, "Cross-Origin-Resource-Policy", "same-origin");
	http_set(answer, "Referrer-Policy", "no-referrer");
}

static void set_cookie(const struct call *c)
{
	if (!*c->cookie)
		return;
	if (!strcmp(c->cookie, "-"))
		http_set(c->answer, "Set-Cookie", "%s",
			 COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
	else
		http_set(c->answer, "Set-Cookie",
			 COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict", c->cookie);
}

static void answer_send(struct call *c)
{
	if (c->answered)
		return;
	set_cookie(c);
	if (*c->etag)
		http_set(c->answer, "ETag", "%s", c->etag);
	if (c->status == 204 || c->status == 304)
		http_empty(c->answer, c->status);
	else
		http_body(c->answer, c->status, c->type ? c->type : "application/json", &c->out);
}

/* ---- requests that may be repeated ---- */

static bool repeat_begin(struct call *c, struct repeat_key *key)
{
	const char *text = c->op->repeatable ? http_header(c->request, "Idempotency-Key") : NULL;
	struct digest digest;

	if (!text)
		return false;
	*key = (struct repeat_key){.account = c->who.account, .key = text};
	digest_begin(&digest);
	digest_add(&digest, c->op->method, strlen(c->op->method) + 1);
	digest_add(&digest, c->request->path, strlen(c->request->path) + 1);
	digest_add(&digest, c->request->body, c->request->body_len);
	digest_end(&digest, key->what);
	return true;
}

/* "200 application/json" and the body. */
static void answer_keep(struct call *c, const struct repeat_key *key)
{
	struct buf kept = {0};

	buf_printf(&kept, "%d %s\n", c->status, c->type ? c->type : "application/json");
	buf_put(&kept, c->out.data, c->out.len);
	/* Done already: when the answer can't be kept, a repetition says so. */
	if (!kept.failed)
		(void)auth_repeat_answer(c->api->auth, key, &kept, NULL);
	buf_wipe(&kept);
}

static tanu_status answer_again(struct call *c, const struct buf *kept, tanu_error *err)
{
	const char *text = (const char *)kept->data;
	const char *end = memchr(text, '\n', kept->len);
	char type[64];
	size_t head = end ? (size_t)(end - text) + 1 : kept->len;

	if (!end || kept->len < 5 || head - 5 >= sizeof(type))
		return tanu_fail(err, TANU_ERR_DB_DAMAGED, NULL, "a kept answer is not whole");
	snprintf(type, sizeof(type), "%.*s", (int)(head - 5), text + 4);
	c->status = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
	buf_put(&c->out, text + head, kept->len - head);
	http_set(c->answer, "Idempotency-Replayed", "true");
	c->answered = true;
	if (c->status == 204)
		http_empty(c->answer, 204);
	else
		http_body(c->answer, c->status, type, &c->out);
	return TANU_OK;
}

/* `*done`: it was answered from what was kept. */
static tanu_status repeat_look(struct call *c, const struct repeat_key *key, bool *done,
			       tanu_error *err)
{
	enum repeat what = REPEAT_FIRST;
	struct buf kept = {0};
	tanu_status st = auth_repeat_look(c->api->auth, &what, &kept, key, err);

	*done = what != REPEAT_FIRST;
	if (st == TANU_OK && what == REPEAT_ANSWERED)
		st = answer_again(c, &kept, err);
	else if (st == TANU_OK && what == REPEAT_OTHER)
		st = tanu_fail(err, TANU_ERR_REPEATED, "Idempotency-Key",
			       "this key was used for another request: take a new one");
	else if (st == TANU_OK && what == REPEAT_UNKNOWN)
		st = tanu_fail(err, TANU_ERR_REPEATED, "Idempotency-Key",
			       "this was done already, but its answer is lost: look at what is "
			       "there");
	buf_wipe(&kept);
	return st;
}

struct taking {
	struct auth *auth;
	const struct repeat_key *key;
};

static tanu_status repeat_mark(void *self, tanu_error *err)
{
	const struct taking *t = self;

	return auth_repeat_take(t->auth, t->key, err);
}

/* ---- the whole way ---- */

static tanu_status handle_guarded(struct call *c, const struct repeat_key *key, tanu_error *err)
{
	struct taking taking = {c->api->auth, key};
	tanu_status st;

	api_enter(c->api);
	st = api_there(c->api, err);
	if (st == TANU_OK && c->has_subject)
		st = access_check(c, err);
	if (st == TANU_OK && key)
		service_mark(c->api->service, repeat_mark, &taking);
	if (st == TANU_OK && !c->op->unguarded)
		st = c->op->handle(c, err);
	if (c->api->service)
		service_mark(c->api->service, NULL, NULL);
	if (st == TANU_OK && c->has_subject && c->op->look && c->status != 304)
		st = look_note(c, err);
	api_leave(c->api);
	if (st == TANU_OK && c->op->unguarded)
		st = c->op->handle(c, err);
	return st;
}

static tanu_status handle(struct call *c, tanu_error *err)
{
	struct repeat_key key;
	bool repeats, done = false;
	tanu_status st;

	if ((st = check_parameters(c, err)) < 0 || (st = identify(c, err)) < 0 ||
	    (st = own_page(c, err)) < 0 || (st = may(c, err)) < 0 || (st = check_body(c, err)) < 0)
		return st;
	repeats = repeat_begin(c, &key);
	if (repeats && ((st = repeat_look(c, &key, &done, err)) < 0 || done))
		return st;
	jw_init(&c->w, &c->out);
	if ((st = handle_guarded(c, repeats ? &key : NULL, err)) < 0 ||
	    (st = buf_check(&c->out, err)) < 0)
		return st;
	if (repeats && !c->answered)
		answer_keep(c, &key);
	return TANU_OK;
}

void call_handle(void *operation, const struct http_request *request, struct http_answer *answer)
{
	const struct operation *op = operation;
	struct call c = {
	    .api = op->api, .op = op, .request = request, .answer = answer, .status = 200};
	tanu_error err = {0};

	security_headers(answer);
	if (handle(&c, &err) == TANU_OK)
		answer_send(&c);
	else if (!c.answered)
		problem_answer(answer, &err, c.wait_s);
	json_free(&c.doc);
	buf_wipe(&c.out);
	mem_wipe(&c, sizeof(c));
}
