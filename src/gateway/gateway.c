/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/gateway.h"

#include "codec/codec.h"
#include "lease/spool.h"

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

struct sync {
	struct lease_head have;
	const uint8_t *events;
	size_t events_len;
};

static tanu_status sync_read(struct sync *out, const struct http_request *request, tanu_error *err)
{
	const uint8_t *begin;
	struct rd r;

	rd_init(&r, request->body, request->body_len);
	begin = rd_bytes(&r, 4);
	out->have.kind = (enum lease_kind)rd_u8(&r);
	rd_copy(&r, out->have.series.b, TANU_ID_LEN);
	out->have.number = rd_u32le(&r);
	out->events_len = rd_u32le(&r);
	out->events = rd_ok(&r) ? rd_bytes(&r, out->events_len) : NULL;
	if (!rd_end(&r) || memcmp(begin, "TGQ1", 4) != 0 || out->have.kind > LEASE_DELTA)
		return tanu_fail(err, TANU_ERR_FORMAT, "sync", "this is no question of a gate");
	return TANU_OK;
}

static tanu_status events_take(struct gateway *g, const struct sync *sync,
			       const struct gate_view *gate, uint64_t *acked, tanu_error *err)
{
	struct gate_intake in = {0};
	tanu_id of = {{0}};
	tanu_status st;

	if (sync->events_len == 0)
		return TANU_OK;
	if ((st = spool_batch_gate(&of, sync->events, sync->events_len, err)) < 0)
		return st;
	if (!id_equal(&of, &gate->id))
		return tanu_fail(err, TANU_ERR_GATE, NULL, "these events are of another gate");
	st = service_gate_events(g->options.service, &in, sync->events, sync->events_len, err);
	*acked = in.upto;
	return st;
}

static void sync_put(struct buf *out, int64_t now_ms, uint64_t acked, const struct lease_keys *keys,
		     const struct buf *doc)
{
	buf_str(out, "TGS1");
	buf_u64le(out, (uint64_t)now_ms);
	buf_u64le(out, acked);
	buf_put(out, keys->gallery.b, SECRET_LEN);
	buf_put(out, keys->cards.b, SECRET_LEN);
	buf_u32le(out, (uint32_t)doc->len);
	buf_put(out, doc->data, doc->len);
}

static tanu_status sync_do(struct gateway *g, const struct http_request *request, struct buf *out,
			   tanu_error *err)
{
	struct lease_keys keys = {.gallery = {{0}}};
	struct buf doc = {.max = LEASE_BYTES_MAX};
	struct gate_view gate = {0};
	struct sync sync = {0};
	bool nothing = false;
	uint64_t acked = 0;
	tanu_status st;

	if (!request->client.present)
		return tanu_fail(err, TANU_ERR_GATE, NULL, "a gate shows its certificate");
	if ((st = sync_read(&sync, request, err)) < 0 ||
	    (st = service_gate_by_pin(g->options.service, &gate, request->client.pin, err)) < 0 ||
	    (st = events_take(g, &sync, &gate, &acked, err)) < 0 ||
	    (st = service_feed_next(g->feed, &doc, &keys, &nothing, &gate.id, &sync.have, err)) < 0)
		goto out;
	sync_put(out, clock_now(&g->clock), acked, &keys, &doc);
	st = buf_check(out, err);
out:
	mem_wipe(&keys, sizeof(keys));
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
