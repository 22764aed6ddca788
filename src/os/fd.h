/* SPDX-License-Identifier: Apache-2.0 */
/* fd.h - small steps on descriptors and paths; inside os/ only. */
#ifndef OS_FD_H
#define OS_FD_H

#include "os/os.h"

/* All bytes, whatever interrupts it. */
tanu_status fd_write_all(int fd, const char *path, const void *bytes, size_t len, tanu_error *err);

/* fsync of the folder that holds `path`: a rename, unlink or mkdir in it survives a crash now. */
tanu_status parent_sync(const char *path, tanu_error *err);

#endif
