/* SPDX-License-Identifier: Apache-2.0 */
/* The API of one site: opened, lent, closed. */
#include "api/inside.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIXED_ROUTES 7

void api_hold(void *api)
{
	api_enter(api);
}

void api_let_go(void *api)
{
	api_leave(api);
}

static tanu_status auth_begin(struct api *api, tanu_error *err)
{
	struct secret key = {{0}};
	struct auth_options options = {
	    .store = service_store(api->service),
	    .key = &key,
	    .clock = api->options.clock,
	    .random = api->options.random,
	    .issuer = settings_text(service_setting_values(api->service), "site.name"),
	    .enter = api_hold,
	    .leave = api_let_go,
	    .self = api};
	tanu_status st = service_server_key(api->service, key.b, err);

	if (st == TANU_OK)
		st = auth_open(&api->auth, &options, err);
	secret_wipe(&key);
	return st;
}

static tanu_status log_begin(struct api *api, tanu_error *err)
{
	char path[OS_PATH_MAX];
	tanu_status st = service_log_dir(api->service, path, sizeof(path), err);

	if (st == TANU_OK && (st = os_make_dir(path, 0700, err)) == TANU_OK)
		st = os_open_dir(&api->log.dir, path, err);
	return st;
}

static tanu_status routes_make(struct api *api, tanu_error *err)
{
	const struct http_route fixed[FIXED_ROUTES] = {
	    {"GET", API_PREFIX "/openapi.json", spec_handle, api, 0, HTTP_QUICK},
	    {"GET", "/healthz", health_handle, api, 0, 0},
	    {"GET", "/metrics", metrics_handle, api, 0, 0},
	    {"GET", "/log/**", log_handle, api, 0, HTTP_QUICK},
	    {"GET", API_PREFIX "/**", nothing_handle, api, 0, HTTP_QUICK},
	    {"GET", "/", assets_handle, api, 0, HTTP_QUICK},
	    {"GET", "/**", assets_handle, api, 0, HTTP_QUICK},
	};
	size_t n = api->spec->operations_len;

	api->routes = calloc(n + FIXED_ROUTES, sizeof(*api->routes));
	if (!api->routes)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (size_t i = 0; i < n; i++) {
		struct operation *op = &api->spec->operations[i];

		api->routes[i] = (struct http_route){.method = op->method,
						     .pattern = op->pattern,
						     .handle = call_handle,
						     .self = op,
						     .body_max = op->body_max};
	}
	memcpy(api->routes + n, fixed, sizeof(fixed));
	api->routes_len = n + FIXED_ROUTES;
	return TANU_OK;
}

static tanu_status begin(struct api *api, tanu_error *err)
{
	tanu_status st;

	if ((st = spec_open(&api->spec, err)) < 0 || (st = operations_bind(api, err)) < 0 ||
	    (st = captures_open(&api->captures, err)) < 0 ||
	    (st = scans_open(&api->scans, err)) < 0 || (st = checks_open(&api->checks, err)) < 0 ||
	    (st = looks_open(&api->looks, err)) < 0 || (st = feed_open(&api->feed, err)) < 0 ||
	    (st = metrics_open(&api->metrics, err)) < 0)
		return st;
	if ((st = auth_begin(api, err)) < 0 || (st = log_begin(api, err)) < 0 ||
	    (st = routes_make(api, err)) < 0)
		return st;
	return tablets_open(api, err);
}

tanu_status api_open(struct api **out, const struct api_options *options, tanu_error *err)
{
	struct api *api = calloc(1, sizeof(*api));
	tanu_status st;

	if (!api)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	api->options = *options;
	api->service = options->service;
	api->clock = options->clock.now_ms ? options->clock : os_clock();
	api->log.dir = -1;
	os_turns_init(&api->guard);
	if ((st = begin(api, err)) < 0)
		api_close(&api);
	else
		*out = api;
	return st;
}

void api_close(struct api **api)
{
	struct api *a = *api;

	if (!a)
		return;
	auth_close(&a->auth);
	captures_close(&a->captures);
	scans_close(&a->scans);
	checks_close(&a->checks);
	looks_close(&a->looks);
	feed_close(&a->feed);
	metrics_close(&a->metrics);
	tablets_close(&a->tablets);
	spec_close(&a->spec);
	free(a->routes);
	if (a->log.dir >= 0)
		close(a->log.dir);
	os_turns_end(&a->guard);
	free(a);
	*api = NULL;
}

const struct http_route *api_routes(const struct api *api, size_t *len)
{
	*len = api->routes_len;
	return api->routes;
}

tanu_status api_upkeep(struct api *api, tanu_error *err)
{
	tanu_status st = TANU_OK;
	bool there;

	captures_sweep(api);
	scans_sweep(api);
	api_enter(api);
	there = api_there(api, NULL) == TANU_OK;
	if (there)
		st = service_publish(api->service, err);
	api_leave(api);
	/* Lent meanwhile: it is swept another time. */
	if (st == TANU_OK && there)
		(void)auth_sweep(api->auth, NULL);
	return st;
}

void api_pause(void *api)
{
	struct api *a = api;

	a->paused++;
	api_leave(a);
}

void api_resume(void *api)
{
	struct api *a = api;

	api_enter(a);
	if (--a->paused == 0)
		os_turns_sign(&a->guard);
}

tanu_status api_there(const struct api *api, tanu_error *err)
{
	if (api->service && !api->lending)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_FOLDER_BUSY, NULL,
			 "the data folder is lent to another program for a moment: try again");
}

void api_lend(struct api *api)
{
	api_enter(api);
	api->lending = true;
	while (api->paused)
		os_turns_wait(&api->guard);
	api->service = NULL;
	auth_store(api->auth, NULL);
	api_leave(api);
}

tanu_status api_take_back(struct api *api, struct service *service, tanu_error *err)
{
	(void)err;
	api_enter(api);
	api->service = service;
	api->lending = false;
	auth_store(api->auth, service_store(service));
	api_leave(api);
	return TANU_OK;
}
