/* SPDX-License-Identifier: Apache-2.0 */
/* curve.h - (inside eval/) the pairs behind a curve, with the people in them. */
#ifndef EVAL_CURVE_H
#define EVAL_CURVE_H

#include "eval/resample.h"

extern const double curve_targets[CURVE_POINTS_MAX];

struct curve_pairs {
	size_t people;
	uint32_t *photos; /* of each person */
	struct boot_pair *genuine;
	size_t genuine_len; /* rising */
	struct boot_pair *top;
	size_t top_len; /* the highest impostor pairs, falling */
	float *half[2]; /* impostor scores among the people of even and of odd number, rising */
	size_t half_len[2];
};
/* From scores in the order of all_pairs. To be freed whatever it returns. */
tanu_status curve_pairs_gather(struct curve_pairs *out, const struct scores *scores,
			       const size_t *subject, size_t len, tanu_error *err);
void curve_pairs_free(struct curve_pairs *pairs);

/* The share of impostor pairs that makes the tail. */
double curve_tail_share(size_t impostor_len);

/* What resampling says, a target each: at a counted score, and at a fitted one. */
struct curve_spread {
	struct interval counted[CURVE_POINTS_MAX]; /* score that keeps the target */
	struct interval rate[CURVE_POINTS_MAX];	   /* FMR at `score` of the base */
	struct interval fnmr[CURVE_POINTS_MAX];	   /* FNMR at each draw's own counted score */
	struct interval fitted[CURVE_POINTS_MAX];
	struct interval fitted_fnmr[CURVE_POINTS_MAX];
	struct interval shape;
};
/* `score`: of each target, NaN where it can't be counted. */
tanu_status curve_resample(struct curve_spread *out, const struct curve_pairs *pairs,
			   const double *score, double tail_share,
			   const struct boot_options *options, tanu_error *err);

/* Fit on one half of the people, counted on the other. */
void curve_cross_check(struct curve *out, const struct curve_pairs *pairs);

#endif
