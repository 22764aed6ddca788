/* SPDX-License-Identifier: Apache-2.0 */
#include "people/fit.h"

#include <math.h>

#define RIDGE 1e-3 /* of the total weight of the pairs */
#define SIZE  (FIT_TERMS_MAX + 1)

void fit_scale(struct fit *f, const float *const *rows, size_t len)
{
	for (size_t k = 0; k < f->terms; k++) {
		double sum = 0, squares = 0;

		for (size_t i = 0; i < len; i++) {
			double x = (double)rows[i][k];

			sum += x;
			squares += x * x;
		}
		f->mean[k] = sum / (double)len;
		f->deviation[k] = sqrt(squares / (double)len - f->mean[k] * f->mean[k]);
	}
}

static double scaled(const struct fit *f, const float *terms, size_t k)
{
	double z = ((double)terms[k] - f->mean[k]) / f->deviation[k];

	return fmax(-FIT_CLIP, fmin(FIT_CLIP, z));
}

/* Gauss elimination of a positive definite system; the solution replaces the last column. */
static void solve(double m[SIZE][SIZE + 1], size_t n)
{
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < n; i++) {
			double by = m[i][k] / m[k][k];

			for (size_t j = k; j <= n && i != k; j++)
				m[i][j] -= by * m[k][j];
		}
	for (size_t k = 0; k < n; k++)
		m[k][n] /= m[k][k];
}

void fit_pairs(struct fit *f, const struct fit_pair *pairs, size_t len)
{
	double m[SIZE][SIZE + 1] = {{0}}, total = 0;
	size_t n = f->terms + 1; /* the last is the constant */

	for (size_t i = 0; i < len; i++) {
		double x[SIZE + 1], w = pairs[i].weight;

		for (size_t k = 0; k < f->terms; k++)
			x[k] = scaled(f, pairs[i].a, k) + scaled(f, pairs[i].b, k);
		x[n - 1] = 1;
		x[n] = (double)pairs[i].score;
		for (size_t k = 0; k < n; k++)
			for (size_t j = 0; j <= n; j++)
				m[k][j] += w * x[k] * x[j];
		total += w;
	}
	for (size_t k = 0; k < f->terms; k++)
		m[k][k] += RIDGE * total;
	solve(m, n);
	for (size_t k = 0; k < f->terms; k++)
		f->weight[k] = m[k][n];
}

double fit_value(const struct fit *f, const float *terms)
{
	double sum = 0;

	for (size_t k = 0; k < f->terms; k++)
		sum += f->weight[k] * scaled(f, terms, k);
	return sum;
}
