/* SPDX-License-Identifier: Apache-2.0 */
/* logdir.h - the files of a log (docs/log.md) as a folder. */
#ifndef LOGDIR_LOGDIR_H
#define LOGDIR_LOGDIR_H

#include "tlog/tlog.h"

/*
 * `dir`, which must outlive `out`; it is made with the first write, the folder above it must exist.
 * Reads and writes take the paths of a log and no other (log_path_valid), and no symbolic link
 * inside the folder is followed. Files are for everybody to read.
 */
void log_dir_files(struct log_files *out, const char *dir);

#endif
