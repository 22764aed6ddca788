/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request line, "METHOD PATH", to a table of routes: what a handler gets is plain text that leads
 * nowhere else, and has the shape of its pattern.
 */
#include "http/route.h"

#include "codec/codec.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct http_route table[] = {
    {.method = "GET", .pattern = "/"},
    {.method = "GET", .pattern = "/people/{id}"},
    {.method = "POST", .pattern = "/people"},
    {.method = "GET", .pattern = "/people/{id}/leaf/{n}/{k}/{l}"},
    {.method = "DELETE", .pattern = "/{a}/{b}/{c}/{d}"},
    {.method = "GET", .pattern = "/log/**"},
};

static void must(bool right)
{
	if (!right)
		abort();
}

/* No part that is empty or leads upwards, nothing that is not text. */
static void check_path(const char *path)
{
	must(path[0] == '/' && strlen(path) < HTTP_PATH_MAX);
	must(utf8_plain(path, strlen(path)) && !strchr(path, '\\'));
	must(!strstr(path, "//") && !strstr(path, "/../") && !strstr(path, "/./"));
	must(strcmp(strrchr(path, '/'), "/..") != 0 && strcmp(strrchr(path, '/'), "/.") != 0);
}

static void check_match(const struct route_match *m)
{
	check_path(m->path);
	for (size_t i = 0; i < HTTP_PARAMS_MAX && m->params[i]; i++) {
		must(m->params[i][0] && !strchr(m->params[i], '/'));
		must(strstr(m->path, m->params[i]) != NULL);
	}
	must(strlen(m->rest) < strlen(m->path));
	must(strcmp(m->path + strlen(m->path) - strlen(m->rest), m->rest) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct route_match match;
	char line[2048], allow[ALLOW_LEN], *path;
	int status;

	if (size >= sizeof(line))
		return 0;
	memcpy(line, data, size);
	line[size] = '\0';
	path = strchr(line, ' ');
	if (!path)
		return 0;
	*path++ = '\0';
	status = route_find(&match, allow, table, ARRAY_LEN(table), line, path);
	if (status == 0)
		check_match(&match);
	must(status == 0 ? match.route != NULL : match.route == NULL);
	must((status == 405 || status == 204) == (*allow != '\0' && status != 0));
	return 0;
}
