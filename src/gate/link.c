/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/link.h"

#include "lease/spool.h"
#include "net/net.h"
#include "os/os.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CONNECT_MS 5000
#define TOTAL_MS   15000

struct link {
	struct net *net;
	char url[NET_URL_MAX];
	int poll_ms;
	pthread_t thread;
	bool running;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	atomic_bool stop;
	int told_read, told_write;
	struct lease_head have;
	bool in_lockdown;
	struct buf events; /* to be sent; empty: none */
	bool busy;	   /* events are on their way */
	bool news_there;
	struct link_news news;
};

void link_news_wipe(struct link_news *news)
{
	buf_wipe(&news->doc);
	mem_wipe(news, sizeof(*news));
}

/* ---- one question and its answer ---- */

static tanu_status answer_get(struct link_news *out, struct net_response *response, tanu_error *err)
{
	struct sync_answer answer = {.doc = NULL};
	tanu_status st = sync_answer_get(&answer, response->body.data, response->body.len, err);

	if (st < 0)
		return st;
	out->time_ms = answer.time_ms;
	out->acked = answer.acked;
	out->orders = answer.orders;
	out->keys = answer.keys;
	buf_put(&out->doc, answer.doc, answer.doc_len);
	out->answered = true;
	mem_wipe(&answer, sizeof(answer));
	return buf_check(&out->doc, err);
}

/* Its own sentence says more than a number; it comes from the pinned server. */
static tanu_status refusal_get(struct net_response *response, tanu_error *err)
{
	struct buf text = {.max = 512};
	tanu_status st;

	utf8_put_clean(&text, response->body.len < 300 ? buf_cstr(&response->body) : "");
	st = tanu_fail(err, TANU_ERR_NETWORK, "sync", "status %d: %s", response->status,
		       buf_cstr(&text));
	buf_free(&text);
	return st;
}

static void exchange(struct link *l, const struct sync_ask *question, struct link_news *out)
{
	struct net_header type = {"content-type", "application/octet-stream"};
	struct net_response response = {0};
	struct buf ask = {.max = SPOOL_BATCH_BYTES + 1024};
	struct net_request request = {.method = "POST",
				      .url = l->url,
				      .headers = &type,
				      .headers_len = 1,
				      .max_bytes = LEASE_BYTES_MAX + 1024,
				      .repeatable = true};
	tanu_status st;

	sync_ask_put(&ask, question);
	request.body = ask.data;
	request.body_len = ask.len;
	if ((st = buf_check(&ask, &out->err)) == TANU_OK &&
	    (st = net_send(l->net, &response, &request, &out->err)) == TANU_OK) {
		out->revoked = response.status == 403 || response.status == 401;
		st = response.status == 200 ? answer_get(out, &response, &out->err)
					    : refusal_get(&response, &out->err);
	}
	if (st < 0)
		out->answered = false;
	buf_wipe(&response.body);
	net_response_free(&response);
	buf_free(&ask);
}

/* ---- its thread ---- */

static void pause_for(struct link *l, int ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&l->lock);
	if (!atomic_load(&l->stop))
		pthread_cond_timedwait(&l->wake, &l->lock, &until);
	pthread_mutex_unlock(&l->lock);
}

/* What was not fetched yet would be lost: then it waits. */
static bool take_order(struct link *l, struct sync_ask *ask, struct buf *events)
{
	bool may;

	pthread_mutex_lock(&l->lock);
	if ((may = !l->news_there)) {
		buf_put(events, l->events.data, l->events.len);
		*ask = (struct sync_ask){.have = l->have,
					 .in_lockdown = l->in_lockdown,
					 .events = events->data,
					 .events_len = events->len};
	}
	pthread_mutex_unlock(&l->lock);
	return may;
}

static void hand_over(struct link *l, struct link_news *news)
{
	static const uint8_t byte = 1;
	size_t put = 0;

	pthread_mutex_lock(&l->lock);
	l->news = *news;
	l->news_there = true;
	if (news->answered) {
		buf_free(&l->events);
		l->busy = false;
	}
	pthread_mutex_unlock(&l->lock);
	os_line_write(l->told_write, &byte, 1, &put, NULL);
}

