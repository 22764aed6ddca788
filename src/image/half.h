/* SPDX-License-Identifier: Apache-2.0 */
/* half.h - colour pixels at half size; inside image/ only. */
#ifndef IMAGE_HALF_H
#define IMAGE_HALF_H

#include "image/image.h"

/* `count` pixels into three planes, each from two of row `top` and two of row `low`. */
void half_row(float *const out[3], const uint8_t *top, const uint8_t *low, int32_t count,
	      float scale, float offset);

#endif
