/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inside.h - (inside http/) what the parts of the server share.
 *
 * One thread accepts and watches (accept.c); a few daemons of libmicrohttpd, one thread each, read
 * and write (serve.c); handlers run on threads of their own (work.c) while their connection is
 * suspended. A generation is the daemons that share a certificate: a reload begins a new one, and
 * the old one ends when its last connection has gone.
 *
 * Locks: `lock` guards the lists of connections, generations and streams; `queue_lock` the queue;
 * each stream has its own, taken after `lock`, never while a callback of the program runs.
 */
#ifndef HTTP_INSIDE_H
#define HTTP_INSIDE_H

#include "http/http.h"
#include "http/route.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#define IO_THREADS_MAX	    16
#define HANDLER_THREADS_MAX 64
#define ANSWER_HEADERS_MAX  16

/* ---- connections ---- */

enum conn_state {
	CONN_HEAD,   /* a request is awaited, or its head is not whole */
	CONN_BODY,   /* its body is not */
	CONN_WORK,   /* a handler has it */
	CONN_ANSWER, /* the answer is on its way */
	CONN_STREAM, /* an answer that goes on */
};

struct generation;

struct conn {
	struct conn *next;
	struct generation *generation;
	int fd;
	uint8_t group[16]; /* IPv4 address, or the first half of an IPv6 one */
	char peer[INET6_ADDRSTRLEN];
	_Atomic int state;
	_Atomic int64_t since_ns; /* of the state */
	bool cut;		  /* shut down already */
};

struct generation {
	struct generation *next;
	struct http_server *server;
	struct MHD_Daemon *daemons[IO_THREADS_MAX];
	size_t daemons_len;
	unsigned connections;	    /* under `lock` */
	_Atomic int64_t retired_ns; /* 0: it takes connections */
	bool tls, asks_clients;
};

/* ---- requests and answers ---- */

struct pair {
	const char *name, *value;
	char *owned; /* memory of our own behind one of them, or NULL */
};

struct http_answer {
	struct exchange *exchange;
	int status; /* 0: none yet */
	char type[96];
	struct buf body;
	int fd; /* of a file; -1: none */
	uint64_t fd_size;
	struct http_stream *stream;
	struct pair headers[ANSWER_HEADERS_MAX];
	size_t headers_len;
	bool broken; /* something of it cannot be sent */
	bool close;  /* end the connection behind it */
};

struct exchange {
	struct http_request request; /* first: handlers hold a pointer to it */
	struct exchange *next;	     /* in the queue */
	struct http_server *server;
	struct generation *generation;
	struct conn *conn;
	struct MHD_Connection *mhd;
	struct route_match match;
	struct pair headers[HTTP_HEADERS_MAX], query[HTTP_QUERY_MAX];
	size_t headers_len, query_len, head_bytes;
	bool head_bad;
	struct buf body;
	size_t charged; /* of the server's body_bytes */
	bool body_too_large;
	struct buf texts[HTTP_QUERY_MAX]; /* decoded queries */
	struct http_answer answer;
	bool handled; /* a handler has run, or none needs to */
	bool queued;  /* the answer was given to libmicrohttpd */
	int64_t asked_ns;
	uint64_t answer_bytes;
};

/* ---- the server ---- */

struct http_stream {
	struct http_stream *next;
	struct http_server *server;
	struct generation *generation;
	struct http_stream_source source;
	struct MHD_Connection *mhd;
	pthread_mutex_t lock;
	bool suspended, woken, ending; /* under its lock */
	_Atomic int64_t spoke_ns;
	struct buf pending; /* the serving thread's */
	size_t sent;
	bool started, over;
};

struct http_server {
	const struct http_route *routes;
	size_t routes_len;
	struct http_limits limits;
	void (*refuse)(void *self, struct http_answer *answer, int status, const char *why);
	void (*note)(void *self, const struct http_note *note);
	void *self;

	pthread_mutex_t lock;
	struct conn *conns;
	unsigned conns_len;
	struct generation *generations; /* the first takes connections */
	struct http_stream *streams;
	unsigned streams_len;

	int sockets[HTTP_SOCKETS_MAX];
	size_t sockets_len;
	int wake[2];
	unsigned turn; /* the next daemon to get a connection */
	pthread_t acceptor;
	bool acceptor_runs;
	_Atomic bool stopping, listening, done;

	pthread_mutex_t queue_lock;
	pthread_cond_t queue_filled;
	struct exchange *queue_first, *queue_last;
	unsigned queue_len;
	bool queue_closed;
	pthread_t handlers[HANDLER_THREADS_MAX];
	size_t handlers_len;

	atomic_size_t body_bytes;
};

/* accept.c */
tanu_status acceptor_start(struct http_server *s, tanu_error *err);
void acceptor_wake(struct http_server *s);
void acceptor_end(struct http_server *s);
struct conn *conn_of(struct http_server *s, struct MHD_Connection *mhd);
void conn_gone(struct http_server *s, struct conn *conn);
void conn_is(struct conn *conn, enum conn_state state);

/* generation.c */
tanu_status generation_start(struct generation **out, struct http_server *s,
			     const struct http_tls *tls, tanu_error *err);
void generation_end(struct generation **generation);
/* Its connections are ended after their answer; under no lock. */
void generation_retire(struct generation *generation);

/* serve.c: the callbacks of libmicrohttpd; the closure is the generation */
enum MHD_Result serve_request(void *generation, struct MHD_Connection *mhd, const char *url,
			      const char *method, const char *version, const char *body,
			      size_t *body_len, void **exchange);
void serve_completed(void *generation, struct MHD_Connection *mhd, void **exchange,
		     enum MHD_RequestTerminationCode why);
void serve_connection(void *generation, struct MHD_Connection *mhd, void **conn,
		      enum MHD_ConnectionNotificationCode what);
size_t serve_unescape(void *generation, struct MHD_Connection *mhd, char *text);

/* request.c */
void request_read_head(struct exchange *x);
const char *request_fault(const struct exchange *x, int *status);
void exchange_free(struct exchange *x);

/* answer.c */
void answer_refuse(struct http_answer *answer, int status, const char *why);
void answer_drop(struct http_answer *answer);
enum MHD_Result answer_queue(struct exchange *x);

/* work.c */
tanu_status work_start(struct http_server *s, tanu_error *err);
void work_end(struct http_server *s);
bool work_take(struct http_server *s, struct exchange *x); /* false: the queue is full */
void work_do(struct exchange *x);

/* events.c */
struct MHD_Response *stream_response(struct http_stream *stream, struct MHD_Connection *mhd);
void stream_drop(struct http_stream *stream); /* one that was never answered with */
void streams_end(struct http_server *s, const struct generation *generation); /* NULL: all */
void streams_beat(struct http_server *s, int64_t now_ns);

/* tls.c */
tanu_status tls_check(const struct http_tls *tls, tanu_error *err);
void tls_client(struct http_client *out, struct MHD_Connection *mhd);

#endif
