/* SPDX-License-Identifier: Apache-2.0 */
/*
 * root.h - where the epoch secrets are, one per bucket and generation: in files, or sealed under a
 * secret that a chip holds. The second resists rollback: an old image of the disk lacks what the
 * chip held then.
 */
#ifndef VAULT_ROOT_H
#define VAULT_ROOT_H

#include "vault/vault.h"

struct root;

struct root_calls {
	void (*close)(struct root *root); /* wipes */
	/* The secret of this generation; TANU_NOT_FOUND: destroyed, or never here. */
	tanu_status (*load)(struct root *root, struct secret *out, unsigned bucket,
			    uint64_t generation, tanu_error *err);
	/* Durable when it returns. A generation is stored once. */
	tanu_status (*store)(struct root *root, const struct secret *epoch, unsigned bucket,
			     uint64_t generation, tanu_error *err);
	/*
	 * Of the buckets in the set `which` destroy every secret but that of generation
	 * keep[bucket], for good, and finish what an earlier call could not. All at once costs a
	 * chip no more than one.
	 */
	tanu_status (*destroy_others)(struct root *root, const uint64_t keep[VAULT_BUCKETS],
				      unsigned which, tanu_error *err);
	/* The buckets have been written anew under secrets that no former root has seen. */
	tanu_status (*renewed)(struct root *root, tanu_error *err);
	/* Is this file of the folder one that the root uses or will destroy by itself? */
	bool (*owns)(const char *name);
	void (*describe)(const struct root *root, struct vault_status *out);
};

struct root {
	const struct root_calls *calls;
	const char *dir; /* borrowed */
	bool renew;	 /* the buckets are still under secrets that a former root has seen */
	struct chip_root *in_chip;
};

/* Files epoch-NN.GENERATION in `dir`, of 32 bytes, mode 0600. */
struct root root_in_files(const char *dir);

/* What a root in a chip borrows. */
struct root_needs {
	const char *dir;
	const struct secret *host;
	const struct random_source *random;
	const struct chip_source *chip;
};

/* Is the root of this folder in a chip? */
bool root_is_in_chip(const char *dir);
tanu_status root_open_chip(struct root *out, const struct root_needs *needs, tanu_error *err);
/*
 * A new root. When `former` is not NULL it takes over the secrets of the generations `at` of all
 * buckets; it is the folder's root from when this returns.
 */
tanu_status root_make_in_chip(struct root *out, const struct root_needs *needs, struct root *former,
			      const uint64_t at[VAULT_BUCKETS], int64_t now_ms, tanu_error *err);
/* Remove the file, so that the folder has its root in files again, then clear the chip. */
tanu_status root_leave_chip(struct root *root, tanu_error *err);

/* Read a file of exactly one secret. */
tanu_status secret_read(struct secret *out, const char *dir, const char *name, tanu_error *err);
tanu_status secret_write(const struct secret *secret, const char *dir, const char *name,
			 tanu_error *err);

#endif
