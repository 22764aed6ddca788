/* SPDX-License-Identifier: Apache-2.0 */
/* The folder as a disk sees it: what has reached it, and what is only asked for. */
#ifndef TESTS_SHIM_MODEL_H
#define TESTS_SHIM_MODEL_H

#include "shim/shim.h"
#include "shim/trace.h"

/* One traced call; its texts and data live in the trace. */
struct call {
	struct trace_head head;
	char *path, *path2; /* with final zero, owned */
	const uint8_t *data;
};

struct entry {
	char name[256];
	struct node *node;
};

struct entries {
	struct entry *at;
	size_t len;
};

/* A change of names in one folder that was asked for and not synced; empty names: nothing. */
struct name_change {
	char remove[256];
	char add[256];
	struct node *node;
};

/* A file or a folder, reachable by names or not. */
struct node {
	uint64_t ino;
	bool is_dir;
	/* file */
	struct buf durable;
	const struct call **writes; /* WRITE and TRUNCATE since it was synced */
	size_t writes_len;
	/* folder */
	struct entries durable_names, names; /* on the disk; as the program sees them */
	struct name_change *changes;
	size_t changes_len;
};

struct model {
	struct node **nodes; /* the first is the folder itself */
	size_t nodes_len;
	const struct call *last_write; /* not yet synced, or NULL */
};

/* Read a real folder as wholly on the disk. */
tanu_status model_scan(struct model *m, const char *folder, tanu_error *err);
/* Of a model with nothing unsynced. */
void model_copy(struct model *m, const struct model *from);
void model_free(struct model *m);
/* One more call; TANU_INPUT when the trace does not fit what came before. */
tanu_status model_advance(struct model *m, const struct call *call, tanu_error *err);
/* The name under which the program sees a file, for messages; "" when it has none. */
void model_name(const struct model *m, uint64_t ino, char *out, size_t out_len);

/* Steps of the model, for those who read and rebuild. */
struct node *node_new(struct model *m, uint64_t ino, bool is_dir);
void entries_add(struct entries *e, const char *name, struct node *node);
void entries_change(struct entries *e, const struct name_change *change);
/* A TRUNCATE, or the first `len` bytes of a WRITE. */
void content_apply(struct buf *content, const struct call *call, size_t len);

/* What of the unsynced is kept. */
struct choice {
	enum shim_variant variant;
	uint64_t random;
};
/* Write the folder as it could stand; `hash` tells states apart. NULL folder: only the hash. */
tanu_status model_rebuild(const struct model *m, const char *folder, const struct choice *choice,
			  uint64_t *hash, tanu_error *err);

/* A recording: the folder before, and all calls since. */
struct shim {
	char folder[4096];
	char trace_path[64];
	struct model start;
	struct buf trace;
	struct call *calls;
	size_t calls_len;
	const char **marks; /* room for those before a cut */
	unsigned one_of;    /* different states of which one is checked; 0: all are */
};

#endif
