/* SPDX-License-Identifier: Apache-2.0 */
#include "api/office.h"

#include "auth/inside.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *const who_words[WHOS] = {"nobody",	"operator",	 "enrolment", "presence",
				     "auditor", "administrator", "person",    "key"};

static int64_t office_now(void *self)
{
	struct clock_source clock = os_clock();

	return clock_now(&clock) + ((struct office *)self)->ahead_ms;
}

/* ---- the site ---- */

static void office_open(struct office *o)
{
	struct service_options service = {.data_dir = o->dir, .clock = {office_now, o}};
	struct api_options options = {
	    .program = "test", .clock = {office_now, o}, .judge = o->judge};
	struct http_options http = {.refuse = api_refuse, .note = api_note};

	MUST(service_open(&o->service, &service, err));
	options.service = o->service;
	snprintf(o->outbox, sizeof(o->outbox), "%s/outbox", o->root);
	options.outbox = o->outbox;
	MUST(api_open(&o->api, &options, err));
	http.routes = api_routes(o->api, &http.routes_len);
	http.self = o->api;
	site_start(&o->site, &http);
}

static void office_close(struct office *o)
{
	site_stop(&o->site);
	api_close(&o->api);
	service_close(&o->service);
	json_free(&o->doc);
}

void office_restart(struct office *o)
{
	office_close(o);
	office_open(o);
}

static tanu_id add(struct office *o, const char *name, const char *born)
{
	struct person person;
	tanu_id id;

	MUST(service_person_set(&person, name, born, err));
	MUST(service_subject_add(o->service, &id, &person, err));
	return id;
}

static void people_add(struct office *o)
{
	struct guardian_order order = {
	    .relation = "mother", .checked_by = "D. Omarova", .how = "identity card"};

	char born[32];

	o->mother = add(o, "Мать Ахметова", "1990-02-03");
	o->child = add(o, "Әсем Ахметова", "2016-05-31");
	o->stranger = add(o, "Stranger Else", "1985-01-01");
	snprintf(born, sizeof(born), "%d-01-01", date_from_ms(office_now(o)).year - 4);
	o->infant = add(o, "Infant Else", born);
	order.child = o->child;
	order.guardian = o->mother;
	MUST(service_guardian_add(o->service, &order, err));
}

/* Hashing is slow on purpose: once a process for all of them. */
static void words_hash(char out[PASSWORD_HASH_LEN])
{
	static char hash[PASSWORD_HASH_LEN];

	if (!*hash)
		MUST(password_hash(hash, OFFICE_PASSWORD, 8192, err));
	memcpy(out, hash, PASSWORD_HASH_LEN);
}

static void sign_in(struct office *o, enum who who, unsigned roles, const tanu_id *subject)
{
	struct auth *auth = o->api->auth;
	struct caller *caller = &o->caller[who];
	struct account account = {.roles = roles, .created_ms = office_now(o)};
	struct session_view session;

	if (subject)
		account.subject = *subject;
	snprintf(account.name, sizeof(account.name), "%s", who_words[who]);
	words_hash(account.hash);
	auth_id_new(auth, &account.id);
	MUST(store_begin(auth, err));
	MUST(account_create(auth, &account, err));
	MUST(session_start(auth, caller->secret, &session, &account, "127.0.0.1", NULL, err));
	MUST(store_end(auth, TANU_OK, err));
	memcpy(caller->token, session.token, sizeof(caller->token));
}

static void callers_make(struct office *o)
{
	struct api_key_view key;

	sign_in(o, OPERATOR, ROLE_OPERATOR, NULL);
	sign_in(o, ENROLMENT, ROLE_ENROLMENT, NULL);
	sign_in(o, PRESENCE, ROLE_PRESENCE, NULL);
	sign_in(o, AUDITOR, ROLE_AUDITOR, NULL);
	sign_in(o, ADMINISTRATOR, ROLE_ADMINISTRATOR, NULL);
	sign_in(o, PERSON, ROLE_PERSON, &o->mother);
	MUST(auth_key_add(o->api->auth, o->caller[KEY].key, &key, "program", ~0u >> 24, 0, err));
}

