/* SPDX-License-Identifier: Apache-2.0 */
/* Where a model comes from: a real folder, or another model. */
#include "shim/model.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct reading {
	struct model *m;
	struct node *dir;
	const char *path;
};

static tanu_status read_node(struct model *m, struct node **out, const char *path, tanu_error *err);

static tanu_status read_entry(void *self, const char *name, tanu_error *err)
{
	struct reading *r = self;
	struct node *node = NULL;
	char path[1024];
	tanu_status st;

	if ((st = os_path(path, sizeof(path), r->path, name, err)) < 0 ||
	    (st = read_node(r->m, &node, path, err)) < 0)
		return st;
	entries_add(&r->dir->names, name, node);
	entries_add(&r->dir->durable_names, name, node);
	return TANU_OK;
}

static tanu_status read_node(struct model *m, struct node **out, const char *path, tanu_error *err)
{
	struct reading r = {.m = m, .path = path};
	struct stat info;

	if (lstat(path, &info) != 0)
		return tanu_fail(err, TANU_ERR_IO, path, "%s", strerror(errno));
	if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))
		return tanu_fail(err, TANU_ERR_IO, path, "neither a file nor a folder");
	*out = r.dir = node_new(m, info.st_ino, S_ISDIR(info.st_mode));
	if (r.dir->is_dir)
		return os_list_dir(path, read_entry, &r, err);
	return os_read_file(&r.dir->durable, path, (size_t)1 << 28, err);
}

tanu_status model_scan(struct model *m, const char *folder, tanu_error *err)
{
	struct node *root = NULL;
	tanu_status st = read_node(m, &root, folder, err);

	if (st < 0)
		model_free(m);
	return st;
}

static struct node *same_place(const struct model *m, const struct model *from,
			       const struct node *node)
{
	for (size_t i = 0; i < from->nodes_len; i++)
		if (from->nodes[i] == node)
			return m->nodes[i];
	return NULL;
}

void model_copy(struct model *m, const struct model *from)
{
	*m = (struct model){0};
	for (size_t i = 0; i < from->nodes_len; i++) {
		const struct node *n = from->nodes[i];
		struct node *copy = node_new(m, n->ino, n->is_dir);

		buf_put(&copy->durable, n->durable.data, n->durable.len);
	}
	for (size_t i = 0; i < from->nodes_len; i++) {
		const struct entries *names = &from->nodes[i]->names;

		for (size_t k = 0; k < names->len; k++) {
			struct node *node = same_place(m, from, names->at[k].node);

			entries_add(&m->nodes[i]->names, names->at[k].name, node);
			entries_add(&m->nodes[i]->durable_names, names->at[k].name, node);
		}
	}
}
