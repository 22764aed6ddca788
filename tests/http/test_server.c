/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and answers over real sockets. Threads: the server's own (pthread_create). */
#include "http/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct http_note notes[64];
static _Atomic unsigned notes_len;

static void keep_note(void *self, const struct http_note *note)
{
	(void)self;
	notes[notes_len % ARRAY_LEN(notes)] = *note;
	notes_len++;
}

static void hello(void *self, const struct http_request *r, struct http_answer *a)
{
	(void)r;
	http_text(a, 200, NULL, self ? self : "hello");
}

/* What the handler sees, one a line. */
static void tell(void *self, const struct http_request *r, struct http_answer *a)
{
	const char *name = http_query(r, "name"), *head = http_header(r, "x-head");
	struct buf out = {0};

	(void)self;
	buf_printf(&out, "%s %s [%s] name=%s head=%s peer=%s tls=%d body=%.*s", r->method, r->path,
		   r->params[0] ? r->params[0] : "", name ? name : "(none)", head ? head : "(none)",
		   r->peer, r->tls, (int)r->body_len, (const char *)r->body);
	http_set(a, "X-Own", "%d", 7);
	http_body(a, 200, "text/plain", &out);
}

static void silent(void *self, const struct http_request *r, struct http_answer *a)
{
	(void)self;
	(void)r;
	(void)a;
}

static void split(void *self, const struct http_request *r, struct http_answer *a)
{
	(void)self;
	(void)r;
	http_text(a, 200, NULL, "x");
	http_set(a, "X-Own", "a\r\nSet-Cookie: b");
}

static void large(void *self, const struct http_request *r, struct http_answer *a)
{
	struct buf out = {0};

	(void)self;
	(void)r;
	for (int i = 0; i < 100000; i++)
		buf_str(&out, "0123456789");
	http_body(a, 200, "application/octet-stream", &out);
}

static const struct http_route routes[] = {
    {"GET", "/", hello, NULL, 0, HTTP_QUICK},
    {"GET", "/slow", hello, "slow", 0, 0},
    {"GET", "/tell/{x}", tell, NULL, 0, 0},
    {"POST", "/tell/{x}", tell, NULL, 1000, 0},
    {"POST", "/quick/{x}", tell, NULL, 1000, HTTP_QUICK},
    {"GET", "/silent", silent, NULL, 0, 0},
    {"GET", "/split", split, NULL, 0, 0},
    {"GET", "/large", large, NULL, 0, 0},
};
static const struct http_options plain = {
    .routes = routes, .routes_len = ARRAY_LEN(routes), .note = keep_note};

static int start(void **state)
{
	static struct site site;

	site_start(&site, &plain);
	*state = &site;
	return 0;
}

static int stop(void **state)
{
	site_stop(*state);
	return 0;
}

static void answers_on_both_kinds_of_thread(void **state)
{
	const char *answer = get(*state, "/");

	assert_status(answer, 200);
	assert_string_equal(body_of(answer), "hello");
	assert_has(answer, "Content-Type: text/plain; charset=utf-8\r\n");
	assert_has(answer, "X-Content-Type-Options: nosniff\r\n");
	assert_has(answer, "Cache-Control: no-store\r\n");
	assert_has(answer, "Date: ");
	assert_null(strcasestr(answer, "Server:"));
	assert_string_equal(body_of(get(*state, "/slow")), "slow");
}

static void shows_the_request_to_its_handler(void **state)
{
	const char *answer = ask(*state, "GET /tell/a%20b?other=1&name=%d1%8f+z&name=2 HTTP/1.1\r\n"
					 "Host: x\r\nX-HEAD:  yes \r\n\r\n");

	assert_string_equal(body_of(answer), "GET /tell/a b [a b] name=\xd1\x8f z head=yes "
					     "peer=127.0.0.1 tls=0 body=");
	assert_has(answer, "\r\nX-Own: 7\r\n");
	assert_has(get(*state, "/tell/x?name=%ff"), "name=(none)");
	assert_has(get(*state, "/tell/x?name=%00"), "name=(none)");
	assert_has(get(*state, "/tell/x?name="), "name= ");
	assert_has(get(*state, "/tell/x?name"), "name= ");
}

static void takes_bodies(void **state)
{
	static const char *const paths[] = {"/tell/1", "/quick/1"};
	char request[512];

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		snprintf(request, sizeof(request),
			 "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde", paths[i]);
		assert_has(ask(*state, request), "body=abcde");
		snprintf(request, sizeof(request),
			 "POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
			 "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
			 paths[i]);
		assert_has(ask(*state, request), "body=abcde");
		snprintf(request, sizeof(request),
			 "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", paths[i]);
		assert_string_equal(strstr(ask(*state, request), "body="), "body=");
	}
}