static void *run(void *self)
{
	struct link *l = self;

	while (!atomic_load(&l->stop)) {
		struct buf events = {.max = SPOOL_BATCH_BYTES + 1024};
		struct sync_ask ask = {.events = NULL};
		struct link_news news = {0};
		bool more = false;

		if (take_order(l, &ask, &events)) {
			exchange(l, &ask, &news);
			more = news.answered && (events.len > 0 || news.doc.len > 0);
			hand_over(l, &news);
		}
		buf_free(&events);
		pause_for(l, more ? 20 : l->poll_ms);
	}
	return NULL;
}

/* ---- the gate's side ---- */

static tanu_status net_ready(struct link *l, const struct link_options *o, tanu_error *err)
{
	struct net_options options = {.connect_ms = CONNECT_MS,
				      .total_ms = TOTAL_MS,
				      .certificate = o->certificate,
				      .key = o->key};
	struct buf pin = {.max = NET_PIN_LEN + 8};
	tanu_status st;

	buf_str(&pin, "sha256//");
	base64_put(&pin, o->server_pin, 32);
	options.pin = buf_cstr(&pin);
	if ((st = buf_check(&pin, err)) == TANU_OK)
		st = net_open(&l->net, &options, err);
	buf_free(&pin);
	return st;
}

tanu_status link_open(struct link **out, const struct link_options *options, tanu_error *err)
{
	struct link *l = calloc(1, sizeof(*l));
	pthread_condattr_t attr;
	tanu_status st;

	if (!l)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for the link");
	l->told_read = l->told_write = -1;
	l->poll_ms = options->poll_ms;
	snprintf(l->url, sizeof(l->url), "%s/gate/v1/sync", options->url);
	pthread_mutex_init(&l->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&l->wake, &attr);
	pthread_condattr_destroy(&attr);
	if ((st = net_url_check(l->url, false, err)) == TANU_OK &&
	    (st = net_ready(l, options, err)) == TANU_OK &&
	    (st = os_line_pipe(&l->told_read, &l->told_write, err)) == TANU_OK) {
		if (pthread_create(&l->thread, NULL, run, l) == 0)
			l->running = true;
		else
			st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "no thread for the link");
	}
	if (st == TANU_OK)
		*out = l;
	else
		link_close(&l);
	return st;
}

void link_close(struct link **link)
{
	struct link *l = *link;

	if (!l)
		return;
	pthread_mutex_lock(&l->lock);
	atomic_store(&l->stop, true);
	pthread_cond_signal(&l->wake);
	pthread_mutex_unlock(&l->lock);
	if (l->running)
		pthread_join(l->thread, NULL);
	net_close(&l->net);
	link_news_wipe(&l->news);
	buf_free(&l->events);
	os_line_close(&l->told_read);
	os_line_close(&l->told_write);
	pthread_cond_destroy(&l->wake);
	pthread_mutex_destroy(&l->lock);
	free(l);
	*link = NULL;
}

void link_put(struct link *link, const struct lease_head *have, bool in_lockdown,
	      const struct buf *events, uint64_t last)
{
	(void)last;
	pthread_mutex_lock(&link->lock);
	link->have = *have;
	link->in_lockdown = in_lockdown;
	if (events && events->len && !link->busy) {
		buf_free(&link->events);
		buf_put(&link->events, events->data, events->len);
		link->busy = !link->events.failed;
		pthread_cond_signal(&link->wake); /* what has happened is told at once */
	}
	pthread_mutex_unlock(&link->lock);
}

bool link_wants_events(struct link *link)
{
	bool wants;

	pthread_mutex_lock(&link->lock);
	wants = !link->busy && !link->news_there;
	pthread_mutex_unlock(&link->lock);
	return wants;
}

bool link_next(struct link *link, struct link_news *out)
{
	uint8_t bytes[8];
	size_t got = 0;
	bool there;

	os_line_read(link->told_read, bytes, sizeof(bytes), &got, NULL);
	pthread_mutex_lock(&link->lock);
	if ((there = link->news_there)) {
		*out = link->news;
		mem_wipe(&link->news, sizeof(link->news));
		link->news_there = false;
	}
	pthread_mutex_unlock(&link->lock);
	return there;
}

int link_fd(const struct link *link)
{
	return link->told_read;
}
