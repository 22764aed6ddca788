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

#endif
