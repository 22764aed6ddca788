/* SPDX-License-Identifier: Apache-2.0 */
#include "os/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char tmp[] = "/tmp/tanu-scratch-XXXXXX";

static int enter(void **state)
{
	(void)state;
	strcpy(tmp, "/tmp/tanu-scratch-XXXXXX");
	if (!mkdtemp(tmp))
		return -1;
	return setenv("TMPDIR", tmp, 1);
}

static int leave(void **state)
{
	(void)state;
	unsetenv("TMPDIR");
	return os_scratch_remove(tmp, NULL) == TANU_OK ? 0 : -1;
}

static void put(const char *folder, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(os_replace_file(path, "secret", 6, 0600, NULL), TANU_OK);
}

static void nobody_else_reads_it_and_it_goes_whole(void **state)
{
	char folder[256], below[300];
	struct stat info;

	(void)state;
	assert_int_equal(os_scratch_make(folder, sizeof(folder), "tanu-test", NULL), TANU_OK);
	assert_memory_equal(folder, tmp, strlen(tmp));
	assert_int_equal(stat(folder, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0700);
	put(folder, "a");
	snprintf(below, sizeof(below), "%s/b", folder);
	assert_int_equal(os_make_dir(below, 0700, NULL), TANU_OK);
	put(below, "c");
	assert_int_equal(symlink("/", strcat(below, "/link")), 0);
	assert_int_equal(os_scratch_remove(folder, NULL), TANU_OK);
	assert_false(os_exists(folder));
}

static void what_a_killed_process_left_is_removed(void **state)
{
	char folder[256], abandoned[256], other[256], ours[256];
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	snprintf(abandoned, sizeof(abandoned), "%s/tanu-test-%ld-abcdef", tmp, (long)pid);
	snprintf(other, sizeof(other), "%s/tanu-other-%ld-abcdef", tmp, (long)pid);
	snprintf(ours, sizeof(ours), "%s/tanu-test-%ld-abcdef", tmp, (long)getpid());
	assert_int_equal(os_make_dir(abandoned, 0700, NULL), TANU_OK);
	assert_int_equal(os_make_dir(other, 0700, NULL), TANU_OK);
	assert_int_equal(os_make_dir(ours, 0700, NULL), TANU_OK);
	put(abandoned, "a");
	assert_int_equal(os_scratch_make(folder, sizeof(folder), "tanu-test", NULL), TANU_OK);
	assert_false(os_exists(abandoned));
	assert_true(os_exists(other) && os_exists(ours) && os_exists(folder));
}

static void says_when_it_can_not_be_made(void **state)
{
	char folder[256];
	tanu_error err = {0};

	(void)state;
	assert_int_equal(setenv("TMPDIR", "/nowhere/at/all", 1), 0);
	assert_true(os_scratch_make(folder, sizeof(folder), "tanu-test", &err) < 0);
	assert_int_equal(err.code, TANU_ERR_IO);
	assert_string_equal(folder, "");
	assert_int_equal(setenv("TMPDIR", tmp, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, enter, leave)
	    T(nobody_else_reads_it_and_it_goes_whole),
	    T(what_a_killed_process_left_is_removed),
	    T(says_when_it_can_not_be_made),
	};

	return cmocka_run_group_tests_name("os/scratch_folder", tests, NULL, NULL);
}
