/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine that lets a process open few files: connections beyond a part of them wait, and the
 * others are answered. Threads: the server's own (pthread_create).
 */
#include "http/site.h"

#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#define FILES	200
#define LET_IN	(FILES / 4)
#define LEAVE	10
#define WAIT_MS 500
#define CLIENTS (LET_IN + 1)
#define ASK	"GET / HTTP/1.1\r\nHost: x\r\n\r\n"

static void hello(void *self, const struct http_request *r, struct http_answer *a)
{
	(void)self;
	(void)r;
	http_text(a, 200, NULL, "hello");
}

static void who_finds_no_room_waits_until_others_leave(void **state)
{
	static const struct http_route routes[] = {{"GET", "/", hello, NULL, 0, 0}};
	const struct rlimit few = {.rlim_cur = FILES, .rlim_max = FILES};
	struct http_options options = {.routes = routes, .routes_len = 1};
	struct pollfd last = {.events = POLLIN};
	struct site site = {0};
	int fd[CLIENTS];

	(void)state;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	site_start(&site, &options);
	for (int i = 0; i < CLIENTS; i++) {
		fd[i] = dial(&site);
		assert_true(fd[i] >= 0);
	}
	say(fd[0], ASK);
	assert_status(hear(fd[0]), 200);
	say(fd[CLIENTS - 1], ASK);
	last.fd = fd[CLIENTS - 1];
	assert_int_equal(poll(&last, 1, WAIT_MS), 0);
	for (int i = 0; i < LEAVE; i++)
		close(fd[i]);
	assert_status(hear(fd[CLIENTS - 1]), 200);
	for (int i = LEAVE; i < CLIENTS; i++)
		close(fd[i]);
	site_stop(&site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_finds_no_room_waits_until_others_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
