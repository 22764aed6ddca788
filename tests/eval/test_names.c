/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/eval.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* More names than the first table has room for. */
static void names_keep_their_numbers_while_the_table_grows(void **state)
{
	struct name_list names = {0};
	char name[32];
	size_t index;

	(void)state;
	for (size_t round = 0; round < 2; round++)
		for (size_t i = 0; i < 5000; i++) {
			snprintf(name, sizeof(name), "n%zu", i * 7919);
			assert_int_equal(name_list_add(&names, &index, name, NULL), TANU_OK);
			assert_int_equal(index, i);
		}
	assert_int_equal(names.len, 5000);
	assert_string_equal(names.names[2], "n15838");
	assert_true(name_list_find(&names, &index, "n15838"));
	assert_int_equal(index, 2);
	assert_false(name_list_find(&names, &index, "n1"));
	name_list_free(&names);
	assert_false(name_list_find(&names, &index, "n0"));
}

static const char *const tree[] = {
    "ada",	     "ada/2.JPG", "ada/1.png",	 "ada/notes.txt", "ada/day",
    "ada/day/3.jpg", "bob",	  "bob/x.y.ppm", "readme.jpg",	  "zoe"};

static void make(const char *root, const char *name)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	if (strchr(name, '.'))
		assert_int_equal(os_replace_file(path, "x", 1, 0600, NULL), TANU_OK);
	else
		assert_int_equal(mkdir(path, 0700), 0);
}

static void drop(const char *root, const char *name)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	assert_int_equal(remove(path), 0);
}

static void walks_people_and_their_pictures_in_order(void **state)
{
	static const char *const want[] = {"ada/1.png", "ada/2.JPG", "ada/day/3.jpg",
					   "bob/x.y.ppm"};
	char root[] = "/tmp/tanu-names-XXXXXX", link[64];
	struct name_list photos = {0};

	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(link, sizeof(link), "%s/zzz", root);
	for (size_t i = 0; i < ARRAY_LEN(tree); i++)
		make(root, tree[i]);
	assert_int_equal(walk_photos(&photos, root, NULL), TANU_OK);
	assert_int_equal(photos.len, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_string_equal(photos.names[i], want[i]);
	name_list_free(&photos);
	assert_int_equal(walk_pictures(&photos, root, NULL), TANU_OK);
	assert_int_equal(photos.len, ARRAY_LEN(want) + 1);
	assert_string_equal(photos.names[ARRAY_LEN(want)], "readme.jpg");
	name_list_free(&photos);
	assert_int_equal(symlink(".", link), 0); /* a circle ends */
	assert_int_equal(walk_photos(&photos, root, NULL), TANU_OK);
	assert_true(photos.len > ARRAY_LEN(want) && photos.len < 100);
	name_list_free(&photos);
	assert_int_equal(unlink(link), 0);
	for (size_t i = ARRAY_LEN(tree); i-- > 0;)
		drop(root, tree[i]);
	assert_int_equal(rmdir(root), 0);
}

static void a_missing_folder_is_an_error(void **state)
{
	struct name_list photos = {0};

	(void)state;
	assert_true(walk_photos(&photos, "/nowhere/at/all", NULL) < 0);
	name_list_free(&photos);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_keep_their_numbers_while_the_table_grows),
	    cmocka_unit_test(walks_people_and_their_pictures_in_order),
	    cmocka_unit_test(a_missing_folder_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
