/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's lines through libgpiod 1.x. With another one, whose calls are different, wires can't
 * be had; the rest of Tanu is built all the same.
 */
#include "device/gpio.h"

#ifdef TANU_HAVE_GPIOD
#include <errno.h>
#include <gpiod.h>
#include <stdlib.h>
#include <string.h>

#define CONSUMER "tanu"

struct chip {
	struct gpiod_chip *chip;
	struct gpiod_line *lines[GPIO_PINS_MAX];
};

static tanu_status fail(tanu_error *err, const char *what)
{
	return tanu_fail(err, TANU_ERR_DEVICE, "gpio", "cannot %s a wire: %s", what,
			 strerror(errno));
}

static int flags_of(const struct gpio_wire *wire)
{
	int flags = wire->active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0;

	if (wire->pull == GPIO_PULL_UP)
		flags |= GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP;
	else if (wire->pull == GPIO_PULL_DOWN)
		flags |= GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN;
	return flags;
}

static tanu_status chip_input(void *self, unsigned pin, const struct gpio_wire *wire,
			      tanu_error *err)
{
	struct chip *c = self;
	struct gpiod_line *line = gpiod_chip_get_line(c->chip, wire->line);

	if (!line || gpiod_line_request_both_edges_events_flags(line, CONSUMER, flags_of(wire)) < 0)
		return fail(err, "read");
	c->lines[pin] = line;
	return TANU_OK;
}

static tanu_status chip_output(void *self, unsigned pin, const struct gpio_wire *wire, bool on,
			       tanu_error *err)
{
	struct chip *c = self;
	struct gpiod_line *line = gpiod_chip_get_line(c->chip, wire->line);

	if (!line || gpiod_line_request_output_flags(line, CONSUMER, flags_of(wire), on) < 0)
		return fail(err, "drive");
	c->lines[pin] = line;
	return TANU_OK;
}

static tanu_status chip_get(void *self, unsigned pin, bool *on, tanu_error *err)
{
	int value = gpiod_line_get_value(((struct chip *)self)->lines[pin]);

	if (value < 0)
		return fail(err, "read");
	*on = value == 1;
	return TANU_OK;
}

static tanu_status chip_set(void *self, unsigned pin, bool on, tanu_error *err)
{
	if (gpiod_line_set_value(((struct chip *)self)->lines[pin], on) < 0)
		return fail(err, "drive");
	return TANU_OK;
}

static tanu_status chip_edge(void *self, unsigned pin, struct gpio_edge *out, bool *got,
			     tanu_error *err)
{
	struct gpiod_line *line = ((struct chip *)self)->lines[pin];
	const struct timespec at_once = {0};
	struct gpiod_line_event event;
	int ready = gpiod_line_event_wait(line, &at_once);

	*got = false;
	if (ready == 0)
		return TANU_OK;
	if (ready < 0 || gpiod_line_event_read(line, &event) < 0)
		return fail(err, "read edges of");
	out->on = event.event_type == GPIOD_LINE_EVENT_RISING_EDGE;
	out->at_ns = (int64_t)event.ts.tv_sec * 1000000000 + event.ts.tv_nsec;
	*got = true;
	return TANU_OK;
}

static int chip_fd(const void *self, unsigned pin)
{
	return gpiod_line_event_get_fd(((const struct chip *)self)->lines[pin]);
}

static void chip_close(void *self)
{
	struct chip *c = self;

	gpiod_chip_close(c->chip); /* releases its lines */
	free(c);
}

static const struct gpio_ops ops = {.kind = "gpiod",
				    .input = chip_input,
				    .output = chip_output,
				    .get = chip_get,
				    .set = chip_set,
				    .edge = chip_edge,
				    .fd = chip_fd,
				    .close = chip_close};

tanu_status gpio_open(struct gpio *out, const char *chip, tanu_error *err)
{
	struct chip *c = calloc(1, sizeof(*c));

	if (!c)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, chip, "not enough memory");
	c->chip = gpiod_chip_open(chip);
	if (!c->chip) {
		int errnum = errno;

		free(c);
		return tanu_fail(err, TANU_ERR_DEVICE, chip,
				 "no wires can be had from it: %s; gpiodetect lists the chips",
				 strerror(errnum));
	}
	*out = (struct gpio){.ops = &ops, .self = c};
	return TANU_OK;
}

#else
tanu_status gpio_open(struct gpio *out, const char *chip, tanu_error *err)
{
	(void)out;
	return tanu_fail(err, TANU_ERR_NOT_BUILT, chip,
			 "made without libgpiod 1.x: install libgpiod-dev and build again");
}
#endif
