/* SPDX-License-Identifier: Apache-2.0 */
#include "device/wiegand.h"
#include "os/os.h"

#define US ((int64_t)1000)
#define MS ((int64_t)1000000)

static void wait_until(void *self, int64_t at_ns)
{
	(void)self;
	os_sleep_until(at_ns);
}

static int64_t now(void *self)
{
	(void)self;
	return os_monotonic_ns();
}

tanu_status wiegand_out_open(struct wiegand_out *out, struct gpio *gpio, const struct gpio_wire *d0,
			     const struct gpio_wire *d1, tanu_error *err)
{
	tanu_status st;

	out->gpio = gpio;
	out->pulse_ns = out->pulse_ns ? out->pulse_ns : 50 * US;
	out->apart_ns = out->apart_ns ? out->apart_ns : 2 * MS;
	if (!out->now) {
		out->now = now;
		out->wait_until = wait_until;
	}
	if (out->pulse_ns < 20 * US || out->pulse_ns > 100 * US || out->apart_ns < 200 * US ||
	    out->apart_ns > 20 * MS)
		return tanu_fail(err, TANU_ERR_SETTING, "wiegand",
				 "pulses are of 20 to 100 us, 0.2 to 20 ms apart");
	if ((st = gpio_output(gpio, &out->d0, d0, false, err)) < 0)
		return st;
	return gpio_output(gpio, &out->d1, d1, false, err);
}

/* One pulse, begun at `at_ns`. Whatever fails, the wire is let go. */
static tanu_status pulse(struct wiegand_out *out, bool one, int64_t at_ns, tanu_error *err)
{
	unsigned pin = one ? out->d1 : out->d0;
	tanu_status st, off;

	out->wait_until(out->self, at_ns);
	st = gpio_set(out->gpio, pin, true, err);
	out->wait_until(out->self, at_ns + out->pulse_ns);
	off = gpio_set(out->gpio, pin, false, err);
	if (st < 0 || off < 0)
		return st < 0 ? st : off;
	if (out->now(out->self) - at_ns > out->apart_ns / 2)
		return tanu_fail(err, TANU_ERR_DEVICE, "wiegand",
				 "the machine was too busy to send pulses in time: send again");
	return TANU_OK;
}

tanu_status wiegand_send(struct wiegand_out *out, const uint8_t *bytes, size_t bits,
			 tanu_error *err)
{
	int64_t at_ns = out->now(out->self) + out->apart_ns;
	tanu_status st = TANU_OK;

	if (bits == 0 || bits > WIEGAND_BITS_MAX)
		return BAD_CALL(err, "a card has 1 to 64 bits");
	for (size_t i = 0; i < bits && st >= 0; i++, at_ns += out->apart_ns)
		st = pulse(out, bytes[i / 8] >> (7 - i % 8) & 1, at_ns, err);
	return st;
}
