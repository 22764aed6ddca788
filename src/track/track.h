/* SPDX-License-Identifier: Apache-2.0 */
/*
 * track.h - which box of this frame is the face of the last one, who stands at the gate, and which
 * of her frames are worth keeping. Boxes and motion only: nothing here sees a pixel, let alone
 * features, so who walks past is a box for a moment and nothing else. Pure: no I/O, no clock, no
 * memory.
 *
 * Coordinates are pixels of the frame. Times are of one monotonic clock, in milliseconds.
 */
#ifndef TRACK_TRACK_H
#define TRACK_TRACK_H

#include "base/base.h"

#define TRACK_MAX 16 /* faces followed at once; the largest */

/* Zero means the default in brackets. */
struct track_options {
	float overlap_min; /* intersection over union with where it was expected [0.3] */
	float reach;	   /* else: centres nearer than this many face widths, sizes alike [0.6] */
	int32_t lost_ms;   /* not seen for so long: it is gone [600] */
	int32_t confirm;   /* frames until a box counts as a face: a flicker does not [3] */
	/* The engagement zone: who is near enough and stays. */
	float near_height;  /* height of the face / height of the frame, at least [0.12] */
	float leave_height; /* once engaged she may step back to this [0.10] */
	float zone[4];	    /* centre within x1 y1 x2 y2, shares of the frame [0 0 1 1] */
	int32_t dwell_ms;   /* in the zone for so long [250] */
	float still;	    /* and not faster than so many face widths a second [1.5] */
};

/* One face of a frame, as the detector gives it. */
struct track_box {
	float box[4];
	float score; /* detector's probability */
};

struct track {
	uint32_t id;	/* never used again; 0: none */
	float box[4];	/* where it is, or is expected while it is not seen */
	float speed[4]; /* px a second: centre x, centre y, width, height */
	int32_t at;	/* index among the boxes of this frame; -1: not seen in it */
	int32_t frames; /* in which it was seen */
	int64_t first_ms, last_ms;
	int64_t inside_ms; /* in the zone since; -1: it is not */
	bool confirmed;
	bool engaged;	    /* confirmed, in the zone, near, and long enough */
	int64_t engaged_ms; /* since; meaningful when engaged */
};

struct tracker {
	struct track_options options;
	struct track track[TRACK_MAX];
	size_t len;
	uint32_t last_id;
	uint32_t engaged; /* the id of who stands at the gate; 0: nobody */
	int64_t at_ms;
	int32_t width, height; /* of the last frame */
};

/* `options` may be NULL. */
void tracker_init(struct tracker *t, const struct track_options *options);

/*
 * One frame: its size, the boxes on it (largest first; beyond TRACK_MAX they are left out), its
 * time, which does not go back. Afterwards t->track[0 .. len) is what there is; tracks that are
 * gone are not among them.
 */
void tracker_step(struct tracker *t, int32_t width, int32_t height, const struct track_box *boxes,
		  size_t boxes_len, int64_t at_ms);

/* Who stands at the gate: the largest engaged, while she stays (never swapped by a small change of
 * size); NULL: nobody. */
const struct track *tracker_engaged(const struct tracker *t);
const struct track *tracker_find(const struct tracker *t, uint32_t id); /* NULL: gone */

/*
 * The best frames of one face, by quality, far enough apart in time to differ: which of the
 * caller's slots a new frame takes. A slot holds whatever the caller keeps of a frame.
 */
#define BEST_MAX 4
struct best_frames {
	size_t slots;	  /* 1 to BEST_MAX */
	int32_t apart_ms; /* nearer in time replaces that frame or nothing */
	size_t len;
	float quality[BEST_MAX];
	int64_t at_ms[BEST_MAX];
};
void best_init(struct best_frames *b, size_t slots, int32_t apart_ms);
/* The slot to put this frame into; -1: what is there is better. */
int best_offer(struct best_frames *b, float quality, int64_t at_ms);
/* The slot of the best one; -1: none. */
int best_first(const struct best_frames *b);

#endif
