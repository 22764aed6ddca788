/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that are none: known ways to make two servers disagree, and some thousand made by a
 * generator that always makes the same. The server answers 4xx, 5xx or closes, never hangs, and
 * serves the next one. Threads: the server's own (pthread_create).
 */
#include "http/site.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROUNDS 10
#define CROWD  400 /* at once: half a request keeps its connection for a moment */

static atomic_int handled;

static void echo(void *self, const struct http_request *r, struct http_answer *a)
{
	struct buf out = {0};

	(void)self;
	handled++;
	buf_put(&out, r->body, r->body_len);
	http_query(r, "q");
	http_header(r, "x");
	http_body(a, 200, NULL, &out);
}

static const struct http_route routes[] = {
    {"GET", "/", echo, NULL, 0, HTTP_QUICK},
    {"POST", "/post", echo, NULL, 64, HTTP_QUICK},
    {"POST", "/slow/{x}", echo, NULL, 64, 0},
};
static const struct http_options options = {
    .routes = routes, .routes_len = ARRAY_LEN(routes), .limits = {.per_address = CROWD + 1}};
static struct site site;

static int start(void **state)
{
	(void)state;
	site_start(&site, &options);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	site_stop(&site);
	return 0;
}

/* All that comes back when nothing more is said. */
static const char *say_all(const char *bytes, size_t len)
{
	const char *answer;
	int fd = dial(&site);

	assert_true(fd >= 0);
	say_bytes(fd, bytes, len);
	shutdown(fd, SHUT_WR);
	answer = hear_all(fd);
	close(fd);
	return answer;
}

/* Not answered as if it were a request. */
static void bad_requests_are_refused(void **state)
{
#define HOST "Host: x\r\n"
	static const char *const bad[] = {
	    "GET / HTTP/1.1\r\n\r\n",
	    "GET / HTTP/1.1\r\n" HOST HOST "\r\n",
	    "GET\r\n\r\n",
	    "GET /\r\n\r\n",
	    "GET / HTTP/3.0\r\n" HOST "\r\n",
	    "GET / HTTP/1.1x\r\n" HOST "\r\n",
	    "GET  /  HTTP/1.1\r\n" HOST "\r\n",
	    "GET / / HTTP/1.1\r\n" HOST "\r\n",
	    " GET / HTTP/1.1\r\n" HOST "\r\n",
	    "GET http://x/ HTTP/1.1\r\n" HOST "\r\n",
	    "GET * HTTP/1.1\r\n" HOST "\r\n",
	    "CONNECT x:443 HTTP/1.1\r\n" HOST "\r\n",
	    "GET / HTTP/1.1\r\n" HOST "X Y: z\r\n\r\n",
	    "GET / HTTP/1.1\r\n" HOST "X : z\r\n\r\n",
	    "GET / HTTP/1.1\r\n" HOST "nocolon\r\n\r\n",
	    "POST /post HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n",
	    "POST /post HTTP/1.1\r\n" HOST "Content-Length: +1\r\n\r\nx",
	    "POST /post HTTP/1.1\r\n" HOST "Content-Length: 0x1\r\n\r\nx",
	    "POST /post HTTP/1.1\r\n" HOST "Content-Length: 1,1\r\n\r\nx",
	    "POST /post HTTP/1.1\r\n" HOST "Content-Length: 1 1\r\n\r\nx",
	    "POST /post HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\nx",
	    "POST /post HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
	    "POST /post HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
	    "POST /post HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551617\r\n\r\nx",
	    "POST /post HTTP/1.1\r\n" HOST
	    "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	    "POST /post HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip\r\n\r\nx",
	    "POST /post HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
	    "POST /post HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
	    "POST /post HTTP/1.1\r\n" HOST
	    "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
	    "POST /post HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nzz\r\nx",
	    "POST /post HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n-1\r\nx",
	    "POST /post HTTP/1.1\r\n" HOST
	    "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nx",
	    "POST /post HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n1\r\nxx\r\n0\r\n\r\n",
	    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
	    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		const char *answer = say_all(bad[i], strlen(bad[i]));
		int status = status_of(answer);

		if (*answer && (status < 400 || status > 505))
			fail_msg("\"%s\" was answered: %s", bad[i], answer);
	}
}

