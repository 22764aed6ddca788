/* SPDX-License-Identifier: Apache-2.0 */
/*
 * root.h - where the epoch secrets are: one per bucket and generation. Only files are implemented;
 * a TPM fills the same table with NV indices and a counter, and may then say that it resists
 * rollback.
 */
#ifndef VAULT_ROOT_H
#define VAULT_ROOT_H

#include "crypto/crypto.h"
#include "os/os.h"

struct root;

struct root_calls {
	/* The secret of this generation; TANU_NOT_FOUND: destroyed, or never here. */
	tanu_status (*load)(const struct root *root, struct secret *out, unsigned bucket,
			    uint64_t generation, tanu_error *err);
	/* Durable when it returns. A generation is stored once. */
	tanu_status (*store)(const struct root *root, const struct secret *epoch, unsigned bucket,
			     uint64_t generation, tanu_error *err);
	/* Destroy every secret of the bucket but that of generation `keep`, for good. */
	tanu_status (*destroy_others)(const struct root *root, unsigned bucket, uint64_t keep,
				      tanu_error *err);
	bool rollback_resistant; /* an old image of the disk does not bring a secret back */
};

struct root {
	const struct root_calls *calls;
	const char *dir; /* borrowed */
};

/* Files epoch-NN.GENERATION in `dir`, of 32 bytes, mode 0600. */
struct root root_in_files(const char *dir);

/* Read a file of exactly one secret. */
tanu_status secret_read(struct secret *out, const char *dir, const char *name, tanu_error *err);
tanu_status secret_write(const struct secret *secret, const char *dir, const char *name,
			 tanu_error *err);

#endif
