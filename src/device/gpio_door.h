/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gpio_door.h - a door on single wires: a relay for the lock, contacts for what it does.
 *
 * The relay is the dry contact that any lock or turnstile takes: it is held as long as the door is
 * released, or closed for a moment where the other side counts pulses. Every wire but the relay may
 * be missing, and that where something else moves the lock; the rules then know less (a door
 * without a leaf contact is never held or forced).
 */
#ifndef DEVICE_GPIO_DOOR_H
#define DEVICE_GPIO_DOOR_H

#include "device/door.h"
#include "device/gpio.h"

/* X(NAME, field): wires that are read; on means what the comment says. */
#define GPIO_DOOR_INPUT_LIST(X)                                       \
	X(LEAF, leaf)	   /* the leaf is open */                     \
	X(PASSED_IN, in)   /* somebody is passing inwards: a pulse */ \
	X(PASSED_OUT, out) /* outwards */                             \
	X(EXIT, exit)	   /* the button inside is pressed */         \
	X(FIRE, fire)	   /* the fire panel has tripped */           \
	X(TAMPER, tamper)  /* the box was opened */                   \
	X(BOLT, bolt)	   /* the lock reports that it is free */

enum gpio_door_input {
#define X(name, field) GPIO_DOOR_##name,
	GPIO_DOOR_INPUT_LIST(X)
#undef X
	    GPIO_DOOR_INPUTS
};

struct gpio_door_options {
	struct gpio_wire relay; /* on: the lock is free */
	bool no_relay;		/* something else moves the lock: a panel that is told */
	bool has[GPIO_DOOR_INPUTS];
	struct gpio_wire inputs[GPIO_DOOR_INPUTS];
	int64_t pulse_ms;    /* 0: the relay is held; else closed for so long a release */
	int64_t debounce_ms; /* a contact must stay so long; 0: 30 ms */
	int64_t fire_off_ms; /* the fire input must be off so long; 0: 2 s. On counts at once */
	int64_t bolt_ms;     /* the lock must follow within; 0: 1 s */
};

/*
 * The lock is locked from the first moment. Levels that are on already (a leaf that stands open, a
 * fire) come as the first events.
 */
tanu_status gpio_door_open(struct door *out, struct gpio *gpio,
			   const struct gpio_door_options *options, tanu_error *err);

#endif
