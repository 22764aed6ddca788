/* SPDX-License-Identifier: Apache-2.0 */
#include "os/os.h"

#include <sys/resource.h>

size_t os_files_more(size_t n)
{
	struct rlimit limit;
	rlim_t before, wanted;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return n;
	before = limit.rlim_cur;
	wanted = before + n < limit.rlim_max ? before + n : limit.rlim_max;
	limit.rlim_cur = wanted;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		wanted = before;
	return (size_t)(wanted - before + before / 4);
}
