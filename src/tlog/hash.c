/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/tlog.h"

#include <stdlib.h>
#include <string.h>

/* Leaves of the logs written here have 128 bytes; longer ones go through the heap. */
#define LEAF_ON_STACK 1024

void tanu_hash_leaf(tanu_hash *out, const void *entry, size_t entry_len)
{
	uint8_t small[1 + LEAF_ON_STACK];
	struct buf large = {0};
	const uint8_t *bytes = small;

	if (entry_len <= LEAF_ON_STACK) {
		small[0] = 0x00;
		if (entry_len)
			memcpy(small + 1, entry, entry_len);
	} else {
		buf_u8(&large, 0x00);
		buf_put(&large, entry, entry_len);
		if (large.failed)
			abort(); /* a wrong hash would be worse than no program */
		bytes = large.data;
	}
	sha256(out->b, bytes, 1 + entry_len);
	buf_free(&large);
}

void tanu_hash_node(tanu_hash *out, const tanu_hash *left, const tanu_hash *right)
{
	uint8_t bytes[1 + 2 * TANU_HASH_LEN];

	bytes[0] = 0x01;
	memcpy(bytes + 1, left->b, TANU_HASH_LEN);
	memcpy(bytes + 1 + TANU_HASH_LEN, right->b, TANU_HASH_LEN);
	sha256(out->b, bytes, sizeof(bytes));
}

void tanu_hash_empty(tanu_hash *out)
{
	sha256(out->b, "", 0);
}
