/* SPDX-License-Identifier: Apache-2.0 */
#include "http/site.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A channel as a program has it: a number that is told to all who watch. */
#define WATCHERS_MAX 16
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int number;
static struct watcher {
	struct http_stream *stream;
	int told; /* the last number sent */
	int end;  /* the stream ends with this number */
} watchers[WATCHERS_MAX];
static int open_now, closed_ever;

static bool next(void *self, struct buf *out)
{
	struct watcher *w = self;
	char text[32];
	bool goes_on;

	pthread_mutex_lock(&lock);
	for (; w->told < number; w->told++) {
		snprintf(text, sizeof(text), "%d", w->told + 1);
		http_event(out, "number", text, text);
	}
	goes_on = !w->end || w->told < w->end;
	pthread_mutex_unlock(&lock);
	return goes_on;
}

static void closed(void *self)
{
	struct watcher *w = self;

	pthread_mutex_lock(&lock);
	w->stream = NULL;
	open_now--;
	closed_ever++;
	pthread_mutex_unlock(&lock);
}

static void watch(void *self, const struct http_request *r, struct http_answer *a)
{
	const char *end = http_query(r, "end");
	struct watcher *w = watchers;

	(void)self;
	pthread_mutex_lock(&lock);
	while (w->stream)
		w++;
	*w = (struct watcher){.end = end ? atoi(end) : 0};
	w->stream =
	    http_events(a, &(struct http_stream_source){.next = next, .closed = closed, .self = w});
	if (w->stream)
		open_now++;
	pthread_mutex_unlock(&lock);
}

static void tell(int to)
{
	pthread_mutex_lock(&lock);
	number = to;
	for (size_t i = 0; i < WATCHERS_MAX; i++)
		if (watchers[i].stream)
			http_stream_wake(watchers[i].stream);
	pthread_mutex_unlock(&lock);
}

static int open_count(void)
{
	int n;

	pthread_mutex_lock(&lock);
	n = open_now;
	pthread_mutex_unlock(&lock);
	return n;
}

static void hello(void *self, const struct http_request *r, struct http_answer *a)
{
	(void)self;
	(void)r;
	http_text(a, 200, NULL, "hello");
}

static const struct http_route routes[] = {
    {"GET", "/quick", watch, NULL, 0, HTTP_QUICK},
    {"GET", "/slow", watch, NULL, 0, 0},
    {"GET", "/", hello, NULL, 0, HTTP_QUICK},
};

static void start(struct site *site, const struct http_limits *limits)
{
	struct http_options o = {.routes = routes, .routes_len = ARRAY_LEN(routes)};

	if (limits)
		o.limits = *limits;
	number = closed_ever = 0;
	site_start(site, &o);
}

static int listen_to(const struct site *site, const char *path)
{
	char request[200];
	int fd = dial(site);

	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);
	say(fd, request);
	return fd;
}

/* What has come until `part` has. */
static const char *until(int fd, const char *part)
{
	static char text[8192];
	size_t len = 0;
	ssize_t n;

	text[0] = '\0';
	while (!strstr(text, part) && (n = recv(fd, text + len, sizeof(text) - 1 - len, 0)) > 0) {
		len += (size_t)n;
		text[len] = '\0';
	}
	if (!strstr(text, part))
		fail_msg("\"%s\" did not come, but: %s", part, text);
	return text;
}

static void events_come_as_they_happen(void **state)
{
	static const char *const paths[] = {"/quick", "/slow"};
	struct site site;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		int fd;

		start(&site, NULL);
		fd = listen_to(&site, paths[i]);
		assert_has(until(fd, ":\n\n"), "Content-Type: text/event-stream\r\n");
		tell(1);
		until(fd, "id: 1\nevent: number\ndata: 1\n\n");
		tell(3);
		assert_has(until(fd, "data: 3\n\n"), "data: 2\n\n");
		assert_status(get(&site, "/"), 200);
		close(fd);
		site_stop(&site);
		assert_int_equal(open_count(), 0);
		assert_int_equal(closed_ever, 1);
	}
}

