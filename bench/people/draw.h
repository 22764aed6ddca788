/* SPDX-License-Identifier: Apache-2.0 */
/*
 * draw.h - for programs of bench/: simulated coverings, drawn onto a face in memory by its
 * landmarks. Shaded and a little noisy, so that they are no flat patches; still no real ones.
 */
#ifndef BENCH_DRAW_H
#define BENCH_DRAW_H

#include "face/face.h"

enum covering {
	COVER_NOTHING,
	COVER_SUNGLASSES, /* two dark lenses and a bridge */
	COVER_BAR,	  /* black over both eyes */
	COVER_MASK,	  /* light, from the nose down */
	COVER_HAND,	  /* of the face's own colour, over mouth and chin */
	COVER_HELMET,	  /* dark, down to the brows */
	COVERINGS
};
const char *covering_name(enum covering c);
void covering_draw(tanu_image *image, const tanu_face *face, enum covering c);

#endif
