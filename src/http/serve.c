/* SPDX-License-Identifier: Apache-2.0 */
/* One request, from its head to its end, as libmicrohttpd tells it. */
#include "http/inside.h"

#include <stdlib.h>
#include <string.h>

/* A body that came in pieces and is too large is read to its end, so that the client gets the
 * answer; but not for ever. */
#define SWALLOW_MAX ((size_t)1 << 20)

/* ---- the head ---- */

static struct exchange *exchange_new(struct generation *g, struct MHD_Connection *mhd,
				     const char *method)
{
	struct exchange *x = calloc(1, sizeof(*x));
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	if (!x || !info || !info->socket_context) {
		free(x);
		return NULL;
	}
	x->server = g->server;
	x->generation = g;
	x->conn = info->socket_context;
	x->mhd = mhd;
	x->answer.exchange = x;
	x->answer.fd = -1;
	x->request.method = method;
	x->request.peer = x->conn->peer;
	x->request.tls = g->tls;
	x->request.path = "";
	return x;
}

static void refuse(struct exchange *x, int status, const char *why)
{
	answer_refuse(&x->answer, status, why);
	x->answer.close = true;
	x->handled = true;
}

/* Answers that depend on method and path alone. */
static void answer_route(struct exchange *x, int status, const char *allow)
{
	if (status == 204)
		http_empty(&x->answer, 204);
	else if (status == 405)
		refuse(x, 405, "this address does not do that");
	else if (status == 404)
		refuse(x, 404, "there is nothing here");
	else
		refuse(x, 400, "the address is not understood");
	if (*allow)
		http_set(&x->answer, "Allow", "%s", allow);
	x->handled = true;
}

static void set_route(struct exchange *x)
{
	struct http_request *r = &x->request;

	r->method = x->match.route->method;
	r->path = x->match.path;
	memcpy(r->params, x->match.params, sizeof(r->params));
	r->rest = x->match.rest;
	if (x->generation->asks_clients)
		tls_client(&r->client, x->mhd);
}

static bool has_body(const struct exchange *x)
{
	const char *length = http_header(&x->request, "content-length");

	return http_header(&x->request, "transfer-encoding") ||
	       (length && strspn(length, "0") < strlen(length));
}

/* As much as the body can need is set aside before the first byte of it. */
static void reserve_body(struct exchange *x)
{
	const char *length = http_header(&x->request, "content-length");
	size_t most = x->match.route->body_max;
	unsigned long long said = length ? strtoull(length, NULL, 10) : most;

	if (said > most || most == 0) {
		refuse(x, 413, most ? "the body is too large" : "no body is taken here");
		return;
	}
	if (atomic_fetch_add(&x->server->body_bytes, (size_t)said) + (size_t)said >
	    x->server->limits.body_bytes) {
		atomic_fetch_sub(&x->server->body_bytes, (size_t)said);
		refuse(x, 503, "too much is being sent at once");
		http_set(&x->answer, "Retry-After", "1");
		return;
	}
	x->charged = (size_t)said;
	x->body.max = (size_t)said;
}

static void begin(struct exchange *x, const char *url, const char *method)
{
	char allow[ALLOW_LEN];
	const char *fault;
	int status;

	x->head_bytes = strlen(url) + strlen(method);
	request_read_head(x);
	if ((fault = request_fault(x, &status))) {
		refuse(x, status, fault);
		return;
	}
	status =
	    route_find(&x->match, allow, x->server->routes, x->server->routes_len, method, url);
	if (status != 0) {
		answer_route(x, status, allow);
		return;
	}
	set_route(x);
	if (has_body(x))
		reserve_body(x);
	conn_is(x->conn, CONN_BODY);
}

/* ---- the body ---- */

static enum MHD_Result take_body(struct exchange *x, const char *bytes, size_t *len)
{
	size_t most = x->body.max;

	if (x->body_too_large) {
		x->answer_bytes += *len; /* what was thrown away */
		if (x->answer_bytes > SWALLOW_MAX)
			return MHD_NO;
	} else if (*len > most - x->body.len) {
		x->body_too_large = true;
	} else {
		buf_put(&x->body, bytes, *len);
	}
	*len = 0;
	return MHD_YES;
}

/* ---- the whole request ---- */

static enum MHD_Result to_handler(struct exchange *x)
{
	const struct http_route *route = x->match.route;

	x->asked_ns = os_monotonic_ns();
	if (x->body_too_large)
		refuse(x, 413, "the body is too large");
	else if (x->body.failed)
		refuse(x, 503, "memory ran out");
	if (x->handled)
		return answer_queue(x);
	x->request.body = x->body.len ? (const void *)x->body.data : "";
	x->request.body_len = x->body.len;
	conn_is(x->conn, CONN_WORK);
	if (route->flags & HTTP_QUICK) {
		work_do(x);
		return answer_queue(x);
	}
	/* Suspended first: the handler may be done before this returns. */
	MHD_suspend_connection(x->mhd);
	if (!work_take(x->server, x)) {
		refuse(x, 503, "the server has too much to do");
		http_set(&x->answer, "Retry-After", "1");
		MHD_resume_connection(x->mhd);
	}
	return MHD_YES;
}

enum MHD_Result serve_request(void *generation, struct MHD_Connection *mhd, const char *url,
			      const char *method, const char *version, const char *body,
			      size_t *body_len, void **exchange)
{
	struct exchange *x = *exchange;

	(void)version;
	if (!x) {
		x = exchange_new(generation, mhd, method);
		if (!x)
			return MHD_NO;
		*exchange = x;
		begin(x, url, method);
		if (!x->handled)
			return MHD_YES;
		x->asked_ns = os_monotonic_ns();
		return answer_queue(x);
	}
	if (*body_len)
		return take_body(x, body, body_len);
	if (x->queued)
		return MHD_YES;
	return x->handled ? answer_queue(x) : to_handler(x);
}

static void tell(const struct exchange *x)
{
	const struct http_server *s = x->server;
	const struct http_route *route = x->match.route;
	struct http_note note = {.method = route ? route->method : "-",
				 .pattern = route ? route->pattern : "-",
				 .status = x->answer.status,
				 .body_bytes = x->answer_bytes};

	if (!s->note)
		return;
	note.ns = x->asked_ns ? os_monotonic_ns() - x->asked_ns : 0;
	s->note(s->self, &note);
}

void serve_completed(void *generation, struct MHD_Connection *mhd, void **exchange,
		     enum MHD_RequestTerminationCode why)
{
	struct exchange *x = *exchange;

	(void)generation;
	(void)mhd;
	(void)why;
	*exchange = NULL;
	if (!x)
		return;
	tell(x);
	conn_is(x->conn, CONN_HEAD);
	exchange_free(x);
}

void serve_connection(void *generation, struct MHD_Connection *mhd, void **conn,
		      enum MHD_ConnectionNotificationCode what)
{
	struct http_server *s = ((struct generation *)generation)->server;

	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		*conn = conn_of(s, mhd);
	else if (*conn)
		conn_gone(s, *conn);
}

/* Escapes are decoded by us, strictly and once (route.c). */
size_t serve_unescape(void *generation, struct MHD_Connection *mhd, char *text)
{
	(void)generation;
	(void)mhd;
	return strlen(text);
}
