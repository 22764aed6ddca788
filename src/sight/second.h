/* SPDX-License-Identifier: Apache-2.0 */
/*
 * second.h - a second camera beside the first one, which sees infrared or distances: what it says
 * of the face that the first one sees. Evidence only; who she is it never tells.
 *
 * Both look the same way from nearly the same place. How the second picture lies over the first is
 * three numbers of the site; a face that is not found where they say is not there. No picture is
 * kept: it is the camera's until the next one.
 */
#ifndef SIGHT_SECOND_H
#define SIGHT_SECOND_H

#include "liveness/liveness.h"

/* X(NAME, "word", part of the evidence) */
#define SECOND_KIND_LIST(X)                        \
	X(INFRARED, "infrared", LIVENESS_INFRARED) \
	X(DEPTH, "depth", LIVENESS_DEPTH)

enum second_kind {
#define X(name, word, part) SECOND_##name,
	SECOND_KIND_LIST(X)
#undef X
	    SECOND_KINDS
};

const char *second_kind_word(enum second_kind kind);
enum liveness_part second_kind_part(enum second_kind kind);

/*
 * From a point of the first picture to one of the second: its distance from the middle, in widths
 * of the first, times `scale`, and moved; in widths of the second.
 */
struct second_view {
	float scale;	   /* 1: both see equally wide */
	float right, down; /* 0: both middles are one */
};
/* "100 0 0": all three in percent; 20 to 500, and -50 to 50. */
#define SECOND_VIEW_SAME "100 0 0"
bool second_view_parse(struct second_view *out, const char *text);

/* What was seen last, for who mounts it. */
struct second_seen {
	bool any;
	float value;		 /* as in struct liveness_extra; NAN: nothing */
	bool fits_known;	 /* of infrared: its largest face and the first camera's... */
	struct second_view fits; /* ...would be one with this view */
};

struct second {
	enum second_kind kind;
	struct second_view view;
	float unit_mm;	       /* of distances: one step */
	tanu_session *session; /* of infrared: finds faces in it */
	tanu_faces faces;
	tanu_pixels picture; /* the newest; rgb NULL: none */
	int64_t at_ms;
	struct second_seen seen;
};

/* `unit_mm` of SECOND_DEPTH. The engine, of SECOND_INFRARED, must outlive it. */
tanu_status second_open(struct second *out, enum second_kind kind, const struct second_view *view,
			float unit_mm, tanu_engine *engine, tanu_error *err);
void second_close(struct second *s); /* a zeroed one is fine */

/* Its newest picture: the caller keeps the pixels until the next one, or until it is lost. */
void second_picture(struct second *s, const tanu_pixels *pixels, int64_t at_ms);
void second_lost(struct second *s);

/*
 * What it says of this face, seen by the first camera at `at_ms` in a picture of that size: into
 * its field of `out`; NAN, when its picture is of another moment (150 ms) or does not reach there.
 */
tanu_status second_look(struct second *s, struct liveness_extra *out, const tanu_face *face,
			int32_t width, int32_t height, int64_t at_ms, tanu_error *err);

#endif
