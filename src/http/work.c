/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers on threads of their own, so that a slow one keeps no connection waiting but its own. */
#include "http/inside.h"

void work_do(struct exchange *x)
{
	const struct http_route *route = x->match.route;

	route->handle(route->self, &x->request, &x->answer);
	x->handled = true;
}

static struct exchange *take_first(struct http_server *s)
{
	struct exchange *x;

	pthread_mutex_lock(&s->queue_lock);
	while (!s->queue_first && !s->queue_closed)
		pthread_cond_wait(&s->queue_filled, &s->queue_lock);
	x = s->queue_first;
	if (x) {
		s->queue_first = x->next;
		s->queue_len--;
	}
	if (!s->queue_first)
		s->queue_last = NULL;
	pthread_mutex_unlock(&s->queue_lock);
	return x;
}

static void *handler_thread(void *self)
{
	struct http_server *s = self;
	struct exchange *x;

	while ((x = take_first(s))) {
		struct MHD_Connection *mhd = x->mhd;

		work_do(x);
		MHD_resume_connection(mhd);
	}
	return NULL;
}

bool work_take(struct http_server *s, struct exchange *x)
{
	bool taken;

	pthread_mutex_lock(&s->queue_lock);
	taken = s->queue_len < s->limits.queue && !s->queue_closed;
	if (taken) {
		x->next = NULL;
		if (s->queue_last)
			s->queue_last->next = x;
		else
			s->queue_first = x;
		s->queue_last = x;
		s->queue_len++;
		pthread_cond_signal(&s->queue_filled);
	}
	pthread_mutex_unlock(&s->queue_lock);
	return taken;
}

tanu_status work_start(struct http_server *s, tanu_error *err)
{
	for (; s->handlers_len < s->limits.handler_threads; s->handlers_len++)
		if (pthread_create(&s->handlers[s->handlers_len], NULL, handler_thread, s) != 0)
			return tanu_fail(err, TANU_ERR_IO, "threads",
					 "the system gives no more threads");
	return TANU_OK;
}

void work_end(struct http_server *s)
{
	pthread_mutex_lock(&s->queue_lock);
	s->queue_closed = true;
	pthread_cond_broadcast(&s->queue_filled);
	pthread_mutex_unlock(&s->queue_lock);
	while (s->handlers_len > 0)
		pthread_join(s->handlers[--s->handlers_len], NULL);
}
