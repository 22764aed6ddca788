/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table on the gate's own disk: head | sealed. The key of each file is in memory only, so that
 * the files alone open nothing. The table's own key stands at the begin of the gallery's plain
 * text.
 */
#include "lease/inside.h"

#include <stdlib.h>
#include <string.h>

static tanu_status file_put(struct buf *out, const struct lease_head *head, uint8_t tag,
			    const struct buf *plain, const struct secret *key,
			    const struct random_source *random, tanu_error *err)
{
	uint8_t ad[HEAD_LEN];
	uint8_t *sealed;
	tanu_status st = buf_check(plain, err);

	if (st < 0)
		return st;
	if (!(sealed = malloc(plain->len + SEAL_OVERHEAD)))
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a lease");
	lease_head_put(ad, head, tag);
	st = seal(sealed, plain->len + SEAL_OVERHEAD, key, plain->data, plain->len, ad, sizeof(ad),
		  random, err);
	if (st == TANU_OK) {
		buf_put(out, ad, sizeof(ad));
		buf_put(out, sealed, plain->len + SEAL_OVERHEAD);
		st = buf_check(out, err);
	}
	free(sealed);
	return st;
}

static tanu_status nothing_here(tanu_error *err)
{
	return fail_lease(err, "there is no lease here to be kept");
}

tanu_status lease_save_cards(struct lease *lease, struct buf *out, const struct secret *key,
			     tanu_error *err)
{
	struct buf plain = {.max = LEASE_BYTES_MAX};
	tanu_status st;

	pthread_mutex_lock(&lease->lock);
	if (lease->head.kind == LEASE_NONE) {
		st = nothing_here(err);
	} else {
		zone_put(&plain, lease->live->has_zone ? &lease->live->zone : NULL);
		cards_put(&plain, lease->live->people, lease->live->people_len, lease->live->cards,
			  lease->live->cards_len);
		st = file_put(out, &lease->head, 'C', &plain, key, &lease->random, err);
	}
	pthread_mutex_unlock(&lease->lock);
	buf_wipe(&plain);
	return st;
}

tanu_status lease_save_gallery(struct lease *lease, struct buf *out, const struct secret *key,
			       tanu_error *err)
{
	struct buf plain = {.max = LEASE_BYTES_MAX};
	tanu_status st;

	pthread_mutex_lock(&lease->lock);
	if (lease->head.kind == LEASE_NONE) {
		st = nothing_here(err);
	} else {
		buf_put(&plain, lease->entry_key->b, sizeof(lease->entry_key->b));
		gallery_put(&plain, lease->live->entries, lease->live->entries_len);
		st = file_put(out, &lease->head, 'G', &plain, key, &lease->random, err);
	}
	pthread_mutex_unlock(&lease->lock);
	buf_wipe(&plain);
	return st;
}

/* ---- reading ---- */

static tanu_status file_get(struct buf *plain, struct lease_head *head, const uint8_t *bytes,
			    size_t bytes_len, uint8_t tag, const tanu_id *gate,
			    const struct secret *key, tanu_error *err)
{
	size_t len;
	uint8_t *out;
	tanu_status st;
	struct rd r;

	rd_init(&r, bytes, bytes_len);
	if (!lease_head_get(&r, head, tag) || rd_left(&r) < SEAL_OVERHEAD ||
	    bytes_len > LEASE_BYTES_MAX)
		return fail_bytes(err, "this is not a file of a gate's lease");
	if (!id_equal(&head->gate, gate))
		return fail_lease(err, "this lease is for another gate");
	len = rd_left(&r) - SEAL_OVERHEAD;
	if (!(out = malloc(len ? len : 1)))
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a lease");
	st = seal_open(out, len, key, bytes + HEAD_LEN, bytes_len - HEAD_LEN, bytes, HEAD_LEN, err);
	if (st < 0) {
		free(out);
		return st;
	}
	*plain = (struct buf){.data = out, .len = len, .cap = len ? len : 1};
	return TANU_OK;
}

static tanu_status cards_fill(struct lease *lease, const struct buf *plain, tanu_error *err)
{
	struct rows *rows = lease->next;
	uint32_t count;
	struct rd r;

	rd_init(&r, plain->data, plain->len);
	zone_get(&r, &rows->zone, &rows->has_zone);
	count = count_get(&r, (uint32_t)lease->people_max);
	for (uint32_t i = 0; rd_ok(&r) && i < count; i++)
		person_get(&r, &rows->people[rows->people_len++]);
	count = count_get(&r, (uint32_t)lease->cards_max);
	for (uint32_t i = 0; rd_ok(&r) && i < count; i++)
		card_get(&r, &rows->cards[rows->cards_len++]);
	return rd_end(&r) ? rows_sort(rows, err) : fail_bytes(err, "the list of cards is damaged");
}

tanu_status lease_load_cards(struct lease *lease, const uint8_t *bytes, size_t bytes_len,
			     const tanu_id *gate, const struct secret *key, tanu_error *err)
{
	struct lease_head head = {0};
	struct buf plain = {0};
	struct rows *former;
	tanu_status st = file_get(&plain, &head, bytes, bytes_len, 'C', gate, key, err);

	if (st < 0)
		return st;
	pthread_mutex_lock(&lease->lock);
	rows_clear(lease, lease->next);
	if ((st = cards_fill(lease, &plain, err)) == TANU_OK) {
		former = lease->live;
		lease->live = lease->next;
		lease->next = former;
		lease->head = head;
	}
	rows_clear(lease, lease->next);
	pthread_mutex_unlock(&lease->lock);
	buf_wipe(&plain);
	return st;
}

static bool same_document(const struct lease_head *a, const struct lease_head *b)
{
	return id_equal(&a->series, &b->series) && a->number == b->number &&
	       a->issued_ms == b->issued_ms && a->not_after_ms == b->not_after_ms;
}

static tanu_status gallery_fill(struct lease *lease, const struct buf *plain, tanu_error *err)
{
	struct rows *rows = lease->live;
	struct secret key = {{0}};
	uint32_t count;
	struct rd r;

	rows->entries_len = 0;
	rd_init(&r, plain->data, plain->len);
	rd_copy(&r, key.b, sizeof(key.b));
	count = count_get(&r, (uint32_t)lease->entries_max);
	for (uint32_t i = 0; rd_ok(&r) && i < count; i++)
		entry_get(&r, &rows->entries[rows->entries_len++], true);
	if (rd_end(&r) && rows_sort(rows, err) == TANU_OK) {
		*lease->entry_key = key;
		secret_wipe(&key);
		return TANU_OK;
	}
	mem_wipe(rows->entries, rows->entries_len * sizeof(*rows->entries));
	rows->entries_len = 0;
	secret_wipe(&key);
	return fail_bytes(err, "the references are damaged");
}

tanu_status lease_load_gallery(struct lease *lease, const uint8_t *bytes, size_t bytes_len,
			       const tanu_id *gate, const struct secret *key, tanu_error *err)
{
	struct lease_head head = {0};
	struct buf plain = {0};
	tanu_status st = file_get(&plain, &head, bytes, bytes_len, 'G', gate, key, err);

	if (st < 0)
		return st;
	pthread_mutex_lock(&lease->lock);
	if (same_document(&head, &lease->head))
		st = gallery_fill(lease, &plain, err);
	else
		st = fail_lease(err, "references and cards are of different leases");
	pthread_mutex_unlock(&lease->lock);
	buf_wipe(&plain);
	return st;
}
