/* SPDX-License-Identifier: Apache-2.0 */
/* Her leaves: the text of each, its place in the chain, and what explains a text that is gone. */
#include "receipt/history.h"

#include <stdlib.h>
#include <string.h>

static void found_at(struct history *h, tanu_finding_code code, const struct hers *leaf)
{
	found(&h->audit->findings, code, leaf->key, (int64_t)leaf->n, (int64_t)leaf->index);
}

static int by_place(const void *a, const void *b)
{
	const struct hers *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

const struct hers *hers_at(const struct history *h, uint32_t key, uint64_t n)
{
	size_t low = 0, high = h->hers_len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct hers *at = &h->hers[middle];

		if (at->key < key || (at->key == key && at->n < n))
			low = middle + 1;
		else
			high = middle;
	}
	if (low == h->hers_len || h->hers[low].key != key || h->hers[low].n != n)
		return NULL;
	return &h->hers[low];
}

/* ---- texts ---- */

static bool says(const struct history *h, const struct hers *leaf, const char *text, size_t len)
{
	return leaf_says(&leaf->entry, h->audit->keys[leaf->key].key, leaf->n, text, len);
}

/* What her receipts kept of a text that the log does not give. */
static void text_of_receipt(const struct history *h, struct hers *leaf)
{
	for (size_t i = 0; i < h->audit->promises_len && !leaf->text; i++) {
		const tanu_receipt_leaf *p = h->audit->promises[i].leaf;

		if (p->key == leaf->key && p->n == leaf->n &&
		    says(h, leaf, p->event, strlen(p->event))) {
			leaf->text = p->event;
			leaf->text_len = strlen(p->event);
			leaf->from_receipt = true;
		}
	}
}

static tanu_status read_event(struct history *h, struct hers *leaf, tanu_error *err)
{
	struct receipt_event event;

	if (receipt_event_parse(&event, leaf->text, leaf->text_len, NULL) < 0) {
		found_at(h, TANU_FINDING_EVENT_MALFORMED, leaf);
		return TANU_OK;
	}
	if (event.event == TANU_EVENT_NONE)
		found_at(h, TANU_FINDING_EVENT_UNKNOWN, leaf);
	leaf->event = malloc(sizeof(*leaf->event));
	if (!leaf->event)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	*leaf->event = event;
	return TANU_OK;
}

static tanu_status judge_text(struct history *h, struct hers *leaf, tanu_error *err)
{
	leaf->state = TANU_LEAF_WITHHELD;
	if (leaf->slot_text && says(h, leaf, leaf->slot_text, leaf->slot_text_len)) {
		leaf->state = TANU_LEAF_OPENED;
		leaf->text = leaf->slot_text;
		leaf->text_len = leaf->slot_text_len;
	} else if (leaf->slot_text) {
		leaf->state = TANU_LEAF_EDITED;
		found_at(h, TANU_FINDING_EVENT_EDITED, leaf);
	}
	if (!leaf->text)
		text_of_receipt(h, leaf);
	return leaf->text ? read_event(h, leaf, err) : TANU_OK;
}

/* ---- texts that were erased on purpose ---- */

/* Below which number the texts of each key are said to be erased. */
struct erased {
	uint64_t below[TANU_RECEIPT_KEYS_MAX];
};

static bool is_opened(const struct hers *leaf, tanu_event event)
{
	return leaf->state == TANU_LEAF_OPENED && leaf->event && leaf->event->event == event;
}

/* How many leaves there are under each key, as far as they were found. */
static void count_leaves(uint64_t out[TANU_RECEIPT_KEYS_MAX], const struct history *h)
{
	memset(out, 0, TANU_RECEIPT_KEYS_MAX * sizeof(*out));
	for (size_t i = 0; i < h->hers_len; i++)
		if (h->hers[i].n >= out[h->hers[i].key])
			out[h->hers[i].key] = h->hers[i].n + 1;
}

/* `before` counts her leaves over all keys, those under former keys first; a leaf speaks of those
 * before it only. */
static void collect_erased(struct erased *erased, const struct history *h)
{
	uint64_t counts[TANU_RECEIPT_KEYS_MAX];

	*erased = (struct erased){0};
	count_leaves(counts, h);
	for (size_t i = 0; i < h->hers_len; i++) {
		const struct hers *leaf = &h->hers[i];
		uint64_t left;

		if (!is_opened(leaf, TANU_EVENT_HISTORY_ERASED) &&
		    !is_opened(leaf, TANU_EVENT_SUBJECT_REMOVED))
			continue;
		left = (uint64_t)leaf->event->before;
		for (uint32_t key = 0; key <= leaf->key && left > 0; key++) {
			uint64_t most = key < leaf->key ? counts[key] : leaf->n;
			uint64_t below = left < most ? left : most;

			if (below > erased->below[key])
				erased->below[key] = below;
			left -= below;
		}
	}
}

