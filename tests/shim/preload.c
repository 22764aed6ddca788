/* SPDX-License-Identifier: Apache-2.0 */
/*
 * preload.c - stands before libc (LD_PRELOAD) and appends to a trace every call that changes a file
 * under the watched folder, with its data. Whether a descriptor is watched is asked of /proc each
 * time, so that dup, fork and relative paths need no bookkeeping. Programs that are started from
 * the watched one are not watched.
 */
#include "shim/trace.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define EXPORT	   __attribute__((visibility("default")))
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static char folder[PATH_MAX];
static size_t folder_len;
static int trace_fd = -1;
/* Held over the call and its record, so that the trace has the order in which things happened. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void start(void)
{
	const char *name = getenv(TRACE_FOLDER);
	const char *trace = getenv(TRACE_FILE);

	if (!name || !trace)
		return;
	folder_len = strlen(name);
	memcpy(folder, name, folder_len + 1);
	trace_fd = REAL(open)(trace, O_WRONLY | O_APPEND | O_CLOEXEC);
	unsetenv("LD_PRELOAD");
}

static void put(struct trace_head head, const char *path, const char *path2, const void *data)
{
	struct iovec parts[4];
	ssize_t len = 0;

	head.path_len = (uint32_t)(path ? strlen(path) : 0);
	head.path2_len = (uint32_t)(path2 ? strlen(path2) : 0);
	parts[0] = (struct iovec){&head, sizeof(head)};
	parts[1] = (struct iovec){(void *)(uintptr_t)path, head.path_len};
	parts[2] = (struct iovec){(void *)(uintptr_t)path2, head.path2_len};
	parts[3] = (struct iovec){(void *)(uintptr_t)data, head.data_len};
	for (int i = 0; i < 4; i++)
		len += (ssize_t)parts[i].iov_len;
	if (REAL(writev)(trace_fd, parts, 4) != len)
		abort(); /* a trace with a hole would prove nothing */
}

/* The path inside the folder ("" for itself), or NULL. */
static const char *inside(const char *path)
{
	if (trace_fd < 0 || strncmp(path, folder, folder_len) != 0)
		return NULL;
	if (path[folder_len] == '/')
		return path + folder_len + 1;
	return path[folder_len] ? NULL : "";
}

/* Is this an open file or folder of the watched folder? */
static const char *watched(int fd, char path[PATH_MAX], struct stat *info)
{
	char link[64];
	ssize_t len;

	if (trace_fd < 0 || fstat(fd, info) != 0 ||
	    (!S_ISREG(info->st_mode) && !S_ISDIR(info->st_mode)))
		return NULL;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, PATH_MAX - 1);
	if (len <= 0)
		return NULL;
	path[len] = '\0';
	return inside(path);
}

/* The same for a name, which need not exist: its parent folder must. */
static const char *watched_name(int dir, const char *name, char path[PATH_MAX])
{
	char copy[PATH_MAX], parent[PATH_MAX], base[NAME_MAX + 1];

	if (trace_fd < 0 || (dir != AT_FDCWD && name[0] != '/') || strlen(name) >= sizeof(copy))
		return NULL;
	strcpy(copy, name);
	snprintf(base, sizeof(base), "%s", basename(copy));
	strcpy(copy, name);
	if (!realpath(dirname(copy), parent) || strlen(parent) + strlen(base) + 2 > PATH_MAX)
		return NULL;
	strcpy(path, parent);
	strcat(path, "/");
	strcat(path, base);
	return inside(path);
}

EXPORT void tanu_shim_mark(const char *text);
EXPORT void tanu_shim_mark(const char *text)
{
	if (trace_fd < 0)
		return;
	pthread_mutex_lock(&lock);
	put((struct trace_head){.op = TRACE_MARK}, text, NULL, NULL);
	pthread_mutex_unlock(&lock);
}

/* ---- files by name ---- */

