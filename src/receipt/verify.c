/* SPDX-License-Identifier: Apache-2.0 */
/* What the receipts alone can show: signatures, proofs, places, texts, digests. */
#include "receipt/audit.h"

#include <stdlib.h>
#include <string.h>

static void found_at(struct audit *a, tanu_finding_code code, const struct promise *p)
{
	found(&a->findings, code, p->leaf->key, (int64_t)p->leaf->n,
	      p->placed ? (int64_t)p->index : NOWHERE);
}

/* The very key, not only the name. */
static bool policy_trusts(const tanu_policy *policy, const tanu_verifier *log)
{
	const tanu_verifier *one;
	size_t at = 0;

	while ((one = policy_log(policy, log->name, &at)))
		if (memcmp(one->key, log->key, sizeof(log->key)) == 0)
			return true;
	return false;
}

/* The receipt's own signature, and whether its log is one that the policy trusts. */
static void check_receipt(struct audit *a, size_t i)
{
	const struct receipt_file *f = a->receipts[i];
	tanu_note note;

	if (tanu_note_split(&note, (const char *)f->note.data, f->note.len, NULL) < 0 ||
	    tanu_note_verify(&note, a->log, NULL, NULL) < 0)
		found(&a->findings, TANU_FINDING_RECEIPT_SIGNATURE, NOWHERE, NOWHERE, NOWHERE);
	if (!policy_trusts(a->policies[i], a->log))
		found(&a->findings, TANU_FINDING_LOG_UNTRUSTED, NOWHERE, NOWHERE, NOWHERE);
}

/* The text of the event, if it is one. */
static void read_event(struct audit *a, struct promise *p)
{
	const char *text = p->leaf->event;

	p->has_event = receipt_event_parse(&p->event, text, strlen(text), NULL) == TANU_OK;
	if (!p->has_event)
		found_at(a, TANU_FINDING_EVENT_MALFORMED, p);
	else if (p->event.event == TANU_EVENT_NONE)
		found_at(a, TANU_FINDING_EVENT_UNKNOWN, p);
}

/* The proof file, and out of it the leaf and its index. */
static bool read_proof(tanu_log_proof *proof, struct promise *p)
{
	const char *text = p->leaf->proof;
	struct buf raw = {.max = TANU_LEAF_LEN};
	bool whole;

	if (tanu_log_proof_parse(proof, text, strlen(text), NULL) < 0 || !proof->extra ||
	    proof->index >= (uint64_t)JSON_INT_END)
		return false;
	whole = base64_get(&raw, proof->extra, proof->extra_len, NULL) == TANU_OK &&
		raw.len == TANU_LEAF_LEN;
	if (whole) {
		memcpy(&p->entry, raw.data, TANU_LEAF_LEN);
		p->index = proof->index;
		p->placed = true;
	}
	buf_free(&raw);
	return whole;
}

static bool is_included(const struct promise *p, const tanu_log_proof *proof,
			const tanu_checkpoint *checkpoint)
{
	tanu_hash leaf;

	tanu_hash_leaf(&leaf, &p->entry, TANU_LEAF_LEN);
	return tanu_verify_inclusion(&leaf, p->index, checkpoint->size, &checkpoint->root,
				     proof->proof, proof->proof_len, NULL) == TANU_OK;
}

static tanu_status check_proof(struct audit *a, struct promise *p, tanu_error *err)
{
	static const tanu_finding_code codes[] = {
	    [TRUST_FORMAT] = TANU_FINDING_LEAF_PROOF,
	    [TRUST_SIGNATURE] = TANU_FINDING_CHECKPOINT_SIGNATURE,
	    [TRUST_UNTRUSTED] = TANU_FINDING_CHECKPOINT_UNTRUSTED,
	};
	tanu_log_proof proof;
	const struct seen *seen;

	if (!read_proof(&proof, p)) {
		found_at(a, TANU_FINDING_LEAF_PROOF, p);
		return TANU_OK;
	}
	seen = audit_trust(a, a->policies[p->receipt], proof.checkpoint, proof.checkpoint_len);
	if (!seen)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	if (seen->trusted.result != TRUST_ACCEPTED) {
		found_at(a, codes[seen->trusted.result], p);
	} else if (!is_included(p, &proof, &seen->trusted.checkpoint)) {
		found_at(a, TANU_FINDING_LEAF_PROOF, p);
	} else {
		p->proven = true;
		p->before_ms = seen->trusted.witnessed_ms;
	}
	return TANU_OK;
}

