/* SPDX-License-Identifier: Apache-2.0 */
/* The whole history of one person: receipts, walk, judgement, report. */
#include "receipt/history.h"

#include <stdlib.h>
#include <string.h>

static void history_close(struct history *h)
{
	for (size_t i = 0; i < h->hers_len; i++) {
		free(h->hers[i].slot_text);
		free(h->hers[i].event);
	}
	free(h->hers);
	free(h->sealed);
	tags_close(&h->tags);
	buf_free(&h->note);
}

static bool is_forked(const struct history *h)
{
	return has_found(&h->audit->findings, TANU_FINDING_FORK);
}

/* By when a witness had seen this entry; checkpoints of another tree tell nothing. */
static int64_t seen_by(const struct history *h, uint64_t index)
{
	int64_t best = 0;

	for (size_t i = 0; i < h->audit->seen_len; i++) {
		const struct seen *s = &h->audit->seen[i];
		int64_t at = s->trusted.witnessed_ms;

		if (s->trusted.result != TRUST_ACCEPTED || (s != h->head && is_forked(h)))
			continue;
		if (at && s->trusted.checkpoint.size > index && (!best || at < best))
			best = at;
	}
	return best;
}

static void report_hers(struct report *report, const struct history *h)
{
	for (size_t i = 0; i < h->hers_len; i++) {
		const struct hers *leaf = &h->hers[i];
		tanu_report_leaf out = {.key = leaf->key,
					.n = leaf->n,
					.index = (int64_t)leaf->index,
					.state = leaf->state,
					.from_receipt = leaf->from_receipt,
					.after_ms = leaf->after_ms,
					.before_ms = seen_by(h, leaf->index)};

		report_leaf(report, &out, leaf->text, leaf->text_len);
	}
}

/* Promised leaves that are not in the log. */
static void report_absent(struct report *report, const struct history *h)
{
	for (size_t i = 0; i < h->audit->promises_len; i++) {
		const struct promise *p = &h->audit->promises[i];
		tanu_report_leaf out = promise_leaf(p);

		if (!promise_speaks(h->audit, i) ||
		    (p->has_key && hers_at(h, p->leaf->key, p->leaf->n)))
			continue;
		if (p->in_log)
			out.index = (int64_t)p->index;
		report_leaf(report, &out, p->leaf->event, strlen(p->leaf->event));
	}
}

static void keep_evidence(struct report *report, const struct history *h)
{
	const struct seen *one = h->audit->forked[0], *other = h->audit->forked[1];

	if (!is_forked(h))
		return;
	if (!one) {
		one = h->fork;
		other = h->head;
	}
	if (!one || !other)
		return;
	report->pub.evidence[0] = text_copy(one->note, one->note_len);
	report->pub.evidence[1] = text_copy(other->note, other->note_len);
	if (!report->pub.evidence[0] || !report->pub.evidence[1])
		report->failed = true;
}

static void report_head(struct report *report, struct history *h)
{
	const struct seen *head = h->head ? h->head : audit_newest(h->audit);
	const struct trusted *t = head ? &head->trusted : NULL;
	bool accepted = t && t->result == TRUST_ACCEPTED;

	if (accepted) {
		report->pub.has_checkpoint = 1;
		report->pub.size = t->checkpoint.size;
		report->pub.witnesses = t->witnesses;
		report->pub.witnessed_ms = t->witnessed_ms;
	}
	if (!accepted || t->witnesses == 0)
		found(&h->audit->findings, TANU_FINDING_UNWITNESSED, NOWHERE, NOWHERE, NOWHERE);
	keep_evidence(report, h);
}

static tanu_status run(struct report *report, struct history *h, tanu_error *err)
{
	tanu_status st;

	if ((st = audit_receipts(h->audit, err)) < 0 || (st = history_walk(h, err)) < 0 ||
	    (st = history_judge(h, err)) < 0 || (st = history_rules(h, err)) < 0)
		return st;
	history_promises(h);
	report_hers(report, h);
	report_absent(report, h);
	report_head(report, h);
	if ((st = audit_gates(report, h->audit, err)) < 0)
		return st;
	return report_close(report, &h->audit->findings, err);
}

tanu_status receipt_history(tanu_report **out, const tanu_receipt *const *receipts,
			    size_t receipts_len, const struct log_files *files,
			    const struct history_progress *progress,
			    const tanu_receipt_options *options, tanu_error *err)
{
	struct report *report = calloc(1, sizeof(*report));
	tanu_report *pub = (tanu_report *)report;
	struct audit audit = {0};
	struct history h = {.audit = &audit, .files = files, .progress = progress};
	tanu_status st;

	if (!report)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	if ((st = audit_open(&audit, receipts, receipts_len, options, err)) == TANU_OK)
		st = run(report, &h, err);
	if (st == TANU_OK)
		*out = pub;
	else
		tanu_report_free(&pub);
	history_close(&h);
	audit_close(&audit);
	return st;
}

/* ---- the public call: files by a callback that knows no buffers ---- */

static tanu_status read_public(void *self, struct buf *out, const char *path, size_t max_bytes,
			       tanu_error *err)
{
	const tanu_log_files *files = self;
	uint8_t *bytes = NULL;
	size_t len = 0;
	tanu_status st = files->read(files->self, &bytes, &len, path, max_bytes, err);

	buf_wipe(out);
	if (st == TANU_OK && len > max_bytes)
		st = tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, path, "longer than was asked for");
	if (st == TANU_OK) {
		buf_put(out, bytes, len);
		st = buf_check(out, err);
	}
	free(bytes);
	return st;
}

static void step_public(void *self, uint64_t done, uint64_t size)
{
	const tanu_log_files *files = self;

	files->progress(files->self, done, size);
}

tanu_status tanu_receipt_history(tanu_report **out, const tanu_receipt *const *receipts,
				 size_t receipts_len, const tanu_log_files *files,
				 const tanu_receipt_options *options, tanu_error *err)
{
	tanu_log_files given = *files;
	struct log_files inner = {.read = read_public, .self = &given};
	struct history_progress progress = {.step = step_public, .self = &given};

	return receipt_history(out, receipts, receipts_len, &inner,
			       files->progress ? &progress : NULL, options, err);
}
