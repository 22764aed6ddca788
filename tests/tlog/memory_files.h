/* SPDX-License-Identifier: Apache-2.0 */
/* memory_files.h - the files of a log in memory, which a test may damage. */
#ifndef TESTS_TLOG_MEMORY_FILES_H
#define TESTS_TLOG_MEMORY_FILES_H

#include "tlog/tlog.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY_FILES_MAX 4096

struct memory_file {
	char path[TILE_PATH_MAX];
	uint8_t *bytes;
	size_t len;
};

struct memory_files {
	size_t len;
	size_t writes;
	size_t reads;
	size_t fail_after; /* 0: never; else that write is refused, and all behind it */
	struct memory_file file[MEMORY_FILES_MAX];
};

static inline struct memory_file *memory_file_find(struct memory_files *m, const char *path)
{
	for (size_t i = 0; i < m->len; i++)
		if (strcmp(m->file[i].path, path) == 0)
			return &m->file[i];
	return NULL;
}

static inline void memory_file_put(struct memory_files *m, const char *path, const void *bytes,
				   size_t len)
{
	struct memory_file *f = memory_file_find(m, path);

	if (!f) {
		assert(m->len < MEMORY_FILES_MAX);
		f = &m->file[m->len++];
		strcpy(f->path, path);
	}
	free(f->bytes);
	f->bytes = malloc(len + 1);
	assert(f->bytes);
	memcpy(f->bytes, bytes, len);
	f->len = len;
}

static inline tanu_status memory_files_read(void *self, struct buf *out, const char *path,
					    size_t max_bytes, tanu_error *err)
{
	struct memory_files *m = self;
	const struct memory_file *f = memory_file_find(m, path);

	m->reads++;
	buf_wipe(out);
	if (!f)
		return tanu_fail(err, TANU_ERR_FILE_MISSING, path, "no such file");
	if (f->len > max_bytes)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, path, "too large");
	buf_put(out, f->bytes, f->len);
	return buf_check(out, err);
}

static inline tanu_status memory_files_write(void *self, const char *path, const void *bytes,
					     size_t len, tanu_error *err)
{
	struct memory_files *m = self;

	if (m->fail_after && m->writes + 1 >= m->fail_after)
		return tanu_fail(err, TANU_ERR_IO, path, "no power");
	m->writes++;
	memory_file_put(m, path, bytes, len);
	return TANU_OK;
}

static inline struct memory_files *memory_files_new(struct log_files *files)
{
	struct memory_files *m = calloc(1, sizeof(*m));

	assert(m);
	*files =
	    (struct log_files){.read = memory_files_read, .write = memory_files_write, .self = m};
	return m;
}

static inline void memory_files_free(struct memory_files *m)
{
	for (size_t i = 0; i < m->len; i++)
		free(m->file[i].bytes);
	free(m);
}

static inline bool memory_files_equal(struct memory_files *a, struct memory_files *b)
{
	for (size_t i = 0; i < a->len; i++) {
		const struct memory_file *f = memory_file_find(b, a->file[i].path);

		if (!f || f->len != a->file[i].len ||
		    memcmp(f->bytes, a->file[i].bytes, f->len) != 0)
			return false;
	}
	return a->len == b->len;
}

#endif
