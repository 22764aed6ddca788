/* SPDX-License-Identifier: Apache-2.0 */
/* Folders: making, listing, and putting their entries on the disk. */
#include "os/os.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/fd.h"

tanu_status os_sync_dir(const char *path, tanu_error *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	tanu_status st = TANU_OK;

	if (fd < 0)
		return os_fail(err, path, "open the folder", errno);
	if (fsync(fd) < 0)
		st = os_fail(err, path, "put the folder on the disk", errno);
	close(fd);
	return st;
}

static tanu_status parent_dir(char out[OS_PATH_MAX], const char *path, tanu_error *err)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;

	if (slash == path)
		len = 1;
	if (len >= OS_PATH_MAX)
		return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, path,
				 "the path is longer than %d bytes", OS_PATH_MAX - 1);
	memcpy(out, path, len);
	out[len] = '\0';
	if (!slash)
		memcpy(out, ".", 2);
	return TANU_OK;
}

tanu_status parent_sync(const char *path, tanu_error *err)
{
	char dir[OS_PATH_MAX];
	tanu_status st = parent_dir(dir, path, err);

	return st < 0 ? st : os_sync_dir(dir, err);
}

tanu_status os_make_dir(const char *path, mode_t mode, tanu_error *err)
{
	if (mkdir(path, mode) < 0) {
		if (errno != EEXIST)
			return os_fail(err, path, "make the folder", errno);
		if (!os_is_dir(path))
			return os_fail(err, path, "make the folder", ENOTDIR);
	}
	/* Whoever made it may have been killed before this. */
	return parent_sync(path, err);
}

tanu_status os_close_dir(const char *path, tanu_error *err)
{
	return chmod(path, 0700) < 0 ? os_fail(err, path, "change the mode", errno) : TANU_OK;
}

static int is_entry(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

bool os_is_empty(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry = NULL;

	if (!dir)
		return false;
	while ((entry = readdir(dir)) && !is_entry(entry))
		;
	closedir(dir);
	return !entry;
}

/* By bytes, so that the order does not depend on the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

tanu_status os_list_dir(const char *path,
			tanu_status (*each)(void *self, const char *name, tanu_error *err),
			void *self, tanu_error *err)
{
	struct dirent **entries = NULL;
	int count = scandir(path, &entries, is_entry, by_name);
	tanu_status st = TANU_OK;

	if (count < 0)
		return os_fail(err, path, "list the folder", errno);
	for (int i = 0; i < count; i++) {
		if (st >= 0)
			st = each(self, entries[i]->d_name, err);
		free(entries[i]);
	}
	free(entries);
	return st;
}