void office_later(struct office *o, int64_t ms)
{
	struct auth *auth = o->api->auth;

	o->ahead_ms += ms;
	for (enum who who = OPERATOR; who <= PERSON; who++) {
		struct caller *caller = &o->caller[who];
		struct account account = {0};
		struct session_view session;

		MUST(store_begin(auth, err));
		MUST(account_load_name(auth, &account, who_words[who], err));
		MUST(session_start(auth, caller->secret, &session, &account, "127.0.0.1", NULL,
				   err));
		MUST(store_end(auth, TANU_OK, err));
		memcpy(caller->token, session.token, sizeof(caller->token));
	}
}

int office_setup(void **state)
{
	struct office *o = calloc(1, sizeof(*o));
	struct service_options options = {.clock = {office_now, o}};

	assert_non_null(o);
	snprintf(o->root, sizeof(o->root), "/dev/shm/tanu-api-XXXXXX");
	assert_non_null(mkdtemp(o->root));
	snprintf(o->dir, sizeof(o->dir), "%s/data", o->root);
	options.data_dir = o->dir;
	MUST(service_create(&options, "School 5", err));
	office_open(o);
	/* single frames, but where a test is about more */
	MUST(service_setting_set(o->service, "match.pad", "frame", err));
	people_add(o);
	callers_make(o);
	*state = o;
	return 0;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
	(void)info;
	(void)type;
	(void)walk;
	return remove(path);
}