/* What only her key can tell. */
static void check_leaf(struct audit *a, struct promise *p)
{
	const uint8_t *key = a->keys[p->leaf->key].key;
	const char *text = p->leaf->event;

	p->hers = leaf_is_at(&p->entry, key, p->leaf->n);
	if (!p->hers) {
		found_at(a, TANU_FINDING_LEAF_FOREIGN, p);
		return;
	}
	if (p->leaf->n == 0 && !leaf_follows(&p->entry, key, NULL))
		found_at(a, TANU_FINDING_CHAIN_BROKEN, p);
	p->edited = !leaf_says(&p->entry, key, p->leaf->n, text, strlen(text));
	if (p->edited)
		found_at(a, TANU_FINDING_EVENT_EDITED, p);
}

static tanu_status check_promise(struct audit *a, struct promise *p, tanu_error *err)
{
	tanu_status st = TANU_OK;

	p->pending = !*p->leaf->proof;
	if (!p->pending)
		st = check_proof(a, p, err);
	if (!p->has_key)
		found_at(a, TANU_FINDING_KEY_ABSENT, p);
	else if (p->placed)
		check_leaf(a, p);
	read_event(a, p);
	return st;
}

/* The first of hers at this place of a chain, or NULL. */
static const struct promise *first_at(const struct audit *a, uint32_t key, uint64_t n)
{
	for (size_t i = 0; i < a->promises_len; i++) {
		const struct promise *p = &a->promises[i];

		if (p->hers && p->leaf->key == key && p->leaf->n == n)
			return p;
	}
	return NULL;
}

/* Two leaves that receipts hold both: at the same place, or one behind the other. */
static void check_neighbours(struct audit *a, const struct promise *p)
{
	const tanu_receipt_leaf *leaf = p->leaf;
	const struct promise *same = first_at(a, leaf->key, leaf->n);
	const struct promise *before = leaf->n ? first_at(a, leaf->key, leaf->n - 1) : NULL;

	if (same->index != p->index || memcmp(&same->entry, &p->entry, sizeof(p->entry)) != 0)
		found(&a->findings, TANU_FINDING_DUPLICATE_PLACE, leaf->key, (int64_t)leaf->n,
		      NOWHERE);
	if (before && !leaf_follows(&p->entry, a->keys[leaf->key].key, &before->entry))
		found_at(a, TANU_FINDING_CHAIN_BROKEN, p);
}

/* The record is what one of the receipt's events was about. */
static bool record_is_logged(const struct audit *a, size_t receipt)
{
	const tanu_receipt *r = &a->receipts[receipt]->receipt;
	char want[2 * DIGEST_LEN + 1];
	uint8_t digest[DIGEST_LEN];

	if (!*r->record)
		return r->kind == TANU_RECEIPT_HISTORY || r->kind == TANU_RECEIPT_DISCLOSURE;
	sha256(digest, r->record, strlen(r->record));
	hex_encode(want, digest, sizeof(digest));
	for (size_t i = 0; i < a->promises_len; i++) {
		const struct promise *p = &a->promises[i];

		if (p->receipt == receipt && p->has_event && !p->edited &&
		    strcmp(p->event.document, want) == 0)
			return true;
	}
	return false;
}

