/* SPDX-License-Identifier: Apache-2.0 */
/* How many files more a process may have open; each case in a process of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "os/os.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* What it says under these limits, and what is allowed then. */
static void under(rlim_t soft, rlim_t hard, size_t n, size_t counted, rlim_t allowed)
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		struct rlimit limit = {.rlim_cur = soft, .rlim_max = hard};

		if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
			_exit(2);
		if (os_files_more(n) != counted)
			_exit(3);
		_exit(getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur == allowed &&
			      limit.rlim_max == hard
			  ? 0
			  : 4);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0);
}

static void gets_what_the_hard_limit_leaves(void **state)
{
	(void)state;
	under(100, 1000, 200, 225, 300);
	under(100, 150, 200, 75, 150);
	under(100, 100, 200, 25, 100);
	under(100, 1000, 0, 25, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(gets_what_the_hard_limit_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
