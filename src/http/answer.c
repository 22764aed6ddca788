/* SPDX-License-Identifier: Apache-2.0 */
/* What goes back to the client. */
#include "http/inside.h"

#include "codec/codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define VALUE_MAX    2048
#define STREAM_BLOCK 4096

/* ---- filling ---- */

static void set_type(struct http_answer *a, int status, const char *type)
{
	a->status = status;
	snprintf(a->type, sizeof(a->type), "%s", type ? type : "text/plain; charset=utf-8");
}

void http_text(struct http_answer *answer, int status, const char *type, const char *text)
{
	set_type(answer, status, type);
	buf_str(&answer->body, text);
}

void http_body(struct http_answer *answer, int status, const char *type, struct buf *body)
{
	set_type(answer, status, type);
	buf_wipe(&answer->body);
	answer->body = *body;
	*body = (struct buf){0};
}

void http_empty(struct http_answer *answer, int status)
{
	answer->status = status;
	answer->type[0] = '\0';
}

void http_set(struct http_answer *answer, const char *name, const char *fmt, ...)
{
	char value[VALUE_MAX];
	size_t room = strlen(name) + 1;
	char *kept;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	kept = len >= 0 && (size_t)len < sizeof(value) && utf8_plain(value, (size_t)len) &&
		       answer->headers_len < ANSWER_HEADERS_MAX
		   ? malloc(room + (size_t)len + 1)
		   : NULL;
	if (!kept) {
		answer->broken = true;
		return;
	}
	memcpy(kept, name, room);
	memcpy(kept + room, value, (size_t)len + 1);
	answer->headers[answer->headers_len++] =
	    (struct pair){.name = kept, .value = kept + room, .owned = kept};
}

static bool has(const struct http_answer *a, const char *name)
{
	for (size_t i = 0; i < a->headers_len; i++)
		if (strcasecmp(a->headers[i].name, name) == 0)
			return true;
	return false;
}

void answer_drop(struct http_answer *answer)
{
	for (size_t i = 0; i < answer->headers_len; i++)
		free(answer->headers[i].owned);
	answer->headers_len = 0;
	buf_wipe(&answer->body);
	if (answer->fd >= 0)
		close(answer->fd);
	answer->fd = -1;
	if (answer->stream)
		stream_drop(answer->stream);
	answer->stream = NULL;
}

/* An error of the server's own. What a handler had begun is thrown away. */
void answer_refuse(struct http_answer *answer, int status, const char *why)
{
	const struct http_server *s = answer->exchange->server;

	answer_drop(answer);
	answer->broken = false;
	if (s->refuse)
		s->refuse(s->self, answer, status, why);
	if (!s->refuse || answer->broken || answer->status == 0) {
		answer_drop(answer);
		answer->broken = false;
		http_text(answer, status, NULL, why);
		buf_str(&answer->body, "\n");
	}
}

/* ---- handing it to libmicrohttpd ---- */

struct owned {
	struct buf bytes;
};

static void free_owned(void *self)
{
	struct owned *owned = self;

	buf_wipe(&owned->bytes);
	free(owned);
}

static struct MHD_Response *body_response(struct http_answer *a)
{
	struct owned *owned = malloc(sizeof(*owned));
	struct MHD_Response *response;

	if (!owned)
		return NULL;
	owned->bytes = a->body;
	a->body = (struct buf){0};
	response = MHD_create_response_from_buffer_with_free_callback_cls(
	    owned->bytes.len, owned->bytes.data, free_owned, owned);
	if (!response)
		free_owned(owned);
	return response;
}

static struct MHD_Response *make_response(struct exchange *x)
{
	struct http_answer *a = &x->answer;
	struct MHD_Response *response;

	if (a->stream) {
		response = stream_response(a->stream, x->mhd);
		if (response)
			a->stream = NULL;
		return response;
	}
	if (a->fd < 0)
		return body_response(a);
	response = MHD_create_response_from_fd64(a->fd_size, a->fd);
	if (response)
		a->fd = -1;
	return response;
}

static bool add(struct MHD_Response *response, const char *name, const char *value)
{
	return MHD_add_response_header(response, name, value) == MHD_YES;
}

static bool add_headers(struct MHD_Response *response, const struct exchange *x)
{
	const struct http_answer *a = &x->answer;
	bool ends = a->close || atomic_load(&x->generation->retired_ns) ||
		    atomic_load(&x->server->stopping);
	bool done = true;

	for (size_t i = 0; i < a->headers_len && done; i++)
		done = add(response, a->headers[i].name, a->headers[i].value);
	if (done && *a->type)
		done = add(response, "Content-Type", a->type);
	if (done && !has(a, "cache-control"))
		done = add(response, "Cache-Control", "no-store");
	if (done)
		done = add(response, "X-Content-Type-Options", "nosniff");
	if (done && ends)
		done = add(response, "Connection", "close");
	return done;
}

static void make_whole(struct exchange *x)
{
	struct http_answer *a = &x->answer;

	if (a->status == 0 || a->broken || a->body.failed)
		answer_refuse(a, 500, "the server made no answer");
	x->answer_bytes = a->fd >= 0 ? a->fd_size : a->body.len;
}

enum MHD_Result answer_queue(struct exchange *x)
{
	struct http_answer *a = &x->answer;
	struct MHD_Response *response;
	enum MHD_Result done = MHD_NO;

	make_whole(x);
	conn_is(x->conn, a->stream ? CONN_STREAM : CONN_ANSWER);
	x->queued = true;
	response = make_response(x);
	if (response && add_headers(response, x))
		done = MHD_queue_response(x->mhd, (unsigned)a->status, response);
	if (response)
		MHD_destroy_response(response);
	return done;
}
