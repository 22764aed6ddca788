/* SPDX-License-Identifier: Apache-2.0 */
/* Pixels through a 2x3 matrix from destination to source, bilinear. */
#include "image/planes.h"
#include "image/vec4.h"

#include <assert.h>

/* What a row is sampled from: where its pixel x lies is (step_x * x + at_x, step_y * x + at_y). */
struct line {
	const tanu_pixels *image;
	float step_x, step_y, at_x, at_y;
	float fill;
};

static inline float src_x(const struct line *l, int32_t x)
{
	return l->step_x * (float)x + l->at_x;
}

static inline float src_y(const struct line *l, int32_t x)
{
	return l->step_y * (float)x + l->at_y;
}

/*
 * All four neighbours are there, and a byte after each. False for anything that is not a number.
 */
static inline bool is_interior(const struct line *l, int32_t x)
{
	float sx = src_x(l, x), sy = src_y(l, x);

	return sx >= 0.0f && sy >= 0.0f && sx < (float)(l->image->width - 2) &&
	       sy < (float)(l->image->height - 1);
}

static void sample_interior(float *rgb, const struct line *l, int32_t x)
{
	float sx = src_x(l, x), sy = src_y(l, x);
	int32_t ix = (int32_t)sx, iy = (int32_t)sy;
	const uint8_t *top = l->image->rgb + iy * l->image->stride + (ptrdiff_t)ix * 3;
	const uint8_t *low = top + l->image->stride;
	float fx = sx - (float)ix;
	vec4 t = vec4_mix(vec4_of_bytes(top), vec4_of_bytes(top + 3), fx);
	vec4 b = vec4_mix(vec4_of_bytes(low), vec4_of_bytes(low + 3), fx);

	vec4_store(rgb, vec4_mix(t, b, sy - (float)iy));
}

static float pixel_or_fill(const struct line *l, int32_t x, int32_t y, int c)
{
	if (x < 0 || y < 0 || x >= l->image->width || y >= l->image->height)
		return l->fill;
	return l->image->rgb[y * l->image->stride + (ptrdiff_t)x * 3 + c];
}

/* Near or beyond the border: neighbours that are not there have the fill value. */
static void sample_border(float *rgb, const struct line *l, int32_t x)
{
	float sx = src_x(l, x), sy = src_y(l, x);
	bool near =
	    sx > -1.0f && sy > -1.0f && sx < (float)l->image->width && sy < (float)l->image->height;
	int32_t ix = near ? (int32_t)(sx + 1.0f) - 1 : -2;
	int32_t iy = near ? (int32_t)(sy + 1.0f) - 1 : -2;
	float fx = near ? sx - (float)ix : 0.0f, fy = near ? sy - (float)iy : 0.0f;

	for (int c = 0; c < 3; c++) {
		float t0 = pixel_or_fill(l, ix, iy, c), t1 = pixel_or_fill(l, ix + 1, iy, c);
		float b0 = pixel_or_fill(l, ix, iy + 1, c),
		      b1 = pixel_or_fill(l, ix + 1, iy + 1, c);
		float t = t0 + fx * (t1 - t0), b = b0 + fx * (b1 - b0);

		rgb[c] = t + fy * (b - t);
	}
}

/*
 * Pixels x .. x + count - 1 of a row. Position is monotone along the row, so the interior is one
 * run: find it from both ends, then go through it without a question. From left to right, since a
 * pixel of the interior spills its filler into the next.
 */
static void warp_strip(float *rgb, const struct line *l, int32_t x, int32_t count)
{
	int32_t begin = 0, end = count;

	while (begin < end && !is_interior(l, x + begin))
		begin++;
	while (end > begin && !is_interior(l, x + end - 1))
		end--;
	for (int32_t i = 0; i < begin; i++)
		sample_border(rgb + 3 * i, l, x + i);
	for (int32_t i = begin; i < end; i++)
		sample_interior(rgb + 3 * i, l, x + i);
	for (int32_t i = end; i < count; i++)
		sample_border(rgb + 3 * i, l, x + i);
}

static struct line line_of(const tanu_pixels *image, const float m[6], int32_t y, float fill)
{
	return (struct line){
	    .image = image,
	    .step_x = m[0],
	    .at_x = m[1] * (float)y + m[2],
	    .step_y = m[3],
	    .at_y = m[4] * (float)y + m[5],
	    .fill = fill,
	};
}

static int32_t strip_len(int32_t x, int32_t width)
{
	return width - x < STRIP_PX ? width - x : STRIP_PX;
}

void image_warp_to_tensor(float *out, const struct image_tensor_spec *spec,
			  const tanu_pixels *image, const float m[6])
{
	float rgb[3 * STRIP_PX + 1];

	assert(spec->channels == 1 || spec->channels == 3);
	for (int32_t y = 0; y < spec->dst_h; y++) {
		struct line l = line_of(image, m, y, spec->fill);

		for (int32_t x = 0; x < spec->dst_w; x += STRIP_PX) {
			int32_t count = strip_len(x, spec->dst_w);

			warp_strip(rgb, &l, x, count);
			planes_put(out, spec, x, y, rgb, count);
		}
	}
}

void image_warp_rgb(uint8_t *rgb, int32_t dst_w, int32_t dst_h, const tanu_pixels *image,
		    const float m[6])
{
	float strip[3 * STRIP_PX + 1];

	for (int32_t y = 0; y < dst_h; y++) {
		struct line l = line_of(image, m, y, 0.0f);

		for (int32_t x = 0; x < dst_w; x += STRIP_PX) {
			int32_t count = strip_len(x, dst_w);

			warp_strip(strip, &l, x, count);
			for (int32_t i = 0; i < 3 * count; i++)
				*rgb++ = (uint8_t)(strip[i] + 0.5f);
		}
	}
}
