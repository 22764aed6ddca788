/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tablets at doors and wards, at an address of their own: their browsers show a certificate, which
 * those of everybody else should not be asked for. The same API and pages, as far as a tablet needs
 * them (api/tablets.c).
 */
#include "server/inside.h"

#include <unistd.h>

tanu_status tablets_prepare(struct server *s, tanu_error *err)
{
	tanu_status st;

	if (!s->tablets)
		return TANU_OK;
	if (s->plain)
		return tanu_fail(err, TANU_ERR_USAGE, "tablets",
				 "tablets are known by their certificates: --tablets does not go "
				 "with --plain");
	if ((st = api_tablet_issuer(&s->tablets_issuer, err)) == TANU_OK &&
	    (st = os_listen(&s->tablets_socket, s->tablets, err)) == TANU_OK)
		os_socket_address(s->tablets_address, s->tablets_socket);
	return st;
}

static struct http_tls tls_of(struct server *s)
{
	struct http_tls tls = s->tls;

	tls.client_authorities = buf_cstr(&s->tablets_issuer);
	return tls;
}

tanu_status tablets_start(struct server *s, tanu_error *err)
{
	const struct http_tls tls = tls_of(s);
	struct http_options http = {.sockets = &s->tablets_socket,
				    .sockets_len = 1,
				    .tls = &tls,
				    .refuse = api_refuse,
				    .note = api_note,
				    .self = s->api};
	tanu_status st;

	if (!s->tablets)
		return TANU_OK;
	http.routes = api_tablet_routes(s->api, &http.routes_len);
	if ((st = http_start(&s->tablets_http, &http, err)) == TANU_OK)
		s->tablets_socket = -1; /* the server's now */
	return st;
}

tanu_status tablets_reload(struct server *s, tanu_error *err)
{
	const struct http_tls tls = tls_of(s);

	return s->tablets_http ? http_reload(s->tablets_http, &tls, err) : TANU_OK;
}

void tablets_stop(struct server *s, int wait_ms)
{
	if (s->tablets_http)
		http_stop(&s->tablets_http, wait_ms);
	if (s->tablets_socket >= 0)
		close(s->tablets_socket);
	buf_free(&s->tablets_issuer);
}
