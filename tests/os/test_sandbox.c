/* SPDX-License-Identifier: Apache-2.0 */
/* Each test is a process that has shut itself in and tries to get out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "os/scratch.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEMORY	((size_t)256 << 20)
#define ESCAPED 42 /* exit code of a process that got out */

static void shut_in(void)
{
	const struct os_sandbox_options options = {.memory_bytes = MEMORY, .cpu_seconds = 1};

	if (os_sandbox_decoder(&options, NULL, NULL) < 0)
		_exit(1);
}

/* Shut in, then `escape`, which must not come back. */
static void try_escape(void *escape)
{
	void (*act)(void);

	memcpy(&act, &escape, sizeof(act));
	shut_in();
	act();
	_exit(ESCAPED);
}

static int end_of(void (*act)(void))
{
	void *escape;

	memcpy(&escape, &act, sizeof(escape));
	return in_child(try_escape, escape);
}

/* Killed by the filter, or refused by the call. */
static void assert_caught(int status)
{
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void open_file(void)
{
	if (open("/etc/passwd", O_RDONLY) < 0)
		raise(SIGSYS);
}

static void make_file(void)
{
	if (open("/tmp/tanu-escaped", O_CREAT | O_WRONLY, 0600) < 0)
		raise(SIGSYS);
}

static void make_socket(void)
{
	socket(AF_INET, SOCK_STREAM, 0);
}

static void make_unix_socket(void)
{
	int pair[2];

	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
}

static void fork_self(void)
{
	if (fork() == 0)
		_exit(0);
}

static void exec_shell(void)
{
	char *argv[] = {"sh", NULL};

	execv("/bin/sh", argv);
}

static void kill_parent(void)
{
	kill(getppid(), SIGTERM);
}

static void map_code(void)
{
	mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void make_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

static void unlink_file(void)
{
	unlink("/tmp/tanu-not-there");
}

static void opens_no_file(void **state)
{
	(void)state;
	assert_caught(end_of(open_file));
	assert_caught(end_of(make_file));
	assert_caught(end_of(unlink_file));
	assert_false(os_exists("/tmp/tanu-escaped"));
}

static void opens_no_socket(void **state)
{
	(void)state;
	assert_caught(end_of(make_socket));
	assert_caught(end_of(make_unix_socket));
}

static void starts_no_process(void **state)
{
	(void)state;
	assert_caught(end_of(fork_self));
	assert_caught(end_of(exec_shell));
}

static void signals_nobody(void **state)
{
	(void)state;
	assert_caught(end_of(kill_parent));
}

static void makes_no_code(void **state)
{
	(void)state;
	assert_caught(end_of(map_code));
	assert_caught(end_of(make_code));
}

/* Not less than a decoder needs: memory, and the descriptors that are open. */
static void work(void *fd)
{
	char *p;

	shut_in();
	p = malloc(10 << 20);
	if (!p)
		_exit(2);
	memset(p, 'x', 10 << 20);
	p = realloc(p, 20 << 20);
	if (!p || write(*(int *)fd, p, 3) != 3)
		_exit(3);
	free(p);
}

static void still_works_with_what_it_has(void **state)
{
	char got[3];
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(in_child(work, &ends[1]), 0);
	assert_int_equal(read(ends[0], got, 3), 3);
	assert_memory_equal(got, "xxx", 3);
	close(ends[0]);
	close(ends[1]);
}

static void take_too_much(void *self)
{
	(void)self;
	shut_in();
	if (mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
	    MAP_FAILED)
		_exit(ESCAPED);
}

static void gets_no_more_memory_than_its_bound(void **state)
{
	(void)state;
	if (under_sanitizer()) {
		print_message("the sanitizer's own memory is not bounded\n");
		skip();
	}
	assert_int_equal(in_child(take_too_much, NULL), 0);
}

/* As in a container or under ulimit -v: the process could not widen it, and need not. */
static void shut_in_narrowly(void *self)
{
	const struct rlimit narrow = {.rlim_cur = MEMORY / 2, .rlim_max = MEMORY / 2};

	(void)self;
	if (setrlimit(RLIMIT_AS, &narrow) < 0 ||
	    (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0)))
		_exit(2);
	shut_in();
	if (mmap(NULL, MEMORY / 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
	    MAP_FAILED)
		_exit(ESCAPED);
}

static void a_narrower_limit_stays(void **state)
{
	(void)state;
	if (under_sanitizer()) {
		print_message("the sanitizer's own memory is not bounded\n");
		skip();
	}
	assert_int_equal(in_child(shut_in_narrowly, NULL), 0);
}

static void spin(void)
{
	for (volatile unsigned i = 0;; i++)
		;
}

static void dies_when_its_time_is_spent(void **state)
{
	int status;

	(void)state;
	status = end_of(spin);
	assert_true(WIFSIGNALED(status));
	assert_true(WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGXCPU);
}

/* A parent that dies at once after its child has shut itself in; the child would wait for ever. */
static void leave_child_behind(void *ends)
{
	const int *never = ends, *alive = never + 2;
	char byte = 'r';

	if (fork() == 0) {
		shut_in();
		if (write(alive[1], &byte, 1) == 1)
			(void)!read(never[0], &byte, 1);
		_exit(ESCAPED);
	}
	close(alive[1]);
	(void)!read(alive[0], &byte, 1);
}

static void dies_with_its_parent(void **state)
{
	int ends[4]; /* a pipe that nobody writes to, and one that is open while the child lives */
	char byte;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(pipe(ends + 2), 0);
	assert_int_equal(in_child(leave_child_behind, ends), 0);
	close(ends[3]);
	assert_int_equal(read(ends[2], &byte, 1), 0);
	close(ends[0]);
	close(ends[1]);
	close(ends[2]);
}

static void report(void *self)
{
	const struct os_sandbox_options options = {.memory_bytes = MEMORY, .cpu_seconds = 1};
	struct os_sandbox_report promised = os_sandbox_probe(), got = {0};

	(void)self;
	if (os_sandbox_decoder(&options, &got, NULL) < 0)
		_exit(2);
	if (!got.seccomp || !got.no_new_privs || !got.limits)
		_exit(3);
	if (got.landlock != promised.landlock || got.landlock_abi != promised.landlock_abi)
		_exit(4);
	if (got.landlock && got.landlock_abi < 1)
		_exit(5);
}

static void gets_what_the_probe_promised(void **state)
{
	struct os_sandbox_report r = os_sandbox_probe();

	(void)state;
	print_message("seccomp %d, landlock %d (version %d)\n", r.seccomp, r.landlock,
		      r.landlock_abi);
	assert_true(r.seccomp);
	assert_int_equal(in_child(report, NULL), 0);
}

/* A kernel without seccomp: here a first filter that refuses a second. */
static void shut_in_twice(void *self)
{
	const struct os_sandbox_options options = {.memory_bytes = MEMORY, .cpu_seconds = 1};

	(void)self;
	shut_in();
	(void)os_sandbox_decoder(&options, NULL, NULL);
	_exit(ESCAPED);
}

static void cannot_be_undone_by_a_second_one(void **state)
{
	(void)state;
	assert_caught(in_child(shut_in_twice, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(still_works_with_what_it_has),
	    cmocka_unit_test(opens_no_file),
	    cmocka_unit_test(opens_no_socket),
	    cmocka_unit_test(starts_no_process),
	    cmocka_unit_test(signals_nobody),
	    cmocka_unit_test(makes_no_code),
	    cmocka_unit_test(gets_no_more_memory_than_its_bound),
	    cmocka_unit_test(a_narrower_limit_stays),
	    cmocka_unit_test(dies_when_its_time_is_spent),
	    cmocka_unit_test(dies_with_its_parent),
	    cmocka_unit_test(gets_what_the_probe_promised),
	    cmocka_unit_test(cannot_be_undone_by_a_second_one),
	};

	return cmocka_run_group_tests_name("os/sandbox", tests, NULL, NULL);
}
