/* SPDX-License-Identifier: Apache-2.0 */
#include "liveness/made.h"

#include <math.h>
#include <string.h>

#include "face/head.h"

#define DEGREES 0.01745329F

static uint32_t state = 1;

void made_noise_from(uint32_t seed)
{
	state = seed ? seed : 1;
}

/* xorshift32 */
float made_noise(void)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return (float)(state >> 8) / (float)(1 << 23) - 1;
}

static void turn(float p[3], float yaw, float pitch)
{
	float c = cosf(yaw), s = sinf(yaw), x = p[0], z = p[2];

	p[0] = c * x - s * z;
	p[2] = s * x + c * z;
	c = cosf(pitch);
	s = sinf(pitch);
	z = p[2];
	x = p[1];
	p[1] = c * x - s * z;
	p[2] = s * x + c * z;
}

void made_observation(struct observation *o, const struct stand *stand, float noise, int64_t at_ms)
{
	float distance = stand->distance > 0 ? stand->distance : 10;

	*o = (struct observation){
	    .at_ms = at_ms,
	    .width = 640,
	    .height = 480,
	    .pose = {stand->yaw, stand->pitch, 0},
	    .eye_open = {1, 1},
	    .texture = 0.99F,
	    .eyes_px = stand->eyes_px,
	    .face_light = 120,
	    .near_light = 100,
	    .moire = 10,
	    .pupil = {{NAN, NAN}, {NAN, NAN}},
	    .depth_relief_mm = NAN,
	    .infrared_ratio = NAN,
	};
	for (int i = 0; i < ROWS; i++)
		o->rows[i] = 1;
	for (int i = 0; i < 4; i++)
		o->edge_at[i] = NAN;
	for (int i = 0; i < HEAD_POINTS; i++) {
		float p[3], scale;

		memcpy(p, mean_head[i].at, sizeof(p));
		if (stand->flat)
			p[2] = 0;
		else
			turn(p, stand->yaw * DEGREES, stand->pitch * DEGREES);
		turn(p, stand->tilt[0] * DEGREES, stand->tilt[1] * DEGREES);
		scale = stand->eyes_px * distance / (distance + p[2]);
		for (int k = 0; k < 2; k++)
			o->landmarks[mean_head[i].landmark][k] =
			    stand->at[k] + scale * p[k] + stand->eyes_px * noise * made_noise();
	}
	/* A box of two eye distances, as the detector's are. */
	for (int k = 0; k < 2; k++) {
		o->box[k] = stand->at[k] - stand->eyes_px;
		o->box[k + 2] = stand->at[k] + stand->eyes_px;
	}
}
