/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Server-sent events. While there is nothing to say the connection is suspended: it costs memory
 * and no time. Waking it is a flag and a call of libmicrohttpd.
 */
#include "http/inside.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK	    4096
#define PENDING_MAX ((size_t)1 << 20)

static void unlist(struct http_stream *stream)
{
	struct http_server *s = stream->server;

	pthread_mutex_lock(&s->lock);
	for (struct http_stream **at = &s->streams; *at; at = &(*at)->next)
		if (*at == stream) {
			*at = stream->next;
			s->streams_len--;
			break;
		}
	pthread_mutex_unlock(&s->lock);
}

/* False: there are too many. */
static bool list(struct http_stream *stream)
{
	struct http_server *s = stream->server;
	bool room;

	pthread_mutex_lock(&s->lock);
	room = s->streams_len < s->limits.streams;
	if (room) {
		/* Empty, and not refused: browsers come back to it then. */
		stream->ending = atomic_load(&stream->generation->retired_ns) != 0;
		stream->next = s->streams;
		s->streams = stream;
		s->streams_len++;
	}
	pthread_mutex_unlock(&s->lock);
	return room;
}

static void stream_free(struct http_stream *stream)
{
	pthread_mutex_destroy(&stream->lock);
	buf_wipe(&stream->pending);
	free(stream);
}

struct http_stream *http_events(struct http_answer *answer, const struct http_stream_source *source)
{
	struct exchange *x = answer->exchange;
	struct http_stream *stream = calloc(1, sizeof(*stream));

	if (stream) {
		stream->server = x->server;
		stream->generation = x->generation;
		stream->source = *source;
		stream->pending.max = PENDING_MAX;
		atomic_store(&stream->spoke_ns, os_monotonic_ns());
		pthread_mutex_init(&stream->lock, NULL);
	}
	if (!stream || !list(stream)) {
		if (stream)
			stream_free(stream);
		answer_refuse(answer, 503, "too many are watching already");
		return NULL;
	}
	http_text(answer, 200, "text/event-stream", "");
	http_set(answer, "X-Accel-Buffering", "no");
	answer->stream = stream;
	return stream;
}

void stream_drop(struct http_stream *stream)
{
	unlist(stream);
	stream->source.closed(stream->source.self);
	stream_free(stream);
}

/* ---- the serving thread's side ---- */

static void free_response(void *self)
{
	stream_drop(self);
}

static size_t hand_out(struct http_stream *stream, char *out, size_t max)
{
	size_t left = stream->pending.len - stream->sent, n = left < max ? left : max;

	memcpy(out, stream->pending.data + stream->sent, n);
	stream->sent += n;
	if (stream->sent == stream->pending.len)
		stream->sent = stream->pending.len = 0;
	atomic_store(&stream->spoke_ns, os_monotonic_ns());
	return n;
}

/* Nobody said anything meanwhile: wait for it. False: look again. */
static bool wait_for_more(struct http_stream *stream)
{
	bool waits;

	pthread_mutex_lock(&stream->lock);
	waits = !stream->woken && !stream->ending;
	stream->woken = false;
	if (waits) {
		stream->suspended = true;
		MHD_suspend_connection(stream->mhd);
	}
	pthread_mutex_unlock(&stream->lock);
	return waits;
}

static bool is_ending(struct http_stream *stream)
{
	bool ending;

	pthread_mutex_lock(&stream->lock);
	ending = stream->ending;
	pthread_mutex_unlock(&stream->lock);
	return ending;
}

static bool is_silent(struct http_stream *stream, int64_t now_ns)
{
	int64_t beat_ns = (int64_t)stream->server->limits.beat_s * 1000000000;

	return now_ns - atomic_load(&stream->spoke_ns) >= beat_ns;
}

/* A comment: the first bytes, so that the client knows it is connected, and a sign of life. */
static void beat(struct http_stream *stream)
{
	if (!stream->started || is_silent(stream, os_monotonic_ns()))
		buf_str(&stream->pending, ":\n\n");
	stream->started = true;
}

static ssize_t read_stream(void *self, uint64_t at, char *out, size_t max)
{
	struct http_stream *stream = self;

	(void)at;
	for (;;) {
		if (is_ending(stream))
			return MHD_CONTENT_READER_END_OF_STREAM;
		if (stream->pending.len == 0 && !stream->over) {
			beat(stream);
			stream->over = !stream->source.next(stream->source.self, &stream->pending);
		}
		if (stream->pending.failed)
			return MHD_CONTENT_READER_END_WITH_ERROR;
		if (stream->pending.len > 0)
			return (ssize_t)hand_out(stream, out, max);
		if (stream->over)
			return MHD_CONTENT_READER_END_OF_STREAM;
		if (wait_for_more(stream))
			return 0;
	}
}

struct MHD_Response *stream_response(struct http_stream *stream, struct MHD_Connection *mhd)
{
	stream->mhd = mhd;
	return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_stream, stream,
						 free_response);
}

/* ---- from other threads ---- */

void http_stream_wake(struct http_stream *stream)
{
	pthread_mutex_lock(&stream->lock);
	if (stream->suspended) {
		stream->suspended = false;
		MHD_resume_connection(stream->mhd);
	} else {
		stream->woken = true;
	}
	pthread_mutex_unlock(&stream->lock);
}

void streams_end(struct http_server *s, const struct generation *generation)
{
	pthread_mutex_lock(&s->lock);
	for (struct http_stream *at = s->streams; at; at = at->next) {
		if (generation && at->generation != generation)
			continue;
		pthread_mutex_lock(&at->lock);
		at->ending = true;
		pthread_mutex_unlock(&at->lock);
		http_stream_wake(at);
	}
	pthread_mutex_unlock(&s->lock);
}

void streams_beat(struct http_server *s, int64_t now_ns)
{
	pthread_mutex_lock(&s->lock);
	for (struct http_stream *at = s->streams; at; at = at->next)
		if (is_silent(at, now_ns))
			http_stream_wake(at);
	pthread_mutex_unlock(&s->lock);
}

/* ---- text of an event ---- */

static void put_field(struct buf *out, const char *name, const char *value, size_t len)
{
	buf_str(out, name);
	buf_str(out, ": ");
	buf_put(out, value, len);
	buf_str(out, "\n");
}

void http_event(struct buf *out, const char *type, const char *id, const char *data)
{
	if (id)
		put_field(out, "id", id, strcspn(id, "\r\n"));
	if (type)
		put_field(out, "event", type, strcspn(type, "\r\n"));
	for (;;) {
		size_t len = strcspn(data, "\r\n");

		put_field(out, "data", data, len);
		data += len;
		if (*data == '\0')
			break;
		data += data[0] == '\r' && data[1] == '\n' ? 2 : 1;
	}
	buf_str(out, "\n");
}
