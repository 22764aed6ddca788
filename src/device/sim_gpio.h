/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_gpio.h - the stand-in for wires: what is driven is remembered with its time, what is read is
 * what a test or a script has set. The time is told, not taken from a clock.
 */
#ifndef DEVICE_SIM_GPIO_H
#define DEVICE_SIM_GPIO_H

#include "device/gpio.h"

#define SIM_GPIO_LINES 32
#define SIM_GPIO_EDGES 128 /* kept a wire, as the kernel keeps 16: the newest are lost */

struct sim_gpio {
	int64_t now_ns; /* of the world in which the wires are */
	bool broken;	/* every call fails, as when the chip is pulled */
	struct sim_wire {
		bool taken, output;
		bool high; /* the voltage */
		struct gpio_wire wire;
		struct gpio_edge edges[SIM_GPIO_EDGES]; /* to be read; or, of an output, driven */
		size_t edges_len;
		size_t lost;
	} lines[SIM_GPIO_LINES];
	unsigned line_of_pin[GPIO_PINS_MAX];
};

/* `sim` must outlive the gpio; it begins zeroed. */
struct gpio sim_gpio(struct sim_gpio *sim);
/* The world puts a voltage on an input. */
void sim_gpio_drive(struct sim_gpio *sim, unsigned line, bool high);
/* Is an output on, by its meaning? */
bool sim_gpio_is_on(const struct sim_gpio *sim, unsigned line);

#endif
