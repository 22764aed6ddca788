/* SPDX-License-Identifier: Apache-2.0 */
/* Child processes, pipes with a deadline, and anonymous files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "os/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECOND_NS 1000000000ll

/* A script that runs in the child; returns what it wrote to descriptor 1. */
static const char *run_script(void **state, const char *script, char how[OS_CHILD_HOW_LEN])
{
	static char text[512];
	char *path = strdup(scratch_path(state, "script"));
	struct os_child child = {0};
	int in, out;
	size_t got;

	file_write(path, script);
	assert_int_equal(chmod(path, 0700), 0);
	assert_int_equal(os_pipe(&in, &out, NULL), TANU_OK);
	assert_int_equal(os_child_start(&child, path, (int[]){-1, out, -1}, 3, NULL), TANU_OK);
	close(out);
	assert_true(
	    os_read_until(in, text, sizeof(text) - 1, &got, os_monotonic_ns() + 20 * SECOND_NS));
	text[got] = '\0';
	close(in);
	/* Let it come to its own end before it is ended. */
	assert_int_equal(waitid(P_PID, (id_t)child.pid, &(siginfo_t){0}, WEXITED | WNOWAIT), 0);
	os_child_end(&child, how);
	assert_int_equal(child.pid, 0);
	free(path);
	return text;
}

static void tells_how_a_child_ended(void **state)
{
	char how[OS_CHILD_HOW_LEN];

	assert_string_equal(run_script(state, "#!/bin/sh\necho hello\nexit 3\n", how), "hello\n");
	assert_string_equal(how, "exit code 3");
	run_script(state, "#!/bin/sh\nkill -SEGV $$\n", how);
	assert_string_equal(how, "signal 11, Segmentation fault");
}

static void gives_a_child_no_environment_and_no_other_file(void **state)
{
	char how[OS_CHILD_HOW_LEN];
	/* ls has a descriptor of its own, on the folder that it lists. */
	const char *script = "#!/bin/sh\n"
			     "[ -z \"$HOME$TANU_WORKER\" ] || echo environment\n"
			     "ls /proc/self/fd | tr '\\n' ' '\n";
	int extra = open("/dev/null", O_RDONLY);

	assert_int_equal(setenv("TANU_WORKER", "x", 0), 0);
	assert_string_equal(run_script(state, script, how), "0 1 2 3 ");
	close(extra);
}

