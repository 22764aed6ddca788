/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "os/scratch.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* folder/in/{a,sub/b,.hidden,link -> ../secret,out -> .., fifo}, folder/secret */
static int fill(void **state)
{
	if (scratch_make(state) < 0)
		return -1;
	assert_int_equal(mkdir(scratch_path(state, "in"), 0700), 0);
	assert_int_equal(mkdir(scratch_path(state, "in/sub"), 0700), 0);
	file_write(scratch_path(state, "in/a"), "a");
	file_write(scratch_path(state, "in/sub/b"), "bb");
	file_write(scratch_path(state, "in/.hidden"), "h");
	file_write(scratch_path(state, "secret"), "s");
	assert_int_equal(symlink("../secret", scratch_path(state, "in/link")), 0);
	assert_int_equal(symlink("a", scratch_path(state, "in/same")), 0);
	assert_int_equal(symlink("..", scratch_path(state, "in/out")), 0);
	assert_int_equal(symlink("sub", scratch_path(state, "in/way")), 0);
	return mkfifo(scratch_path(state, "in/fifo"), 0600);
}

static tanu_status open_it(void **state, const char *path, struct os_file_facts *facts)
{
	int dir = -1, fd = -1;
	tanu_status st;

	assert_int_equal(os_open_dir(&dir, scratch_path(state, "in"), NULL), TANU_OK);
	st = os_open_beneath(&fd, facts, dir, path, NULL);
	if (st == TANU_OK)
		close(fd);
	else
		assert_int_equal(fd, -1);
	close(dir);
	return st;
}

static void opens_files_beneath(void **state)
{
	struct os_file_facts a, b;

	assert_int_equal(open_it(state, "a", &a), TANU_OK);
	assert_int_equal(open_it(state, "sub/b", &b), TANU_OK);
	assert_int_equal(a.size, 1);
	assert_int_equal(b.size, 2);
	assert_true(a.inode != b.inode);
	assert_true(a.changed_ns > 1600000000000000000);
}

static void nothing_leads_outside(void **state)
{
	static const char *const bad[] = {
	    "",
	    ".",
	    "..",
	    "../secret",
	    "sub/../../secret",
	    "sub/../a",
	    "/etc/hostname",
	    "link",
	    "same",
	    "out/secret",
	    "way/b",
	    ".hidden",
	    "sub/./b",
	    "sub//b",
	    "a/",
	    "/a",
	    "sub",
	    "fifo",
	    "no",
	    "no/no",
	};
	struct os_file_facts facts;
	char longest[300];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (open_it(state, bad[i], &facts) != TANU_NOT_FOUND)
			fail_msg("opened \"%s\"", bad[i]);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(open_it(state, longest, &facts), TANU_NOT_FOUND);
}

static void a_folder_must_be_one(void **state)
{
	int dir = -1;

	assert_int_equal(os_open_dir(&dir, scratch_path(state, "in/a"), NULL), TANU_SYSTEM);
	assert_int_equal(os_open_dir(&dir, scratch_path(state, "none"), NULL), TANU_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(opens_files_beneath, fill, scratch_remove),
	    cmocka_unit_test_setup_teardown(nothing_leads_outside, fill, scratch_remove),
	    cmocka_unit_test_setup_teardown(a_folder_must_be_one, fill, scratch_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
