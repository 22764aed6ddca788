/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for secrets, as the kernel sees it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "os/scratch.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* The line "VmFlags: rd wr ..." of the mapping that holds `p`, from /proc/self/smaps. */
static bool has_flag(const void *p, const char *flag)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	unsigned long from, to;
	bool inside = false, found = false;
	char line[512];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = (uintptr_t)p >= from && (uintptr_t)p < to;
		else if (inside && strncmp(line, "VmFlags:", 8) == 0)
			found = strstr(line, flag);
	}
	fclose(f);
	return found;
}

static void is_zeroed_writable_and_large_enough(void **state)
{
	static const size_t lengths[] = {1, 32, 4096, 4097, 100000};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		uint8_t *p = os_secret_alloc(lengths[i]);

		assert_non_null(p);
		assert_int_equal(p[0], 0);
		assert_int_equal(p[lengths[i] - 1], 0);
		memset(p, 0xAA, lengths[i]);
		os_secret_free(p, lengths[i]);
	}
}

static void is_locked_and_left_out_of_dumps_and_forks(void **state)
{
	uint8_t *p = os_secret_alloc(32);

	(void)state;
	assert_non_null(p);
	assert_true(has_flag(p, " lo") || !os_secrets_locked() || under_sanitizer());
	assert_true(has_flag(p, " dd"));
	assert_true(has_flag(p, " wf"));
	os_secret_free(p, 32);
}

static void look_for_secret(void *p)
{
	if (((const uint8_t *)p)[0] != 0)
		_exit(1);
}

static void is_zero_in_a_forked_child(void **state)
{
	uint8_t *p = os_secret_alloc(32);

	(void)state;
	p[0] = 0x5A;
	assert_int_equal(in_child(look_for_secret, p), 0);
	assert_int_equal(p[0], 0x5A);
	os_secret_free(p, 32);
}

static void gives_nothing_for_a_length_that_cannot_be(void **state)
{
	(void)state;
	assert_null(os_secret_alloc(0));
	assert_null(os_secret_alloc(SIZE_MAX));
	os_secret_free(NULL, 5);
}

static void use_without_lock_limit(void *self)
{
	const struct rlimit none = {0, 0};
	uint8_t *p;

	(void)self;
	/* Root may lock without a limit: become nobody. */
	if (setrlimit(RLIMIT_MEMLOCK, &none) < 0 || (getuid() == 0 && setuid(65534) < 0))
		_exit(2);
	if (!os_secrets_locked())
		_exit(3);
	p = os_secret_alloc(32);
	if (!p || os_secrets_locked())
		_exit(4);
	p[31] = 1;
	os_secret_free(p, 32);
}

static void works_and_says_so_where_locking_is_refused(void **state)
{
	(void)state;
	if (under_sanitizer()) {
		print_message("mlock does nothing here\n");
		skip();
	}
	assert_int_equal(in_child(use_without_lock_limit, NULL), 0);
}

static void harden(void *self)
{
	struct rlimit core;

	(void)self;
	os_harden_process();
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0 || getrlimit(RLIMIT_CORE, &core) < 0 ||
	    core.rlim_max != 0)
		_exit(1);
}

static void hardens_the_process(void **state)
{
	(void)state;
	assert_int_equal(in_child(harden, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(is_zeroed_writable_and_large_enough),
	    cmocka_unit_test(is_locked_and_left_out_of_dumps_and_forks),
	    cmocka_unit_test(is_zero_in_a_forked_child),
	    cmocka_unit_test(gives_nothing_for_a_length_that_cannot_be),
	    cmocka_unit_test(works_and_says_so_where_locking_is_refused),
	    cmocka_unit_test(hardens_the_process),
	};

	return cmocka_run_group_tests_name("os/secret", tests, NULL, NULL);
}
