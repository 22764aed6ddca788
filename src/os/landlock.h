/* SPDX-License-Identifier: Apache-2.0 */
/* landlock.h - the kernel's own path and network lock, by number; inside os/ only. */
#ifndef OS_LANDLOCK_H
#define OS_LANDLOCK_H

#include <stdbool.h>

/* Version of the interface in this kernel; 0 if there is none. */
int landlock_abi(void);

/* Forbid everything this kernel's Landlock knows. False: not there, or refused. */
bool landlock_forbid_all(void);

/*
 * A ruleset that forbids everything, to be loosened and then entered; -1: not there, or refused.
 * Entering closes it.
 */
int landlock_begin(bool outgoing);
/* Files beneath this open folder. */
bool landlock_allow(int ruleset, int dir, bool write);
/* As writing, and sockets may be made there. */
bool landlock_allow_sockets(int ruleset, int dir);
/* Devices beneath may be read, written and told things. */
bool landlock_allow_devices(int ruleset, int dir);
bool landlock_enter(int ruleset);

#endif
