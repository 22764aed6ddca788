/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for secrets: whole pages, locked, left out of core dumps and of forked children. */
#include "os/os.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

static atomic_bool lock_refused;

static size_t whole_pages(size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return len > SIZE_MAX - page ? 0 : (len + page - 1) / page * page;
}

void *os_secret_alloc(size_t len)
{
	size_t size = whole_pages(len);
	void *p;

	if (size == 0)
		return NULL;
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	/* RLIMIT_MEMLOCK may be small: the secret is then usable, but could be swapped out. */
	if (mlock(p, size) < 0)
		atomic_store(&lock_refused, true);
	(void)madvise(p, size, MADV_DONTDUMP);
	(void)madvise(p, size, MADV_WIPEONFORK);
	return p;
}

void os_secret_free(void *p, size_t len)
{
	if (!p)
		return;
	mem_wipe(p, len);
	munmap(p, whole_pages(len));
}

bool os_secrets_locked(void)
{
	return !atomic_load(&lock_refused);
}