/* libmicrohttpd takes a zero for the end of what it stands in; nothing behind it has an effect. */
static void a_zero_byte_hides_nothing(void **state)
{
	static const char in_path[] = "GET /none\0/../ HTTP/1.1\r\nHost: x\r\n\r\n";
	static const char in_value[] = "POST /post HTTP/1.1\r\nHost: x\r\nContent-Length: 1\0"
				       "0\r\n\r\nx";

	(void)state;
	handled = 0;
	assert_status(say_all(in_path, sizeof(in_path) - 1), 404);
	say_all(in_value, sizeof(in_value) - 1);
	assert_in_range(handled, 0, 1);
}

/* ---- the generator ---- */

static uint32_t seed = 1;

static uint32_t draw(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

/* What requests are made of, and what they are spoilt with. */
static const char *const pieces[] = {
    "GET ",
    "POST ",
    "HEAD ",
    "OPTIONS ",
    "/",
    "/post",
    "/slow/1",
    "?q=%41",
    "?q=%",
    "&&==",
    " HTTP/1.1\r\n",
    " HTTP/1.0\r\n",
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    "Host: x\r\n",
    "Content-Length: 5\r\n",
    "Content-Length: 99999\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Connection: close\r\n",
    "Connection: keep-alive\r\n",
    "Expect: 100-continue\r\n",
    "Cookie: a=b; c\r\n",
    "X: y\r\n z\r\n",
    "5\r\nhello\r\n",
    "0\r\n\r\n",
    "hello",
    ":",
    " ",
    "%2e%2e/",
    "\xff\xfe",
    "\xc3\x28",
    "0123456789012345678901234567890123456789012345678901234567890123456789",
};

static size_t put(char *out, size_t room, size_t len, const char *piece)
{
	size_t n = strlen(piece);

	if (n > room - len)
		return len;
	memcpy(out + len, piece, n);
	return len + n;
}

/* A good request cut, joined and flipped. */
static size_t generate(char *out, size_t room)
{
	size_t len = 0;

	if (draw(2)) {
		len = put(out, room, len,
			  draw(2) ? "GET / HTTP/1.1\r\nHost: x\r\n"
				  : "POST /post HTTP/1.1\r\nHost: x\r\n");
		if (draw(2))
			len = put(out, room, len, "Content-Length: 5\r\n\r\nhello");
	}
	for (uint32_t i = draw(8); i > 0; i--)
		len = put(out, room, len, pieces[draw(ARRAY_LEN(pieces))]);
	if (draw(2))
		len = put(out, room, len, "\r\n\r\n");
	for (uint32_t i = draw(4); i > 0 && len > 0; i--)
		out[draw((uint32_t)len)] = (char)draw(256);
	return len;
}

static void say_one(int fds[CROWD], int i)
{
	static char bytes[4096];
	size_t len = generate(bytes, sizeof(bytes));

	fds[i] = dial(&site);
	assert_true(fds[i] >= 0);
	say_bytes(fds[i], bytes, len);
	shutdown(fds[i], SHUT_WR);
}

static void whatever_comes_the_next_is_served(void **state)
{
	static int fds[CROWD];

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < CROWD; i++)
			say_one(fds, i);
		for (int i = 0; i < CROWD; i++) {
			const char *answer = hear_all(fds[i]);

			if (*answer && status_of(answer) == 0)
				fail_msg("round %d, %d: no HTTP: %s", round, i, answer);
			close(fds[i]);
		}
		assert_status(get(&site, "/"), 200);
	}
	for (int i = 0; i < 400 && http_load(site.server).connections > 0; i++)
		wait_ms(10);
	assert_int_equal(http_load(site.server).connections, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bad_requests_are_refused),
	    cmocka_unit_test(a_zero_byte_hides_nothing),
	    cmocka_unit_test(whatever_comes_the_next_is_served),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
