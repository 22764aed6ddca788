/* SPDX-License-Identifier: Apache-2.0 */
/*
 * door.h - what the gate knows of a door, whatever wires move it: one word goes in (released or
 * not), what its sensors see comes out as events. Nothing here decides; the state table is in
 * rules/, and who joins both is the gate.
 *
 * No door depends on Tanu for getting out: the lock is wired so that the fire panel and a loss of
 * power free it, and a handle inside opens it (docs/devices.md). What is read here tells, and opens
 * no exit.
 *
 * A door never blocks. Its owner polls `fd` for reading, or calls door_next when `wake_ms` comes,
 * until it gives DOOR_NOTHING. Times are of the monotonic clock, in milliseconds.
 */
#ifndef DEVICE_DOOR_H
#define DEVICE_DOOR_H

#include "base/base.h"

/* X(NAME, "word") */
#define DOOR_EVENT_LIST(X)                                     \
	X(NOTHING, "")                                         \
	X(OPENED, "opened") /* the leaf */                     \
	X(CLOSED, "closed")                                    \
	X(PASSED_IN, "passed-in") /* one person */             \
	X(PASSED_OUT, "passed-out")                            \
	X(EXIT, "exit") /* the button inside */                \
	X(FIRE_ON, "fire")                                     \
	X(FIRE_OFF, "fire-over")                               \
	X(TAMPER_ON, "tamper")                                 \
	X(TAMPER_OFF, "tamper-over")                           \
	X(LOST, "lost")	  /* it does not do what it is told */ \
	X(FOUND, "found") /* again; the leaf was told before */

enum door_event_kind {
#define X(name, word) DOOR_##name,
	DOOR_EVENT_LIST(X)
#undef X
	    DOOR_EVENTS
};

struct door_event {
	enum door_event_kind kind;
	int64_t at_ms;
};

const char *door_event_word(enum door_event_kind kind);

struct door_ops {
	const char *kind; /* "gpio", "sim" */
	tanu_status (*next)(void *self, struct door_event *out, int64_t now_ms, tanu_error *err);
	tanu_status (*release)(void *self, bool on, int64_t now_ms, tanu_error *err);
	/* What the gate makes of it, for those who look: a state and a note of rules/. */
	void (*tell)(void *self, const char *state, const char *note, int64_t now_ms);
	int (*fd)(const void *self);	      /* -1: there is none to poll */
	int64_t (*wake_ms)(const void *self); /* INT64_MAX: no need */
	void (*close)(void *self);	      /* leaves the lock locked */
};

/* A zeroed door is none. */
struct door {
	const struct door_ops *ops;
	void *self;
};

static inline tanu_status door_next(struct door *d, struct door_event *out, int64_t now_ms,
				    tanu_error *err)
{
	return d->ops->next(d->self, out, now_ms, err);
}

static inline tanu_status door_release(struct door *d, bool on, int64_t now_ms, tanu_error *err)
{
	return d->ops->release(d->self, on, now_ms, err);
}

static inline void door_tell(struct door *d, const char *state, const char *note, int64_t now_ms)
{
	d->ops->tell(d->self, state, note, now_ms);
}

static inline int door_fd(const struct door *d)
{
	return d->ops->fd(d->self);
}

static inline int64_t door_wake_ms(const struct door *d)
{
	return d->ops->wake_ms(d->self);
}

static inline void door_close(struct door *d)
{
	if (d->ops)
		d->ops->close(d->self);
	*d = (struct door){0};
}

#endif
