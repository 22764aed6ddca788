/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for one more in a plain array of the test; a test that runs out of memory just ends. */
static void *grow(void *at, size_t len, size_t size)
{
	at = realloc(at, (len + 1) * size);
	if (!at)
		abort();
	return at;
}

struct node *node_new(struct model *m, uint64_t ino, bool is_dir)
{
	struct node *n = calloc(1, sizeof(*n));

	if (!n)
		abort();
	n->ino = ino;
	n->is_dir = is_dir;
	m->nodes = grow(m->nodes, m->nodes_len, sizeof(struct node *));
	m->nodes[m->nodes_len++] = n;
	return n;
}

/* The newest: a number is used again when its file is gone. */
static struct node *node_of(const struct model *m, uint64_t ino)
{
	for (size_t i = m->nodes_len; i-- > 0;)
		if (m->nodes[i]->ino == ino)
			return m->nodes[i];
	return NULL;
}

static struct entry *entry_find(const struct entries *e, const char *name)
{
	for (size_t i = 0; i < e->len; i++)
		if (strcmp(e->at[i].name, name) == 0)
			return &e->at[i];
	return NULL;
}

static void entry_remove(struct entries *e, const char *name)
{
	struct entry *entry = entry_find(e, name);

	if (entry)
		*entry = e->at[--e->len];
}

void entries_add(struct entries *e, const char *name, struct node *node)
{
	entry_remove(e, name);
	e->at = grow(e->at, e->len, sizeof(*e->at));
	snprintf(e->at[e->len].name, sizeof(e->at[0].name), "%s", name);
	e->at[e->len++].node = node;
}

void entries_change(struct entries *e, const struct name_change *c)
{
	if (c->remove[0])
		entry_remove(e, c->remove);
	if (c->add[0])
		entries_add(e, c->add, c->node);
}

/* Seen by the program at once; on the disk when the folder is synced. */
static void change_names(struct node *dir, const char *remove, const char *add, struct node *node)
{
	struct name_change *c;

	dir->changes = grow(dir->changes, dir->changes_len, sizeof(*dir->changes));
	c = &dir->changes[dir->changes_len++];
	*c = (struct name_change){.node = node};
	snprintf(c->remove, sizeof(c->remove), "%s", remove);
	snprintf(c->add, sizeof(c->add), "%s", add);
	entries_change(&dir->names, c);
}

/* The folder that holds the last part of a path, and where that part begins; NULL: no such folder.
 */
static struct node *parent_of(const struct model *m, const char *path, const char **base)
{
	struct node *dir = m->nodes[0];
	const char *slash;

	while ((slash = strchr(path, '/')) != NULL) {
		char name[256];
		struct entry *entry;

		snprintf(name, sizeof(name), "%.*s", (int)(slash - path), path);
		entry = entry_find(&dir->names, name);
		if (!entry || !entry->node->is_dir)
			return NULL;
		dir = entry->node;
		path = slash + 1;
	}
	*base = path;
	return dir;
}

static tanu_status misfit(const struct call *call, tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_FORMAT, call->path,
			 "the trace does not fit: something was changed past the shim");
}

static tanu_status add_name(struct model *m, const struct call *call, tanu_error *err)
{
	const char *base = NULL;
	struct node *dir = parent_of(m, call->path, &base);

	if (!dir)
		return misfit(call, err);
	change_names(dir, "", base, node_new(m, call->head.ino, call->head.op == TRACE_MKDIR));
	return TANU_OK;
}

static tanu_status remove_name(struct model *m, const struct call *call, tanu_error *err)
{
	const char *base = NULL;
	struct node *dir = parent_of(m, call->path, &base);

	if (!dir || !entry_find(&dir->names, base))
		return misfit(call, err);
	change_names(dir, base, "", NULL);
	return TANU_OK;
}

static tanu_status move_name(struct model *m, const struct call *call, tanu_error *err)
{
	const char *from = NULL, *to = NULL;
	struct node *from_dir = parent_of(m, call->path, &from);
	struct node *to_dir = parent_of(m, call->path2, &to);
	struct entry *entry = from_dir ? entry_find(&from_dir->names, from) : NULL;

	if (!entry || !to_dir)
		return misfit(call, err);
	if (from_dir == to_dir) {
		change_names(from_dir, from, to, entry->node);
	} else {
		change_names(to_dir, "", to, entry->node);
		change_names(from_dir, from, "", NULL);
	}
	return TANU_OK;
}

void content_apply(struct buf *content, const struct call *call, size_t len)
{
	size_t end = (size_t)call->head.offset + len;

	while (content->len < end)
		buf_u8(content, 0);
	if (call->head.op == TRACE_TRUNCATE)
		content->len = end;
	else if (len)
		memcpy(content->data + call->head.offset, call->data, len);
}

static void sync_node(struct model *m, struct node *n)
{
	for (size_t i = 0; i < n->writes_len; i++) {
		content_apply(&n->durable, n->writes[i], n->writes[i]->head.data_len);
		if (m->last_write == n->writes[i])
			m->last_write = NULL;
	}
	for (size_t i = 0; i < n->changes_len; i++)
		entries_change(&n->durable_names, &n->changes[i]);
	n->writes_len = 0;
	n->changes_len = 0;
}

static tanu_status touch_node(struct model *m, const struct call *call, tanu_error *err)
{
	struct node *n = node_of(m, call->head.ino);

	if (!n)
		return misfit(call, err);
	if (call->head.op == TRACE_SYNC) {
		sync_node(m, n);
		return TANU_OK;
	}
	n->writes = grow(n->writes, n->writes_len, sizeof(struct call *));
	n->writes[n->writes_len++] = call;
	if (call->head.op == TRACE_WRITE)
		m->last_write = call;
	return TANU_OK;
}

tanu_status model_advance(struct model *m, const struct call *call, tanu_error *err)
{
	switch (call->head.op) {
	case TRACE_CREATE:
	case TRACE_MKDIR:
		return add_name(m, call, err);
	case TRACE_UNLINK:
		return remove_name(m, call, err);
	case TRACE_RENAME:
		return move_name(m, call, err);
	case TRACE_WRITE:
	case TRACE_TRUNCATE:
	case TRACE_SYNC:
		return touch_node(m, call, err);
	case TRACE_MARK:
		return TANU_OK;
	default:
		return tanu_fail(err, TANU_ERR_FORMAT, call->path,
				 "a call that the shim can not trace");
	}
}

void model_name(const struct model *m, uint64_t ino, char *out, size_t out_len)
{
	struct node *n = node_of(m, ino);

	snprintf(out, out_len, "%s", "");
	for (size_t i = 0; i < m->nodes_len; i++)
		for (size_t k = 0; k < m->nodes[i]->names.len; k++)
			if (m->nodes[i]->names.at[k].node == n)
				snprintf(out, out_len, "%s", m->nodes[i]->names.at[k].name);
	if (n == m->nodes[0])
		snprintf(out, out_len, ".");
}

void model_free(struct model *m)
{
	for (size_t i = 0; i < m->nodes_len; i++) {
		struct node *n = m->nodes[i];

		buf_free(&n->durable);
		free(n->writes);
		free(n->durable_names.at);
		free(n->names.at);
		free(n->changes);
		free(n);
	}
	free(m->nodes);
	*m = (struct model){0};
}
