/* SPDX-License-Identifier: Apache-2.0 */
/* Opening what others have named, without leaving a folder. */
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

/* The kernel's include/uapi/linux/openat2.h, by number: not every libc's headers have it. */
#define RESOLVE_ALL_BENEATH (0x02 | 0x04 | 0x08) /* no magic links, no symlinks, beneath */
struct how {
	uint64_t flags, mode, resolve;
};

#define OPEN_FLAGS (O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)

/* One folder after another, for kernels before 5.6. */
static int walk_to(int dir, const char *path)
{
	int at = dir, next;

	for (;;) {
		size_t len = strcspn(path, "/");
		char name[256];
		bool last = path[len] == '\0';

		snprintf(name, sizeof(name), "%.*s", (int)len, path);
		next = openat(at, name, last ? OPEN_FLAGS : OPEN_FLAGS | O_DIRECTORY);
		if (at != dir)
			close(at);
		if (next < 0 || last)
			return next;
		at = next;
		path += len + 1;
	}
}

/* No empty name, ".", "..", nothing hidden, none longer than a name may be. */
static bool is_plain_path(const char *path)
{
	for (const char *p = path;; p++) {
		size_t len = strcspn(p, "/");

		if (len == 0 || len > 255 || *p == '.')
			return false;
		p += len;
		if (*p == '\0')
			return true;
	}
}

static int open_beneath(int dir, const char *path)
{
	struct how how = {.flags = OPEN_FLAGS, .resolve = RESOLVE_ALL_BENEATH};
	long fd = syscall(SYS_openat2, dir, path, &how, sizeof(how));

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return walk_to(dir, path);
	return (int)fd;
}

tanu_status os_open_beneath(int *fd, struct os_file_facts *facts, int dir, const char *path,
			    tanu_error *err)
{
	struct stat info;
	int opened;

	if (!is_plain_path(path))
		return os_fail(err, path, "open", ENOENT);
	opened = open_beneath(dir, path);
	if (opened < 0)
		return os_fail(err, path, "open",
			       errno == EXDEV || errno == ELOOP ? ENOENT : errno);
	if (fstat(opened, &info) < 0 || !S_ISREG(info.st_mode)) {
		close(opened);
		return os_fail(err, path, "open", ENOENT);
	}
	*facts = (struct os_file_facts){
	    .size = (uint64_t)info.st_size,
	    .changed_ns =
		(uint64_t)info.st_mtim.tv_sec * 1000000000 + (uint64_t)info.st_mtim.tv_nsec,
	    .inode = info.st_ino,
	};
	*fd = opened;
	return TANU_OK;
}

tanu_status os_open_dir(int *fd, const char *path, tanu_error *err)
{
	int opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (opened < 0)
		return os_fail(err, path, "open the folder", errno);
	*fd = opened;
	return TANU_OK;
}
