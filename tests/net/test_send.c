/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/net.h"
#include "net/server.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OK_HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"x\"\r\n\r\nhello"

/* A server with these answers, a client, and what the last call gave. pthread_create: server.c */
struct pair {
	struct server *server;
	struct net *net;
	struct net_response response;
	tanu_error err;
};

static void open_pair(struct pair *p, const struct server_answer *answers, size_t len,
		      const struct net_options *options)
{
	*p = (struct pair){.server = server_start(answers, len)};
	assert_int_equal(net_open(&p->net, options, &p->err), TANU_OK);
}

static void close_pair(struct pair *p)
{
	net_close(&p->net);
	net_response_free(&p->response);
	server_stop(&p->server);
}

static tanu_status send_it(struct pair *p, const struct net_request *request)
{
	p->err = (tanu_error){0};
	return net_send(p->net, &p->response, request, &p->err);
}

static tanu_status get(struct pair *p, const char *path)
{
	struct net_request request = {.url = server_url(p->server, path)};

	return send_it(p, &request);
}

static void assert_body(struct pair *p, const char *text)
{
	assert_string_equal(buf_cstr(&p->response.body), text);
}

#define OPEN(p, options, ...)                                 \
	const struct server_answer answers[] = {__VA_ARGS__}; \
	struct pair p;                                        \
	open_pair(&p, answers, ARRAY_LEN(answers), (options))

static void gets_a_file(void **state)
{
	OPEN(p, NULL, {.bytes = OK_HELLO});

	(void)state;
	assert_int_equal(get(&p, "/a?b=c"), TANU_OK);
	assert_int_equal(p.response.status, 200);
	assert_body(&p, "hello");
	assert_string_equal(net_response_header(&p.response, "etag"), "\"x\"");
	assert_null(net_response_header(&p.response, "eta"));
	assert_memory_equal(server_request(p.server, 0), "GET /a?b=c HTTP/1.1\r\n", 21);
	assert_null(strcasestr(server_request(p.server, 0), "accept-encoding"));
	close_pair(&p);
}

static void posts_a_body_with_headers(void **state)
{
	const struct net_header headers[] = {{"Content-Type", "text/plain"}};
	OPEN(p, NULL, {.bytes = "HTTP/1.1 409 No\r\nContent-Length: 2\r\n\r\n7\n"});
	struct net_request request = {.method = "POST",
				      .url = server_url(p.server, "/add"),
				      .body = "abc",
				      .body_len = 3,
				      .headers = headers,
				      .headers_len = 1};
	const char *seen;

	(void)state;
	assert_int_equal(send_it(&p, &request), TANU_OK);
	assert_int_equal(p.response.status, 409);
	assert_body(&p, "7\n");
	seen = server_request(p.server, 0);
	assert_memory_equal(seen, "POST /add HTTP/1.1\r\n", 20);
	assert_non_null(strstr(seen, "Content-Type: text/plain\r\n"));
	assert_non_null(strstr(seen, "Content-Length: 3\r\n"));
	assert_null(strcasestr(seen, "\r\nexpect:"));
	assert_string_equal(strstr(seen, "\r\n\r\n"), "\r\n\r\nabc");
	close_pair(&p);
}

