/* SPDX-License-Identifier: Apache-2.0 */
/* The daemons of libmicrohttpd that share a certificate. */
#include "http/inside.h"

#include <stdlib.h>

#define MEMORY_EXTRA ((size_t)16 << 10) /* beside the head of a request: the head of an answer */

static struct MHD_Daemon *start_one(struct generation *g, const struct http_tls *tls)
{
	const struct http_limits *limits = &g->server->limits;
	struct MHD_OptionItem options[12] = {
	    {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)limits->connections, NULL},
	    {MHD_OPTION_CONNECTION_TIMEOUT, 0, NULL}, /* times are watched by us */
	    {MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)(limits->head_bytes + MEMORY_EXTRA),
	     NULL},
	    {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
	    {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)serve_completed, g},
	    {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)serve_connection, g},
	    {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)serve_unescape, g},
	};
	size_t n = 7;
	unsigned flags =
	    MHD_USE_NO_LISTEN_SOCKET | MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;

	if (tls) {
		flags |= MHD_USE_TLS;
		options[n++] = (struct MHD_OptionItem){
		    MHD_OPTION_HTTPS_PRIORITIES, 0,
		    (void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:%SERVER_PRECEDENCE"};
		options[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0,
						       (void *)(uintptr_t)tls->key};
		options[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0,
						       (void *)(uintptr_t)tls->certificate};
	}
	if (tls && tls->client_authorities)
		options[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_TRUST, 0,
						       (void *)(uintptr_t)tls->client_authorities};
	options[n] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
	return MHD_start_daemon(flags, 0, NULL, NULL, serve_request, g, MHD_OPTION_ARRAY, options,
				MHD_OPTION_END);
}

tanu_status generation_start(struct generation **out, struct http_server *s,
			     const struct http_tls *tls, tanu_error *err)
{
	struct generation *g = NULL;
	tanu_status st = tls ? tls_check(tls, err) : TANU_OK;

	if (st < 0)
		return st;
	g = calloc(1, sizeof(*g));
	if (!g)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	g->server = s;
	g->tls = tls != NULL;
	g->asks_clients = tls && tls->client_authorities;
	for (; g->daemons_len < s->limits.io_threads; g->daemons_len++) {
		g->daemons[g->daemons_len] = start_one(g, tls);
		if (!g->daemons[g->daemons_len]) {
			generation_end(&g);
			return tanu_fail(err, TANU_ERR_IO, "libmicrohttpd",
					 "the web server does not start: no more threads, "
					 "descriptors or memory");
		}
	}
	*out = g;
	return TANU_OK;
}

void generation_end(struct generation **generation)
{
	struct generation *g = *generation;

	if (!g)
		return;
	while (g->daemons_len > 0)
		MHD_stop_daemon(g->daemons[--g->daemons_len]);
	free(g);
	*generation = NULL;
}

void generation_retire(struct generation *generation)
{
	atomic_store(&generation->retired_ns, os_monotonic_ns());
	streams_end(generation->server, generation);
}
