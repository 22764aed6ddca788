/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api.h - the JSON API of a site, driven by openapi.yaml beside this file: routes, checks of what
 * comes in, roles and scopes are read from it when the API opens, and an operation without a
 * handler, or a handler without an operation, keeps it from opening.
 *
 * One guard is around the service, which has one writer; what is slow (hashing passwords, decoding
 * and measuring images) runs outside of it.
 */
#ifndef API_API_H
#define API_API_H

#include "http/http.h"
#include "liveness/liveness.h"
#include "service/service.h"

struct api;
struct api_options {
	struct service *service;
	const char *program;	     /* "tanud 0.1.0" */
	struct clock_source clock;   /* zero: the machine's */
	struct random_source random; /* zero: the machine's */
	struct os_sandbox_report sandbox;
	const char *outbox; /* folder of webhooks (hook/); NULL: nobody is told */
	/* Who judges whether a face lives; NULL: liveness_open. Owned by the API once it is given.
	 */
	tanu_status (*judge)(struct liveness *out, tanu_error *err);
};
tanu_status api_open(struct api **out, const struct api_options *options, tanu_error *err);
void api_close(struct api **api);
/* For http_start; they live as long as the API. */
const struct http_route *api_routes(const struct api *api, size_t *len);
/* The same for tablets, at an address of their own that asks for certificates: it names as client
 * authority what api_tablet_issuer writes (PEM), and each is known by its key. Likewise. */
const struct http_route *api_tablet_routes(const struct api *api, size_t *len);
tanu_status api_tablet_issuer(struct buf *pem, tanu_error *err);
/* The server's own errors, as problem JSON; and what it notes of each answer. `self` is the API. */
void api_refuse(void *self, struct http_answer *answer, int status, const char *why);
void api_note(void *self, const struct http_note *note);
/* Now and then, from any thread: publish the log, forget what has ended. */
tanu_status api_upkeep(struct api *api, tanu_error *err);
/* How loaded the server is, for /metrics. */
void api_load(struct api *api, const struct http_load *load);
/* The guard itself, for others who use the same service: gates. `api` is the API. */
void api_hold(void *api);
void api_let_go(void *api);
/* gateway_options.watcher: what happens at gates, told to whoever watches; `api` is the API. */
struct gate_event;
void api_gate_event(void *api, const tanu_id *gate, const struct gate_event *event);
/* service_options.pause and .resume; `api` is the API. */
void api_pause(void *api);
void api_resume(void *api);
/* The folder is lent to another program: calls are answered 503 until it is back. Waits for those
 * under way. The service was opened by the caller, who closes and opens it in between. */
void api_lend(struct api *api);
tanu_status api_take_back(struct api *api, struct service *service, tanu_error *err);

#endif
