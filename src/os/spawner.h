/* SPDX-License-Identifier: Apache-2.0 */
/* spawner.h - (inside os/) how child.c hands over to a spawner, where this process has one. */
#ifndef OS_SPAWNER_INSIDE_H
#define OS_SPAWNER_INSIDE_H

#include "os/os.h"

#define OS_CHILD_FDS_MAX 8

/* By this process itself. */
tanu_status child_start_here(struct os_child *child, const char *program, const int *fds,
			     size_t fds_len, tanu_error *err);

bool spawner_is_used(void);
tanu_status spawner_child_start(struct os_child *child, const char *program, const int *fds,
				size_t fds_len, tanu_error *err);
/* Its status as waitpid has it; -1: not known. */
int spawner_child_end(struct os_child *child);

#endif
