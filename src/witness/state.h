/* SPDX-License-Identifier: Apache-2.0 */
/* state.h - (inside witness/) the folder of a witness. */
#ifndef WITNESS_STATE_H
#define WITNESS_STATE_H

#include "witness/witness.h"

#include <pthread.h>

#define WITNESS_KEYS_MAX 16 /* of one log */
#define ORIGIN_HASH_LEN	 65 /* 64 hex digits and zero */

struct witness {
	char folder[OS_PATH_MAX];
	struct os_lock lock;
	struct clock_source clock;
	struct signer *signer; /* in locked memory */
	tanu_verifier verifier;
	pthread_mutex_t mutex; /* one checkpoint is compared and kept at a time */
};

struct log_keys {
	size_t len;
	tanu_verifier v[WITNESS_KEYS_MAX];
};

/* TANU_NOT_FOUND: there is none in it. */
tanu_status is_witness_folder(const char *folder, tanu_error *err);
void origin_hash(char out[ORIGIN_HASH_LEN], const char *origin);
/* "folder/logs/HASH/name" */
tanu_status log_path(char out[OS_PATH_MAX], const char *folder, const char *hash, const char *name,
		     tanu_error *err);
/* TANU_NOT_FOUND: this log is not known. */
tanu_status log_keys_read(struct log_keys *out, const char *folder, const char *hash,
			  tanu_error *err);
/*
 * What was cosigned last: size 0 and the root of an empty tree where there is nothing yet.
 * TANU_DAMAGED when the file is not what this witness wrote; nothing must be signed for this log
 * then.
 */
tanu_status last_read(tanu_checkpoint *out, const struct witness *w, const char *origin,
		      tanu_error *err);

#endif
