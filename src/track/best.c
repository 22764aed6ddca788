/* SPDX-License-Identifier: Apache-2.0 */
#include "track/track.h"

void best_init(struct best_frames *b, size_t slots, int32_t apart_ms)
{
	*b = (struct best_frames){
	    .slots = slots < 1		? 1
		     : slots > BEST_MAX ? BEST_MAX
					: slots,
	    .apart_ms = apart_ms > 0 ? apart_ms : 0,
	};
}

/* A frame so near in time that keeping both would keep the same picture twice; -1: none. */
static int near_in_time(const struct best_frames *b, int64_t at_ms)
{
	for (size_t i = 0; i < b->len; i++) {
		int64_t gap = at_ms - b->at_ms[i];

		if (gap > -b->apart_ms && gap < b->apart_ms)
			return (int)i;
	}
	return -1;
}

static int worst(const struct best_frames *b)
{
	size_t at = 0;

	for (size_t i = 1; i < b->len; i++)
		if (b->quality[i] < b->quality[at])
			at = i;
	return (int)at;
}

int best_offer(struct best_frames *b, float quality, int64_t at_ms)
{
	int at = near_in_time(b, at_ms);

	if (!(quality >= 0)) /* NAN too */
		return -1;
	if (at < 0 && b->len < b->slots) {
		at = (int)b->len++;
	} else {
		if (at < 0)
			at = worst(b);
		if (quality <= b->quality[at])
			return -1;
	}
	b->quality[at] = quality;
	b->at_ms[at] = at_ms;
	return at;
}

int best_first(const struct best_frames *b)
{
	int at = -1;

	for (size_t i = 0; i < b->len; i++)
		if (at < 0 || b->quality[i] > b->quality[at])
			at = (int)i;
	return at;
}