static void refuses_bodies_that_are_too_large(void **state)
{
	struct site *site = *state;
	char bytes[2000];
	int fd;

	/* Said beforehand: refused before a byte of it is sent. */
	assert_status(ask(site, "POST /tell/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n"),
		      413);
	assert_status(ask(site, "POST /tell/1 HTTP/1.1\r\nHost: x\r\nContent-Length: "
				"99999999999999999999\r\n\r\n"),
		      413);
	assert_status(ask(site, "GET /tell/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx"),
		      413);
	assert_status(ask(site, "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
				"1\r\nx\r\n0\r\n\r\n"),
		      413);
	/* Found out on the way. */
	memset(bytes, 'x', sizeof(bytes));
	fd = dial(site);
	say(fd, "POST /tell/1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n");
	say_bytes(fd, bytes, sizeof(bytes));
	say(fd, "\r\n0\r\n\r\n");
	assert_status(hear(fd), 413);
	close(fd);
	/* Without an end. */
	fd = dial(site);
	say(fd, "POST /tell/1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 2000 && !is_closed(fd, 0); i++) {
		say(fd, "7d0\r\n");
		say_bytes(fd, bytes, sizeof(bytes));
		say(fd, "\r\n");
	}
	assert_true(is_closed(fd, 5000));
	close(fd);
}

