/* SPDX-License-Identifier: Apache-2.0 */
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/fd.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8u /* Linux 6.3: can never be made executable */
#endif

static const char place[] = "shared memory";

static int create(void)
{
	const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = memfd_create("tanu", flags | MFD_NOEXEC_SEAL);

	return fd < 0 && errno == EINVAL ? memfd_create("tanu", flags) : fd;
}

static tanu_status seal(int fd, int seals, tanu_error *err)
{
	if (fcntl(fd, F_ADD_SEALS, seals) < 0)
		return os_fail(err, place, "seal", errno);
	return TANU_OK;
}

tanu_status os_memfd_sealed(int *fd, const void *head, size_t head_len, const void *body,
			    size_t body_len, tanu_error *err)
{
	int f = create();
	tanu_status st;

	if (f < 0)
		return os_fail(err, place, "create", errno);
	st = fd_write_all(f, place, head, head_len, err);
	if (st >= 0)
		st = fd_write_all(f, place, body, body_len, err);
	if (st >= 0)
		st = seal(f, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL, err);
	if (st < 0) {
		close(f);
		return st;
	}
	*fd = f;
	return TANU_OK;
}

tanu_status os_memfd_blank(int *fd, size_t len, tanu_error *err)
{
	int f = create();
	tanu_status st = TANU_OK;

	if (f < 0)
		return os_fail(err, place, "create", errno);
	if (ftruncate(f, (off_t)len) < 0)
		st = os_fail(err, place, "size", errno);
	/* Nobody can shrink it under a mapping: reading it later can't fault. */
	if (st >= 0)
		st = seal(f, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL, err);
	if (st < 0) {
		close(f);
		return st;
	}
	*fd = f;
	return TANU_OK;
}

size_t os_fd_size(int fd)
{
	struct stat info;

	return fstat(fd, &info) == 0 && info.st_size > 0 ? (size_t)info.st_size : 0;
}

static void *map(int fd, size_t len, int prot, int flags)
{
	void *p;

	if (len == 0 || len > os_fd_size(fd))
		return NULL;
	p = mmap(NULL, len, prot, flags, fd, 0);
	return p == MAP_FAILED ? NULL : p;
}

void *os_map(int fd, size_t len, bool writable)
{
	return writable ? map(fd, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE)
			: map(fd, len, PROT_READ, MAP_PRIVATE | MAP_POPULATE);
}

void *os_map_sparse(int fd, size_t len)
{
	return map(fd, len, PROT_READ | PROT_WRITE, MAP_SHARED);
}

void os_unmap(void *p, size_t len)
{
	if (p)
		munmap(p, len);
}
