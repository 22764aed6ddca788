/* SPDX-License-Identifier: Apache-2.0 */
/*
 * features.h - (inside gate/) the one place of a gate where features of a face are computed: of the
 * best frames of who has claimed to be somebody, each under a permit of its own, and compared with
 * what is lent of her.
 */
#ifndef GATE_FEATURES_H
#define GATE_FEATURES_H

#include "gate/eye.h"

/* One frame that is kept, and the face on it. */
struct kept {
	uint8_t *rgb;
	tanu_pixels pixels;
	tanu_face face;
};

/*
 * Decides the claim: fills in face, decision, counts, and why there is none. What was computed is
 * wiped.
 */
void features_decide(const struct eye_options *options, tanu_session *session,
		     const struct kept *frames, size_t frames_len, const struct eye_want *want,
		     struct eye_result *result);

#endif
