/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grid of a screen or print against the grid of the sensor gives a pattern that repeats. Skin
 * has none: in its spectrum no frequency stands out from those of like length.
 */
#include <math.h>

#include "liveness/grey.h"
#include "liveness/trace.h"

#define SIDE	   64 /* px of the patch, as they are */
#define BITS	   6
#define LOWEST	   10 /* cycles in the patch: below are the features of a face */
#define HIGHEST	   31
#define JPEG_BLOCK (SIDE / 8) /* cycles of JPEG's blocks and their multiples: a camera's own */
#define PI	   3.14159265F

struct spectrum {
	float re[SIDE][SIDE], im[SIDE][SIDE];
	float hann[SIDE];			/* the patch ends softly */
	float cosine[SIDE / 2], sine[SIDE / 2]; /* of the transform */
};

static void fill_tables(struct spectrum *s)
{
	for (int i = 0; i < SIDE; i++)
		s->hann[i] = 0.5F - 0.5F * cosf(2 * PI * ((float)i + 0.5F) / SIDE);
	for (int i = 0; i < SIDE / 2; i++) {
		s->cosine[i] = cosf(2 * PI * (float)i / SIDE);
		s->sine[i] = -sinf(2 * PI * (float)i / SIDE);
	}
}

/* One row, in place; radix 2. */
static void transform(const struct spectrum *tables, float *re, float *im, size_t step)
{
	for (size_t i = 0; i < SIDE; i++) {
		size_t j = 0;

		for (size_t bit = 0; bit < BITS; bit++)
			j |= (i >> bit & 1) << (BITS - 1 - bit);
		if (j > i) {
			float r = re[i * step], m = im[i * step];

			re[i * step] = re[j * step];
			im[i * step] = im[j * step];
			re[j * step] = r;
			im[j * step] = m;
		}
	}
	for (size_t half = 1; half < SIDE; half *= 2)
		for (size_t k = 0; k < half; k++) {
			float c = tables->cosine[k * (SIDE / 2) / half];
			float s = tables->sine[k * (SIDE / 2) / half];

			for (size_t i = k; i < SIDE; i += 2 * half) {
				float *ar = &re[i * step], *ai = &im[i * step];
				float *br = &re[(i + half) * step], *bi = &im[(i + half) * step];
				float r = *br * c - *bi * s, m = *br * s + *bi * c;

				*br = *ar - r;
				*bi = *ai - m;
				*ar += r;
				*ai += m;
			}
		}
}

static void take_patch(struct spectrum *s, const tanu_pixels *image, int32_t x0, int32_t y0)
{
	float mean = 0;

	for (int32_t y = 0; y < SIDE; y++)
		for (int32_t x = 0; x < SIDE; x++) {
			s->re[y][x] = (float)grey_px(image, x0 + x, y0 + y);
			mean += s->re[y][x] / (SIDE * SIDE);
		}
	for (int y = 0; y < SIDE; y++)
		for (int x = 0; x < SIDE; x++) {
			s->re[y][x] = (s->re[y][x] - mean) * s->hann[x] * s->hann[y];
			s->im[y][x] = 0;
		}
}

static bool is_jpegs(int kx, int ky)
{
	int ax = kx < 0 ? -kx : kx, ay = ky < 0 ? -ky : ky;
	int off_x = ax % JPEG_BLOCK, off_y = ay % JPEG_BLOCK;

	/* With the window each peak is three wide. */
	return (off_x <= 1 || off_x >= JPEG_BLOCK - 1) && (off_y <= 1 || off_y >= JPEG_BLOCK - 1);
}

/* The strongest frequency against the mean of those of its length. */
static float stands_out(const struct spectrum *s)
{
	float sum[HIGHEST + 1] = {0}, most[HIGHEST + 1] = {0}, best = 0;
	int count[HIGHEST + 1] = {0};

	/* Half of the plane: the other is its mirror. */
	for (int ky = 0; ky < SIDE / 2; ky++)
		for (int kx = -SIDE / 2 + 1; kx < SIDE / 2; kx++) {
			int length = (int)(hypotf((float)kx, (float)ky) + 0.5F);
			int x = kx < 0 ? kx + SIDE : kx;
			float power = s->re[ky][x] * s->re[ky][x] + s->im[ky][x] * s->im[ky][x];

			if (length < LOWEST || length > HIGHEST || is_jpegs(kx, ky))
				continue;
			sum[length] += power;
			count[length]++;
			most[length] = fmaxf(most[length], power);
		}
	for (int i = LOWEST; i <= HIGHEST; i++)
		if (count[i] > 8)
			best = fmaxf(
			    best, most[i] / fmaxf(1, (sum[i] - most[i]) / (float)(count[i] - 1)));
	return best;
}

void look_for_moire(struct observation *o, const tanu_pixels *image)
{
	static _Thread_local struct spectrum s;
	int32_t x0 = pixel_of((o->box[0] + o->box[2]) / 2, image->width) - SIDE / 2;
	int32_t y0 = pixel_of((o->box[1] + o->box[3]) / 2, image->height) - SIDE / 2;

	o->moire = NAN;
	if (!(o->box[2] - o->box[0] >= SIDE) || x0 < 0 || y0 < 0 || x0 + SIDE > image->width ||
	    y0 + SIDE > image->height)
		return;
	fill_tables(&s);
	take_patch(&s, image, x0, y0);
	for (size_t i = 0; i < SIDE; i++)
		transform(&s, s.re[i], s.im[i], 1);
	for (size_t i = 0; i < SIDE; i++)
		transform(&s, &s.re[0][i], &s.im[0][i], SIDE);
	o->moire = stands_out(&s);
}
