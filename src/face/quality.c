/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quality measures after ISO/IEC 29794-5. Light and sharpness are measured on the aligned face, so
 * that they do not depend on the picture's size or on what is behind the person.
 */
#include "face/session.h"

#include <math.h>
#include <string.h>

#define SIDE TANU_FACE_SIDE
/* The part of the aligned face that is skin, eyes and mouth, without hair and background. */
#define SKIN_X0 22
#define SKIN_X1 90
#define SKIN_Y0 30
#define SKIN_Y1 104

/*
 * Per measure: the value that could not be better, and the bounds at a door and for enrolment.
 * Where they come from is in bench/README.md.
 */
static const struct {
	float ideal_min, ideal_max;
	float door_min, door_max;
	float enrol_min, enrol_max;
} rules[TANU_QUALITY_COUNT] = {
    /* Scores fall from 16 px on; twice that for a reference that will be used for years. */
    [TANU_QUALITY_INTER_EYE] = {60, 65535, 24, 65535, 32, 65535},
    [TANU_QUALITY_SHARPNESS] = {0.3F, 1, 0.08F, 1, 0.11F, 1},
    /* Wide on both sides: a face's brightness is the light and the skin together. */
    [TANU_QUALITY_EXPOSURE] = {90, 170, 30, 225, 40, 215},
    [TANU_QUALITY_CONTRAST] = {25, 65, 10, 90, 12, 85},
    [TANU_QUALITY_YAW] = {-10, 10, -35, 35, -25, 25},
    [TANU_QUALITY_PITCH] = {-10, 10, -30, 30, -25, 25},
    [TANU_QUALITY_ROLL] = {-10, 10, -35, 35, -20, 20},
    /* The model takes narrow eyes and glasses for closed, so a door never refuses for it alone. */
    [TANU_QUALITY_EYES_OPEN] = {0, 1, 0, 1, 0.001F, 1},
    [TANU_QUALITY_WHOLE] = {1, 1, 0.8F, 1, 0.95F, 1},
    [TANU_QUALITY_CENTRED] = {0, 0.2F, 0, 0.9F, 0, 0.6F},
    [TANU_QUALITY_SINGLE] = {0, 0.1F, 0, 0.8F, 0, 0.5F},
};

void tanu_quality_bounds_door(tanu_quality_bounds *out)
{
	for (size_t i = 0; i < TANU_QUALITY_COUNT; i++) {
		out->min[i] = rules[i].door_min;
		out->max[i] = rules[i].door_max;
	}
}

void tanu_quality_bounds_enrol(tanu_quality_bounds *out)
{
	for (size_t i = 0; i < TANU_QUALITY_COUNT; i++) {
		out->min[i] = rules[i].enrol_min;
		out->max[i] = rules[i].enrol_max;
	}
}

/* 1 up to the ideal, one half at the bound, and as steeply on to 0: `over` is beyond the ideal. */
static float factor(float over, float span)
{
	if (over <= 0)
		return 1;
	return span > 0 ? fmaxf(0, 1 - 0.5F * over / span) : 0;
}

static void apply_bounds(tanu_quality *q, const tanu_quality_bounds *bounds)
{
	q->unified = 1;
	q->refused = 0;
	for (size_t i = 0; i < TANU_QUALITY_COUNT; i++) {
		float v = q->value[i], min = bounds->min[i], max = bounds->max[i];
		float low = fminf(fmaxf(rules[i].ideal_min, min), max);
		float high = fmaxf(fminf(rules[i].ideal_max, max), low);

		if (!(v >= min && v <= max))
			q->refused |= 1U << i;
		q->unified *= factor(low - v, low - min) * factor(v - high, max - high);
	}
}

