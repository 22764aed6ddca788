/* SPDX-License-Identifier: Apache-2.0 */
#include "os/os.h"

#include <sys/prctl.h>
#include <sys/resource.h>

void os_harden_process(void)
{
	const struct rlimit none = {0};

	/* Neither can fail for a process that gives up something of its own. */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
}
