/* SPDX-License-Identifier: Apache-2.0 */
/* Error rates of a comparison, ISO/IEC 19795-1: two sorted lists of scores, read by halving. */
#include "eval/eval.h"

#include <math.h>
#include <stdlib.h>

#define CONFIDENCE 0.95

static int by_score(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static tanu_status sort_finite(float *scores, size_t len, const char *which, tanu_error *err)
{
	for (size_t i = 0; i < len; i++)
		if (!isfinite(scores[i]))
			return tanu_fail(err, TANU_ERR_FORMAT, which,
					 "score %zu is not a finite number", i);
	if (len > 1) /* an empty list may be NULL */
		qsort(scores, len, sizeof(*scores), by_score);
	return TANU_OK;
}

tanu_status scores_sort(struct scores *scores, tanu_error *err)
{
	tanu_status st = sort_finite(scores->genuine, scores->genuine_len, "genuine", err);

	if (st < 0)
		return st;
	return sort_finite(scores->impostor, scores->impostor_len, "impostor", err);
}

/* How many of the rising scores are below the threshold. */
static size_t count_below(const float *rising, size_t len, double threshold)
{
	size_t low = 0, high = len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if ((double)rising[middle] < threshold)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static double share(uint64_t k, uint64_t n)
{
	return n ? (double)k / (double)n : (double)NAN;
}

struct error_rates rates_at(const struct scores *scores, double threshold)
{
	struct error_rates r = {.threshold = threshold,
				.genuine = scores->genuine_len,
				.impostor = scores->impostor_len};

	r.false_non_matches = count_below(scores->genuine, scores->genuine_len, threshold);
	r.false_matches =
	    scores->impostor_len - count_below(scores->impostor, scores->impostor_len, threshold);
	r.fnmr = share(r.false_non_matches, r.genuine);
	r.fmr = share(r.false_matches, r.impostor);
	r.fnmr_ci = clopper_pearson(r.false_non_matches, r.genuine, CONFIDENCE);
	r.fmr_ci = clopper_pearson(r.false_matches, r.impostor, CONFIDENCE);
	return r;
}

tanu_status threshold_at_fmr(double *threshold, const struct scores *scores, double fmr,
			     tanu_error *err)
{
	size_t n = scores->impostor_len, allowed;

	if (!(fmr > 0.0 && fmr < 1.0))
		return tanu_fail(err, TANU_ERR_SETTING, "fmr",
				 "a false match rate must be above 0 and below 1, not %g", fmr);
	/* A hair up, so that 1e-4 of 10,000 is 1 in binary too. */
	allowed = (size_t)(fmr * (double)n * (1 + 1e-12));
	if (allowed < 1)
		return tanu_fail(err, TANU_ERR_SETTING, "fmr",
				 "a false match rate of %g needs %.0f impostor pairs at least, "
				 "there are %zu",
				 fmr, ceil(1 / fmr * (1 - 1e-12)), n);
	if (allowed > n - 1)
		allowed = n - 1;
	/* The highest score that must not match; its equals go with it. */
	*threshold = (double)nextafterf(scores->impostor[n - allowed - 1], INFINITY);
	return TANU_OK;
}

tanu_status equal_error_rate(double *rate, double *threshold, const struct scores *scores,
			     tanu_error *err)
{
	const float *genuine = scores->genuine, *impostor = scores->impostor;
	size_t n = scores->genuine_len, m = scores->impostor_len, i = 0, j = 0;
	double least = INFINITY;

	if (n == 0 || m == 0)
		return tanu_fail(err, TANU_ERR_SETTING, n ? "impostor" : "genuine",
				 "there is no %s pair, so there is no equal error rate",
				 n ? "impostor" : "genuine");
	while (i < n || j < m) { /* i, j: how many are below the next score t */
		float t = j == m || (i < n && genuine[i] < impostor[j]) ? genuine[i] : impostor[j];
		double fnmr = share(i, n), fmr = share(m - j, m);

		if (fabs(fmr - fnmr) < least) {
			least = fabs(fmr - fnmr);
			*rate = (fmr + fnmr) / 2;
			*threshold = (double)t;
		}
		while (i < n && genuine[i] <= t)
			i++;
		while (j < m && impostor[j] <= t)
			j++;
	}
	return TANU_OK;
}
