/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "match/kernel_walk.h"

#include <sys/wait.h>
#include <unistd.h>

/* The pick is made once a process, so each name is tried in a child. */
static void assert_picks(const char *wanted, const char *expected)
{
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		setenv("TANU_MATCH_KERNEL", wanted, 1);
		_exit(strcmp(tanu_match_kernel(), expected) == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static const char *fastest(void)
{
	struct os_cpu cpu = os_cpu_features();
	size_t count;
	const struct match_kernel *kernels = match_kernels(&count);
	const char *name = kernels[0].name;

	for (size_t i = 0; i < count; i++)
		if (kernels[i].usable(&cpu))
			name = kernels[i].name;
	return name;
}

/* First of all tests: afterwards the pick of this process is made. */
static void the_environment_names_a_kernel_that_can_run(void **state)
{
	(void)state;
	assert_picks("c", "c");
	assert_picks("no-such-kernel", fastest());
	assert_picks("", fastest());
}

static void judge(const struct match_kernel *kernel, bool agrees)
{
	(void)kernel;
	assert_true(agrees);
}

static void every_kernel_agrees_with_c_to_the_bit(void **state)
{
	(void)state;
	walk_table(judge);
}

static void broken(int32_t *dots, const int8_t *probe, const uint8_t *rows, size_t rows_len)
{
	match_dots_c(dots, probe, rows, rows_len);
	if (rows_len == 17)
		dots[16]++;
}

static void overrunning(int32_t *dots, const int8_t *probe, const uint8_t *rows, size_t rows_len)
{
	match_dots_c(dots, probe, rows, rows_len);
	dots[rows_len] = 0;
}

static void careless(struct match_lanes *lanes, const int8_t *probe, const uint8_t *rows,
		     const float *inverse_norms, uint32_t first, size_t len)
{
	match_scan_c(lanes, probe, rows, inverse_norms, first, len);
	if (len == 65)
		lanes->index[0] = first; /* not the first of equals */
}

/* Positive control: the walk must be able to fail. */
static void the_walk_notices_a_wrong_kernel(void **state)
{
	const struct match_kernel wrong = {"wrong", NULL, broken, match_scan_c};
	const struct match_kernel blind = {"blind", NULL, match_dots_c, careless};
	const struct match_kernel loose = {"loose", NULL, overrunning, match_scan_c};

	(void)state;
	assert_false(walk_kernel(&wrong));
	assert_false(walk_kernel(&loose));
	assert_false(walk_kernel(&blind));
}

static void the_c_kernel_is_a_dot_product(void **state)
{
	int8_t probe[TANU_FEATURES] = {3, -4, 127, -128};
	int8_t features[2][TANU_FEATURES] = {{5, 6, 127, -128}, {0, 2}};
	uint8_t rows[2 * TANU_FEATURES];
	int32_t dots[2];

	(void)state;
	match_row(rows, features[0]);
	match_row(rows + TANU_FEATURES, features[1]);
	match_dots_c(dots, probe, rows, 2);
	assert_int_equal(dots[0], 3 * 5 - 4 * 6 + 127 * 127 + 128 * 128);
	assert_int_equal(dots[1], -8);
	assert_int_equal(match_dot(probe, features[1]), -8);
}

static void the_c_judge_keeps_two_a_lane(void **state)
{
	const int32_t dots[3 * MATCH_LANES] = {[0] = 4, [1] = -7, [16] = 6, [17] = -7, [32] = 6};
	const float inverse_norms[3 * MATCH_LANES] = {0.5f, 1, [16] = 0.5f, 1, [32] = 0.5f, 1};
	struct match_lanes lanes;

	(void)state;
	match_lanes_blank(&lanes);
	match_judge_c(&lanes, dots, inverse_norms, 100, 18);
	assert_true(lanes.best[0] == 3.0f && lanes.second[0] == 2.0f && lanes.index[0] == 116);
	assert_true(lanes.best[1] == -7.0f && lanes.second[1] == -7.0f && lanes.index[1] == 101);
	assert_true(lanes.best[2] == 0.0f && lanes.second[2] == -INFINITY);
	match_judge_c(&lanes, dots + 32, inverse_norms + 32, 132, 1);
	assert_true(lanes.best[0] == 3.0f && lanes.second[0] == 3.0f && lanes.index[0] == 116);
}

static void the_kernel_in_use_is_one_of_the_table(void **state)
{
	size_t count, found = 0;
	const struct match_kernel *kernels = match_kernels(&count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		found += strcmp(kernels[i].name, tanu_match_kernel()) == 0;
	assert_int_equal(found, 1);
	assert_string_equal(kernels[0].name, "c");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_environment_names_a_kernel_that_can_run),
	    cmocka_unit_test(every_kernel_agrees_with_c_to_the_bit),
	    cmocka_unit_test(the_walk_notices_a_wrong_kernel),
	    cmocka_unit_test(the_c_kernel_is_a_dot_product),
	    cmocka_unit_test(the_c_judge_keeps_two_a_lane),
	    cmocka_unit_test(the_kernel_in_use_is_one_of_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
