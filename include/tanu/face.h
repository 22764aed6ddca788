/* SPDX-License-Identifier: Apache-2.0 */
/*
 * face.h - find a face, measure its quality and liveness; and, as a separate call, its features.
 *
 * An engine holds the models: loaded once, checked against their manifests, shared by threads. A
 * session is one thread's workspace; after its first frame our code allocates nothing. Detection,
 * landmarks, quality and liveness are one call and work on boxes and landmarks only. Features are
 * computed by another call, so that a program can hold it back until somebody has claimed an
 * identity and consented. The library cannot refuse what its caller insists on; it counts.
 *
 * Coordinates: pixels of the input image, origin at the top left corner, x to the right, y down.
 * "left" and "right" are the viewer's.
 */
#ifndef TANU_FACE_H
#define TANU_FACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tanu/error.h>
#include <tanu/image.h>
#include <tanu/match.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TANU_FACES_MAX 32  /* faces kept per image, largest first */
#define TANU_LANDMARKS 68  /* the 68 points of iBUG 300-W, in its order */
#define TANU_FACE_SIDE 112 /* side of the aligned face, px */

typedef struct tanu_engine tanu_engine;
typedef struct tanu_session tanu_session;

/* Measures after ISO/IEC 29794-5; X(NAME, "word", unit). Bounds are in tanu_quality_bounds. */
#define TANU_QUALITY_LIST(X)                                                           \
	X(INTER_EYE, "inter-eye", "px")                                                \
	X(SHARPNESS, "sharpness", "0..1")                                              \
	X(EXPOSURE, "exposure", "mean grey 0..255")                                    \
	X(CONTRAST, "contrast", "grey, standard deviation")                            \
	X(YAW, "yaw", "degrees")                                                       \
	X(PITCH, "pitch", "degrees")                                                   \
	X(ROLL, "roll", "degrees")                                                     \
	X(EYES_OPEN, "eyes-open", "probability, the more open eye")                    \
	X(EYES_LIT, "eyes-lit", "brightness of the eyes / of the cheeks")              \
	X(WHOLE, "whole", "share of the face inside the image, 0..1")                  \
	X(CENTRED, "centred", "offset of the face centre / image half-diagonal, 0..1") \
	X(SINGLE, "single", "second face's area / chosen face's, 0..1")

typedef enum tanu_quality_measure {
#define X(name, word, unit) TANU_QUALITY_##name,
	TANU_QUALITY_LIST(X)
#undef X
	    TANU_QUALITY_COUNT
} tanu_quality_measure;

/* Inclusive bounds of each measure; a value outside refuses the face. */
typedef struct tanu_quality_bounds {
	float min[TANU_QUALITY_COUNT];
	float max[TANU_QUALITY_COUNT];
} tanu_quality_bounds;

typedef struct tanu_quality {
	float value[TANU_QUALITY_COUNT];
	float unified;	  /* 0..1: product over measures: 1 at its ideal, 0.5 at its bound, to 0 */
	uint32_t refused; /* bit i set: measure i is out of its bounds */
} tanu_quality;

/* Why this face was chosen among several. */
typedef enum tanu_choice {
	TANU_CHOICE_NONE = 0,	 /* no face */
	TANU_CHOICE_ONLY = 1,	 /* the only one */
	TANU_CHOICE_LARGEST = 2, /* clearly the largest */
	TANU_CHOICE_CENTRAL = 3, /* nearest to the centre: of similar size, or as options asked */
} tanu_choice;

typedef struct tanu_face {
	float box[4];			    /* x1 y1 x2 y2, px; may reach outside the image */
	float detection;		    /* detector's probability, 0..1 */
	float landmarks[TANU_LANDMARKS][2]; /* px */
	float five[5][2];  /* left eye, right eye, nose, left and right mouth corner, px */
	float pose[3];	   /* degrees: yaw to the viewer's right, pitch up, roll clockwise */
	float eye_open[2]; /* probability, left and right eye */
	float liveness;	   /* probability that one frame shows a live face; "pad: frame" */
	tanu_quality quality;
	bool measured; /* false: only box and detection are filled (beyond `measure_max`) */
} tanu_face;

