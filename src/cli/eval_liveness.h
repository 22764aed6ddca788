/* SPDX-License-Identifier: Apache-2.0 */
/* eval_liveness.h - (inside cli/) sequences of frames whose truth is known, judged as a gate would.
 */
#ifndef CLI_EVAL_LIVENESS_H
#define CLI_EVAL_LIVENESS_H

#include "cli/eval.h"
#include "image/image.h"
#include "liveness/liveness.h"

/* Attacks that are made of live sequences, each frame of the result a new picture. */
enum simulation {
	SIMULATION_NONE = 0,
	SIMULATION_PHOTOGRAPH, /* one frame, waved before a wall */
	SIMULATION_BORDERLESS, /* the same, so large that no border is seen */
	SIMULATION_SCREEN,     /* all frames, on a screen with a rim, a grid and wandering bands */
	SIMULATIONS,
};
const char *simulation_name(enum simulation simulation);
/*
 * Frame `index` of the attack into `out` (same size); `still` is the first frame of the sequence,
 * `live` this one.
 */
void simulate(tanu_image *out, enum simulation simulation, const tanu_pixels *still,
	      const tanu_pixels *live, int index);

struct frame_file {
	const char *path; /* below its folder */
	const char *dir;
	int number; /* within its session */
	uint32_t subject, species, session;
};

struct sequence {
	size_t first, len; /* among the frames */
	uint32_t subject, species, session;
	enum simulation simulation;
	size_t without_face;
	enum liveness_state decided; /* what a gate would have acted on: the first LIVE or ATTACK */
	enum liveness_part reason;
	int64_t decided_ms;	     /* after the first frame */
	struct liveness_result last; /* with all frames seen */
	int64_t cpu_ns;		     /* of the judge, without the face engine */
};

struct liveness_eval {
	struct frame_file *frame;
	size_t frames, frames_cap;
	struct sequence *sequence;
	size_t sequences, sequences_cap;
	struct name_list paths[2]; /* live, attacks */
	struct name_list species, subjects, sessions;
	double rate; /* frames a second, of their numbers */
	size_t cut;  /* frames of a sequence; 0: the whole session */
	long field;  /* of the name that tells the kind of attack; 0: the folder tells it */
};

/* Tables and JSON members. */
void tell_decisions(struct report *r, const struct liveness_eval *e);
void tell_parts(struct report *r, const struct liveness_eval *e);
tanu_status tell_left_out(struct report *r, const struct liveness_eval *e, tanu_error *err);

#endif