static int open_watched(int dir, const char *name, int flags, mode_t mode)
{
	struct stat before = {0}, info;
	char path[PATH_MAX];
	const char *rel;
	bool existed;
	int fd;

	pthread_mutex_lock(&lock);
	existed = fstatat(dir, name, &before, 0) == 0;
	fd = REAL(openat)(dir, name, flags, mode);
	int saved = errno;

	if (fd >= 0 && (rel = watched(fd, path, &info)) != NULL) {
		struct trace_head head = {.op = TRACE_TRUNCATE, .ino = info.st_ino};

		if (flags & O_CREAT && !existed) {
			head.op = TRACE_CREATE;
			put(head, rel, NULL, NULL);
		} else if (flags & O_TRUNC && S_ISREG(before.st_mode)) {
			put(head, NULL, NULL, NULL);
		}
	}
	pthread_mutex_unlock(&lock);
	errno = saved;
	return fd;
}

#define MODE_OF(flags)                         \
	mode_t mode = 0;                       \
	if ((flags) & (O_CREAT | O_TMPFILE)) { \
		va_list ap;                    \
		va_start(ap, flags);           \
		mode = va_arg(ap, mode_t);     \
		va_end(ap);                    \
	}

EXPORT int open(const char *name, int flags, ...)
{
	MODE_OF(flags)
	return open_watched(AT_FDCWD, name, flags, mode);
}

EXPORT int open64(const char *name, int flags, ...)
{
	MODE_OF(flags)
	return open_watched(AT_FDCWD, name, flags, mode);
}

EXPORT int openat(int dir, const char *name, int flags, ...)
{
	MODE_OF(flags)
	return open_watched(dir, name, flags, mode);
}

EXPORT int openat64(int dir, const char *name, int flags, ...)
{
	MODE_OF(flags)
	return open_watched(dir, name, flags, mode);
}

/* What a build with FORTIFY calls instead of open without a mode. */
EXPORT int __open_2(const char *name, int flags);
EXPORT int __open_2(const char *name, int flags)
{
	return open_watched(AT_FDCWD, name, flags, 0);
}

EXPORT int __open64_2(const char *name, int flags);
EXPORT int __open64_2(const char *name, int flags)
{
	return open_watched(AT_FDCWD, name, flags, 0);
}

/* A call that took or gave names; `done` is its result. */
static int record_names(int done, struct trace_head head, const char *path, const char *path2)
{
	int saved = errno;

	if (done == 0 && path)
		put(head, path, path2, NULL);
	pthread_mutex_unlock(&lock);
	errno = saved;
	return done;
}

EXPORT int mkdir(const char *name, mode_t mode)
{
	char path[PATH_MAX];
	struct stat info = {0};
	const char *rel;
	int done;

	pthread_mutex_lock(&lock);
	rel = watched_name(AT_FDCWD, name, path);
	done = REAL(mkdir)(name, mode);
	if (done == 0)
		stat(name, &info);
	return record_names(done, (struct trace_head){.op = TRACE_MKDIR, .ino = info.st_ino}, rel,
			    NULL);
}

EXPORT int unlinkat(int dir, const char *name, int flags)
{
	char path[PATH_MAX];
	const char *rel;

	pthread_mutex_lock(&lock);
	rel = watched_name(dir, name, path);
	return record_names(REAL(unlinkat)(dir, name, flags),
			    (struct trace_head){.op = TRACE_UNLINK}, rel, NULL);
}

EXPORT int unlink(const char *name)
{
	return unlinkat(AT_FDCWD, name, 0);
}

EXPORT int rmdir(const char *name)
{
	return unlinkat(AT_FDCWD, name, AT_REMOVEDIR);
}

EXPORT int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	char path[PATH_MAX], path2[PATH_MAX];
	const char *rel, *rel2;
	struct trace_head head = {.op = TRACE_RENAME};

	pthread_mutex_lock(&lock);
	rel = watched_name(from_dir, from, path);
	rel2 = watched_name(to_dir, to, path2);
	if (!rel != !rel2) { /* into the folder or out of it */
		head.op = TRACE_BEYOND;
		rel = "rename";
		rel2 = NULL;
	}
	return record_names(REAL(renameat)(from_dir, from, to_dir, to), head, rel, rel2);
}

EXPORT int rename(const char *from, const char *to)
{
	return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

/* ---- files by descriptor ---- */

static off_t write_place(int fd, const struct stat *info)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && flags & O_APPEND ? info->st_size : lseek(fd, 0, SEEK_CUR);
}

static void put_write(const struct stat *info, off_t offset, const void *data, ssize_t len)
{
	put((struct trace_head){.op = TRACE_WRITE,
				.ino = info->st_ino,
				.offset = (uint64_t)offset,
				.data_len = (uint32_t)len},
	    NULL, NULL, data);
}

