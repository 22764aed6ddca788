/* SPDX-License-Identifier: Apache-2.0 */
/* memory_log.h - a log in memory for tests: every complete subtree's hash, by level. */
#ifndef TESTS_TLOG_MEMORY_LOG_H
#define TESTS_TLOG_MEMORY_LOG_H

#include "tlog/tlog.h"

#include <assert.h>
#include <string.h>

#define MEMORY_LEVELS 10
#define MEMORY_LEAVES 512

struct memory_log {
	uint64_t size;
	tanu_hash hash[MEMORY_LEVELS][MEMORY_LEAVES];
};

static inline tanu_status memory_log_read(void *self, tanu_hash *out, unsigned level,
					  uint64_t index, tanu_error *err)
{
	const struct memory_log *log = self;

	if (level >= MEMORY_LEVELS || ((index + 1) << level) > log->size)
		return tanu_fail(err, TANU_ERR_BAD_CALL, NULL, "no complete subtree there");
	*out = log->hash[level][index];
	return TANU_OK;
}

static inline struct hash_source memory_log_source(struct memory_log *log)
{
	return (struct hash_source){.read = memory_log_read, .self = log};
}

static inline void memory_log_append(struct memory_log *log, const void *entry, size_t len)
{
	struct hash_source source = memory_log_source(log);
	tanu_hash added[TANU_PROOF_MAX], leaf;
	size_t n = 0;

	tanu_hash_leaf(&leaf, entry, len);
	if (tree_append(added, &n, &source, &leaf, log->size, NULL) < 0)
		assert(false && "appending must not fail");
	for (size_t level = 0; level < n; level++)
		log->hash[level][log->size >> level] = added[level];
	log->size++;
}

#endif
