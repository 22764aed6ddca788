/* SPDX-License-Identifier: Apache-2.0 */
#include "device/gpio.h"

static tanu_status next_pin(const struct gpio *gpio, tanu_error *err)
{
	if (gpio->pins < GPIO_PINS_MAX)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_SETTING, "gpio", "more than %d wires", GPIO_PINS_MAX);
}

tanu_status gpio_input(struct gpio *gpio, unsigned *pin, const struct gpio_wire *wire,
		       tanu_error *err)
{
	tanu_status st = next_pin(gpio, err);

	if (st >= 0 && (st = gpio->ops->input(gpio->self, gpio->pins, wire, err)) >= 0)
		*pin = gpio->pins++;
	return st;
}

tanu_status gpio_output(struct gpio *gpio, unsigned *pin, const struct gpio_wire *wire, bool on,
			tanu_error *err)
{
	tanu_status st = next_pin(gpio, err);

	if (st >= 0 && (st = gpio->ops->output(gpio->self, gpio->pins, wire, on, err)) >= 0)
		*pin = gpio->pins++;
	return st;
}

tanu_status gpio_get(struct gpio *gpio, unsigned pin, bool *on, tanu_error *err)
{
	return gpio->ops->get(gpio->self, pin, on, err);
}

tanu_status gpio_set(struct gpio *gpio, unsigned pin, bool on, tanu_error *err)
{
	return gpio->ops->set(gpio->self, pin, on, err);
}

tanu_status gpio_edge(struct gpio *gpio, unsigned pin, struct gpio_edge *out, bool *got,
		      tanu_error *err)
{
	return gpio->ops->edge(gpio->self, pin, out, got, err);
}

int gpio_fd(const struct gpio *gpio, unsigned pin)
{
	return gpio->ops->fd(gpio->self, pin);
}

void gpio_close(struct gpio *gpio)
{
	if (gpio->ops)
		gpio->ops->close(gpio->self);
	*gpio = (struct gpio){0};
}
