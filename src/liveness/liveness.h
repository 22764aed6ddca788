/* SPDX-License-Identifier: Apache-2.0 */
/*
 * liveness.h - is this sequence of frames a live face, or a picture, screen or mask held up?
 * Evidence over frames, part by part, fused so that a clear attack in any part denies. Numbers
 * only: nothing here keeps a frame, and no features are computed.
 *
 * A judge is a table of calls, so that the gate's flow can be tried with evidence that a test
 * hands in (synthetic.h, which release builds do not contain).
 *
 * It holds up photographs, cheap screens and the like. A good mask, or somebody who can put
 * pictures into the camera's cable, is beyond it: docs/threat-model.md.
 */
#ifndef LIVENESS_LIVENESS_H
#define LIVENESS_LIVENESS_H

#include "base/base.h"

#include <tanu/face.h>

/* X(NAME, "word", "what an attack in this part is called in a log") */
#define LIVENESS_PART_LIST(X)                                             \
	X(TEXTURE, "texture", "its surface is that of paper or a screen") \
	X(PARALLAX, "parallax", "it moves as a plane")                    \
	X(EDGES, "edges", "a rectangle stands around it")                 \
	X(FLICKER, "flicker", "its light beats like a screen")            \
	X(MOIRE, "moire", "it has the grid of a screen or print")         \
	X(EYES, "eyes", "eyes that do what eyes do not")                  \
	X(PUPIL, "pupil", "pupils that do not move")                      \
	X(CHALLENGE, "challenge", "it did not turn as asked")             \
	X(DEPTH, "depth", "it is flat")                                   \
	X(INFRARED, "infrared", "it is not skin in infrared")             \
	X(CONTINUITY, "continuity", "it was swapped or jumped between two frames")

enum liveness_part {
#define X(name, word, attack) LIVENESS_##name,
	LIVENESS_PART_LIST(X)
#undef X
	    LIVENESS_PARTS
};

const char *liveness_part_word(enum liveness_part part);
const char *liveness_part_attack(enum liveness_part part);

/* The same four as enum rules_live, for the rules. */
enum liveness_state {
	LIVENESS_UNKNOWN = 0, /* too little seen yet: go on */
	LIVENESS_ATTACK,      /* `reason` is clear: deny */
	LIVENESS_THIN,	      /* neither: ask for `challenge`, or another factor */
	LIVENESS_LIVE,
};

const char *liveness_state_word(enum liveness_state state);

/* What the person is asked to do. X(NAME, "word") */
#define LIVENESS_CHALLENGE_LIST(X) \
	X(NOTHING, "nothing") X(LEFT, "left") X(RIGHT, "right") X(UP, "up")

/* Left and right are the person's own. */
enum liveness_challenge {
#define X(name, word) LIVENESS_TURN_##name,
	LIVENESS_CHALLENGE_LIST(X)
#undef X
	    LIVENESS_CHALLENGES
};

const char *liveness_challenge_word(enum liveness_challenge challenge);

/* What one part says. */
struct liveness_evidence {
	bool present;  /* it had enough to say anything */
	bool attack;   /* clear: it denies alone */
	float value;   /* its measure, in its own unit */
	float support; /* log-odds for a live face, 0 when it says nothing */
};

/* A result; numbers only, fit for a log. */
struct liveness_result {
	enum liveness_state state;
	enum liveness_part reason; /* of an attack: which part; otherwise the weakest, or missing */
	float support;		   /* sum of all parts: log-odds */
	float probability;	   /* that the face is live */
	bool sequence;		   /* `pad: sequence`; false: `pad: none` */
	bool synthetic;		   /* a test handed it in: a gate must not open a real door */
	bool lacking;		   /* a part that must speak is silent: thin, waiver or not */
	bool eyes_waived;	   /* what eyes give was left out: another factor is due */
	enum liveness_challenge challenge; /* asked last */
	bool challenge_open;		   /* it is waiting to be answered */
	int32_t frames;
	int32_t span_ms; /* from first to last frame */
	struct liveness_evidence part[LIVENESS_PARTS];
};

