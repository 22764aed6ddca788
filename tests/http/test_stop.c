/* SPDX-License-Identifier: Apache-2.0 */
/* A server that stops answers what it was asked. */
#include "http/site.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS 24

static void slow(void *self, const struct http_request *r, struct http_answer *a)
{
	(void)self;
	wait_ms(30);
	http_text(a, 200, NULL, r->body_len ? "got it" : "slow");
}

static void quick(void *self, const struct http_request *r, struct http_answer *a)
{
	(void)self;
	(void)r;
	http_text(a, 200, NULL, "quick");
}

static void for_ever(void *self, const struct http_request *r, struct http_answer *a)
{
	(void)self;
	(void)r;
	wait_ms(600);
	http_text(a, 200, NULL, "at last");
}

static const struct http_route routes[] = {
    {"GET", "/slow", slow, NULL, 0, 0},
    {"POST", "/slow", slow, NULL, 100, 0},
    {"GET", "/quick", quick, NULL, 0, HTTP_QUICK},
    {"GET", "/for-ever", for_ever, NULL, 0, 0},
};
static const struct http_options options = {.routes = routes, .routes_len = ARRAY_LEN(routes)};

static void what_was_asked_is_answered(void **state)
{
	int fds[CLIENTS], half, idle;
	struct site site;

	(void)state;
	site_start(&site, &options);
	idle = dial(&site);
	say(idle, "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_status(hear(idle), 200);
	half = dial(&site);
	say(half, "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n01234");
	/* More than there are handlers; the last are hardly accepted when it stops. */
	for (int i = 0; i < CLIENTS; i++) {
		fds[i] = dial(&site);
		assert_true(fds[i] >= 0);
		say(fds[i], "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
	}
	say(half, "56789");
	http_stop(&site.server, 10000);
	for (int i = 0; i < CLIENTS; i++) {
		const char *all = hear_all(fds[i]);

		assert_status(all, 200);
		assert_string_equal(body_of(all), "slow");
		close(fds[i]);
	}
	assert_string_equal(body_of(hear_all(half)), "got it");
	close(half);
	assert_true(is_closed(idle, 0));
	close(idle);
	assert_int_equal(dial(&site), -1);
}

/* Clients that go on asking, each on a new connection, until they are refused. */
struct crowd {
	struct site site;
	atomic_int answered, lost;
};

static void *ask_until_refused(void *self)
{
	struct crowd *crowd = self;
	char answer[512];

	for (;;) {
		size_t len = 0;
		ssize_t n;
		int fd = dial(&crowd->site);

		if (fd < 0)
			return NULL;
		say(fd, "GET /quick HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
		while ((n = recv(fd, answer + len, sizeof(answer) - 1 - len, 0)) > 0)
			len += (size_t)n;
		answer[len] = '\0';
		close(fd);
		if (strstr(answer, "\r\n\r\nquick"))
			crowd->answered++;
		else
			crowd->lost++;
	}
}

static void a_busy_server_stops_between_two_connections(void **state)
{
	static struct crowd crowd;
	pthread_t threads[4];

	(void)state;
	site_start(&crowd.site, &options);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask_until_refused, &crowd), 0);
	wait_ms(300);
	http_stop(&crowd.site.server, 10000);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_true(crowd.answered > 100);
	/* Between the last look at the queue of the kernel and closing it one may slip in. */
	assert_in_range(crowd.lost, 0, 4);
}

static void stopping_does_not_wait_for_ever(void **state)
{
	struct site site;
	int64_t began;
	int half, busy;

	(void)state;
	site_start(&site, &options);
	half = dial(&site);
	say(half, "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n01234");
	busy = dial(&site);
	say(busy, "GET /for-ever HTTP/1.1\r\nHost: x\r\n\r\n");
	wait_ms(100);
	began = os_monotonic_ns();
	http_stop(&site.server, 200); /* the handler is waited for, the half request is not */
	assert_in_range(os_monotonic_ns() - began, 400000000, 3000000000);
	assert_true(is_closed(half, 0));
	close(half);
	close(busy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_asked_is_answered),
	    cmocka_unit_test(a_busy_server_stops_between_two_connections),
	    cmocka_unit_test(stopping_does_not_wait_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
