/* SPDX-License-Identifier: Apache-2.0 */
/* The receipts of one person, opened together: log, policies, keys, promises. */
#include "receipt/audit.h"

#include <stdlib.h>
#include <string.h>

static tanu_status conflict(tanu_error *err, const char *why)
{
	return tanu_fail(err, TANU_ERR_CONFLICT, "receipts", "%s", why);
}

static const tanu_receipt *receipt_at(const struct audit *a, size_t i)
{
	return &a->receipts[i]->receipt;
}

/* Of one log and one person; which was issued last. */
static tanu_status take_receipts(struct audit *a, const tanu_receipt *const *receipts, size_t len,
				 tanu_error *err)
{
	if (len == 0 || len > TANU_RECEIPTS_MAX)
		return conflict(err, "one to eight receipts can be looked at together");
	for (size_t i = 0; i < len; i++) {
		a->receipts[i] = (const struct receipt_file *)receipts[i];
		if (strcmp(receipts[i]->log_key, receipts[0]->log_key) != 0)
			return conflict(err, "these receipts are of different logs");
		if (!id_equal(&receipts[i]->subject, &receipts[0]->subject))
			return conflict(err, "these receipts are of different people");
		if (receipts[i]->issued_ms > receipts[a->newest]->issued_ms)
			a->newest = i;
	}
	a->receipts_len = len;
	a->log = &a->receipts[0]->log;
	return TANU_OK;
}

static tanu_status take_policies(struct audit *a, const tanu_receipt_options *options,
				 tanu_error *err)
{
	const char *hers = options ? options->policy : NULL;
	tanu_status st = TANU_OK;

	for (size_t i = 0; st == TANU_OK && i < a->receipts_len; i++) {
		const char *text = hers ? hers : receipt_at(a, i)->policy;

		if (i == 0 || !hers)
			st = tanu_policy_parse(&a->owned[i], text, strlen(text), err);
		a->policies[i] = hers ? a->owned[0] : a->owned[i];
	}
	return st;
}

/* The longest list of keys; a shorter one must be its beginning. */
static void take_keys(struct audit *a)
{
	for (size_t i = 0; i < a->receipts_len; i++) {
		if (receipt_at(a, i)->keys_len > a->keys_len) {
			a->keys = receipt_at(a, i)->keys;
			a->keys_len = receipt_at(a, i)->keys_len;
		}
	}
	for (size_t i = 0; i < a->receipts_len; i++)
		for (size_t k = 0; k < receipt_at(a, i)->keys_len; k++)
			if (!crypto_equal(receipt_at(a, i)->keys[k].key, a->keys[k].key,
					  TANU_LOG_KEY_LEN))
				found(&a->findings, TANU_FINDING_KEYS_DIFFER, (int64_t)k, NOWHERE,
				      NOWHERE);
}

static tanu_status take_promises(struct audit *a, tanu_error *err)
{
	size_t len = 0, at = 0;

	for (size_t i = 0; i < a->receipts_len; i++)
		len += receipt_at(a, i)->leaves_len;
	a->promises = calloc(len + 1, sizeof(*a->promises));
	if (!a->promises)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (size_t i = 0; i < a->receipts_len; i++)
		for (size_t k = 0; k < receipt_at(a, i)->leaves_len; k++)
			a->promises[at++] = (struct promise){
			    .leaf = &receipt_at(a, i)->leaves[k],
			    .receipt = i,
			    .has_key = receipt_at(a, i)->leaves[k].key < a->keys_len,
			};
	a->promises_len = len;
	return TANU_OK;
}

tanu_status audit_open(struct audit *audit, const tanu_receipt *const *receipts,
		       size_t receipts_len, const tanu_receipt_options *options, tanu_error *err)
{
	tanu_status st;

	*audit = (struct audit){0};
	if ((st = take_receipts(audit, receipts, receipts_len, err)) < 0 ||
	    (st = take_policies(audit, options, err)) < 0)
		return st;
	take_keys(audit);
	return take_promises(audit, err);
}

void audit_close(struct audit *audit)
{
	for (size_t i = 0; i < TANU_RECEIPTS_MAX; i++)
		tanu_policy_free(&audit->owned[i]);
	free(audit->promises);
	free(audit->seen);
	free(audit->findings.at);
	*audit = (struct audit){0};
}

static const struct seen *look_up(const struct audit *a, const tanu_policy *policy,
				  const char *note, size_t note_len)
{
	for (size_t i = 0; i < a->seen_len; i++)
		if (a->seen[i].policy == policy && a->seen[i].note_len == note_len &&
		    memcmp(a->seen[i].note, note, note_len) == 0)
			return &a->seen[i];
	return NULL;
}

const struct seen *audit_trust(struct audit *audit, const tanu_policy *policy, const char *note,
			       size_t note_len)
{
	const struct seen *known = look_up(audit, policy, note, note_len);
	struct seen *s;

	if (known)
		return known;
	if (!audit->seen) /* one for each promise and one for the log: it never moves */
		audit->seen = calloc(audit->promises_len + 1, sizeof(*audit->seen));
	if (!audit->seen || audit->seen_len > audit->promises_len)
		return NULL;
	s = &audit->seen[audit->seen_len++];
	*s = (struct seen){.note = note, .note_len = note_len, .policy = policy};
	trust_check(&s->trusted, policy, audit->log, note, note_len);
	return s;
}

const struct seen *audit_newest(const struct audit *audit)
{
	const struct seen *best = NULL;

	for (size_t i = 0; i < audit->seen_len; i++) {
		const struct seen *s = &audit->seen[i];

		if (s->trusted.result != TRUST_ACCEPTED)
			continue;
		if (!best || s->trusted.checkpoint.size > best->trusted.checkpoint.size ||
		    (s->trusted.checkpoint.size == best->trusted.checkpoint.size &&
		     s->trusted.witnesses > best->trusted.witnesses))
			best = s;
	}
	return best;
}

tanu_leaf_state promise_state(const struct promise *promise)
{
	if (promise->pending)
		return TANU_LEAF_PENDING;
	if (promise->edited)
		return TANU_LEAF_EDITED;
	return promise->proven && promise->hers ? TANU_LEAF_OPENED : TANU_LEAF_UNPROVEN;
}

bool promise_speaks(const struct audit *audit, size_t i)
{
	const struct promise *p = &audit->promises[i];

	for (size_t k = 0; k < audit->promises_len; k++) {
		const struct promise *other = &audit->promises[k];

		if (k == i || other->leaf->key != p->leaf->key || other->leaf->n != p->leaf->n)
			continue;
		if (promise_state(other) > promise_state(p) ||
		    (promise_state(other) == promise_state(p) && k < i))
			return false;
	}
	return true;
}

tanu_report_leaf promise_leaf(const struct promise *promise)
{
	return (tanu_report_leaf){.key = promise->leaf->key,
				  .n = promise->leaf->n,
				  .index = NOWHERE,
				  .state = promise_state(promise),
				  .from_receipt = 1,
				  .before_ms = promise->before_ms};
}
