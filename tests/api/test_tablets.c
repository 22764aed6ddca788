/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The address of tablets, over TLS, with certificates as the site makes them: every operation, for
 * nobody, for a stranger, for a tablet, and for one that was ended. Threads: the servers'
 * (pthread_create).
 */
#include "api/office.h"
#include "http/pack.h"
#include "net/net.h"
#include "service/tablets.h"

#include <stdio.h>
#include <stdlib.h>

struct ward {
	struct office *o;
	struct site site;
	struct buf certificate, key, issuer;
	char pin[HTTP_PIN_LEN];
	struct pack tablet, stranger;
	struct tablet_view view;
};

static void pack_make(struct pack *out, uint8_t pin[DIGEST_LEN], const char *name)
{
	char password[HTTP_PACK_PASSWORD];
	struct buf p12 = {0};
	struct clock_source clock = os_clock();

	MUST(http_client_certificate(&p12, password, pin, TABLET_ISSUER, name, clock_now(&clock),
				     err));
	assert_true(pack_open(out, &p12, password));
	buf_wipe(&p12);
}

static int setup(void **state)
{
	static const char *const names[] = {"localhost"};
	struct ward *w = calloc(1, sizeof(*w));
	struct clock_source clock = os_clock();
	struct http_tls tls;
	struct http_options http = {.tls = &tls};
	uint8_t pin[DIGEST_LEN];
	void *office;

	assert_non_null(w);
	office_setup(&office);
	w->o = office;
	pack_make(&w->stranger, pin, "stranger");
	pack_make(&w->tablet, pin, "ward 3");
	MUST(service_tablet_add(w->o->service, &w->view, "ward 3", pin, err));
	MUST(http_certificate(&w->certificate, &w->key, NULL, w->o->root, names, 1,
			      clock_now(&clock), err));
	MUST(http_pin(w->pin, buf_cstr(&w->certificate), err));
	MUST(api_tablet_issuer(&w->issuer, err));
	tls = (struct http_tls){.certificate = buf_cstr(&w->certificate),
				.key = buf_cstr(&w->key),
				.client_authorities = buf_cstr(&w->issuer)};
	http.routes = api_tablet_routes(w->o->api, &http.routes_len);
	http.refuse = api_refuse;
	http.note = api_note;
	http.self = w->o->api;
	site_start(&w->site, &http);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct ward *w = *state;
	void *office = w->o;

	site_stop(&w->site);
	buf_free(&w->certificate);
	buf_wipe(&w->key);
	buf_free(&w->issuer);
	pack_wipe(&w->tablet);
	pack_wipe(&w->stranger);
	office_teardown(&office);
	free(w);
	return 0;
}

struct question {
	const struct pack *who; /* NULL: nobody shows a certificate */
	const char *session;	/* NULL: nobody is signed in */
	const char *method, *path, *body;
};

/* The status; the answer's body in `out`, if it is given. */
static int ask_with(struct ward *w, const struct question *q, char out[512])
{
	const struct pack *who = q->who;
	const char *method = q->method, *path = q->path, *session = q->session, *body = q->body;
	struct net_options options = {.pin = w->pin};
	struct net_header headers[3] = {{"Content-Type", "application/json"}};
	struct net_request request = {.method = method, .headers = headers, .headers_len = 1};
	struct net_response response = {0};
	struct net *net = NULL;
	char url[512], cookie[256];
	int status;

	snprintf(url, sizeof(url), "%s%s", w->site.url, path);
	request.url = url;
	request.body = body;
	request.body_len = body ? strlen(body) : 0;
	if (session) {
		snprintf(cookie, sizeof(cookie), "__Host-tanu=%s", session);
		headers[1] = (struct net_header){"Cookie", cookie};
		headers[2] = (struct net_header){"X-Tanu-Token", w->o->caller[ADMINISTRATOR].token};
		request.headers_len = 3;
	}
	if (who) {
		options.certificate = who->certificate;
		options.key = who->key;
	}
	MUST(net_open(&net, &options, err));
	MUST(net_send(net, &response, &request, err));
	status = response.status;
	if (out)
		snprintf(out, 512, "%s", buf_cstr(&response.body));
	net_response_free(&response);
	net_close(&net);
	return status;
}

