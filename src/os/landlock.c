/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Landlock by own constants: distributions ship a linux/landlock.h older than the kernels that run
 * under them. Numbers from the kernel's include/uapi/linux/landlock.h.
 */
#include "os/landlock.h"

#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self  446
#endif

#define CREATE_RULESET_VERSION 1u

/* How many access rights (lowest bits first) each version of the interface knows. */
static const struct {
	uint8_t fs, net, scoped;
} known[] = {
    {0, 0, 0}, {13, 0, 0}, {14, 0, 0}, {15, 0, 0}, {15, 2, 0}, {16, 2, 0}, {16, 2, 2},
};

struct ruleset {
	uint64_t fs, net, scoped;
};

static uint64_t low_bits(unsigned n)
{
	return ((uint64_t)1 << n) - 1;
}

int landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);

	return abi < 0 ? 0 : (int)abi;
}

/* A ruleset that handles every right and grants none. A newer kernel's further rights stay open. */
bool landlock_forbid_all(void)
{
	int abi = landlock_abi();
	int newest = (int)(sizeof(known) / sizeof(known[0])) - 1;
	int i = abi < newest ? abi : newest;
	struct ruleset all = {
	    .fs = low_bits(known[i].fs),
	    .net = low_bits(known[i].net),
	    .scoped = low_bits(known[i].scoped),
	};
	bool done;
	int fd;

	if (abi == 0)
		return false;
	fd = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
	if (fd < 0)
		return false;
	done = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	close(fd);
	return done;
}
