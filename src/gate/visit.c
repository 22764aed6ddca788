/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/visit.h"

static const char *const words[] = {
#define X(name, word) word,
    VISIT_STATE_LIST(X)
#undef X
};

const char *visit_state_word(enum visit_state state)
{
	return state < VISIT_STATES ? words[state] : "unknown";
}

static int64_t look_ms(const struct visit_options *o)
{
	return o->look_ms;
}

static int64_t pin_ms(const struct visit_options *o)
{
	return o->pin_ms;
}

static int64_t guard_ms(const struct visit_options *o)
{
	return o->guard_ms;
}

static int64_t show_ms(const struct visit_options *o)
{
	return o->show_ms;
}

/* What it means to be in a state: what she sees, for how long, and what is done on the way in. */
static const struct {
	enum reader_show show;
	int64_t (*lasts)(const struct visit_options *o);
	unsigned enter; /* acts on the way in */
} states[VISIT_STATES] = {
    [VISIT_READY] = {READER_SHOW_READY, NULL, VISIT_UNLOOK | VISIT_FORGET},
    [VISIT_FACE] = {READER_SHOW_WAIT, look_ms, VISIT_LOOK},
    [VISIT_PIN] = {READER_SHOW_ASK, pin_ms, VISIT_UNLOOK},
    [VISIT_GUARD] = {READER_SHOW_ASSIST, guard_ms, VISIT_UNLOOK | VISIT_CALL},
    [VISIT_GO] = {READER_SHOW_GO, show_ms, VISIT_UNLOOK | VISIT_GRANT | VISIT_REPORT},
    [VISIT_ASSIST] = {READER_SHOW_ASSIST, show_ms, VISIT_UNLOOK | VISIT_CALL | VISIT_REPORT},
};

static unsigned enter(struct visit *v, const struct visit_options *o, enum visit_state to,
		      int64_t now_ms)
{
	unsigned acts = states[to].enter;

	if (v->reported)
		acts &= ~(unsigned)VISIT_REPORT;
	if (acts & VISIT_REPORT)
		v->reported = true;
	if (acts & VISIT_LOOK)
		v->looks++;
	v->state = to;
	v->until_ms = states[to].lasts ? now_ms + states[to].lasts(o) : INT64_MAX;
	if (to == VISIT_READY)
		*v = (struct visit){.until_ms = INT64_MAX};
	return acts;
}

/* Where a decision leads, whatever state it finds. */
static enum visit_state after(const struct visit *v, const struct visit_options *o,
			      const struct rules_decision *d, bool has_pin)
{
	bool again = d->reason == RULES_R_NO_MATCH || d->reason == RULES_R_NOT_LIVE;

	if (d->verdict == RULES_GRANT)
		return VISIT_GO;
	if (d->show != RULES_SHOW_ASK)
		return VISIT_ASSIST;
	if (again && !v->no_face && v->looks < o->looks)
		return VISIT_FACE;
	if (d->missing & RULES_FACE && !v->no_face && v->looks < o->looks)
		return VISIT_FACE;
	if (d->missing & RULES_PIN && has_pin)
		return VISIT_PIN;
	return d->reason == RULES_R_NO_CLAIM ? VISIT_READY : VISIT_GUARD;
}

/* The time of a state is over. */
static unsigned run_out(struct visit *v, const struct visit_options *o,
			const struct rules_decision *d, bool has_pin, int64_t now_ms)
{
	enum visit_state to = VISIT_READY;

	switch (v->state) {
	case VISIT_FACE:
		to = after(v, o, d, has_pin);
		break;
	case VISIT_PIN:
	case VISIT_GUARD:
		to = VISIT_ASSIST; /* written down as it stands */
		break;
	case VISIT_READY:
	case VISIT_GO:
	case VISIT_ASSIST:
	case VISIT_STATES:
		break;
	}
	return enter(v, o, to, now_ms);
}

static unsigned brought(struct visit *v, const struct visit_options *o,
			const struct rules_decision *d, bool has_pin, int64_t now_ms)
{
	enum visit_state to = after(v, o, d, has_pin);

	/* the same question again: it goes on, but what was shown may begin anew */
	if (to == v->state && to == VISIT_FACE)
		return 0;
	return enter(v, o, to, now_ms);
}

static struct visit_step step_of(const struct visit *v, unsigned acts)
{
	return (struct visit_step){
	    .acts = acts, .show = states[v->state].show, .wake_ms = v->until_ms};
}

void visit_give_up_face(struct visit *visit, enum visit_event event, int64_t now_ms)
{
	if (visit->state == VISIT_FACE &&
	    (event == VISIT_NOT_SEEN || (event == VISIT_TICK && now_ms >= visit->until_ms)))
		visit->no_face = true;
}

struct visit_step visit_next(struct visit *visit, const struct visit_options *options,
			     enum visit_event event, const struct rules_decision *decision,
			     bool has_pin, int64_t now_ms)
{
	unsigned acts = 0;

	visit_give_up_face(visit, event, now_ms);
	switch (event) {
	case VISIT_TICK:
		if (visit->state != VISIT_READY && now_ms >= visit->until_ms)
			acts = run_out(visit, options, decision, has_pin, now_ms);
		break;
	case VISIT_NOT_SEEN:
		if (visit->state == VISIT_FACE)
			acts = run_out(visit, options, decision, has_pin, now_ms);
		break;
	case VISIT_BROUGHT:
		acts = brought(visit, options, decision, has_pin, now_ms);
		break;
	case VISIT_SEEN:
		if (visit->state == VISIT_FACE)
			acts =
			    enter(visit, options, after(visit, options, decision, has_pin), now_ms);
		break;
	case VISIT_BELL:
		if (visit->state != VISIT_GO)
			acts = enter(visit, options, VISIT_GUARD, now_ms);
		break;
	case VISIT_GONE:
		acts = enter(visit, options, VISIT_READY, now_ms);
		break;
	case VISIT_EVENTS:
		break;
	}
	if (visit->state == VISIT_READY)
		visit->until_ms = INT64_MAX;
	return step_of(visit, acts);
}
