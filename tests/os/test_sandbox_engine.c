/* SPDX-License-Identifier: Apache-2.0 */
/* What a face engine that was taken over could do: nothing but answer. Each is tried. */
#include "os/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct attempt {
	const char *what;
	void (*act)(const char *path);
};

static void open_file(const char *path)
{
	_exit(open(path, O_RDONLY) >= 0 ? 1 : 2);
}

static void open_self(const char *path)
{
	(void)path;
	_exit(open("/proc/self/maps", O_RDONLY) >= 0 ? 1 : 2);
}

static void make_file(const char *path)
{
	(void)path;
	_exit(open("/dev/shm/tanu-engine-was-here", O_WRONLY | O_CREAT, 0600) >= 0 ? 1 : 2);
}

static void call_out(const char *path)
{
	(void)path;
	_exit(socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 1 : 2);
}

static void call_beside(const char *path)
{
	(void)path;
	_exit(socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? 1 : 2);
}

static void have_a_child(const char *path)
{
	(void)path;
	_exit(fork() >= 0 ? 1 : 2);
}

static void become_another(const char *path)
{
	char *const words[] = {(char[]){"true"}, NULL};

	(void)path;
	execv("/bin/true", words);
	_exit(2);
}

static void look_into_another(const char *path)
{
	(void)path;
	_exit(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0 ? 1 : 2);
}

static void stop_another(const char *path)
{
	(void)path;
	_exit(kill(getppid(), 0) == 0 ? 1 : 2);
}

static void run_data(const char *path)
{
	(void)path;
	_exit(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		   0) != MAP_FAILED
		  ? 1
		  : 2);
}

struct trying {
	const struct attempt *attempt;
	const char *path;
};

static void try_inside(void *self)
{
	const struct trying *t = self;

	if (os_sandbox_engine(NULL, NULL) < 0)
		_exit(3);
	t->attempt->act(t->path);
	_exit(4);
}

static void every_way_out_is_deadly(void **state)
{
	static const struct attempt attempts[] = {
	    {"a file of the site", open_file},
	    {"its own memory map", open_self},
	    {"a new file", make_file},
	    {"the network", call_out},
	    {"another process's socket", call_beside},
	    {"a child", have_a_child},
	    {"another program", become_another},
	    {"another's memory", look_into_another},
	    {"a signal", stop_another},
	    {"data as code", run_data},
	};
	const char *path = scratch_path(state, "tanu.db");

	file_write(path, "secret");
	for (size_t i = 0; i < ARRAY_LEN(attempts); i++) {
		struct trying t = {&attempts[i], path};
		int status = in_child(try_inside, &t);

		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
			fail_msg("%s: status %d instead of SIGSYS", attempts[i].what, status);
	}
}

struct answering {
	int socket;
};

static void answer_inside(void *self)
{
	const struct answering *a = self;
	char word[16];
	size_t len = 0;
	int fd = -1;
	uint8_t *p;

	if (os_sandbox_engine(NULL, NULL) < 0)
		_exit(3);
	if (os_packet_take(a->socket, word, sizeof(word), &len, &fd, INT64_MAX, NULL) < 0)
		_exit(5);
	p = os_map(fd, 6, false);
	if (!p || memcmp(p, "pixels", 6) != 0)
		_exit(6);
	free(malloc((size_t)8 << 20));
	_exit(os_packet_send(a->socket, "numbers", 8, -1, NULL) == TANU_OK ? 0 : 7);
}

static void what_it_is_for_still_works(void **state)
{
	struct answering a;
	char word[16] = "";
	size_t len = 0;
	int mine = -1, pixels = -1;

	(void)state;
	assert_int_equal(os_packet_pair(&mine, &a.socket, NULL), TANU_OK);
	assert_int_equal(os_memfd_sealed(&pixels, NULL, 0, "pixels", 6, NULL), TANU_OK);
	assert_int_equal(os_packet_send(mine, "look", 5, pixels, NULL), TANU_OK);
	assert_int_equal(in_child(answer_inside, &a), 0);
	assert_int_equal(os_packet_take(mine, word, sizeof(word), &len, NULL,
					os_monotonic_ns() + 1000000000, NULL),
			 TANU_OK);
	assert_string_equal(word, "numbers");
	close(mine);
	close(a.socket);
	close(pixels);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(every_way_out_is_deadly, scratch_make, scratch_remove),
	    cmocka_unit_test(what_it_is_for_still_works),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
