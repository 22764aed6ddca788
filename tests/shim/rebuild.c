/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/model.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECTOR 512

struct rebuild {
	const struct model *m;
	struct choice choice;
	uint64_t hash;
};

/* xorshift64*: one seed, one course. */
static uint64_t next_random(struct rebuild *r)
{
	uint64_t x = r->choice.random;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	r->choice.random = x;
	return x * 0x2545F4914F6CDD1Du >> 32;
}

/* FNV-1a, 64 bits. */
static void mix(struct rebuild *r, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < len; i++)
		r->hash = (r->hash ^ p[i]) * 0x100000001B3u;
}

/* How many bytes of an unsynced write are kept. */
static size_t kept_bytes(struct rebuild *r, const struct call *call)
{
	size_t len = call->head.data_len;
	uint64_t cut;

	switch (r->choice.variant) {
	case SHIM_DROP:
		return 0;
	case SHIM_RANDOM:
		return next_random(r) & 1 ? len : 0;
	case SHIM_TORN:
		if (call != r->m->last_write)
			return len;
		cut = (call->head.offset + len / 2) / SECTOR * SECTOR;
		return cut > call->head.offset ? (size_t)(cut - call->head.offset) : 0;
	case SHIM_KEEP:
	default:
		return len;
	}
}

static bool keeps_size(struct rebuild *r)
{
	return r->choice.variant == SHIM_RANDOM ? next_random(r) & 1
						: r->choice.variant != SHIM_DROP;
}

static void file_content(struct rebuild *r, const struct node *n, struct buf *out)
{
	buf_put(out, n->durable.data, n->durable.len);
	for (size_t i = 0; i < n->writes_len; i++) {
		const struct call *call = n->writes[i];

		size_t keep = call->head.op == TRACE_WRITE ? kept_bytes(r, call) : 0;

		if (keep || (call->head.op == TRACE_TRUNCATE && keeps_size(r)))
			content_apply(out, call, keep);
	}
}

static tanu_status write_file(const char *path, const struct buf *content, tanu_error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	size_t done = 0;

	while (fd >= 0 && done < content->len) {
		ssize_t n = write(fd, content->data + done, content->len - done);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	if (fd < 0 || close(fd) != 0 || done != content->len)
		return tanu_fail(err, TANU_ERR_IO, path, "%s", strerror(errno));
	return TANU_OK;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

/* Names on the disk and the first few of the changes after them; sorted, so that the hash is
 * stable. */
static struct entries folder_names(struct rebuild *r, const struct node *n)
{
	struct entries e = {0};
	size_t keep = 0;

	if (r->choice.variant == SHIM_RANDOM)
		keep = (size_t)(next_random(r) % (n->changes_len + 1));
	else if (r->choice.variant != SHIM_DROP)
		keep = n->changes_len;
	for (size_t i = 0; i < n->durable_names.len; i++)
		entries_add(&e, n->durable_names.at[i].name, n->durable_names.at[i].node);
	for (size_t i = 0; i < keep; i++)
		entries_change(&e, &n->changes[i]);
	if (e.len)
		qsort(e.at, e.len, sizeof(*e.at), by_name);
	return e;
}

static tanu_status emit_file(struct rebuild *r, const struct node *n, const char *path,
			     tanu_error *err)
{
	struct buf content = {0};
	tanu_status st = TANU_OK;

	file_content(r, n, &content);
	mix(r, &content.len, sizeof(content.len));
	mix(r, content.data, content.len);
	if (path[0])
		st = write_file(path, &content, err);
	buf_free(&content);
	return st;
}

static tanu_status emit_folder(struct rebuild *r, const struct node *n, const char *path,
			       tanu_error *err)
{
	struct entries e = folder_names(r, n);
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < e.len && st == TANU_OK; i++) {
		const struct node *node = e.at[i].node;
		char child[1024] = "";

		if (path[0])
			st = os_path(child, sizeof(child), path, e.at[i].name, err);
		if (st < 0)
			break;
		mix(r, e.at[i].name, strlen(e.at[i].name) + 1);
		if (!node->is_dir) {
			st = emit_file(r, node, child, err);
			continue;
		}
		if (child[0])
			st = os_make_dir(child, 0700, err);
		if (st == TANU_OK)
			st = emit_folder(r, node, child, err);
	}
	free(e.at);
	return st;
}

tanu_status model_rebuild(const struct model *m, const char *folder, const struct choice *choice,
			  uint64_t *hash, tanu_error *err)
{
	struct rebuild r = {.m = m, .choice = *choice, .hash = 0xCBF29CE484222325u};
	tanu_status st;

	if (folder && (st = shim_empty_folder(folder, err)) < 0)
		return st;
	st = emit_folder(&r, m->nodes[0], folder ? folder : "", err);
	if (st == TANU_OK)
		*hash = r.hash;
	return st;
}

static tanu_status remove_entry(void *self, const char *name, tanu_error *err)
{
	char path[1024];
	tanu_status st;

	if ((st = os_path(path, sizeof(path), self, name, err)) < 0 || unlink(path) == 0)
		return st;
	if (errno == EISDIR && (st = shim_empty_folder(path, err)) == TANU_OK && rmdir(path) == 0)
		return TANU_OK;
	return st < 0 ? st : tanu_fail(err, TANU_ERR_IO, path, "%s", strerror(errno));
}

tanu_status shim_empty_folder(const char *folder, tanu_error *err)
{
	return os_list_dir(folder, remove_entry, (void *)(uintptr_t)folder, err);
}
