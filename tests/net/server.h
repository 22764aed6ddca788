/* SPDX-License-Identifier: Apache-2.0 */
/* server.h - a web server that says exactly what a test wants, also what no real one would. */
#ifndef TESTS_NET_SERVER_H
#define TESTS_NET_SERVER_H

#include "os/os.h"

#define SERVER_REQUESTS_MAX 8
#define SERVER_REQUEST_LEN  4096

struct server_answer {
	const char *bytes; /* as they go over the wire; the connection is closed behind them */
	size_t len;	   /* 0: strlen */
	int wait_ms;	   /* before them */
	size_t repeat;	   /* of `bytes`; 0: once */
};

struct server;
/* One answer a connection, in this order, on 127.0.0.1. `answers` must outlive the server. */
struct server *server_start(const struct server_answer *answers, size_t answers_len);
void server_stop(struct server **server);
/* "http://127.0.0.1:PORT" and `path`; valid until the fourth next call. */
const char *server_url(const struct server *server, const char *path);
/* How many were served; the text of each. */
size_t server_count(struct server *server);
const char *server_request(struct server *server, size_t index);

#endif
