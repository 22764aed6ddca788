/* SPDX-License-Identifier: Apache-2.0 */
#include "liveness/quantile.h"

#include <math.h>
#include <stdlib.h>

static int rising(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

float quantile(float *values, size_t len, float share)
{
	if (len == 0)
		return NAN;
	qsort(values, len, sizeof(*values), rising);
	return values[(size_t)(share * (float)(len - 1) + 0.5F)];
}

float deviation_of(float *values, size_t len)
{
	float median = quantile(values, len, 0.5F);

	for (size_t i = 0; i < len; i++)
		values[i] = fabsf(values[i] - median);
	return quantile(values, len, 0.5F);
}