/* Two accepted checkpoints of one size with different roots. */
static void check_fork(struct audit *a)
{
	for (size_t i = 0; i < a->seen_len && !a->forked[0]; i++) {
		for (size_t k = i + 1; k < a->seen_len && !a->forked[0]; k++) {
			const struct trusted *x = &a->seen[i].trusted, *y = &a->seen[k].trusted;

			if (x->result != TRUST_ACCEPTED || y->result != TRUST_ACCEPTED ||
			    x->checkpoint.size != y->checkpoint.size ||
			    memcmp(&x->checkpoint.root, &y->checkpoint.root, TANU_HASH_LEN) == 0)
				continue;
			a->forked[0] = &a->seen[i];
			a->forked[1] = &a->seen[k];
			found(&a->findings, TANU_FINDING_FORK, NOWHERE, NOWHERE, NOWHERE);
		}
	}
}

tanu_status audit_receipts(struct audit *audit, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < audit->receipts_len; i++)
		check_receipt(audit, i);
	for (size_t i = 0; st == TANU_OK && i < audit->promises_len; i++)
		st = check_promise(audit, &audit->promises[i], err);
	if (st < 0)
		return st;
	for (size_t i = 0; i < audit->promises_len; i++)
		if (audit->promises[i].hers)
			check_neighbours(audit, &audit->promises[i]);
	for (size_t i = 0; i < audit->receipts_len; i++)
		if (!record_is_logged(audit, i))
			found(&audit->findings, TANU_FINDING_RECORD_MISMATCH, NOWHERE, NOWHERE,
			      NOWHERE);
	check_fork(audit);
	return TANU_OK;
}

/* ---- the public call: nothing but the receipts ---- */

static void report_promises(struct report *report, struct audit *a)
{
	for (size_t i = 0; i < a->promises_len; i++) {
		const struct promise *p = &a->promises[i];
		tanu_report_leaf leaf = promise_leaf(p);

		if (!promise_speaks(a, i))
			continue;
		if (leaf.state == TANU_LEAF_PENDING)
			found_at(a, TANU_FINDING_LEAF_PENDING, p);
		if (p->placed)
			leaf.index = (int64_t)p->index;
		report_leaf(report, &leaf, p->leaf->event, strlen(p->leaf->event));
	}
}

static void report_newest(struct report *report, struct audit *a)
{
	const struct seen *newest = audit_newest(a);
	size_t witnesses = 0;

	for (size_t i = 0; i < 2 && a->forked[0]; i++) {
		report->pub.evidence[i] = text_copy(a->forked[i]->note, a->forked[i]->note_len);
		report->failed = report->failed || !report->pub.evidence[i];
	}
	if (newest) {
		report->pub.has_checkpoint = 1;
		report->pub.size = newest->trusted.checkpoint.size;
		report->pub.witnesses = witnesses = newest->trusted.witnesses;
		report->pub.witnessed_ms = newest->trusted.witnessed_ms;
	}
	if (witnesses == 0)
		found(&a->findings, TANU_FINDING_UNWITNESSED, NOWHERE, NOWHERE, NOWHERE);
}

tanu_status tanu_receipt_verify(tanu_report **out, const tanu_receipt *const *receipts,
				size_t receipts_len, const tanu_receipt_options *options,
				tanu_error *err)
{
	struct report *report = calloc(1, sizeof(*report));
	tanu_report *pub = (tanu_report *)report;
	struct audit a = {0};
	tanu_status st;

	if (!report)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	if ((st = audit_open(&a, receipts, receipts_len, options, err)) < 0 ||
	    (st = audit_receipts(&a, err)) < 0 || (st = audit_gates(report, &a, err)) < 0)
		goto out;
	report_promises(report, &a);
	report_newest(report, &a);
	if ((st = report_close(report, &a.findings, err)) == TANU_OK)
		*out = pub;
out:
	if (st < 0)
		tanu_report_free(&pub);
	audit_close(&a);
	return st;
}
