/* SPDX-License-Identifier: Apache-2.0 */
#include "receipt/audit.h"

#include <stdlib.h>
#include <string.h>

char *text_copy(const char *text, size_t len)
{
	char *copy = malloc(len + 1);

	if (copy) {
		memcpy(copy, text, len);
		copy[len] = '\0';
	}
	return copy;
}

/* Room for one more; NULL without memory, the old array stays. */
static void *grown(void *array, size_t len, size_t *cap, size_t item)
{
	size_t want = *cap ? 2 * *cap : 16;
	void *more;

	if (len < *cap)
		return array;
	more = realloc(array, want * item);
	if (more)
		*cap = want;
	return more;
}

void found(struct findings *findings, tanu_finding_code code, int64_t key, int64_t n, int64_t index)
{
	tanu_finding *at;

	if (findings->len == FOUND_MAX) {
		findings->more++;
		return;
	}
	at = grown(findings->at, findings->len, &findings->cap, sizeof(*at));
	if (!at) {
		findings->failed = true;
		return;
	}
	findings->at = at;
	at[findings->len++] = (tanu_finding){code, key, n, index};
}

bool has_found(const struct findings *findings, tanu_finding_code code)
{
	for (size_t i = 0; i < findings->len; i++)
		if (findings->at[i].code == code)
			return true;
	return false;
}

void report_leaf(struct report *report, const tanu_report_leaf *leaf, const char *event,
		 size_t event_len)
{
	tanu_report_leaf *at =
	    grown(report->leaves, report->pub.leaves_len, &report->leaves_cap, sizeof(*at));
	char *copy = text_copy(event ? event : "", event ? event_len : 0);

	if (at)
		report->leaves = at;
	if (!at || !copy) {
		free(copy);
		report->failed = true;
		return;
	}
	at += report->pub.leaves_len++;
	*at = *leaf;
	at->event = copy;
}

static int by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_findings(const void *a, const void *b)
{
	const tanu_finding *x = a, *y = b;
	int order = by_number((int64_t)x->code, (int64_t)y->code);

	if (!order)
		order = by_number(x->key, y->key);
	if (!order)
		order = by_number(x->n, y->n);
	return order ? order : by_number(x->index, y->index);
}

static int compare_leaves(const void *a, const void *b)
{
	const tanu_report_leaf *x = a, *y = b;
	int order = by_number(x->key, y->key);

	if (!order)
		order = by_number((int64_t)x->n, (int64_t)y->n);
	return order ? order : by_number(x->index, y->index);
}

/* Sorted, each once, no more than the public bound. */
static void close_findings(struct report *report, struct findings *findings)
{
	size_t len = 0;

	if (findings->len)
		qsort(findings->at, findings->len, sizeof(*findings->at), compare_findings);
	for (size_t i = 0; i < findings->len; i++)
		if (i == 0 || compare_findings(&findings->at[i], &findings->at[len - 1]) != 0)
			findings->at[len++] = findings->at[i];
	report->pub.findings_more = findings->more;
	if (len > TANU_FINDINGS_MAX) {
		report->pub.findings_more += len - TANU_FINDINGS_MAX;
		len = TANU_FINDINGS_MAX;
	}
	report->pub.findings_len = len;
}

/* Over all findings: one that was cut away weighs as much. */
static tanu_verdict judge(const struct findings *findings)
{
	tanu_verdict verdict = TANU_VERDICT_CLEAN;

	for (size_t i = 0; i < findings->len; i++) {
		tanu_finding_weight weight = tanu_finding_weight_of(findings->at[i].code);

		if (weight == TANU_WEIGHT_SUSPICIOUS)
			return TANU_VERDICT_SUSPICIOUS;
		if (weight == TANU_WEIGHT_UNREACHABLE)
			verdict = TANU_VERDICT_UNREACHABLE;
	}
	return findings->more ? TANU_VERDICT_SUSPICIOUS : verdict;
}

tanu_status report_close(struct report *report, struct findings *findings, tanu_error *err)
{
	if (findings->failed || report->failed)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	report->pub.verdict = judge(findings);
	close_findings(report, findings);
	report->findings = findings->at;
	report->pub.findings = findings->at;
	*findings = (struct findings){0};
	if (report->pub.leaves_len)
		qsort(report->leaves, report->pub.leaves_len, sizeof(*report->leaves),
		      compare_leaves);
	report->pub.leaves = report->leaves;
	return TANU_OK;
}

/* `pub` stands first, so that the public pointer is the whole. */
void tanu_report_free(tanu_report **report)
{
	struct report *r = report ? (struct report *)*report : NULL;

	if (!r)
		return;
	for (size_t i = 0; i < r->pub.leaves_len; i++)
		free((char *)(uintptr_t)r->leaves[i].event);
	for (size_t i = 0; i < 2; i++)
		free((char *)(uintptr_t)r->pub.evidence[i]);
	for (size_t i = 0; i < r->pub.gates_len; i++)
		free((char *)(uintptr_t)r->gates[i].name);
	free(r->gates);
	free(r->leaves);
	free(r->findings);
	free(r);
	*report = NULL;
}
