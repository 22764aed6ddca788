/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tail of the impostor scores as a generalised Pareto distribution, fitted by maximum
 * likelihood. The two-parameter likelihood is reduced to one (S. D. Grimshaw, "Computing maximum
 * likelihood estimates for the generalized Pareto distribution", Technometrics 35, 1993): with b =
 * shape / scale the best shape is the mean of log(1 + b y), and only b is searched.
 */
#include "eval/eval.h"

#include <math.h>

/* Below this shape the likelihood is not regular and its maximum means nothing (R. L. Smith, 1985).
 */
#define SHAPE_MIN    (-0.5)
#define GRID	     400
#define GOLDEN_STEPS 80
#define GOLDEN	     0.6180339887498949

struct excess {
	const struct tail_top *top;
	double weight; /* of all exceedances */
	double mean, most;
};

static double weight_of(const struct tail_top *top, size_t i)
{
	return top->weight ? (double)top->weight[i] : 1;
}

static double shape_of(const struct excess *e, double b)
{
	const struct tail_top *top = e->top;
	double sum = 0;

	for (size_t i = 0; i < top->len; i++)
		sum += weight_of(top, i) * log1p(b * ((double)top->score[i] - top->over));
	return sum / e->weight;
}

/* Log likelihood per exceedance; the exponential distribution is its limit at b = 0. */
static double likelihood(const struct excess *e, double b)
{
	double shape;

	if (fabs(b * e->mean) < 1e-9)
		return -log(e->mean) - 1;
	shape = shape_of(e, b);
	if (shape < SHAPE_MIN)
		return -INFINITY;
	return -log(shape / b) - shape - 1;
}

/* b * mean runs from just above the pole at -mean / most up to 4, where shapes are near 1. */
static double grid_point(const struct excess *e, int i)
{
	double low = -0.999999 / e->most;
	double high = 4 / e->mean;

	return low + (high - low) * i / GRID;
}

static double refine(const struct excess *e, double low, double high)
{
	for (int i = 0; i < GOLDEN_STEPS; i++) {
		double left = high - GOLDEN * (high - low);
		double right = low + GOLDEN * (high - low);

		if (likelihood(e, left) < likelihood(e, right))
			low = left;
		else
			high = right;
	}
	return (low + high) / 2;
}

static double best_b(const struct excess *e)
{
	double best = -INFINITY;
	int at = 0;

	for (int i = 0; i <= GRID; i++) {
		double l = likelihood(e, grid_point(e, i));

		if (l > best) {
			best = l;
			at = i;
		}
	}
	return refine(e, grid_point(e, at > 0 ? at - 1 : 0),
		      grid_point(e, at < GRID ? at + 1 : GRID));
}

static struct excess excess_of(const struct tail_top *top)
{
	struct excess e = {.top = top};

	for (size_t i = 0; i < top->len; i++) {
		double y = (double)top->score[i] - top->over;

		e.weight += weight_of(top, i);
		e.mean += weight_of(top, i) * y;
		e.most = fmax(e.most, y);
	}
	e.mean /= e.weight;
	return e;
}

tanu_status tail_fit_top(struct tail *out, const struct tail_top *top, tanu_error *err)
{
	struct excess e = excess_of(top);
	double b;

	if (!(e.weight >= TAIL_MIN))
		return tanu_fail(err, TANU_ERR_SETTING, NULL,
				 "the tail would rest on %.0f scores; at least %d are needed",
				 top->len ? e.weight : 0.0, TAIL_MIN);
	if (!isfinite(e.mean) || !(e.mean > 0))
		return tanu_fail(err, TANU_ERR_FORMAT, NULL,
				 "the highest scores are all equal or not numbers: no tail to fit");
	b = best_b(&e);
	*out = (struct tail){.over = top->over,
			     .share = e.weight / top->total,
			     .exceedances = (uint64_t)e.weight,
			     .total = (uint64_t)top->total};
	if (fabs(b * e.mean) < 1e-9) {
		out->scale = e.mean;
	} else {
		out->shape = shape_of(&e, b);
		out->scale = out->shape / b;
	}
	return TANU_OK;
}

tanu_status tail_fit(struct tail *out, const float *rising, size_t len, double share,
		     tanu_error *err)
{
	size_t count = (size_t)(share * (double)len);
	struct tail_top top = {.total = (double)len};

	if (count < len) {
		top.score = rising + (len - count);
		top.len = count;
		top.over = (double)rising[len - count - 1];
	}
	return tail_fit_top(out, &top, err);
}

double tail_fmr(const struct tail *t, double threshold)
{
	double y = (threshold - t->over) / t->scale;
	double base = 1 + t->shape * y;

	if (fabs(t->shape) < 1e-12)
		return t->share * exp(-y);
	return base > 0 ? t->share * pow(base, -1 / t->shape) : 0;
}

double tail_threshold(const struct tail *t, double fmr)
{
	double ratio = fmr / t->share;

	if (fabs(t->shape) < 1e-12)
		return t->over - t->scale * log(ratio);
	return t->over + t->scale / t->shape * (pow(ratio, -t->shape) - 1);
}
