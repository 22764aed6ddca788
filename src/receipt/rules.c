/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the events say of each other: ends of chains and renewals of keys, uses after a consent had
 * ended, sealed disclosures that are overdue.
 */
#include "receipt/history.h"

#include <stdlib.h>
#include <string.h>

static void found_at(struct history *h, tanu_finding_code code, const struct hers *leaf)
{
	found(&h->audit->findings, code, leaf->key, (int64_t)leaf->n, (int64_t)leaf->index);
}

static bool is_opened(const struct hers *leaf, tanu_event event)
{
	return leaf->state == TANU_LEAF_OPENED && leaf->event && leaf->event->event == event;
}

/* ---- ends and renewals ---- */

/* After a renewal nothing more of that key, after a removal nothing at all. */
static void judge_ends(struct history *h)
{
	const struct hers *removed = NULL, *renewed = NULL;

	for (size_t i = 0; i < h->hers_len; i++) {
		const struct hers *leaf = &h->hers[i];

		if (renewed && renewed->key != leaf->key)
			renewed = NULL;
		if ((renewed && renewed->n < leaf->n) ||
		    (removed && (removed->key < leaf->key || removed->n < leaf->n)))
			found_at(h, TANU_FINDING_AFTER_END, leaf);
		if (!renewed && is_opened(leaf, TANU_EVENT_LOG_KEY_RENEWED))
			renewed = leaf;
		if (!removed && is_opened(leaf, TANU_EVENT_SUBJECT_REMOVED))
			removed = leaf;
	}
}

static void judge_renewal(struct history *h, const struct hers *leaf)
{
	char want[2 * DIGEST_LEN + 1];
	uint8_t digest[DIGEST_LEN];

	if (leaf->key + 1 == h->audit->keys_len) {
		found_at(h, TANU_FINDING_KEY_RENEWED, leaf);
		return;
	}
	sha256(digest, h->audit->keys[leaf->key + 1].key, TANU_LOG_KEY_LEN);
	hex_encode(want, digest, sizeof(digest));
	if (strcmp(want, leaf->event->document) != 0)
		found_at(h, TANU_FINDING_RENEWAL_MISMATCH, leaf);
}

/* A key that another one follows must end in a renewal, as far as its last text is known. */
static void judge_key(struct history *h, uint32_t key)
{
	const struct hers *last = NULL;
	bool renewed = false;

	for (size_t i = 0; i < h->hers_len; i++) {
		if (h->hers[i].key != key)
			continue;
		last = &h->hers[i];
		renewed = renewed || is_opened(last, TANU_EVENT_LOG_KEY_RENEWED);
	}
	if (!renewed && h->complete && (!last || last->state == TANU_LEAF_OPENED))
		found(&h->audit->findings, TANU_FINDING_RENEWAL_MISMATCH, key, NOWHERE, NOWHERE);
}

/* ---- uses ---- */

/* One consent, and when it ended. */
struct consent {
	const struct receipt_event *given;
	unsigned purposes;
	int64_t end_ms; /* INT64_MAX: open */
};

static unsigned purposes_of(const struct receipt_event *event)
{
	unsigned purposes = 0;

	if (!*event->purposes || tanu_purposes_parse(&purposes, event->purposes, NULL) < 0)
		return 0;
	return purposes;
}

/* When the consent `given` ended, by its term or by a later event about it. */
static int64_t end_of(const struct history *h, const struct receipt_event *given)
{
	int64_t end = given->due_ms ? given->due_ms : INT64_MAX;

	for (size_t i = 0; i < h->hers_len; i++) {
		const struct receipt_event *e = h->hers[i].event;

		if (e &&
		    (e->event == TANU_EVENT_CONSENT_WITHDRAWN ||
		     e->event == TANU_EVENT_CONSENT_EXPIRED ||
		     e->event == TANU_EVENT_CONSENT_LAPSED) &&
		    strcmp(e->about, given->about) == 0 && e->at_ms < end)
			end = e->at_ms;
	}
	return end;
}

static tanu_status collect_consents(struct consent **out, size_t *out_len, const struct history *h,
				    tanu_error *err)
{
	struct consent *consents = calloc(h->hers_len + 1, sizeof(*consents));
	size_t len = 0;

	if (!consents)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (size_t i = 0; i < h->hers_len; i++) {
		const struct receipt_event *e = h->hers[i].event;

		if (e && e->event == TANU_EVENT_CONSENT_GIVEN && *e->about)
			consents[len++] = (struct consent){
			    .given = e, .purposes = purposes_of(e), .end_ms = end_of(h, e)};
	}
	*out = consents;
	*out_len = len;
	return TANU_OK;
}

/*
 * Some consent to one of the purposes is known, but none that was live then. Times are whole
 * milliseconds: what happened in the one in which it ended is let pass.
 */
static bool is_uncovered(const struct receipt_event *use, const struct consent *consents,
			 size_t consents_len)
{
	unsigned purposes = purposes_of(use), known = 0, live = 0;

	for (size_t i = 0; i < consents_len; i++) {
		const struct consent *c = &consents[i];

		known |= c->purposes;
		if (c->given->at_ms <= use->at_ms && use->at_ms <= c->end_ms)
			live |= c->purposes;
	}
	return (purposes & known & ~live) != 0;
}

static bool is_use(const struct receipt_event *event)
{
	return event &&
	       (event->event == TANU_EVENT_VERIFIED || event->event == TANU_EVENT_VERIFY_NO_MATCH ||
		event->event == TANU_EVENT_IDENTIFIED || event->event == TANU_EVENT_ENROLLED);
}

/* Only where every text is known: a consent may stand in one that was erased. */
static tanu_status judge_uses(struct history *h, tanu_error *err)
{
	struct consent *consents = NULL;
	size_t len = 0;
	tanu_status st;

	for (size_t i = 0; i < h->hers_len; i++)
		if (!h->hers[i].event)
			return TANU_OK;
	if ((st = collect_consents(&consents, &len, h, err)) < 0)
		return st;
	for (size_t i = 0; i < h->hers_len; i++)
		if (is_use(h->hers[i].event) && is_uncovered(h->hers[i].event, consents, len))
			found_at(h, TANU_FINDING_USE_AFTER_WITHDRAWAL, &h->hers[i]);
	free(consents);
	return TANU_OK;
}

static void judge_sealed(struct history *h)
{
	for (size_t i = 0; i < h->sealed_len; i++)
		if (!h->sealed[i].opened && h->sealed[i].due_ms < history_latest_ms(h))
			found(&h->audit->findings, TANU_FINDING_DISCLOSURE_OVERDUE, NOWHERE,
			      NOWHERE, (int64_t)h->sealed[i].index);
}

tanu_status history_rules(struct history *h, tanu_error *err)
{
	judge_ends(h);
	for (size_t i = 0; i < h->hers_len; i++)
		if (is_opened(&h->hers[i], TANU_EVENT_LOG_KEY_RENEWED))
			judge_renewal(h, &h->hers[i]);
	for (uint32_t key = 0; key + 1 < h->audit->keys_len; key++)
		judge_key(h, key);
	judge_sealed(h);
	return judge_uses(h, err);
}