static void a_stream_can_end(void **state)
{
	struct site site;
	int fd;

	(void)state;
	start(&site, NULL);
	fd = listen_to(&site, "/slow?end=2");
	until(fd, ":\n\n");
	tell(2);
	assert_has(until(fd, "0\r\n\r\n"), "data: 2\n\n");
	/* and the connection serves the next request */
	say(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	until(fd, "hello");
	assert_int_equal(open_count(), 0);
	close(fd);
	site_stop(&site);
}

static void a_silent_stream_shows_that_it_lives(void **state)
{
	const struct http_limits limits = {.beat_s = 1};
	struct site site;
	int fd;

	(void)state;
	start(&site, &limits);
	fd = listen_to(&site, "/quick");
	until(fd, ":\n\n");
	until(fd, ":\n\n");
	/* A client that has gone is noticed by it. */
	close(fd);
	for (int i = 0; i < 50 && open_count() > 0; i++)
		wait_ms(100);
	assert_int_equal(open_count(), 0);
	site_stop(&site);
}

static void there_is_room_for_so_many(void **state)
{
	const struct http_limits limits = {.streams = 2};
	struct site site;
	int fds[2];

	(void)state;
	start(&site, &limits);
	for (int i = 0; i < 2; i++) {
		fds[i] = listen_to(&site, "/quick");
		until(fds[i], ":\n\n");
	}
	assert_int_equal(http_load(site.server).streams, 2);
	assert_status(get(&site, "/slow"), 503);
	assert_status(get(&site, "/quick"), 503);
	assert_int_equal(closed_ever, 0);
	for (int i = 0; i < 2; i++)
		close(fds[i]);
	site_stop(&site);
}

static void head_opens_no_stream(void **state)
{
	struct site site;
	int fd;

	(void)state;
	start(&site, NULL);
	fd = dial(&site);
	say(fd, "HEAD /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_status(hear_all(fd), 200);
	close(fd);
	site_stop(&site);
	assert_int_equal(open_count(), 0);
	assert_int_equal(closed_ever, 1);
}

static void stopping_ends_streams_at_once(void **state)
{
	struct site site;
	int64_t began;
	int fds[4];

	(void)state;
	start(&site, NULL);
	for (int i = 0; i < 4; i++) {
		fds[i] = listen_to(&site, i % 2 ? "/quick" : "/slow");
		until(fds[i], ":\n\n");
	}
	began = os_monotonic_ns();
	http_stop(&site.server, 10000);
	assert_true(os_monotonic_ns() - began < 3000000000);
	assert_int_equal(open_count(), 0);
	assert_int_equal(closed_ever, 4);
	for (int i = 0; i < 4; i++) {
		until(fds[i], "0\r\n\r\n");
		close(fds[i]);
	}
}

/* Waking, sending, and closing from three sides at once. */
static void *tell_many(void *self)
{
	(void)self;
	for (int i = 1; i <= 2000; i++)
		tell(i);
	return NULL;
}

/* The body without its chunks' heads, which may stand in the midst of an event. */
static char *whole_body(const char *heard)
{
	const char *at = strstr(heard, "\r\n\r\n");
	char *body = calloc(1, strlen(heard) + 1), *out = body, *end = NULL;
	size_t len;

	assert_non_null(at);
	assert_non_null(body);
	for (at += 4; (len = strtoul(at, &end, 16)) > 0; at = end + 2 + len + 2) {
		assert_true(strlen(end) >= 2 + len + 2);
		memcpy(out, end + 2, len);
		out += len;
	}
	return body;
}

static void nothing_is_lost_in_a_crowd(void **state)
{
	struct site site;
	pthread_t teller;
	int fds[8];

	(void)state;
	start(&site, NULL);
	for (int i = 0; i < 8; i++)
		fds[i] = listen_to(&site, i < 4 ? "/quick?end=2000" : "/slow?end=2000");
	assert_int_equal(pthread_create(&teller, NULL, tell_many, NULL), 0);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	for (int i = 3; i < 8; i++) {
		char *all = whole_body(hear(fds[i])), *at = all;
		char line[32];

		for (int n = 1; n <= 2000; n++) {
			snprintf(line, sizeof(line), "data: %d\n\n", n);
			at = strstr(at, line);
			if (!at)
				fail_msg("event %d is missing", n);
		}
		free(all);
		close(fds[i]);
	}
	pthread_join(teller, NULL);
	site_stop(&site);
	assert_int_equal(open_count(), 0);
	assert_int_equal(closed_ever, 8);
}

static void texts_of_events(void **state)
{
	struct buf out = {0};

	(void)state;
	http_event(&out, NULL, NULL, "a");
	http_event(&out, "t\nx", "1\r2", "one\ntwo\r\nthree\rfour\n");
	http_event(&out, NULL, NULL, "");
	assert_string_equal(buf_cstr(&out), "data: a\n\n"
					    "id: 1\nevent: t\ndata: one\ndata: two\ndata: three\n"
					    "data: four\ndata: \n\n"
					    "data: \n\n");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(events_come_as_they_happen),
	    cmocka_unit_test(a_stream_can_end),
	    cmocka_unit_test(a_silent_stream_shows_that_it_lives),
	    cmocka_unit_test(there_is_room_for_so_many),
	    cmocka_unit_test(head_opens_no_stream),
	    cmocka_unit_test(stopping_ends_streams_at_once),
	    cmocka_unit_test(nothing_is_lost_in_a_crowd),
	    cmocka_unit_test(texts_of_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
