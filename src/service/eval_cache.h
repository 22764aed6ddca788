/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eval_cache.h - (inside service/) what was seen in test photographs, remembered for a while. One
 * file of sealed records beside its key, both of mode 0600, in a folder of the user's cache.
 */
#ifndef SERVICE_EVAL_CACHE_H
#define SERVICE_EVAL_CACHE_H

#include "crypto/crypto.h"
#include "service/service.h"

struct eval_cache;

/*
 * `context`: digest of all that decides what is seen in a file. Records that are older than
 * `keep_ms`, and a file that is damaged or of another key, are dropped without a word. TANU_BUSY:
 * another program has it.
 */
tanu_status eval_cache_open(struct eval_cache **out, const uint8_t context[DIGEST_LEN],
			    int64_t keep_ms, tanu_error *err);
void eval_cache_close(struct eval_cache **cache);
/* Does it know this content, and its features when they are asked for? For any thread. */
bool eval_cache_get(const struct eval_cache *cache, struct eval_sample *out,
		    const uint8_t content[DIGEST_LEN], bool features);

/* Write what is known, and of `samples` what is new and worth it. contents[i] is of samples[i]. */
tanu_status eval_cache_save(struct eval_cache *cache, const struct eval_sample *samples,
			    const uint8_t (*contents)[DIGEST_LEN], size_t len, tanu_error *err);

#endif
