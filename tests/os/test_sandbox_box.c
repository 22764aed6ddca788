/* SPDX-License-Identifier: Apache-2.0 */
/* Each test is a box at a door that has shut itself in: what it needs works, what it must not
 * fails.
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
#include <linux/gpio.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define BAD 41 /* exit code of a child whose expectation failed */

#define EXPECT(condition)           \
	do {                        \
		if (!(condition))   \
			_exit(BAD); \
	} while (0)

/* What each test's child gets. */
struct inside {
	void (*act)(struct inside *in);
	const char *folder; /* read and write */
};

static void shut_in(void *self)
{
	struct inside *in = self;
	const struct os_sandbox_box options = {
	    .read_write = {in->folder, "/not/there"}, .read_only = {"/etc"}, .devices = "/dev"};
	bool kernel_has_landlock = os_sandbox_probe().landlock_abi > 0;
	struct os_sandbox_report report = {0};

	EXPECT(os_sandbox_box(&options, &report, NULL) == TANU_OK);
	EXPECT(report.no_new_privs && report.limits && report.seccomp);
	EXPECT(report.landlock == kernel_has_landlock);
	in->act(in);
}

static int end_of(void **state, void (*act)(struct inside *in))
{
	struct inside in = {.act = act, .folder = *state};

	return in_child(shut_in, &in);
}

static void assert_fine(int status)
{
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void keep(struct inside *in)
{
	char path[OS_PATH_MAX];
	int fd;

	EXPECT(os_path(path, sizeof(path), in->folder, "state", NULL) == TANU_OK);
	EXPECT(os_replace_file(path, "x", 1, 0600, NULL) == TANU_OK);
	EXPECT((fd = open("/etc/passwd", O_RDONLY)) >= 0);
	close(fd);
	if (os_sandbox_probe().landlock_abi > 0)
		EXPECT(open("/var/tmp", O_RDONLY | O_DIRECTORY) < 0 && errno == EACCES);
}

static void keeps_its_files_and_sees_no_others(void **state)
{
	assert_fine(end_of(state, keep));
}

static void speak(struct inside *in)
{
	char path[OS_PATH_MAX];
	int listening = -1, client = -1, tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	EXPECT(os_path(path, sizeof(path), in->folder, "view", NULL) == TANU_OK);
	EXPECT(os_unix_listen(&listening, path, NULL) == TANU_OK);
	EXPECT(os_unix_connect(&client, path, NULL) == TANU_OK);
	EXPECT(tcp >= 0);
	EXPECT(socket(AF_PACKET, SOCK_RAW, 0) < 0 && errno == EPERM);
}

static void has_its_socket_and_asks_its_site(void **state)
{
	assert_fine(end_of(state, speak));
}

static void lines(struct inside *in)
{
	struct gpiochip_info info;
	int terminal = posix_openpt(O_RDWR | O_NOCTTY), other = open("/dev/null", O_RDWR);
	int line = -1;
	char letter = 'x';

	(void)in;
	EXPECT(terminal >= 0 && other >= 0);
	EXPECT(ioctl(terminal, TIOCSTI, &letter) < 0 && errno == EPERM); /* types */
	EXPECT(ioctl(terminal, TIOCSCTTY, 0) < 0 && errno == EPERM);
	EXPECT(ioctl(other, GPIO_GET_CHIPINFO_IOCTL, &info) < 0 && errno == ENOTTY); /* may ask */
	EXPECT(os_serial_open(&line, "/dev/null", 9600, false, NULL) < 0);
}

static void tells_devices_only_what_devices_need(void **state)
{
	assert_fine(end_of(state, lines));
}

static const char *pty_name;

static void serial(struct inside *in)
{
	int line = -1;

	(void)in;
	EXPECT(os_serial_open(&line, pty_name, 115200, false, NULL) == TANU_OK);
	os_line_close(&line);
	EXPECT(os_serial_open(&line, pty_name, 9600, false, NULL) == TANU_OK); /* plugged again */
}

static void opens_a_serial_line_again(void **state)
{
	static char name[64];
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	assert_int_equal(ptsname_r(master, name, sizeof(name)), 0);
	pty_name = name;
	assert_fine(end_of(state, serial));
	close(master);
}

static void *nothing(void *self)
{
	return self;
}

static void grow(struct inside *in)
{
	pthread_t thread;

	(void)in;
	EXPECT(pthread_create(&thread, NULL, nothing, NULL) == 0);
	EXPECT(pthread_join(thread, NULL) == 0);
	EXPECT(fork() < 0 && errno == EPERM);
	EXPECT(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
		   MAP_FAILED &&
	       errno == EPERM);
}

static void has_threads_and_neither_children_nor_new_code(void **state)
{
	if (under_sanitizer())
		skip(); /* LeakSanitizer needs a child */
	assert_fine(end_of(state, grow));
}

static void other_rights(struct inside *in)
{
	const struct timeval now = {.tv_sec = 1};

	(void)in;
	EXPECT(settimeofday(&now, NULL) < 0 && errno == EPERM);
	EXPECT(chroot("/") < 0 && errno == EPERM);
	EXPECT(umount("/proc") < 0 && errno == EPERM);
	EXPECT(mknod("/tmp/x", S_IFCHR | 0600, 0) < 0 && (errno == EPERM || errno == EACCES));
}

static void sets_no_clock_and_mounts_nothing(void **state)
{
	assert_fine(end_of(state, other_rights));
}

static void begin_program(struct inside *in)
{
	(void)in;
	execl("/bin/true", "true", (char *)NULL);
}

static void look_into(struct inside *in)
{
	(void)in;
	ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static void starting_a_program_or_tracing_kills(void **state)
{
	int status = end_of(state, begin_program);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
	if (under_sanitizer())
		return; /* it traces */
	status = end_of(state, look_into);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(keeps_its_files_and_sees_no_others, scratch_make,
					    scratch_remove),
	    cmocka_unit_test_setup_teardown(has_its_socket_and_asks_its_site, scratch_make,
					    scratch_remove),
	    cmocka_unit_test_setup_teardown(tells_devices_only_what_devices_need, scratch_make,
					    scratch_remove),
	    cmocka_unit_test_setup_teardown(opens_a_serial_line_again, scratch_make,
					    scratch_remove),
	    cmocka_unit_test_setup_teardown(has_threads_and_neither_children_nor_new_code,
					    scratch_make, scratch_remove),
	    cmocka_unit_test_setup_teardown(sets_no_clock_and_mounts_nothing, scratch_make,
					    scratch_remove),
	    cmocka_unit_test_setup_teardown(starting_a_program_or_tracing_kills, scratch_make,
					    scratch_remove),
	};

	return cmocka_run_group_tests_name("os/sandbox_box", tests, NULL, NULL);
}
