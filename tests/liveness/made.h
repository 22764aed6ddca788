/* SPDX-License-Identifier: Apache-2.0 */
/* made.h - observations of a face that is not there: the mean head, or a picture of it, moved. */
#ifndef TESTS_LIVENESS_MADE_H
#define TESTS_LIVENESS_MADE_H

#include "liveness/trace.h"

/* How it stands in one frame. */
struct stand {
	float yaw, pitch; /* degrees */
	float at[2];	  /* px, the middle of the face */
	float eyes_px;
	float tilt[2]; /* of the picture that it is on, degrees about the upright and the level axis
			*/
	bool flat;     /* it is a picture: of a head that looks straight ahead */
	float distance; /* of the camera, in eye distances; 0: 10 */
};

/* A frame of it, `noise` in eye distances on each landmark; all that no pixel is needed for. */
void made_observation(struct observation *o, const struct stand *stand, float noise, int64_t at_ms);

/* Repeatable, -1 to 1. */
float made_noise(void);
void made_noise_from(uint32_t seed);

#endif
