/* SPDX-License-Identifier: Apache-2.0 */
/* Each test is a server that has shut itself in: what it needs works, what it must not fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "os/scratch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BAD 41 /* exit code of a child whose expectation failed */

/* What each test's child gets. */
struct inside {
	void (*act)(struct inside *in);
	const char *folder; /* read and write */
	const char *other;  /* outside */
	bool outgoing;
	int listener, port;
};

#define EXPECT(condition)           \
	do {                        \
		if (!(condition))   \
			_exit(BAD); \
	} while (0)

static void shut_in(void *self)
{
	struct inside *in = self;
	const struct os_sandbox_server options = {.read_write = {in->folder},
						  .outgoing = in->outgoing};
	bool kernel_has_landlock = os_sandbox_probe().landlock_abi > 0;
	struct os_sandbox_report report = {0};

	EXPECT(os_sandbox_server(&options, &report, NULL) == TANU_OK);
	EXPECT(report.no_new_privs && report.limits && report.seccomp);
	EXPECT(report.landlock == kernel_has_landlock);
	in->act(in);
}

static void open_listener(struct inside *in)
{
	char address[OS_ADDRESS_LEN];

	assert_int_equal(os_listen(&in->listener, "127.0.0.1:0", NULL), TANU_OK);
	os_socket_address(address, in->listener);
	in->port = atoi(strrchr(address, ':') + 1);
}

static int end_of(void **state, void (*act)(struct inside *in), bool outgoing)
{
	struct inside in = {.act = act, .outgoing = outgoing};
	char other[64] = "/tmp/tanu-other-XXXXXX";
	int status;

	in.folder = *state;
	in.other = mkdtemp(other);
	assert_non_null(in.other);
	open_listener(&in);
	status = in_child(shut_in, &in);
	close(in.listener);
	assert_int_equal(rmdir(other), 0);
	return status;
}

static void assert_fine(int status)
{
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void replace_and_read(struct inside *in)
{
	char path[OS_PATH_MAX];
	struct buf text = {0};
	struct os_lock lock = {0};

	EXPECT(os_path(path, sizeof(path), in->folder, "state", NULL) == TANU_OK);
	EXPECT(os_replace_file(path, "x", 1, 0, NULL) == TANU_OK);
	EXPECT(os_replace_file(path, "y", 1, 0, NULL) == TANU_OK);
	EXPECT(os_read_file(&text, path, 10, NULL) == TANU_OK && text.len == 1);
	EXPECT(os_path(path, sizeof(path), in->folder, "sub", NULL) == TANU_OK);
	EXPECT(os_make_dir(path, 0700, NULL) == TANU_OK);
	EXPECT(os_path(path, sizeof(path), in->folder, "lock", NULL) == TANU_OK);
	EXPECT(os_lock_take(&lock, path, NULL) == TANU_OK);
	buf_free(&text);
}

static void writes_in_its_folder(void **state)
{
	assert_fine(end_of(state, replace_and_read, false));
}

static void look_outside(struct inside *in)
{
	char path[OS_PATH_MAX];

	EXPECT(os_path(path, sizeof(path), in->other, "x", NULL) == TANU_OK);
	EXPECT(open(path, O_CREAT | O_WRONLY, 0600) < 0 && errno == EACCES);
	EXPECT(open("/etc/hostname", O_RDONLY) < 0 && errno == EACCES);
	EXPECT(open("/etc", O_RDONLY | O_DIRECTORY) < 0 && errno == EACCES);
}

static void sees_no_other_file(void **state)
{
	if (os_sandbox_probe().landlock_abi == 0)
		skip();
	assert_fine(end_of(state, look_outside, false));
}

static void *answer(void *self)
{
	struct inside *in = self;
	int fd;

	while ((fd = accept4(in->listener, NULL, NULL, SOCK_CLOEXEC)) < 0 && errno == EAGAIN)
		;
	EXPECT(fd >= 0 && send(fd, "x", 1, MSG_NOSIGNAL) == 1);
	close(fd);
	return NULL;
}

static int dial(int port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0 ? fd : -1;
}

static void serve_on_a_thread(struct inside *in)
{
	pthread_t thread;

	EXPECT(pthread_create(&thread, NULL, answer, in) == 0);
	EXPECT(pthread_join(thread, NULL) == 0);
}

static void answers_on_threads(void **state)
{
	struct inside in = {.act = serve_on_a_thread, .folder = *state};
	pid_t caller;
	int status = 0;
	char got = 0;

	open_listener(&in);
	caller = fork();
	if (caller == 0) {
		int fd = dial(in.port);

		alarm(10); /* should the server not answer */
		_exit(fd >= 0 && recv(fd, &got, 1, 0) == 1 && got == 'x' ? 0 : BAD);
	}
	assert_fine(in_child(shut_in, &in));
	assert_int_equal(waitpid(caller, &status, 0), caller);
	assert_fine(status);
	close(in.listener);
}

static void call_out(struct inside *in)
{
	EXPECT(dial(in->port) < 0 && errno == EPERM);
	EXPECT(socket(AF_UNIX, SOCK_STREAM, 0) < 0 && errno == EPERM);
}

static void connects_to_nobody(void **state)
{
	assert_fine(end_of(state, call_out, false));
}

static void call_out_allowed(struct inside *in)
{
	EXPECT(dial(in->port) >= 0);
	EXPECT(socket(AF_PACKET, SOCK_RAW, 0) < 0 && errno == EPERM);
}

static void connects_when_asked_for(void **state)
{
	assert_fine(end_of(state, call_out_allowed, true));
}

static void listen_again(struct inside *in)
{
	int fd = -1;

	(void)in;
	EXPECT(os_listen(&fd, "127.0.0.1:0", NULL) < 0);
}

static void opens_no_other_door(void **state)
{
	assert_fine(end_of(state, listen_again, false));
	assert_fine(end_of(state, listen_again, true));
}

static void make_code(struct inside *in)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)in;
	EXPECT(p != MAP_FAILED && mprotect(p, 4096, PROT_READ | PROT_EXEC) < 0);
	EXPECT(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
	       MAP_FAILED);
}

