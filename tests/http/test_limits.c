/* SPDX-License-Identifier: Apache-2.0 */
/* Who is slow, or too many, is cut off; the others are served. Threads: pthread_create. */
#include "http/site.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Handlers of /wait stay until the gate is open. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool gate_open;
static int inside;

static void set_gate(bool open)
{
	pthread_mutex_lock(&lock);
	gate_open = open;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void wait_for_inside(int wanted)
{
	pthread_mutex_lock(&lock);
	while (inside != wanted)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

static void wait_at_gate(void *self, const struct http_request *r, struct http_answer *a)
{
	(void)self;
	(void)r;
	pthread_mutex_lock(&lock);
	inside++;
	pthread_cond_broadcast(&changed);
	while (!gate_open)
		pthread_cond_wait(&changed, &lock);
	inside--;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	http_text(a, 200, NULL, "waited");
}

static void hello(void *self, const struct http_request *r, struct http_answer *a)
{
	(void)self;
	(void)r;
	http_text(a, 200, NULL, "hello");
}

static void large(void *self, const struct http_request *r, struct http_answer *a)
{
	struct buf out = {0};

	(void)self;
	(void)r;
	for (int i = 0; i < 1 << 20; i++)
		buf_str(&out, "0123456789abcdef");
	http_body(a, 200, NULL, &out);
}

static const struct http_route routes[] = {
    {"GET", "/", hello, NULL, 0, HTTP_QUICK},
    {"POST", "/", hello, NULL, 10000, 0},
    {"GET", "/wait", wait_at_gate, NULL, 0, 0},
    {"GET", "/large", large, NULL, 0, 0},
};

static void start(struct site *site, const struct http_limits *limits)
{
	const struct http_options o = {
	    .routes = routes, .routes_len = ARRAY_LEN(routes), .limits = *limits};

	site_start(site, &o);
}

/* A byte every 100 ms never ends a head, whatever is said in between. */
static void a_slow_head_is_cut_off(void **state)
{
	const struct http_limits limits = {.head_s = 1};
	static const char drip[] =
	    "GET / HTTP/1.1\r\nHost: x\r\nX: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	struct site site;
	int slow, idle, cut_at = 0;

	(void)state;
	start(&site, &limits);
	slow = dial(&site);
	idle = dial(&site);
	for (int i = 0; i < 40 && !cut_at; i++) {
		say_bytes(slow, &drip[i], 1);
		if (is_closed(slow, 100))
			cut_at = i;
		assert_status(get(&site, "/"), 200);
	}
	assert_in_range(cut_at, 8, 25);
	assert_true(is_closed(idle, 100));
	close(slow);
	close(idle);
	site_stop(&site);
}

static void a_slow_body_is_cut_off(void **state)
{
	const struct http_limits limits = {.body_s = 1};
	struct site site;
	int slow, cut_at = 0;

	(void)state;
	start(&site, &limits);
	slow = dial(&site);
	say(slow, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
	for (int i = 0; i < 40 && !cut_at; i++) {
		say(slow, "x");
		if (is_closed(slow, 100))
			cut_at = i;
	}
	assert_in_range(cut_at, 8, 25);
	close(slow);
	site_stop(&site);
}

static void a_slow_reader_is_cut_off(void **state)
{
	const struct http_limits limits = {.answer_s = 1};
	struct http_load load;
	struct site site;
	int fd;

	(void)state;
	start(&site, &limits);
	fd = dial(&site);
	say(fd, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
	for (int i = 0; i < 40; i++) { /* keeps the connection alive, never gets through */
		char byte;

		wait_ms(100);
		(void)!recv(fd, &byte, 1, MSG_DONTWAIT);
		load = http_load(site.server);
		if (load.connections == 0)
			break;
	}
	assert_int_equal(load.connections, 0);
	close(fd);
	site_stop(&site);
}

static void a_handler_may_take_its_time(void **state)
{
	const struct http_limits limits = {.head_s = 1, .body_s = 1, .answer_s = 1};
	struct site site;
	int fd;

	(void)state;
	set_gate(false);
	start(&site, &limits);
	fd = dial(&site);
	say(fd, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
	wait_ms(1600);
	set_gate(true);
	assert_string_equal(body_of(hear(fd)), "waited");
	close(fd);
	site_stop(&site);
}

static void one_address_gets_so_many_connections(void **state)
{
	const struct http_limits limits = {.per_address = 3};
	struct site site;
	int fds[3], more;

	(void)state;
	start(&site, &limits);
	for (int i = 0; i < 3; i++) {
		fds[i] = dial(&site);
		say(fds[i], "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
		assert_status(hear(fds[i]), 200);
	}
	more = dial(&site);
	assert_true(is_closed(more, 2000));
	close(more);
	say(fds[0], "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_status(hear(fds[0]), 200);
	close(fds[0]);
	for (int i = 0; i < 100 && http_load(site.server).connections > 2; i++)
		wait_ms(10);
	assert_status(get(&site, "/"), 200);
	close(fds[1]);
	close(fds[2]);
	site_stop(&site);
}

static void more_connections_wait_for_room(void **state)
{
	const struct http_limits limits = {.connections = 2, .io_threads = 1};
	struct site site;
	int fds[3];

	(void)state;
	start(&site, &limits);
	for (int i = 0; i < 3; i++) {
		fds[i] = dial(&site);
		say(fds[i], "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
		if (i < 2)
			assert_status(hear(fds[i]), 200);
	}
	assert_false(is_closed(fds[2], 300));
	assert_int_equal(http_load(site.server).connections, 2);
	close(fds[0]);
	assert_status(hear(fds[2]), 200);
	close(fds[1]);
	close(fds[2]);
	site_stop(&site);
}

static void requests_beyond_the_queue_are_told_to_come_later(void **state)
{
	const struct http_limits limits = {.queue = 1, .handler_threads = 1};
	struct site site;
	const char *answer;
	int first, second;

	(void)state;
	set_gate(false);
	start(&site, &limits);
	first = dial(&site);
	say(first, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
	wait_for_inside(1);
	second = dial(&site);
	say(second, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
	wait_ms(100);
	answer = get(&site, "/wait");
	assert_status(answer, 503);
	assert_has(answer, "Retry-After: 1\r\n");
	assert_status(get(&site, "/"), 200); /* quick ones do not wait */
	set_gate(true);
	assert_string_equal(body_of(hear(first)), "waited");
	assert_string_equal(body_of(hear(second)), "waited");
	close(first);
	close(second);
	site_stop(&site);
}

static void bodies_have_a_bound_all_together(void **state)
{
	const struct http_limits limits = {.body_bytes = 15000};
	struct site site;
	int first;

	(void)state;
	start(&site, &limits);
	first = dial(&site);
	say(first, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\nx");
	wait_ms(100);
	assert_status(ask(&site, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6000\r\n\r\n"),
		      503);
	close(first);
	for (int i = 0; i < 100 && http_load(site.server).connections > 0; i++)
		wait_ms(10);
	assert_status(ask(&site, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx"), 200);
	site_stop(&site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_slow_head_is_cut_off),
	    cmocka_unit_test(a_slow_body_is_cut_off),
	    cmocka_unit_test(a_slow_reader_is_cut_off),
	    cmocka_unit_test(a_handler_may_take_its_time),
	    cmocka_unit_test(one_address_gets_so_many_connections),
	    cmocka_unit_test(more_connections_wait_for_room),
	    cmocka_unit_test(requests_beyond_the_queue_are_told_to_come_later),
	    cmocka_unit_test(bodies_have_a_bound_all_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
