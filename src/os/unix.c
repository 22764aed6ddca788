/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets and pipes in the file system. */
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 4

static tanu_status address_of(struct sockaddr_un *out, const char *path, tanu_error *err)
{
	*out = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(out->sun_path))
		return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, path,
				 "the path of a socket has at most %zu bytes",
				 sizeof(out->sun_path) - 1);
	snprintf(out->sun_path, sizeof(out->sun_path), "%s", path);
	return TANU_OK;
}

static tanu_status fail_at(tanu_error *err, const char *path, const char *doing, int *fd)
{
	int errnum = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return os_fail(err, path, doing, errnum);
}

static int socket_new(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

tanu_status os_unix_listen(int *fd, const char *path, tanu_error *err)
{
	struct sockaddr_un at;
	struct stat info;
	tanu_status st = address_of(&at, path, err);
	mode_t before;
	int rc;

	if (st < 0)
		return st;
	if (lstat(path, &info) == 0 && S_ISSOCK(info.st_mode))
		unlink(path);
	if ((*fd = socket_new()) < 0)
		return os_fail(err, path, "open", errno);
	before = umask(0117); /* owner and group alone, from the first moment */
	rc = bind(*fd, (const struct sockaddr *)&at, sizeof(at));
	umask(before);
	if (rc < 0 || listen(*fd, BACKLOG) < 0)
		return fail_at(err, path, "listen at", fd);
	return TANU_OK;
}

tanu_status os_unix_accept(int *fd, int listening, tanu_error *err)
{
	*fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (*fd >= 0 || errno == EAGAIN || errno == ECONNABORTED || errno == EINTR)
		return TANU_OK;
	return os_fail(err, "socket", "accept", errno);
}

tanu_status os_unix_connect(int *fd, const char *path, tanu_error *err)
{
	struct sockaddr_un at;
	tanu_status st = address_of(&at, path, err);

	if (st < 0)
		return st;
	if ((*fd = socket_new()) < 0)
		return os_fail(err, path, "open", errno);
	if (connect(*fd, (const struct sockaddr *)&at, sizeof(at)) < 0)
		return fail_at(err, path, "reach", fd);
	return TANU_OK;
}

tanu_status os_fifo_open(int *fd, const char *path, tanu_error *err)
{
	*fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (*fd >= 0)
		return TANU_OK;
	if (errno == ENXIO)
		return tanu_fail(err, TANU_ERR_FILE_MISSING, path, "nobody reads this pipe");
	return os_fail(err, path, "open", errno);
}
