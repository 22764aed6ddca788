/* SPDX-License-Identifier: Apache-2.0 */
/* The reader as the gate sees it: what the thread has found, fetched without waiting. */
#include "device/pcsc/pcsc.h"
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STALE_MS 3000 /* a pass that nobody fetched for so long opens nothing */

static bool is_shown(const struct reader_event *event)
{
	return event->kind == READER_PASS || event->kind == READER_CARD;
}

/* Of events that find no room the oldest goes. The caller holds the lock. */
static void take_first(struct pcsc *p, struct reader_event *out)
{
	if (out)
		*out = p->events[0];
	p->events_len--;
	memmove(&p->events[0], &p->events[1], p->events_len * sizeof(p->events[0]));
	mem_wipe(&p->events[p->events_len], sizeof(p->events[0]));
}

void pcsc_put(struct pcsc *p, const struct reader_event *event)
{
	size_t put;

	pthread_mutex_lock(&p->lock);
	if (p->events_len == PCSC_EVENTS_MAX)
		take_first(p, NULL);
	p->events[p->events_len] = *event;
	p->events[p->events_len++].at_ms = os_monotonic_ns() / 1000000;
	pthread_mutex_unlock(&p->lock);
	(void)os_line_write(p->told_write, "", 1, &put, NULL);
}

bool pcsc_stopping(struct pcsc *p)
{
	bool stop;

	pthread_mutex_lock(&p->lock);
	stop = p->stop;
	pthread_mutex_unlock(&p->lock);
	return stop;
}

void pcsc_pause(struct pcsc *p, int64_t ms)
{
	int64_t until = os_monotonic_ns() + ms * 1000000;
	const struct timespec t = {.tv_sec = until / 1000000000, .tv_nsec = until % 1000000000};

	pthread_mutex_lock(&p->lock);
	while (!p->stop && os_monotonic_ns() < until)
		pthread_cond_timedwait(&p->stirred, &p->lock, &t);
	pthread_mutex_unlock(&p->lock);
}

static tanu_status pcsc_next(void *self, struct reader_event *out, int64_t now_ms, tanu_error *err)
{
	struct pcsc *p = self;
	char told[PCSC_EVENTS_MAX];
	size_t got;

	(void)err;
	out->kind = READER_NOTHING;
	pthread_mutex_lock(&p->lock);
	while (p->events_len > 0 && !out->kind) {
		take_first(p, out);
		if (is_shown(out) && now_ms - out->at_ms > STALE_MS)
			out->kind = READER_NOTHING;
	}
	if (!out->kind)
		(void)os_line_read(p->told_read, told, sizeof(told), &got, NULL);
	pthread_mutex_unlock(&p->lock);
	return TANU_OK;
}

/* A reader of this kind shows its own light only. */
static tanu_status pcsc_show(void *self, enum reader_show show, int64_t now_ms, tanu_error *err)
{
	(void)self;
	(void)show;
	(void)now_ms;
	(void)err;
	return TANU_OK;
}

static int pcsc_fd(const void *self)
{
	return ((const struct pcsc *)self)->told_read;
}

static int64_t pcsc_wake(const void *self)
{
	(void)self;
	return INT64_MAX;
}

static void free_all(struct pcsc *p)
{
	pthread_cond_destroy(&p->stirred);
	pthread_mutex_destroy(&p->lock);
	os_line_close(&p->told_read);
	os_line_close(&p->told_write);
	mem_wipe(p, sizeof(*p));
	free(p);
}

static void pcsc_close(void *self)
{
	struct pcsc *p = self;

	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_broadcast(&p->stirred);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->thread, NULL);
	free_all(p);
}

static const struct reader_ops ops = {.kind = "pcsc",
				      .next = pcsc_next,
				      .show = pcsc_show,
				      .fd = pcsc_fd,
				      .wake_ms = pcsc_wake,
				      .close = pcsc_close};

static void init_locks(struct pcsc *p)
{
	pthread_condattr_t monotonic;

	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&p->stirred, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

static struct pcsc *new_pcsc(const struct pcsc_options *options)
{
	struct pcsc *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->told_read = p->told_write = -1;
	snprintf(p->want, sizeof(p->want), "%s", options->name ? options->name : "");
	p->numbers = options->numbers;
	if (options->file) {
		p->file = *options->file;
		p->has_file = true;
	}
	init_locks(p);
	return p;
}

tanu_status pcsc_reader_open(struct reader *out, const struct pcsc_options *options,
			     tanu_error *err)
{
	struct pcsc *p;
	tanu_status st;

	if (options->file && (options->file->aid_len < 5 || options->file->aid_len > 16))
		return tanu_fail(err, TANU_ERR_SETTING, "aid",
				 "an application's name has 5 to 16 bytes");
	if (!(p = new_pcsc(options)))
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "pcsc", "not enough memory");
	if ((st = os_line_pipe(&p->told_read, &p->told_write, err)) < 0) {
		free_all(p);
		return st;
	}
	if (pthread_create(&p->thread, NULL, pcsc_thread, p) != 0) {
		free_all(p);
		return tanu_fail(err, TANU_ERR_DEVICE, "pcsc", "no thread can be started");
	}
	*out = (struct reader){.ops = &ops, .self = p};
	return TANU_OK;
}
