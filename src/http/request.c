/* SPDX-License-Identifier: Apache-2.0 */
/* What a client has asked: its headers and queries, and whether it is a request at all. */
#include "http/inside.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- reading ---- */

static bool has_zero(const char *value, size_t len)
{
	return value && memchr(value, 0, len);
}

/* Space behind a value is no part of it; libmicrohttpd leaves it there. */
static void trim(struct pair *header)
{
	size_t len = strlen(header->value), kept = len;

	while (kept > 0 && (header->value[kept - 1] == ' ' || header->value[kept - 1] == '\t'))
		kept--;
	if (kept == len)
		return;
	header->owned = strndup(header->value, kept);
	header->value = header->owned ? header->owned : "";
}

static enum MHD_Result take_header(void *self, enum MHD_ValueKind kind, const char *name,
				   size_t name_len, const char *value, size_t value_len)
{
	struct exchange *x = self;

	(void)kind;
	x->head_bytes += name_len + value_len + 4;
	if (x->headers_len == HTTP_HEADERS_MAX) {
		x->head_bytes = SIZE_MAX / 2;
		return MHD_NO;
	}
	if (!value || has_zero(value, value_len) || has_zero(name, name_len))
		x->head_bad = true;
	x->headers[x->headers_len] = (struct pair){.name = name, .value = value ? value : ""};
	trim(&x->headers[x->headers_len++]);
	return MHD_YES;
}

static enum MHD_Result take_query(void *self, enum MHD_ValueKind kind, const char *name,
				  size_t name_len, const char *value, size_t value_len)
{
	struct exchange *x = self;

	(void)kind;
	x->head_bytes += name_len + value_len + 2;
	if (x->query_len == HTTP_QUERY_MAX) {
		x->head_bad = true;
		return MHD_NO;
	}
	if (has_zero(value, value_len) || has_zero(name, name_len))
		x->head_bad = true;
	x->query[x->query_len++] = (struct pair){.name = name, .value = value ? value : ""};
	return MHD_YES;
}

void request_read_head(struct exchange *x)
{
	MHD_get_connection_values_n(x->mhd, MHD_HEADER_KIND, take_header, x);
	MHD_get_connection_values_n(x->mhd, MHD_GET_ARGUMENT_KIND, take_query, x);
}

/* ---- is it a request that two servers would understand the same way? ---- */

static size_t count_header(const struct exchange *x, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < x->headers_len; i++)
		count += strcasecmp(x->headers[i].name, name) == 0;
	return count;
}

static bool is_number(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len < 19 && strspn(text, "0123456789") == len;
}

/* A body has one length, said once, in one way. */
static bool length_is_clear(const struct exchange *x)
{
	const char *coding = http_header(&x->request, "transfer-encoding");
	const char *length = http_header(&x->request, "content-length");

	if (count_header(x, "transfer-encoding") > 1 || count_header(x, "content-length") > 1)
		return false;
	if (coding && (length || strcasecmp(coding, "chunked") != 0))
		return false;
	return !length || is_number(length);
}

static bool names_are_plain(const struct exchange *x)
{
	for (size_t i = 0; i < x->headers_len; i++)
		if (!*x->headers[i].name || strpbrk(x->headers[i].name, " \t\r\n"))
			return false;
	return true;
}

const char *request_fault(const struct exchange *x, int *status)
{
	*status = 400;
	if (x->head_bytes > x->server->limits.head_bytes) {
		*status = 431;
		return "the headers are too large";
	}
	if (x->head_bad || !names_are_plain(x))
		return "the request is not understood";
	if (count_header(x, "host") > 1 || count_header(x, "content-type") > 1 ||
	    count_header(x, "authorization") > 1)
		return "a header stands there twice";
	if (!length_is_clear(x))
		return "the length of the body is not clear";
	return NULL;
}

/* ---- for handlers ---- */

const char *http_header(const struct http_request *request, const char *name)
{
	const struct exchange *x = (const struct exchange *)request;

	for (size_t i = 0; i < x->headers_len; i++)
		if (strcasecmp(x->headers[i].name, name) == 0)
			return x->headers[i].value;
	return NULL;
}

const char *http_query(const struct http_request *request, const char *name)
{
	/* Handlers see it as constant; the decoded texts are the exchange's own business. */
	struct exchange *x = (struct exchange *)(uintptr_t)request;

	for (size_t i = 0; i < x->query_len; i++) {
		struct buf *text = &x->texts[i];

		if (strcmp(x->query[i].name, name) != 0)
			continue;
		if (!text->data) {
			size_t room = strlen(x->query[i].value) + 1;

			text->data = malloc(room);
			text->cap = text->data ? room : 0;
			if (!text->data ||
			    !text_decode((char *)text->data, room, x->query[i].value)) {
				buf_free(text);
				return NULL;
			}
		}
		return (const char *)text->data;
	}
	return NULL;
}

/* "a", W/"b", * against our own tag; weak comparison (RFC 9110, 13.1.2). */
bool http_client_has(const struct http_request *request, const char *etag)
{
	const char *p = http_header(request, "if-none-match");
	size_t len = strlen(etag);

	while (p && *p) {
		p += strspn(p, " \t,");
		if (*p == '*')
			return true;
		if (strncmp(p, "W/", 2) == 0)
			p += 2;
		if (strncmp(p, etag, len) == 0 && (p[len] == '\0' || strchr(" \t,", p[len])))
			return true;
		p += strcspn(p, ",");
	}
	return false;
}

void exchange_free(struct exchange *x)
{
	if (!x)
		return;
	answer_drop(&x->answer);
	buf_wipe(&x->body);
	for (size_t i = 0; i < x->headers_len; i++)
		free(x->headers[i].owned);
	for (size_t i = 0; i < HTTP_QUERY_MAX; i++)
		buf_wipe(&x->texts[i]);
	if (x->charged)
		atomic_fetch_sub(&x->server->body_bytes, x->charged);
	free(x);
}
