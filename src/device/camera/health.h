/* SPDX-License-Identifier: Apache-2.0 */
/*
 * health.h - inside device/camera/ only: is the picture one? Measures on a sparse grid of the
 * frame; they tell darkness, evenness and standstill, and nothing of who is on it.
 */
#ifndef CAMERA_HEALTH_H
#define CAMERA_HEALTH_H

#include "device/camera.h"

struct picture_measures {
	float mean;	 /* grey, 0..255 */
	float bright;	 /* grey that 2% of the pixels reach */
	float spread;	 /* standard deviation between the blocks of the picture */
	float detail;	 /* mean difference of neighbours */
	uint64_t digest; /* of the sampled pixels, exactly */
};
void picture_measure(struct picture_measures *out, const tanu_pixels *pixels);
/* What one frame shows; frozen is a matter of several. */
enum camera_trouble picture_trouble(const struct picture_measures *m);

struct camera_health {
	int32_t dark_ms, frozen_ms;
	enum camera_trouble told;
	enum camera_trouble seen; /* of the last frames, and since */
	int64_t seen_ms;
	uint64_t digest;
	int64_t digest_ms; /* this very picture since */
	bool any;
};
/* True: *now is another trouble than was told before. */
bool health_step(struct camera_health *h, const struct picture_measures *m, int64_t at_ms,
		 enum camera_trouble *now);

#endif