typedef struct tanu_faces {
	size_t count;
	size_t chosen; /* index, meaningful when count > 0 */
	tanu_choice choice;
	tanu_face face[TANU_FACES_MAX];
} tanu_faces;

typedef struct tanu_session_options {
	int32_t min_face_px; /* smallest face looked for, box height [40] */
	float detection_min; /* detector probability [0.6] */
	size_t measure_max;  /* faces measured fully, the chosen first [1] */
	bool central; /* of several the one nearest to the centre, whatever their sizes: for sets
			 of photographs that are cut so, such as LFW [false] */
	bool
	    boxes_only; /* find faces and no more: none is measured, and no features come of them */
	tanu_quality_bounds bounds; /* all zero: tanu_quality_bounds_door */
} tanu_session_options;

/* How much the engine was used, since it was opened. */
typedef struct tanu_engine_counters {
	uint64_t analysed;   /* images looked at */
	uint64_t faces;	     /* faces found */
	uint64_t embeddings; /* computations of features begun, failed ones too */
} tanu_engine_counters;

/*
 * Load all models of `models_dir` (NULL: $TANU_MODELS, then beside the program, then the installed
 * place) and check each digest. Plan for: TANU_NOT_FOUND (model-missing), TANU_DAMAGED
 * (model-digest), TANU_UNSUPPORTED (no ONNX Runtime). Thread-safe once open.
 */
TANU_API tanu_status tanu_engine_open(tanu_engine **out, const char *models_dir, tanu_error *err);
TANU_API void tanu_engine_close(tanu_engine **engine);
TANU_API tanu_engine_counters tanu_engine_count(const tanu_engine *engine);
TANU_API const uint8_t *tanu_engine_digest(const tanu_engine *engine); /* 32 bytes, the embedder */
TANU_API const tanu_calibration *tanu_engine_calibration(const tanu_engine *engine);

/* One thread's workspace. `options` may be NULL. The engine must outlive it. */
TANU_API tanu_status tanu_session_open(tanu_session **out, tanu_engine *engine,
				       const tanu_session_options *options, tanu_error *err);
TANU_API void tanu_session_close(tanu_session **session); /* wipes */

/* Bounds for a door, and the stricter ones for enrolment. */
TANU_API void tanu_quality_bounds_door(tanu_quality_bounds *out);
TANU_API void tanu_quality_bounds_enrol(tanu_quality_bounds *out);

/*
 * Detect, choose, and measure: boxes, landmarks, pose, eyes, quality, liveness. No features. No
 * face is TANU_OK with count 0. `*out` is about 25 kB; it is written whole.
 */
TANU_API tanu_status tanu_analyse(tanu_session *session, tanu_faces *out, const tanu_pixels *image,
				  tanu_error *err);

/*
 * Features of one face of this image. `face` must come from tanu_analyse of the same pixels and be
 * measured. Counted. `out->quality` predicts how well they will compare, from what tanu_analyse
 * measured and from the features themselves, so that it falls for a covered face too: 0.05 is worse
 * than 19 of 20 photographs of the set that it was fitted on, 0.5 than half of them.
 */
TANU_API tanu_status tanu_embed(tanu_session *session, tanu_embedding *out,
				const tanu_pixels *image, const tanu_face *face, tanu_error *err);

/* The aligned face as the embedder sees it: `rgb` takes 112 * 112 * 3 bytes. For reports. */
TANU_API tanu_status tanu_align(tanu_session *session, uint8_t *rgb, size_t rgb_len,
				const tanu_pixels *image, const tanu_face *face, tanu_error *err);

/*
 * The first refusal of a face in words a person can act on ("move closer: 38 px between the eyes,
 * 60 needed"), into `text`. Returns the measure, or TANU_QUALITY_COUNT and "" if nothing refuses.
 */
TANU_API tanu_quality_measure tanu_quality_advice(char *text, size_t text_len,
						  const tanu_quality *quality,
						  const tanu_quality_bounds *bounds);

TANU_API const char *tanu_quality_name(tanu_quality_measure measure);
TANU_API const char *tanu_quality_unit(tanu_quality_measure measure);
TANU_API const char *tanu_choice_name(tanu_choice choice);

#ifdef __cplusplus
}
#endif
#endif
