/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gpio.h - single wires of the computer: levels in and out, and edges with their times. One table
 * of calls with two makers behind it: the kernel's lines through libgpiod, and a stand-in for tests
 * and for machines without such lines (sim_gpio.h).
 *
 * A pin is a small number that gpio_input or gpio_output gave. "On" is the meaning, not the
 * voltage: with `active_low` a wire at ground is on.
 */
#ifndef DEVICE_GPIO_H
#define DEVICE_GPIO_H

#include "base/base.h"

#define GPIO_PINS_MAX 32

enum gpio_pull {
	GPIO_PULL_AS_IS = 0,
	GPIO_PULL_UP,
	GPIO_PULL_DOWN,
};

struct gpio_wire {
	unsigned line; /* of the chip */
	bool active_low;
	enum gpio_pull pull; /* of inputs */
};

struct gpio_edge {
	bool on;       /* the wire went on; otherwise off */
	int64_t at_ns; /* of the kernel's monotonic clock */
};

struct gpio_ops {
	const char *kind;
	tanu_status (*input)(void *self, unsigned pin, const struct gpio_wire *wire,
			     tanu_error *err);
	tanu_status (*output)(void *self, unsigned pin, const struct gpio_wire *wire, bool on,
			      tanu_error *err);
	tanu_status (*get)(void *self, unsigned pin, bool *on, tanu_error *err);
	tanu_status (*set)(void *self, unsigned pin, bool on, tanu_error *err);
	tanu_status (*edge)(void *self, unsigned pin, struct gpio_edge *out, bool *got,
			    tanu_error *err);
	int (*fd)(const void *self, unsigned pin);
	void (*close)(void *self);
};

/* Zeroed: none. */
struct gpio {
	const struct gpio_ops *ops;
	void *self;
	unsigned pins;
};

/* "/dev/gpiochip0" through libgpiod. TANU_UNSUPPORTED (not-built): made without it. */
tanu_status gpio_open(struct gpio *out, const char *chip, tanu_error *err);
void gpio_close(struct gpio *gpio); /* outputs keep or lose their level as the chip does */

/* Take a wire. Edges of an input are kept from here on (the kernel keeps 16 a wire). */
tanu_status gpio_input(struct gpio *gpio, unsigned *pin, const struct gpio_wire *wire,
		       tanu_error *err);
/* `on`: its level from the first moment. */
tanu_status gpio_output(struct gpio *gpio, unsigned *pin, const struct gpio_wire *wire, bool on,
			tanu_error *err);

/* TANU_SYSTEM (device): the chip is gone or refuses. */
tanu_status gpio_get(struct gpio *gpio, unsigned pin, bool *on, tanu_error *err);
tanu_status gpio_set(struct gpio *gpio, unsigned pin, bool on, tanu_error *err);
/* The next edge of an input; *got false: none came. Never waits. */
tanu_status gpio_edge(struct gpio *gpio, unsigned pin, struct gpio_edge *out, bool *got,
		      tanu_error *err);
int gpio_fd(const struct gpio *gpio, unsigned pin); /* readable when an edge waits; -1: none */

#endif
