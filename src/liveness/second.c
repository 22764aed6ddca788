/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of a second camera into numbers: infrared, and distances. */
#include <math.h>
#include <stdlib.h>

#include "liveness/liveness.h"

/* ---- infrared ---- */

/* Of the box of a face: skin, and neither hair nor what is beside it. */
#define SKIN_LEFT   0.25F
#define SKIN_RIGHT  0.75F
#define SKIN_TOP    0.30F
#define SKIN_BOTTOM 0.85F
#define MARGIN	    0.10F /* of the box, beyond it: neither face nor surroundings */
#define AROUND_MIN  8.0F  /* grey levels */
#define AROUND_MAX  100.0F
#define DARK	    12.0F /* mean grey of a face, and of the picture, without a lamp */
#define STEP	    2	  /* px from sample to sample */

struct rect {
	int32_t x1, y1, x2, y2; /* px; the last ones are outside */
};

static int32_t clamp(float v, int32_t max)
{
	return !(v > 0) ? 0 : v >= (float)max ? max : (int32_t)v;
}

/* Part of a box, inside the picture. */
static struct rect part_of(const tanu_pixels *p, const float box[4], float left, float top,
			   float right, float bottom)
{
	float w = box[2] - box[0], h = box[3] - box[1];

	return (struct rect){clamp(box[0] + left * w, p->width), clamp(box[1] + top * h, p->height),
			     clamp(box[0] + right * w, p->width),
			     clamp(box[1] + bottom * h, p->height)};
}

struct light {
	double sum;
	int64_t count;
};

static struct light light_of(const tanu_pixels *p, const struct rect *r)
{
	struct light l = {0};

	for (int32_t y = r->y1; y < r->y2; y += STEP)
		for (int32_t x = r->x1; x < r->x2; x += STEP) {
			const uint8_t *px = p->rgb + y * p->stride + (ptrdiff_t)3 * x;

			l.sum += (px[0] + px[1] + px[2]) / 3.0;
			l.count++;
		}
	return l;
}

float liveness_infrared(const tanu_pixels *infrared, const float box[4])
{
	const struct rect whole = {0, 0, infrared->width, infrared->height};
	struct rect skin = part_of(infrared, box, SKIN_LEFT, SKIN_TOP, SKIN_RIGHT, SKIN_BOTTOM);
	struct rect wide = part_of(infrared, box, -MARGIN, -MARGIN, 1 + MARGIN, 1 + MARGIN);
	struct light all = light_of(infrared, &whole), face = light_of(infrared, &skin),
		     inside = light_of(infrared, &wide);
	struct light around = {all.sum - inside.sum, all.count - inside.count};
	double level, skin_level;

	if (face.count == 0 || around.count * 20 < all.count)
		return NAN;
	skin_level = face.sum / (double)face.count;
	if (skin_level < (double)DARK && all.sum < (double)DARK * (double)all.count)
		return NAN;
	level = around.sum / (double)around.count;
	level = fmax((double)AROUND_MIN, fmin((double)AROUND_MAX, level));
	return (float)(skin_level / level);
}

/* ---- distances ---- */

#define PATCH	      0.08F /* half side of what is looked at around a point, in eye distances */
#define PATCH_MAX     7	    /* px, likewise */
#define RELIEF_MAX_MM 60.0F /* no nose stands out, or in, as far */

static int compare(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* Median of what is known around a point, mm; 0: too little of it. */
static float distance_at(const tanu_pixels *p, float unit_mm, const float at[2], int32_t half)
{
	float known[(2 * PATCH_MAX + 1) * (2 * PATCH_MAX + 1)];
	int32_t cx, cy;
	size_t len = 0, all = (size_t)(2 * half + 1) * (size_t)(2 * half + 1);

	if (!(at[0] >= 0 && at[0] < (float)p->width && at[1] >= 0 && at[1] < (float)p->height))
		return 0;
	cx = (int32_t)lroundf(at[0]);
	cy = (int32_t)lroundf(at[1]);
	if (cx < half || cy < half || cx >= p->width - half || cy >= p->height - half)
		return 0;
	for (int32_t y = cy - half; y <= cy + half; y++)
		for (int32_t x = cx - half; x <= cx + half; x++) {
			const uint8_t *px = p->rgb + y * p->stride + (ptrdiff_t)3 * x;
			unsigned steps = (unsigned)px[0] << 8 | px[1];

			if (steps)
				known[len++] = (float)steps * unit_mm;
		}
	if (2 * len < all)
		return 0;
	qsort(known, len, sizeof(known[0]), compare);
	return known[len / 2];
}

/*
 * Of a plane in space 1/distance is linear in the picture: 1/z = a + b x + c y, here by least
 * squares through eyes and corners of the mouth, around their middle. (Pinhole camera: Hartley and
 * Zisserman, Multiple View Geometry, 2nd ed., 6.1.)
 */
static float plane_at(const float at[4][2], const float z[4], const float point[2])
{
	float mx = 0, my = 0, mz = 0, xx = 0, xy = 0, yy = 0, xz = 0, yz = 0, det;

	for (int i = 0; i < 4; i++) {
		mx += at[i][0] / 4;
		my += at[i][1] / 4;
		mz += 1 / z[i] / 4;
	}
	for (int i = 0; i < 4; i++) {
		float x = at[i][0] - mx, y = at[i][1] - my, d = 1 / z[i] - mz;

		xx += x * x;
		xy += x * y;
		yy += y * y;
		xz += x * d;
		yz += y * d;
	}
	det = xx * yy - xy * xy;
	if (!(det > 1))
		return NAN;
	mz += (xz * yy - yz * xy) / det * (point[0] - mx) +
	      (yz * xx - xz * xy) / det * (point[1] - my);
	return mz > 0 ? 1 / mz : NAN;
}

float liveness_relief(const tanu_pixels *depth, float unit_mm, const float five[5][2])
{
	static const int of_plane[4] = {0, 1, 3, 4};
	float eyes = hypotf(five[1][0] - five[0][0], five[1][1] - five[0][1]);
	int32_t half = clamp(PATCH * eyes, PATCH_MAX);
	float at[4][2], z[4], nose = distance_at(depth, unit_mm, five[2], half), relief;

	for (int i = 0; i < 4; i++) {
		at[i][0] = five[of_plane[i]][0];
		at[i][1] = five[of_plane[i]][1];
		z[i] = distance_at(depth, unit_mm, at[i], half);
		if (z[i] <= 0)
			return NAN;
	}
	if (nose <= 0)
		return NAN;
	relief = plane_at(at, z, five[2]) - nose;
	return fabsf(relief) <= RELIEF_MAX_MM ? relief : NAN;
}
