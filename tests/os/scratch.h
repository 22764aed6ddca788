/* SPDX-License-Identifier: Apache-2.0 */
/* scratch.h - a folder of its own for each test, and looking into it. */
#ifndef TESTS_OS_SCRATCH_H
#define TESTS_OS_SCRATCH_H

#include "os/os.h"

/* cmocka fixtures: *state is the path of a new folder, removed with its files afterwards. */
int scratch_make(void **state);
int scratch_remove(void **state);

/* "folder/name"; valid until the fourth call after. */
const char *scratch_path(void **state, const char *name);

void file_write(const char *path, const char *text);
/* Whole file as text of at most 255 bytes; "(none)" when it is not there. Valid until the next. */
const char *file_text(const char *path);
size_t file_count(const char *folder);

/* A sanitizer's runtime maps terabytes, and takes mlock to itself. */
bool under_sanitizer(void);

/* Run `act` in a forked child; the wait status. */
int in_child(void (*act)(void *self), void *self);

#endif
