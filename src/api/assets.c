/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages and their parts, embedded in the program by the build (cmake/TanuAssets.cmake), and the
 * files of the public log. Pages run no script but their own files, and may be framed by nobody.
 */
#include "api/inside.h"
#include "api/assets.h"

#include <string.h>

/* The verifier brings a stricter policy of its own in its head, which names its script by hash. */
#define POLICY_VERIFIER "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
#define POLICY                                                                                  \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; " \
	"font-src 'self'; connect-src 'self'; media-src 'self' blob:; worker-src 'self'; "      \
	"manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "    \
	"require-trusted-types-for 'script'; trusted-types 'none'"

static void set_page_headers(struct http_answer *answer, const char *path, const char *type)
{
	if (strncmp(type, "text/html", 9) != 0)
		return;
	http_set(answer, "Content-Security-Policy", "%s",
		 strcmp(path, "/verifier.html") ? POLICY : POLICY_VERIFIER);
	http_set(answer, "Permissions-Policy",
		 "camera=(self), microphone=(), geolocation=(), payment=(), usb=()");
	http_set(answer, "X-Frame-Options", "DENY");
}

/* "/" is index.html, "/portal" is portal.html; deeper paths of a page are its own business. */
static const struct asset *asset_of(const char *path)
{
	for (size_t i = 0; i < assets_len; i++)
		if (!strcmp(assets[i].path, path))
			return &assets[i];
	return NULL;
}

static const struct asset *page_of(const char *path)
{
	char name[128];
	const char *first = path + 1;
	size_t len = strcspn(first, "/");

	if (strchr(first + len, '.') || len > 64)
		return NULL;
	memcpy(name, "/", 2);
	memcpy(name + 1, len ? first : "index", len ? len : 5);
	memcpy(name + 1 + (len ? len : 5), ".html", 6);
	return asset_of(name);
}

static void no_console(struct http_answer *answer)
{
	http_text(answer, 200, NULL,
		  "This is Tanu. This build has no web pages: run tools/web build, then build "
		  "again.\nThe API is at /api/v1, described by /api/v1/openapi.json.\n");
}

void assets_handle(void *self, const struct http_request *request, struct http_answer *answer)
{
	const struct asset *asset = asset_of(request->path);
	struct buf body = {0};

	(void)self;
	security_headers(answer);
	if (!asset)
		asset = page_of(request->path);
	if (!asset && !strcmp(request->path, "/")) {
		no_console(answer);
		return;
	}
	if (!asset) {
		api_refuse(NULL, answer, 404, "there is nothing here");
		return;
	}
	http_set(answer, "ETag", "\"%s\"", asset->tag);
	http_set(answer, "Cache-Control", "%s",
		 asset->immutable ? "public, max-age=31536000, immutable" : "no-cache");
	set_page_headers(answer, asset->path, asset->type);
	if (http_client_has(request, asset->tag_quoted)) {
		http_empty(answer, 304);
		return;
	}
	buf_put(&body, asset->bytes, (size_t)(asset->end - asset->bytes));
	http_body(answer, 200, asset->type, &body);
}

void spec_handle(void *self, const struct http_request *request, struct http_answer *answer)
{
	const struct api *api = self;
	struct buf body = {0};

	(void)request;
	security_headers(answer);
	buf_put(&body, api->spec->json.data, api->spec->json.len);
	http_body(answer, 200, "application/json", &body);
}

static bool log_rule(const char *path, struct http_file_rule *out)
{
	bool tile = !strncmp(path, "tile/", 5) && !strstr(path, ".p/");

	if (strstr(path, ".new"))
		return false;
	*out = (struct http_file_rule){.type = !strcmp(path, "checkpoint")
						   ? "text/plain; charset=utf-8"
						   : "application/octet-stream",
				       .immutable = tile,
				       .any_origin = true};
	return true;
}

void log_handle(void *self, const struct http_request *request, struct http_answer *answer)
{
	struct api *api = self;

	api->log.rule = log_rule;
	http_serve_file(answer, request, &api->log);
}

void nothing_handle(void *self, const struct http_request *request, struct http_answer *answer)
{
	(void)request;
	security_headers(answer);
	api_refuse(self, answer, 404, "there is nothing at this address");
}
