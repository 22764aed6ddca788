/* SPDX-License-Identifier: Apache-2.0 */
/* files.h - single files of a log, read strictly and never overwritten with something else. */
#ifndef TLOG_FILES_H
#define TLOG_FILES_H

#include "tlog/tlog.h"

#define LOG_LEVELS     8 /* levels of tiles that a size below 2^64 can have */
#define LOG_BUNDLE_MAX ((size_t)TILE_WIDTH * (2 + LOG_ENTRY_MAX))
#define LOG_SLOTS_MAX  ((size_t)TILE_WIDTH * TANU_OPENING_LEN)

tanu_status log_damaged(tanu_error *err, const char *path, const char *why);

/*
 * The first `width` hashes of a tile: its own file, or the full tile's, which a log may serve in
 * its place. A missing or wrong file is TANU_DAMAGED.
 */
tanu_status file_hashes(tanu_hash *out, const struct log_files *files, const struct tile *tile,
			tanu_error *err);
/* Likewise the first `width` entries of a bundle, each with its length before it. */
tanu_status file_bundle(struct buf *out, const struct log_files *files, const struct tile *tile,
			tanu_error *err);
/* The slots of bundle `index`, as many as there are; none: an empty buffer. */
tanu_status file_slots(struct buf *out, const struct log_files *files, uint64_t index,
		       tanu_error *err);
void slots_path(char out[TILE_PATH_MAX], uint64_t index);

/* Bytes of the first `width` entries of a bundle; 0 when it has not so many. */
size_t bundle_cut(const uint8_t *bytes, size_t len, unsigned width);

/* Write a file that never changes: what stands there already must be the same. */
tanu_status file_keep(const struct log_files *files, const char *path, const void *bytes,
		      size_t len, tanu_error *err);

/* Root of `count` hashes, a power of two up to TILE_WIDTH. */
void fold_hashes(tanu_hash *out, const tanu_hash *hashes, size_t count);

#endif