static void each_request_is_a_new_one(void **state)
{
	OPEN(p, NULL, {.bytes = OK_HELLO},
	     {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"},
	     {.bytes = "HTTP/1.1 204 None\r\n\r\n"}, {.bytes = OK_HELLO});
	struct net_request post = {.method = "POST", .url = server_url(p.server, "/")};
	struct net_request head = {.method = "HEAD", .url = server_url(p.server, "/")};
	struct net_request drop = {.method = "DELETE", .url = server_url(p.server, "/")};

	(void)state;
	assert_int_equal(send_it(&p, &post), TANU_OK);
	assert_int_equal(send_it(&p, &head), TANU_OK);
	assert_int_equal(p.response.body.len, 0);
	assert_null(net_response_header(&p.response, "etag"));
	assert_int_equal(send_it(&p, &drop), TANU_OK);
	assert_int_equal(get(&p, "/"), TANU_OK);
	assert_body(&p, "hello");
	assert_memory_equal(server_request(p.server, 0), "POST ", 5);
	assert_memory_equal(server_request(p.server, 1), "HEAD ", 5);
	assert_memory_equal(server_request(p.server, 2), "DELETE ", 7);
	assert_memory_equal(server_request(p.server, 3), "GET ", 4);
	close_pair(&p);
}

static void refuses_a_body_beyond_the_limit(void **state)
{
	OPEN(p, NULL, {.bytes = OK_HELLO},
	     {.bytes =
		  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"},
	     {.bytes = OK_HELLO});
	struct net_request request = {.url = server_url(p.server, "/"), .max_bytes = 4};

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(send_it(&p, &request), TANU_LIMIT);
		assert_int_equal(p.err.code, TANU_ERR_FILE_TOO_LARGE);
	}
	request.max_bytes = 5;
	assert_int_equal(send_it(&p, &request), TANU_OK);
	close_pair(&p);
}

static void refuses_endless_headers(void **state)
{
	OPEN(p, NULL, {.bytes = "HTTP/1.1 200 OK\r\n"},
	     {.bytes = "HTTP/1.1 200 OK\r\nA: 0123456789012345678901234567890123456789\r\n"});
	const struct server_answer flood = {
	    .bytes = "A: 0123456789012345678901234567890123456789\r\n", .repeat = 4000};
	struct pair q;

	(void)state;
	close_pair(&p);
	open_pair(&q, &flood, 1, NULL);
	assert_int_equal(get(&q, "/"), TANU_SYSTEM);
	assert_int_equal(q.err.code, TANU_ERR_NETWORK);
	close_pair(&q);
}

static void refuses_broken_answers(void **state)
{
	OPEN(p, NULL, {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"},
	     {.bytes = "hello\r\n\r\n"}, {.bytes = "", .repeat = 0},
	     {.bytes = "\0\0\0\0", .len = 4},
	     {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"});

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		assert_int_equal(get(&p, "/"), TANU_SYSTEM);
		assert_int_equal(p.err.code, TANU_ERR_NETWORK);
	}
	close_pair(&p);
}

static void says_that_no_answer_came_in_time(void **state)
{
	const struct net_options hasty = {.total_ms = 100};
	OPEN(p, &hasty, {.bytes = OK_HELLO, .wait_ms = 5000});

	(void)state;
	assert_int_equal(get(&p, "/"), TANU_SYSTEM);
	assert_int_equal(p.err.code, TANU_ERR_NETWORK);
	assert_non_null(strstr(p.err.message, "in time"));
	close_pair(&p);
}

static void says_that_nobody_answers(void **state)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0); /* bound, not listening */
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);
	struct net_response response = {0};
	struct net *net = NULL;
	tanu_error err = {0};
	char url[64];
	struct net_request request = {.url = url};

	(void)state;
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/x?secret=1", ntohs(at.sin_port));
	assert_int_equal(net_open(&net, NULL, &err), TANU_OK);
	assert_int_equal(net_send(net, &response, &request, &err), TANU_SYSTEM);
	assert_int_equal(err.code, TANU_ERR_NETWORK);
	assert_non_null(strstr(err.message, "nobody answers"));
	assert_non_null(strstr(err.place, "http://127.0.0.1:"));
	assert_null(strstr(err.place, "secret"));
	net_close(&net);
	net_response_free(&response);
	close(fd);
}

static void follows_a_redirect_of_the_same_scheme(void **state)
{
	OPEN(p, NULL,
	     {.bytes = "HTTP/1.1 302 F\r\nLocation: /there\r\nX: 1\r\nContent-Length: 0\r\n\r\n"},
	     {.bytes = OK_HELLO});

	(void)state;
	assert_int_equal(get(&p, "/here"), TANU_OK);
	assert_body(&p, "hello");
	assert_null(net_response_header(&p.response, "x"));
	assert_memory_equal(server_request(p.server, 1), "GET /there ", 11);
	close_pair(&p);
}

static void refuses_redirects_to_another_scheme(void **state)
{
	OPEN(p, NULL, {.bytes = "HTTP/1.1 302 F\r\nLocation: https://127.0.0.1/\r\n\r\n"},
	     {.bytes = "HTTP/1.1 302 F\r\nLocation: file:///etc/hostname\r\n\r\n"},
	     {.bytes = "HTTP/1.1 302 F\r\nLocation: ftp://127.0.0.1/\r\n\r\n"});

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		assert_int_equal(get(&p, "/"), TANU_SYSTEM);
		assert_int_equal(p.err.code, TANU_ERR_NETWORK);
	}
	close_pair(&p);
}

