/* SPDX-License-Identifier: Apache-2.0 */
/* tree.h - (inside service/) the files below a folder, in the order of their names. */
#ifndef SERVICE_TREE_H
#define SERVICE_TREE_H

#include "os/os.h"

#define TREE_FILE_MAX ((size_t)32 << 20) /* of a file of log/ */
#define TREE_DEPTH    8

/*
 * Each file by its name below `dir` ("tile/0/000") and its path, rising by name. No such folder: no
 * files. Left out are symbolic links, and names that end in ".new": writes that were broken off.
 */
tanu_status tree_each(const char *dir,
		      tanu_status (*each)(void *self, const char *name, const char *path,
					  tanu_error *err),
		      void *self, tanu_error *err);
uint64_t tree_file_size(const char *path); /* 0: none */
uint64_t tree_size(const char *dir);	   /* of all its files, as far as they can be read */

#endif
