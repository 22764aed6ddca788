/* SPDX-License-Identifier: Apache-2.0 */
/* landlock.h - the kernel's own path and network lock, by number; inside os/ only. */
#ifndef OS_LANDLOCK_H
#define OS_LANDLOCK_H

#include <stdbool.h>

/* Version of the interface in this kernel; 0 if there is none. */
int landlock_abi(void);

/* Forbid everything this kernel's Landlock knows. False: not there, or refused. */
bool landlock_forbid_all(void);

#endif
