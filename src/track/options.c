/* SPDX-License-Identifier: Apache-2.0 */
#include "track/track.h"

#include <string.h>

#define OVERLAP_MIN  0.3F
#define REACH	     0.6F
#define LOST_MS	     600
#define CONFIRM	     3
#define NEAR_HEIGHT  0.12F
#define LEAVE_HEIGHT 0.10F
#define DWELL_MS     250
#define STILL	     1.5F

static void or_default(float *value, float otherwise)
{
	if (!(*value > 0))
		*value = otherwise;
}

static void or_default_int(int32_t *value, int32_t otherwise)
{
	if (*value <= 0)
		*value = otherwise;
}

void tracker_init(struct tracker *t, const struct track_options *options)
{
	struct track_options *o = &t->options;

	memset(t, 0, sizeof(*t));
	if (options)
		*o = *options;
	or_default(&o->overlap_min, OVERLAP_MIN);
	or_default(&o->reach, REACH);
	or_default_int(&o->lost_ms, LOST_MS);
	or_default_int(&o->confirm, CONFIRM);
	or_default(&o->near_height, NEAR_HEIGHT);
	or_default(&o->leave_height, LEAVE_HEIGHT);
	if (o->leave_height > o->near_height)
		o->leave_height = o->near_height;
	or_default_int(&o->dwell_ms, DWELL_MS);
	or_default(&o->still, STILL);
	or_default(&o->zone[2], 1);
	or_default(&o->zone[3], 1);
}
