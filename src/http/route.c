/* SPDX-License-Identifier: Apache-2.0 */
#include "http/route.h"

#include "codec/codec.h"

#include <stdio.h>
#include <string.h>

/* ---- escapes ---- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One byte, decoded; `*at` moves behind it. -1: a broken escape. */
static int next_byte(const char **at)
{
	const char *p = *at;
	int high, low;

	if (*p != '%') {
		*at = p + 1;
		return (uint8_t)*p;
	}
	high = hex_digit(p[1]);
	low = high < 0 ? -1 : hex_digit(p[2]);
	if (low < 0)
		return -1;
	*at = p + 3;
	return high << 4 | low;
}

bool text_decode(char *out, size_t out_len, const char *raw)
{
	size_t n = 0;

	while (*raw) {
		int c = next_byte(&raw);

		if (c < ' ' || c == 0x7F || n + 1 >= out_len)
			return false;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return utf8_plain(out, n);
}

/* ---- paths ---- */

/* An escaped slash would be one to us and none to a proxy before us, or the other way round. */
static bool has_escaped_slash(const char *raw)
{
	return strcasestr(raw, "%2f") || strcasestr(raw, "%5c") || strchr(raw, '\\');
}

static bool parts_are_plain(const char *path)
{
	for (const char *p = path + 1;; p++) {
		size_t len = strcspn(p, "/");

		if ((len == 0 && p[len]) || (len == 1 && *p == '.') ||
		    (len == 2 && p[0] == '.' && p[1] == '.'))
			return false;
		p += len;
		if (*p == '\0')
			return true;
	}
}

static bool path_decode(char out[HTTP_PATH_MAX], const char *raw)
{
	return raw[0] == '/' && !has_escaped_slash(raw) && text_decode(out, HTTP_PATH_MAX, raw) &&
	       parts_are_plain(out);
}

/* ---- patterns ---- */

/* One part of a pattern against one of the path, both at their first character. */
static bool part_fits(const char *pattern, size_t pattern_len, const char *part, size_t part_len)
{
	if (pattern_len && pattern[0] == '{')
		return part_len > 0;
	return pattern_len == part_len && memcmp(pattern, part, part_len) == 0;
}

static bool pattern_fits(struct route_match *m, const char *pattern)
{
	const char *p = pattern + 1, *at = m->path + 1;
	size_t params = 0;

	m->rest = "";
	for (;;) {
		size_t len = strcspn(p, "/"), part = strcspn(at, "/");

		if (strcmp(p, "**") == 0) {
			m->rest = at;
			return true;
		}
		if (!part_fits(p, len, at, part))
			return false;
		if (*p == '{' && params < HTTP_PARAMS_MAX)
			m->params[params++] = m->parts + (at - m->path);
		if (!p[len] || !at[part])
			return !p[len] && !at[part];
		p += len + 1;
		at += part + 1;
	}
}

static bool method_fits(const char *route, const char *method)
{
	return strcmp(route, method) == 0 ||
	       (strcmp(route, "GET") == 0 && strcmp(method, "HEAD") == 0);
}

static void add_allow(char allow[ALLOW_LEN], const char *method)
{
	const char *also = strcmp(method, "GET") == 0 ? ", HEAD" : "";
	size_t len = strlen(allow);

	if (!strstr(allow, method))
		snprintf(allow + len, ALLOW_LEN - len, "%s%s%s", len ? ", " : "", method, also);
}

static void split_parts(struct route_match *m)
{
	for (size_t i = 0; (m->parts[i] = m->path[i]); i++)
		if (m->parts[i] == '/')
			m->parts[i] = '\0';
}

int route_find(struct route_match *out, char allow[ALLOW_LEN], const struct http_route *routes,
	       size_t routes_len, const char *method, const char *raw_path)
{
	*out = (struct route_match){.rest = ""};
	allow[0] = '\0';
	if (!path_decode(out->path, raw_path))
		return 400;
	split_parts(out);
	for (size_t i = 0; i < routes_len; i++) {
		if (!pattern_fits(out, routes[i].pattern))
			continue;
		if (method_fits(routes[i].method, method)) {
			out->route = &routes[i];
			return 0;
		}
		add_allow(allow, routes[i].method);
	}
	if (!*allow)
		return 404;
	return strcmp(method, "OPTIONS") == 0 ? 204 : 405;
}
