/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of people side by side, after ISO/IEC 19795-10: pairs inside each group. */
#include "eval/sets.h"

#include <assert.h>
#include <math.h>

/* Highest over lowest, and who has the highest; NaN where one of them is unknown or the lowest 0.
 */
static double ratio_of(size_t *worst, const double *rates, size_t len)
{
	double low = INFINITY, high = -INFINITY;

	*worst = 0;
	for (size_t i = 0; i < len; i++) {
		if (isnan(rates[i]))
			return (double)NAN;
		if (rates[i] > high) {
			high = rates[i];
			*worst = i;
		}
		low = fmin(low, rates[i]);
	}
	return low > 0 && len > 1 ? high / low : (double)NAN;
}

tanu_status group_compare(struct group_row *out, const struct pair_set *groups, size_t groups_len,
			  double target, double threshold, const struct boot_options *options,
			  tanu_error *err)
{
	struct group_row row = {.target = target, .threshold = threshold};
	double fmr[GROUPS_MAX], fnmr[GROUPS_MAX];
	tanu_status st;

	assert(groups_len <= GROUPS_MAX);
	for (size_t i = 0; i < groups_len; i++) {
		row.rates[i] = rates_at(&groups[i].scores, threshold);
		fmr[i] = row.rates[i].fmr;
		fnmr[i] = row.rates[i].fnmr;
		row.fmr_people[i] = row.fnmr_people[i] =
		    (struct interval){(double)NAN, (double)NAN};
		if (groups[i].people > 1 &&
		    (st = bootstrap_rates(&row.fmr_people[i], &row.fnmr_people[i], &groups[i],
					  threshold, options, err)) < 0)
			return st;
	}
	row.fmr_ratio = ratio_of(&row.fmr_worst, fmr, groups_len);
	row.fnmr_ratio = ratio_of(&row.fnmr_worst, fnmr, groups_len);
	*out = row;
	return TANU_OK;
}

/* The group with the fewest pairs of those that can't say; `len` when all can. */
static size_t too_small(const struct pair_set *groups, size_t len, double target)
{
	size_t found = len;
	double threshold;

	for (size_t i = 0; i < len; i++)
		if (threshold_at_fmr(&threshold, &groups[i].scores, target, NULL) < 0 &&
		    (found == len ||
		     groups[i].scores.impostor_len < groups[found].scores.impostor_len))
			found = i;
	return found;
}

void group_common_threshold(struct common_threshold *out, const struct pair_set *groups,
			    size_t groups_len, double target)
{
	struct common_threshold c = {.target = target, .threshold = (double)NAN};
	size_t small = too_small(groups, groups_len, target);

	assert(groups_len <= GROUPS_MAX);
	if (small < groups_len)
		c.group = small;
	for (size_t i = 0; i < groups_len && small == groups_len; i++) {
		double threshold = 0;

		(void)threshold_at_fmr(&threshold, &groups[i].scores, target, NULL);
		if (!(threshold <= c.threshold)) {
			c.threshold = threshold;
			c.group = i;
		}
	}
	if (groups_len)
		c.pairs = groups[c.group].scores.impostor_len;
	for (size_t i = 0; i < groups_len; i++)
		c.fnmr[i] = isnan(c.threshold) ? (double)NAN
					       : rates_at(&groups[i].scores, c.threshold).fnmr;
	*out = c;
}
