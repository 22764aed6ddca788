/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Straight edges beside, above and below the face, along its own axes: the border of a photograph
 * or screen. Rooms have straight edges too; what makes a frame of them is for part_edges.
 */
#include <math.h>

#include "liveness/grey.h"
#include "liveness/trace.h"

#define NEAREST	 0.62F /* from the middle of the face, in face widths */
#define STEP	 0.03F
#define STEPS	 60   /* out to 2.4 */
#define LENGTH	 1.3F /* of the edge that is looked for, in face widths */
#define POINTS	 24
#define TILTS	 5
#define TILT	 0.07F /* between two tried, as a slope: 4 degrees */
#define CONTRAST 10    /* grey; less is no edge */
#define ACROSS	 0.02F /* half the gap that a difference is taken over, in face widths */

/* The face's own axes in pixels: the middle, one width to its right, one down. */
struct axes {
	float at[2], right[2], down[2];
};

static void axes_of(struct axes *a, const struct observation *o)
{
	float width = fmaxf(1, o->box[2] - o->box[0]);
	float roll = o->pose[2] * 0.01745329F;

	a->at[0] = (o->box[0] + o->box[2]) / 2;
	a->at[1] = (o->box[1] + o->box[3]) / 2;
	a->right[0] = width * cosf(roll);
	a->right[1] = width * sinf(roll);
	a->down[0] = -a->right[1];
	a->down[1] = a->right[0];
}

/*
 * Share of the points along a line that have a step of brightness of one sign across it; 0 where
 * the line leaves the image. `out` points away from the face, `along` along the line.
 */
static float edge_on(const tanu_pixels *image, const float from[2], const float along[2],
		     const float out[2])
{
	int up = 0, down = 0;

	for (int i = 0; i < POINTS; i++) {
		float t = LENGTH * (((float)i + 0.5F) / POINTS - 0.5F);
		float x = from[0] + t * along[0], y = from[1] + t * along[1];
		int step;

		if (!is_inside(image, x + ACROSS * out[0], y + ACROSS * out[1]))
			return 0;
		step = grey_at(image, x + ACROSS * out[0], y + ACROSS * out[1]) -
		       grey_at(image, x - ACROSS * out[0], y - ACROSS * out[1]);
		up += step > CONTRAST;
		down += step < -CONTRAST;
	}
	return (float)(up > down ? up : down) / POINTS;
}

static void look_on_side(float *best, float *best_at, const tanu_pixels *image,
			 const struct axes *a, const float out[2], const float along[2])
{
	*best = 0;
	*best_at = NAN;
	for (int step = 0; step < STEPS; step++) {
		float d = NEAREST + STEP * (float)step;
		const float from[2] = {a->at[0] + d * out[0], a->at[1] + d * out[1]};

		for (int k = 0; k < TILTS; k++) {
			float slope = TILT * (float)(k - TILTS / 2);
			const float tilted[2] = {along[0] + slope * out[0],
						 along[1] + slope * out[1]};
			float share = edge_on(image, from, tilted, out);

			if (share > *best) {
				*best = share;
				*best_at = d;
			}
		}
	}
}

void look_for_edges(struct observation *o, const tanu_pixels *image)
{
	struct axes a;

	axes_of(&a, o);
	const float left[2] = {-a.right[0], -a.right[1]}, up[2] = {-a.down[0], -a.down[1]};
	const float *const out[4] = {left, up, a.right, a.down};
	const float *const along[4] = {a.down, a.right, a.down, a.right};

	for (int i = 0; i < 4; i++)
		look_on_side(&o->edge[i], &o->edge_at[i], image, &a, out[i], along[i]);
}
