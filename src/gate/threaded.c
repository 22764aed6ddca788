/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reader in a thread of its own, for one that has to be fetched within milliseconds whatever the
 * gate is doing. What it showed waits here, bounded; what a full queue has no room for is lost, the
 * newest first, so that nothing overtakes.
 */
#include "gate/inside.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_MAX 16
#define POLL_MS	  5 /* a third of the time that Wiegand gives */

struct threaded {
	struct reader inner;
	pthread_t thread;
	pthread_mutex_t lock;
	atomic_bool stop;
	struct reader_event queue[QUEUE_MAX];
	size_t first, len;
	int show; /* to be shown; -1: nothing new */
	int told_read, told_write;
};

static int64_t now(void)
{
	return os_monotonic_ns() / 1000000;
}

static void fetch(struct threaded *t)
{
	static const uint8_t byte = 1;
	struct reader_event e = {.kind = READER_NOTHING};
	size_t put = 0;

	while (reader_next(&t->inner, &e, now(), NULL) == TANU_OK && e.kind != READER_NOTHING) {
		pthread_mutex_lock(&t->lock);
		if (t->len < QUEUE_MAX)
			t->queue[(t->first + t->len++) % QUEUE_MAX] = e;
		pthread_mutex_unlock(&t->lock);
		os_line_write(t->told_write, &byte, 1, &put, NULL);
		e.kind = READER_NOTHING;
	}
	mem_wipe(e.bytes, sizeof(e.bytes));
}

static void show_wanted(struct threaded *t)
{
	int show;

	pthread_mutex_lock(&t->lock);
	show = t->show;
	t->show = -1;
	pthread_mutex_unlock(&t->lock);
	if (show >= 0)
		reader_show(&t->inner, (enum reader_show)show, now(), NULL);
}

static void *run(void *self)
{
	struct threaded *t = self;

	while (!atomic_load(&t->stop)) {
		struct pollfd fd = {.fd = reader_fd(&t->inner), .events = POLLIN};

		poll(&fd, fd.fd >= 0, POLL_MS);
		show_wanted(t);
		fetch(t);
	}
	return NULL;
}

static tanu_status next(void *self, struct reader_event *out, int64_t now_ms, tanu_error *err)
{
	uint8_t bytes[QUEUE_MAX];
	struct threaded *t = self;
	size_t got = 0;

	(void)now_ms;
	(void)err;
	out->kind = READER_NOTHING;
	os_line_read(t->told_read, bytes, sizeof(bytes), &got, NULL);
	pthread_mutex_lock(&t->lock);
	if (t->len > 0) {
		*out = t->queue[t->first];
		mem_wipe(&t->queue[t->first], sizeof(t->queue[t->first]));
		t->first = (t->first + 1) % QUEUE_MAX;
		t->len--;
	}
	pthread_mutex_unlock(&t->lock);
	return TANU_OK;
}

static tanu_status show(void *self, enum reader_show what, int64_t now_ms, tanu_error *err)
{
	struct threaded *t = self;

	(void)now_ms;
	(void)err;
	pthread_mutex_lock(&t->lock);
	t->show = (int)what;
	pthread_mutex_unlock(&t->lock);
	return TANU_OK;
}

static int fd(const void *self)
{
	return ((const struct threaded *)self)->told_read;
}

static int64_t wake_ms(const void *self)
{
	(void)self;
	return INT64_MAX;
}

static void close_reader(void *self)
{
	struct threaded *t = self;

	atomic_store(&t->stop, true);
	pthread_join(t->thread, NULL);
	reader_close(&t->inner);
	os_line_close(&t->told_read);
	os_line_close(&t->told_write);
	pthread_mutex_destroy(&t->lock);
	mem_wipe(t, sizeof(*t));
	free(t);
}

static const struct reader_ops ops = {.kind = "threaded",
				      .next = next,
				      .show = show,
				      .fd = fd,
				      .wake_ms = wake_ms,
				      .close = close_reader};

tanu_status gate_reader_thread(struct reader *reader, tanu_error *err)
{
	struct threaded *t = calloc(1, sizeof(*t));
	tanu_status st;

	if (!t)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a reader");
	t->inner = *reader;
	t->show = -1;
	pthread_mutex_init(&t->lock, NULL);
	st = os_line_pipe(&t->told_read, &t->told_write, err);
	if (st == TANU_OK && pthread_create(&t->thread, NULL, run, t) != 0)
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "no thread for a reader");
	if (st < 0) {
		os_line_close(&t->told_read);
		os_line_close(&t->told_write);
		free(t);
		return st;
	}
	*reader = (struct reader){.ops = &ops, .self = t};
	return TANU_OK;
}
