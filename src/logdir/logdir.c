/* SPDX-License-Identifier: Apache-2.0 */
#include "logdir/logdir.h"
#include "os/os.h"

#include <string.h>

#define DIR_MODE  0755
#define FILE_MODE 0644

static tanu_status check_link(const char *path, tanu_error *err)
{
	return os_is_link(path) ? tanu_fail(err, TANU_ERR_LOG_DAMAGED, path,
					    "a symbolic link: a log has files and folders only")
				: TANU_OK;
}

/* "dir/path"; nothing behind dir may be a symbolic link. */
static tanu_status locate(char out[OS_PATH_MAX], const char *dir, const char *path, tanu_error *err)
{
	tanu_status st;

	if (!log_path_valid(path))
		return BAD_CALL(err, "not a path of a log");
	if ((st = os_path(out, OS_PATH_MAX, dir, path, err)) < 0)
		return st;
	for (char *at = out + strlen(out) - strlen(path); (at = strchr(at, '/')); at++) {
		*at = '\0';
		st = check_link(out, err);
		*at = '/';
		if (st < 0)
			return st;
	}
	return check_link(out, err);
}

/*
 * The folders above a new file. One in which something stands is on the disk already: it was
 * synced before anything was put into it.
 */
static tanu_status make_folders(char file[OS_PATH_MAX], const char *path, tanu_error *err)
{
	char *at = file + strlen(file) - strlen(path) - 1; /* the slash behind the log's folder */
	tanu_status st = TANU_OK;

	for (; st >= 0 && at; at = strchr(at + 1, '/')) {
		*at = '\0';
		if (!os_exists(file) || os_is_empty(file))
			st = os_make_dir(file, DIR_MODE, err);
		*at = '/';
	}
	return st;
}

static tanu_status dir_read(void *self, struct buf *out, const char *path, size_t max_bytes,
			    tanu_error *err)
{
	char file[OS_PATH_MAX];
	tanu_status st = locate(file, self, path, err);

	return st < 0 ? st : os_read_file(out, file, max_bytes, err);
}

static tanu_status dir_write(void *self, const char *path, const void *bytes, size_t len,
			     tanu_error *err)
{
	char file[OS_PATH_MAX];
	tanu_status st = locate(file, self, path, err);

	if (st >= 0)
		st = make_folders(file, path, err);
	return st < 0 ? st : os_replace_file(file, bytes, len, FILE_MODE, err);
}

void log_dir_files(struct log_files *out, const char *dir)
{
	/* The callbacks only read it. */
	*out = (struct log_files){.read = dir_read, .write = dir_write, .self = (void *)dir};
}
