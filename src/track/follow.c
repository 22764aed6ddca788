/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Association: where each face is expected is laid over where boxes are; pairs are taken from the
 * best downwards. Positions and speeds are smoothed by an alpha-beta filter.
 */
#include "track/track.h"

#include <math.h>
#include <string.h>

#include "track/engage.h"

#define ALPHA	    0.7F /* share of what was seen in the new position */
#define BETA	    0.3F /* and of its surprise in the new speed */
#define COAST_MS    400	 /* a speed is believed for so long without being seen */
#define SIZES_ALIKE 1.6F /* side against side, where boxes do not overlap */
#define HIDDEN	    0.3F /* share of a face behind a nearer one that may hide it */
#define HIDDEN_STAY 2	 /* a hidden face is waited for so many times as long */

static float width_of(const float box[4])
{
	return box[2] - box[0];
}

static float height_of(const float box[4])
{
	return box[3] - box[1];
}

static float area_of(const float box[4])
{
	return fmaxf(0, width_of(box)) * fmaxf(0, height_of(box));
}

static float shared_area(const float a[4], const float b[4])
{
	const float shared[4] = {fmaxf(a[0], b[0]), fmaxf(a[1], b[1]), fminf(a[2], b[2]),
				 fminf(a[3], b[3])};

	return area_of(shared);
}

static float overlap(const float a[4], const float b[4])
{
	float shared = shared_area(a, b);
	float all = area_of(a) + area_of(b) - shared;

	return all > 0 ? shared / all : 0;
}

/* Centre and size, and back. */
static void to_centre(float c[4], const float box[4])
{
	c[0] = (box[0] + box[2]) / 2;
	c[1] = (box[1] + box[3]) / 2;
	c[2] = width_of(box);
	c[3] = height_of(box);
}

static void to_box(float box[4], const float c[4])
{
	box[0] = c[0] - c[2] / 2;
	box[1] = c[1] - c[3] / 2;
	box[2] = c[0] + c[2] / 2;
	box[3] = c[1] + c[3] / 2;
}

/* Move it to where it should be now. Its size never falls below a pixel. */
static void expect(struct track *track, int64_t from_ms, int64_t to_ms)
{
	int64_t end = track->last_ms + COAST_MS;
	int64_t until = to_ms < end ? to_ms : end;
	float c[4], s;

	if (until <= from_ms)
		return;
	s = (float)(until - from_ms) / 1000;
	to_centre(c, track->box);
	for (int i = 0; i < 4; i++)
		c[i] += track->speed[i] * s;
	c[2] = fmaxf(1, c[2]);
	c[3] = fmaxf(1, c[3]);
	to_box(track->box, c);
}

/*
 * How well a box continues a track: 1 to 2 for an overlap, 0 to 1 for being near and of like size;
 * negative: it does not.
 */
static float affinity(const struct track *track, const float box[4],
		      const struct track_options *options)
{
	float iou = overlap(track->box, box), a[4], b[4], far, alike;

	if (iou >= options->overlap_min)
		return 1 + iou;
	to_centre(a, track->box);
	to_centre(b, box);
	far = hypotf(a[0] - b[0], a[1] - b[1]) / fmaxf(1, fminf(a[2], b[2]));
	alike = fmaxf(a[3], b[3]) / fmaxf(1, fminf(a[3], b[3]));
	if (far > options->reach || alike > SIZES_ALIKE)
		return -1;
	return 1 - far / options->reach;
}

static void see(struct track *track, const float box[4], int32_t at, int64_t at_ms, int32_t confirm)
{
	float expected[4], seen[4];
	float s = fmaxf(0.001F, (float)(at_ms - track->last_ms) / 1000);

	to_centre(expected, track->box);
	to_centre(seen, box);
	for (int i = 0; i < 4; i++) {
		float surprise = seen[i] - expected[i];

		/* The second sight of it is all that is known of its speed. */
		track->speed[i] += (track->frames == 1 ? 1 : BETA) * surprise / s;
		expected[i] += ALPHA * surprise;
	}
	to_box(track->box, expected);
	track->at = at;
	track->last_ms = at_ms;
	track->frames++;
	track->confirmed = track->confirmed || track->frames >= confirm;
}

