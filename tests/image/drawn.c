/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "image/drawn.h"

#include <stdlib.h>

void drawn_pixel(uint8_t rgb[3], int32_t x, int32_t y, int32_t width, int32_t height)
{
	rgb[0] = (uint8_t)(20 + 200 * x / width);
	rgb[1] = (uint8_t)(30 + 200 * y / height);
	rgb[2] = (uint8_t)(230 - 100 * x / width - 100 * y / height);
}

tanu_image *drawn_image(int32_t width, int32_t height)
{
	tanu_image *image = NULL;

	assert_int_equal(image_new(&image, width, height, NULL), TANU_OK);
	for (int32_t y = 0; y < height; y++)
		for (int32_t x = 0; x < width; x++)
			drawn_pixel(image->rgb + 3 * (y * width + x), x, y, width, height);
	return image;
}

uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * 0x2545F4914F6CDD1Du;
}

tanu_image *noise_image(int32_t width, int32_t height, uint64_t seed)
{
	tanu_image *image = NULL;

	assert_int_equal(image_new(&image, width, height, NULL), TANU_OK);
	for (size_t i = 0; i < image->rgb_len; i++)
		image->rgb[i] = (uint8_t)(next_random(&seed) >> 56);
	return image;
}

int worst_difference(const tanu_pixels *a, const tanu_pixels *b)
{
	int worst = 0;

	assert_int_equal(a->width, b->width);
	assert_int_equal(a->height, b->height);
	for (int32_t y = 0; y < a->height; y++)
		for (int32_t i = 0; i < 3 * a->width; i++) {
			int d = abs(a->rgb[y * a->stride + i] - b->rgb[y * b->stride + i]);

			worst = d > worst ? d : worst;
		}
	return worst;
}

tanu_status decode_here(tanu_image **out, const struct buf *bytes, const tanu_image_limits *limits,
			tanu_error *err)
{
	struct image_info info;
	tanu_image *image = NULL;
	tanu_status st = image_probe(&info, bytes->data, bytes->len, limits, err);

	if (st < 0)
		return st;
	if ((st = image_new(&image, info.width, info.height, err)) < 0)
		return st;
	st = image_decode_into(image->rgb, image->rgb_len, bytes->data, bytes->len, &info, err);
	if (st < 0)
		tanu_image_free(&image);
	else
		*out = image;
	return st;
}
