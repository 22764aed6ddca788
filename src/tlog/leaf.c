/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/tlog.h"

#include <string.h>

_Static_assert(sizeof(tanu_leaf) == TANU_LEAF_LEN, "a leaf is written as it stands in memory");

/* HMAC(key, word | bytes), at most a leaf of bytes. No word is the start of another. */
static void keyed(uint8_t out[TANU_LEAF_PART], const uint8_t *key, const char *word,
		  const void *bytes, size_t bytes_len)
{
	uint8_t message[8 + TANU_LEAF_LEN];
	size_t word_len = strlen(word);

	memcpy(message, word, word_len);
	if (bytes_len)
		memcpy(message + word_len, bytes, bytes_len);
	hmac_sha256(out, key, TANU_LOG_KEY_LEN, message, word_len + bytes_len);
	mem_wipe(message, sizeof(message));
}

static void numbered(uint8_t out[TANU_LEAF_PART], const uint8_t *key, const char *word, uint64_t n)
{
	uint8_t be[8];

	for (size_t i = 0; i < sizeof(be); i++)
		be[i] = (uint8_t)(n >> (56 - 8 * i));
	keyed(out, key, word, be, sizeof(be));
}

void tanu_leaf_tag(uint8_t out[TANU_LEAF_PART], const uint8_t key[TANU_LOG_KEY_LEN], uint64_t n)
{
	numbered(out, key, "tag", n);
}

static void commit_to(uint8_t out[TANU_LEAF_PART], const uint8_t *key, uint64_t n,
		      const void *event, size_t event_len)
{
	uint8_t salt[TANU_LEAF_PART];

	numbered(salt, key, "salt", n);
	hmac_sha256(out, salt, sizeof(salt), event, event_len);
	mem_wipe(salt, sizeof(salt));
}

static void chain_to(uint8_t out[TANU_LEAF_PART], const uint8_t *key, const tanu_leaf *before)
{
	keyed(out, key, "prev", before, before ? TANU_LEAF_LEN : 0);
}

tanu_status tanu_leaf_make(tanu_leaf *out, const uint8_t key[TANU_LOG_KEY_LEN], uint64_t n,
			   const tanu_leaf *before, const void *event, size_t event_len,
			   const uint8_t random[TANU_LEAF_PART], tanu_error *err)
{
	tanu_leaf leaf;

	if ((n == 0) != (before == NULL) || !event)
		return BAD_CALL(err, "the first leaf has none before it, every other one has");
	tanu_leaf_tag(leaf.tag, key, n);
	commit_to(leaf.commitment, key, n, event, event_len);
	chain_to(leaf.previous, key, before);
	memcpy(leaf.random, random, sizeof(leaf.random));
	*out = leaf;
	return TANU_OK;
}

bool leaf_is_at(const tanu_leaf *leaf, const uint8_t key[TANU_LOG_KEY_LEN], uint64_t n)
{
	uint8_t want[TANU_LEAF_PART];

	tanu_leaf_tag(want, key, n);
	return crypto_equal(want, leaf->tag, sizeof(want));
}

bool leaf_follows(const tanu_leaf *leaf, const uint8_t key[TANU_LOG_KEY_LEN],
		  const tanu_leaf *before)
{
	uint8_t want[TANU_LEAF_PART];

	chain_to(want, key, before);
	return crypto_equal(want, leaf->previous, sizeof(want));
}

bool leaf_says(const tanu_leaf *leaf, const uint8_t key[TANU_LOG_KEY_LEN], uint64_t n,
	       const void *event, size_t event_len)
{
	uint8_t want[TANU_LEAF_PART];

	commit_to(want, key, n, event, event_len);
	return crypto_equal(want, leaf->commitment, sizeof(want));
}

static tanu_status misfit(tanu_error *err, const char *why)
{
	return tanu_fail(err, TANU_ERR_PROOF, "leaf", "%s", why);
}

tanu_status tanu_leaf_check(const tanu_leaf *leaf, const uint8_t key[TANU_LOG_KEY_LEN], uint64_t n,
			    const tanu_leaf *before, const void *event, size_t event_len,
			    tanu_error *err)
{
	if ((n == 0) != (before == NULL))
		return BAD_CALL(err, "the first leaf has none before it, every other one has");
	if (!leaf_is_at(leaf, key, n))
		return misfit(err, "this is not her leaf of that number");
	if (!leaf_follows(leaf, key, before))
		return misfit(err, "the leaf does not stand behind the one before it");
	if (event && !leaf_says(leaf, key, n, event, event_len))
		return misfit(err, "the text is not the one that was logged");
	return TANU_OK;
}
