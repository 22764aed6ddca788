/* SPDX-License-Identifier: Apache-2.0 */
/* One frame measured, so that whoever takes photographs is told what to do. No features. */
#include "service/internal.h"

#include "sight/sight.h"

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

static void tell(struct service *s, struct frame_view *out, const tanu_faces *faces,
		 const tanu_pixels *pixels, enum sample_use use)
{
	const tanu_face *face;

	out->faces = faces->count;
	if (faces->count == 0) {
		out->code = TANU_ERR_NO_FACE;
		snprintf(out->advice, sizeof(out->advice),
			 "no face is seen: look into the camera, with light on the face");
		return;
	}
	face = &faces->face[faces->chosen];
	out->quality = face->quality.unified;
	out->liveness = face->liveness;
	box_shares(out->box, face, pixels);
	judge(s, out, face, use);
}

/* Judged with those before it: is it still the same face, and does it live? */
static tanu_status watch(struct frame_view *out, const struct frame_ask *ask,
			 const tanu_faces *faces, const tanu_pixels *pixels, tanu_error *err)
{
	const tanu_face *face = NULL;
	tanu_status st = sight_frame(ask->sight, &face, pixels, faces, ask->at_ms, err);

	if (st < 0)
		return st;
	out->watched = true;
	out->begun = ask->sight->begun;
	out->number = ask->sight->frames;
	out->first = ask->sight->first;
	sight_judge(ask->sight, &out->live, ask->at_ms);
	/* The one who is judged is the one who would be compared, or it is no frame of hers. */
	if (face != &faces->face[faces->chosen])
		face = NULL;
	if (out->usable && (!face || out->live.state == LIVENESS_ATTACK)) {
		out->usable = false;
		out->code = face ? TANU_ERR_NOT_LIVE : TANU_ERR_NO_FACE;
		snprintf(out->advice, sizeof(out->advice), "%s",
			 face ? "this does not look like a live face"
			      : "look into the camera for a moment");
	}
	return TANU_OK;
}

tanu_status service_frame_look(struct service *s, struct frame_view *out,
			       const struct frame_ask *ask, tanu_error *err)
{
	struct sample sample = {.use = ask->enrol ? SAMPLE_ENROL : SAMPLE_DOOR};
	tanu_pixels pixels;
	tanu_status st;

	*out = (struct frame_view){.measure = TANU_QUALITY_COUNT};
	if ((st = engine_ready(s, err)) == TANU_OK &&
	    (st = sample_look(s, &sample, ask->photo, err)) == TANU_OK) {
		pixels = tanu_image_pixels(sample.image);
		tell(s, out, &sample.look->faces, &pixels, sample.use);
		if (ask->sight && pad_is_sequence(s))
			st = watch(out, ask, &sample.look->faces, &pixels, err);
	}
	sample_close(s, &sample);
	return st;
}
