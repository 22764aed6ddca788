/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sight.h - one face before a camera, frame after frame: which of the faces it is, whether it is
 * still the same one, and what speaks for its being alive. Boxes, motion and evidence; no frame is
 * kept, no features are computed. Used by the gate, and by the server for browsers' frames.
 */
#ifndef SIGHT_SIGHT_H
#define SIGHT_SIGHT_H

#include "liveness/liveness.h"
#include "sight/second.h"
#include "track/track.h"

#define SIGHT_PICTURES 16

/* Zeroed: the defaults of both. */
struct sight_options {
	struct track_options track;
	struct liveness_options life;	     /* whose waiver is given by sight_begin */
	struct second *second[SECOND_KINDS]; /* borrowed; NULL: there is none */
};

struct sight {
	struct liveness judge;
	struct sight_options options;
	struct tracker tracker;
	uint32_t track;	 /* whose evidence this is; 0: nobody's */
	bool waived;	 /* the evidence was begun with her waiver */
	bool begun;	 /* by the last frame: another face, or nobody any more */
	uint64_t frames; /* the number of the last one */
	uint64_t first;	 /* number of the frame with which the present evidence began */
	uint32_t anew;	 /* as the judge has said last */
	int64_t at_ms;
	uint64_t picture[SIGHT_PICTURES]; /* prints of those seen last */
	size_t pictures_next;
};

/* The judge becomes the sight's. `options` may be NULL. */
void sight_open(struct sight *out, struct liveness judge, const struct sight_options *options);
void sight_close(struct sight *s); /* a zeroed one is fine */

/* Another camera, or the same one again: nothing of before counts. */
void sight_restart(struct sight *s);
/* Evidence begins anew, of the same face. */
void sight_begin(struct sight *s, bool waiver, int64_t now_ms);

/*
 * One frame, and all faces on it (tanu_analyse); `at_ms` of one monotonic clock. The face of who
 * stands there, where it was measured; NULL: nobody does, or it is not seen well. After a frame
 * with which evidence began anew (another person, one who leapt, a gap) or nobody stands there any
 * more, `begun` is true: what was kept of frames before this one is to be dropped. TANU_USAGE.
 */
tanu_status sight_frame(struct sight *s, const tanu_face **out, const tanu_pixels *image,
			const tanu_faces *faces, int64_t at_ms, tanu_error *err);
/* Of who stands there; nobody: LIVENESS_UNKNOWN. */
void sight_judge(struct sight *s, struct liveness_result *out, int64_t now_ms);

#endif
