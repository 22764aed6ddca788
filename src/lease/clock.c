/* SPDX-License-Identifier: Apache-2.0 */
#include "lease/clock.h"

static int64_t counter(const struct gate_clock *clock)
{
	return clock->boot_ms(clock->self);
}

static void look(struct gate_clock *clock)
{
	clock->seen_wall_ms = clock_now(&clock->wall);
	clock->seen_boot_ms = counter(clock);
}

void gate_clock_init(struct gate_clock *clock, const struct clock_source *wall,
		     int64_t (*boot_ms)(void *self), void *self, int64_t floor_ms)
{
	*clock = (struct gate_clock){
	    .wall = *wall, .boot_ms = boot_ms, .self = self, .floor_ms = floor_ms};
	look(clock);
}

bool gate_clock_set(struct gate_clock *clock, int64_t now_ms)
{
	if (now_ms <= 0 || now_ms < clock->floor_ms - CLOCK_SLACK_MS)
		return false;
	clock->trusted = true;
	clock->known_ms = now_ms;
	clock->known_at_ms = counter(clock);
	return true;
}

bool gate_clock_trust_machine(struct gate_clock *clock)
{
	return gate_clock_set(clock, clock_now(&clock->wall));
}

int64_t gate_clock_now(const struct gate_clock *clock)
{
	int64_t now_ms = clock->trusted ? clock->known_ms + counter(clock) - clock->known_at_ms
					: clock_now(&clock->wall);

	return now_ms > clock->floor_ms ? now_ms : clock->floor_ms;
}

bool gate_clock_jumped(struct gate_clock *clock, int64_t *by_ms)
{
	int64_t wall_ms = clock->seen_wall_ms, boot_ms = clock->seen_boot_ms;

	look(clock);
	*by_ms = (clock->seen_wall_ms - wall_ms) - (clock->seen_boot_ms - boot_ms);
	return *by_ms > CLOCK_JUMP_MS || *by_ms < -CLOCK_JUMP_MS;
}

int64_t gate_clock_floor(struct gate_clock *clock)
{
	if (clock->trusted)
		clock->floor_ms = gate_clock_now(clock);
	return clock->floor_ms;
}
