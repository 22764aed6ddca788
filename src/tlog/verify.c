/* SPDX-License-Identifier: Apache-2.0 */
/* Checking proofs: inclusion as transparency-dev/merkle states it, consistency after RFC
 * 9162, 2.1.4.2. */
#include "tlog/tlog.h"

#include <string.h>

static bool same_hash(const tanu_hash *a, const tanu_hash *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

static tanu_status false_proof(tanu_error *err, const char *why)
{
	return tanu_fail(err, TANU_ERR_PROOF, NULL, "%s", why);
}

tanu_status tanu_verify_inclusion(const tanu_hash *leaf, uint64_t index, uint64_t size,
				  const tanu_hash *root, const tanu_hash *proof, size_t proof_len,
				  tanu_error *err)
{
	tanu_hash h = *leaf;
	unsigned inner, border;

	if (index >= size)
		return false_proof(err, "the leaf's index lies outside the tree");
	/* Up to `inner` the leaf's path and that of the last leaf differ; beyond, all siblings are
	 * left. */
	inner = index == size - 1 ? 0 : 64 - (unsigned)__builtin_clzll(index ^ (size - 1));
	border = inner == 64 ? 0 : (unsigned)__builtin_popcountll(index >> inner);
	if (proof_len != inner + border)
		return false_proof(err, "the inclusion proof has the wrong number of hashes");
	for (size_t i = 0; i < proof_len; i++) {
		if (i < inner && !(index >> i & 1))
			tanu_hash_node(&h, &h, &proof[i]);
		else
			tanu_hash_node(&h, &proof[i], &h);
	}
	if (!same_hash(&h, root))
		return false_proof(err,
				   "the inclusion proof does not lead to the checkpoint's root");
	return TANU_OK;
}

/* Both roots of a consistency proof, rebuilt step by step. */
struct climb {
	uint64_t old, new; /* positions at the present level */
	tanu_hash old_root, new_root;
};

static void climb_to_common_node(struct climb *c)
{
	while (c->old & 1) {
		c->old >>= 1;
		c->new >>= 1;
	}
}

static bool climb_step(struct climb *c, const tanu_hash *hash)
{
	if (c->new == 0)
		return false;
	if ((c->old & 1) || c->old == c->new) {
		tanu_hash_node(&c->old_root, hash, &c->old_root);
		tanu_hash_node(&c->new_root, hash, &c->new_root);
		while (c->old && !(c->old & 1)) {
			c->old >>= 1;
			c->new >>= 1;
		}
	} else {
		tanu_hash_node(&c->new_root, &c->new_root, hash);
	}
	c->old >>= 1;
	c->new >>= 1;
	return true;
}

static bool is_power_of_two(uint64_t n)
{
	return (n & (n - 1)) == 0;
}

tanu_status tanu_verify_consistency(uint64_t old_size, const tanu_hash *old_root, uint64_t new_size,
				    const tanu_hash *new_root, const tanu_hash *proof,
				    size_t proof_len, tanu_error *err)
{
	struct climb c = {.old = old_size - 1, .new = new_size - 1};
	size_t i = 0;

	if (old_size == 0 || old_size > new_size)
		return false_proof(err, "the old tree is empty or larger than the new one");
	if (old_size == new_size) {
		if (proof_len || !same_hash(old_root, new_root))
			return false_proof(err, "two roots of one size differ: the log has forked");
		return TANU_OK;
	}
	if (proof_len == 0)
		return false_proof(err, "the consistency proof is empty");
	climb_to_common_node(&c);
	/* A complete old tree is itself a node of the new one, and is left out of the proof. */
	c.old_root = c.new_root = is_power_of_two(old_size) ? *old_root : proof[i++];
	for (; i < proof_len; i++)
		if (!climb_step(&c, &proof[i]))
			return false_proof(err, "the consistency proof has too many hashes");
	if (c.new != 0)
		return false_proof(err, "the consistency proof has too few hashes");
	if (!same_hash(&c.old_root, old_root) || !same_hash(&c.new_root, new_root))
		return false_proof(err,
				   "the new tree does not contain the old one: the log has forked");
	return TANU_OK;
}
