/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyset.h - the keys of one bucket in memory: names in plain memory, keys in secret memory, both
 * sorted by name. A set is built once, by appending in order, and then replaced as a whole.
 */
#ifndef VAULT_KEYSET_H
#define VAULT_KEYSET_H

#include "vault/vault.h"

struct keyset {
	size_t count, cap;
	struct key_name *names;
	struct secret *keys;
};

/* Order of names: subject, kind, quarter. Fits qsort and bsearch. */
int key_name_compare(const void *a, const void *b);
bool key_name_valid(const struct key_name *name);

/* Empty, with room for `cap` keys. */
tanu_status keyset_init(struct keyset *set, size_t cap, tanu_error *err);
void keyset_free(struct keyset *set); /* wipes; a zeroed set is fine */
/* The name must follow the last one; the set must have room. */
void keyset_append(struct keyset *set, const struct key_name *name, const struct secret *key);
/* The key, owned by the set; NULL: not here. */
const struct secret *keyset_find(const struct keyset *set, const struct key_name *name);

#endif
