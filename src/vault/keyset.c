/* SPDX-License-Identifier: Apache-2.0 */
#include "vault/keyset.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int key_name_compare(const void *a, const void *b)
{
	const struct key_name *x = a;
	const struct key_name *y = b;
	int order = memcmp(x->subject.b, y->subject.b, sizeof(x->subject.b));

	if (order == 0)
		order = (int)x->kind - (int)y->kind;
	return order ? order : (int)x->quarter - (int)y->quarter;
}

bool key_name_valid(const struct key_name *name)
{
	switch (name->kind) {
	case KEY_HISTORY:
	case KEY_PASS:
		return name->quarter != 0;
	case KEY_LOG: /* any generation */
		return true;
	case KEY_BIO:
	case KEY_PROFILE:
		return name->quarter == 0;
	}
	return false;
}

tanu_status keyset_init(struct keyset *set, size_t cap, tanu_error *err)
{
	struct keyset s = {.cap = cap ? cap : 1};

	s.names = calloc(s.cap, sizeof(*s.names));
	if (s.names)
		s.keys = os_secret_alloc(s.cap * sizeof(*s.keys));
	if (!s.keys) {
		free(s.names);
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for %zu keys",
				 cap);
	}
	*set = s;
	return TANU_OK;
}

void keyset_free(struct keyset *set)
{
	if (set->keys)
		os_secret_free(set->keys, set->cap * sizeof(*set->keys));
	free(set->names);
	*set = (struct keyset){0};
}

void keyset_append(struct keyset *set, const struct key_name *name, const struct secret *key)
{
	assert(set->count < set->cap);
	assert(set->count == 0 || key_name_compare(&set->names[set->count - 1], name) < 0);
	set->names[set->count] = *name;
	set->keys[set->count] = *key;
	set->count++;
}

const struct secret *keyset_find(const struct keyset *set, const struct key_name *name)
{
	const struct key_name *at = NULL;

	if (set->count > 0)
		at = bsearch(name, set->names, set->count, sizeof(*name), key_name_compare);
	return at ? &set->keys[at - set->names] : NULL;
}
