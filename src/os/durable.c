/* SPDX-License-Identifier: Apache-2.0 */
/* Writes that stand or fall as a whole when the power goes. */
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/fd.h"

tanu_status fd_write_all(int fd, const char *path, const void *bytes, size_t len, tanu_error *err)
{
	const uint8_t *at = bytes;

	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return os_fail(err, path, "write", errno);
		at += n;
		len -= (size_t)n;
	}
	return TANU_OK;
}

/* Content, then fsync, then close: the order matters, and close too can report a lost write. */
static tanu_status write_new(const char *path, const void *bytes, size_t len, mode_t mode,
			     tanu_error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	tanu_status st;

	if (fd < 0)
		return os_fail(err, path, "create", errno);
	st = fd_write_all(fd, path, bytes, len, err);
	if (st >= 0 && fsync(fd) < 0)
		st = os_fail(err, path, "write to the disk", errno);
	if (close(fd) < 0 && st >= 0)
		st = os_fail(err, path, "write", errno);
	return st;
}

tanu_status os_replace_file(const char *path, const void *bytes, size_t len, mode_t mode,
			    tanu_error *err)
{
	char temp[OS_PATH_MAX];
	tanu_status st;

	/* One fixed name: what a crash leaves behind is overwritten by the next attempt. */
	if (snprintf(temp, sizeof(temp), "%s.new", path) >= (int)sizeof(temp))
		return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, path,
				 "the path is longer than %zu bytes", sizeof(temp) - 5);
	if (unlink(temp) < 0 && errno != ENOENT)
		return os_fail(err, temp, "remove an old temporary file", errno);
	st = write_new(temp, bytes, len, mode ? mode : 0600, err);
	if (st >= 0 && rename(temp, path) < 0)
		st = os_fail(err, path, "replace", errno);
	if (st < 0) {
		unlink(temp);
		return st;
	}
	return parent_sync(path, err);
}

static tanu_status overwrite(int fd, const char *path, tanu_error *err)
{
	static const uint8_t zeros[16 * 1024];
	struct stat info;
	off_t left;
	tanu_status st = TANU_OK;

	if (fstat(fd, &info) < 0)
		return os_fail(err, path, "look at", errno);
	for (left = S_ISREG(info.st_mode) ? info.st_size : 0; left > 0 && st >= 0;) {
		size_t n = left < (off_t)sizeof(zeros) ? (size_t)left : sizeof(zeros);

		st = fd_write_all(fd, path, zeros, n, err);
		left -= (off_t)n;
	}
	if (st >= 0 && fsync(fd) < 0)
		st = os_fail(err, path, "write to the disk", errno);
	return st;
}

tanu_status os_remove_file(const char *path, tanu_error *err)
{
	if (unlink(path) == 0)
		return parent_sync(path, err);
	return errno == ENOENT ? TANU_OK : os_fail(err, path, "remove", errno);
}

tanu_status os_destroy_file(const char *path, tanu_error *err)
{
	int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	tanu_status st;

	if (fd < 0 && errno == ENOENT)
		return TANU_OK;
	if (fd < 0)
		return os_fail(err, path, "overwrite", errno);
	st = overwrite(fd, path, err);
	close(fd);
	return st < 0 ? st : os_remove_file(path, err);
}