static void refuses_a_circle_of_redirects(void **state)
{
#define AGAIN {.bytes = "HTTP/1.1 302 F\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"}
	OPEN(p, NULL, AGAIN, AGAIN, AGAIN, AGAIN, AGAIN, AGAIN);

	(void)state;
	assert_int_equal(get(&p, "/"), TANU_SYSTEM);
	assert_int_equal(server_count(p.server), 4);
	close_pair(&p);
}

static void what_is_for_one_server_is_sent_to_no_other(void **state)
{
	static const struct net_header secret = {"Authorization", "Bearer x"};
	OPEN(p, NULL, AGAIN, AGAIN);
	struct net_request post = {.method = "POST", .url = server_url(p.server, "/")};
	struct net_request with = {
	    .url = server_url(p.server, "/"), .headers = &secret, .headers_len = 1};

	(void)state;
	assert_int_equal(send_it(&p, &post), TANU_OK);
	assert_int_equal(p.response.status, 302);
	assert_int_equal(send_it(&p, &with), TANU_OK);
	assert_int_equal(p.response.status, 302);
	assert_int_equal(server_count(p.server), 2);
	close_pair(&p);
}

static void tries_again_what_may_be_repeated(void **state)
{
	const struct net_options twice = {.tries = 2};
	OPEN(p, &twice, {.bytes = "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy"},
	     {.bytes = OK_HELLO}, {.bytes = ""}, {.bytes = OK_HELLO}, {.bytes = ""});
	struct net_request post = {.method = "POST", .url = server_url(p.server, "/")};

	(void)state;
	assert_int_equal(get(&p, "/"), TANU_OK);
	assert_body(&p, "hello");
	post.repeatable = true;
	assert_int_equal(send_it(&p, &post), TANU_OK);
	assert_body(&p, "hello");
	assert_int_equal(server_count(p.server), 4);
	post.repeatable = false;
	assert_int_equal(send_it(&p, &post), TANU_SYSTEM);
	assert_int_equal(server_count(p.server), 5);
	close_pair(&p);
}

static void waits_as_long_as_the_server_asks(void **state)
{
	const struct net_options twice = {.tries = 2};
	OPEN(p, &twice,
	     {.bytes = "HTTP/1.1 429 Slow\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"},
	     {.bytes = OK_HELLO});
	int64_t start = os_monotonic_ns();

	(void)state;
	assert_int_equal(get(&p, "/"), TANU_OK);
	assert_true(os_monotonic_ns() - start >= 900000000);
	close_pair(&p);
}

static void gives_up_in_the_end(void **state)
{
	const struct net_options twice = {.tries = 2};
	OPEN(p, &twice, {.bytes = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"},
	     {.bytes = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"});

	(void)state;
	assert_int_equal(get(&p, "/"), TANU_OK);
	assert_int_equal(p.response.status, 503);
	assert_int_equal(net_unexpected(&p.response, server_url(p.server, "/x?y=z"), &p.err),
			 TANU_SYSTEM);
	assert_non_null(strstr(p.err.message, "503"));
	assert_null(strstr(p.err.place, "y=z"));
	close_pair(&p);
}

static void refuses_options_that_do_not_fit(void **state)
{
	static const struct net_options bad[] = {
	    {.certificate = "x"},
	    {.key = "x"},
	    {.pin = ""},
	    {.pin = "sha256//AAAA"},
	    {.pin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
	    {.pin = "sha512//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
	    {.pin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=;"},
	};
	struct net *net = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(net_open(&net, &bad[i], NULL), TANU_USAGE);
	assert_null(net);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(gets_a_file),
	    cmocka_unit_test(posts_a_body_with_headers),
	    cmocka_unit_test(each_request_is_a_new_one),
	    cmocka_unit_test(refuses_a_body_beyond_the_limit),
	    cmocka_unit_test(refuses_endless_headers),
	    cmocka_unit_test(refuses_broken_answers),
	    cmocka_unit_test(says_that_no_answer_came_in_time),
	    cmocka_unit_test(says_that_nobody_answers),
	    cmocka_unit_test(follows_a_redirect_of_the_same_scheme),
	    cmocka_unit_test(refuses_redirects_to_another_scheme),
	    cmocka_unit_test(refuses_a_circle_of_redirects),
	    cmocka_unit_test(what_is_for_one_server_is_sent_to_no_other),
	    cmocka_unit_test(tries_again_what_may_be_repeated),
	    cmocka_unit_test(waits_as_long_as_the_server_asks),
	    cmocka_unit_test(gives_up_in_the_end),
	    cmocka_unit_test(refuses_options_that_do_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
