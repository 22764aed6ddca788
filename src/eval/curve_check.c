/* SPDX-License-Identifier: Apache-2.0 */
/* Does the tail say what it has not seen? Fitted on half of the people, counted on the other. */
#include "eval/curve.h"

static uint64_t count_from(const float *rising, size_t len, double score)
{
	size_t above = 0;

	while (above < len && (double)rising[len - 1 - above] >= score)
		above++;
	return above;
}

void curve_cross_check(struct curve *out, const struct curve_pairs *pairs)
{
	const float *seen = pairs->half[0], *left_out = pairs->half[1];
	size_t n = pairs->half_len[1];
	struct tail tail;

	out->check_pairs = n;
	if (n == 0 || tail_fit(&tail, seen, pairs->half_len[0],
			       curve_tail_share(pairs->half_len[0]), NULL) < 0)
		return;
	for (size_t k = 0; k < CURVE_POINTS_MAX; k++) {
		double fmr = curve_targets[k];
		struct curve_check c = {.fmr = fmr, .predicted = fmr * (double)n};
		struct interval ci;

		if (fmr > tail.share || c.predicted < 1)
			continue;
		c.score = tail_threshold(&tail, fmr);
		c.observed = count_from(left_out, n, c.score);
		ci = clopper_pearson(c.observed, n, 0.95);
		c.observed_ci = (struct interval){ci.low * (double)n, ci.high * (double)n};
		out->check[out->checks++] = c;
	}
}
