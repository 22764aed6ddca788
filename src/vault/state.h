/* SPDX-License-Identifier: Apache-2.0 */
/* state.h - what an open vault holds; shared by the files of this folder only. */
#ifndef VAULT_STATE_H
#define VAULT_STATE_H

#include "vault/bucket.h"
#include "vault/root.h"

struct bucket {
	uint64_t generation; /* of the file and its epoch secret */
	uint64_t tried;	     /* highest generation a secret was ever stored for, done or not */
	uint64_t sequence;
	bool unsettled; /* former epoch secrets may still exist */
	struct keyset set;
};

struct vault {
	char dir[OS_PATH_MAX];
	struct permit_book *book;
	struct random_source random;
	struct root root;
	struct secret *host;
	struct secret *kek; /* one per bucket, in secret memory */
	struct bucket bucket[VAULT_BUCKETS];
};

/* The key of this name; TANU_ERASED (key-missing) without one. */
tanu_status vault_find_key(const struct vault *vault, const struct secret **out,
			   const struct key_name *name, tanu_error *err);

/* KDF(host secret, epoch secret). */
void vault_derive_kek(const struct vault *vault, struct secret *out, const struct secret *epoch);

/* Memory follows the file: `set` becomes the bucket's, with the header's numbers. */
void bucket_take(struct bucket *bucket, struct keyset *set, const struct bucket_header *header);

/*
 * Replace a bucket by `set` under its present epoch secret, or under a fresh one; after the latter
 * the former one is still to be destroyed (vault_settle). Takes `set` over.
 */
tanu_status vault_rewrite(struct vault *vault, unsigned number, struct keyset *set,
			  uint64_t sequence, tanu_error *err);
tanu_status vault_rewrite_fresh(struct vault *vault, unsigned number, struct keyset *set,
				uint64_t sequence, tanu_error *err);
/* Destroy former epoch secrets of the buckets that were written anew. */
tanu_status vault_settle(struct vault *vault, tanu_error *err);
/* Write every bucket anew, when a former root has seen the secrets it is under. */
tanu_status vault_renew(struct vault *vault, tanu_error *err);
/* What the root of this vault borrows. */
struct root_needs vault_root_needs(const struct vault *vault, const struct chip_source *chip);

#endif
