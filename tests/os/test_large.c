/* SPDX-License-Identifier: Apache-2.0 */
#include "os/os.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void is_whole_and_aligned_at_any_size(void **state)
{
	static const size_t lens[] = {
	    0, 1, 63, 64, 65, 4096, (2 << 20) - 1, 2 << 20, (5 << 20) + 1};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		unsigned char *p = os_large_alloc(lens[i]);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 64, 0);
		memset(p, 0xa5, lens[i]);
		free(p);
	}
}

static void there_is_no_more_than_memory(void **state)
{
	(void)state;
	assert_null(os_large_alloc(SIZE_MAX));
	assert_null(os_large_alloc(SIZE_MAX / 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(is_whole_and_aligned_at_any_size),
	    cmocka_unit_test(there_is_no_more_than_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
