/* SPDX-License-Identifier: Apache-2.0 */
/*
 * visit.h - (inside gate/) one person at one door, from her first claim to come in or somebody is
 * coming: a state table. It decides nothing about rules (rules/ does) and touches nothing; the gate
 * asks it after each thing that has happened, and does what it says.
 */
#ifndef GATE_VISIT_H
#define GATE_VISIT_H

#include "device/reader.h"
#include "rules/rules.h"

/* X(NAME, "word") */
#define VISIT_STATE_LIST(X)                                      \
	X(READY, "ready")   /* nobody is here */                 \
	X(FACE, "face")	    /* claimed; the camera looks */      \
	X(PIN, "pin")	    /* the keypad is waited for */       \
	X(GUARD, "guard")   /* somebody was called, and looks */ \
	X(GO, "go")	    /* let in; shown for a moment */     \
	X(ASSIST, "assist") /* not let in; somebody was called */

enum visit_state {
#define X(name, word) VISIT_##name,
	VISIT_STATE_LIST(X)
#undef X
	    VISIT_STATES
};
const char *visit_state_word(enum visit_state state);

enum visit_event {
	VISIT_TICK = 0, /* time has passed */
	VISIT_BROUGHT,	/* a claim, a PIN, the guard's word: the request has changed */
	VISIT_SEEN,	/* the camera has a result; it is in the request */
	VISIT_NOT_SEEN, /* no face came in time */
	VISIT_BELL,	/* she asks for somebody */
	VISIT_GONE,	/* she has passed, or the grant is over */
	VISIT_EVENTS
};

/* What the gate does now; a set. */
enum visit_act {
	VISIT_LOOK = 1,	  /* begin to look for her face */
	VISIT_UNLOOK = 2, /* stop looking */
	VISIT_GRANT = 4,
	VISIT_REPORT = 8,  /* this is a decision: it is written down */
	VISIT_CALL = 16,   /* ring for an adult */
	VISIT_FORGET = 32, /* the visit is over: what is known of her is wiped */
};

struct visit_options {
	int64_t look_ms;  /* how long a face is looked for */
	int64_t pin_ms;	  /* how long the keypad is waited for */
	int64_t guard_ms; /* how long somebody is waited for */
	int64_t show_ms;  /* how long an outcome is shown */
	unsigned looks;	  /* how often a face is tried that did not match */
};

/* Zeroed: nobody is here. Times are of the monotonic clock, in milliseconds. */
struct visit {
	enum visit_state state;
	int64_t until_ms;
	unsigned looks; /* begun so far */
	bool no_face;	/* it was looked for in vain: it counts for nothing any more */
	bool reported;
};

struct visit_step {
	unsigned acts; /* set of visit_act */
	enum reader_show show;
	int64_t wake_ms; /* send VISIT_TICK then; INT64_MAX: no need */
};

/*
 * No face is waited for any longer, if this event says so: before the decision is made that
 * visit_next is given with it, so that it names what is missing without one.
 */
void visit_give_up_face(struct visit *visit, enum visit_event event, int64_t now_ms);

/*
 * `decision` is what rules/ says of the request as it stands now; `has_pin`: she has one here, so
 * that nobody is asked for what she can't give.
 */
struct visit_step visit_next(struct visit *visit, const struct visit_options *options,
			     enum visit_event event, const struct rules_decision *decision,
			     bool has_pin, int64_t now_ms);

#endif
