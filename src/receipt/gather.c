/* SPDX-License-Identifier: Apache-2.0 */
/* One entry after another: hers, the site's, or of somebody else. */
#include "receipt/history.h"

#include <stdlib.h>
#include <string.h>

static tanu_status no_memory(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
}

/* What the receipts say stands here. */
static void keep_promises(struct history *h, uint64_t index, const void *entry, size_t entry_len)
{
	for (size_t i = 0; i < h->audit->promises_len; i++) {
		struct promise *p = &h->audit->promises[i];

		if (p->placed && p->index == index && entry_len == TANU_LEAF_LEN &&
		    memcmp(entry, &p->entry, TANU_LEAF_LEN) == 0)
			p->in_log = true;
	}
}

static tanu_status open_slot(struct hers *leaf, const uint8_t *key, const uint8_t *slot,
			     tanu_error *err)
{
	char text[TANU_EVENT_MAX];
	size_t len = 0;

	if (!slot || tanu_opening_read(text, &len, key, leaf->n, slot, NULL) < 0)
		return TANU_OK;
	leaf->slot_text = text_copy(text, len);
	leaf->slot_text_len = len;
	return leaf->slot_text ? TANU_OK : no_memory(err);
}

static tanu_status more_room(struct history *h, tanu_error *err)
{
	size_t cap = h->hers_cap ? 2 * h->hers_cap : 64;
	struct hers *more;

	if (h->hers_len == TANU_HISTORY_LEAVES_MAX)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, "log",
				 "more than %d leaves of one person", TANU_HISTORY_LEAVES_MAX);
	if (h->hers_len < h->hers_cap)
		return TANU_OK;
	more = realloc(h->hers, cap * sizeof(*more));
	if (!more)
		return no_memory(err);
	h->hers = more;
	h->hers_cap = cap;
	return TANU_OK;
}

static tanu_status take_hers(struct history *h, const struct tag_row *row, uint64_t index,
			     const void *entry, const uint8_t *slot, tanu_error *err)
{
	struct hers leaf = {
	    .key = row->key, .n = row->n, .index = index, .after_ms = h->statement_ms};
	tanu_status st = more_room(h, err);

	if (st < 0)
		return st;
	memcpy(&leaf.entry, entry, TANU_LEAF_LEN);
	if ((st = open_slot(&leaf, h->audit->keys[leaf.key].key, slot, err)) < 0)
		return st;
	h->hers[h->hers_len++] = leaf;
	return tags_advance(&h->tags, leaf.key, leaf.n, err);
}

static struct sealed *find_sealed(struct history *h, const struct statement *s)
{
	for (size_t i = h->sealed_len; i > 0; i--)
		if (memcmp(h->sealed[i - 1].tag, s->tag, sizeof(s->tag)) == 0)
			return &h->sealed[i - 1];
	return NULL;
}

static tanu_status add_sealed(struct history *h, const struct statement *s, uint64_t index,
			      tanu_error *err)
{
	if (h->sealed_len == SEALED_MAX)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, "log",
				 "more than %d sealed disclosures", SEALED_MAX);
	if (h->sealed_len == h->sealed_cap) {
		size_t cap = h->sealed_cap ? 2 * h->sealed_cap : 16;
		struct sealed *more = realloc(h->sealed, cap * sizeof(*more));

		if (!more)
			return no_memory(err);
		h->sealed = more;
		h->sealed_cap = cap;
	}
	h->sealed[h->sealed_len] = (struct sealed){.due_ms = s->due_ms, .index = index};
	memcpy(h->sealed[h->sealed_len++].tag, s->tag, sizeof(s->tag));
	return TANU_OK;
}

static tanu_status take_statement(struct history *h, const struct statement *s, uint64_t index,
				  tanu_error *err)
{
	struct sealed *sealed;

	if (s->at_ms > h->statement_ms)
		h->statement_ms = s->at_ms;
	if (s->type == STATEMENT_DATABASE_RESTORED)
		found(&h->audit->findings, TANU_FINDING_DATABASE_RESTORED, NOWHERE, NOWHERE,
		      (int64_t)index);
	if (s->type == STATEMENT_DISCLOSURE_SEALED)
		return add_sealed(h, s, index, err);
	if (s->type == STATEMENT_DISCLOSURE_EXTENDED && (sealed = find_sealed(h, s)))
		sealed->due_ms = s->due_ms;
	if (s->type == STATEMENT_DISCLOSURE_OPENED && (sealed = find_sealed(h, s)))
		sealed->opened = true;
	return TANU_OK;
}

tanu_status gather(struct history *h, uint64_t index, const void *entry, size_t entry_len,
		   const uint8_t *slot, tanu_error *err)
{
	const struct tag_row *row;
	struct statement statement;

	keep_promises(h, index, entry, entry_len);
	if (entry_len == TANU_LEAF_LEN) {
		row = tags_find(&h->tags, entry);
		return row ? take_hers(h, row, index, entry, slot, err) : TANU_OK;
	}
	if (statement_read(&statement, entry, entry_len, h->audit->log, NULL) == TANU_OK)
		return take_statement(h, &statement, index, err);
	found(&h->audit->findings, TANU_FINDING_ENTRY_INVALID, NOWHERE, NOWHERE, (int64_t)index);
	return TANU_OK;
}
