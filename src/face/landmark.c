/* SPDX-License-Identifier: Apache-2.0 */
/* The 68 points, and the five that alignment uses. */
#include "face/session.h"

#define GREY 127.0F

/* The mean of some points. */
static void mean_of(float out[2], const float points[TANU_LANDMARKS][2], const int *index, int len)
{
	out[0] = out[1] = 0;
	for (int i = 0; i < len; i++) {
		out[0] += points[index[i]][0] / (float)len;
		out[1] += points[index[i]][1] / (float)len;
	}
}

/* Eyes by their lids, since the corners are the least certain; the nose by its tip. */
static void find_five(float five[5][2], const float points[TANU_LANDMARKS][2])
{
	static const struct {
		int len, index[4];
	} of[5] = {
	    {4, {37, 38, 40, 41}}, {4, {43, 44, 46, 47}}, {1, {30}}, {2, {48, 60}}, {2, {54, 64}},
	};

	for (int i = 0; i < 5; i++)
		mean_of(five[i], points, of[i].index, of[i].len);
}

tanu_status find_landmarks(tanu_session *session, tanu_face *face, const tanu_pixels *image,
			   tanu_error *err)
{
	const struct model_manifest *m = session->engine->set.of[MODEL_LANDMARK];
	struct tensor_run *run = session->run[MODEL_LANDMARK];
	struct image_tensor_spec spec = tensor_spec(m, GREY);
	float w = (face->box[2] - face->box[0]) * m->crop_scale;
	float h = (face->box[3] - face->box[1]) * m->crop_scale;
	float x = (face->box[0] + face->box[2] - w) / 2;
	float y = (face->box[1] + face->box[3] - h) / 2;
	const float *points;
	tanu_status st;

	image_to_tensor(tensor_input(run, NULL), &spec, image, x, y, w, h);
	if ((st = tensor_run_go(run, err)) < 0)
		return st;
	points = tensor_output(run, 0, NULL);
	for (int i = 0; i < TANU_LANDMARKS; i++) {
		face->landmarks[i][0] = x + points[2 * i] * w;
		face->landmarks[i][1] = y + points[2 * i + 1] * h;
	}
	find_five(face->five, (const float(*)[2])face->landmarks);
	return TANU_OK;
}
