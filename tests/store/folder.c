/* SPDX-License-Identifier: Apache-2.0 */
#include "store/folder.h"

#include "os/os.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];
static pid_t owner;

static tanu_status remove_one(void *self, const char *name, tanu_error *err)
{
	(void)self;
	(void)err;
	if (unlink(folder_file(name)) != 0)
		rmdir(folder_file(name));
	return TANU_OK;
}

void folder_clear(void)
{
	os_list_dir(folder, remove_one, NULL, NULL);
}

static void remove_folder(void)
{
	if (getpid() != owner)
		return;
	folder_clear();
	rmdir(folder);
}

const char *folder_make(void)
{
	if (!folder[0]) {
		snprintf(folder, sizeof(folder), "/tmp/tanu-test-XXXXXX");
		if (!mkdtemp(folder))
			abort();
		owner = getpid();
		atexit(remove_folder);
	}
	return folder;
}

const char *folder_file(const char *name)
{
	static char paths[4][512];
	static size_t next;
	char *path = paths[next++ % ARRAY_LEN(paths)];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder_make(), name);
	return path;
}

void file_read(struct buf *out, const char *path)
{
	tanu_error err = {0};

	out->len = 0;
	if (os_read_file(out, path, (size_t)1 << 28, &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
}

void file_write(const char *path, const void *bytes, size_t len)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

struct search {
	const void *bytes;
	size_t len;
	bool found;
};

static tanu_status search_one(void *self, const char *name, tanu_error *err)
{
	struct search *search = self;
	struct buf content = {0};

	(void)err;
	file_read(&content, folder_file(name));
	if (content.len && memmem(content.data, content.len, search->bytes, search->len))
		search->found = true;
	buf_free(&content);
	return TANU_OK;
}

bool folder_holds(const void *bytes, size_t len)
{
	struct search search = {bytes, len, false};

	os_list_dir(folder, search_one, &search, NULL);
	return search.found;
}
