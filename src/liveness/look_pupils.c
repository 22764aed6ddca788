/* SPDX-License-Identifier: Apache-2.0 */
/* Where the dark of each eye is within its lids, where the picture is large enough to tell. */
#include <math.h>

#include "liveness/grey.h"
#include "liveness/trace.h"

#define EYES_MIN_PX    120 /* between the eyes; an iris is then some 20 px wide */
#define OPEN_MIN       0.5F
#define EYE_MIN_WIDTH  8 /* px */
#define EYE_MIN_HEIGHT 4
#define DARK_SHARE     0.35F /* of the range from the darkest to the brightest of an eye */

/* Of the points 36 to 41 or 42 to 47. */
static void lids(float box[4], const struct observation *o, int first)
{
	box[0] = box[1] = INFINITY;
	box[2] = box[3] = -INFINITY;
	for (int i = first; i < first + 6; i++) {
		box[0] = fminf(box[0], o->landmarks[i][0]);
		box[1] = fminf(box[1], o->landmarks[i][1]);
		box[2] = fmaxf(box[2], o->landmarks[i][0]);
		box[3] = fmaxf(box[3], o->landmarks[i][1]);
	}
}

/* In whole pixels, within the image; false: too small or none. */
struct eye {
	int32_t x0, y0, x1, y1;
};

static bool eye_in(struct eye *e, const tanu_pixels *image, const float box[4])
{
	e->x0 = pixel_of(box[0], image->width);
	e->y0 = pixel_of(box[1], image->height);
	e->x1 = pixel_of(box[2], image->width);
	e->y1 = pixel_of(box[3], image->height);
	return e->x1 - e->x0 >= EYE_MIN_WIDTH && e->y1 - e->y0 >= EYE_MIN_HEIGHT;
}

/* The grey below which a pixel of this eye is dark. */
static float dark_bound(const tanu_pixels *image, const struct eye *e)
{
	int darkest = 255, brightest = 0;

	for (int32_t y = e->y0; y < e->y1; y++)
		for (int32_t x = e->x0; x < e->x1; x++) {
			int v = grey_px(image, x, y);

			darkest = v < darkest ? v : darkest;
			brightest = v > brightest ? v : brightest;
		}
	return (float)darkest + DARK_SHARE * (float)(brightest - darkest);
}

/* The middle of what is darker than most of the eye, weighted by how much; within its lids. */
static void dark_middle(float out[2], const tanu_pixels *image, const struct eye *e,
			const float box[4])
{
	float bound = dark_bound(image, e), sum = 0, x_sum = 0, y_sum = 0;

	for (int32_t y = e->y0; y < e->y1; y++)
		for (int32_t x = e->x0; x < e->x1; x++) {
			float weight = fmaxf(0, bound - (float)grey_px(image, x, y));

			sum += weight;
			x_sum += weight * ((float)x + 0.5F - box[0]);
			y_sum += weight * ((float)y + 0.5F - box[1]);
		}
	if (!(sum > 0))
		return;
	out[0] = x_sum / sum / (box[2] - box[0]);
	out[1] = y_sum / sum / (box[3] - box[1]);
}

void look_at_pupils(struct observation *o, const tanu_pixels *image)
{
	for (int i = 0; i < 2; i++) {
		struct eye eye;
		float box[4];

		o->pupil[i][0] = o->pupil[i][1] = NAN;
		lids(box, o, 36 + 6 * i);
		if (o->eyes_px >= EYES_MIN_PX && o->eye_open[i] >= OPEN_MIN &&
		    eye_in(&eye, image, box))
			dark_middle(o->pupil[i], image, &eye, box);
	}
}
