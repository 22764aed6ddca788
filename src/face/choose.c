/* SPDX-License-Identifier: Apache-2.0 */
/* Which face is meant, when there are several. */
#include "face/session.h"

#include <math.h>

#define CLEARLY_LARGER 1.5F /* times the area of the next */

static float area(const tanu_face *f)
{
	return (f->box[2] - f->box[0]) * (f->box[3] - f->box[1]);
}

static float from_centre(const tanu_face *f, const tanu_pixels *image)
{
	return hypotf((f->box[0] + f->box[2] - (float)image->width) / 2,
		      (f->box[1] + f->box[3] - (float)image->height) / 2);
}

/* Of the first `count` faces the one nearest to the centre. */
static size_t most_central(const tanu_face *face, size_t count, const tanu_pixels *image)
{
	size_t best = 0;

	for (size_t i = 1; i < count; i++)
		if (from_centre(&face[i], image) < from_centre(&face[best], image))
			best = i;
	return best;
}

tanu_choice choose_face(size_t *chosen, const tanu_face *face, size_t count,
			const tanu_pixels *image, bool central)
{
	size_t similar = 1;

	*chosen = 0;
	if (count == 0)
		return TANU_CHOICE_NONE;
	if (count == 1)
		return TANU_CHOICE_ONLY;
	while (similar < count && area(&face[0]) <= CLEARLY_LARGER * area(&face[similar]))
		similar++;
	if (central)
		similar = count;
	else if (similar == 1)
		return TANU_CHOICE_LARGEST;
	*chosen = most_central(face, similar, image);
	return TANU_CHOICE_CENTRAL;
}
