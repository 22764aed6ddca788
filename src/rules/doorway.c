/* SPDX-License-Identifier: Apache-2.0 */
/* The door: a table of what each event does in each state. */
#include "rules/rules.h"

struct at {
	struct doorway *d;
	const struct doorway_options *o;
	struct doorway_step *step;
	int64_t now_ms;
};

/* Where the door is when nothing goes on. Fire first: it must be free even if it can't be heard. */
static enum doorway_state rest(const struct doorway *d)
{
	if (d->fire)
		return DOORWAY_FIRE;
	if (d->lost)
		return DOORWAY_FAULT;
	return d->lockdown ? DOORWAY_LOCKDOWN : DOORWAY_LOCKED;
}

static bool leaving(const struct doorway *d, int64_t now_ms)
{
	return now_ms < d->exit_until_ms;
}

static void take_back(struct doorway *d)
{
	d->owed = false;
	d->next = false;
}

static void open_rightly(struct at *a)
{
	a->d->state = DOORWAY_OPEN;
	a->d->until_ms = a->now_ms + a->o->held_ms;
}

static void unlock_once(struct at *a)
{
	a->d->state = DOORWAY_GRANTED;
	a->d->until_ms = a->now_ms + a->o->grant_ms;
	a->d->owed = true;
	a->d->next = false;
	a->step->note = DOORWAY_NOTE_UNLOCKED;
}

static void grant_ends(struct at *a)
{
	if (a->now_ms < a->d->until_ms)
		return;
	take_back(a->d);
	a->d->state = rest(a->d);
	a->step->note = DOORWAY_NOTE_NOT_TAKEN;
}

static void open_too_long(struct at *a)
{
	if (a->now_ms < a->d->until_ms)
		return;
	a->d->state = DOORWAY_HELD;
	a->step->note = DOORWAY_NOTE_HELD;
}

static void grant(struct at *a)
{
	unlock_once(a);
	a->step->accepted = true;
}

/* The next in line has shown her card while the leaf is still open. */
static void grant_next(struct at *a)
{
	if (a->d->next || a->d->lockdown)
		return;
	a->d->next = true;
	a->step->accepted = true;
}

static void leave(struct at *a)
{
	a->d->exit_until_ms = a->now_ms + a->o->exit_ms;
	a->step->note = DOORWAY_NOTE_EXIT;
}

/* Without a sensor that counts, opening the leaf is the passage. */
static void opens_granted(struct at *a)
{
	open_rightly(a);
	if (!a->o->counts) {
		a->d->owed = false;
		a->step->note = DOORWAY_NOTE_PASSED;
	}
}

static void opens_locked(struct at *a)
{
	if (leaving(a->d, a->now_ms) || a->o->handle_is_exit) {
		open_rightly(a);
		return;
	}
	a->d->state = DOORWAY_FORCED;
	a->step->note = DOORWAY_NOTE_FORCED;
}

static void shut(struct at *a)
{
	bool unused = a->d->owed;

	a->d->owed = false;
	a->d->state = rest(a->d);
	if (a->d->next && a->d->state == DOORWAY_LOCKED)
		unlock_once(a);
	a->d->next = false;
	if (unused)
		a->step->note = DOORWAY_NOTE_NOT_TAKEN;
}

static void shut_held(struct at *a)
{
	shut(a);
	a->step->note = DOORWAY_NOTE_HELD_OVER;
}

static void shut_forced(struct at *a)
{
	shut(a);
	a->step->note = DOORWAY_NOTE_FORCED_OVER;
}

/* A turnstile has no leaf: the passage itself locks it again. */
static void passes_granted(struct at *a)
{
	take_back(a->d);
	a->d->state = rest(a->d);
	a->step->note = DOORWAY_NOTE_PASSED;
}

static void passes_open(struct at *a)
{
	a->step->note = DOORWAY_NOTE_PASSED;
	if (a->d->owed)
		a->d->owed = false;
	else if (a->d->next)
		a->d->next = false;
	else
		a->step->note = a->o->counts ? DOORWAY_NOTE_SECOND : DOORWAY_NOTE_NOTHING;
}

static void passes_locked(struct at *a)
{
	a->step->note = DOORWAY_NOTE_SECOND;
}

static void lockdown_on(struct at *a)
{
	a->d->lockdown = true;
	take_back(a->d);
	if (a->d->state == DOORWAY_GRANTED || a->d->state == DOORWAY_LOCKED)
		a->d->state = rest(a->d);
	a->step->note = DOORWAY_NOTE_LOCKDOWN;
}

static void lockdown_off(struct at *a)
{
	a->d->lockdown = false;
	if (a->d->state == DOORWAY_LOCKDOWN)
		a->d->state = rest(a->d);
	a->step->note = DOORWAY_NOTE_LOCKDOWN_OVER;
}

