/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far the curve moves when other people are drawn. An impostor pair counts w_a * w_b times, a
 * genuine one w_a times, as in bootstrap.c; the tail is fitted anew in each draw.
 */
#include "eval/curve.h"

#include <math.h>
#include <stdlib.h>

/* What one draw says. */
struct draw {
	double counted[CURVE_POINTS_MAX];
	double rate[CURVE_POINTS_MAX];
	double fnmr[CURVE_POINTS_MAX];
	double fitted[CURVE_POINTS_MAX];
	double fitted_fnmr[CURVE_POINTS_MAX];
	double shape;
};

/* One thread's room. */
struct bench {
	uint32_t *weight; /* of each person */
	float *score;	  /* of the tail, and how often each counts */
	float *times;
};

struct resampling {
	const struct curve_pairs *pairs;
	const double *score;
	double tail_share;
	uint64_t seed;
	struct bench *bench;
	struct draw *draw;
};

static double pair_weight(const struct bench *b, const struct boot_pair *p)
{
	return (double)b->weight[p->a] * (double)b->weight[p->b];
}

/* Weight of all impostor pairs of a draw. */
static double all_weight(const struct curve_pairs *p, const struct bench *b)
{
	double sum = 0, squares = 0;

	for (size_t i = 0; i < p->people; i++) {
		double n = (double)b->weight[i] * p->photos[i];

		sum += n;
		squares += n * n;
	}
	return (sum * sum - squares) / 2;
}

static void blank(double *values)
{
	for (size_t k = 0; k < CURVE_POINTS_MAX; k++)
		values[k] = (double)NAN;
}

/* Down the falling pairs: where each target is used up, and how much lies above each score. */
static void count_down(struct draw *d, const struct resampling *r, const struct bench *b,
		       double total)
{
	const struct curve_pairs *p = r->pairs;
	size_t target = CURVE_POINTS_MAX, scored = CURVE_POINTS_MAX;
	double above = 0;

	while (scored > 0 && !isfinite(r->score[scored - 1]))
		scored--;
	for (size_t i = 0; i < p->top_len && (target > 0 || scored > 0); i++) {
		double w = pair_weight(b, &p->top[i]);

		while (scored > 0 && (double)p->top[i].score < r->score[scored - 1])
			d->rate[--scored] = above / total;
		above += w;
		while (target > 0 && above > curve_targets[target - 1] * total)
			d->counted[--target] = (double)p->top[i].score;
	}
}

static void fit_tail(struct draw *d, const struct resampling *r, struct bench *b, double total)
{
	const struct curve_pairs *p = r->pairs;
	struct tail_top top = {.score = b->score, .weight = b->times, .total = total};
	struct tail tail;
	double above = 0;
	size_t i = 0;

	for (; i < p->top_len; i++) {
		double w = pair_weight(b, &p->top[i]);

		if (above + w > r->tail_share * total)
			break;
		above += w;
		if (w > 0) {
			b->score[top.len] = p->top[i].score;
			b->times[top.len++] = (float)w;
		}
	}
	if (i == p->top_len)
		return;
	top.over = (double)p->top[i].score;
	if (tail_fit_top(&tail, &top, NULL) < 0)
		return;
	d->shape = tail.shape;
	for (size_t k = 0; k < CURVE_POINTS_MAX; k++)
		if (curve_targets[k] <= tail.share)
			d->fitted[k] = tail_threshold(&tail, curve_targets[k]);
}

/* Share of the genuine pairs below each score. */
static void miss(double *fnmr, const double *score, const struct curve_pairs *p,
		 const struct bench *b)
{
	double all = 0, below = 0;
	size_t i = 0;

	for (size_t g = 0; g < p->genuine_len; g++)
		all += b->weight[p->genuine[g].a];
	for (size_t k = 0; k < CURVE_POINTS_MAX; k++) {
		if (!isfinite(score[k]) || !(all > 0))
			continue;
		for (; i < p->genuine_len && (double)p->genuine[i].score < score[k]; i++)
			below += b->weight[p->genuine[i].a];
		fnmr[k] = below / all;
	}
}

static tanu_status draw_one(void *self, size_t worker, size_t item, tanu_error *err)
{
	struct resampling *r = self;
	struct bench *b = &r->bench[worker];
	struct draw *d = &r->draw[item];
	uint64_t state = resample_seed(r->seed, item);
	double total;

	(void)err;
	blank(d->counted);
	blank(d->rate);
	blank(d->fnmr);
	blank(d->fitted);
	blank(d->fitted_fnmr);
	d->shape = (double)NAN;
	resample_people(b->weight, r->pairs->people, &state);
	total = all_weight(r->pairs, b);
	if (!(total > 0))
		return TANU_OK;
	count_down(d, r, b, total);
	if (r->tail_share > 0)
		fit_tail(d, r, b, total);
	miss(d->fnmr, d->counted, r->pairs, b);
	miss(d->fitted_fnmr, d->fitted, r->pairs, b);
	return TANU_OK;
}

/* The interval of one number of each draw: `field` bytes into it. */
static struct interval spread_of(const struct draw *draw, size_t draws, size_t field, double *room,
				 double confidence)
{
	for (size_t i = 0; i < draws; i++)
		room[i] = *(const double *)((const char *)&draw[i] + field);
	return resample_interval(room, draws, confidence);
}

static void sum_up(struct curve_spread *out, const struct draw *draw, double *room,
		   const struct boot_options *o)
{
#define SPREAD(member, index)                                                                    \
	spread_of(draw, o->replicates, offsetof(struct draw, member) + (index) * sizeof(double), \
		  room, o->confidence)
	for (size_t k = 0; k < CURVE_POINTS_MAX; k++) {
		out->counted[k] = SPREAD(counted, k);
		out->rate[k] = SPREAD(rate, k);
		out->fnmr[k] = SPREAD(fnmr, k);
		out->fitted[k] = SPREAD(fitted, k);
		out->fitted_fnmr[k] = SPREAD(fitted_fnmr, k);
	}
	out->shape = SPREAD(shape, 0);
#undef SPREAD
}

static bool bench_make(struct bench *b, const struct curve_pairs *p)
{
	b->weight = calloc(p->people + 1, sizeof(*b->weight));
	b->score = calloc(p->top_len + 1, sizeof(*b->score));
	b->times = calloc(p->top_len + 1, sizeof(*b->times));
	return b->weight && b->score && b->times;
}

tanu_status curve_resample(struct curve_spread *out, const struct curve_pairs *pairs,
			   const double *score, double tail_share,
			   const struct boot_options *options, tanu_error *err)
{
	struct resampling r = {
	    .pairs = pairs, .score = score, .tail_share = tail_share, .seed = options->seed};
	size_t workers = (size_t)os_cpu_count();
	double *room = calloc(options->replicates + 1, sizeof(*room));
	tanu_status st;
	bool ok;

	r.bench = calloc(workers, sizeof(*r.bench));
	r.draw = calloc(options->replicates + 1, sizeof(*r.draw));
	ok = r.bench && r.draw && room;
	for (size_t i = 0; ok && i < workers; i++)
		ok = bench_make(&r.bench[i], pairs);
	if (!ok)
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory to resample");
	else
		st = os_parallel(workers, options->replicates, draw_one, &r, err);
	if (st == TANU_OK)
		sum_up(out, r.draw, room, options);
	for (size_t i = 0; r.bench && i < workers; i++) {
		free(r.bench[i].weight);
		free(r.bench[i].score);
		free(r.bench[i].times);
	}
	free(r.bench);
	free(r.draw);
	free(room);
	return st;
}
