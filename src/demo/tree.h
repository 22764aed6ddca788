/* SPDX-License-Identifier: Apache-2.0 */
/* tree.h - copy folders, for the thief. */
#ifndef DEMO_TREE_H
#define DEMO_TREE_H

#include "os/os.h"

/* Files and folders below `from`, to the new folder `to`. Links are not followed. */
tanu_status tree_copy(const char *to, const char *from, tanu_error *err);
tanu_status tree_copy_file(const char *to_dir, const char *from_dir, const char *name,
			   tanu_error *err);

#endif