static void measure_light(float *mean, float *deviation, const float *grey)
{
	double sum = 0, squares = 0, n = (SKIN_X1 - SKIN_X0) * (SKIN_Y1 - SKIN_Y0);

	for (int y = SKIN_Y0; y < SKIN_Y1; y++) {
		for (int x = SKIN_X0; x < SKIN_X1; x++) {
			double v = (double)grey[y * SIDE + x];

			sum += v;
			squares += v * v;
		}
	}
	*mean = (float)(sum / n);
	*deviation = (float)sqrt(fmax(0, squares / n - sum / n * (sum / n)));
}

/*
 * Energy of the Laplacian relative to the contrast, which light alone does not change, squeezed
 * into 0..1: a half where the two are equal.
 */
static float measure_sharpness(const float *grey, float deviation)
{
	double energy = 0, n = (SKIN_X1 - SKIN_X0) * (SKIN_Y1 - SKIN_Y0);
	double relative;

	for (int y = SKIN_Y0; y < SKIN_Y1; y++) {
		for (int x = SKIN_X0; x < SKIN_X1; x++) {
			const float *p = grey + y * SIDE + x;
			double l = (double)(4 * p[0] - p[-1] - p[1] - p[-SIDE] - p[SIDE]);

			energy += l * l;
		}
	}
	relative = sqrt(energy / n) / fmax((double)deviation, 1);
	return (float)(relative / (1 + relative));
}

static float area(const float box[4])
{
	return fmaxf(0, box[2] - box[0]) * fmaxf(0, box[3] - box[1]);
}

static float share_inside(const float b[4], const tanu_pixels *image)
{
	const float inside[4] = {fmaxf(b[0], 0), fmaxf(b[1], 0), fminf(b[2], (float)image->width),
				 fminf(b[3], (float)image->height)};

	return area(inside) / fmaxf(area(b), 1);
}

static float offset_from_centre(const float b[4], const tanu_pixels *image)
{
	float w = (float)image->width, h = (float)image->height;

	return hypotf((b[0] + b[2] - w) / 2, (b[1] + b[3] - h) / 2) / (hypotf(w, h) / 2);
}

/* The largest other face against this one. */
static float second_face(const tanu_faces *faces, const tanu_face *face)
{
	float second = 0;

	for (size_t i = 0; i < faces->count; i++)
		if (&faces->face[i] != face)
			second = fmaxf(second, area(faces->face[i].box));
	return fminf(1, second / fmaxf(area(face->box), 1));
}

void measure_quality(tanu_session *session, const tanu_faces *faces, tanu_face *face,
		     const tanu_pixels *image)
{
	const struct image_tensor_spec grey = {
	    .dst_w = SIDE, .dst_h = SIDE, .channels = 1, .scale = 1, .fill = 127};
	float *v = face->quality.value;
	float m[6];

	align_matrix(m, face->five, session->engine->set.of[MODEL_EMBED], SIDE);
	warp_face(session, session->aligned, &grey, image, m);
	measure_light(&v[TANU_QUALITY_EXPOSURE], &v[TANU_QUALITY_CONTRAST], session->aligned);
	v[TANU_QUALITY_SHARPNESS] = measure_sharpness(session->aligned, v[TANU_QUALITY_CONTRAST]);
	v[TANU_QUALITY_INTER_EYE] =
	    hypotf(face->five[1][0] - face->five[0][0], face->five[1][1] - face->five[0][1]);
	v[TANU_QUALITY_YAW] = face->pose[0];
	v[TANU_QUALITY_PITCH] = face->pose[1];
	v[TANU_QUALITY_ROLL] = face->pose[2];
	v[TANU_QUALITY_EYES_OPEN] = fmaxf(face->eye_open[0], face->eye_open[1]);
	v[TANU_QUALITY_WHOLE] = share_inside(face->box, image);
	v[TANU_QUALITY_CENTRED] = offset_from_centre(face->box, image);
	v[TANU_QUALITY_SINGLE] = second_face(faces, face);
	apply_bounds(&face->quality, &session->options.bounds);
}
