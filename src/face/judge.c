/* SPDX-License-Identifier: Apache-2.0 */
/* What small classifiers say of a face: live or not, eyes open or closed. */
#include "face/session.h"

#include <math.h>

struct image_tensor_spec tensor_spec(const struct model_manifest *manifest, float fill)
{
	return (struct image_tensor_spec){
	    .dst_w = manifest->width,
	    .dst_h = manifest->height,
	    .channels = manifest->channels,
	    .bgr = manifest->bgr,
	    .mean = manifest->mean,
	    .scale = manifest->scale,
	    .fill = fill,
	};
}

float softmax_at(const float *logits, size_t len, size_t which)
{
	float sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += expf(logits[i] - logits[which]);
	return 1 / sum;
}

/* The class the manifest asks for, on a rectangle of the image. */
static tanu_status classify(float *probability, tanu_session *s, enum model_task task,
			    const tanu_pixels *image, const float rect[4], tanu_error *err)
{
	const struct model_manifest *m = s->engine->set.of[task];
	struct image_tensor_spec spec = tensor_spec(m, 0);
	struct tensor_run *run = s->run[task];
	const float *logits;
	size_t len;
	tanu_status st;

	image_to_tensor(tensor_input(run, NULL), &spec, image, rect[0], rect[1], rect[2], rect[3]);
	if ((st = tensor_run_go(run, err)) < 0)
		return st;
	logits = tensor_output(run, 0, &len);
	*probability = softmax_at(logits, len, (size_t)m->live_class);
	return TANU_OK;
}

/* Left eye: points 36 to 41, right eye: 42 to 47; the first and the fourth are the corners. */
static void eye_rect(float rect[4], const float points[TANU_LANDMARKS][2], int first, float crop)
{
	static const int lids[] = {1, 2, 4, 5};
	const float(*eye)[2] = points + first;
	float side = crop * hypotf(eye[3][0] - eye[0][0], eye[3][1] - eye[0][1]);
	float x = 0, y = 0;

	for (size_t i = 0; i < ARRAY_LEN(lids); i++) {
		x += eye[lids[i]][0] / 4;
		y += eye[lids[i]][1] / 4;
	}
	rect[0] = x - side / 2;
	rect[1] = y - side / 2;
	rect[2] = rect[3] = side;
}

tanu_status look_at_eyes(tanu_session *session, tanu_face *face, const tanu_pixels *image,
			 tanu_error *err)
{
	float crop = session->engine->set.of[MODEL_EYE]->crop_scale;
	tanu_status st = TANU_OK;

	for (int i = 0; i < 2 && st == TANU_OK; i++) {
		float rect[4];

		eye_rect(rect, (const float(*)[2])face->landmarks, 36 + 6 * i, crop);
		st = classify(&face->eye_open[i], session, MODEL_EYE, image, rect, err);
	}
	return st;
}

/* Where a stretch of this length must begin to lie inside [0, limit]. */
static float shifted_inside(float from, float length, float limit)
{
	return fmaxf(0, fminf(from, limit - length));
}

/*
 * A square, since the model was found to lose much when the picture is squeezed; and inside the
 * image, since it judges the surroundings too and must not see made-up pixels.
 */
tanu_status judge_liveness(tanu_session *session, tanu_face *face, const tanu_pixels *image,
			   tanu_error *err)
{
	const float *b = face->box;
	float side = (b[2] - b[0]) * session->engine->set.of[MODEL_LIVENESS]->crop_scale;
	float rect[4];

	side = fminf(side, fminf((float)image->width, (float)image->height));
	rect[0] = shifted_inside((b[0] + b[2] - side) / 2, side, (float)image->width);
	rect[1] = shifted_inside((b[1] + b[3] - side) / 2, side, (float)image->height);
	rect[2] = rect[3] = side;
	return classify(&face->liveness, session, MODEL_LIVENESS, image, rect, err);
}
