/* SPDX-License-Identifier: Apache-2.0 */
#include "image/decoder.h"

#include <string.h>

/*
 * EXIF 2.32, 4.6.4, tag 274: where the stored row 0 and column 0 are to be shown. As steps through
 * the stored pixels: from which corner the upright image begins, and whether rows and columns swap.
 */
static const struct {
	bool swap, from_right, from_bottom;
} turns[9] = {
    [1] = {false, false, false}, [2] = {false, true, false}, [3] = {false, true, true},
    [4] = {false, false, true},	 [5] = {true, false, false}, [6] = {true, false, true},
    [7] = {true, true, true},	 [8] = {true, true, false},
};

void orient_rgb(uint8_t *out, const uint8_t *rgb, int32_t width, int32_t height, int orientation)
{
	bool swap = turns[orientation].swap;
	int32_t out_w = swap ? height : width;
	int32_t out_h = swap ? width : height;
	ptrdiff_t row = (ptrdiff_t)width * 3;
	ptrdiff_t step_x = turns[orientation].from_right ? -3 : 3;
	ptrdiff_t step_y = turns[orientation].from_bottom ? -row : row;
	const uint8_t *corner = rgb;

	if (step_x < 0)
		corner += row - 3;
	if (step_y < 0)
		corner += (height - 1) * row;
	for (int32_t y = 0; y < out_h; y++) {
		const uint8_t *from = corner + y * (swap ? step_x : step_y);

		for (int32_t x = 0; x < out_w; x++) {
			memcpy(out, from, 3);
			out += 3;
			from += swap ? step_y : step_x;
		}
	}
}