static void makes_no_code(void **state)
{
	assert_fine(end_of(state, make_code, false));
}

static void fork_self(struct inside *in)
{
	(void)in;
	EXPECT(fork() < 0 && errno == EPERM);
	EXPECT(kill(getppid(), SIGTERM) < 0 && errno == EPERM);
}

static void has_no_children(void **state)
{
	if (under_sanitizer())
		skip();
	assert_fine(end_of(state, fork_self, false));
}

static void exec_shell(struct inside *in)
{
	char *argv[] = {"sh", NULL};

	(void)in;
	execv("/bin/sh", argv);
	_exit(BAD);
}

static void trace_parent(struct inside *in)
{
	(void)in;
	ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
	_exit(BAD);
}

static void assert_killed(int status)
{
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void starting_a_program_is_its_death(void **state)
{
	assert_killed(end_of(state, exec_shell, false));
	if (!under_sanitizer())
		assert_killed(end_of(state, trace_parent, false));
}

static void names_a_folder_that_is_not_there(void **state)
{
	const struct os_sandbox_server options = {.read_only = {"/tmp/tanu-no-such-folder"}};
	tanu_error err = {0};

	(void)state;
	if (os_sandbox_probe().landlock_abi == 0)
		skip();
	/* no_new_privs is all that has happened to this process. */
	assert_int_equal(os_sandbox_server(&options, NULL, &err), TANU_NOT_FOUND);
	assert_string_equal(err.place, "/tmp/tanu-no-such-folder");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(writes_in_its_folder, scratch_make, scratch_remove),
	    cmocka_unit_test_setup_teardown(sees_no_other_file, scratch_make, scratch_remove),
	    cmocka_unit_test_setup_teardown(answers_on_threads, scratch_make, scratch_remove),
	    cmocka_unit_test_setup_teardown(connects_to_nobody, scratch_make, scratch_remove),
	    cmocka_unit_test_setup_teardown(connects_when_asked_for, scratch_make, scratch_remove),
	    cmocka_unit_test_setup_teardown(opens_no_other_door, scratch_make, scratch_remove),
	    cmocka_unit_test_setup_teardown(makes_no_code, scratch_make, scratch_remove),
	    cmocka_unit_test_setup_teardown(has_no_children, scratch_make, scratch_remove),
	    cmocka_unit_test_setup_teardown(starting_a_program_is_its_death, scratch_make,
					    scratch_remove),
	    cmocka_unit_test(names_a_folder_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
