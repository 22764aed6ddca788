/* SPDX-License-Identifier: Apache-2.0 */
/* Starting, reloading and stopping. */
#include "http/inside.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A connection beyond what may be open would find no way in, and nothing else a file. */
static void set_limits(struct http_limits *out, const struct http_limits *wanted)
{
	size_t files;

#define OR(field, standard) out->field = wanted->field ? wanted->field : (standard)
	OR(connections, 1024);
	OR(per_address, 64);
	OR(streams, 600);
	OR(queue, 256);
	OR(io_threads, 2);
	OR(handler_threads, 4);
	OR(head_bytes, (size_t)16 << 10);
	OR(body_bytes, (size_t)64 << 20);
	OR(head_s, 20);
	OR(body_s, 60);
	OR(answer_s, 300);
	OR(beat_s, 15);
#undef OR
	files = os_files_more(out->connections);
	if (out->connections > files)
		out->connections = (unsigned)files;
	if (out->io_threads > IO_THREADS_MAX)
		out->io_threads = IO_THREADS_MAX;
	if (out->handler_threads > HANDLER_THREADS_MAX)
		out->handler_threads = HANDLER_THREADS_MAX;
}

static tanu_status check_sockets(const struct http_options *o, tanu_error *err)
{
	char address[OS_ADDRESS_LEN];

	if (o->sockets_len == 0 || o->sockets_len > HTTP_SOCKETS_MAX)
		return BAD_CALL(err, "a server listens on 1 to 8 sockets");
	for (size_t i = 0; i < o->sockets_len && !o->tls && !o->plain_anywhere; i++) {
		if (os_socket_is_loopback(o->sockets[i]))
			continue;
		os_socket_address(address, o->sockets[i]);
		return tanu_fail(err, TANU_ERR_USAGE, address,
				 "plain HTTP is served to this machine only: use TLS, listen on "
				 "127.0.0.1 behind a web server, or ask for plain HTTP expressly");
	}
	return TANU_OK;
}

static void copy_options(struct http_server *s, const struct http_options *o)
{
	set_limits(&s->limits, &o->limits);
	s->routes = o->routes;
	s->routes_len = o->routes_len;
	s->refuse = o->refuse;
	s->note = o->note;
	s->self = o->self;
	memcpy(s->sockets, o->sockets, o->sockets_len * sizeof(o->sockets[0]));
	s->sockets_len = o->sockets_len;
	pthread_mutex_init(&s->lock, NULL);
	pthread_mutex_init(&s->queue_lock, NULL);
	pthread_cond_init(&s->queue_filled, NULL);
}

static void close_sockets(struct http_server *s)
{
	for (size_t i = 0; i < s->sockets_len; i++)
		close(s->sockets[i]);
	s->sockets_len = 0;
}

/* Handlers first: no connection may be suspended when its daemon stops. */
static void take_down(struct http_server *s)
{
	struct generation *g;
	struct conn *conn;

	work_end(s);
	acceptor_end(s);
	close_sockets(s);
	while ((g = s->generations)) {
		generation_retire(g); /* again: a stream may have begun meanwhile */
		s->generations = g->next;
		generation_end(&g);
	}
	while ((conn = s->conns)) {
		s->conns = conn->next;
		free(conn);
	}
	pthread_cond_destroy(&s->queue_filled);
	pthread_mutex_destroy(&s->queue_lock);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

tanu_status http_start(struct http_server **out, const struct http_options *options,
		       tanu_error *err)
{
	struct http_server *s;
	tanu_status st;

	if ((st = check_sockets(options, err)) < 0)
		return st;
	s = calloc(1, sizeof(*s));
	if (!s)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	copy_options(s, options);
	if ((st = generation_start(&s->generations, s, options->tls, err)) >= 0 &&
	    (st = work_start(s, err)) >= 0)
		st = acceptor_start(s, err);
	if (st < 0) {
		s->sockets_len = 0; /* still the caller's */
		take_down(s);
		return st;
	}
	*out = s;
	return TANU_OK;
}

tanu_status http_reload(struct http_server *server, const struct http_tls *tls, tanu_error *err)
{
	struct generation *next = NULL, *old;
	tanu_status st = generation_start(&next, server, tls, err);

	if (st < 0)
		return st;
	pthread_mutex_lock(&server->lock);
	old = server->generations;
	next->next = old;
	server->generations = next;
	pthread_mutex_unlock(&server->lock);
	generation_retire(old);
	acceptor_wake(server);
	return TANU_OK;
}

static bool is_quiet(struct http_server *s)
{
	return !atomic_load(&s->listening) && http_load(s).connections == 0;
}

void http_stop(struct http_server **server, int wait_ms)
{
	struct http_server *s = *server;
	const struct timespec moment = {.tv_nsec = 5000000};
	int64_t end = os_monotonic_ns() + (int64_t)wait_ms * 1000000;

	if (!s)
		return;
	atomic_store(&s->stopping, true);
	acceptor_wake(s);
	pthread_mutex_lock(&s->lock);
	for (struct generation *g = s->generations; g; g = g->next)
		if (atomic_load(&g->retired_ns) == 0)
			atomic_store(&g->retired_ns, os_monotonic_ns());
	pthread_mutex_unlock(&s->lock);
	while (!is_quiet(s) && os_monotonic_ns() < end) {
		streams_end(s, NULL);
		nanosleep(&moment, NULL);
	}
	take_down(s);
	*server = NULL;
}

struct http_load http_load(struct http_server *server)
{
	struct http_load load;

	pthread_mutex_lock(&server->lock);
	load = (struct http_load){.connections = server->conns_len, .streams = server->streams_len};
	pthread_mutex_unlock(&server->lock);
	return load;
}
