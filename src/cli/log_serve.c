/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/serve.h"
#include "cli/verbs.h"
#include "tlog/tlog.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Tiles never change under their name; a checkpoint, a policy and erased openings do. */
static bool rule(const char *path, struct http_file_rule *out)
{
	bool tile = strncmp(path, "tile/", 5) == 0;
	bool text = strcmp(path, "checkpoint") == 0 || strcmp(path, "newest") == 0 ||
		    strcmp(path, "policy") == 0;

	if (!log_path_valid(path))
		return false;
	*out = (struct http_file_rule){
	    .type = text ? "text/plain; charset=utf-8" : "application/octet-stream",
	    .immutable = tile,
	    .any_origin = true,
	};
	return true;
}

static void serve_file(void *self, const struct http_request *request, struct http_answer *answer)
{
	http_serve_file(answer, request, self);
}

/* The folder itself, or log/ in the folder of a site. */
static tanu_status find_folder(char out[OS_PATH_MAX], const char *where, tanu_error *err)
{
	char inner[OS_PATH_MAX], head[OS_PATH_MAX];
	tanu_status st;

	if ((st = os_path(inner, sizeof(inner), where, "log", err)) < 0 ||
	    (st = os_path(head, sizeof(head), where, "checkpoint", err)) < 0)
		return st;
	snprintf(out, OS_PATH_MAX, "%s", !os_exists(head) && os_is_dir(inner) ? inner : where);
	return TANU_OK;
}

static tanu_status log_serve(struct run *run, tanu_error *err)
{
	const char *where = run->args.operands_len ? run->args.operands[0] : run_folder(run);
	struct http_folder folder = {.dir = -1, .rule = rule};
	const struct http_route routes[] = {{"GET", "/**", serve_file, &folder, 0, HTTP_QUICK}};
	char path[OS_PATH_MAX];
	struct serve serve = {.standard = "127.0.0.1:7381",
			      .routes = routes,
			      .routes_len = ARRAY_LEN(routes),
			      .sandbox = {.read_only = {path}}};
	tanu_status st;

	if ((st = find_folder(path, where, err)) < 0 ||
	    (st = os_open_dir(&folder.dir, path, err)) < 0)
		return st;
	st = serve_run(run, &serve, err);
	close(folder.dir);
	return st;
}

const struct verb verb_log_serve = {
    .group = "log",
    .action = "serve",
    .flags = VERB_SITE,
    .brief = "Serve a public log over HTTP",
    .about =
	"Serves the files of a log (docs/log.md) and no other: checkpoint, tiles, openings, "
	"policy. "
	"Tiles may be kept by caches for ever. The site may go on working meanwhile. The files are "
	"static, so any web server does as well; docs/witness.md has the lines for nginx.",
    .example = "tanu log serve school --listen 127.0.0.1:7381",
    .options = {OPTION_LISTEN("127.0.0.1:7381"), OPTION_TLS, OPTION_HOST, OPTION_PLAIN},
    .operands = {{"DIR", VALUE_DIR, 0, 1,
		  "The log's folder, or the folder of a site; that of the data folder if not "
		  "given"}},
    .fields = {SERVE_FIELDS},
    .run = log_serve,
};
