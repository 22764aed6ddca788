/* SPDX-License-Identifier: Apache-2.0 */
/* fit.h - for programs of bench/: ridge regression of pair scores on what is known of each photo.
 */
#ifndef BENCH_FIT_H
#define BENCH_FIT_H

#include <stddef.h>

#define FIT_TERMS_MAX 16
#define FIT_CLIP      4 /* standard deviations */

/* score(a, b) ~ constant + value(a) + value(b), value(x) = sum of weight * clipped (x - mean) / dev
 */
struct fit {
	size_t terms;
	double mean[FIT_TERMS_MAX], deviation[FIT_TERMS_MAX], weight[FIT_TERMS_MAX];
};
struct fit_pair {
	float score;
	double weight;
	const float *a, *b; /* terms of either photograph */
};

/* Mean and deviation of each term over `len` rows of terms. */
void fit_scale(struct fit *f, const float *const *rows, size_t len);
/* Weights, after fit_scale. */
void fit_pairs(struct fit *f, const struct fit_pair *pairs, size_t len);
double fit_value(const struct fit *f, const float *terms);

#endif
