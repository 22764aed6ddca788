/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/resample.h"

#include <math.h>
#include <stdlib.h>

/* SplitMix64 (Steele, Lea, Flood 2014): the same seed gives the same interval everywhere. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = (*state += 0x9E3779B97F4A7C15u);

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

void resample_people(uint32_t *weight, size_t people, uint64_t *state)
{
	for (size_t i = 0; i < people; i++)
		weight[i] = 0;
	for (size_t i = 0; i < people; i++)
		weight[next_random(state) % people]++;
}

uint64_t resample_seed(uint64_t seed, size_t n)
{
	uint64_t state = seed ^ (uint64_t)n;

	return next_random(&state);
}

static int rising_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct interval resample_interval(double *values, size_t len, double confidence)
{
	size_t n = 0, cut;

	for (size_t i = 0; i < len; i++)
		if (isfinite(values[i]))
			values[n++] = values[i];
	if (n == 0)
		return (struct interval){(double)NAN, (double)NAN};
	qsort(values, n, sizeof(*values), rising_doubles);
	cut = (size_t)((1 - confidence) / 2 * (double)n);
	return (struct interval){values[cut], values[n - 1 - cut]};
}