/* The pattern with zeros for its words. */
static void path_of(char out[256], const struct operation *op)
{
	size_t len = 0;

	for (const char *at = op->pattern; *at && len < 200; at++) {
		if (*at != '{') {
			out[len++] = *at;
			continue;
		}
		len += (size_t)snprintf(out + len, 256 - len, "%032d", 0);
		at += strcspn(at, "}");
	}
	out[len] = '\0';
}

static int asked(struct ward *w, const struct pack *who, const char *path, const char *session)
{
	return ask_with(w, &(struct question){who, session, "GET", path, NULL}, NULL);
}

/* Of an operation, with zeros for the words of its pattern; the administrator is signed in. */
static int operated(struct ward *w, const struct pack *who, const struct operation *op,
		    char out[512])
{
	struct question q = {.who = who,
			     .session = w->o->caller[ADMINISTRATOR].secret,
			     .method = op->method,
			     .body = op->content ? "{}" : NULL};
	char path[256];

	path_of(path, op);
	q.path = path;
	return ask_with(w, &q, out);
}

static void without_a_known_certificate_nothing_is_answered(void **state)
{
	struct ward *w = *state;
	const struct spec *spec = w->o->api->spec;
	const char *session = w->o->caller[ADMINISTRATOR].secret;
	static const char *const pages[] = {"/",	   "/kiosk", "/healthz",
					    "/metrics",	   "/log/x", "/api/v1/openapi.json",
					    "/api/v1/none"};
	char text[512];

	for (size_t i = 0; i < spec->operations_len; i++) {
		const struct operation *op = &spec->operations[i];

		if (operated(w, NULL, op, text) != 403 || !strstr(text, "\"code\":\"tablet\""))
			fail_msg("%s answers nobody: %s", op->id, text);
	}
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		assert_int_equal(asked(w, NULL, pages[i], session), 403);
		assert_int_equal(asked(w, &w->stranger, pages[i], session), 403);
	}
	assert_int_equal(asked(w, &w->stranger, "/api/v1/session", session), 403);
}

static void a_tablet_gets_what_it_needs_and_no_more(void **state)
{
	struct ward *w = *state;
	const struct spec *spec = w->o->api->spec;
	const char *session = w->o->caller[ADMINISTRATOR].secret;
	char text[512];
	size_t open = 0;

	for (size_t i = 0; i < spec->operations_len; i++) {
		const struct operation *op = &spec->operations[i];
		bool refused;

		/* One ends the session it is asked in, one never ends. */
		if (!strcmp(op->id, "session_end") || !strcmp(op->id, "events_stream"))
			continue;
		refused = operated(w, &w->tablet, op, text) == 403 &&
			  strstr(text, "\"code\":\"tablet\"") != NULL;
		if (refused == op->tablet)
			fail_msg("%s: %s", op->id, text);
		open += op->tablet;
	}
	assert_in_range(open, 5, 20);
	assert_int_equal(asked(w, &w->tablet, "/api/v1/session", session), 200);
	assert_int_equal(asked(w, &w->tablet, "/api/v1/session", NULL), 401);
	assert_int_equal(asked(w, &w->tablet, "/", NULL), 302);
}

static void one_that_was_ended_is_answered_nothing(void **state)
{
	struct ward *w = *state;
	const char *session = w->o->caller[ADMINISTRATOR].secret;
	struct tablet_view view;

	assert_int_equal(asked(w, &w->tablet, "/api/v1/session", session), 200);
	MUST(service_tablet_end(w->o->service, &view, &w->view.id, err));
	assert_int_equal(asked(w, &w->tablet, "/api/v1/session", session), 403);
	assert_int_equal(asked(w, &w->tablet, "/kiosk", session), 403);
}

static void while_the_folder_is_lent_it_waits(void **state)
{
	struct ward *w = *state;

	api_lend(w->o->api);
	assert_int_equal(asked(w, &w->tablet, "/kiosk", NULL), 503);
	MUST(api_take_back(w->o->api, w->o->service, err));
	assert_int_not_equal(asked(w, &w->tablet, "/kiosk", NULL), 503);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(without_a_known_certificate_nothing_is_answered),
	    T(a_tablet_gets_what_it_needs_and_no_more),
	    T(one_that_was_ended_is_answered_nothing),
	    T(while_the_folder_is_lent_it_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