static void a_refused_body_is_never_a_request(void **state)
{
	const char *all;
	int fd = dial(*state);

	say(fd, "POST /tell/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n"
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	all = hear_all(fd);
	assert_status(all, 413);
	assert_null(strstr(body_of(all), "HTTP/1.1"));
	close(fd);
}

static void keeps_connections_open(void **state)
{
	int fd = dial(*state);

	for (int i = 0; i < 5; i++) {
		say(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
		assert_string_equal(body_of(hear(fd)), "hello");
		say(fd, "POST /tell/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab");
		assert_has(hear(fd), "body=ab");
	}
	say(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /slow HTTP/1.1\r\nHost: x\r\n\r\n"
		"GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_string_equal(body_of(hear(fd)), "hello");
	assert_string_equal(body_of(hear(fd)), "slow");
	assert_status(hear(fd), 404);
	assert_true(is_closed(fd, 5000));
	close(fd);
}

static void head_is_get_without_the_body(void **state)
{
	int fd = dial(*state);
	const char *all;

	say(fd, "HEAD /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	all = hear_all(fd);
	assert_status(all, 200);
	assert_has(all, "Content-Length: 1000000\r\n");
	assert_string_equal(body_of(all), "");
	close(fd);
}

static void sends_large_bodies(void **state)
{
	assert_int_equal(strlen(body_of(get(*state, "/large"))), 1000000);
}

static void says_which_methods_there_are(void **state)
{
	const char *answer = ask(*state, "DELETE /tell/1 HTTP/1.1\r\nHost: x\r\n\r\n");

	assert_status(answer, 405);
	assert_has(answer, "Allow: GET, HEAD, POST\r\n");
	answer = ask(*state, "OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_status(answer, 204);
	assert_has(answer, "Allow: GET, HEAD\r\n");
	assert_status(ask(*state, "BREW / HTTP/1.1\r\nHost: x\r\n\r\n"), 405);
	assert_status(get(*state, "/none"), 404);
	assert_status(get(*state, "/tell/../"), 400);
}

static void a_handler_that_says_nothing_is_an_error(void **state)
{
	assert_status(get(*state, "/silent"), 500);
}

static void a_handler_cannot_forge_headers(void **state)
{
	const char *answer = get(*state, "/split");

	assert_status(answer, 500);
	assert_null(strcasestr(answer, "cookie"));
}

static void refuses_heads_that_are_too_large(void **state)
{
	struct site *site = *state;
	char request[70000], *at = request;

	at += sprintf(at, "GET / HTTP/1.1\r\nHost: x\r\nX: ");
	memset(at, 'x', 17000);
	strcpy(at + 17000, "\r\n\r\n");
	assert_status(ask(site, request), 431);
	at = request + sprintf(request, "GET / HTTP/1.1\r\nHost: x\r\n");
	for (int i = 0; i < HTTP_HEADERS_MAX; i++)
		at += sprintf(at, "X%d: y\r\n", i);
	strcpy(at, "\r\n");
	assert_status(ask(site, request), 431);
	at = request + sprintf(request, "GET /");
	memset(at, 'x', 60000);
	strcpy(at + 60000, " HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_in_range(status_of(ask(site, request)), 400, 431);
}

static void notes_name_the_route_and_nothing_else(void **state)
{
	int fd = dial(*state);

	/* A note follows its answer: until none comes any more of the test before. */
	for (int i = 0, len = -1; i < 100 && len != (int)notes_len; i++) {
		len = (int)notes_len;
		wait_ms(50);
	}
	notes_len = 0;
	say(fd, "POST /tell/secret?name=secret HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n"
		"secretGET /secret HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	hear_all(fd);
	close(fd);
	for (int i = 0; i < 100 && notes_len < 2; i++)
		wait_ms(10);
	assert_int_equal(notes_len, 2);
	assert_string_equal(notes[0].method, "POST");
	assert_string_equal(notes[0].pattern, "/tell/{x}");
	assert_int_equal(notes[0].status, 200);
	assert_true(notes[0].ns > 0 && notes[0].body_bytes > 10);
	assert_string_equal(notes[1].method, "-");
	assert_string_equal(notes[1].pattern, "-");
	assert_int_equal(notes[1].status, 404);
}

/* ---- errors said in the program's own way ---- */

static void as_json(void *self, struct http_answer *a, int status, const char *why)
{
	char text[200];

	(void)self;
	snprintf(text, sizeof(text), "{\"status\":%d,\"detail\":\"%s\"}", status, why);
	http_text(a, status, "application/problem+json", text);
}

static void errors_are_said_in_the_programs_way(void **state)
{
	struct http_options o = plain;
	struct site site;
	const char *answer;

	(void)state;
	o.refuse = as_json;
	site_start(&site, &o);
	answer = get(&site, "/none");
	assert_status(answer, 404);
	assert_has(answer, "Content-Type: application/problem+json\r\n");
	assert_string_equal(body_of(answer),
			    "{\"status\":404,\"detail\":\"there is nothing here\"}");
	assert_has(get(&site, "/silent"), "{\"status\":500");
	site_stop(&site);
}

/* ---- plain HTTP ---- */

static void plain_http_is_for_this_machine(void **state)
{
	struct http_options o = plain;
	struct http_server *server = NULL;
	tanu_error err = {0};
	int fd = -1;

	(void)state;
	assert_int_equal(os_listen(&fd, "0.0.0.0:0", NULL), TANU_OK);
	o.sockets = &fd;
	o.sockets_len = 1;
	assert_int_equal(http_start(&server, &o, &err), TANU_USAGE);
	assert_memory_equal(err.place, "0.0.0.0:", 8);
	assert_null(server);
	o.plain_anywhere = true;
	assert_int_equal(http_start(&server, &o, &err), TANU_OK);
	http_stop(&server, 0);
	assert_null(server);
}

static void listens_on_several_sockets(void **state)
{
	struct http_options o = plain;
	struct http_server *server = NULL;
	char address[OS_ADDRESS_LEN];
	struct site site = {0};
	int fds[2];

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(os_listen(&fds[i], "127.0.0.1:0", NULL), TANU_OK);
	o.sockets = fds;
	o.sockets_len = 2;
	assert_int_equal(http_start(&server, &o, NULL), TANU_OK);
	for (int i = 0; i < 2; i++) {
		os_socket_address(address, fds[i]);
		site.port = atoi(strrchr(address, ':') + 1);
		assert_status(get(&site, "/"), 200);
	}
	http_stop(&server, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answers_on_both_kinds_of_thread),
	    cmocka_unit_test(shows_the_request_to_its_handler),
	    cmocka_unit_test(takes_bodies),
	    cmocka_unit_test(refuses_bodies_that_are_too_large),
	    cmocka_unit_test(a_refused_body_is_never_a_request),
	    cmocka_unit_test(keeps_connections_open),
	    cmocka_unit_test(head_is_get_without_the_body),
	    cmocka_unit_test(sends_large_bodies),
	    cmocka_unit_test(says_which_methods_there_are),
	    cmocka_unit_test(a_handler_that_says_nothing_is_an_error),
	    cmocka_unit_test(a_handler_cannot_forge_headers),
	    cmocka_unit_test(refuses_heads_that_are_too_large),
	    cmocka_unit_test(notes_name_the_route_and_nothing_else),
	    cmocka_unit_test(errors_are_said_in_the_programs_way),
	    cmocka_unit_test(plain_http_is_for_this_machine),
	    cmocka_unit_test(listens_on_several_sockets),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
