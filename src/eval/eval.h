/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eval.h - error rates from scores: FMR and FNMR, thresholds, accuracy over folds, intervals.
 * No images, no faces: numbers in, numbers out. Sources: ISO/IEC 19795-1, 30107-3.
 */
#ifndef EVAL_EVAL_H
#define EVAL_EVAL_H

#include "codec/codec.h"
#include "os/os.h"

#include <tanu/match.h>

/* Two-sided 95% Clopper-Pearson interval of k of n (exact binomial). n = 0 gives 0..1. */
struct interval {
	double low, high;
};
struct interval clopper_pearson(uint64_t k, uint64_t n, double confidence);

/* Rates at one threshold: a score at or above it is a match. */
struct error_rates {
	double threshold;
	uint64_t genuine, false_non_matches;
	uint64_t impostor, false_matches;
	double fnmr, fmr;
	struct interval fnmr_ci, fmr_ci;
};
struct error_rates rates_at(const float *genuine, size_t genuine_len, const float *impostor,
			    size_t impostor_len, double threshold);

/*
 * The lowest threshold whose FMR is at most `fmr` on these impostor scores (sorted in place, rising).
 * TANU_REFUSED (setting) when the data can't support it: fewer than 1 / fmr pairs.
 */
tanu_status threshold_at_fmr(double *threshold, float *impostor, size_t impostor_len, double fmr,
			     tanu_error *err);

/* The threshold of highest accuracy over labelled pairs, and the accuracy at a threshold. */
double best_accuracy_threshold(const float *scores, const bool *same, size_t len);
double accuracy_at(const float *scores, const bool *same, size_t len, double threshold);
double equal_error_rate(const float *genuine, size_t genuine_len, const float *impostor,
			size_t impostor_len, double *threshold);

/*
 * The impostor tail as a generalised Pareto distribution over a high threshold:
 * FMR(x) = share * (1 + shape (x - over) / scale)^(-1 / shape). What it says beyond the highest
 * score is extrapolated, and every caller must say so.
 */
#define TAIL_MIN 50 /* exceedances below which no tail is fitted */
struct tail {
	double over;  /* the high threshold */
	double share; /* of all scores above it */
	double shape, scale;
	uint64_t exceedances, total;
};
/* `rising`: all impostor scores, sorted. `share`: of the scores that make the tail, such as 0.001. */
tanu_status tail_fit(struct tail *out, const float *rising, size_t len, double share,
		     tanu_error *err);
double tail_fmr(const struct tail *t, double threshold); /* for thresholds above `over` */
double tail_threshold(const struct tail *t, double fmr); /* for fmr below `share` */

/*
 * FNMR at a target FMR with its interval, resampling people. Subjects are numbered from 0. Impostor
 * pairs fall by score; with `photos` (photographs per subject) they may be just the highest ones of
 * all pairs of photographs of different people, else they are all there are.
 */
struct boot_pair {
	float score;
	uint32_t a, b;
};
struct boot_system {
	const struct boot_pair *genuine; /* a == b */
	size_t genuine_len;
	const struct boot_pair *impostor;
	size_t impostor_len;
	const uint32_t *photos;
};
struct boot_options {
	size_t replicates; /* 1000 is usual */
	uint64_t seed;
	double confidence; /* 0.95 */
};
struct boot_result {
	struct interval base, other;
	struct interval difference; /* other - base, the same people in each replicate */
};
/* `other` may be NULL: only `base` is filled then, the rest is NaN. */
tanu_status bootstrap_fnmr(struct boot_result *out, const struct boot_system *base,
			   const struct boot_system *other, size_t subjects, double fmr,
			   const struct boot_options *options, tanu_error *err);

#endif
