/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eye.h - (inside gate/) the camera and what is made of it: faces followed by boxes, evidence of
 * life, the best frames of who stands at the gate; and, once she has claimed to be somebody and
 * only then, features of those frames under permits, compared with what is lent of her.
 *
 * Its memory is taken when it is opened. It has a thread of its own, or is stepped by its owner.
 */
#ifndef GATE_EYE_H
#define GATE_EYE_H

#include "consent/permit.h"
#include "device/camera.h"
#include "gate/gate.h"
#include "lease/spool.h"
#include "liveness/liveness.h"
#include "sight/second.h"

#include <tanu/face.h>

struct eye;

struct eye_options {
	struct camera camera;			 /* becomes the eye's */
	struct liveness liveness;		 /* likewise */
	struct gate_second second[SECOND_KINDS]; /* theirs too; of them nothing may be missing */
	struct camera_onlooker onlooker;	 /* sees frames while no face is looked for */
	tanu_engine *engine;			 /* borrowed */
	struct lease *lease;			 /* borrowed, as the two below */
	struct permit_book *book;
	int32_t max_width, max_height; /* of a frame that is kept */
	unsigned frames;	       /* embedded for one decision, 1 to 4 */
	int32_t near_percent;	       /* height of a face that is near enough, of the picture's */
	bool turn_always; /* nobody is taken for living who was not asked to turn, and did */
	bool allow_synthetic;
	bool thread;
};
tanu_status eye_open(struct eye **out, const struct eye_options *options, tanu_error *err);
void eye_close(struct eye **eye);

/* Somebody has claimed to be this person: look for her. */
struct eye_want {
	uint32_t number; /* given by eye_look */
	tanu_id subject;
	uint16_t generation;	 /* of her pass; 0: her reference is lent */
	const void *ad, *sealed; /* of the pass; copied */
	size_t ad_len, sealed_len;
	bool waiver;
};
void eye_look(struct eye *eye, const struct eye_want *want);
void eye_unlook(struct eye *eye);
/* What was last seen of her, once: numbers for a log. False: nothing. */
bool eye_evidence(struct eye *eye, struct liveness_result *out);

/* What it has to say: once each. */
enum eye_news_kind {
	EYE_NOTHING = 0,
	EYE_RESULT,  /* `result` of the claim */
	EYE_HINT,    /* `word`: what she should do: "closer", "look-here", "turn-left" ... */
	EYE_ONLINE,  /* the camera shows pictures */
	EYE_OFFLINE, /* it does not */
	EYE_TROUBLE, /* `trouble` began, or is over */
	EYE_SECOND,  /* the camera `second` is there, or with `err` is not: `on` */
	EYE_FAILED,  /* the machine failed: `err` */
};

struct eye_result {
	enum gate_face face;
	enum liveness_state live;
	enum liveness_part part; /* the reason of an attack */
	bool sequence;		 /* the evidence is over frames */
	tanu_decision decision;
	uint32_t embeddings, permits; /* of this claim */
	tanu_error_code why;	      /* of GATE_FACE_NONE and _REFUSED */
};

struct eye_news {
	enum eye_news_kind kind;
	struct eye_result result;
	const char *word;
	enum camera_trouble trouble;
	enum second_kind second;
	bool on;
	tanu_error err;
};
bool eye_next(struct eye *eye, struct eye_news *out); /* false: nothing */

/* One frame, if there is one; for an eye without a thread. */
void eye_step(struct eye *eye, int64_t now_ms);
int eye_fd(const struct eye *eye); /* readable when there is news; -1: step it */

struct eye_counts {
	uint64_t frames, embeddings;
	int64_t models_ns; /* CPU time inside the models so far */
	double frames_per_s;
	struct second_seen second[SECOND_KINDS]; /* what they have seen last */
};
struct eye_counts eye_count(struct eye *eye);

#endif
