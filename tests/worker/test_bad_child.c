/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A decoder that an attacker has taken over. TANU_WORKER names a link to this very program; started
 * under such a name it plays that part and never gets to the tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "os/scratch.h"
#include "worker/wire.h"
#include "worker/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void say(const struct reply *reply)
{
	struct buf b = {0};

	reply_put(&b, reply);
	if (write(FD_REPLY, b.data, b.len) != REPLY_LEN)
		abort();
	buf_free(&b);
}

static void dies(void)
{
	const struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
	raise(SIGKILL);
}

static void leaves(void)
{
	_exit(3);
}

static void hangs(void)
{
	for (;;)
		pause();
}

static void closes_and_hangs(void)
{
	close(FD_REPLY);
	hangs();
}

/* Never a whole record, but always a little more of it. */
static void trickles(void)
{
	for (;;) {
		if (write(FD_REPLY, "T", 1) != 1)
			_exit(1);
		usleep(20000);
	}
}

static void babbles(void)
{
	for (;;)
		if (write(FD_REPLY, "babble", 6) != 6)
			_exit(1);
}

static void stops_short(void)
{
	struct buf b = {0};

	reply_put(&b, &(struct reply){.width = 20, .height = 20});
	if (write(FD_REPLY, b.data, REPLY_LEN - 1) < 0)
		abort();
	_exit(0);
}

static void claims_more_than_there_is(void)
{
	say(&(struct reply){.width = 16384, .height = 16384});
}

static void claims_nothing(void)
{
	say(&(struct reply){.width = 0, .height = 20});
}

static void claims_less_than_nothing(void)
{
	say(&(struct reply){.width = -20, .height = -20});
}

static void speaks_of_permits(void)
{
	say(&(struct reply){.code = TANU_ERR_PERMIT, .text = "granted"});
}

static void shouts_at_the_terminal(void)
{
	say(&(struct reply){.code = TANU_ERR_IMAGE_CORRUPT, .text = "\x1B[2Jgone"});
}

/* Take the pixels away while the parent reads them: the seals forbid it. */
static void takes_pixels_back(void)
{
	if (ftruncate(FD_PIXELS, 0) == 0 || fallocate(FD_PIXELS, 0, 0, (off_t)1 << 40) == 0)
		_exit(1);
	say(&(struct reply){.width = 20, .height = 20});
}

/* The parent must not wait for its end. */
static void lingers(void)
{
	say(&(struct reply){.width = 20, .height = 20});
	hangs();
}

/* Says "fine" only if it was given nothing but its four descriptors, and can't change its input. */
static void looks_around(void)
{
	int next = dup(0);
	char byte = 'x';

	if (environ[0] || next != FD_COUNT || pwrite(FD_REQUEST, &byte, 1, 0) >= 0 ||
	    ftruncate(FD_REQUEST, 0) == 0)
		_exit(1);
	for (int fd = FD_COUNT + 1; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			_exit(1);
	say(&(struct reply){.code = TANU_ERR_IMAGE_TYPE, .text = "fine"});
}

static const struct part {
	const char *name;
	void (*play)(void);
	tanu_error_code code; /* what the parent makes of it */
	const char *words;
} parts[] = {
    {"dies", dies, TANU_ERR_CHILD_DIED, "died on this image (signal 9, Killed)"},
    {"leaves", leaves, TANU_ERR_CHILD_DIED, "died on this image (exit code 3)"},
    {"hangs", hangs, TANU_ERR_CHILD_TIMEOUT, "longer than 300 ms"},
    {"closes", closes_and_hangs, TANU_ERR_CHILD_DIED, "died on this image"},
    {"trickles", trickles, TANU_ERR_CHILD_TIMEOUT, "longer than 300 ms"},
    {"babbles", babbles, TANU_ERR_CHILD_DIED, "makes no sense"},
    {"short", stops_short, TANU_ERR_CHILD_DIED, "makes no sense"},
    {"more", claims_more_than_there_is, TANU_ERR_CHILD_DIED, "makes no sense"},
    {"nothing", claims_nothing, TANU_ERR_CHILD_DIED, "makes no sense"},
    {"less", claims_less_than_nothing, TANU_ERR_CHILD_DIED, "makes no sense"},
    {"permits", speaks_of_permits, TANU_ERR_CHILD_DIED, "makes no sense"},
    {"shouts", shouts_at_the_terminal, TANU_ERR_IMAGE_CORRUPT, "?[2Jgone"},
    {"takes", takes_pixels_back, TANU_ERR_NONE, ""},
    {"lingers", lingers, TANU_ERR_NONE, ""},
    {"looks", looks_around, TANU_ERR_IMAGE_TYPE, "fine"},
};

/* Decode "abc" under the name a.jpg by a link `name` to this program. */
static tanu_status decode_by(void **state, const char *name, tanu_image **image, tanu_error *err)
{
	const tanu_image_limits limits = {.timeout_ms = 300};
	const char *link_path = scratch_path(state, name);
	char self[OS_PATH_MAX] = {0};

	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	assert_int_equal(symlink(self, link_path), 0);
	assert_int_equal(setenv("TANU_WORKER", link_path, 1), 0);
	return tanu_image_decode(image, (const uint8_t *)"abc", 3, "a.jpg", &limits, err);
}

static void costs_one_image_and_gives_a_clear_error(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		tanu_image *image = NULL;
		tanu_error err = {0};

		print_message("%s\n", parts[i].name);
		decode_by(state, parts[i].name, &image, &err);
		assert_int_equal(err.code, parts[i].code);
		assert_non_null(strstr(err.message, parts[i].words));
		assert_true((image != NULL) == (parts[i].code == TANU_ERR_NONE));
		if (err.code)
			assert_string_equal(err.place, "a.jpg");
		tanu_image_free(&image);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
		assert_int_equal(errno, ECHILD);
	}
}

