/* SPDX-License-Identifier: Apache-2.0 */
/* route.h - (inside http/) from a request line to a row of the table; no sockets. */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "http/http.h"

struct route_match {
	const struct http_route *route; /* NULL: none */
	char path[HTTP_PATH_MAX];	/* decoded */
	char parts[HTTP_PATH_MAX];	/* the same, each slash a zero */
	const char *params[HTTP_PARAMS_MAX];
	const char *rest;
};

/*
 * The status to answer with when no handler runs, 0 when one does. 204 for OPTIONS and 405 come
 * with `allow`, the methods of the path.
 */
#define ALLOW_LEN 96
int route_find(struct route_match *out, char allow[ALLOW_LEN], const struct http_route *routes,
	       size_t routes_len, const char *method, const char *raw_path);

/* Escapes decoded; false for broken ones, control characters and what is not UTF-8. */
bool text_decode(char *out, size_t out_len, const char *raw);

#endif
