/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 6962 roots of a tree that grows by one leaf at a time. */
#include "receipt/history.h"

void growing_add(struct growing *tree, const void *entry, size_t entry_len)
{
	tanu_hash node;

	tanu_hash_leaf(&node, entry, entry_len);
	/* Each one bit at the low end of the size is a subtree that the new leaf completes. */
	for (uint64_t size = tree->size; size & 1; size >>= 1)
		tanu_hash_node(&node, &tree->left[--tree->left_len], &node);
	tree->left[tree->left_len++] = node;
	tree->size++;
}

void growing_root(tanu_hash *out, const struct growing *tree)
{
	if (tree->left_len == 0) {
		tanu_hash_empty(out);
		return;
	}
	*out = tree->left[tree->left_len - 1];
	for (size_t i = tree->left_len - 1; i > 0; i--)
		tanu_hash_node(out, &tree->left[i - 1], out);
}
