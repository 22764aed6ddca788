/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "os/scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void listens_where_it_is_told(void **state)
{
	static const struct {
		const char *address, *begins;
		bool loopback;
	} rows[] = {
	    {"127.0.0.1:0", "127.0.0.1:", true},
	    {"127.0.0.2:0", "127.0.0.2:", true},
	    {"localhost:0", "127.0.0.1:", true},
	    {"0.0.0.0:0", "0.0.0.0:", false},
	};
	char address[OS_ADDRESS_LEN];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int fd = -1;

		assert_int_equal(os_listen(&fd, rows[i].address, NULL), TANU_OK);
		os_socket_address(address, fd);
		assert_memory_equal(address, rows[i].begins, strlen(rows[i].begins));
		assert_true(atoi(strrchr(address, ':') + 1) > 0);
		assert_true(os_socket_is_loopback(fd) == rows[i].loopback);
		assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
		close(fd);
	}
}

static void listens_on_all_addresses(void **state)
{
	int fd = -1;

	(void)state;
	assert_int_equal(os_listen(&fd, ":0", NULL), TANU_OK);
	assert_false(os_socket_is_loopback(fd));
	close(fd);
}

static void refuses_what_is_no_address(void **state)
{
	static const char *const bad[] = {
	    "",
	    "7380",
	    "127.0.0.1",
	    "127.0.0.1:",
	    "127.0.0.1:-1",
	    "1.2.3:80",
	    "127.0.0.1:65536",
	    "127.0.0.1: 1",
	    "example.org:80",
	    "[::1:80",
	    "::1:80",
	    "[127.0.0.1]:80",
	    "[]:80",
	    "127.0.0.1:8x",
	    "/run/socket",
	    "[::1]80:80",
	    "127.0.0.1:80:80",
	};
	int fd = -1;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (os_listen(&fd, bad[i], NULL) != TANU_USAGE)
			fail_msg("took \"%s\"", bad[i]);
	assert_int_equal(fd, -1);
}

static void says_that_a_port_is_taken(void **state)
{
	char address[OS_ADDRESS_LEN];
	tanu_error err = {0};
	int first = -1, second = -1;

	(void)state;
	assert_int_equal(os_listen(&first, "127.0.0.1:0", NULL), TANU_OK);
	os_socket_address(address, first);
	assert_int_equal(os_listen(&second, address, &err), TANU_SYSTEM);
	assert_string_equal(err.place, address);
	assert_non_null(strstr(err.message, "another program"));
	assert_int_equal(os_listen(&second, "192.0.2.1:0", &err), TANU_SYSTEM);
	assert_non_null(strstr(err.message, "no such address"));
	close(first);
}

/* ---- sockets handed over: a child, since the descriptors begin at 3 ---- */

static void hand_over(const char *count, const char *pid)
{
	char own[16];

	snprintf(own, sizeof(own), "%d", (int)getpid());
	setenv("LISTEN_FDS", count, 1);
	setenv("LISTEN_PID", pid ? pid : own, 1);
}

static void listener_at(int fd)
{
	int opened = -1;

	if (os_listen(&opened, "127.0.0.1:0", NULL) < 0)
		_exit(2);
	if (opened != fd)
		dup2(opened, fd);
}

static void take_two(void *self)
{
	int fds[4] = {0};
	size_t len = 9;

	(void)self;
	listener_at(3);
	listener_at(4);
	hand_over("2", NULL);
	if (os_listen_inherited(fds, 4, &len, NULL) < 0 || len != 2 || fds[0] != 3 || fds[1] != 4)
		_exit(1);
	if (!(fcntl(4, F_GETFD) & FD_CLOEXEC) || !(fcntl(4, F_GETFL) & O_NONBLOCK))
		_exit(1);
	if (getenv("LISTEN_FDS") || getenv("LISTEN_PID"))
		_exit(1);
	if (os_listen_inherited(fds, 4, &len, NULL) < 0 || len != 0)
		_exit(1);
}

static void take_anothers(void *self)
{
	int fds[4];
	size_t len = 9;

	(void)self;
	hand_over("1", "1");
	if (os_listen_inherited(fds, 4, &len, NULL) < 0 || len != 0)
		_exit(1);
}

static void take_too_many(void *self)
{
	int fds[4];
	size_t len = 9;

	(void)self;
	hand_over("5", NULL);
	if (os_listen_inherited(fds, 4, &len, NULL) != TANU_USAGE)
		_exit(1);
}

static void take_what_does_not_listen(void *self)
{
	int fds[4], plain = socket(AF_INET, SOCK_STREAM, 0);
	size_t len = 9;

	(void)self;
	dup2(plain, 3);
	hand_over("1", NULL);
	if (os_listen_inherited(fds, 4, &len, NULL) != TANU_USAGE)
		_exit(1);
}

static void takes_sockets_of_the_service_manager(void **state)
{
	(void)state;
	assert_int_equal(in_child(take_two, NULL), 0);
	assert_int_equal(in_child(take_anothers, NULL), 0);
	assert_int_equal(in_child(take_too_many, NULL), 0);
	assert_int_equal(in_child(take_what_does_not_listen, NULL), 0);
}

static void tells_the_service_manager(void **state)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct os_notify notify = {0};
	char said[32] = "";

	snprintf(at.sun_path, sizeof(at.sun_path), "%s/notify", (const char *)*state);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	setenv("NOTIFY_SOCKET", at.sun_path, 1);
	os_notify_open(&notify);
	os_notify_say(&notify, "READY=1");
	assert_int_equal(recv(fd, said, sizeof(said) - 1, MSG_DONTWAIT), 7);
	assert_string_equal(said, "READY=1");
	os_notify_close(&notify);
	close(fd);

	setenv("NOTIFY_SOCKET", "relative", 1);
	os_notify_open(&notify);
	assert_int_equal(notify.fd, 0);
	unsetenv("NOTIFY_SOCKET");
	os_notify_open(&notify);
	os_notify_say(&notify, "READY=1");
	os_notify_close(&notify);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(listens_where_it_is_told),
	    cmocka_unit_test(listens_on_all_addresses),
	    cmocka_unit_test(refuses_what_is_no_address),
	    cmocka_unit_test(says_that_a_port_is_taken),
	    cmocka_unit_test(takes_sockets_of_the_service_manager),
	    cmocka_unit_test_setup_teardown(tells_the_service_manager, scratch_make,
					    scratch_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
