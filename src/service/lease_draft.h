/* SPDX-License-Identifier: Apache-2.0 */
/* lease_draft.h - (inside service/) what a gate should have, before anything of it is opened. */
#ifndef SERVICE_LEASE_DRAFT_H
#define SERVICE_LEASE_DRAFT_H

#include "service/gate_inside.h"

/* A row of it, and what tells whether it has changed. */
#define TAG_LEN 16
struct draft_entry {
	struct lease_entry entry; /* without material until entry_fill */
	uint8_t tag[TAG_LEN];	  /* of everything in it, and of the row that holds the reference */
};

struct draft {
	struct lease_zone zone;
	struct draft_entry *entries;
	size_t entries_len, entries_cap;
	struct lease_person *people;
	size_t people_len, people_cap;
	struct lease_card *cards;
	size_t cards_len, cards_cap;
};

/* Everything for this zone; cards as digests under this key. Rows in their order. */
tanu_status draft_make(struct service *s, struct draft *out, const char *zone,
		       const struct secret *cards_key, tanu_error *err);
void draft_free(struct draft *draft); /* wipes */
/* Open what an entry lends, under a permit for lending. */
tanu_status entry_fill(struct service *s, struct lease_entry *entry, tanu_error *err);
/* A list of `size` each, with room for one more at its end. */
tanu_status list_grow(void **list, size_t len, size_t *cap, size_t size, tanu_error *err);

int draft_entry_order(const void *a, const void *b);
int draft_person_order(const void *a, const void *b);
int draft_card_order(const void *a, const void *b);

#endif
