/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a folder. */
#include "http/inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ETAG_LEN 64

/* Files are replaced whole, so another content is another inode or another time. */
static void etag_of(char out[ETAG_LEN], const struct os_file_facts *facts)
{
	snprintf(out, ETAG_LEN, "\"%" PRIx64 "-%" PRIx64 "-%" PRIx64 "\"", facts->inode,
		 facts->changed_ns, facts->size);
}

static void set_headers(struct http_answer *answer, const struct http_file_rule *rule,
			const char *etag)
{
	http_set(answer, "ETag", "%s", etag);
	http_set(answer, "Cache-Control", "%s",
		 rule->immutable ? "public, max-age=31536000, immutable" : "no-cache");
	if (rule->any_origin)
		http_set(answer, "Access-Control-Allow-Origin", "*");
}

static bool file_path(char out[HTTP_PATH_MAX + 16], const char *rest)
{
	size_t len = strlen(rest);
	bool is_folder = len == 0 || rest[len - 1] == '/';

	return snprintf(out, HTTP_PATH_MAX + 16, "%s%s", rest, is_folder ? "index.html" : "") <
	       HTTP_PATH_MAX + 16;
}

void http_serve_file(struct http_answer *answer, const struct http_request *request,
		     const struct http_folder *folder)
{
	struct http_file_rule rule = {0};
	char path[HTTP_PATH_MAX + 16], etag[ETAG_LEN];
	struct os_file_facts facts;
	int fd = -1;

	if (!file_path(path, request->rest) || !folder->rule(path, &rule) ||
	    os_open_beneath(&fd, &facts, folder->dir, path, NULL) < 0) {
		answer_refuse(answer, 404, "there is nothing here");
		return;
	}
	answer->fd = fd;
	answer->fd_size = facts.size;
	etag_of(etag, &facts);
	if (http_client_has(request, etag)) {
		answer_drop(answer);
		http_empty(answer, 304);
	} else {
		answer->status = 200;
		snprintf(answer->type, sizeof(answer->type), "%s", rule.type);
	}
	set_headers(answer, &rule, etag);
}

bool http_rule_by_ending(const char *path, struct http_file_rule *out)
{
	static const struct {
		const char *ending, *type;
	} known[] = {
	    {".html", "text/html; charset=utf-8"},
	    {".css", "text/css; charset=utf-8"},
	    {".js", "text/javascript; charset=utf-8"},
	    {".json", "application/json"},
	    {".svg", "image/svg+xml"},
	    {".png", "image/png"},
	    {".woff2", "font/woff2"},
	    {".txt", "text/plain; charset=utf-8"},
	    {".pdf", "application/pdf"},
	};
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; i < ARRAY_LEN(known) && dot; i++)
		if (strcmp(dot, known[i].ending) == 0) {
			*out = (struct http_file_rule){.type = known[i].type};
			return true;
		}
	return false;
}
