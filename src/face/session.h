/* SPDX-License-Identifier: Apache-2.0 */
/* session.h - inside face/ only: the engine, a thread's session, and the steps a face goes through.
 */
#ifndef FACE_SESSION_H
#define FACE_SESSION_H

#include "face/face.h"
#include "face/head.h"

#include <stdatomic.h>

struct tanu_engine {
	struct tensor_runtime *runtime;
	struct model_set set;
	struct tensor_model *model[MODEL_TASK_COUNT];
	atomic_uint_fast64_t analysed, faces, embeddings;
};

/* What the detector said, before it is a face. */
struct detection {
	float box[4]; /* px of the image */
	float score;
};

#define DETECTIONS_MAX 4096
#define UTILITY_TERMS  9

struct tanu_session {
	tanu_engine *engine;
	tanu_session_options options;
	struct tensor_run *run[MODEL_TASK_COUNT];
	struct detection found[DETECTIONS_MAX];
	size_t found_len;
	float aligned[TANU_FACE_SIDE * TANU_FACE_SIDE * 3]; /* for quality (grey) and reports */
	float *scratch; /* one warp of the largest aligned face: the embedder's or `aligned` */
	size_t scratch_len;
	float terms[UTILITY_TERMS]; /* of the last features */
	tanu_faces faces;	    /* built here, so that the caller's changes only on success */
};

/*
 * Faces of the image into session->found, without duplicates, largest first, none smaller than
 * options.min_face_px.
 */
tanu_status detect_faces(tanu_session *session, const tanu_pixels *image, tanu_error *err);

/* Which of `count` faces, largest first, is meant; `central`: see tanu_session_options. */
tanu_choice choose_face(size_t *chosen, const tanu_face *face, size_t count,
			const tanu_pixels *image, bool central);

/* The steps on one face: each fills its fields from those before it. */
tanu_status find_landmarks(tanu_session *session, tanu_face *face, const tanu_pixels *image,
			   tanu_error *err); /* landmarks, five */
void pose_from_landmarks(float pose[3], const float landmarks[TANU_LANDMARKS][2]);
tanu_status look_at_eyes(tanu_session *session, tanu_face *face, const tanu_pixels *image,
			 tanu_error *err); /* eye_open */
tanu_status judge_liveness(tanu_session *session, tanu_face *face, const tanu_pixels *image,
			   tanu_error *err); /* liveness */
void measure_quality(tanu_session *session, const tanu_faces *faces, tanu_face *face,
		     const tanu_pixels *image); /* quality */

/* What predicts how well features will compare, and the prediction, 0..1; see utility.c. */
void utility_terms(float terms[UTILITY_TERMS], const tanu_face *face, float norm,
		   const struct model_manifest *embedder);
float utility_of(const float terms[UTILITY_TERMS]);

/*
 * The matrix that maps pixels of the aligned input (width px wide) to the image, as image_warp
 * wants it: the least-squares similarity of the five points to the embedder's template.
 */
void align_matrix(float m[6], const float five[5][2], const struct model_manifest *embedder,
		  int32_t width);

/*
 * image_warp_to_tensor for faces of any size: where the face shrinks, the mean of several warps a
 * fraction of a pixel apart, so that a large photograph's grain and edges do not alias.
 */
void warp_face(tanu_session *session, float *out, const struct image_tensor_spec *spec,
	       const tanu_pixels *image, const float m[6]);

struct image_tensor_spec tensor_spec(const struct model_manifest *manifest, float fill);
/* Probability of class `which` among logits. */
float softmax_at(const float *logits, size_t len, size_t which);

#endif
