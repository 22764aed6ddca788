/* SPDX-License-Identifier: Apache-2.0 */
/* What time it is here, and whether that is known. The permit book asks from another thread. */
#include "gate/inside.h"

int64_t gate_now(struct gate *g)
{
	int64_t now_ms;

	pthread_mutex_lock(&g->time_lock);
	now_ms = gate_clock_now(&g->clock);
	pthread_mutex_unlock(&g->time_lock);
	return now_ms;
}

bool gate_time_known(struct gate *g)
{
	bool known;

	pthread_mutex_lock(&g->time_lock);
	known = g->clock.trusted;
	pthread_mutex_unlock(&g->time_lock);
	return known;
}

void gate_time_set(struct gate *gate, int64_t unix_ms)
{
	bool before, taken;

	pthread_mutex_lock(&gate->time_lock);
	before = gate->clock.trusted;
	taken = gate_clock_set(&gate->clock, unix_ms);
	pthread_mutex_unlock(&gate->time_lock);
	if (taken && !before) {
		gate_log(gate, "the time is known");
		report_word(gate, GATE_EVENT_CLOCK, "clock-known", 0);
	}
	if (!taken && !gate->clock_refused) /* it is said at each contact: told once */
		report_word(gate, GATE_EVENT_CLOCK, "clock-refused", 0);
	gate->clock_refused = !taken;
}

#define FLOOR_MS ((int64_t)10 * 60 * 1000)

void gate_time_watch(struct gate *g)
{
	int64_t by_ms = 0, floor_ms;
	bool jumped;

	pthread_mutex_lock(&g->time_lock);
	jumped = gate_clock_jumped(&g->clock, &by_ms);
	floor_ms = gate_clock_floor(&g->clock);
	pthread_mutex_unlock(&g->time_lock);
	if (jumped) {
		gate_log(g, "the machine's clock was set by %lld s; nothing here goes by it",
			 (long long)(by_ms / 1000));
		report_word(g, GATE_EVENT_CLOCK, "clock-jumped",
			    (uint32_t)((by_ms < 0 ? -by_ms : by_ms) / 1000));
	}
	if (floor_ms > g->floor_kept_ms + FLOOR_MS)
		keep_floor(g);
}

struct rules_time gate_local_time(struct gate *g)
{
	struct rules_time at = {.trusted = gate_time_known(g)};

	os_local_time(&at.date, &at.minute, gate_now(g));
	return at;
}
