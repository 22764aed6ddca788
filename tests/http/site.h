/* SPDX-License-Identifier: Apache-2.0 */
/* site.h - a server for a test, and clients that say exactly what they are told over a socket. */
#ifndef TESTS_HTTP_SITE_H
#define TESTS_HTTP_SITE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "http/http.h"

struct site {
	struct http_server *server;
	int port;
	char url[96]; /* "http://127.0.0.1:PORT" or https */
};

/* A server on 127.0.0.1 and a free port; sockets of the options are set here. */
void site_start(struct site *site, const struct http_options *options);
void site_stop(struct site *site);

/* A connection; -1 when it is refused. Reading gives up after ten seconds. */
int dial(const struct site *site);
void say(int fd, const char *text);
void say_bytes(int fd, const void *bytes, size_t len);
/* One answer, head and body as its Content-Length or chunks say; "" when the connection ends before
 * one is whole. Valid until the next call. */
const char *hear(int fd);
/* Everything until the server closes. */
const char *hear_all(int fd);
/* True when the server has closed, within `ms`. */
bool is_closed(int fd, int ms);

/* One request on a connection of its own, and all that comes back. */
const char *ask(const struct site *site, const char *request);
/* "GET path" likewise; and the status of any answer, 0 for none. */
const char *get(const struct site *site, const char *path);
int status_of(const char *answer);
/* The body of an answer. */
const char *body_of(const char *answer);

#define assert_has(text, part)                                            \
	do {                                                              \
		const char *text_ = (text);                               \
		if (!strcasestr(text_, (part)))                           \
			fail_msg("\"%s\" is not in:\n%s", (part), text_); \
	} while (0)
#define assert_status(text, status)                                   \
	do {                                                          \
		const char *text_ = (text);                           \
		if (status_of(text_) != (status))                     \
			fail_msg("not %d:\n%.300s", (status), text_); \
	} while (0)

void wait_ms(int ms);

#endif
