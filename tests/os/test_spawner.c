/* SPDX-License-Identifier: Apache-2.0 */
#include "os/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>

static const char *const programs[] = {"/bin/cat", "/bin/true"};
static struct os_spawner spawner;

static int spawner_begin(void **state)
{
	(void)state;
	if (os_spawner_start(&spawner, programs, ARRAY_LEN(programs), NULL) < 0)
		return -1;
	os_spawner_use(&spawner);
	return 0;
}

static int spawner_finish(void **state)
{
	(void)state;
	os_spawner_end(&spawner);
	return 0;
}

/* cat copies one pipe to another. */
static void a_child_gets_its_descriptors_and_no_others(void **state)
{
	int in_read = -1, in_write = -1, out_read = -1, out_write = -1;
	char heard[16] = "", how[OS_CHILD_HOW_LEN];
	struct os_child child = {0};
	size_t got = 0;

	(void)state;
	assert_int_equal(os_pipe(&in_read, &in_write, NULL), TANU_OK);
	assert_int_equal(os_pipe(&out_read, &out_write, NULL), TANU_OK);
	const int fds[] = {in_read, out_write, -1};

	assert_int_equal(os_child_start(&child, "/bin/cat", fds, 3, NULL), TANU_OK);
	assert_true(child.pid > 0);
	close(in_read);
	close(out_write);
	assert_int_equal(write(in_write, "hello", 5), 5);
	close(in_write);
	/* It ends because no other copy of the pipe's end is open anywhere. */
	assert_true(os_read_until(out_read, heard, sizeof(heard), &got,
				  os_monotonic_ns() + (int64_t)5000000000));
	assert_string_equal(heard, "hello");
	os_child_end(&child, how);
	close(out_read);
}

static void a_child_that_goes_on_is_killed(void **state)
{
	int in_read = -1, in_write = -1;
	char how[OS_CHILD_HOW_LEN];
	struct os_child child = {0};

	(void)state;
	assert_int_equal(os_pipe(&in_read, &in_write, NULL), TANU_OK);
	const int fds[] = {in_read, -1, -1};

	assert_int_equal(os_child_start(&child, "/bin/cat", fds, 3, NULL), TANU_OK);
	os_child_end(&child, how);
	assert_non_null(strstr(how, "signal 9"));
	assert_int_equal(child.pid, 0);
	close(in_read);
	close(in_write);
}

static void how_it_ended_is_told(void **state)
{
	const int fds[] = {-1, -1, -1};
	char how[OS_CHILD_HOW_LEN];
	struct os_child child = {0};

	(void)state;
	for (int i = 0; i < 100; i++) { /* more than it has room for at once */
		assert_int_equal(os_child_start(&child, "/bin/true", fds, 3, NULL), TANU_OK);
		os_child_end(&child, how);
		assert_true(strstr(how, "exit code 0") || strstr(how, "signal 9"));
	}
}

static void other_programs_are_not_started(void **state)
{
	const int fds[] = {-1, -1, -1};
	struct os_child child = {0};
	tanu_error err = {0};

	(void)state;
	assert_true(os_child_start(&child, "/bin/sh", fds, 3, &err) < 0);
	assert_int_equal(err.code, TANU_ERR_SANDBOX);
	assert_int_equal(child.pid, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_child_gets_its_descriptors_and_no_others),
	    cmocka_unit_test(a_child_that_goes_on_is_killed),
	    cmocka_unit_test(how_it_ended_is_told),
	    cmocka_unit_test(other_programs_are_not_started),
	};

	return cmocka_run_group_tests(tests, spawner_begin, spawner_finish);
}
