/* SPDX-License-Identifier: Apache-2.0 */
/*
 * synthetic.h - a judge that says what a test tells it, for trying the flow of a gate with faces
 * that are no living ones. Every result says so (`synthetic`). Built only with the option
 * TANU_SYNTHETIC_LIVENESS, which the release and install presets leave off.
 */
#ifndef LIVENESS_SYNTHETIC_H
#define LIVENESS_SYNTHETIC_H

#include "liveness/liveness.h"

#ifdef TANU_SYNTHETIC_LIVENESS
struct liveness_synthetic {
	enum liveness_state state; /* what it comes to */
	enum liveness_part reason; /* of an attack */
	int32_t after_ms;	   /* since the beginning; UNKNOWN before */
	int32_t frames_min;	   /* and so many frames seen */
};

/* `say` is read at each judgement: it stays the caller's, who may change it. */
tanu_status liveness_open_synthetic(struct liveness *out, const struct liveness_synthetic *say,
				    tanu_error *err);
#endif

#endif
