/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Eyes are never quite still: they jump from point to point several times a second, both at once.
 * On a picture they stay where they are within their lids. Only where the eyes are 120 px apart.
 */
#include <math.h>

#include "liveness/quantile.h"
#include "liveness/trace.h"

#define FRAMES_MIN 8
/*
 * Shares of the eye's width: a movement of the gaze by 5 degrees shifts the iris by 0.04. Both eyes
 * must go the same way, which noise does not. No data set at hand has such faces; drawn ones are in
 * tests/liveness.
 */
#define MOVES	       0.025F
#define MOVED_TOGETHER 0.6F /* correlation of the two */
#define PUPIL_SUPPORT  1.5F

struct gaze {
	float left[TRACE_MAX], right[TRACE_MAX];
	size_t len;
};

static void gather(struct gaze *g, const struct trace *t)
{
	g->len = 0;
	for (size_t i = 0; i < t->len; i++) {
		const struct observation *o = &t->of[i];

		if (isnan(o->pupil[0][0]) || isnan(o->pupil[1][0]))
			continue;
		g->left[g->len] = o->pupil[0][0];
		g->right[g->len++] = o->pupil[1][0];
	}
}

static float correlation(const struct gaze *g)
{
	float l = 0, r = 0, ll = 0, rr = 0, lr = 0;

	for (size_t i = 0; i < g->len; i++) {
		l += g->left[i] / (float)g->len;
		r += g->right[i] / (float)g->len;
	}
	for (size_t i = 0; i < g->len; i++) {
		ll += (g->left[i] - l) * (g->left[i] - l);
		rr += (g->right[i] - r) * (g->right[i] - r);
		lr += (g->left[i] - l) * (g->right[i] - r);
	}
	return lr / sqrtf(fmaxf(1e-12F, ll * rr));
}

/* value: how far the gaze went, share of the eye's width. Who looks steadily is no attack. */
void part_pupil(struct liveness_evidence *out, const struct trace *t)
{
	struct gaze g;
	float together, far;

	*out = (struct liveness_evidence){0};
	gather(&g, t);
	if (g.len < FRAMES_MIN)
		return;
	together = correlation(&g);
	far = fminf(quantile(g.left, g.len, 0.9F) - quantile(g.left, g.len, 0.1F),
		    quantile(g.right, g.len, 0.9F) - quantile(g.right, g.len, 0.1F));
	out->present = true;
	out->value = far;
	out->support = far >= MOVES && together >= MOVED_TOGETHER ? PUPIL_SUPPORT : 0;
}
