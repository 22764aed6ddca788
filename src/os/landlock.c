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
#define SYS_landlock_add_rule	    445
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

/* Rights on files, by bit: what reading needs, and what replacing files whole needs beside it. */
#define READ_RIGHTS (1u << 2 | 1u << 3) /* read file, list folder */
#define WRITE_RIGHTS                                                                     \
	(1u << 1 | 1u << 4 | 1u << 5 | 1u << 7 | /* write, remove folder, file; mkdir */ \
	 1u << 8 | 1u << 13 | 1u << 14)		 /* make file, move, truncate */
#define SOCKET_RIGHT  (1u << 9)
#define DEVICE_RIGHTS (1u << 1 | 1u << 15) /* write; ioctl */
#define RULE_BENEATH  1u

#define NET_BIND 1u /* the other one is to connect */

/* A ruleset that handles every right and grants none. A newer kernel's further rights stay open. */
static struct ruleset all_rights(int abi)
{
	int newest = (int)(sizeof(known) / sizeof(known[0])) - 1;
	int i = abi < newest ? abi : newest;

	return (struct ruleset){
	    .fs = low_bits(known[i].fs),
	    .net = low_bits(known[i].net),
	    .scoped = low_bits(known[i].scoped),
	};
}

int landlock_begin(bool outgoing)
{
	int abi = landlock_abi();
	struct ruleset all = all_rights(abi);

	if (abi == 0)
		return -1;
	if (outgoing)
		all.net &= NET_BIND;
	return (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
}

static bool allow_rights(int ruleset, int dir, uint64_t rights)
{
	/* The kernel wants it packed: twelve bytes. */
	struct {
		uint64_t allowed;
		int32_t parent;
	} __attribute__((packed)) rule = {
	    .allowed = rights & all_rights(landlock_abi()).fs,
	    .parent = dir,
	};

	return syscall(SYS_landlock_add_rule, ruleset, RULE_BENEATH, &rule, 0) == 0;
}

bool landlock_allow(int ruleset, int dir, bool write)
{
	return allow_rights(ruleset, dir, READ_RIGHTS | (write ? WRITE_RIGHTS : 0));
}

bool landlock_allow_sockets(int ruleset, int dir)
{
	return allow_rights(ruleset, dir, READ_RIGHTS | WRITE_RIGHTS | SOCKET_RIGHT);
}

bool landlock_allow_devices(int ruleset, int dir)
{
	return allow_rights(ruleset, dir, READ_RIGHTS | DEVICE_RIGHTS);
}

bool landlock_enter(int ruleset)
{
	bool done = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;

	close(ruleset);
	return done;
}

bool landlock_forbid_all(void)
{
	int ruleset = landlock_begin(false);

	return ruleset >= 0 && landlock_enter(ruleset);
}
