/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Colour pixels at half size, each the mean of four: what the detector is given of a 640x480 frame
 * and of most tiles, and so a case of its own. The same values as by resample.c.
 */
#include "image/half.h"
#include "image/planes.h"
#include "image/vec4.h"

/* Eight pixels of two rows, added, by channel. */
static void add_pixels(vec4 r[2], vec4 g[2], vec4 b[2], const uint8_t *top, const uint8_t *low)
{
	float sum[24];

	for (int i = 0; i < 24; i += 8) {
		vec4 first, second;

		vec4_of_u16(&first, &second, u16x8_of_bytes(top + i) + u16x8_of_bytes(low + i));
		vec4_store(sum + i, first);
		vec4_store(sum + i + 4, second);
	}
	vec4_split(&r[0], &g[0], &b[0], sum);
	vec4_split(&r[1], &g[1], &b[1], sum + 12);
}

/* The pixels below, which the next row of cells is made of: memory is what this waits for. */
static void fetch_below(const uint8_t *top, const uint8_t *low, ptrdiff_t at)
{
	ptrdiff_t two_rows = 2 * (low - top);

	image_fetch(top, at + two_rows);
	image_fetch(low, at + two_rows);
}

static void put_pairs(float *out, const vec4 v[2], float scale, float offset)
{
	vec4 even = __builtin_shufflevector(v[0], v[1], 0, 2, 4, 6);
	vec4 odd = __builtin_shufflevector(v[0], v[1], 1, 3, 5, 7);

	vec4_store(out, (even + odd) * (scale / 4) + offset);
}

void half_row(float *const out[3], const uint8_t *top, const uint8_t *low, int32_t count,
	      float scale, float offset)
{
	int32_t i = 0;

	for (; i + 4 <= count; i += 4) {
		vec4 r[2], g[2], b[2];

		if (i % 8 == 0)
			fetch_below(top, low, (ptrdiff_t)6 * i);
		add_pixels(r, g, b, top + (ptrdiff_t)6 * i, low + (ptrdiff_t)6 * i);
		put_pairs(out[0] + i, r, scale, offset);
		put_pairs(out[1] + i, g, scale, offset);
		put_pairs(out[2] + i, b, scale, offset);
	}
	for (; i < count; i++) {
		const uint8_t *t = top + (ptrdiff_t)6 * i, *l = low + (ptrdiff_t)6 * i;

		for (int c = 0; c < 3; c++)
			out[c][i] =
			    (float)(t[c] + t[c + 3] + l[c] + l[c + 3]) * (scale / 4) + offset;
	}
}
