/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lockdown and release. A lockdown is ordered by the site or by somebody at the gate, each takes
 * back only its own, and it outlives a restart: else pulling the plug would open the door.
 */
#include "gate/inside.h"

#include "gate/link.h"

#include <stdio.h>

#define LOCKDOWN_FILE "lockdown" /* one byte: the set */

static void lockdown_keep(struct gate *g)
{
	const uint8_t by = (uint8_t)g->lockdown;
	char path[OS_PATH_MAX];
	tanu_error why = {0};

	if (os_path(path, sizeof(path), g->state_dir, LOCKDOWN_FILE, &why) < 0 ||
	    os_replace_file(path, &by, sizeof(by), 0600, &why) < 0)
		gate_log(g, "that there is a lockdown can't be kept on the disk: %s", why.message);
}

static void lockdown_be(struct gate *g, unsigned by, int64_t now_ms)
{
	const bool was = g->lockdown != 0;

	g->lockdown = by;
	if (was != (by != 0))
		passage_event(g, by ? DOORWAY_LOCKDOWN_ON : DOORWAY_LOCKDOWN_OFF, now_ms);
}

void lockdown_set(struct gate *g, enum lockdown_by by, bool on, int64_t now_ms)
{
	const unsigned set = on ? g->lockdown | (unsigned)by : g->lockdown & ~(unsigned)by;

	if (set == g->lockdown)
		return;
	lockdown_be(g, set, now_ms);
	lockdown_keep(g);
}

/* A file that can't be read, or says what it can't say, keeps the door shut until the site or the
 * guard has spoken. */
void orders_read(struct gate *g, int64_t now_ms)
{
	struct buf file = {0};
	char path[OS_PATH_MAX];

	if (os_path(path, sizeof(path), g->state_dir, LOCKDOWN_FILE, NULL) < 0 || !os_exists(path))
		return;
	if (os_read_file(&file, path, 1, NULL) == TANU_OK && file.len == 1 &&
	    file.data[0] <= (LOCKDOWN_GUARD | LOCKDOWN_SITE)) {
		lockdown_be(g, file.data[0], now_ms);
	} else {
		gate_log(g, "%s can't be read: lockdown", LOCKDOWN_FILE);
		lockdown_be(g, LOCKDOWN_GUARD, now_ms);
	}
	buf_free(&file);
}

/* What was ordered before the first answer is past: it was for another run, or nobody waits. */
void orders_take(struct gate *g, const struct link_news *news, int64_t now_ms)
{
	const struct gate_orders *o = &news->orders;
	const bool fresh = g->has_orders && o->release > g->released_upto;
	const bool answered = g->has_orders && o->answered > g->answered_upto;

	lockdown_set(g, LOCKDOWN_SITE, o->lockdown, now_ms);
	g->has_orders = true;
	g->released_upto = o->release;
	g->answered_upto = o->answered;
	if (answered)
		person_answered(g);
	if (!fresh || news->time_ms >= o->release_until_ms)
		return;
	gate_log(g, "the site lets somebody in");
	person_guard(g, RULES_GUARD_RELEASE, now_ms);
}
