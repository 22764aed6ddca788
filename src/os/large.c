/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is scanned through, in large pages where the kernel has them. */
#include "os/os.h"

#include <stdlib.h>
#include <sys/mman.h>

#define LINE  ((size_t)64)
#define LARGE ((size_t)2 << 20)

void *os_large_alloc(size_t len)
{
	size_t align = len < LARGE ? LINE : LARGE;
	size_t size;
	void *p;

	if (len > PTRDIFF_MAX - align)
		return NULL;
	size = (len + align - 1) / align * align;
	p = aligned_alloc(align, size ? size : align);
	if (p && align == LARGE)
		(void)madvise(p, size, MADV_HUGEPAGE); /* small pages do, only slower */
	return p;
}
