/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does it move as a plane? A photograph or screen, however it is turned, moves its landmarks by a
 * homography. A head does too, plus a shift of each landmark along one direction in proportion to
 * its depth. Both are fitted at once, frame against frame, by least squares:
 *
 *     u = a x + b y + c - u (g x + h y) + p z        v = d x + e y + f - v (g x + h y) + q z
 *
 * (x, y) landmarks of the first frame, (u, v) of the other, z the depth on the mean head. (p, q) is
 * the parallax, in distances of the eyes: for a head that turns by an angle its sine, for a plane
 * 0.
 */
#include <math.h>
#include <string.h>

#include "face/head.h"
#include "liveness/quantile.h"
#include "liveness/trace.h"

#define UNKNOWNS 10

/* What is fitted. */
enum { A, B, C, D, E, F, G, H, P, Q };

/*
 * Perspective is small: of a plane tilted by 30 degrees, five eye distances away, 0.1. Noise of
 * landmarks is about 0.02; their ratio squared is the weight of knowing that.
 */
#define PERSPECTIVE_WEIGHT 0.04F

/* Centred, in units of the distance of the eyes. */
static void normalise(float out[HEAD_POINTS][2], const struct observation *o)
{
	float mean[2] = {0}, unit = fmaxf(1, o->eyes_px);

	for (int i = 0; i < HEAD_POINTS; i++)
		for (int k = 0; k < 2; k++)
			mean[k] += o->landmarks[mean_head[i].landmark][k] / HEAD_POINTS;
	for (int i = 0; i < HEAD_POINTS; i++)
		for (int k = 0; k < 2; k++)
			out[i][k] = (o->landmarks[mean_head[i].landmark][k] - mean[k]) / unit;
}

static void add_row(double m[UNKNOWNS][UNKNOWNS + 1], const double row[UNKNOWNS], double value)
{
	for (int i = 0; i < UNKNOWNS; i++) {
		for (int k = 0; k < UNKNOWNS; k++)
			m[i][k] += row[i] * row[k];
		m[i][UNKNOWNS] += row[i] * value;
	}
}

static void swap_rows(double a[UNKNOWNS + 1], double b[UNKNOWNS + 1])
{
	double kept[UNKNOWNS + 1];

	memcpy(kept, a, sizeof(kept));
	memcpy(a, b, sizeof(kept));
	memcpy(b, kept, sizeof(kept));
}

/* Gauss with pivots; false: the points say nothing. */
static bool solve(double out[UNKNOWNS], double m[UNKNOWNS][UNKNOWNS + 1])
{
	for (int i = 0; i < UNKNOWNS; i++) {
		int pivot = i;

		for (int k = i + 1; k < UNKNOWNS; k++)
			if (fabs(m[k][i]) > fabs(m[pivot][i]))
				pivot = k;
		if (!(fabs(m[pivot][i]) > 1e-9))
			return false;
		if (pivot != i)
			swap_rows(m[i], m[pivot]);
		for (int k = i + 1; k < UNKNOWNS; k++) {
			double by = m[k][i] / m[i][i];

			for (int j = i; j <= UNKNOWNS; j++)
				m[k][j] -= by * m[i][j];
		}
	}
	for (int i = UNKNOWNS - 1; i >= 0; i--) {
		out[i] = m[i][UNKNOWNS];
		for (int k = i + 1; k < UNKNOWNS; k++)
			out[i] -= m[i][k] * out[k];
		out[i] /= m[i][i];
	}
	return true;
}

bool plane_and_parallax(struct plane_motion *out, const struct observation *from,
			const struct observation *to)
{
	double m[UNKNOWNS][UNKNOWNS + 1] = {{0}}, t[UNKNOWNS], sum, product, aspect;
	float a[HEAD_POINTS][2], b[HEAD_POINTS][2];

	normalise(a, from);
	normalise(b, to);
	for (int i = 0; i < HEAD_POINTS; i++) {
		double x = a[i][0], y = a[i][1], u = b[i][0], v = b[i][1];
		double z = mean_head[i].at[2];

		add_row(m, (double[UNKNOWNS]){x, y, 1, 0, 0, 0, -u * x, -u * y, z, 0}, u);
		add_row(m, (double[UNKNOWNS]){0, 0, 0, x, y, 1, -v * x, -v * y, 0, z}, v);
	}
	m[G][G] += (double)PERSPECTIVE_WEIGHT;
	m[H][H] += (double)PERSPECTIVE_WEIGHT;
	if (!solve(t, m))
		return false;
	/* How unequally the plane is squeezed: ratio of the singular values of its linear part. */
	sum = hypot(t[A] + t[E], t[D] - t[B]);
	product = hypot(t[A] - t[E], t[D] + t[B]);
	aspect = (sum + product) / fmax(1e-6, fabs(sum - product));
	*out = (struct plane_motion){
	    .parallax = {(float)t[P], (float)t[Q]},
	    .squeeze = (float)aspect - 1,
	    .perspective = (float)hypot(t[G], t[H]),
	};
	return true;
}

