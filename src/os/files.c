/* SPDX-License-Identifier: Apache-2.0 */
/* Reading files and asking about them. */
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROGRAM_MAX  ((size_t)1 << 30)
#define READ_WAIT_MS 10000 /* for the writer of a pipe that is named instead of a file */

/* Wait for a pipe's writer; regular files never make us. */
static tanu_status wait_readable(int fd, const char *name, tanu_error *err)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	int n;

	do
		n = poll(&ready, 1, READ_WAIT_MS);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		return TANU_OK;
	return os_fail(err, name, "read", n == 0 ? ETIMEDOUT : errno);
}

/* All of `fd` into `out`, at most max_bytes. The chunk is wiped: the file may be a key. */
static tanu_status read_all(struct buf *out, int fd, const char *name, size_t max_bytes,
			    tanu_error *err)
{
	uint8_t chunk[16 * 1024];
	tanu_status st = TANU_OK;
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN && (st = wait_readable(fd, name, err)) >= 0)
			continue;
		if (n < 0) {
			st = st < 0 ? st : os_fail(err, name, "read", errno);
			break;
		}
		if ((size_t)n > max_bytes - out->len) {
			st = tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, name,
				       "larger than the limit of %zu bytes", max_bytes);
			break;
		}
		buf_put(out, chunk, (size_t)n);
	}
	mem_wipe(chunk, sizeof(chunk));
	return st < 0 ? st : buf_check(out, err);
}

tanu_status os_read_file(struct buf *out, const char *path, size_t max_bytes, tanu_error *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	const char *name = is_stdin ? "standard input" : path;
	/* One more, for the zero that buf_cstr puts after a text. */
	struct buf bytes = {.max = max_bytes < SIZE_MAX ? max_bytes + 1 : max_bytes};
	tanu_status st;
	int fd = STDIN_FILENO;

	/* Without O_NONBLOCK a named pipe that nobody writes to would hold us for ever. */
	if (!is_stdin)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return os_fail(err, name, "open", errno);
	st = read_all(&bytes, fd, name, max_bytes, err);
	if (!is_stdin)
		close(fd);
	if (st < 0) {
		buf_wipe(&bytes);
		return st;
	}
	buf_wipe(out);
	*out = bytes;
	return TANU_OK;
}

bool os_exists(const char *path)
{
	struct stat info;

	return lstat(path, &info) == 0;
}

bool os_is_link(const char *path)
{
	struct stat info;

	return lstat(path, &info) == 0 && S_ISLNK(info.st_mode);
}

bool os_is_dir(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool os_is_file(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* A path that was formatted into `out_len` bytes as `n` characters. */
static tanu_status check_fit(int n, size_t out_len, const char *path, tanu_error *err)
{
	if (n >= 0 && (size_t)n < out_len)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, path, "the path is longer than %zu bytes",
			 out_len - 1);
}

tanu_status os_path(char *out, size_t out_len, const char *dir, const char *name, tanu_error *err)
{
	size_t dir_len = strlen(dir);
	const char *slash = dir_len > 0 && dir[dir_len - 1] == '/' ? "" : "/";
	tanu_status st =
	    check_fit(snprintf(NULL, 0, "%s%s%s", dir, slash, name), out_len, dir, err);

	if (st < 0)
		return st;
	snprintf(out, out_len, "%s%s%s", dir, slash, name);
	return TANU_OK;
}

tanu_status os_program_dir(char *out, size_t out_len, tanu_error *err)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	if (n < 0)
		return os_fail(err, "/proc/self/exe", "read", errno);
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (!slash)
		return tanu_fail(err, TANU_ERR_IO, "/proc/self/exe",
				 "the system does not say where the program is");
	if (slash == path)
		slash++;
	*slash = '\0';
	tanu_status st = check_fit((int)(slash - path), out_len, path, err);

	if (st < 0)
		return st;
	memcpy(out, path, (size_t)(slash - path) + 1);
	return TANU_OK;
}

tanu_status os_read_program(struct buf *out, tanu_error *err)
{
	return os_read_file(out, "/proc/self/exe", PROGRAM_MAX, err);
}
