/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Simulated attacks: what a camera would see of a photograph or screen that shows these frames.
 * Drawn ones are no real ones: paper has gloss and creases, screens have angles and glare.
 */
#include <math.h>
#include <string.h>

#include "cli/eval_liveness.h"

#define DEGREES	 0.01745329F
#define WALL	 150   /* grey of what is behind */
#define RIM	 25    /* of a screen */
#define DISTANCE 3.0F  /* of the camera, in widths of the picture */
#define GRAIN	 4     /* grey, of a sensor, at most */
#define GRID	 0.05F /* share of the light, where the grids of screen and sensor beat */
#define BAND	 0.1F  /* likewise, of the bands that wander */

const char *simulation_name(enum simulation simulation)
{
	static const char *const names[SIMULATIONS] = {
	    [SIMULATION_NONE] = "none",
	    [SIMULATION_PHOTOGRAPH] = "photograph (simulated)",
	    [SIMULATION_BORDERLESS] = "photograph without border (simulated)",
	    [SIMULATION_SCREEN] = "screen (simulated)",
	};

	return names[simulation];
}

/* Where a plane stands in a frame: how large, turned, and where. */
struct plane {
	float size;		/* of the frame's width */
	float yaw, pitch, roll; /* radians */
	float at[2];		/* px, its middle */
};

/*
 * From a pixel of the frame to the picture on the plane, in units of the frame's width about the
 * middle: the ray through the pixel meets the plane.
 */
static void to_picture(float out[2], const struct plane *p, float x, float y, float width)
{
	float cy = cosf(p->yaw), sy = sinf(p->yaw), cp = cosf(p->pitch), sp = sinf(p->pitch);
	/* The plane's own axes and its normal; the camera looks along z. */
	const float right[3] = {cy, 0, sy}, down[3] = {sy * sp, cp, -cy * sp};
	const float normal[3] = {-sy * cp, sp, cy * cp};
	const float ray[3] = {(x - p->at[0]) / width / DISTANCE, (y - p->at[1]) / width / DISTANCE,
			      1};
	float t =
	    DISTANCE * normal[2] / (normal[0] * ray[0] + normal[1] * ray[1] + normal[2] * ray[2]);
	const float hit[3] = {t * ray[0], t * ray[1], t * ray[2] - DISTANCE};
	float u = 0, v = 0, cr = cosf(p->roll), sr = sinf(p->roll);

	for (int i = 0; i < 3; i++) {
		u += hit[i] * right[i];
		v += hit[i] * down[i];
	}
	out[0] = (cr * u + sr * v) / p->size;
	out[1] = (-sr * u + cr * v) / p->size;
}

/* Repeatable grain; not the same in two frames. */
static int grain(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return (int)(*state >> 24) % (2 * GRAIN + 1) - GRAIN;
}

static uint8_t clipped(float v)
{
	return v < 0 ? 0 : v > 255 ? 255 : (uint8_t)v;
}

/* Bilinear. */
static void sample(float rgb[3], const tanu_pixels *p, float x, float y)
{
	int32_t x0 = (int32_t)x, y0 = (int32_t)y;
	int32_t x1 = x0 + 1 < p->width ? x0 + 1 : x0, y1 = y0 + 1 < p->height ? y0 + 1 : y0;
	float fx = x - (float)x0, fy = y - (float)y0;

	for (int i = 0; i < 3; i++) {
		float top = (1 - fx) * (float)p->rgb[y0 * p->stride + 3 * x0 + i] +
			    fx * (float)p->rgb[y0 * p->stride + 3 * x1 + i];
		float low = (1 - fx) * (float)p->rgb[y1 * p->stride + 3 * x0 + i] +
			    fx * (float)p->rgb[y1 * p->stride + 3 * x1 + i];

		rgb[i] = (1 - fy) * top + fy * low;
	}
}

/* What the plane shows there: the picture, its rim, or the wall behind. */
static void look_at_plane(float rgb[3], const tanu_pixels *picture, const float at[2], float rim)
{
	float aspect = (float)picture->height / (float)picture->width;
	float x = at[0] + 0.5F, y = at[1] / aspect + 0.5F;
	bool inside = x > 0 && x < 1 && y > 0 && y < 1;
	bool on_rim = x > -rim && x < 1 + rim && y > -rim && y < 1 + rim;

	if (inside)
		sample(rgb, picture, x * (float)(picture->width - 1),
		       y * (float)(picture->height - 1));
	else
		rgb[0] = rgb[1] = rgb[2] = on_rim ? RIM : WALL;
}

static struct plane plane_of(enum simulation simulation, const tanu_pixels *frame, int index)
{
	float t = (float)index;
	struct plane p = {.at = {(float)frame->width / 2, (float)frame->height / 2}, .size = 0.8F};

	if (simulation == SIMULATION_SCREEN) {
		/* Held in a hand that is not quite still. */
		p.at[0] += 0.01F * (float)frame->width * sinf(0.9F * t);
		return p;
	}
	if (simulation == SIMULATION_BORDERLESS)
		p.size = 1.7F;
	p.yaw = 32 * DEGREES * sinf(0.55F * t);
	p.pitch = 14 * DEGREES * sinf(0.31F * t + 1);
	p.roll = 6 * DEGREES * sinf(0.23F * t);
	p.at[0] += 0.07F * (float)frame->width * sinf(0.4F * t);
	p.at[1] += 0.05F * (float)frame->height * sinf(0.27F * t);
	return p;
}

static float light_of(enum simulation simulation, int32_t x, int32_t y, int32_t height, int index)
{
	if (simulation != SIMULATION_SCREEN)
		return 1;
	return (1 + GRID * sinf(1.7F * (float)x + 0.4F * (float)y)) *
	       (1 + BAND * sinf(50.0F * (float)y / (float)height + 2.1F * (float)index));
}

void simulate(tanu_image *out, enum simulation simulation, const tanu_pixels *still,
	      const tanu_pixels *live, int index)
{
	const tanu_pixels *shown = simulation == SIMULATION_SCREEN ? live : still;
	struct plane plane = plane_of(simulation, live, index);
	uint32_t state = (uint32_t)index + 1;
	uint8_t *to = out->rgb;

	for (int32_t y = 0; y < out->height; y++)
		for (int32_t x = 0; x < out->width; x++, to += 3) {
			float at[2], rgb[3], light = light_of(simulation, x, y, out->height, index);

			to_picture(at, &plane, (float)x, (float)y, (float)out->width);
			look_at_plane(rgb, shown, at, simulation == SIMULATION_SCREEN ? 0.05F : 0);
			for (int i = 0; i < 3; i++)
				to[i] = clipped(rgb[i] * light + (float)grain(&state));
		}
}
