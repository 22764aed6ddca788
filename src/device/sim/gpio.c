/* SPDX-License-Identifier: Apache-2.0 */
#include "device/sim_gpio.h"

#include <string.h>

static tanu_status broken(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_DEVICE, "gpio", "the simulated chip was pulled");
}

static struct sim_wire *wire_of(struct sim_gpio *sim, unsigned pin)
{
	return &sim->lines[sim->line_of_pin[pin]];
}

static bool meaning(const struct sim_wire *w)
{
	return w->high != w->wire.active_low;
}

static void remember(struct sim_gpio *sim, struct sim_wire *w)
{
	if (w->edges_len == SIM_GPIO_EDGES) {
		w->lost++;
		return;
	}
	w->edges[w->edges_len++] = (struct gpio_edge){.on = meaning(w), .at_ns = sim->now_ns};
}

static tanu_status take(struct sim_gpio *sim, unsigned pin, const struct gpio_wire *wire,
			bool output, tanu_error *err)
{
	struct sim_wire *w = &sim->lines[wire->line % SIM_GPIO_LINES];

	if (sim->broken)
		return broken(err);
	if (wire->line >= SIM_GPIO_LINES || w->taken)
		return tanu_fail(err, TANU_ERR_DEVICE, "gpio", "wire %u is %s", wire->line,
				 wire->line < SIM_GPIO_LINES ? "in use" : "not there");
	w->taken = true;
	w->output = output;
	w->wire = *wire;
	if (!output && wire->pull == GPIO_PULL_UP && w->edges_len == 0)
		w->high = true;
	w->edges_len = 0;
	sim->line_of_pin[pin] = wire->line;
	return TANU_OK;
}

static tanu_status sim_input(void *self, unsigned pin, const struct gpio_wire *wire,
			     tanu_error *err)
{
	return take(self, pin, wire, false, err);
}

static tanu_status sim_output(void *self, unsigned pin, const struct gpio_wire *wire, bool on,
			      tanu_error *err)
{
	tanu_status st = take(self, pin, wire, true, err);

	if (st >= 0)
		wire_of(self, pin)->high = on != wire->active_low;
	return st;
}

static tanu_status sim_get(void *self, unsigned pin, bool *on, tanu_error *err)
{
	struct sim_gpio *sim = self;

	if (sim->broken)
		return broken(err);
	*on = meaning(wire_of(sim, pin));
	return TANU_OK;
}

static tanu_status sim_set(void *self, unsigned pin, bool on, tanu_error *err)
{
	struct sim_gpio *sim = self;
	struct sim_wire *w = wire_of(sim, pin);

	if (sim->broken)
		return broken(err);
	if (meaning(w) == on)
		return TANU_OK;
	w->high = on != w->wire.active_low;
	remember(sim, w);
	return TANU_OK;
}

static tanu_status sim_edge(void *self, unsigned pin, struct gpio_edge *out, bool *got,
			    tanu_error *err)
{
	struct sim_gpio *sim = self;
	struct sim_wire *w = wire_of(sim, pin);

	*got = false;
	if (sim->broken)
		return broken(err);
	if (w->edges_len == 0)
		return TANU_OK;
	*out = w->edges[0];
	*got = true;
	w->edges_len--;
	memmove(&w->edges[0], &w->edges[1], w->edges_len * sizeof(w->edges[0]));
	return TANU_OK;
}

static int sim_fd(const void *self, unsigned pin)
{
	(void)self;
	(void)pin;
	return -1;
}

static void sim_close(void *self)
{
	(void)self; /* the caller's */
}

static const struct gpio_ops ops = {.kind = "sim",
				    .input = sim_input,
				    .output = sim_output,
				    .get = sim_get,
				    .set = sim_set,
				    .edge = sim_edge,
				    .fd = sim_fd,
				    .close = sim_close};

struct gpio sim_gpio(struct sim_gpio *sim)
{
	return (struct gpio){.ops = &ops, .self = sim};
}

void sim_gpio_drive(struct sim_gpio *sim, unsigned line, bool high)
{
	struct sim_wire *w = &sim->lines[line];

	if (w->high == high)
		return;
	w->high = high;
	remember(sim, w);
}

bool sim_gpio_is_on(const struct sim_gpio *sim, unsigned line)
{
	return meaning(&sim->lines[line]);
}