static void judge_erased(struct history *h, const struct erased *erased, struct hers *leaf)
{
	bool explained = leaf->n < erased->below[leaf->key];

	if (leaf->state == TANU_LEAF_WITHHELD && explained)
		leaf->state = TANU_LEAF_ERASED;
	else if (leaf->state == TANU_LEAF_WITHHELD)
		found_at(h, TANU_FINDING_WITHHELD, leaf);
	else if (leaf->state == TANU_LEAF_OPENED && explained)
		found_at(h, TANU_FINDING_STILL_READABLE, leaf);
}

/* ---- the chain ---- */

static bool follows_one_of(const struct history *h, const struct hers *leaf,
			   const struct hers *before)
{
	const uint8_t *key = h->audit->keys[leaf->key].key;
	const struct hers *end = h->hers + h->hers_len;

	for (; before < end && before->key == leaf->key && before->n + 1 == leaf->n; before++)
		if (leaf_follows(&leaf->entry, key, &before->entry))
			return true;
	return false;
}

static void judge_place(struct history *h, const struct hers *leaf)
{
	const struct hers *before = leaf->n ? hers_at(h, leaf->key, leaf->n - 1) : NULL;
	const struct hers *first = hers_at(h, leaf->key, leaf->n);

	if (leaf != first) {
		found_at(h, TANU_FINDING_DUPLICATE_PLACE, first);
		found_at(h, TANU_FINDING_DUPLICATE_PLACE, leaf);
	}
	if (leaf->n == 0 && !leaf_follows(&leaf->entry, h->audit->keys[leaf->key].key, NULL))
		found_at(h, TANU_FINDING_CHAIN_BROKEN, leaf);
	if (before && !follows_one_of(h, leaf, before))
		found_at(h, TANU_FINDING_CHAIN_BROKEN, leaf);
}

/* Numbers that are missing before one that is there. */
static void judge_gaps(struct history *h)
{
	uint64_t next = 0;

	for (size_t i = 0; i < h->hers_len; i++) {
		const struct hers *leaf = &h->hers[i];

		if (i == 0 || h->hers[i - 1].key != leaf->key)
			next = 0;
		for (; next < leaf->n; next++)
			found(&h->audit->findings, TANU_FINDING_CHAIN_GAP, leaf->key, (int64_t)next,
			      NOWHERE);
		next = leaf->n + 1;
	}
}

/* ---- when ---- */

static int by_index(const void *a, const void *b)
{
	const struct hers *const *x = a, *const *y = b;

	return (*x)->index < (*y)->index ? -1 : (*x)->index > (*y)->index;
}

/* An entry was published after everything that entries before it tell of. */
static tanu_status judge_times(struct history *h, tanu_error *err)
{
	void **order = malloc((h->hers_len + 1) * sizeof(*order)); /* struct hers */
	int64_t latest = 0;

	if (!order)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (size_t i = 0; i < h->hers_len; i++)
		order[i] = &h->hers[i];
	if (h->hers_len)
		qsort(order, h->hers_len, sizeof(*order), by_index);
	for (size_t i = 0; i < h->hers_len; i++) {
		struct hers *leaf = order[i];

		if (latest > leaf->after_ms)
			leaf->after_ms = latest;
		if (leaf->state == TANU_LEAF_OPENED && leaf->event && leaf->event->at_ms > latest)
			latest = leaf->event->at_ms;
	}
	free(order);
	return TANU_OK;
}

tanu_status history_judge(struct history *h, tanu_error *err)
{
	struct erased erased;
	tanu_status st = TANU_OK;

	if (h->hers_len)
		qsort(h->hers, h->hers_len, sizeof(*h->hers), by_place);
	for (size_t i = 0; st == TANU_OK && i < h->hers_len; i++)
		st = judge_text(h, &h->hers[i], err);
	if (st < 0)
		return st;
	collect_erased(&erased, h);
	for (size_t i = 0; i < h->hers_len; i++) {
		judge_erased(h, &erased, &h->hers[i]);
		judge_place(h, &h->hers[i]);
	}
	if (h->complete)
		judge_gaps(h);
	return judge_times(h, err);
}
