/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/gateway.h"

#include "codec/codec.h"
#include "lease/spool.h"
#include "lease/sync.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SYNC_MAX     (SPOOL_BATCH_BYTES + 1024)
#define FAILURES_MAX 20 /* pairings that failed, a minute: a guess has one chance in 2^80 */
#define MINUTE_MS    ((int64_t)60000)

struct gateway {
	struct gateway_options options;
	pthread_mutex_t lock;
	struct lease_feed *feed;
	uint8_t pin[PAIR_PIN_LEN]; /* of the server */
	bool has_pin;
	struct clock_source clock;
	unsigned failures;
	int64_t failures_since_ms;
	struct http_route routes[GATEWAY_ROUTES];
};

static void own_enter(void *self)
{
	pthread_mutex_lock(&((struct gateway *)self)->lock);
}

static void own_leave(void *self)
{
	pthread_mutex_unlock(&((struct gateway *)self)->lock);
}

static void enter(struct gateway *g)
{
	g->options.enter(g->options.self);
}

static void leave(struct gateway *g)
{
	g->options.leave(g->options.self);
}

/* ---- answers ---- */

/* What a gate can act on; the sentence is for who looks at its log. */
static void refuse(struct http_answer *answer, const tanu_error *err)
{
	int status = 500;

	switch (err->status) {
	case TANU_REFUSED:
	case TANU_DAMAGED:
	case TANU_NOT_FOUND:
		status = 403;
		break;
	case TANU_INPUT:
	case TANU_USAGE:
	case TANU_LIMIT:
		status = 400;
		break;
	default:
		break;
	}
	if (err->code == TANU_ERR_CLOCK)
		status = 503;
	http_text(answer, status, NULL, err->message);
}

/* Is the service here? Between enter and leave; else the gate is told to come again. */
static bool is_here(const struct gateway *g, struct http_answer *answer)
{
	if (g->options.service)
		return true;
	http_set(answer, "Retry-After", "2");
	http_text(answer, 503, NULL, "the data folder is lent to another program for a moment");
	return false;
}

/* ---- pairing ---- */

static bool may_try(struct gateway *g)
{
	int64_t now_ms = clock_now(&g->clock);

	if (now_ms - g->failures_since_ms > MINUTE_MS || now_ms < g->failures_since_ms) {
		g->failures_since_ms = now_ms;
		g->failures = 0;
	}
	return g->failures < FAILURES_MAX;
}

static void handle_pair(void *self, const struct http_request *request, struct http_answer *answer)
{
	struct gateway *g = self;
	struct gate_view view = {0};
	struct buf reply = {0};
	tanu_error err = {0};
	tanu_status st;

	enter(g);
	if (!is_here(g, answer)) {
		leave(g);
		return;
	}
	if (!may_try(g)) {
		leave(g);
		http_set(answer, "Retry-After", "60");
		http_text(answer, 429, NULL, "too many pairings have failed: wait a minute");
		return;
	}
	st = service_gate_pair(g->options.service, &reply, &view, request->body, request->body_len,
			       g->has_pin ? g->pin : NULL, &err);
	g->failures += st < 0;
	leave(g);
	if (st < 0)
		refuse(answer, &err);
	else
		http_body(answer, 200, "application/octet-stream", &reply);
	buf_free(&reply);
}

/* ---- sync ---- */

static tanu_status events_take(struct gateway *g, const struct sync_ask *ask,
			       const struct gate_view *gate, uint64_t *acked, tanu_error *err)
{
	struct gate_intake in = {0};
	tanu_id of = {{0}};
	tanu_status st;

	if (ask->events_len == 0)
		return TANU_OK;
	if ((st = spool_batch_gate(&of, ask->events, ask->events_len, err)) < 0)
		return st;
	if (!id_equal(&of, &gate->id))
		return tanu_fail(err, TANU_ERR_GATE, NULL, "these events are of another gate");
	st = service_gate_events(g->options.service, &in,
				 g->options.watcher.told ? &g->options.watcher : NULL, ask->events,
				 ask->events_len, err);
	*acked = in.upto;
	return st;
}

