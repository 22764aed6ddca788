/* SPDX-License-Identifier: Apache-2.0 */
/* Adding, destroying and finding keys. */
#include "vault/state.h"

#include <stdlib.h>
#include <string.h>

/* Sorted names, each once: the keys of one bucket lie together. */
struct name_list {
	struct key_name *names;
	size_t count;
};

static tanu_status list_sorted(struct name_list *out, const struct key_name *names, size_t count,
			       tanu_error *err)
{
	struct name_list l = {.names = calloc(count ? count : 1, sizeof(*names))};

	if (!l.names)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for %zu keys",
				 count);
	if (count > 0) {
		memcpy(l.names, names, count * sizeof(*names));
		qsort(l.names, count, sizeof(*names), key_name_compare);
	}
	for (size_t i = 0; i < count; i++)
		if (i == 0 || key_name_compare(&l.names[l.count - 1], &l.names[i]) != 0)
			l.names[l.count++] = l.names[i];
	*out = l;
	return TANU_OK;
}

/* The part of the list that one bucket holds, beginning at `from`. */
static struct name_list bucket_part(const struct name_list *l, size_t from)
{
	struct name_list part = {.names = l->names + from};
	unsigned number = bucket_of(&part.names[0].subject);

	while (from + part.count < l->count &&
	       bucket_of(&l->names[from + part.count].subject) == number)
		part.count++;
	return part;
}

static bool list_has(const struct name_list *l, const struct key_name *name)
{
	return bsearch(name, l->names, l->count, sizeof(*name), key_name_compare) != NULL;
}

static size_t count_present(const struct keyset *set, const struct name_list *part)
{
	size_t n = 0;

	for (size_t i = 0; i < part->count; i++)
		n += keyset_find(set, &part->names[i]) != NULL;
	return n;
}

/* Both are sorted: `old` with its keys and, in between, a random key for each new name. */
static void merge(struct keyset *out, const struct keyset *old, const struct name_list *part,
		  const struct random_source *random)
{
	size_t o = 0, n = 0;

	while (o < old->count || n < part->count) {
		int order = o == old->count    ? 1
			    : n == part->count ? -1
					       : key_name_compare(&old->names[o], &part->names[n]);

		if (order <= 0) {
			keyset_append(out, &old->names[o], &old->keys[o]);
			o++;
		} else {
			struct secret key;

			random_fill(random, key.b, sizeof(key.b));
			keyset_append(out, &part->names[n], &key);
			secret_wipe(&key);
		}
		n += order >= 0;
	}
}

static tanu_status add_part(struct vault *v, const struct name_list *part, uint64_t sequence,
			    tanu_error *err)
{
	unsigned number = bucket_of(&part->names[0].subject);
	const struct keyset *old = &v->bucket[number].set;
	size_t count = old->count + part->count - count_present(old, part);
	struct keyset set;
	tanu_status st;

	if (count == old->count)
		return TANU_OK;
	if (count > BUCKET_KEYS_MAX)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, v->dir,
				 "more than %zu keys in one bucket: this site is too large for "
				 "one keys folder",
				 BUCKET_KEYS_MAX);
	if ((st = keyset_init(&set, count, err)) < 0)
		return st;
	merge(&set, old, part, &v->random);
	st = vault_rewrite(v, number, &set, sequence, err);
	keyset_free(&set);
	return st;
}

static tanu_status kill_part(struct vault *v, const struct name_list *part, uint64_t sequence,
			     tanu_error *err)
{
	unsigned number = bucket_of(&part->names[0].subject);
	const struct keyset *old = &v->bucket[number].set;
	size_t gone = count_present(old, part);
	struct keyset set;
	tanu_status st;

	if (gone == 0)
		return TANU_OK;
	if ((st = keyset_init(&set, old->count - gone, err)) < 0)
		return st;
	for (size_t i = 0; i < old->count; i++)
		if (!list_has(part, &old->names[i]))
			keyset_append(&set, &old->names[i], &old->keys[i]);
	st = vault_rewrite_fresh(v, number, &set, sequence, err);
	keyset_free(&set);
	return st;
}

typedef tanu_status (*part_act)(struct vault *v, const struct name_list *part, uint64_t sequence,
				tanu_error *err);

