/* SPDX-License-Identifier: Apache-2.0 */
/* Each test is a process that has shut itself in as the decoder of a camera, and tries to get out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "os/scratch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <threads.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEMORY	((size_t)256 << 20)
#define ESCAPED 42 /* exit code of a process that got out */

struct attempt {
	struct os_sandbox_stream options;
	bool connected;	    /* the stream stands */
	bool (*act)(void);  /* true: it got out */
	const char *folder; /* to be opened as the one that may be read */
};

static void attempt(void *self)
{
	struct attempt *a = self;

	a->options.memory_bytes = MEMORY;
	a->options.folder = a->folder ? open(a->folder, O_RDONLY | O_DIRECTORY) : -1;
	if (os_sandbox_stream(&a->options, NULL, NULL) < 0)
		_exit(1);
	if (a->connected && os_sandbox_stream_connected(NULL) < 0)
		_exit(2);
	_exit(a->act() ? ESCAPED : 0);
}

static int end_of(struct attempt a)
{
	return in_child(attempt, &a);
}

static void assert_refused(int status)
{
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void assert_allowed(int status)
{
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), ESCAPED);
}

static bool open_file(void)
{
	return open("/etc/passwd", O_RDONLY) >= 0;
}

static bool make_file(void)
{
	return open("/tmp/tanu-escaped", O_CREAT | O_WRONLY, 0600) >= 0;
}

static bool make_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool make_unix_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool listens(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET};
	int s = socket(AF_INET, SOCK_STREAM, 0);

	return bind(s, (struct sockaddr *)&any, sizeof(any)) == 0 || listen(s, 1) == 0;
}

static int nothing(void *self)
{
	return self != NULL;
}

static bool make_thread(void)
{
	thrd_t thread;

	return thrd_create(&thread, nothing, NULL) == thrd_success;
}

static bool fork_self(void)
{
	return fork() >= 0;
}

static bool make_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool kill_parent(void)
{
	return kill(getppid(), 0) == 0;
}

static bool type_at_terminal(void)
{
	return ioctl(0, TIOCSTI, "x") == 0 || errno != EPERM;
}

static bool exec_shell(void)
{
	char *argv[] = {"sh", NULL};

	execv("/bin/sh", argv);
	return true;
}

static bool read_inside(void)
{
	return openat(3, "inside", O_RDONLY) >= 0;
}

static bool read_outside(void)
{
	return openat(3, "../../etc/passwd", O_RDONLY) >= 0 || open_file();
}

static bool write_inside(void)
{
	return openat(3, "inside", O_WRONLY) >= 0 || openat(3, "new", O_CREAT | O_RDWR, 0600) >= 0;
}

static void a_film_opens_nothing(void **state)
{
	static bool (*const ways[])(void) = {open_file,	       make_file,	 make_socket,
					     make_unix_socket, fork_self,	 make_code,
					     kill_parent,      type_at_terminal, make_thread};

	(void)state;
	/* LeakSanitizer needs to read and to make children. */
	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		if (!under_sanitizer() || (ways[i] != open_file && ways[i] != make_file &&
					   ways[i] != fork_self && ways[i] != make_thread))
			assert_refused(end_of((struct attempt){.act = ways[i]}));
}

static void starting_a_program_kills(void **state)
{
	int status = end_of((struct attempt){.act = exec_shell});

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void a_stream_connects_until_it_stands(void **state)
{
	const struct os_sandbox_stream network = {.connecting = true};

	(void)state;
	assert_allowed(end_of((struct attempt){.options = network, .act = make_socket}));
	assert_refused(end_of((struct attempt){.options = network, .act = make_unix_socket}));
	assert_refused(end_of((struct attempt){.options = network, .act = listens}));
	assert_refused(
	    end_of((struct attempt){.options = network, .connected = true, .act = make_socket}));
	if (!under_sanitizer())
		assert_refused(end_of((struct attempt){.options = network, .act = open_file}));
}

static void a_folder_is_read_and_nothing_else(void **state)
{
	struct attempt a = {.folder = *state, .act = read_inside};

	file_write(scratch_path(state, "inside"), "x");
	/* The folder must come as descriptor 3. */
	close(3);
	assert_allowed(end_of(a));
	a.act = write_inside;
	assert_refused(end_of(a));
	a.act = read_outside;
	if (os_sandbox_probe().landlock && !under_sanitizer())
		assert_refused(end_of(a));
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_film_opens_nothing),
	    cmocka_unit_test(starting_a_program_kills),
	    cmocka_unit_test(a_stream_connects_until_it_stands),
	    IN_SCRATCH(a_folder_is_read_and_nothing_else),
	};

	return cmocka_run_group_tests_name("os/sandbox_stream", tests, NULL, NULL);
}
