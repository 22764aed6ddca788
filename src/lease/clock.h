/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.h - what a gate knows of the time. A box at a door has often no clock that runs without
 * power, and whoever opens it can set the one it has. So the time counts as known only once
 * somebody who knows it has said so (the site over its channel, or a battery clock that the
 * settings trust); from then on it is told by a counter that nobody can set, and the machine's
 * clock is only watched.
 */
#ifndef LEASE_CLOCK_H
#define LEASE_CLOCK_H

#include "base/base.h"

#define CLOCK_JUMP_MS ((int64_t)5000) /* the machine's clock moved by itself: told */
/* An answer takes its time, and a counter may run fast by as much in days offline. */
#define CLOCK_SLACK_MS ((int64_t)60000)

struct gate_clock {
	struct clock_source wall;	/* of the machine */
	int64_t (*boot_ms)(void *self); /* a counter that runs on in sleep */
	void *self;
	bool trusted;
	int64_t known_ms, known_at_ms; /* the time that was said, and the counter then */
	int64_t floor_ms;	       /* it is not before this: kept over restarts */
	int64_t seen_wall_ms, seen_boot_ms;
};

/* `floor_ms`: the latest time that is known from before; 0: none. */
void gate_clock_init(struct gate_clock *clock, const struct clock_source *wall,
		     int64_t (*boot_ms)(void *self), void *self, int64_t floor_ms);

/*
 * Somebody who knows says that it is `now_ms`. A little before the floor, the time stands still
 * until it is reached. False: it is long before, and not believed.
 */
bool gate_clock_set(struct gate_clock *clock, int64_t now_ms);
/* Trust the machine's own clock, where the settings say that it has a battery. */
bool gate_clock_trust_machine(struct gate_clock *clock);

/* The time: known, or the best guess, never before the floor. */
int64_t gate_clock_now(const struct gate_clock *clock);

/* Has the machine's clock been set since the last look? `*by_ms`: how far. */
bool gate_clock_jumped(struct gate_clock *clock, int64_t *by_ms);

/* The floor to be kept now. */
int64_t gate_clock_floor(struct gate_clock *clock);

#endif
