/* SPDX-License-Identifier: Apache-2.0 */
/* grey.h - inside liveness/ only: one pixel as grey. */
#ifndef LIVENESS_GREY_H
#define LIVENESS_GREY_H

#include <stdbool.h>
#include <stddef.h>
#include <tanu/image.h>

static inline int grey_px(const tanu_pixels *p, int32_t x, int32_t y)
{
	const uint8_t *px = p->rgb + (ptrdiff_t)y * p->stride + (ptrdiff_t)3 * x;

	return (77 * px[0] + 150 * px[1] + 29 * px[2]) >> 8;
}

static inline bool is_inside(const tanu_pixels *p, float x, float y)
{
	return x >= 0 && y >= 0 && x < (float)p->width && y < (float)p->height;
}

/* Within 0 and limit - 1; of NAN 0. */
static inline int32_t pixel_of(float at, int32_t limit)
{
	return !(at > 0) ? 0 : at >= (float)limit ? limit - 1 : (int32_t)at;
}

/* The pixel there, or at the edge of the image. */
static inline int grey_at(const tanu_pixels *p, float x, float y)
{
	return grey_px(p, pixel_of(x, p->width), pixel_of(y, p->height));
}

#endif
