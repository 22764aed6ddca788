/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gates of the site, at an address of their own: they show certificates, which browsers should
 * not be asked for. The routes are those of gateway/; the service is used under the guard of the
 * API.
 */
#include "server/inside.h"

#include <unistd.h>

static void enter(void *self)
{
	api_hold(((struct server *)self)->api);
}

static void leave(void *self)
{
	api_let_go(((struct server *)self)->api);
}

tanu_status gates_prepare(struct server *s, tanu_error *err)
{
	tanu_status st;

	if (!s->gates)
		return TANU_OK;
	if (s->plain)
		return tanu_fail(err, TANU_ERR_USAGE, "gates",
				 "gates are known by their certificates: --gates does not go with "
				 "--plain");
	if ((st = os_listen(&s->gates_socket, s->gates, err)) == TANU_OK)
		os_socket_address(s->gates_address, s->gates_socket);
	return st;
}

/* Any certificate is let in; gateway/ knows gates by their keys. */
static struct http_tls tls_of(const struct server *s)
{
	struct http_tls tls = s->tls;

	tls.client_authorities = tls.certificate;
	return tls;
}

tanu_status gates_start(struct server *s, tanu_error *err)
{
	struct gateway_options options = {.service = s->service,
					  .enter = enter,
					  .leave = leave,
					  .self = s,
					  .watcher = {.told = api_gate_event, .self = s->api}};
	const struct http_tls tls = tls_of(s);
	struct http_options http = {.sockets = &s->gates_socket,
				    .sockets_len = 1,
				    .tls = &tls,
				    .routes_len = GATEWAY_ROUTES};
	tanu_status st;

	if (!s->gates)
		return TANU_OK;
	if ((st = gateway_open(&s->gateway, &options, err)) < 0 ||
	    (st = gateway_certificate(s->gateway, s->tls.certificate, err)) < 0)
		return st;
	http.routes = gateway_routes(s->gateway);
	if ((st = http_start(&s->gates_http, &http, err)) == TANU_OK)
		s->gates_socket = -1; /* the server's now */
	return st;
}

tanu_status gates_reload(struct server *s, tanu_error *err)
{
	const struct http_tls tls = tls_of(s);
	tanu_status st;

	if (!s->gates_http)
		return TANU_OK;
	st = http_reload(s->gates_http, &tls, err);
	return st < 0 ? st : gateway_certificate(s->gateway, s->tls.certificate, err);
}

void gates_stop(struct server *s, int wait_ms)
{
	if (s->gates_http)
		http_stop(&s->gates_http, wait_ms);
	gateway_close(&s->gateway);
	if (s->gates_socket >= 0)
		close(s->gates_socket);
}