static void pixels_that_were_never_written_are_black(void **state)
{
	const uint8_t black[1200] = {0};
	tanu_image *image = NULL;

	assert_int_equal(decode_by(state, "takes", &image, NULL), TANU_OK);
	assert_int_equal(image->rgb_len, sizeof(black));
	assert_memory_equal(image->rgb, black, sizeof(black));
	tanu_image_free(&image);
}

static void says_that_the_worker_cannot_be_started(void **state)
{
	const char *path = scratch_path(state, "none");
	tanu_image *image = NULL;
	tanu_error err = {0};

	setenv("TANU_WORKER", path, 1);
	assert_int_equal(tanu_image_decode(&image, (const uint8_t *)"abc", 3, "a.jpg", NULL, &err),
			 TANU_SYSTEM);
	assert_int_equal(err.code, TANU_ERR_SANDBOX);
	assert_memory_equal(err.place, "a.jpg: /", 8);
	file_write(path, "#!/nowhere\n");
	assert_int_equal(chmod(path, 0700), 0);
	assert_int_equal(tanu_image_decode(&image, (const uint8_t *)"abc", 3, "a.jpg", NULL, &err),
			 TANU_SYSTEM);
	assert_int_equal(err.code, TANU_ERR_SANDBOX);
	assert_non_null(strstr(err.message, "cannot be started"));
}

/* The part of a program that looks for its worker and prints where it is. */
static void finds(void)
{
	char path[OS_PATH_MAX];

	if (worker_find(path, sizeof(path), "", NULL) == TANU_OK &&
	    write(1, path, strlen(path)) > 0)
		_exit(0);
	_exit(1);
}

static void copy_self(const char *to)
{
	struct buf self = {0};

	assert_int_equal(os_read_file(&self, "/proc/self/exe", (size_t)1 << 28, NULL), TANU_OK);
	assert_int_equal(os_replace_file(to, self.data, self.len, 0700, NULL), TANU_OK);
	buf_free(&self);
}

static void assert_found(const char *program, const char *want)
{
	char how[OS_CHILD_HOW_LEN], got[OS_PATH_MAX] = {0};
	struct os_child child = {0};
	size_t len;
	int in, out;

	assert_int_equal(os_pipe(&in, &out, NULL), TANU_OK);
	assert_int_equal(os_child_start(&child, program, (int[]){-1, out}, 2, NULL), TANU_OK);
	close(out);
	os_read_until(in, got, sizeof(got) - 1, &len, os_monotonic_ns() + 20000000000ll);
	os_child_end(&child, how);
	close(in);
	assert_string_equal(got, want);
}

static void is_looked_for_beside_the_program_and_in_libexec(void **state)
{
	char *program = strdup(scratch_path(state, "bin/finds"));
	char *beside = strdup(scratch_path(state, "bin/tanu-worker"));
	char *libexec = strdup(scratch_path(state, "bin/../libexec/tanu/tanu-worker"));

	os_make_dir(scratch_path(state, "bin"), 0700, NULL);
	os_make_dir(scratch_path(state, "libexec"), 0700, NULL);
	os_make_dir(scratch_path(state, "libexec/tanu"), 0700, NULL);
	copy_self(program);
	assert_int_equal(os_replace_file(libexec, "x", 1, 0700, NULL), TANU_OK);
	assert_found(program, libexec);
	assert_int_equal(os_replace_file(beside, "x", 1, 0600, NULL), TANU_OK);
	assert_found(program, libexec);
	assert_int_equal(chmod(beside, 0700), 0);
	assert_found(program, beside);
	free(program);
	free(beside);
	free(libexec);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    IN_SCRATCH(costs_one_image_and_gives_a_clear_error),
	    IN_SCRATCH(pixels_that_were_never_written_are_black),
	    IN_SCRATCH(says_that_the_worker_cannot_be_started),
	    IN_SCRATCH(is_looked_for_beside_the_program_and_in_libexec),
	};
	const char *name = argc == 1 ? strrchr(argv[0], '/') : NULL;

	for (size_t i = 0; name && i < ARRAY_LEN(parts); i++)
		if (strcmp(name + 1, parts[i].name) == 0) {
			parts[i].play();
			_exit(0);
		}
	if (name && strcmp(name + 1, "finds") == 0)
		finds();
	return cmocka_run_group_tests_name("worker/bad_child", tests, NULL, NULL);
}
