/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wiegand.h - readers, and panels on the wall, on two wires: D0 pulses for a zero, D1 for a one,
 * both at rest high. In one direction only and in clear: whoever opens the wall can send any card.
 * Use OSDP where there is a choice.
 */
#ifndef DEVICE_WIEGAND_H
#define DEVICE_WIEGAND_H

#include "codec/wiegand.h"
#include "device/gpio.h"
#include "device/reader.h"

#define WIEGAND_LAYOUTS_MAX 4
#define WIEGAND_SITES_MAX   16

struct wiegand_options {
	struct gpio_wire d0, d1; /* active low: a pulse is "on" */
	/* Outputs, of a reader that has them. */
	bool has_light, has_beeper;
	struct gpio_wire light, beeper;
	/* Names of codec/wiegand.h, of different numbers of bits; NULL ends. None: any card. */
	const char *layouts[WIEGAND_LAYOUTS_MAX];
	/* Cards of other sites are refused. None: any site. */
	uint32_t sites[WIEGAND_SITES_MAX];
	size_t sites_len;
};

/*
 * A reader on these wires. Its events carry the bits as they came, parity included, as those of an
 * OSDP reader do. Bits are kept by the kernel until they are fetched, 16 a wire: ask within 15 ms
 * of `fd` being readable, or cards are lost (never changed: the parity and the length tell).
 * A reader that sends one frame for each key of its keypad is understood.
 */
tanu_status wiegand_reader_open(struct reader *out, struct gpio *gpio,
				const struct wiegand_options *options, tanu_error *err);

/* A card shown to a panel on the wall. */
struct wiegand_out {
	struct gpio *gpio;
	unsigned d0, d1;
	int64_t pulse_ns; /* 50 us: 20 to 100 are allowed */
	int64_t apart_ns; /* 2 ms from pulse to pulse: 0.2 to 20 */
	/* Waits until the monotonic time; handed in, for tests. NULL: the system's. */
	void (*wait_until)(void *self, int64_t at_ns);
	int64_t (*now)(void *self);
	void *self;
};

/* `out` has the two times, or zeros for the usual, and the clock. */
tanu_status wiegand_out_open(struct wiegand_out *out, struct gpio *gpio, const struct gpio_wire *d0,
			     const struct gpio_wire *d1, tanu_error *err);
/*
 * Sends the bits; returns when the last has gone, after bits * 2 ms: not from a loop that has
 * others to serve. A pulse that the system has drawn out by more than half of `apart_ns` ends it
 * with TANU_SYSTEM (device): the panel will see a broken frame, and the caller may send again.
 */
tanu_status wiegand_send(struct wiegand_out *out, const uint8_t *bytes, size_t bits,
			 tanu_error *err);

#endif
