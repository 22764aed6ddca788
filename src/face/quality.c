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
/* With a border of one pixel, which the Laplacian looks at. */
#define SKIN_W	(SKIN_X1 - SKIN_X0 + 2)
#define SKIN_H	(SKIN_Y1 - SKIN_Y0 + 2)
#define SKIN_PX ((SKIN_W - 2) * (SKIN_H - 2))

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
    /* Dark glasses, and the shade of a cap. */
    [TANU_QUALITY_EYES_LIT] = {0.65F, 65535, 0.4F, 65535, 0.5F, 65535},
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
	double sum = 0, squares = 0, n = SKIN_PX;

	for (int y = 1; y < SKIN_H - 1; y++) {
		for (int x = 1; x < SKIN_W - 1; x++) {
			double v = (double)grey[y * SKIN_W + x];

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
	double energy = 0, n = SKIN_PX;
	double relative;

	for (int y = 1; y < SKIN_H - 1; y++) {
		for (int x = 1; x < SKIN_W - 1; x++) {
			const float *p = grey + y * SKIN_W + x;
			double l = (double)(4 * p[0] - p[-1] - p[1] - p[-SKIN_W] - p[SKIN_W]);

			energy += l * l;
		}
	}
	relative = sqrt(energy / n) / fmax((double)deviation, 1);
	return (float)(relative / (1 + relative));
}

struct patch {
	int x0, y0, x1, y1; /* px of the aligned face, within the skin */
};

static float brightness(const float *grey, struct patch p)
{
	float sum = 0;

	for (int y = p.y0 - SKIN_Y0 + 1; y < p.y1 - SKIN_Y0 + 1; y++)
		for (int x = p.x0 - SKIN_X0 + 1; x < p.x1 - SKIN_X0 + 1; x++)
			sum += grey[y * SKIN_W + x];
	return sum / (float)((p.x1 - p.x0) * (p.y1 - p.y0));
}

/*
 * The brighter eye, lids and brow bone included, against the brighter cheek: a turned head has one
 * side in the shade. A ratio, so that neither light nor skin counts; the few grey levels added keep
 * it steady in the dark.
 */
static float measure_eye_light(const float *grey)
{
	static const struct patch eyes[2] = {{26, 40, 50, 62}, {62, 40, 86, 62}};
	static const struct patch cheeks[2] = {{26, 64, 42, 82}, {70, 64, 86, 82}};
	const float black = 8;
	float eye = fmaxf(brightness(grey, eyes[0]), brightness(grey, eyes[1]));
	float cheek = fmaxf(brightness(grey, cheeks[0]), brightness(grey, cheeks[1]));

	return (eye + black) / (cheek + black);
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

/* The skin of the aligned face, grey, into session->aligned. */
static void warp_skin(tanu_session *session, const tanu_face *face, const tanu_pixels *image)
{
	const struct image_tensor_spec grey = {
	    .dst_w = SKIN_W, .dst_h = SKIN_H, .channels = 1, .scale = 1, .fill = 127};
	float m[6];

	align_matrix(m, face->five, session->engine->set.of[MODEL_EMBED], SIDE);
	m[2] += m[0] * (SKIN_X0 - 1) + m[1] * (SKIN_Y0 - 1);
	m[5] += m[3] * (SKIN_X0 - 1) + m[4] * (SKIN_Y0 - 1);
	warp_face(session, session->aligned, &grey, image, m);
}

void measure_quality(tanu_session *session, const tanu_faces *faces, tanu_face *face,
		     const tanu_pixels *image)
{
	float *v = face->quality.value;

	warp_skin(session, face, image);
	measure_light(&v[TANU_QUALITY_EXPOSURE], &v[TANU_QUALITY_CONTRAST], session->aligned);
	v[TANU_QUALITY_SHARPNESS] = measure_sharpness(session->aligned, v[TANU_QUALITY_CONTRAST]);
	v[TANU_QUALITY_INTER_EYE] =
	    hypotf(face->five[1][0] - face->five[0][0], face->five[1][1] - face->five[0][1]);
	v[TANU_QUALITY_YAW] = face->pose[0];
	v[TANU_QUALITY_PITCH] = face->pose[1];
	v[TANU_QUALITY_ROLL] = face->pose[2];
	v[TANU_QUALITY_EYES_OPEN] = fmaxf(face->eye_open[0], face->eye_open[1]);
	v[TANU_QUALITY_EYES_LIT] = measure_eye_light(session->aligned);
	v[TANU_QUALITY_WHOLE] = share_inside(face->box, image);
	v[TANU_QUALITY_CENTRED] = offset_from_centre(face->box, image);
	v[TANU_QUALITY_SINGLE] = second_face(faces, face);
	apply_bounds(&face->quality, &session->options.bounds);
}