/*
 * Squeezed by this much, a plane stands at 22 degrees; a head that looks so would show a parallax
 * of the sine of that. Of halves of sessions of nuaa-train the 44 of prints that were squeezed
 * enough show 0.03 to 0.21 of it, 41 of them less than 0.15; the two live ones with 14 pairs, 0.42
 * and 0.44 (docs/accuracy.md).
 */
#define SQUEEZE_MIN   0.08F
#define PAIRS_SHARE   0.3F /* of the pairs must be squeezed so, for a verdict */
#define PAIRS_MIN     14
#define PLANE_RATIO   0.15F
#define HEAD_RATIO    0.3F
#define PLANE_SUPPORT -4.0F
#define HEAD_SUPPORT  2.0F
#define DOUBT_PAIRS   4 /* planes so far, but too few of them: go on looking */
#define DOUBT_SUPPORT -2.5F
#define TURN_PARALLAX 0.12F /* without a squeeze: the sine of 7 degrees, beyond any noise */
#define TURN_SUPPORT  0.7F  /* little: a bent or hastily tilted print shows as much for a moment */
#define PAIR_FRAMES   24    /* of the trace, evenly: pairs grow with their square */
#define FRAMES_MIN    6
#define PAIRS_MAX     (PAIR_FRAMES * (PAIR_FRAMES - 1) / 2)

struct pairs {
	float ratio[PAIRS_MAX]; /* parallax / what the squeeze of a head would come with */
	size_t squeezed;
	float parallax[PAIRS_MAX];
	size_t len;
};

/* The sine of the angle at which a plane looks so much narrower. */
static float sine_of(float squeeze)
{
	return sqrtf(1 - 1 / ((1 + squeeze) * (1 + squeeze)));
}

static void compare_frames(struct pairs *p, const struct trace *t)
{
	size_t frames = t->len < PAIR_FRAMES ? t->len : PAIR_FRAMES;

	p->len = p->squeezed = 0;
	for (size_t i = 0; i < frames; i++)
		for (size_t k = i + 1; k < frames; k++) {
			struct plane_motion m;
			float by;

			if (!plane_and_parallax(&m, &t->of[i * t->len / frames],
						&t->of[k * t->len / frames]))
				continue;
			by = hypotf(m.parallax[0], m.parallax[1]);
			p->parallax[p->len++] = by;
			if (m.squeeze >= SQUEEZE_MIN)
				p->ratio[p->squeezed++] = by / sine_of(m.squeeze);
		}
}

/* value: the median ratio where it was squeezed enough, else NAN. */
void part_parallax(struct liveness_evidence *out, const struct trace *t)
{
	struct pairs p;
	bool enough;

	*out = (struct liveness_evidence){.value = NAN};
	if (t->len < FRAMES_MIN)
		return;
	compare_frames(&p, t);
	enough = p.squeezed >= PAIRS_MIN && (float)p.squeezed >= PAIRS_SHARE * (float)p.len;
	if (enough) {
		out->present = true;
		out->value = quantile(p.ratio, p.squeezed, 0.5F);
		out->attack = out->value < PLANE_RATIO;
		if (out->attack)
			out->support = PLANE_SUPPORT;
		else if (out->value >= HEAD_RATIO)
			out->support = HEAD_SUPPORT;
	} else if (p.squeezed >= DOUBT_PAIRS && quantile(p.ratio, p.squeezed, 0.5F) < PLANE_RATIO) {
		out->present = true;
		out->support = DOUBT_SUPPORT;
	} else if (quantile(p.parallax, p.len, 0.9F) >= TURN_PARALLAX) {
		out->present = true;
		out->support = TURN_SUPPORT;
	}
}
