/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who wants to come in: near enough to be tall in the picture, in the zone, and there for a moment
 * without hurrying on.
 */
#include "track/engage.h"

#include <math.h>

/* Somebody else takes the place of who stands first only when so much larger. */
#define CLEARLY_LARGER 1.5F

static float height_of(const struct track *track)
{
	return track->box[3] - track->box[1];
}

static bool in_zone(const struct tracker *t, const struct track *track)
{
	const float *zone = t->options.zone;
	float x = (track->box[0] + track->box[2]) / 2 / (float)t->width;
	float y = (track->box[1] + track->box[3]) / 2 / (float)t->height;

	return x >= zone[0] && x <= zone[2] && y >= zone[1] && y <= zone[3];
}

static bool is_near(const struct tracker *t, const struct track *track)
{
	float needed = track->engaged ? t->options.leave_height : t->options.near_height;

	return height_of(track) >= needed * (float)t->height;
}

static bool is_still(const struct tracker *t, const struct track *track)
{
	float width = fmaxf(1, track->box[2] - track->box[0]);

	return hypotf(track->speed[0], track->speed[1]) <= t->options.still * width;
}

static void look_at(struct tracker *t, struct track *track)
{
	/* Not seen in this frame: neither came nor left. */
	if (track->at < 0)
		return;
	if (!track->confirmed || !in_zone(t, track) || !is_near(t, track) ||
	    (!track->engaged && !is_still(t, track))) {
		track->inside_ms = -1;
		track->engaged = false;
		return;
	}
	if (track->inside_ms < 0)
		track->inside_ms = t->at_ms;
	if (!track->engaged && t->at_ms - track->inside_ms >= t->options.dwell_ms) {
		track->engaged = true;
		track->engaged_ms = t->at_ms;
	}
}

void track_engage(struct tracker *t)
{
	const struct track *first = NULL, *held;

	for (size_t i = 0; i < t->len; i++) {
		look_at(t, &t->track[i]);
		if (t->track[i].engaged && (!first || height_of(&t->track[i]) > height_of(first)))
			first = &t->track[i];
	}
	held = tracker_find(t, t->engaged);
	if (held && held->engaged && first && height_of(first) < CLEARLY_LARGER * height_of(held))
		return;
	t->engaged = first ? first->id : 0;
}

const struct track *tracker_engaged(const struct tracker *t)
{
	return tracker_find(t, t->engaged);
}
