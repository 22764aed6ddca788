/* SPDX-License-Identifier: Apache-2.0 */
/* Files too large to be held whole: written once, from end to end, and read likewise. */
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/fd.h"

tanu_status os_file_begin(struct os_file *file, const char *path, mode_t mode, tanu_error *err)
{
	*file = (struct os_file){.fd = -1};
	if (snprintf(file->path, sizeof(file->path), "%s.new", path) >= (int)sizeof(file->path))
		return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, path,
				 "the path is longer than %zu bytes", sizeof(file->path) - 5);
	if (unlink(file->path) < 0 && errno != ENOENT)
		return os_fail(err, file->path, "remove an old temporary file", errno);
	file->fd = open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	return file->fd < 0 ? os_fail(err, file->path, "create", errno) : TANU_OK;
}

tanu_status os_file_write(struct os_file *file, const void *bytes, size_t len, tanu_error *err)
{
	return fd_write_all(file->fd, file->path, bytes, len, err);
}

static void path_without_new(char out[OS_PATH_MAX], const struct os_file *file)
{
	size_t len = strlen(file->path) - strlen(".new");

	memcpy(out, file->path, len);
	out[len] = '\0';
}

tanu_status os_file_commit(struct os_file *file, tanu_error *err)
{
	char path[OS_PATH_MAX];
	tanu_status st = TANU_OK;

	path_without_new(path, file);
	if (fsync(file->fd) < 0)
		st = os_fail(err, file->path, "write to the disk", errno);
	if (close(file->fd) < 0 && st >= 0)
		st = os_fail(err, file->path, "write", errno);
	file->fd = -1;
	if (st >= 0 && rename(file->path, path) < 0)
		st = os_fail(err, path, "replace", errno);
	if (st < 0) {
		unlink(file->path);
		return st;
	}
	return parent_sync(path, err);
}

void os_file_abort(struct os_file *file)
{
	if (file->fd < 0)
		return;
	close(file->fd);
	file->fd = -1;
	unlink(file->path);
}

tanu_status os_file_open(struct os_file *file, const char *path, uint64_t *size, tanu_error *err)
{
	struct stat info;

	*file = (struct os_file){.fd = -1};
	snprintf(file->path, sizeof(file->path), "%s", path);
	file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (file->fd < 0)
		return os_fail(err, path, "open", errno);
	if (fstat(file->fd, &info) == 0 && S_ISREG(info.st_mode)) {
		*size = (uint64_t)info.st_size;
		return TANU_OK;
	}
	os_file_close(file);
	return tanu_fail(err, TANU_ERR_IO, path, "this is not a file");
}

tanu_status os_file_read(struct os_file *file, void *out, size_t len, size_t *got, tanu_error *err)
{
	uint8_t *at = out;

	*got = 0;
	while (*got < len) {
		ssize_t n = read(file->fd, at + *got, len - *got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return os_fail(err, file->path, "read", errno);
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return TANU_OK;
}

void os_file_close(struct os_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}