int office_teardown(void **state)
{
	struct office *o = *state;

	office_close(o);
	nftw(o->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(o);
	return 0;
}

/* ---- what openapi.yaml says of an answer ---- */

static size_t parts(const char *path, const char *out[16], size_t len[16])
{
	size_t n = 0;

	for (; *path == '/' && n < 16; n++) {
		out[n] = ++path;
		len[n] = strcspn(path, "/?");
		path += len[n];
	}
	return n;
}

static bool fits(const char *pattern, const char *path)
{
	const char *a[16], *b[16];
	size_t alen[16], blen[16], n = parts(pattern, a, alen);

	if (n != parts(path, b, blen))
		return false;
	for (size_t i = 0; i < n; i++)
		if (*a[i] != '{' && (alen[i] != blen[i] || strncmp(a[i], b[i], alen[i]) != 0))
			return false;
	return true;
}

static const struct operation *operation_of(const struct office *o, const char *method,
					    const char *path)
{
	const struct spec *spec = o->api->spec;

	for (size_t i = 0; i < spec->operations_len; i++)
		if (!strcmp(spec->operations[i].method, method) &&
		    fits(spec->operations[i].pattern + strlen(API_PREFIX), path))
			return &spec->operations[i];
	return NULL;
}

/* Any call can be answered by these. */
bool office_common(const char *code)
{
	static const char *const codes[] = {"signed-out",     "role",	  "forged",   "json",
					    "format",	      "password", "repeated", "folder-busy",
					    "file-too-large", "usage"};

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (!strcmp(codes[i], code))
			return true;
	return false;
}

#define ERRORS_MAX 24 /* of one operation */
static bool provoked[OPERATIONS_MAX][ERRORS_MAX], driven[OPERATIONS_MAX];

bool office_driven(size_t operation)
{
	return driven[operation];
}

bool office_provoked(size_t operation, size_t error)
{
	return provoked[operation][error];
}

static bool documented(const struct operation *op, const char *code)
{
	json_value list = json_get(op->node, "x-errors");

	assert_true(json_len(list) <= ERRORS_MAX);
	for (size_t i = 0; i < json_len(list); i++)
		if (!strcmp(json_text_of(json_at(list, i)), code)) {
			provoked[op - op->spec->operations][i] = true;
			return true;
		}
	return office_common(code);
}

static void hold_problem(struct office *o, const struct operation *op)
{
	if (!documented(op, o->code))
		fail_msg("%s answers %s, which openapi.yaml does not name: %s", op->id, o->code,
			 o->text);
}

static void hold_success(struct office *o, const struct operation *op)
{
	json_value responses = json_get(op->node, "responses"), response, schema;
	tanu_error err = {0};
	char status[8];

	snprintf(status, sizeof(status), "%d", o->status);
	response = spec_resolve(op->spec, json_get(responses, status));
	if (!response)
		fail_msg("%s answers %d, which openapi.yaml does not name", op->id, o->status);
	schema = json_get(json_get(json_get(response, "content"), "application/json"), "schema");
	if (schema && schema_check(op->spec, schema, o->json, "", &err) < 0)
		fail_msg("%s: %s: %s in %s", op->id, err.place, err.message, o->text);
	driven[op - op->spec->operations] = true;
}

static void take_answer(struct office *o, const char *answer)
{
	o->answer = answer;
	o->status = status_of(answer);
	o->text = body_of(answer);
	o->code[0] = '\0';
	json_free(&o->doc);
	o->json = NULL;
	if (*o->text == '{' && json_parse(&o->doc, o->text, strlen(o->text), (size_t)8 << 20,
					  "answer", NULL) == TANU_OK)
		o->json = json_root(o->doc);
	snprintf(o->code, sizeof(o->code), "%s", json_text_of(json_get(o->json, "code")));
}

static void put_credentials(struct buf *out, const struct caller *caller)
{
	if (*caller->secret)
		buf_printf(out, "Cookie: other=1; __Host-tanu=%s\r\nX-Tanu-Token: %s\r\n",
			   caller->secret, caller->token);
	if (*caller->key)
		buf_printf(out, "Authorization: Bearer %s\r\n", caller->key);
}

int ask_api(struct office *o, enum who who, const char *method, const char *path,
	    const char *headers, const void *body, size_t body_len)
{
	const struct operation *op = operation_of(o, method, path);
	struct buf request = {0};
	int fd = dial(&o->site);

	assert_true(fd >= 0);
	buf_printf(&request, "%s " API_PREFIX "%s HTTP/1.1\r\nHost: %s\r\n", method, path,
		   o->host ? o->host : "x");
	put_credentials(&request, &o->caller[who]);
	buf_str(&request, headers ? headers : "");
	if (body && !(headers && strcasestr(headers, "content-type")))
		buf_str(&request, "Content-Type: application/json\r\n");
	if (body)
		buf_printf(&request, "Content-Length: %zu\r\n", body_len);
	buf_str(&request, "\r\n");
	buf_put(&request, body, body_len);
	say_bytes(fd, request.data, request.len);
	take_answer(o, hear(fd));
	close(fd);
	buf_wipe(&request);
	if (op && o->status >= 400 && *o->code)
		hold_problem(o, op);
	else if (op && o->status >= 200 && o->status < 400)
		hold_success(o, op);
	return o->status;
}

int api(struct office *o, enum who who, const char *method, const char *path, const char *fmt, ...)
{
	char body[8192];
	va_list ap;
	int len;

	if (!fmt)
		return ask_api(o, who, method, path, NULL, NULL, 0);
	va_start(ap, fmt);
	len = vsnprintf(body, sizeof(body), fmt, ap);
	va_end(ap);
	assert_in_range(len, 0, sizeof(body) - 1);
	return ask_api(o, who, method, path, NULL, body, (size_t)len);
}

const char *word(struct office *o, const char *member)
{
	static char kept[4][512];
	static unsigned turn;
	char *out = kept[turn++ % 4];

	snprintf(out, sizeof(kept[0]), "%s", json_text_of(json_get(o->json, member)));
	return out;
}

const char *at_subject(const tanu_id *id, const char *rest)
{
	static char kept[4][256];
	static unsigned turn;
	char *out = kept[turn++ % 4], hex[ID_HEX_LEN];

	id_hex(hex, id);
	snprintf(out, sizeof(kept[0]), "/subjects/%s%s", hex, rest);
	return out;
}