static tanu_status for_each_part(struct vault *v, const struct key_name *names, size_t names_len,
				 part_act act, uint64_t sequence, tanu_error *err)
{
	struct name_list all = {0};
	tanu_status st;

	for (size_t i = 0; i < names_len; i++)
		if (!key_name_valid(&names[i]))
			return BAD_CALL(err, "a key has a kind, and history keys a quarter");
	if ((st = list_sorted(&all, names, names_len, err)) < 0)
		return st;
	for (size_t from = 0; from < all.count && st >= 0;) {
		struct name_list part = bucket_part(&all, from);

		st = act(v, &part, sequence, err);
		from += part.count;
	}
	free(all.names);
	return st;
}

tanu_status vault_add_keys(struct vault *vault, const struct key_name *names, size_t names_len,
			   uint64_t sequence, tanu_error *err)
{
	return for_each_part(vault, names, names_len, add_part, sequence, err);
}

/*
 * First what an earlier kill left undone: it may be called again for keys that are gone by now.
 * Former secrets are destroyed once, after all buckets, and after those of a batch that failed too.
 */
tanu_status vault_kill_keys(struct vault *vault, const struct key_name *names, size_t names_len,
			    uint64_t sequence, tanu_error *err)
{
	tanu_status settled, st = vault_settle(vault, err);

	if (st < 0)
		return st;
	st = for_each_part(vault, names, names_len, kill_part, sequence, err);
	settled = vault_settle(vault, st < 0 ? NULL : err);
	return st < 0 ? st : settled;
}

static int id_compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(tanu_id));
}

/* The names held of these subjects. `ids` is sorted; `out` has room for every key. */
static size_t names_of(struct key_name *out, const struct vault *v, const tanu_id *ids,
		       size_t ids_len)
{
	size_t n = 0;

	for (unsigned b = 0; b < VAULT_BUCKETS; b++) {
		const struct keyset *set = &v->bucket[b].set;

		for (size_t i = 0; i < set->count; i++)
			if (bsearch(&set->names[i].subject, ids, ids_len, sizeof(*ids), id_compare))
				out[n++] = set->names[i];
	}
	return n;
}

tanu_status vault_kill_subjects(struct vault *vault, const tanu_id *subjects, size_t subjects_len,
				uint64_t sequence, tanu_error *err)
{
	size_t keys = vault_status(vault).keys;
	struct key_name *names = calloc(keys + 1, sizeof(*names));
	tanu_id *ids = calloc(subjects_len + 1, sizeof(*ids));
	tanu_status st;

	if (!names || !ids) {
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for key names");
		goto out;
	}
	if (subjects_len > 0)
		memcpy(ids, subjects, subjects_len * sizeof(*ids));
	qsort(ids, subjects_len, sizeof(*ids), id_compare);
	st =
	    vault_kill_keys(vault, names, names_of(names, vault, ids, subjects_len), sequence, err);
out:
	free(names);
	free(ids);
	return st;
}

static const struct keyset *set_of(const struct vault *vault, const struct key_name *name)
{
	return &vault->bucket[bucket_of(&name->subject)].set;
}

bool vault_has_key(const struct vault *vault, const struct key_name *name)
{
	return keyset_find(set_of(vault, name), name) != NULL;
}

tanu_status vault_find_key(const struct vault *vault, const struct secret **out,
			   const struct key_name *name, tanu_error *err)
{
	const struct secret *key = keyset_find(set_of(vault, name), name);

	if (!key)
		return tanu_fail(err, TANU_ERR_KEY_MISSING, NULL,
				 "the key is gone: this was erased, and nothing brings it back");
	*out = key;
	return TANU_OK;
}

tanu_status vault_each_key(const struct vault *vault,
			   tanu_status (*each)(void *self, const struct key_name *name,
					       tanu_error *err),
			   void *self, tanu_error *err)
{
	for (unsigned b = 0; b < VAULT_BUCKETS; b++) {
		const struct keyset *set = &vault->bucket[b].set;

		for (size_t i = 0; i < set->count; i++) {
			tanu_status st = each(self, &set->names[i], err);

			if (st < 0)
				return st;
		}
	}
	return TANU_OK;
}