/*
 * The numbers of a result as one line for a log: "attack by infrared: 12 frames, 940 ms, support
 * -1.3; texture 0.93 +1.8, infrared 0.00 -2.0"; of each part its measure and its support.
 */
#define LIVENESS_TEXT_LEN 384
void liveness_text(char out[LIVENESS_TEXT_LEN], const struct liveness_result *result);

/* What cameras with a second eye may add; NAN: not there. */
struct liveness_extra {
	float depth_relief_mm; /* nose against the plane of eyes and mouth, nearer is positive */
	float infrared_ratio;  /* brightness of the face in infrared / of what is around it; 0:
				* there is no face where the other camera sees one */
};

/*
 * infrared_ratio of the face at `box` (x1 y1 x2 y2, px of this picture). What is around it is the
 * rest of the picture, taken for 8 at least and 100 at most: a window behind her says nothing about
 * her. NAN: face and picture are dark (its lamp is off), or the face fills it.
 */
float liveness_infrared(const tanu_pixels *infrared, const float box[4]);

/*
 * depth_relief_mm of a face by a picture of distances: the first byte of a pixel is the high one,
 * the second the low one, 0: not known; `unit_mm` of one step. `five`: the points of tanu_face, px
 * of this picture. NAN: one of them is not known, or what stands there is no face's shape.
 */
float liveness_relief(const tanu_pixels *depth, float unit_mm, const float five[5][2]);

/* One frame of the face that is judged. */
struct liveness_view {
	const tanu_pixels *image;
	const tanu_face *face;		    /* measured, from tanu_analyse of this image */
	const struct liveness_extra *extra; /* may be NULL */
	int64_t at_ms;			    /* of one monotonic clock; of a file its own time */
};

/* Zero means the default in brackets. */
struct liveness_options {
	bool waive_eyes; /* this person's eyes can't give evidence: EYES and PUPIL are left out */
	int32_t frames_min;    /* judged from so many frames on [8] */
	int32_t span_min_ms;   /* that span at least so long [350] */
	int32_t settle_ms;     /* thin evidence asks for a challenge after so long [700] */
	int32_t challenge_ms;  /* to be answered within [4000] */
	bool challenge_off;    /* never ask: thin evidence stays thin */
	bool challenge_always; /* nothing is LIVE without an answered one: highest care */
	uint32_t need;	       /* bit i: nothing is LIVE while part i has nothing to say [0] */
};

struct liveness_ops {
	const char *kind; /* "evidence", "synthetic, for tests only" */
	/* A new face, or the same one again: forget everything. */
	void (*begin)(void *self, const struct liveness_options *options, int64_t at_ms);
	tanu_status (*observe)(void *self, const struct liveness_view *view, tanu_error *err);
	void (*judge)(void *self, struct liveness_result *out, int64_t now_ms);
	/* How often since `begin` what was seen before was dropped, as that of another face maybe.
	 */
	uint32_t (*anew)(const void *self);
	void (*close)(void *self);
};

/* A zeroed judge is none. */
struct liveness {
	const struct liveness_ops *ops;
	void *self;
};

/* The real one. It picks challenges by `random`. All memory is taken here. */
tanu_status liveness_open(struct liveness *out, const struct random_source *random,
			  tanu_error *err);

/* `options` may be NULL. */
static inline void liveness_begin(struct liveness *l, const struct liveness_options *options,
				  int64_t at_ms)
{
	l->ops->begin(l->self, options, at_ms);
}

static inline tanu_status liveness_observe(struct liveness *l, const struct liveness_view *view,
					   tanu_error *err)
{
	return l->ops->observe(l->self, view, err);
}

static inline void liveness_judge(struct liveness *l, struct liveness_result *out, int64_t now_ms)
{
	l->ops->judge(l->self, out, now_ms);
}

static inline uint32_t liveness_anew(const struct liveness *l)
{
	return l->ops->anew(l->self);
}

static inline void liveness_close(struct liveness *l)
{
	if (l->ops)
		l->ops->close(l->self);
	*l = (struct liveness){0};
}

#endif
