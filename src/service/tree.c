/* SPDX-License-Identifier: Apache-2.0 */
#include "service/tree.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct names {
	char **v;
	size_t len, cap;
	const char *dir;
	char below[OS_PATH_MAX]; /* the folder that is listed, "" at first */
	unsigned depth;
};

static tanu_status no_memory(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
}

static void names_free(struct names *n)
{
	for (size_t i = 0; i < n->len; i++)
		free(n->v[i]);
	free(n->v);
}

static tanu_status names_add(struct names *n, const char *name, tanu_error *err)
{
	if (n->len == n->cap) {
		size_t cap = n->cap ? n->cap * 2 : 256;
		char **v = realloc(n->v, cap * sizeof(*v));

		if (!v)
			return no_memory(err);
		n->v = v;
		n->cap = cap;
	}
	n->v[n->len] = strdup(name);
	if (!n->v[n->len])
		return no_memory(err);
	n->len++;
	return TANU_OK;
}

static bool is_broken_off(const char *name)
{
	const size_t len = strlen(name);

	return len > 4 && strcmp(name + len - 4, ".new") == 0;
}

static tanu_status list_below(struct names *n, tanu_error *err);

static tanu_status see_entry(void *self, const char *entry, tanu_error *err)
{
	struct names *n = self;
	char name[OS_PATH_MAX], path[OS_PATH_MAX], kept[OS_PATH_MAX];
	tanu_status st;

	if (is_broken_off(entry))
		return TANU_OK;
	if (*n->below)
		st = os_path(name, sizeof(name), n->below, entry, err);
	else
		st = os_path(name, sizeof(name), ".", entry, err);
	if (st < 0)
		return st;
	if (!*n->below)
		memmove(name, name + 2, strlen(name) - 1); /* without its "./" */
	if ((st = os_path(path, sizeof(path), n->dir, name, err)) < 0)
		return st;
	if (os_is_link(path))
		return TANU_OK;
	if (!os_is_dir(path))
		return names_add(n, name, err);
	if (n->depth == TREE_DEPTH)
		return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, path, "folders are nested too deep");
	strcpy(kept, n->below);
	strcpy(n->below, name);
	n->depth++;
	st = list_below(n, err);
	n->depth--;
	strcpy(n->below, kept);
	return st;
}

static tanu_status list_below(struct names *n, tanu_error *err)
{
	char path[OS_PATH_MAX];
	tanu_status st = TANU_OK;

	if (*n->below)
		st = os_path(path, sizeof(path), n->dir, n->below, err);
	else if (strlen(n->dir) < sizeof(path))
		strcpy(path, n->dir);
	else
		st = tanu_fail(err, TANU_ERR_PATH_TOO_LONG, n->dir, "the path is too long");
	return st < 0 ? st : os_list_dir(path, see_entry, n, err);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

tanu_status tree_each(const char *dir,
		      tanu_status (*each)(void *self, const char *name, const char *path,
					  tanu_error *err),
		      void *self, tanu_error *err)
{
	struct names n = {.dir = dir};
	char path[OS_PATH_MAX];
	tanu_status st = TANU_OK;

	if (os_is_dir(dir))
		st = list_below(&n, err);
	if (st == TANU_OK && n.len > 0)
		qsort(n.v, n.len, sizeof(*n.v), by_name);
	for (size_t i = 0; i < n.len && st == TANU_OK; i++)
		if ((st = os_path(path, sizeof(path), dir, n.v[i], err)) == TANU_OK)
			st = each(self, n.v[i], path, err);
	names_free(&n);
	return st;
}

uint64_t tree_file_size(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISREG(info.st_mode) ? (uint64_t)info.st_size : 0;
}

static tanu_status add_size(void *self, const char *name, const char *path, tanu_error *err)
{
	(void)name;
	(void)err;
	*(uint64_t *)self += tree_file_size(path);
	return TANU_OK;
}

uint64_t tree_size(const char *dir)
{
	uint64_t size = 0;

	tree_each(dir, add_size, &size, NULL);
	return size;
}
