/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spread.h - how a measure is spread over samples, and what discarding the worst samples does to
 * the error rate (error-versus-discard curves, ISO/IEC 29794-1). Numbers in, numbers out.
 */
#ifndef EVAL_SPREAD_H
#define EVAL_SPREAD_H

#include "eval/eval.h"

struct spread {
	size_t len; /* values that are numbers */
	double min, p5, p25, median, p75, p95, max, mean;
};
/* Reorders the values; those that are not numbers are left out. All NaN when none is left. */
struct spread spread_of(float *values, size_t len);

/*
 * Share of the worst pairs discarded, in steps of 1%, against the share of errors among those that
 * remain. Pairs of equal quality are discarded evenly, as if drawn at random.
 */
#define DISCARD_STEPS 51 /* 0 .. 50% */
struct discard_curve {
	double error[DISCARD_STEPS]; /* NaN where no pair remains */
	double area; /* mean error over 0 .. 20%, against that with none discarded */
};
struct judged_pair {
	float quality; /* of the worse of its two samples; higher is better */
	bool wrong;
};
/* Sorts the pairs. TANU_INPUT for a quality that is not finite. */
tanu_status discard_curve(struct discard_curve *out, struct judged_pair *pairs, size_t len,
			  tanu_error *err);

#endif
