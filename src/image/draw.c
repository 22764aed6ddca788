/* SPDX-License-Identifier: Apache-2.0 */
/* Boxes and dots for reports; what falls outside the image is left out. */
#include "image/image.h"

#include <math.h>

static int32_t clamp(int32_t v, int32_t low, int32_t high)
{
	return v < low ? low : v > high ? high : v;
}

/* Rounded, and small enough that adding a pen's width can't overflow; 0 if it is not a number. */
static int32_t to_px(float v)
{
	const float far = 1 << 20;

	return (int32_t)lrintf(v >= -far && v <= far ? v : v > far ? far : v < -far ? -far : 0.0f);
}

static void put_pixel(uint8_t *rgb, uint32_t colour)
{
	rgb[0] = (uint8_t)(colour >> 16);
	rgb[1] = (uint8_t)(colour >> 8);
	rgb[2] = (uint8_t)colour;
}

/* Pixels x0 <= x < x1, y0 <= y < y1. */
static void fill_rect(tanu_image *image, int32_t x0, int32_t y0, int32_t x1, int32_t y1,
		      uint32_t colour)
{
	x0 = clamp(x0, 0, image->width);
	x1 = clamp(x1, 0, image->width);
	y0 = clamp(y0, 0, image->height);
	y1 = clamp(y1, 0, image->height);
	for (int32_t y = y0; y < y1; y++)
		for (int32_t x = x0; x < x1; x++)
			put_pixel(image->rgb + ((ptrdiff_t)y * image->width + x) * 3, colour);
}

void image_draw_box(tanu_image *image, const float box[4], uint32_t colour, int width_px)
{
	int32_t x0 = to_px(box[0]), y0 = to_px(box[1]), x1 = to_px(box[2]), y1 = to_px(box[3]);
	int32_t pen = clamp(width_px, 1, 64);

	fill_rect(image, x0, y0, x1, y0 + pen, colour);
	fill_rect(image, x0, y1 - pen, x1, y1, colour);
	fill_rect(image, x0, y0, x0 + pen, y1, colour);
	fill_rect(image, x1 - pen, y0, x1, y1, colour);
}

void image_draw_dot(tanu_image *image, float x, float y, uint32_t colour, int radius_px)
{
	int32_t cx = to_px(x), cy = to_px(y);
	int32_t r = clamp(radius_px, 0, 64);

	for (int32_t dy = -r; dy <= r; dy++) {
		int32_t half = (int32_t)sqrtf((float)(r * r - dy * dy));

		fill_rect(image, cx - half, cy + dy, cx + half + 1, cy + dy + 1, colour);
	}
}
