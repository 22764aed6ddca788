/* SPDX-License-Identifier: Apache-2.0 */
/* One thread's way from pixels to measured faces, and to features. */
#include "face/session.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MIN_FACE_PX   40
#define DETECTION_MIN 0.6F

static bool bounds_empty(const tanu_quality_bounds *b)
{
	for (size_t i = 0; i < TANU_QUALITY_COUNT; i++)
		if (b->min[i] != 0 || b->max[i] != 0)
			return false;
	return true;
}

static tanu_status take_options(tanu_session_options *out, const tanu_session_options *in,
				tanu_error *err)
{
	tanu_session_options o = in ? *in : (tanu_session_options){0};

	if (o.min_face_px == 0)
		o.min_face_px = MIN_FACE_PX;
	if (o.detection_min == 0)
		o.detection_min = DETECTION_MIN;
	if (o.measure_max == 0 && !o.boxes_only)
		o.measure_max = 1;
	if (o.boxes_only)
		o.measure_max = 0;
	if (bounds_empty(&o.bounds))
		tanu_quality_bounds_door(&o.bounds);
	if (o.min_face_px < 16 || o.min_face_px > 4096)
		return tanu_fail(err, TANU_ERR_SETTING, "min_face_px", "16 to 4096 px");
	if (!(o.detection_min >= 0.1F && o.detection_min <= 0.99F))
		return tanu_fail(err, TANU_ERR_SETTING, "detection_min", "0.1 to 0.99");
	for (size_t i = 0; i < TANU_QUALITY_COUNT; i++)
		if (!(o.bounds.min[i] <= o.bounds.max[i]))
			return tanu_fail(err, TANU_ERR_SETTING,
					 tanu_quality_name((tanu_quality_measure)i),
					 "the lower bound is above the upper one");
	*out = o;
	return TANU_OK;
}

static tanu_status take_scratch(tanu_session *s, tanu_error *err)
{
	size_t len;

	tensor_input(s->run[MODEL_EMBED], &len);
	s->scratch_len = len > ARRAY_LEN(s->aligned) ? len : ARRAY_LEN(s->aligned);
	s->scratch = calloc(s->scratch_len, sizeof(*s->scratch));
	if (!s->scratch)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "session", "not enough memory");
	return TANU_OK;
}

tanu_status tanu_session_open(tanu_session **out, tanu_engine *engine,
			      const tanu_session_options *options, tanu_error *err)
{
	tanu_session *s;
	tanu_status st;

	if (!out || !engine)
		return BAD_CALL(err, "an engine and a place for the session are needed");
	s = calloc(1, sizeof(*s));
	if (!s)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "session", "not enough memory");
	s->engine = engine;
	st = take_options(&s->options, options, err);
	for (size_t i = 0; i < MODEL_TASK_COUNT && st == TANU_OK; i++)
		if (engine->model[i] && (i == MODEL_DETECT || !s->options.boxes_only))
			st = tensor_run_open(&s->run[i], engine->model[i], err);
	if (st == TANU_OK && !s->options.boxes_only)
		st = take_scratch(s, err);
	if (st < 0) {
		tanu_session_close(&s);
		return st;
	}
	*out = s;
	return TANU_OK;
}

void tanu_session_close(tanu_session **session)
{
	tanu_session *s = session ? *session : NULL;

	if (!s)
		return;
	for (size_t i = 0; i < MODEL_TASK_COUNT; i++)
		tensor_run_close(&s->run[i]);
	if (s->scratch)
		mem_wipe(s->scratch, s->scratch_len * sizeof(*s->scratch));
	free(s->scratch);
	mem_wipe(s, sizeof(*s));
	free(s);
	*session = NULL;
}

void session_inference_ns(const tanu_session *session, int64_t ns[MODEL_TASK_COUNT])
{
	for (size_t i = 0; i < MODEL_TASK_COUNT; i++)
		ns[i] = session->run[i] ? tensor_run_ns(session->run[i]) : 0;
}

static bool pixels_ok(const tanu_pixels *p)
{
	return p && p->rgb && p->width > 0 && p->height > 0 && p->width < 65536 &&
	       p->height < 65536 && p->stride >= (ptrdiff_t)3 * p->width;
}

static tanu_status measure_face(tanu_session *s, tanu_face *face, const tanu_pixels *image,
				tanu_error *err)
{
	tanu_status st;

	if ((st = find_landmarks(s, face, image, err)) < 0 ||
	    (st = look_at_eyes(s, face, image, err)) < 0 ||
	    (st = judge_liveness(s, face, image, err)) < 0)
		return st;
	pose_from_landmarks(face->pose, face->landmarks);
	measure_quality(s, &s->faces, face, image);
	face->measured = true;
	return TANU_OK;
}

/* The chosen face first, then the others by size, as far as measure_max goes. */
static tanu_status measure_faces(tanu_session *s, const tanu_pixels *image, tanu_error *err)
{
	tanu_faces *f = &s->faces;
	size_t left = s->options.measure_max;
	tanu_status st = TANU_OK;

	if (f->count && left > 0)
		st = measure_face(s, &f->face[f->chosen], image, err);
	for (size_t i = 0; i < f->count && left > 1 && st == TANU_OK; i++) {
		if (i == f->chosen)
			continue;
		st = measure_face(s, &f->face[i], image, err);
		left--;
	}
	return st;
}

