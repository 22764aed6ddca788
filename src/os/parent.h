/* SPDX-License-Identifier: Apache-2.0 */
/* parent.h - the folder that holds a file; inside os/ only. */
#ifndef OS_PARENT_H
#define OS_PARENT_H

#include "os/os.h"

/* fsync of the folder that holds `path`: a rename, unlink or mkdir in it survives a crash now. */
tanu_status parent_sync(const char *path, tanu_error *err);

#endif
