/* SPDX-License-Identifier: Apache-2.0 */
#include "sight/sight.h"

#include <math.h>
#include <string.h>

#define PICTURE_STEP 61 /* every so many bytes of a picture tell it from another */

void sight_open(struct sight *out, struct liveness judge, const struct sight_options *options)
{
	*out = (struct sight){.judge = judge};
	if (options)
		out->options = *options;
	tracker_init(&out->tracker, &out->options.track);
	if (judge.ops)
		liveness_begin(&out->judge, &out->options.life, 0);
}

void sight_close(struct sight *s)
{
	liveness_close(&s->judge);
	mem_wipe(s, sizeof(*s));
}

static void begin(struct sight *s, uint32_t track, bool waiver, int64_t now_ms)
{
	struct liveness_options options = s->options.life;

	options.waive_eyes = waiver;
	s->begun = true;
	s->first = s->frames;
	s->anew = 0;
	s->track = track;
	s->waived = waiver;
	liveness_begin(&s->judge, &options, now_ms);
}

void sight_restart(struct sight *s)
{
	tracker_init(&s->tracker, &s->options.track);
	begin(s, 0, false, s->at_ms);
}

void sight_begin(struct sight *s, bool waiver, int64_t now_ms)
{
	begin(s, s->track, waiver, now_ms);
}

/* The face that the session chose is the one it has measured: is it who stands there? */
static const tanu_face *engaged_face(struct sight *s, const tanu_pixels *image,
				     const tanu_faces *faces, int64_t at_ms)
{
	struct track_box boxes[TRACK_MAX];
	size_t len = faces->count < TRACK_MAX ? faces->count : TRACK_MAX;
	const struct track *track;

	for (size_t i = 0; i < len; i++) {
		memcpy(boxes[i].box, faces->face[i].box, sizeof(boxes[i].box));
		boxes[i].score = faces->face[i].detection;
	}
	tracker_step(&s->tracker, image->width, image->height, boxes, len, at_ms);
	track = tracker_engaged(&s->tracker);
	if (!track) {
		if (s->track)
			begin(s, 0, false, at_ms);
		return NULL;
	}
	if (track->id != s->track)
		begin(s, track->id, false, at_ms);
	if (track->at < 0 || !faces->face[track->at].measured)
		return NULL;
	return &faces->face[track->at];
}

/*
 * A camera that looks at the world never gives the same picture twice: its sensor has noise. One
 * that comes again, to the byte, is played to it, and tells nothing about a living face.
 */
static bool seen_before(struct sight *s, const tanu_pixels *image)
{
	uint64_t print = 14695981039346656037u; /* FNV-1a, 64 bits */

	for (int32_t y = 0; y < image->height; y++) {
		const uint8_t *row = image->rgb + y * image->stride;

		for (int32_t x = y % PICTURE_STEP; x < 3 * image->width; x += PICTURE_STEP)
			print = (print ^ row[x]) * 1099511628211u;
	}
	for (size_t i = 0; i < SIGHT_PICTURES; i++)
		if (s->picture[i] == print)
			return true;
	s->picture[s->pictures_next] = print;
	s->pictures_next = (s->pictures_next + 1) % SIGHT_PICTURES;
	return false;
}

static tanu_status look_with_others(struct sight *s, struct liveness_extra *out,
				    const struct liveness_view *view, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (int i = 0; i < SECOND_KINDS && st == TANU_OK; i++)
		if (s->options.second[i])
			st = second_look(s->options.second[i], out, view->face, view->image->width,
					 view->image->height, view->at_ms, err);
	return st;
}

/* What the judge has dropped is evidence of no frame that is kept. */
static tanu_status observe(struct sight *s, const struct liveness_view *view, tanu_error *err)
{
	tanu_status st = liveness_observe(&s->judge, view, err);
	const uint32_t anew = liveness_anew(&s->judge);

	if (anew != s->anew) {
		s->anew = anew;
		s->begun = true;
		s->first = s->frames;
	}
	return st;
}

tanu_status sight_frame(struct sight *s, const tanu_face **out, const tanu_pixels *image,
			const tanu_faces *faces, int64_t at_ms, tanu_error *err)
{
	struct liveness_extra extra = {.depth_relief_mm = NAN, .infrared_ratio = NAN};
	struct liveness_view view = {.image = image, .extra = &extra};
	tanu_status st;

	*out = NULL;
	if (!s->judge.ops)
		return BAD_CALL(err, "a sight has a judge");
	s->begun = false;
	s->frames++;
	s->at_ms = at_ms > s->at_ms ? at_ms : s->at_ms;
	view.at_ms = s->at_ms;
	view.face = engaged_face(s, image, faces, s->at_ms);
	if (!view.face)
		return TANU_OK;
	*out = view.face;
	if (seen_before(s, image))
		return TANU_OK;
	st = look_with_others(s, &extra, &view, err);
	return st < 0 ? st : observe(s, &view, err);
}

void sight_judge(struct sight *s, struct liveness_result *out, int64_t now_ms)
{
	if (s->judge.ops && s->track)
		liveness_judge(&s->judge, out, now_ms);
	else
		*out = (struct liveness_result){.state = LIVENESS_UNKNOWN};
}
