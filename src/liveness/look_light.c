/* SPDX-License-Identifier: Apache-2.0 */
/* How bright the face is, row by row, and what is around it: what beats in a screen's rhythm. */
#include <math.h>

#include "liveness/grey.h"
#include "liveness/trace.h"

#define COLUMNS 24
#define AROUND	24    /* samples a side of the surroundings */
#define SIDES	0.6F  /* of a row from the middle, in distances of the eyes */
#define ABOVE	0.45F /* the first row above the eyes, in distances from eyes to mouth */
#define BELOW	0.35F /* the last one below the mouth, likewise */
#define GROWN	0.5F  /* of the box on each side: what counts as around */

/* The face's own axes: between the eyes, half an eye distance to the right, down to the mouth. */
struct axes {
	float eyes[2], right[2], down[2];
};

static void middle_of(float out[2], const struct observation *o, int first, int last)
{
	out[0] = out[1] = 0;
	for (int i = first; i <= last; i++)
		for (int k = 0; k < 2; k++)
			out[k] += o->landmarks[i][k] / (float)(last - first + 1);
}

static void axes_of(struct axes *a, const struct observation *o)
{
	float left[2], right[2], mouth[2];

	middle_of(left, o, 36, 41);
	middle_of(right, o, 42, 47);
	middle_of(mouth, o, 48, 67);
	for (int k = 0; k < 2; k++) {
		a->eyes[k] = (left[k] + right[k]) / 2;
		a->right[k] = right[k] - left[k];
		a->down[k] = mouth[k] - a->eyes[k];
	}
}

/* `at` 0 at the eyes, 1 at the mouth. */
static float mean_of_row(const struct axes *a, const tanu_pixels *image, float at)
{
	int sum = 0;

	for (int i = 0; i < COLUMNS; i++) {
		float side = SIDES * (2 * ((float)i + 0.5F) / COLUMNS - 1);

		sum += grey_at(image, a->eyes[0] + side * a->right[0] + at * a->down[0],
			       a->eyes[1] + side * a->right[1] + at * a->down[1]);
	}
	return (float)sum / COLUMNS;
}

static void look_around(struct observation *o, const tanu_pixels *image)
{
	const float *b = o->box;
	float w = b[2] - b[0], h = b[3] - b[1];
	int sum = 0, count = 0;

	for (int j = 0; j < AROUND; j++)
		for (int i = 0; i < AROUND; i++) {
			float x =
			    b[0] - GROWN * w + ((float)i + 0.5F) * (1 + 2 * GROWN) * w / AROUND;
			float y =
			    b[1] - GROWN * h + ((float)j + 0.5F) * (1 + 2 * GROWN) * h / AROUND;
			bool face = x > b[0] && x < b[2] && y > b[1] && y < b[3];

			if (face || !is_inside(image, x, y))
				continue;
			sum += grey_at(image, x, y);
			count++;
		}
	o->near_light = count ? (float)sum / (float)count : NAN;
}

void look_at_light(struct observation *o, const tanu_pixels *image)
{
	struct axes a;
	float sum = 0;

	axes_of(&a, o);
	for (int i = 0; i < ROWS; i++) {
		float share = ((float)i + 0.5F) / ROWS;

		o->rows[i] = mean_of_row(&a, image, share * (1 + ABOVE + BELOW) - ABOVE);
		sum += o->rows[i];
	}
	o->face_light = sum / ROWS;
	for (int i = 0; i < ROWS; i++)
		o->rows[i] /= fmaxf(1, o->face_light);
	look_around(o, image);
}
