/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exact binomial intervals. C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial limits
 * illustrated in the case of the binomial", Biometrika 26, 1934.
 */
#include "eval/eval.h"

#include <float.h>
#include <math.h>

#define TERMS_MAX 1000000
#define TINY	  1e-300 /* stands in for a zero denominator */

/*
 * The continued fraction of NIST DLMF 8.17.22, evaluated from its front by the modified method of
 * Lentz (W. J. Thompson, A. R. Barnett, J. Comput. Phys. 64, 1986). Fast for x < (a + 1) / (a + b +
 * 2).
 */
static double beta_fraction(double a, double b, double x)
{
	double value = 1.0, c = 1.0, d = 0.0;

	for (int i = 1; i < TERMS_MAX; i++) {
		double m = i / 2;
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		double term = i % 2 == 0 ? even : odd;
		double step;

		d = 1.0 + term * d;
		d = 1.0 / (fabs(d) < TINY ? TINY : d);
		c = 1.0 + term / c;
		c = fabs(c) < TINY ? TINY : c;
		step = c * d;
		value *= step;
		if (fabs(step - 1.0) < 4 * DBL_EPSILON)
			break;
	}
	return value;
}

static double log_gamma(double x)
{
	int sign;

	return lgamma_r(x, &sign);
}

double incomplete_beta(double a, double b, double x)
{
	double front;

	if (!(x > 0.0))
		return 0.0;
	if (x >= 1.0)
		return 1.0;
	if (x > (a + 1.0) / (a + b + 2.0))
		return 1.0 - incomplete_beta(b, a, 1.0 - x);
	front = a * log(x) + b * log1p(-x) + log_gamma(a + b) - log_gamma(a) - log_gamma(b);
	return exp(front) / (a * beta_fraction(a, b, x));
}

/* x with I_x(a, b) = p, by halving until neighbouring doubles are reached. */
static double beta_quantile(double a, double b, double p)
{
	double low = 0.0, high = 1.0;

	for (;;) {
		double x = low + (high - low) / 2;

		if (x <= low || x >= high)
			return x;
		if (incomplete_beta(a, b, x) < p)
			low = x;
		else
			high = x;
	}
}

struct interval clopper_pearson(uint64_t k, uint64_t n, double confidence)
{
	double tail = (1.0 - confidence) / 2;
	struct interval ci = {0.0, 1.0};

	if (k > 0 && k <= n)
		ci.low = beta_quantile((double)k, (double)(n - k) + 1.0, tail);
	if (k < n)
		ci.high = beta_quantile((double)k + 1.0, (double)(n - k), 1.0 - tail);
	return ci;
}
