/* SPDX-License-Identifier: Apache-2.0 */
/* drawn.h - pictures drawn by rule, so that no test needs a photograph. */
#ifndef TESTS_IMAGE_DRAWN_H
#define TESTS_IMAGE_DRAWN_H

#include "image/image.h"

/*
 * Smooth, and different in every corner: red grows to the right, green downwards, blue towards the
 * upper left; turned or mirrored it is another picture.
 */
tanu_image *drawn_image(int32_t width, int32_t height);
void drawn_pixel(uint8_t rgb[3], int32_t x, int32_t y, int32_t width, int32_t height);

/* Every pixel its own, from a seed; for resampling. */
tanu_image *noise_image(int32_t width, int32_t height, uint64_t seed);

/* xorshift64*: the same numbers everywhere. */
uint64_t next_random(uint64_t *seed);

/* Largest difference of any byte. The sizes must be equal. */
int worst_difference(const tanu_pixels *a, const tanu_pixels *b);

/* Decode in this process; the status. */
tanu_status decode_here(tanu_image **out, const struct buf *bytes, const tanu_image_limits *limits,
			tanu_error *err);

#endif
