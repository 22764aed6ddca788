/* SPDX-License-Identifier: Apache-2.0 */
/* All pairs of a folder: rates, what quantising costs, groups. */
#include "cli/eval.h"

#include <math.h>
#include <stdlib.h>

/* FNMR of the float scores at their own thresholds for the same rates. */
static void exact_rates(double out[RATE_TARGETS], const struct scores *exact,
			const struct set_rates *rates)
{
	for (size_t i = 0; i < rates->rows; i++) {
		double threshold;

		out[i] = (double)NAN;
		if (threshold_at_fmr(&threshold, exact, rates->row[i].target, NULL) == TANU_OK)
			out[i] = rates_at(exact, threshold).fnmr;
	}
}

static void tell_score_error(struct report *r, const struct score_error *e)
{
	sheet_line(&r->sheet, "Quantising to 8 bits moves a score by %.5f (rms), %.5f at worst",
		   e->rms, e->worst);
	jw_object(r->json, "score_error");
	jw_real(r->json, "rms", e->rms);
	jw_real(r->json, "worst", e->worst);
	jw_end_object(r->json);
}

/* Of each sample its label; how many have none. */
static size_t *label_samples(const struct crowd *crowd, const struct labels *labels,
			     size_t *unlabelled)
{
	size_t *label = calloc(crowd->len + 1, sizeof(*label));

	*unlabelled = 0;
	for (size_t i = 0; label && i < crowd->len; i++) {
		label[i] = label_of(labels, crowd->photo[i]);
		*unlabelled += label[i] == NO_LABEL;
	}
	return label;
}

static tanu_status gather_groups(struct pair_set *groups, struct all_pairs_view *all,
				 const struct crowd *crowd, const struct labels *labels,
				 size_t *unlabelled, tanu_error *err)
{
	size_t *label = label_samples(crowd, labels, unlabelled);
	tanu_status st = TANU_OK;

	if (!label)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for labels");
	all->label = label;
	for (size_t i = 0; i < labels->names.len && st == TANU_OK; i++)
		st = pair_set_from_all(&groups[i], all, i, err);
	all->label = NULL;
	free(label);
	return st;
}

static tanu_status tell(struct report *r, struct pair_set *set, struct scores *exact,
			const struct score_error *difference, struct set_rates *rates,
			tanu_error *err)
{
	double exact_fnmr[RATE_TARGETS];
	tanu_status st;

	if ((st = scores_sort(exact, err)) < 0 ||
	    (st = set_measure(rates, set, &eval_draws, err)) < 0)
		return st;
	exact_rates(exact_fnmr, exact, rates);
	sheet_section(&r->sheet, "All pairs of the folder");
	report_set(r, rates, REPORT_PAIRS, exact_fnmr);
	tell_score_error(r, difference);
	report_plots(r, (const struct set_rates *const[]){rates}, NULL, 1, REPORT_PAIRS);
	return TANU_OK;
}

tanu_status answer_all_pairs(struct report *r, struct pair_set *out, const struct crowd *crowd,
			     const struct labels *labels, tanu_error *err)
{
	struct scores quantised = {0}, exact = {0};
	struct pair_set groups[GROUPS_MAX] = {0};
	struct all_pairs_view all = {.scores = &quantised,
				     .person = crowd->person,
				     .len = crowd->len,
				     .people = crowd->people.len};
	struct score_error difference;
	struct set_rates rates;
	size_t unlabelled = 0;
	tanu_status st;

	if ((st = all_pairs(&quantised, &exact, crowd->sample, crowd->person, crowd->len, err)) <
		0 ||
	    (st = gather_groups(groups, &all, crowd, labels, &unlabelled, err)) < 0 ||
	    (st = pair_set_from_all(out, &all, NO_LABEL, err)) < 0)
		goto out;
	difference = scores_compare(&quantised, &exact);
	scores_free(&quantised);
	jw_object(r->json, "all_pairs");
	if ((st = tell(r, out, &exact, &difference, &rates, err)) < 0)
		goto out;
	jw_end_object(r->json);
	if (labels->names.len)
		st = answer_groups(r, labels, groups, &rates, unlabelled, "photographs", err);
out:
	for (size_t i = 0; i < GROUPS_MAX; i++)
		pair_set_free(&groups[i]);
	scores_free(&quantised);
	scores_free(&exact);
	return st;
}
