/* SPDX-License-Identifier: Apache-2.0 */
/* One photograph: decoded in the sandbox, measured, and only under a permit embedded. */
#include "service/internal.h"

#include <stdio.h>

/* Hold the chosen face against the bounds; why not, in words a person can act on. */
static tanu_status face_check(struct service *s, const struct sample *sample, const char *photo,
			      struct sample_result *result, tanu_error *err)
{
	tanu_quality_bounds bounds;

	settings_bounds(&bounds, &s->settings, sample->use);
	if (tanu_quality_advice(result->advice, sizeof(result->advice), &sample->face->quality,
				&bounds) != TANU_QUALITY_COUNT)
		return tanu_fail(err, TANU_ERR_FACE_QUALITY, photo, "%s", result->advice);
	if (sample->use == SAMPLE_ENROL &&
	    sample->face->liveness < (float)settings_float(&s->settings, "enrol.liveness_min"))
		return tanu_fail(err, TANU_ERR_NOT_LIVE, photo,
				 "this looks like a picture of a picture (liveness %.2f)",
				 (double)sample->face->liveness);
	return TANU_OK;
}

static tanu_status face_take(struct service *s, struct sample *sample, const char *photo,
			     struct sample_result *result, tanu_error *err)
{
	const tanu_faces *faces = &sample->look->faces;

	if (faces->count == 0)
		return tanu_fail(err, TANU_ERR_NO_FACE, photo,
				 "no face is seen: look into the camera, with light on the face");
	sample->face = &faces->face[faces->chosen];
	result->quality = sample->face->quality.unified;
	result->liveness = sample->face->liveness;
	return face_check(s, sample, photo, result, err);
}

tanu_status sample_look(struct service *s, struct sample *out, const struct photograph *photo,
			tanu_error *err)
{
	struct service_pause pause;
	tanu_session_options options;
	tanu_image_limits limits = settings_image_limits(&s->settings);
	tanu_pixels pixels;
	tanu_status st;

	engine_options(s, &options, out->use);
	pause = service_pause(s);
	if ((st = photo_decode(&out->image, photo, &limits, err)) == TANU_OK) {
		pixels = tanu_image_pixels(out->image);
		st = s->engine->calls->look(s->engine, &out->look, &pixels, &options, err);
	}
	service_resume(s, &pause);
	return st;
}

tanu_status sample_read(struct service *s, struct sample *out, const struct photograph *photo,
			enum sample_use use, struct sample_result *result, tanu_error *err)
{
	tanu_error why = {0};
	tanu_status st;

	*result = (struct sample_result){0};
	*out = (struct sample){.use = use};
	if ((st = sample_look(s, out, photo, &why)) == TANU_OK)
		st = face_take(s, out, photo->name, result, &why);
	result->status = st;
	if (st == TANU_OK)
		return st;
	snprintf(result->advice, sizeof(result->advice), "%.*s", (int)sizeof(result->advice) - 1,
		 why.message);
	if (err)
		*err = why;
	sample_close(s, out);
	return st;
}

/* What the picture alone does not show: features of a covered face say little about whose it is. */
static tanu_status features_check(const struct service *s, const tanu_embedding *features,
				  enum sample_use use, tanu_error *err)
{
	double least = settings_float(&s->settings, use == SAMPLE_ENROL ? "quality.enrol.features"
									: "quality.door.features");

	if ((double)features->quality >= least)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_FACE_QUALITY, NULL,
			 "the face is not clear enough: nothing may cover it, and look straight "
			 "into the camera (%.3f, %.3f needed)",
			 (double)features->quality, least);
}

tanu_status sample_embed(struct service *s, tanu_embedding *out, const struct sample *sample,
			 const struct permit *permit, const tanu_id *subject, tanu_error *err)
{
	bool known = !id_is_zero(subject);
	struct service_pause pause;
	tanu_embedding features = {0};
	tanu_status st;

	if (known && (st = id_list_add(&s->embedded, subject, err)) < 0)
		return st;
	if ((st = permit_spend(s->book, permit, PERMIT_EMBED, subject, err)) < 0) {
		s->embedded.len -= known;
		return st;
	}
	s->engine->calls->count(s->engine);
	pause = service_pause(s);
	st = s->engine->calls->embed(s->engine, sample->look, &features, err);
	service_resume(s, &pause);
	if (st < 0 || (st = features_check(s, &features, sample->use, err)) < 0)
		goto out;
	*out = features;
out:
	tanu_embedding_wipe(&features);
	return st;
}

void sample_close(struct service *s, struct sample *sample)
{
	if (sample->look)
		s->engine->calls->end(s->engine, &sample->look);
	tanu_image_free(&sample->image);
	sample->face = NULL;
}
