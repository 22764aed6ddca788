/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folder.h - the demo's temporary folder: faces and keys lie in it, so it goes whatever happens. An
 * interrupt is remembered and obeyed between steps; what a killed demo left behind is removed by
 * the next one.
 */
#ifndef DEMO_FOLDER_H
#define DEMO_FOLDER_H

#include "os/os.h"

/*
 * A new folder of mode 0700 below $TMPDIR, or in memory where there is such a place, or /tmp;
 * removes those of demos that are no more.
 */
tanu_status folder_make(char *out, size_t out_len, tanu_error *err);
/* Overwrites and removes every file of it. */
tanu_status folder_remove(const char *path, tanu_error *err);

/* From watch to end SIGINT and SIGTERM only set what folder_interrupted tells. */
void folder_watch(void);
bool folder_interrupted(void);
/* Back to what the signals did before, and if one came meanwhile, do that now. */
void folder_watch_end(void);

#endif
