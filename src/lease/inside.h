/* SPDX-License-Identifier: Apache-2.0 */
/* inside.h - (inside lease/) bytes of a document's parts, and the table. */
#ifndef LEASE_INSIDE_H
#define LEASE_INSIDE_H

#include "lease/lease.h"

#include <pthread.h>

/* ---- content.c: the two parts in plain bytes ---- */

void gallery_put(struct buf *out, const struct lease_entry *entries, size_t entries_len);
void zone_put(struct buf *out, const struct lease_zone *zone); /* NULL: none */
void cards_put(struct buf *out, const struct lease_person *people, size_t people_len,
	       const struct lease_card *cards, size_t cards_len);

/* One read at a time; a failed cursor says that the bytes are no such thing. */
uint32_t count_get(struct rd *r, uint32_t max);
void entry_get(struct rd *r, struct lease_entry *out, bool sealed);
void zone_get(struct rd *r, struct lease_zone *out, bool *present);
void person_get(struct rd *r, struct lease_person *out);
void card_get(struct rd *r, struct lease_card *out);

/* ---- document.c ---- */

#define HEAD_LEN 74 /* without the lengths of the parts */
void lease_head_put(uint8_t out[HEAD_LEN], const struct lease_head *head, uint8_t tag);
bool lease_head_get(struct rd *r, struct lease_head *out, uint8_t tag);

/* A document's parts, opened. */
struct parts {
	struct lease_head head;
	struct buf gallery, cards;
};
tanu_status parts_open(struct parts *out, const uint8_t *bytes, size_t bytes_len,
		       const struct lease_pair *pair, const struct secret *gate_box,
		       const struct lease_keys *keys, tanu_error *err);
void parts_wipe(struct parts *parts);

/* ---- table.c ---- */

struct rows {
	struct lease_entry *entries; /* in the order of subject, generation */
	size_t entries_len;
	struct lease_person *people; /* of subject */
	size_t people_len;
	struct lease_card *cards; /* of digest */
	size_t cards_len;
	struct lease_zone zone;
	bool has_zone;
};

/*
 * `live` is what is asked; `next` is filled by a document while `live` stands, and then takes its
 * place. Both are as large as they will ever be.
 */
struct lease {
	pthread_mutex_t lock;
	struct random_source random;
	struct secret *entry_key; /* of the material in the table */
	struct lease_head head;
	struct rows *live, *next;
	size_t entries_max, people_max, cards_max;
};

/* The material of an entry under the table's key, in place; and back into `out`. */
tanu_status entry_seal(struct lease *lease, struct lease_entry *entry, tanu_error *err);
tanu_status entry_open(const struct lease *lease, uint8_t *out, size_t out_len,
		       const struct lease_entry *entry, tanu_error *err);
void rows_clear(struct lease *lease, struct rows *rows);   /* wipes */
tanu_status rows_sort(struct rows *rows, tanu_error *err); /* refuses what stands twice */
const struct lease_entry *entry_find(const struct rows *rows, const tanu_id *subject,
				     uint16_t generation);
/* The first of hers, whatever its generation; NULL: there is none. */
const struct lease_entry *entry_first(const struct rows *rows, const tanu_id *subject);
tanu_status fail_lease(tanu_error *err, const char *why);
tanu_status fail_bytes(tanu_error *err, const char *what);

#endif
