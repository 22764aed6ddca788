/* SPDX-License-Identifier: Apache-2.0 */
/* One frame measured, so that whoever takes photographs is told what to do. No features. */
#include "service/internal.h"

#include <stdio.h>

static void box_shares(float out[4], const tanu_face *face, const tanu_pixels *pixels)
{
	for (int i = 0; i < 4; i++)
		out[i] = face->box[i] / (float)(i % 2 ? pixels->height : pixels->width);
}

static void judge(struct service *s, struct frame_view *out, const tanu_face *face,
		  enum sample_use use)
{
	tanu_quality_bounds bounds;

	settings_bounds(&bounds, &s->settings, use);
	out->measure =
	    tanu_quality_advice(out->advice, sizeof(out->advice), &face->quality, &bounds);
	if (out->measure != TANU_QUALITY_COUNT) {
		out->code = TANU_ERR_FACE_QUALITY;
		out->high = face->quality.value[out->measure] > bounds.max[out->measure];
	} else if (use == SAMPLE_ENROL &&
		   face->liveness < (float)settings_float(&s->settings, "enrol.liveness_min")) {
		out->code = TANU_ERR_NOT_LIVE;
		snprintf(out->advice, sizeof(out->advice),
			 "this looks like a picture of a picture: show the face itself");
	}
	out->usable = out->code == TANU_ERR_NONE;
}

static tanu_status look(struct service *s, struct frame_view *out, const tanu_image *image,
			enum sample_use use, tanu_faces *faces, tanu_error *err)
{
	tanu_pixels pixels = tanu_image_pixels(image);
	const tanu_face *face;
	tanu_status st = tanu_analyse(s->session[use], faces, &pixels, err);

	if (st < 0)
		return st;
	out->faces = faces->count;
	if (faces->count == 0) {
		out->code = TANU_ERR_NO_FACE;
		snprintf(out->advice, sizeof(out->advice),
			 "no face is seen: look into the camera, with light on the face");
		return TANU_OK;
	}
	face = &faces->face[faces->chosen];
	out->quality = face->quality.unified;
	out->liveness = face->liveness;
	box_shares(out->box, face, &pixels);
	judge(s, out, face, use);
	return TANU_OK;
}

tanu_status service_frame_look(struct service *s, struct frame_view *out,
			       const struct photograph *photo, bool enrol, tanu_error *err)
{
	enum sample_use use = enrol ? SAMPLE_ENROL : SAMPLE_DOOR;
	tanu_image *image = NULL;
	tanu_faces faces;
	tanu_status st;

	*out = (struct frame_view){.measure = TANU_QUALITY_COUNT};
	if ((st = engine_ready(s, use, err)) < 0 || (st = photo_decode(s, &image, photo, err)) < 0)
		return st;
	st = look(s, out, image, use, &faces, err);
	tanu_image_free(&image);
	mem_wipe(&faces, sizeof(faces));
	return st;
}
