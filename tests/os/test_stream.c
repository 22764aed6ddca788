/* SPDX-License-Identifier: Apache-2.0 */
/* Files written and read from end to end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "os/scratch.h"

#include <string.h>
#include <sys/stat.h>

static void stands_whole_after_commit_and_not_before(void **state)
{
	const char *path = scratch_path(state, "big"), *temp = scratch_path(state, "big.new");
	struct os_file file;
	struct stat info;

	file_write(path, "old");
	assert_int_equal(os_file_begin(&file, path, 0600, NULL), TANU_OK);
	assert_int_equal(os_file_write(&file, "new ", 4, NULL), TANU_OK);
	assert_int_equal(os_file_write(&file, "text", 4, NULL), TANU_OK);
	assert_string_equal(file_text(path), "old");
	assert_int_equal(os_file_commit(&file, NULL), TANU_OK);
	assert_string_equal(file_text(path), "new text");
	assert_false(os_exists(temp));
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	os_file_abort(&file);
	assert_string_equal(file_text(path), "new text");
}

static void leaves_nothing_when_it_is_given_up(void **state)
{
	const char *path = scratch_path(state, "big");
	struct os_file file;

	assert_int_equal(os_file_begin(&file, path, 0600, NULL), TANU_OK);
	assert_int_equal(os_file_write(&file, "half", 4, NULL), TANU_OK);
	os_file_abort(&file);
	os_file_abort(&file);
	assert_int_equal(file_count(*state), 0);
}

/* What a crash has left under the temporary name does not stand in the way. */
static void begins_over_a_leftover(void **state)
{
	struct os_file file;

	file_write(scratch_path(state, "big.new"), "left over by a crash");
	assert_int_equal(os_file_begin(&file, scratch_path(state, "big"), 0600, NULL), TANU_OK);
	assert_int_equal(os_file_commit(&file, NULL), TANU_OK);
	assert_string_equal(file_text(scratch_path(state, "big")), "");
}

static void says_where_it_can_not_write(void **state)
{
	struct os_file file;
	tanu_error err = {0};

	assert_true(os_file_begin(&file, scratch_path(state, "no/such/folder"), 0600, &err) < 0);
	assert_non_null(strstr(err.place, "no/such/folder"));
	os_file_abort(&file);
}

static void reads_what_is_there_and_says_where_it_ends(void **state)
{
	const char *path = scratch_path(state, "text");
	struct os_file file;
	char bytes[8];
	uint64_t size = 0;
	size_t got = 0;

	file_write(path, "0123456789");
	assert_int_equal(os_file_open(&file, path, &size, NULL), TANU_OK);
	assert_int_equal(size, 10);
	assert_int_equal(os_file_read(&file, bytes, 8, &got, NULL), TANU_OK);
	assert_int_equal(got, 8);
	assert_memory_equal(bytes, "01234567", 8);
	assert_int_equal(os_file_read(&file, bytes, 8, &got, NULL), TANU_OK);
	assert_int_equal(got, 2);
	assert_int_equal(os_file_read(&file, bytes, 8, &got, NULL), TANU_OK);
	assert_int_equal(got, 0);
	os_file_close(&file);
	os_file_close(&file);
}

static void refuses_what_is_no_file(void **state)
{
	struct os_file file;
	uint64_t size = 0;

	assert_int_equal(os_file_open(&file, *state, &size, NULL), TANU_SYSTEM);
	assert_int_equal(os_file_open(&file, scratch_path(state, "none"), &size, NULL),
			 TANU_NOT_FOUND);
}

int main(void)
{
#define STREAM_TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)
	const struct CMUnitTest tests[] = {
	    STREAM_TEST(stands_whole_after_commit_and_not_before),
	    STREAM_TEST(leaves_nothing_when_it_is_given_up),
	    STREAM_TEST(begins_over_a_leftover),
	    STREAM_TEST(says_where_it_can_not_write),
	    STREAM_TEST(reads_what_is_there_and_says_where_it_ends),
	    STREAM_TEST(refuses_what_is_no_file),
	};

	return cmocka_run_group_tests_name("os/stream", tests, NULL, NULL);
}
