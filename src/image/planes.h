/* SPDX-License-Identifier: Apache-2.0 */
/* planes.h - from RGB triples in float (byte values) to the planes of a tensor; inside image/ only.
 */
#ifndef IMAGE_PLANES_H
#define IMAGE_PLANES_H

#include "image/image.h"

/* How many pixels of a row are worked on at a time, in buffers on the stack. */
#define STRIP_PX 256

/* Write `count` pixels to row y, from column x on: order of planes, grey, mean and scale. */
void planes_put(float *out, const struct image_tensor_spec *spec, int32_t x, int32_t y,
		const float *rgb, int32_t count);

/* Where red, green and blue of a pixel go in a tensor of three planes. */
void planes_at(float *planes[3], float *out, const struct image_tensor_spec *spec, int32_t x,
	       int32_t y);

/*
 * Pixels that are soon to be read, asked for early: a frame comes from memory, since the models'
 * values have taken its place in the caches. An address outside the image does nothing.
 */
#define CACHE_LINE 64
static inline void image_fetch(const uint8_t *rgb, ptrdiff_t at)
{
	__builtin_prefetch((const void *)((uintptr_t)rgb + (uintptr_t)at));
}

/* The whole tensor as if nothing but spec->fill were there. */
void planes_fill(float *out, const struct image_tensor_spec *spec);

#endif
