/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folder.h - the demo's temporary folder goes whatever happens, for faces and keys lie in it: an
 * interrupt is remembered and obeyed between steps.
 */
#ifndef DEMO_FOLDER_H
#define DEMO_FOLDER_H

#include "os/os.h"

/* From watch to end SIGINT and SIGTERM only set what folder_interrupted tells. */
void folder_watch(void);
bool folder_interrupted(void);
/* Back to what the signals did before, and if one came meanwhile, do that now. */
void folder_watch_end(void);

#endif
