/* SPDX-License-Identifier: Apache-2.0 */
/* Does the log keep what the receipts promise? */
#include "receipt/history.h"

#include <string.h>

/* A batch is published within a minute; after an hour its absence needs another reason. */
#define PATIENCE_MS ((int64_t)3600 * 1000)

static void found_at(struct history *h, tanu_finding_code code, const struct promise *p,
		     int64_t index)
{
	found(&h->audit->findings, code, p->leaf->key, (int64_t)p->leaf->n, index);
}

int64_t history_latest_ms(const struct history *h)
{
	int64_t witnessed = 0;

	if (h->head && h->head->trusted.result == TRUST_ACCEPTED)
		witnessed = h->head->trusted.witnessed_ms;
	return witnessed > h->statement_ms ? witnessed : h->statement_ms;
}

/* It was to stand at its index. Of what could not be read nothing is said. */
static void keep_placed(struct history *h, const struct promise *p)
{
	bool beyond = h->head && h->head->trusted.result != TRUST_FORMAT &&
		      p->index >= h->head->trusted.checkpoint.size;

	if (!p->in_log && (p->index < h->tree.size || beyond))
		found_at(h, TANU_FINDING_LEAF_MISSING, p, (int64_t)p->index);
}

static void keep_pending(struct history *h, const struct promise *p)
{
	const struct receipt_file *receipt = h->audit->receipts[p->receipt];
	const struct hers *leaf = p->has_key ? hers_at(h, p->leaf->key, p->leaf->n) : NULL;
	const char *text = p->leaf->event;
	bool late = p->has_key && h->complete &&
		    history_latest_ms(h) > receipt->receipt.issued_ms + PATIENCE_MS;

	if (!leaf)
		found_at(h, late ? TANU_FINDING_LEAF_MISSING : TANU_FINDING_LEAF_PENDING, p,
			 NOWHERE);
	else if (!leaf_says(&leaf->entry, h->audit->keys[leaf->key].key, leaf->n, text,
			    strlen(text)))
		found_at(h, TANU_FINDING_EVENT_EDITED, p, (int64_t)leaf->index);
}

void history_promises(struct history *h)
{
	for (size_t i = 0; i < h->audit->promises_len; i++) {
		const struct promise *p = &h->audit->promises[i];

		if (p->placed)
			keep_placed(h, p);
		else if (p->pending)
			keep_pending(h, p);
	}
}
