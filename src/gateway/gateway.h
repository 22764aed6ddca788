/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gateway.h - the site's side of its gates' connections, as routes that any server can mount:
 *   POST /gate/v1/pair  a gate's request, answered with the site's keys (lease/pair.h)
 *   POST /gate/v1/sync  what a gate stands at and what it reports; answered with the time, what was
 *                       taken in, and a lease, or nothing new
 * Gates are known by the key of their client certificate, so the server has to ask for one.
 * docs/lease.md draws the bytes.
 */
#ifndef GATEWAY_GATEWAY_H
#define GATEWAY_GATEWAY_H

#include "http/http.h"
#include "service/gates.h"

struct gateway;

struct gateway_options {
	struct service *service; /* borrowed */
	/* The service belongs to one thread at a time: called around each use. NULL: a lock of the
	 * gateway's own, where nobody else uses the service. */
	void (*enter)(void *self);
	void (*leave)(void *self);
	void *self;
	struct clock_source clock;   /* zeroed: the machine's */
	struct gate_watcher watcher; /* `told` NULL: nobody watches. Between enter and leave. */
};

tanu_status gateway_open(struct gateway **out, const struct gateway_options *options,
			 tanu_error *err);
void gateway_close(struct gateway **gateway); /* after the server has stopped */

/*
 * The service goes to another program for a while: gates are told to come again (503). When it is
 * back, maybe another one, what they were sent is forgotten: each gets all of its lease once more.
 */
void gateway_lend(struct gateway *gateway);
tanu_status gateway_take_back(struct gateway *gateway, struct service *service, tanu_error *err);

/* The server's certificate (PEM), whose key gates are to pin; again after each renewal. */
tanu_status gateway_certificate(struct gateway *gateway, const char *pem, tanu_error *err);

#define GATEWAY_ROUTES 2
/* Valid while the gateway is. */
const struct http_route *gateway_routes(struct gateway *gateway);

#endif
