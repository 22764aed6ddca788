/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/tree.h"

#define TREE_PATH     1024
#define TREE_FILE_MAX ((size_t)256 << 20)

struct copy {
	const char *to;
	const char *from;
};

static tanu_status copy_entry(void *self, const char *name, tanu_error *err)
{
	const struct copy *copy = self;
	char from[TREE_PATH], to[TREE_PATH];
	tanu_status st;

	if ((st = os_path(from, sizeof(from), copy->from, name, err)) < 0 ||
	    (st = os_path(to, sizeof(to), copy->to, name, err)) < 0)
		return st;
	return os_is_dir(from) ? tree_copy(to, from, err)
			       : tree_copy_file(copy->to, copy->from, name, err);
}

tanu_status tree_copy(const char *to, const char *from, tanu_error *err)
{
	struct copy copy = {.to = to, .from = from};
	tanu_status st;

	if ((st = os_make_dir(to, 0700, err)) < 0)
		return st;
	return os_list_dir(from, copy_entry, &copy, err);
}

tanu_status tree_copy_file(const char *to_dir, const char *from_dir, const char *name,
			   tanu_error *err)
{
	char from[TREE_PATH], to[TREE_PATH];
	struct buf bytes = {0};
	tanu_status st;

	if ((st = os_path(from, sizeof(from), from_dir, name, err)) < 0 ||
	    (st = os_path(to, sizeof(to), to_dir, name, err)) < 0 ||
	    (st = os_read_file(&bytes, from, TREE_FILE_MAX, err)) < 0)
		goto out;
	st = os_replace_file(to, bytes.data, bytes.len, 0600, err);
out:
	buf_wipe(&bytes);
	return st;
}
