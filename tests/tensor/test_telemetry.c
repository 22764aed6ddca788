/* SPDX-License-Identifier: Apache-2.0 */
/* The inference runtime must not report to anybody: no files of its own, no thread that sends. */
#include "tensor/tensor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static tanu_status count_one(void *self, const char *name, tanu_error *err)
{
	(void)name;
	(void)err;
	(*(size_t *)self)++;
	return TANU_OK;
}

static size_t entries_of(const char *path)
{
	size_t n = 0;

	assert_int_equal(os_list_dir(path, count_one, &n, NULL), TANU_OK);
	return n;
}

static void opening_the_runtime_leaves_no_file_and_starts_no_thread(void **state)
{
	char home[] = "/tmp/tanu-telemetry-XXXXXX";
	struct tensor_runtime *runtime = NULL;
	size_t threads = entries_of("/proc/self/task");

	(void)state;
	assert_non_null(mkdtemp(home));
	setenv("HOME", home, 1);
	setenv("XDG_CACHE_HOME", home, 1);
	setenv("TMPDIR", home, 1);
	unsetenv("ORT_DISABLE_TELEMETRY");
	assert_int_equal(tensor_runtime_open(&runtime, NULL), TANU_OK);
	assert_int_equal(entries_of(home), 0);
	assert_int_equal(entries_of("/proc/self/task"), threads);
	tensor_runtime_close(&runtime);
	assert_int_equal(entries_of(home), 0);
	assert_int_equal(rmdir(home), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(opening_the_runtime_leaves_no_file_and_starts_no_thread),
	};

	return cmocka_run_group_tests_name("tensor/telemetry", tests, NULL, NULL);
}
