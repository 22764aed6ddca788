/* SPDX-License-Identifier: Apache-2.0 */
/* What happens at the site, live: a word, a time, an id. The last ones are kept for who comes back
 * with Last-Event-ID. */
#include "api/operations.h"
#include "hook/hook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FEED_MAX 256

struct item {
	char event[32];
	int64_t at_ms;
	tanu_id subject, gate; /* zero: none */
};
struct listener {
	struct listener *next;
	struct feed *feed;
	struct http_stream *stream;
	uint64_t at; /* the next item for it */
	bool people; /* may know whom it is about */
};
struct feed {
	pthread_mutex_t lock;
	struct item item[FEED_MAX]; /* number n lies at n % FEED_MAX */
	uint64_t next;
	struct listener *listeners;
};

tanu_status feed_open(struct feed **out, tanu_error *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	pthread_mutex_init(&(*out)->lock, NULL);
	return TANU_OK;
}

void feed_close(struct feed **feed)
{
	if (!*feed)
		return;
	pthread_mutex_destroy(&(*feed)->lock);
	free(*feed);
	*feed = NULL;
}

/* Who is not to be told is no reason to stop what has happened. */
static void tell_hooks(struct api *api, const char *event, const tanu_id *subject,
		       const tanu_id *gate, int64_t at_ms)
{
	const struct random_source random = os_random();
	const struct hook_event told = {
	    .type = event, .at_ms = at_ms, .gate = *gate, .subject = *subject};
	tanu_error why = {0};

	if (api->options.outbox &&
	    hook_put(api->options.outbox, &told, &random, clock_now(&api->clock), &why) < 0)
		metrics_hook_lost(api->metrics);
}

void feed_say(struct api *api, const char *event, const tanu_id *subject)
{
	static const tanu_id none;

	feed_say_at(api, event, subject ? subject : &none, &none, clock_now(&api->clock));
}

void feed_say_at(struct api *api, const char *event, const tanu_id *subject, const tanu_id *gate,
		 int64_t at_ms)
{
	struct feed *f = api->feed;
	struct item *item;

	pthread_mutex_lock(&f->lock);
	item = &f->item[f->next++ % FEED_MAX];
	*item = (struct item){.at_ms = at_ms, .subject = *subject, .gate = *gate};
	snprintf(item->event, sizeof(item->event), "%s", event);
	for (struct listener *l = f->listeners; l; l = l->next)
		http_stream_wake(l->stream);
	pthread_mutex_unlock(&f->lock);
	tell_hooks(api, event, subject, gate, at_ms);
}

static void put_item(struct buf *out, const struct listener *l, uint64_t number)
{
	const struct item *item = &l->feed->item[number % FEED_MAX];
	struct buf text = {0};
	char id[24];
	struct json_w w;

	jw_init(&w, &text);
	jw_object(&w, NULL);
	jw_text(&w, "event", item->event);
	jw_int(&w, "at_ms", item->at_ms);
	if (l->people && !id_is_zero(&item->subject))
		jw_id(&w, "subject", &item->subject);
	if (!id_is_zero(&item->gate))
		jw_id(&w, "gate", &item->gate);
	jw_end_object(&w);
	snprintf(id, sizeof(id), "%llu", (unsigned long long)number);
	http_event(out, NULL, id, buf_cstr(&text));
	buf_free(&text);
}

static bool next_items(void *self, struct buf *out)
{
	struct listener *l = self;

	pthread_mutex_lock(&l->feed->lock);
	if (l->at + FEED_MAX < l->feed->next)
		l->at = l->feed->next - FEED_MAX;
	while (l->at < l->feed->next)
		put_item(out, l, l->at++);
	pthread_mutex_unlock(&l->feed->lock);
	return true;
}

static void gone(void *self)
{
	struct listener *l = self, **at;

	pthread_mutex_lock(&l->feed->lock);
	for (at = &l->feed->listeners; *at && *at != l; at = &(*at)->next)
		;
	if (*at)
		*at = l->next;
	pthread_mutex_unlock(&l->feed->lock);
	free(l);
}

/* From where it left off, where that is known still. */
static uint64_t begin_at(const struct call *c, const struct feed *f)
{
	const char *last = http_header(c->request, "Last-Event-ID");
	uint64_t number = last ? strtoull(last, NULL, 10) + 1 : f->next;

	return number <= f->next && number + FEED_MAX >= f->next ? number : f->next;
}

tanu_status op_bell_ring(struct call *c, tanu_error *err)
{
	(void)err;
	c->status = 204;
	feed_say(c->api, "bell", NULL);
	return TANU_OK;
}

tanu_status op_events_stream(struct call *c, tanu_error *err)
{
	struct feed *f = c->api->feed;
	struct listener *l = calloc(1, sizeof(*l));
	struct http_stream_source source = {.next = next_items, .closed = gone, .self = l};

	if (!l)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	l->feed = f;
	l->people = (c->who.roles & (ROLE_OPERATOR | ROLE_ENROLMENT | ROLE_PRESENCE)) ||
		    (c->who.scopes & SCOPE_PEOPLE_READ);
	c->answered = true;
	pthread_mutex_lock(&f->lock);
	l->at = begin_at(c, f);
	l->stream = http_events(c->answer, &source);
	if (l->stream) {
		l->next = f->listeners;
		f->listeners = l;
	}
	pthread_mutex_unlock(&f->lock);
	if (!l->stream)
		free(l); /* the answer is 503 */
	return TANU_OK;
}
