/* SPDX-License-Identifier: Apache-2.0 */
/* A second camera's picture, of any pixels, where points and boxes lie anywhere: numbers or none.
 */
#include "liveness/liveness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SIDE_MAX 40

/* What the picture is filled with, over and over. */
static void fill(uint8_t *to, size_t len, const uint8_t *from, size_t from_len)
{
	for (size_t i = 0; i < len; i++)
		to[i] = from_len ? from[i % from_len] : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	float box[4], five[5][2], unit_mm, value;
	tanu_pixels picture;
	uint8_t *rgb;
	size_t len;

	if (size < 2 + sizeof(box) + sizeof(five) + sizeof(unit_mm))
		return 0;
	picture = (tanu_pixels){.width = 1 + data[0] % SIDE_MAX, .height = 1 + data[1] % SIDE_MAX};
	picture.stride = (ptrdiff_t)3 * picture.width;
	memcpy(box, data + 2, sizeof(box));
	memcpy(five, data + 2 + sizeof(box), sizeof(five));
	memcpy(&unit_mm, data + 2 + sizeof(box) + sizeof(five), sizeof(unit_mm));
	data += 2 + sizeof(box) + sizeof(five) + sizeof(unit_mm);
	size -= 2 + sizeof(box) + sizeof(five) + sizeof(unit_mm);
	len = (size_t)picture.stride * (size_t)picture.height;
	rgb = malloc(len); /* of its own size, so that a pixel beyond it is seen */
	if (!rgb)
		return 0;
	fill(rgb, len, data, size);
	picture.rgb = rgb;
	value = liveness_infrared(&picture, box);
	if (!isnan(value) && !(value >= 0 && value <= 32)) /* 255 / 8 */
		abort();
	if (unit_mm > 0 && unit_mm < 1000) {
		value = liveness_relief(&picture, unit_mm, five);
		if (!isnan(value) && !(fabsf(value) <= 60))
			abort();
	}
	free(rgb);
	return 0;
}
