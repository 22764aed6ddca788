/* SPDX-License-Identifier: Apache-2.0 */
/* Files that grow at their end, and whether a folder is on a disk at all. */
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "os/fd.h"

bool os_is_memory(const char *path)
{
	struct statfs info;

	if (statfs(path, &info) < 0)
		return false;
	return info.f_type == TMPFS_MAGIC || info.f_type == RAMFS_MAGIC;
}

tanu_status os_append_open(struct os_file *file, const char *path, uint64_t *size, tanu_error *err)
{
	struct stat info;
	tanu_status st = TANU_OK;
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return os_fail(err, path, "open", errno);
	if (fstat(fd, &info) < 0 || lseek(fd, 0, SEEK_END) < 0)
		st = os_fail(err, path, "look at", errno);
	else if (info.st_size == 0)
		st = parent_sync(path, err); /* it may be new */
	if (st < 0) {
		close(fd);
		return st;
	}
	snprintf(file->path, sizeof(file->path), "%s", path);
	file->fd = fd;
	*size = (uint64_t)info.st_size;
	return TANU_OK;
}

tanu_status os_append_cut(struct os_file *file, uint64_t size, tanu_error *err)
{
	if (ftruncate(file->fd, (off_t)size) < 0 || lseek(file->fd, (off_t)size, SEEK_SET) < 0 ||
	    fdatasync(file->fd) < 0)
		return os_fail(err, file->path, "cut", errno);
	return TANU_OK;
}

tanu_status os_append(struct os_file *file, const void *bytes, size_t len, tanu_error *err)
{
	off_t before = lseek(file->fd, 0, SEEK_CUR);
	tanu_status st;

	if (before < 0)
		return os_fail(err, file->path, "look at", errno);
	st = fd_write_all(file->fd, file->path, bytes, len, err);
	if (st == TANU_OK && fdatasync(file->fd) < 0)
		st = os_fail(err, file->path, "write to the disk", errno);
	if (st < 0)
		os_append_cut(file, (uint64_t)before, NULL);
	return st;
}