static void fire_on(struct at *a)
{
	a->d->fire = true;
	take_back(a->d);
	a->d->state = rest(a->d);
	a->step->note = DOORWAY_NOTE_FIRE;
}

/* A leaf that is still open is not forced: it was free. */
static void resume(struct at *a)
{
	a->d->state = rest(a->d);
	if (a->d->leaf_open && !a->d->lost && !a->d->fire)
		open_rightly(a);
}

static void fire_off(struct at *a)
{
	a->d->fire = false;
	resume(a);
	a->step->note = DOORWAY_NOTE_FIRE_OVER;
}

static void lost(struct at *a)
{
	a->d->lost = true;
	take_back(a->d);
	a->d->state = rest(a->d);
	a->step->note = DOORWAY_NOTE_FAULT;
}

static void found(struct at *a)
{
	a->d->lost = false;
	resume(a);
	a->step->note = DOORWAY_NOTE_FAULT_OVER;
}

typedef void (*handler)(struct at *a);

/* What is the same in every state. */
#define EVERYWHERE                                                   \
	[DOORWAY_EXIT] = leave, [DOORWAY_LOCKDOWN_ON] = lockdown_on, \
	[DOORWAY_LOCKDOWN_OFF] = lockdown_off, [DOORWAY_FIRE_ON] = fire_on, [DOORWAY_LOST] = lost

/* clang-format off */
/* What a row does not name is nothing. */
static const handler table[DOORWAY_STATES][DOORWAY_EVENTS] = {
	[DOORWAY_LOCKED] = {EVERYWHERE, [DOORWAY_GRANT] = grant, [DOORWAY_RELEASE] = grant,
		[DOORWAY_OPENED] = opens_locked,
		[DOORWAY_PASSED] = passes_locked},
	[DOORWAY_GRANTED] = {EVERYWHERE,
		[DOORWAY_TICK] = grant_ends,
		[DOORWAY_OPENED] = opens_granted,
		[DOORWAY_PASSED] = passes_granted},
	[DOORWAY_OPEN] = {EVERYWHERE,
		[DOORWAY_TICK] = open_too_long, [DOORWAY_GRANT] = grant_next,
		[DOORWAY_RELEASE] = grant_next, [DOORWAY_CLOSED] = shut,
		[DOORWAY_PASSED] = passes_open},
	[DOORWAY_HELD] = {EVERYWHERE, [DOORWAY_CLOSED] = shut_held,
		[DOORWAY_PASSED] = passes_open},
	[DOORWAY_FORCED] = {EVERYWHERE, [DOORWAY_CLOSED] = shut_forced,
		[DOORWAY_PASSED] = passes_locked},
	[DOORWAY_LOCKDOWN] = {EVERYWHERE, [DOORWAY_RELEASE] = grant,
		[DOORWAY_OPENED] = opens_locked,
		[DOORWAY_PASSED] = passes_locked},
	[DOORWAY_FIRE] = {EVERYWHERE, [DOORWAY_FIRE_OFF] = fire_off,
		[DOORWAY_FOUND] = found},
	[DOORWAY_FAULT] = {EVERYWHERE, [DOORWAY_FOUND] = found},
};
/* clang-format on */

static int64_t wake(const struct doorway *d, int64_t now_ms)
{
	int64_t at = INT64_MAX;

	if (d->state == DOORWAY_GRANTED || d->state == DOORWAY_OPEN)
		at = d->until_ms;
	if (leaving(d, now_ms) && d->exit_until_ms < at)
		at = d->exit_until_ms;
	return at;
}

struct doorway_step doorway_next(struct doorway *door, const struct doorway_options *options,
				 enum doorway_event event, int64_t now_ms)
{
	struct doorway_step step = {0};
	struct at a = {.d = door, .o = options, .step = &step, .now_ms = now_ms};

	if ((unsigned)event < DOORWAY_EVENTS && (unsigned)door->state < DOORWAY_STATES) {
		if (event == DOORWAY_OPENED || event == DOORWAY_CLOSED)
			door->leaf_open = event == DOORWAY_OPENED;
		if (table[door->state][event])
			table[door->state][event](&a);
	}
	step.release = door->fire || door->state == DOORWAY_GRANTED || leaving(door, now_ms);
	step.wake_ms = wake(door, now_ms);
	return step;
}

bool doorway_may_grant(const struct doorway *door)
{
	return door->state == DOORWAY_LOCKED ||
	       (door->state == DOORWAY_OPEN && !door->next && !door->lockdown);
}

bool doorway_may_release(const struct doorway *door)
{
	return door->state == DOORWAY_LOCKDOWN || doorway_may_grant(door);
}
