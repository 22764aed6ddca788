/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/tlog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect_path(struct tile tile, const char *want)
{
	char path[TILE_PATH_MAX];
	struct tile back = {0};

	tile_path(path, &tile);
	assert_string_equal(path, want);
	assert_int_equal(tile_parse(&back, path, NULL), TANU_OK);
	assert_int_equal(back.level, tile.level);
	assert_int_equal(back.index, tile.index);
	assert_int_equal(back.width, tile.width);
}

static void paths_are_those_of_the_specification(void **state)
{
	(void)state;
	expect_path((struct tile){0, 0, 256}, "tile/0/000");
	expect_path((struct tile){0, 5, 256}, "tile/0/005");
	expect_path((struct tile){1, 1000, 256}, "tile/1/x001/000");
	expect_path((struct tile){0, 1234067, 256}, "tile/0/x001/x234/067");
	expect_path((struct tile){0, 273, 112}, "tile/0/273.p/112");
	expect_path((struct tile){2, 0, 1}, "tile/2/000.p/1");
	expect_path((struct tile){TILE_ENTRIES, 1234067, 7}, "tile/entries/x001/x234/067.p/7");
	expect_path((struct tile){63, 999999, 255}, "tile/63/x999/999.p/255");
	expect_path((struct tile){0, 18446744073709550999u, 256},
		    "tile/0/x018/x446/x744/x073/x709/x550/999");
}

static void a_tree_of_seventy_thousand_has_the_published_tiles(void **state)
{
	(void)state;
	assert_int_equal(tile_level_hashes(0, 70000) / TILE_WIDTH, 273);
	assert_int_equal(tile_level_hashes(0, 70000) % TILE_WIDTH, 112);
	assert_int_equal(tile_level_hashes(1, 70000) / TILE_WIDTH, 1);
	assert_int_equal(tile_level_hashes(1, 70000) % TILE_WIDTH, 17);
	assert_int_equal(tile_level_hashes(2, 70000), 1);
	assert_int_equal(tile_level_hashes(1, 256), 1);
	assert_int_equal(tile_level_hashes(9, UINT64_MAX), 0);
}

static void refuses_other_paths(void **state)
{
	static const char *const bad[] = {
	    "",
	    "tile/",
	    "tile/0",
	    "tile/0/",
	    "tile/0/5",
	    "tile/0/0005",
	    "tile/00/005",
	    "tile/64/005",
	    "tile/-1/005",
	    "tile/0/x000/005",
	    "tile/0/x001",
	    "tile/0/x001/",
	    "tile/0/001/002",
	    "tile/0/005.p/0",
	    "tile/0/005.p/256",
	    "tile/0/005.p/01",
	    "tile/0/005.p/",
	    "tile/0/005/",
	    "tile/0/005.p/1/",
	    "tile/0/../005",
	    "/tile/0/005",
	    "tile/entries/005.p/",
	    "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
	};
	struct tile t = {.index = 7};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(tile_parse(&t, bad[i], NULL), TANU_INPUT);
	assert_int_equal(t.index, 7);
}

static void a_log_has_these_paths_only(void **state)
{
	static const char *const good[] = {
	    "checkpoint",      "policy",      "tile/0/000",	  "tile/0/000.p/7",
	    "tile/2/x001/000", "opening/000", "opening/x001/234", "tile/entries/999.p/255"};
	static const char *const bad[] = {"",
					  "checkpoint/",
					  "checkpoints",
					  "/checkpoint",
					  "policy.new",
					  "opening/",
					  "opening/0",
					  "opening/000.p/7",
					  "opening/x000/001",
					  "opening/../000",
					  "tile/../000",
					  "tile/0/../../000",
					  "tile/0/000.p/../000",
					  "./policy",
					  "../policy",
					  "tile/0/000 "};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(log_path_valid(good[i]));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(log_path_valid(bad[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths_are_those_of_the_specification),
	    cmocka_unit_test(a_tree_of_seventy_thousand_has_the_published_tiles),
	    cmocka_unit_test(refuses_other_paths),
	    cmocka_unit_test(a_log_has_these_paths_only),
	};

	return cmocka_run_group_tests_name("tlog/tile", tests, NULL, NULL);
}
