/* SPDX-License-Identifier: Apache-2.0 */
/* The door: what its sensors see goes into the table of rules/, what that says goes to the lock. */
#include "gate/inside.h"

#define EVENTS_A_ROUND 16

static bool worth_telling(enum doorway_note note)
{
	switch (note) {
	case DOORWAY_NOTE_NOTHING:
	case DOORWAY_NOTE_UNLOCKED:
	case DOORWAY_NOTE_PASSED:
	case DOORWAY_NOTE_EXIT:
		return false;
	case DOORWAY_NOTE_NOT_TAKEN:
	case DOORWAY_NOTE_SECOND:
	case DOORWAY_NOTE_HELD:
	case DOORWAY_NOTE_HELD_OVER:
	case DOORWAY_NOTE_FORCED:
	case DOORWAY_NOTE_FORCED_OVER:
	case DOORWAY_NOTE_LOCKDOWN:
	case DOORWAY_NOTE_LOCKDOWN_OVER:
	case DOORWAY_NOTE_FIRE:
	case DOORWAY_NOTE_FIRE_OVER:
	case DOORWAY_NOTE_FAULT:
	case DOORWAY_NOTE_FAULT_OVER:
	case DOORWAY_NOTES:
		break;
	}
	return true;
}

static void note_take(struct gate *g, enum doorway_note note, int64_t now_ms)
{
	const char *word = doorway_note_word(note);

	if (note == DOORWAY_NOTE_NOTHING)
		return;
	door_tell(&g->options.door, doorway_state_word(g->doorway.state), word, now_ms);
	if (note == DOORWAY_NOTE_PASSED && !id_is_zero(&g->passing)) {
		presence_set(g->presence, &g->passing,
			     g->passing_to == RULES_EXIT ? RULES_OUTSIDE : RULES_INSIDE);
		g->passing = (tanu_id){{0}};
	}
	if (worth_telling(note)) {
		gate_log(g, "door: %s", word);
		report_word(g, GATE_EVENT_DOOR, word, 0);
	}
}

/* The lock follows; what fails is tried again in the next round. */
static void lock_follow(struct gate *g, bool release, int64_t now_ms)
{
	if (release == g->released && g->door_told)
		return;
	g->door_told = door_release(&g->options.door, release, now_ms, NULL) == TANU_OK;
	g->released = release;
}

bool passage_event(struct gate *g, enum doorway_event event, int64_t now_ms)
{
	enum doorway_state before = g->doorway.state;
	struct doorway_step step = doorway_next(&g->doorway, &g->doorway_options, event, now_ms);

	lock_follow(g, step.release, now_ms);
	note_take(g, step.note, now_ms);
	if (step.note == DOORWAY_NOTE_NOTHING && before != g->doorway.state)
		door_tell(&g->options.door, doorway_state_word(g->doorway.state), "", now_ms);
	g->door_wake_ms = step.wake_ms;
	return step.accepted;
}

static void sensor(struct gate *g, enum door_event_kind kind, int64_t now_ms)
{
	switch (kind) {
	case DOOR_OPENED:
		passage_event(g, DOORWAY_OPENED, now_ms);
		break;
	case DOOR_CLOSED:
		passage_event(g, DOORWAY_CLOSED, now_ms);
		break;
	case DOOR_PASSED_IN:
		passage_event(g, DOORWAY_PASSED, now_ms);
		break;
	case DOOR_EXIT:
		passage_event(g, DOORWAY_EXIT, now_ms);
		break;
	case DOOR_FIRE_ON:
		g->fire = true;
		passage_event(g, DOORWAY_FIRE_ON, now_ms);
		break;
	case DOOR_FIRE_OFF:
		g->fire = false;
		passage_event(g, DOORWAY_FIRE_OFF, now_ms);
		break;
	case DOOR_LOST:
		passage_event(g, DOORWAY_LOST, now_ms);
		break;
	case DOOR_FOUND:
		g->door_told = false; /* it may have forgotten what it was told */
		passage_event(g, DOORWAY_FOUND, now_ms);
		break;
	case DOOR_TAMPER_ON:
	case DOOR_TAMPER_OFF:
		report_word(g, GATE_EVENT_DEVICE, door_event_word(kind), 0);
		gate_log(g, "door: %s", door_event_word(kind));
		break;
	case DOOR_NOTHING:
	case DOOR_PASSED_OUT:
	case DOOR_EVENTS:
		break;
	}
}

void passage_watch(struct gate *g, int64_t now_ms)
{
	struct door_event e = {.kind = DOOR_NOTHING};

	for (int i = 0; i < EVENTS_A_ROUND; i++) {
		e.kind = DOOR_NOTHING;
		if (door_next(&g->options.door, &e, now_ms, NULL) < 0) {
			passage_event(g, DOORWAY_LOST, now_ms);
			break;
		}
		if (e.kind == DOOR_NOTHING)
			break;
		sensor(g, e.kind, now_ms);
	}
	if (now_ms >= g->door_wake_ms)
		passage_event(g, DOORWAY_TICK, now_ms);
	lock_follow(g, g->released, now_ms);
}
