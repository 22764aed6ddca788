/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Another root for the same keys. What decides which root a folder has is whether root.tpm is
 * there: writing it, and destroying it, is the moment. The other root's secrets are complete before
 * that and are destroyed after it, by this call or by the next opening.
 */
#include "vault/state.h"

#include <string.h>

static tanu_status set_copy(struct keyset *out, const struct keyset *set, tanu_error *err)
{
	tanu_status st = keyset_init(out, set->count, err);

	for (size_t i = 0; i < set->count && st >= 0; i++)
		keyset_append(out, &set->names[i], &set->keys[i]);
	return st;
}

tanu_status vault_renew(struct vault *v, tanu_error *err)
{
	tanu_status st = TANU_OK;

	if (!v->root.renew)
		return TANU_OK;
	for (unsigned i = 0; i < VAULT_BUCKETS && st >= 0; i++) {
		struct keyset same = {0};

		if ((st = set_copy(&same, &v->bucket[i].set, err)) >= 0)
			st = vault_rewrite_fresh(v, i, &same, v->bucket[i].sequence, err);
		keyset_free(&same);
	}
	if (st < 0 || (st = vault_settle(v, err)) < 0)
		return st;
	return v->root.calls->renewed(&v->root, err);
}

static void generations(const struct vault *v, uint64_t out[VAULT_BUCKETS])
{
	for (unsigned i = 0; i < VAULT_BUCKETS; i++)
		out[i] = v->bucket[i].generation;
}

/* Every epoch file of the folder: none is of a generation 0. */
static tanu_status destroy_files(struct vault *v, tanu_error *err)
{
	struct root files = root_in_files(v->dir);
	const uint64_t none[VAULT_BUCKETS] = {0};

	return files.calls->destroy_others(&files, none, (1u << VAULT_BUCKETS) - 1, err);
}

static tanu_status move_to_chip(struct vault *v, const struct chip_source *chip, int64_t now_ms,
				tanu_error *err)
{
	struct root_needs needs = vault_root_needs(v, chip);
	uint64_t at[VAULT_BUCKETS];
	struct root made = {0};
	tanu_status st;

	generations(v, at);
	if ((st = root_make_in_chip(&made, &needs, &v->root, at, now_ms, err)) < 0)
		return st;
	v->root.calls->close(&v->root);
	v->root = made;
	if ((st = destroy_files(v, err)) < 0)
		return st;
	return vault_renew(v, err);
}

static tanu_status copy_to_files(struct vault *v, struct root *files, tanu_error *err)
{
	struct secret epoch = {{0}};
	tanu_status st = TANU_OK;

	for (unsigned i = 0; i < VAULT_BUCKETS && st >= 0; i++) {
		const uint64_t at = v->bucket[i].generation;

		if ((st = v->root.calls->load(&v->root, &epoch, i, at, err)) >= 0)
			st = files->calls->store(files, &epoch, i, at, err);
	}
	secret_wipe(&epoch);
	return st;
}

static tanu_status move_to_files(struct vault *v, tanu_error *err)
{
	struct root files = root_in_files(v->dir);
	tanu_status st;

	if ((st = copy_to_files(v, &files, err)) < 0)
		return st;
	st = root_leave_chip(&v->root, err);
	if (root_is_in_chip(v->dir))
		return st;
	v->root.calls->close(&v->root);
	v->root = files;
	return st;
}

tanu_status vault_move_root(struct vault *v, const struct chip_source *chip, int64_t now_ms,
			    tanu_error *err)
{
	bool to_chip = chip != NULL;
	tanu_status st = vault_settle(v, err);

	if (st < 0 || to_chip == root_is_in_chip(v->dir))
		return st;
	return to_chip ? move_to_chip(v, chip, now_ms, err) : move_to_files(v, err);
}
