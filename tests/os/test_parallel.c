/* SPDX-License-Identifier: Apache-2.0 */
/* os_parallel, the clock, randomness and the processor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "os/os.h"

#include <stdatomic.h>
#include <string.h>

#define ITEMS 500

struct work {
	atomic_int done[ITEMS];
	atomic_size_t highest_worker;
	size_t fail_at;
};

static tanu_status count(void *self, size_t worker, size_t item, tanu_error *err)
{
	struct work *w = self;

	atomic_fetch_add(&w->done[item], 1);
	if (worker > atomic_load(&w->highest_worker))
		atomic_store(&w->highest_worker, worker);
	if (item >= w->fail_at)
		return tanu_fail(err, TANU_ERR_CONFLICT, NULL, "item %zu", item);
	return TANU_OK;
}

static void does_each_item_once(void **state)
{
	static const size_t workers[] = {0, 1, 2, 7, ITEMS + 1};

	(void)state;
	for (size_t n = 0; n < ARRAY_LEN(workers); n++) {
		struct work w = {.fail_at = ITEMS};

		assert_int_equal(os_parallel(workers[n], ITEMS, count, &w, NULL), TANU_OK);
		for (size_t i = 0; i < ITEMS; i++)
			assert_int_equal(w.done[i], 1);
		if (workers[n])
			assert_in_range(w.highest_worker, 0, workers[n] - 1);
	}
}

static void does_nothing_for_no_items(void **state)
{
	struct work w = {0};

	(void)state;
	assert_int_equal(os_parallel(4, 0, count, &w, NULL), TANU_OK);
	assert_int_equal(w.done[0], 0);
}

static void stops_and_tells_the_first_failure(void **state)
{
	(void)state;
	for (int round = 0; round < 20; round++) {
		struct work w = {.fail_at = 10};
		tanu_error err = {0};

		assert_int_equal(os_parallel(3, ITEMS, count, &w, &err), TANU_USAGE);
		assert_int_equal(err.code, TANU_ERR_CONFLICT);
		assert_string_equal(err.message, "item 10");
		assert_int_equal(w.done[ITEMS - 1], 0);
	}
}

static void the_clock_goes_on(void **state)
{
	struct clock_source clock = os_clock();
	int64_t before = os_monotonic_ns();

	(void)state;
	assert_true(clock_now(&clock) > date_to_days((tanu_date){2024, 1, 1}) * 86400000);
	assert_true(os_monotonic_ns() >= before);
}

static void random_bytes_differ(void **state)
{
	struct random_source random = os_random();
	uint8_t a[32] = {0}, b[32] = {0};

	(void)state;
	random_fill(&random, a, sizeof(a));
	random_fill(&random, b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
	random_fill(&random, a, 0);
}

static void the_processor_is_consistent(void **state)
{
	struct os_cpu cpu = os_cpu_features();

	(void)state;
	assert_true(os_cpu_count() >= 1);
	assert_true(!cpu.avx512vnni || cpu.avx512f);
	assert_true(!cpu.avx512bw || cpu.avx512f);
	assert_true(!cpu.avx512f || cpu.avx2);
	assert_true(!cpu.dotprod || cpu.neon);
	assert_false(cpu.avx2 && cpu.neon);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(does_each_item_once),
	    cmocka_unit_test(does_nothing_for_no_items),
	    cmocka_unit_test(stops_and_tells_the_first_failure),
	    cmocka_unit_test(the_clock_goes_on),
	    cmocka_unit_test(random_bytes_differ),
	    cmocka_unit_test(the_processor_is_consistent),
	};

	return cmocka_run_group_tests_name("os/parallel", tests, NULL, NULL);
}
