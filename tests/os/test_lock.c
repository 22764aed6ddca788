/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "os/scratch.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void lets_one_in_and_the_next_after_it_left(void **state)
{
	const char *path = scratch_path(state, "lock");
	struct os_lock first = {0}, second = {0};
	tanu_error err = {0};

	assert_int_equal(os_lock_take(&first, path, NULL), TANU_OK);
	assert_int_equal(os_lock_take(&second, path, &err), TANU_BUSY);
	assert_int_equal(err.code, TANU_ERR_FOLDER_BUSY);
	assert_int_equal(second.fd, 0);
	os_lock_drop(&first);
	assert_int_equal(first.fd, 0);
	assert_int_equal(os_lock_take(&second, path, NULL), TANU_OK);
	os_lock_drop(&second);
	os_lock_drop(&second);
}

static void take_and_die(void *path)
{
	struct os_lock lock = {0};

	if (os_lock_take(&lock, path, NULL) < 0)
		_exit(1);
	_exit(0);
}

static void expect_busy(void *path)
{
	struct os_lock lock = {0};

	if (os_lock_take(&lock, path, NULL) != TANU_BUSY)
		_exit(1);
}

static void is_let_go_by_a_process_that_dies(void **state)
{
	char *path = strdup(scratch_path(state, "lock"));
	struct os_lock lock = {0};

	assert_int_equal(in_child(take_and_die, path), 0);
	assert_int_equal(os_lock_take(&lock, path, NULL), TANU_OK);
	assert_int_equal(in_child(expect_busy, path), 0);
	os_lock_drop(&lock);
	free(path);
}

static void take_without_standard_files(void *path)
{
	struct os_lock lock = {0};

	close(0);
	close(1);
	close(2);
	if (os_lock_take(&lock, path, NULL) < 0 || lock.fd < 3)
		_exit(1);
}

static void never_sits_on_descriptor_zero(void **state)
{
	char *path = strdup(scratch_path(state, "lock"));

	assert_int_equal(in_child(take_without_standard_files, path), 0);
	free(path);
}

static void does_not_follow_a_link(void **state)
{
	const char *link_path = scratch_path(state, "lock");
	struct os_lock lock = {0};
	tanu_error err = {0};

	assert_int_equal(symlink("elsewhere", link_path), 0);
	assert_int_equal(os_lock_take(&lock, link_path, &err), TANU_SYSTEM);
	assert_non_null(strstr(err.message, "symbolic link"));
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_SCRATCH(lets_one_in_and_the_next_after_it_left),
	    IN_SCRATCH(is_let_go_by_a_process_that_dies),
	    IN_SCRATCH(never_sits_on_descriptor_zero),
	    IN_SCRATCH(does_not_follow_a_link),
	};

	return cmocka_run_group_tests_name("os/lock", tests, NULL, NULL);
}
