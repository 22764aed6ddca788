/* SPDX-License-Identifier: Apache-2.0 */
/* The trace that preload.c writes and model.c reads: one record per call that changed the folder.
 */
#ifndef TESTS_SHIM_TRACE_H
#define TESTS_SHIM_TRACE_H

#include <stdint.h>

#define TRACE_FOLDER                                                                          \
	"TANU_SHIM_FOLDER"	     /* environment: the watched folder, as realpath gives it \
				      */
#define TRACE_FILE "TANU_SHIM_TRACE" /* environment: where records are appended */

/* X(NAME, "word", what its fields hold) */
#define TRACE_LIST(X)                                        \
	X(CREATE, "create", "path and ino of a new file")    \
	X(MKDIR, "mkdir", "path and ino of a new folder")    \
	X(WRITE, "write", "ino, offset, data")               \
	X(TRUNCATE, "truncate", "ino; offset: the new size") \
	X(RENAME, "rename", "path, path2")                   \
	X(UNLINK, "unlink", "path, of a file or a folder")   \
	X(SYNC, "sync", "ino of a file or a folder")         \
	X(MARK, "mark", "path: the scenario's own text")     \
	X(BEYOND, "beyond", "path: a call that changes files in a way that can't be traced")

enum trace_op {
#define X(name, word, fields) TRACE_##name,
	TRACE_LIST(X)
#undef X
	    TRACE_OP_COUNT
};

/* Followed by path, path2 and data, without final zeros. Paths are relative to the folder. */
struct trace_head {
	uint32_t op;
	uint32_t path_len, path2_len, data_len;
	uint64_t ino;
	uint64_t offset;
};

#endif