/* The best pair that is left, or false. */
static bool best_pair(size_t *best_track, size_t *best_box, const struct tracker *t,
		      const struct track_box *boxes, size_t len, const bool *taken)
{
	float best = 0;
	bool found = false;

	for (size_t i = 0; i < t->len; i++) {
		if (t->track[i].at >= 0)
			continue;
		for (size_t j = 0; j < len; j++) {
			float how =
			    taken[j] ? -1 : affinity(&t->track[i], boxes[j].box, &t->options);

			if (how < 0 || (found && how <= best))
				continue;
			best = how;
			*best_track = i;
			*best_box = j;
			found = true;
		}
	}
	return found;
}

static void begin(struct tracker *t, const struct track_box *box, int32_t at, int64_t at_ms)
{
	struct track *track;

	if (t->len == TRACK_MAX)
		return;
	track = &t->track[t->len++];
	*track = (struct track){
	    .id = ++t->last_id,
	    .at = at,
	    .frames = 1,
	    .first_ms = at_ms,
	    .last_ms = at_ms,
	    .inside_ms = -1,
	    .confirmed = t->options.confirm <= 1,
	};
	memcpy(track->box, box->box, sizeof(track->box));
}

/* Behind a face that is seen, and nearer, hence larger. */
static bool hidden(const struct tracker *t, const struct track *track)
{
	for (size_t i = 0; i < t->len; i++) {
		const struct track *other = &t->track[i];

		if (other != track && other->at >= 0 && area_of(other->box) > area_of(track->box) &&
		    shared_area(other->box, track->box) >= HIDDEN * area_of(track->box))
			return true;
	}
	return false;
}

static bool gone(const struct tracker *t, const struct track *track, int64_t at_ms)
{
	int64_t patience = t->options.lost_ms;

	if (track->at >= 0)
		return false;
	/* What was never a face for sure is not waited for. */
	if (!track->confirmed)
		return true;
	if (hidden(t, track))
		patience *= HIDDEN_STAY;
	return at_ms - track->last_ms > patience;
}

static void drop_gone(struct tracker *t, int64_t at_ms)
{
	size_t kept = 0;
	bool leaves[TRACK_MAX];

	/* All are asked before any moves: who hides whom depends on the others. */
	for (size_t i = 0; i < t->len; i++)
		leaves[i] = gone(t, &t->track[i], at_ms);
	for (size_t i = 0; i < t->len; i++) {
		if (leaves[i])
			continue;
		if (kept != i)
			t->track[kept] = t->track[i];
		kept++;
	}
	t->len = kept;
}

static bool whole(const struct track_box *box)
{
	for (int i = 0; i < 4; i++)
		if (!isfinite(box->box[i]))
			return false;
	return area_of(box->box) > 0;
}

void tracker_step(struct tracker *t, int32_t width, int32_t height, const struct track_box *boxes,
		  size_t boxes_len, int64_t at_ms)
{
	bool taken[TRACK_MAX] = {false};
	size_t len = boxes_len < TRACK_MAX ? boxes_len : TRACK_MAX;
	size_t i = 0, j = 0;

	if (at_ms < t->at_ms)
		at_ms = t->at_ms;
	for (i = 0; i < t->len; i++) {
		expect(&t->track[i], t->at_ms, at_ms);
		t->track[i].at = -1;
	}
	for (j = 0; j < len; j++)
		taken[j] = !whole(&boxes[j]);
	while (best_pair(&i, &j, t, boxes, len, taken)) {
		see(&t->track[i], boxes[j].box, (int32_t)j, at_ms, t->options.confirm);
		taken[j] = true;
	}
	drop_gone(t, at_ms);
	for (j = 0; j < len; j++)
		if (!taken[j])
			begin(t, &boxes[j], (int32_t)j, at_ms);
	t->at_ms = at_ms;
	t->width = width;
	t->height = height;
	track_engage(t);
}

const struct track *tracker_find(const struct tracker *t, uint32_t id)
{
	for (size_t i = 0; i < t->len && id; i++)
		if (t->track[i].id == id)
			return &t->track[i];
	return NULL;
}