static void gives_a_child_default_signals(void **state)
{
	char how[OS_CHILD_HOW_LEN];
	sigset_t all, before;

	signal(SIGUSR1, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	run_script(state, "#!/bin/sh\nkill -USR1 $$\nsleep 20\n", how);
	sigprocmask(SIG_SETMASK, &before, NULL);
	signal(SIGUSR1, SIG_DFL);
	assert_string_equal(how, "signal 10, User defined signal 1");
}

static void kills_a_child_that_hangs(void **state)
{
	struct os_child child = {0};
	char how[OS_CHILD_HOW_LEN];
	char *path = strdup(scratch_path(state, "script"));
	int in, out;
	size_t got;
	char byte;

	file_write(path, "#!/bin/sh\nexec sleep 100\n");
	assert_int_equal(chmod(path, 0700), 0);
	assert_int_equal(os_pipe(&in, &out, NULL), TANU_OK);
	assert_int_equal(os_child_start(&child, path, &out, 1, NULL), TANU_OK);
	assert_false(os_read_until(in, &byte, 1, &got, os_monotonic_ns() + SECOND_NS / 20));
	os_child_end(&child, how);
	assert_string_equal(how, "signal 9, Killed");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	close(in);
	close(out);
	free(path);
}

static void says_that_a_program_cannot_be_started(void **state)
{
	struct os_child child = {0};
	char how[OS_CHILD_HOW_LEN];
	tanu_error err = {0};

	(void)state;
	assert_int_equal(os_child_start(&child, "/nowhere/program", NULL, 0, &err), TANU_SYSTEM);
	assert_int_equal(err.code, TANU_ERR_SANDBOX);
	assert_string_equal(err.place, "/nowhere/program");
	os_child_end(&child, how);
	assert_string_equal(how, "gone");
}

/* The targets are the sources in another order, as after a parent closed its standard files. */
static void start_crosswise(void *path)
{
	const char *program = path;
	struct os_child child = {0};
	char how[OS_CHILD_HOW_LEN];
	int out = open("out", O_RDWR | O_CREAT | O_TRUNC, 0600);
	int in = open(program, O_RDONLY);

	if (dup2(in, 1) < 0 || dup2(out, 0) < 0)
		_exit(1);
	if (os_child_start(&child, program, (int[]){1, 0}, 2, NULL) < 0)
		_exit(2);
	waitid(P_PID, (id_t)child.pid, &(siginfo_t){0}, WEXITED | WNOWAIT);
	os_child_end(&child, how);
}

static void crosses_descriptors_over(void **state)
{
	char *path = strdup(scratch_path(state, "script"));

	assert_int_equal(chdir(*state), 0);
	file_write(path, "#!/bin/sh\nexec head -c 9\n");
	assert_int_equal(chmod(path, 0700), 0);
	assert_int_equal(in_child(start_crosswise, path), 0);
	assert_string_equal(file_text("out"), "#!/bin/sh");
	assert_int_equal(chdir("/"), 0);
	free(path);
}

static void reads_until_the_end_of_a_pipe(void **state)
{
	char bytes[8];
	size_t got;
	int in, out;

	(void)state;
	assert_int_equal(os_pipe(&in, &out, NULL), TANU_OK);
	assert_int_equal(write(out, "abc", 3), 3);
	assert_false(os_read_until(in, bytes, 8, &got, os_monotonic_ns() + SECOND_NS / 100));
	assert_int_equal(got, 3);
	close(out);
	assert_true(os_read_until(in, bytes, 8, &got, os_monotonic_ns() + SECOND_NS));
	assert_int_equal(got, 0);
	close(in);
}

static void a_sealed_file_holds_its_bytes_and_nothing_changes_it(void **state)
{
	const char *bytes;
	int fd;

	(void)state;
	assert_int_equal(os_memfd_sealed(&fd, "ab", 2, "cde", 3, NULL), TANU_OK);
	assert_int_equal(os_fd_size(fd), 5);
	bytes = os_map(fd, 5, false);
	assert_memory_equal(bytes, "abcde", 5);
	assert_true(write(fd, "x", 1) < 0);
	assert_true(ftruncate(fd, 2) < 0);
	assert_true(ftruncate(fd, 9) < 0);
	assert_null(os_map(fd, 5, true));
	assert_null(os_map(fd, 6, false));
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	os_unmap((void *)(uintptr_t)bytes, 5);
	close(fd);
}

static void a_blank_file_keeps_its_size_and_takes_no_memory(void **state)
{
	struct stat info;
	uint8_t *p;
	int fd;

	(void)state;
	assert_int_equal(os_memfd_blank(&fd, 150000000, NULL), TANU_OK);
	assert_int_equal(os_fd_size(fd), 150000000);
	assert_int_equal(fstat(fd, &info), 0);
	assert_int_equal(info.st_blocks, 0);
	p = os_map(fd, 6000, true);
	assert_non_null(p);
	p[5999] = 1;
	assert_true(ftruncate(fd, 100) < 0);
	assert_true(ftruncate(fd, 150000001) < 0);
	os_unmap(p, 6000);
	assert_null(os_map(fd, 0, true));
	assert_null(os_map(fd, 150000001, true));
	os_unmap(NULL, 0);
	close(fd);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_SCRATCH(tells_how_a_child_ended),
	    IN_SCRATCH(gives_a_child_no_environment_and_no_other_file),
	    IN_SCRATCH(gives_a_child_default_signals),
	    IN_SCRATCH(kills_a_child_that_hangs),
	    cmocka_unit_test(says_that_a_program_cannot_be_started),
	    IN_SCRATCH(crosses_descriptors_over),
	    cmocka_unit_test(reads_until_the_end_of_a_pipe),
	    cmocka_unit_test(a_sealed_file_holds_its_bytes_and_nothing_changes_it),
	    cmocka_unit_test(a_blank_file_keeps_its_size_and_takes_no_memory),
	};

	return cmocka_run_group_tests_name("os/child", tests, NULL, NULL);
}
