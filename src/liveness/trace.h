/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace.h - inside liveness/ only: what is kept of the frames of one face, numbers all of it, and
 * the parts that judge it. A part is a pure function of the trace and is tested alone.
 */
#ifndef LIVENESS_TRACE_H
#define LIVENESS_TRACE_H

#include "liveness/liveness.h"

#define ROWS 32 /* of a face, for the bands of a screen */

/* Of one frame. NAN: not measured. */
struct observation {
	int64_t at_ms;
	int32_t width, height; /* of the frame, px */
	float box[4];
	float landmarks[TANU_LANDMARKS][2];
	float pose[3];
	float eye_open[2];
	float texture;	  /* probability of a live face by one frame */
	float eyes_px;	  /* between the eyes */
	float face_light; /* mean grey of the face, 0..255 */
	float near_light; /* of what is around it */
	float rows[ROWS]; /* mean grey of the face's rows from forehead to chin / face_light */
	float moire;	  /* strongest spectral peak of the skin against its neighbours */
	float edge[4]; /* left, top, right, bottom: share of a straight edge that is there, 0..1 */
	float edge_at[4];  /* its distance from the middle of the face, in face widths */
	float pupil[2][2]; /* within its eye: 0 0 left top corner of the lids, 1 1 right bottom */
	float depth_relief_mm, infrared_ratio;
};

#define TRACE_MAX     64   /* observations kept: the last ones */
#define TRACE_SPAN_MS 6000 /* and none older than that before the last */
struct trace {
	struct observation of[TRACE_MAX];
	size_t len;
	int32_t jumps; /* times that it was begun anew because the face was another one */
	uint32_t anew; /* the same, and after gaps */
};

/* Add one; older ones go when it is full. A jump forgets what was before it. */
void trace_add(struct trace *t, const struct observation *o);
int64_t trace_span_ms(const struct trace *t);
/* Could both be one face that moved? */
bool trace_continues(const struct observation *before, const struct observation *after);

/* Pixels to numbers: fills the fields from face_light to pupil. */
void look(struct observation *o, const struct liveness_view *view);
void look_at_light(struct observation *o, const tanu_pixels *image);
void look_for_moire(struct observation *o, const tanu_pixels *image);
void look_for_edges(struct observation *o, const tanu_pixels *image);
void look_at_pupils(struct observation *o, const tanu_pixels *image);

/* The parts: each writes its evidence whole. */
void part_texture(struct liveness_evidence *out, const struct trace *t);
void part_parallax(struct liveness_evidence *out, const struct trace *t);
void part_edges(struct liveness_evidence *out, const struct trace *t);
void part_flicker(struct liveness_evidence *out, const struct trace *t);
void part_moire(struct liveness_evidence *out, const struct trace *t);
void part_eyes(struct liveness_evidence *out, const struct trace *t);
void part_pupil(struct liveness_evidence *out, const struct trace *t);
void part_depth(struct liveness_evidence *out, const struct trace *t);
void part_infrared(struct liveness_evidence *out, const struct trace *t);
void part_continuity(struct liveness_evidence *out, const struct trace *t);

/* One frame against another: what a plane explains, and what only depth does. */
struct plane_motion {
	float parallax[2]; /* in distances of the eyes: the sine of a head's turn */
	float squeeze;	   /* how much more one direction shrank than the other: 0 none */
	float perspective;
};
bool plane_and_parallax(struct plane_motion *out, const struct observation *from,
			const struct observation *to);

/* A challenge that was put: what came of it. */
struct challenge {
	enum liveness_challenge asked;
	int64_t asked_ms;
	float from[2]; /* yaw and pitch when it was asked */
	int32_t jumps; /* of the trace, likewise */
	bool answered, failed;
	int32_t put; /* how many were put */
};
void challenge_put(struct challenge *c, const struct trace *t, const struct random_source *random,
		   int64_t now_ms);
void challenge_look(struct challenge *c, const struct trace *t,
		    const struct liveness_options *options, int64_t now_ms);
void part_challenge(struct liveness_evidence *out, const struct challenge *c);

/* All parts into one: support, probability, state, reason. */
void fuse(struct liveness_result *result, const struct liveness_options *options);

#endif
