/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/spread.h"

#include <math.h>
#include <stdlib.h>

static int rising_floats(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* Between neighbours in proportion, as most programs do it (R. J. Hyndman, Y. Fan 1996, type 7). */
static double quantile(const float *rising, size_t len, double share)
{
	double at = share * (double)(len - 1);
	size_t low = (size_t)at, high = low + 1 < len ? low + 1 : low;

	return (double)rising[low] +
	       (at - (double)low) * ((double)rising[high] - (double)rising[low]);
}

struct spread spread_of(float *values, size_t len)
{
	struct spread s = {0};
	double sum = 0;

	for (size_t i = 0; i < len; i++)
		if (isfinite(values[i]))
			values[s.len++] = values[i];
	if (s.len == 0) {
		s.min = s.p5 = s.p25 = s.median = s.p75 = s.p95 = s.max = s.mean = (double)NAN;
		return s;
	}
	qsort(values, s.len, sizeof(*values), rising_floats);
	for (size_t i = 0; i < s.len; i++)
		sum += (double)values[i];
	s.min = (double)values[0];
	s.p5 = quantile(values, s.len, 0.05);
	s.p25 = quantile(values, s.len, 0.25);
	s.median = quantile(values, s.len, 0.5);
	s.p75 = quantile(values, s.len, 0.75);
	s.p95 = quantile(values, s.len, 0.95);
	s.max = (double)values[s.len - 1];
	s.mean = sum / (double)s.len;
	return s;
}

static int by_quality(const void *a, const void *b)
{
	float x = ((const struct judged_pair *)a)->quality;
	float y = ((const struct judged_pair *)b)->quality;

	return (x > y) - (x < y);
}

/* Errors among the `cut` worst pairs; of the equals at the cut only their share. */
static double errors_below(const struct judged_pair *rising, size_t len, double cut)
{
	double errors = 0;

	for (size_t i = 0; i < len && (double)i < cut;) {
		size_t end = i, wrong = 0;

		for (; end < len && rising[end].quality == rising[i].quality; end++)
			wrong += rising[end].wrong;
		errors += (double)wrong * fmin(1, (cut - (double)i) / (double)(end - i));
		i = end;
	}
	return errors;
}

tanu_status discard_curve(struct discard_curve *out, struct judged_pair *pairs, size_t len,
			  tanu_error *err)
{
	struct discard_curve curve = {0};
	double all = 0;

	for (size_t i = 0; i < len; i++) {
		if (!isfinite(pairs[i].quality))
			return tanu_fail(err, TANU_ERR_FORMAT, "quality",
					 "the quality of pair %zu is not a finite number", i);
		all += pairs[i].wrong;
	}
	if (len > 1)
		qsort(pairs, len, sizeof(*pairs), by_quality);
	for (size_t k = 0; k < DISCARD_STEPS; k++) {
		double cut = (double)k / 100 * (double)len;

		curve.error[k] =
		    len ? (all - errors_below(pairs, len, cut)) / ((double)len - cut) : (double)NAN;
	}
	for (size_t k = 0; k <= 20; k++)
		curve.area += curve.error[k] / 21;
	curve.area = all > 0 ? curve.area / curve.error[0] : (double)NAN;
	*out = curve;
	return TANU_OK;
}
