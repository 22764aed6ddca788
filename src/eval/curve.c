/* SPDX-License-Identifier: Apache-2.0 */
/* From the scores of all pairs to points of FMR, counted and extrapolated. */
#include "eval/curve.h"

#include <math.h>
#include <stdio.h>

#define TAIL_SHARE     1e-3 /* of all impostor pairs; deep enough for a tail where there are many */
#define TAIL_WANTED    200  /* pairs of the tail where there are few */
#define TAIL_SHARE_MAX 0.1

const double curve_targets[CURVE_POINTS_MAX] = {1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4,
						1e-4, 3e-5, 1e-5, 3e-6, 1e-6};

double curve_tail_share(size_t impostor_len)
{
	return fmin(TAIL_SHARE_MAX, fmax(TAIL_SHARE, TAIL_WANTED / (double)impostor_len));
}

/* Do the people that were drawn agree on the rate? */
static bool agreed(const struct curve_point *p)
{
	return p->measured > 0 && p->measured_ci.low >= (1 - CURVE_TOLERANCE) * p->measured &&
	       p->measured_ci.high <= (1 + CURVE_TOLERANCE) * p->measured;
}

static void rates_into(struct curve_point *p, const struct scores *scores)
{
	struct error_rates r = rates_at(scores, p->score);

	p->measured = r.fmr;
	p->false_matches = r.false_matches;
	p->fnmr = r.fnmr;
}

static struct curve_point counted_point(const struct scores *scores, const double *score,
					const struct curve_spread *spread, size_t k)
{
	struct curve_point p = {.fmr = curve_targets[k],
				.score = score[k],
				.score_ci = spread->counted[k],
				.measured_ci = spread->rate[k],
				.fnmr_ci = spread->fnmr[k]};

	rates_into(&p, scores);
	return p;
}

static struct curve_point fitted_point(const struct scores *scores, const struct tail *tail,
				       const struct curve_spread *spread, size_t k)
{
	struct curve_point p = {.fmr = curve_targets[k],
				.score = tail_threshold(tail, curve_targets[k]),
				.score_ci = spread->fitted[k],
				.measured_ci = {(double)NAN, (double)NAN},
				.fnmr_ci = spread->fitted_fnmr[k],
				.extrapolated = true};

	rates_into(&p, scores);
	return p;
}

/* Counted as long as that holds, then fitted; a point that neither supports is left out. */
static void place_points(struct curve *out, const struct scores *scores, const double *score,
			 const struct curve_spread *spread)
{
	bool counting = true;

	for (size_t k = 0; k < CURVE_POINTS_MAX; k++) {
		struct curve_point p = {0};

		if (counting && isfinite(score[k])) {
			p = counted_point(scores, score, spread, k);
			if (agreed(&p)) {
				out->point[out->len++] = p;
				continue;
			}
		}
		if (!out->fitted || curve_targets[k] > out->tail.share)
			continue;
		counting = false;
		p = fitted_point(scores, &out->tail, spread, k);
		if (p.score <= 1 && (out->len == 0 || p.score > out->point[out->len - 1].score))
			out->point[out->len++] = p;
	}
}

static tanu_status refuse_few(const struct curve *c, tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_TOO_FEW, NULL,
			 "%llu impostor pairs of %zu people support no calibration: the rate that "
			 "they show would move by more than %.0f%% with other people, and the tail "
			 "needs %d pairs in its top %.0f%%",
			 (unsigned long long)c->impostor, c->people, 100 * CURVE_TOLERANCE,
			 TAIL_MIN, 100 * TAIL_SHARE_MAX);
}

static tanu_status measure(struct curve *out, const struct curve_pairs *pairs,
			   const struct scores *scores, const struct boot_options *options,
			   tanu_error *err)
{
	double share = curve_tail_share(scores->impostor_len);
	double score[CURVE_POINTS_MAX];
	struct curve_spread spread;
	tanu_status st;

	for (size_t k = 0; k < CURVE_POINTS_MAX; k++)
		if (threshold_at_fmr(&score[k], scores, curve_targets[k], NULL) < 0)
			score[k] = (double)NAN;
	out->fitted =
	    tail_fit(&out->tail, scores->impostor, scores->impostor_len, share, NULL) == TANU_OK;
	if (out->fitted)
		share = out->tail.share;
	if ((st = curve_resample(&spread, pairs, score, out->fitted ? share : 0, options, err)) < 0)
		return st;
	out->shape_ci = spread.shape;
	place_points(out, scores, score, &spread);
	curve_cross_check(out, pairs);
	return out->len < 2 ? refuse_few(out, err) : TANU_OK;
}

tanu_status curve_measure(struct curve *out, struct scores *scores, const size_t *subject,
			  size_t len, const struct boot_options *options, tanu_error *err)
{
	struct curve c = {
	    .samples = len, .genuine = scores->genuine_len, .impostor = scores->impostor_len};
	struct curve_pairs pairs = {0};
	tanu_status st;

	if (scores->impostor_len == 0)
		return refuse_few(&c, err);
	if ((st = curve_pairs_gather(&pairs, scores, subject, len, err)) == TANU_OK &&
	    (st = scores_sort(scores, err)) == TANU_OK) {
		c.people = pairs.people;
		st = measure(&c, &pairs, scores, options, err);
	}
	curve_pairs_free(&pairs);
	if (st == TANU_OK)
		*out = c;
	return st;
}

static float rounded_up(double v)
{
	return (float)fmin(1, ceil(v * 1e4 - 1e-6) / 1e4);
}

static float rounded_down(double v)
{
	return (float)fmax(-1, floor(v * 1e4 + 1e-6) / 1e4);
}

void curve_calibration(tanu_calibration *out, const struct curve *curve, const char *population)
{
	tanu_calibration cal = {.count = curve->len};

	for (size_t i = 0; i < curve->len; i++) {
		const struct curve_point *p = &curve->point[i];
		tanu_calibration_point *q = &cal.point[i];

		q->fmr = p->fmr;
		q->score = rounded_up(p->score);
		q->fnmr = (float)p->fnmr;
		q->low = fminf(q->score, rounded_down(fmin(p->score, p->score_ci.low)));
		q->high = fmaxf(q->score, rounded_up(fmax(p->score, p->score_ci.high)));
		q->extrapolated = p->extrapolated;
	}
	snprintf(cal.population, sizeof(cal.population), "%s", population);
	*out = cal;
}