EXPORT ssize_t write(int fd, const void *data, size_t len)
{
	char path[PATH_MAX];
	struct stat info;
	off_t offset;
	ssize_t n;

	if (!watched(fd, path, &info))
		return REAL(write)(fd, data, len);
	pthread_mutex_lock(&lock);
	offset = write_place(fd, &info);
	n = REAL(write)(fd, data, len);
	int saved = errno;

	if (n > 0)
		put_write(&info, offset, data, n);
	pthread_mutex_unlock(&lock);
	errno = saved;
	return n;
}

EXPORT ssize_t pwrite64(int fd, const void *data, size_t len, off_t offset)
{
	char path[PATH_MAX];
	struct stat info;
	ssize_t n;

	if (!watched(fd, path, &info))
		return REAL(pwrite64)(fd, data, len, offset);
	pthread_mutex_lock(&lock);
	n = REAL(pwrite64)(fd, data, len, offset);
	int saved = errno;

	if (n > 0)
		put_write(&info, offset, data, n);
	pthread_mutex_unlock(&lock);
	errno = saved;
	return n;
}

EXPORT ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	return pwrite64(fd, data, len, offset);
}

EXPORT ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset)
{
	char path[PATH_MAX];
	struct stat info;
	ssize_t n, left, saved;

	if (!watched(fd, path, &info))
		return REAL(pwritev)(fd, parts, count, offset);
	pthread_mutex_lock(&lock);
	n = REAL(pwritev)(fd, parts, count, offset);
	saved = errno;
	left = n;
	for (int i = 0; i < count && left > 0; i++) {
		ssize_t len = left < (ssize_t)parts[i].iov_len ? left : (ssize_t)parts[i].iov_len;

		put_write(&info, offset, parts[i].iov_base, len);
		offset += len;
		left -= len;
	}
	pthread_mutex_unlock(&lock);
	errno = (int)saved;
	return n;
}

EXPORT ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t offset)
{
	return pwritev(fd, parts, count, offset);
}

EXPORT ssize_t writev(int fd, const struct iovec *parts, int count)
{
	char path[PATH_MAX];
	struct stat info;
	off_t offset;
	ssize_t n;

	if (!watched(fd, path, &info))
		return REAL(writev)(fd, parts, count);
	offset = write_place(fd, &info);
	n = pwritev(fd, parts, count, offset);
	if (n > 0)
		lseek(fd, offset + n, SEEK_SET);
	return n;
}

/* A call on a whole file or folder. */
static int record_whole(int fd, int done, enum trace_op op, off_t size)
{
	char path[PATH_MAX];
	struct stat info;
	int saved = errno;

	if (done == 0 && watched(fd, path, &info))
		put((struct trace_head){.op = op, .ino = info.st_ino, .offset = (uint64_t)size},
		    NULL, NULL, NULL);
	pthread_mutex_unlock(&lock);
	errno = saved;
	return done;
}

EXPORT int ftruncate64(int fd, off_t size)
{
	pthread_mutex_lock(&lock);
	return record_whole(fd, REAL(ftruncate64)(fd, size), TRACE_TRUNCATE, size);
}

EXPORT int ftruncate(int fd, off_t size)
{
	return ftruncate64(fd, size);
}

EXPORT int fsync(int fd)
{
	pthread_mutex_lock(&lock);
	return record_whole(fd, REAL(fsync)(fd), TRACE_SYNC, 0);
}

EXPORT int fdatasync(int fd)
{
	pthread_mutex_lock(&lock);
	return record_whole(fd, REAL(fdatasync)(fd), TRACE_SYNC, 0);
}

/* What is written through a mapping is never seen here. */
EXPORT void *mmap64(void *at, size_t len, int protection, int flags, int fd, off_t offset)
{
	char path[PATH_MAX];
	struct stat info;

	if (fd >= 0 && flags & MAP_SHARED && protection & PROT_WRITE && watched(fd, path, &info))
		put((struct trace_head){.op = TRACE_BEYOND}, "mmap", NULL, NULL);
	return REAL(mmap64)(at, len, protection, flags, fd, offset);
}

EXPORT void *mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset)
{
	return mmap64(at, len, protection, flags, fd, offset);
}
