/* SPDX-License-Identifier: Apache-2.0 */
/* Roots and proofs over stored hashes, RFC 6962 section 2.1, whose names PATH and SUBPROOF these
 * follow. */
#include "tlog/tlog.h"

struct proof {
	const struct hash_source *source;
	tanu_hash *hashes;
	size_t len;
	tanu_error *err;
};

/* Largest power of two below n; n > 1. */
static uint64_t split(uint64_t n)
{
	return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

static tanu_status subtree(tanu_hash *out, const struct hash_source *source, uint64_t low,
			   uint64_t high, tanu_error *err)
{
	uint64_t n = high - low;
	tanu_hash left, right;
	tanu_status st;

	if ((n & (n - 1)) == 0) {
		unsigned level = (unsigned)__builtin_ctzll(n);

		return source->read(source->self, out, level, low >> level, err);
	}
	if ((st = subtree(&left, source, low, low + split(n), err)) < 0 ||
	    (st = subtree(&right, source, low + split(n), high, err)) < 0)
		return st;
	tanu_hash_node(out, &left, &right);
	return TANU_OK;
}

tanu_status tree_root(tanu_hash *out, const struct hash_source *source, uint64_t size,
		      tanu_error *err)
{
	tanu_hash root;
	tanu_status st;

	if (size == 0) {
		tanu_hash_empty(out);
		return TANU_OK;
	}
	if ((st = subtree(&root, source, 0, size, err)) < 0)
		return st;
	*out = root;
	return TANU_OK;
}

static tanu_status add(struct proof *p, uint64_t low, uint64_t high)
{
	tanu_status st;

	if (p->len == TANU_PROOF_MAX)
		return BAD_CALL(p->err, "a proof has at most TANU_PROOF_MAX hashes");
	if ((st = subtree(&p->hashes[p->len], p->source, low, high, p->err)) < 0)
		return st;
	p->len++;
	return TANU_OK;
}

static tanu_status path(struct proof *p, uint64_t low, uint64_t high, uint64_t index)
{
	uint64_t middle;
	tanu_status st;

	if (high - low == 1)
		return TANU_OK;
	middle = low + split(high - low);
	if (index < middle) {
		st = path(p, low, middle, index);
		return st < 0 ? st : add(p, middle, high);
	}
	st = path(p, middle, high, index);
	return st < 0 ? st : add(p, low, middle);
}

tanu_status tree_prove_inclusion(tanu_hash *proof, size_t *proof_len,
				 const struct hash_source *source, uint64_t index, uint64_t size,
				 tanu_error *err)
{
	struct proof p = {.source = source, .hashes = proof, .err = err};
	tanu_status st;

	if (index >= size)
		return BAD_CALL(err, "the leaf lies outside the tree");
	if ((st = path(&p, 0, size, index)) < 0)
		return st;
	*proof_len = p.len;
	return TANU_OK;
}

/* `whole`: the old tree's root is known to the verifier as it stands, so it is left out. */
static tanu_status subproof(struct proof *p, uint64_t low, uint64_t high, uint64_t old, bool whole)
{
	uint64_t middle;
	tanu_status st;

	if (old == high)
		return whole ? TANU_OK : add(p, low, high);
	middle = low + split(high - low);
	if (old <= middle) {
		st = subproof(p, low, middle, old, whole);
		return st < 0 ? st : add(p, middle, high);
	}
	st = subproof(p, middle, high, old, false);
	return st < 0 ? st : add(p, low, middle);
}

tanu_status tree_prove_consistency(tanu_hash *proof, size_t *proof_len,
				   const struct hash_source *source, uint64_t old_size,
				   uint64_t new_size, tanu_error *err)
{
	struct proof p = {.source = source, .hashes = proof, .err = err};
	tanu_status st;

	if (old_size == 0 || old_size > new_size)
		return BAD_CALL(err, "the old tree must not be empty nor larger than the new one");
	if ((st = subproof(&p, 0, new_size, old_size, true)) < 0)
		return st;
	*proof_len = p.len;
	return TANU_OK;
}

tanu_status tree_append(tanu_hash *added, size_t *added_len, const struct hash_source *source,
			const tanu_hash *leaf, uint64_t index, tanu_error *err)
{
	size_t n = 0;

	added[n++] = *leaf;
	for (unsigned level = 0; (index >> level & 1) && n < TANU_PROOF_MAX; level++) {
		tanu_hash left;
		tanu_status st =
		    source->read(source->self, &left, level, (index >> level) - 1, err);

		if (st < 0)
			return st;
		tanu_hash_node(&added[n], &left, &added[n - 1]);
		n++;
	}
	*added_len = n;
	return TANU_OK;
}