static tanu_status sync_do(struct gateway *g, const struct http_request *request, struct buf *out,
			   tanu_error *err)
{
	struct sync_answer answer = {.time_ms = clock_now(&g->clock)};
	struct buf doc = {.max = LEASE_BYTES_MAX};
	struct gate_view gate = {0};
	struct sync_ask ask = {.events = NULL};
	bool nothing = false;
	tanu_status st;

	if (!request->client.present)
		return tanu_fail(err, TANU_ERR_GATE, NULL, "a gate shows its certificate");
	if ((st = sync_ask_get(&ask, request->body, request->body_len, err)) < 0 ||
	    (st = service_gate_by_pin(g->options.service, &gate, request->client.pin, err)) < 0 ||
	    (st = events_take(g, &ask, &gate, &answer.acked, err)) < 0 ||
	    (st = service_feed_next(g->feed, &doc, &answer.keys, &nothing, &gate.id, &ask.have,
				    err)) < 0)
		goto out;
	service_gate_says(g->options.service, &gate.id, ask.in_lockdown);
	answer.orders = service_gate_orders(g->options.service, &gate);
	answer.doc = doc.data;
	answer.doc_len = doc.len;
	sync_answer_put(out, &answer);
	st = buf_check(out, err);
out:
	mem_wipe(&answer, sizeof(answer));
	buf_free(&doc);
	return st;
}

static void handle_sync(void *self, const struct http_request *request, struct http_answer *answer)
{
	struct gateway *g = self;
	struct buf out = {.max = LEASE_BYTES_MAX + 1024};
	tanu_error err = {0};
	tanu_status st;

	enter(g);
	if (!is_here(g, answer)) {
		leave(g);
		return;
	}
	st = sync_do(g, request, &out, &err);
	leave(g);
	if (st < 0)
		refuse(answer, &err);
	else
		http_body(answer, 200, "application/octet-stream", &out);
	buf_wipe(&out);
}

/* ---- the table ---- */

tanu_status gateway_open(struct gateway **out, const struct gateway_options *options,
			 tanu_error *err)
{
	struct gateway *g = calloc(1, sizeof(*g));
	tanu_status st;

	if (!g)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for gates");
	g->options = *options;
	g->clock = options->clock.now_ms ? options->clock : os_clock();
	pthread_mutex_init(&g->lock, NULL);
	if (!g->options.enter) {
		g->options.enter = own_enter;
		g->options.leave = own_leave;
		g->options.self = g;
	}
	g->routes[0] =
	    (struct http_route){"POST", "/gate/v1/pair", handle_pair, g, PAIR_BYTES_MAX, 0};
	g->routes[1] = (struct http_route){"POST", "/gate/v1/sync", handle_sync, g, SYNC_MAX, 0};
	if ((st = service_feed_open(&g->feed, options->service, err)) == TANU_OK)
		*out = g;
	else
		gateway_close(&g);
	return st;
}

void gateway_close(struct gateway **gateway)
{
	if (!*gateway)
		return;
	service_feed_close(&(*gateway)->feed);
	pthread_mutex_destroy(&(*gateway)->lock);
	free(*gateway);
	*gateway = NULL;
}

void gateway_lend(struct gateway *gateway)
{
	enter(gateway);
	service_feed_close(&gateway->feed);
	gateway->options.service = NULL;
	leave(gateway);
}

tanu_status gateway_take_back(struct gateway *gateway, struct service *service, tanu_error *err)
{
	tanu_status st;

	enter(gateway);
	service_feed_close(&gateway->feed);
	if ((st = service_feed_open(&gateway->feed, service, err)) == TANU_OK)
		gateway->options.service = service;
	leave(gateway);
	return st;
}

tanu_status gateway_certificate(struct gateway *gateway, const char *pem, tanu_error *err)
{
	char text[HTTP_PIN_LEN];
	struct buf bytes = {0};
	tanu_status st;

	if ((st = http_pin(text, pem, err)) == TANU_OK)
		st = base64_get(&bytes, text + strlen("sha256//"),
				strlen(text + strlen("sha256//")), err);
	if (st == TANU_OK && bytes.len == PAIR_PIN_LEN) {
		enter(gateway);
		memcpy(gateway->pin, bytes.data, PAIR_PIN_LEN);
		gateway->has_pin = true;
		leave(gateway);
	}
	buf_free(&bytes);
	return st;
}

const struct http_route *gateway_routes(struct gateway *gateway)
{
	return gateway->routes;
}
