/* SPDX-License-Identifier: Apache-2.0 */
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

tanu_status os_lock_take(struct os_lock *lock, const char *path, tanu_error *err)
{
	int first = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int fd;

	if (first < 0)
		return os_fail(err, path, "open the lock file", errno);
	/* Never descriptor 0: a zeroed os_lock means "not held". */
	fd = fcntl(first, F_DUPFD_CLOEXEC, 3);
	close(first);
	if (fd < 0)
		return os_fail(err, path, "open the lock file", errno);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		int reason = errno;

		close(fd);
		if (reason == EWOULDBLOCK)
			return tanu_fail(err, TANU_ERR_FOLDER_BUSY, path,
					 "another process has the data folder open: close it, "
					 "or use another folder");
		return os_fail(err, path, "lock", reason);
	}
	lock->fd = fd;
	return TANU_OK;
}

void os_lock_drop(struct os_lock *lock)
{
	if (lock->fd > 0)
		close(lock->fd);
	if (lock->line > 0)
		close(lock->line);
	*lock = (struct os_lock){0};
}

tanu_status os_lock_copy(struct os_lock *out, const struct os_lock *lock, tanu_error *err)
{
	int fd = fcntl(lock->fd, F_DUPFD_CLOEXEC, 3);

	if (fd < 0)
		return os_fail(err, "lock", "copy", errno);
	*out = (struct os_lock){.fd = fd};
	return TANU_OK;
}