tanu_status tanu_analyse(tanu_session *session, tanu_faces *out, const tanu_pixels *image,
			 tanu_error *err)
{
	tanu_faces *f;
	tanu_status st;

	if (!session || !out || !pixels_ok(image))
		return BAD_CALL(err,
				"a session, a place for the faces and whole pixels are needed");
	f = &session->faces;
	memset(f, 0, sizeof(*f));
	if ((st = detect_faces(session, image, err)) < 0)
		return st;
	while (f->count < session->found_len && f->count < TANU_FACES_MAX) {
		const struct detection *d = &session->found[f->count];
		tanu_face *face = &f->face[f->count++];

		memcpy(face->box, d->box, sizeof(face->box));
		face->detection = d->score;
	}
	f->choice = choose_face(&f->chosen, f->face, f->count, image, session->options.central);
	if ((st = measure_faces(session, image, err)) < 0)
		return st;
	atomic_fetch_add(&session->engine->analysed, 1);
	atomic_fetch_add(&session->engine->faces, f->count);
	*out = *f;
	return TANU_OK;
}

static bool five_usable(const tanu_face *face)
{
	for (size_t i = 0; i < 5; i++)
		if (!isfinite(face->five[i][0]) || !isfinite(face->five[i][1]))
			return false;
	return hypotf(face->five[1][0] - face->five[0][0], face->five[1][1] - face->five[0][1]) >=
	       1;
}

/* Unit length; the rest of the embedding stays zero when the model gives fewer features. */
static tanu_status normalise(tanu_embedding *out, float *norm, const float *v, size_t len,
			     tanu_error *err)
{
	double sum = 0;
	float inverse;

	for (size_t i = 0; i < len; i++)
		sum += (double)v[i] * v[i];
	if (!(sum > 1e-12))
		return tanu_fail(err, TANU_ERR_INFERENCE, "features", "the features are all zero");
	inverse = (float)(1 / sqrt(sum));
	for (size_t i = 0; i < len; i++)
		out->v[i] = v[i] * inverse;
	*norm = (float)sqrt(sum);
	return TANU_OK;
}

tanu_status tanu_embed(tanu_session *session, tanu_embedding *out, const tanu_pixels *image,
		       const tanu_face *face, tanu_error *err)
{
	const struct model_manifest *manifest;
	struct image_tensor_spec spec;
	struct tensor_run *run;
	tanu_embedding e = {0};
	const float *features;
	float m[6], norm = 0;
	size_t len;
	tanu_status st;

	if (!session || !out || !pixels_ok(image) || !face || !face->measured || !five_usable(face))
		return BAD_CALL(err, "a measured face and the pixels it was found in are needed");
	run = session->run[MODEL_EMBED];
	manifest = session->engine->set.of[MODEL_EMBED];
	spec = tensor_spec(manifest, manifest->mean);
	align_matrix(m, face->five, manifest, manifest->width);
	warp_face(session, tensor_input(run, NULL), &spec, image, m);
	/* Counted when it begins: a permit was spent for it, whatever comes of it. */
	atomic_fetch_add(&session->engine->embeddings, 1);
	if ((st = tensor_run_go(run, err)) < 0)
		goto out;
	features = tensor_output(run, 0, &len);
	if ((st = normalise(&e, &norm, features, len, err)) < 0)
		goto out;
	utility_terms(session->terms, face, norm, manifest);
	e.quality = utility_of(session->terms);
	memcpy(e.model, manifest->sha256, sizeof(e.model));
	*out = e;
out:
	tensor_run_wipe(run);
	tanu_embedding_wipe(&e);
	return st;
}

tanu_status tanu_align(tanu_session *session, uint8_t *rgb, size_t rgb_len,
		       const tanu_pixels *image, const tanu_face *face, tanu_error *err)
{
	const struct image_tensor_spec spec = {
	    .dst_w = TANU_FACE_SIDE, .dst_h = TANU_FACE_SIDE, .channels = 3, .scale = 1};
	const size_t plane = (size_t)TANU_FACE_SIDE * TANU_FACE_SIDE;
	float m[6];

	if (!session || !rgb || rgb_len < (size_t)TANU_FACE_SIDE * TANU_FACE_SIDE * 3 ||
	    !pixels_ok(image) || !face || !face->measured || !five_usable(face))
		return BAD_CALL(err,
				"a measured face, its pixels and 112 * 112 * 3 bytes are needed");
	align_matrix(m, face->five, session->engine->set.of[MODEL_EMBED], TANU_FACE_SIDE);
	warp_face(session, session->aligned, &spec, image, m);
	for (size_t i = 0; i < 3 * plane; i++)
		rgb[i] = (uint8_t)(session->aligned[i % 3 * plane + i / 3] + 0.5F);
	return TANU_OK;
}
