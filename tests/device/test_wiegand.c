/* SPDX-License-Identifier: Apache-2.0 */
/* Readers and panels on two wires, over the stand-in for wires, in simulated time. */
#include "device/sim_gpio.h"
#include "device/wiegand.h"
#include "os/os.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define US ((int64_t)1000)
#define MS ((int64_t)1000000)

enum { D0 = 4, D1 = 17, LIGHT = 22, BEEPER = 23 };

static const struct wiegand_options plain = {
    .d0 = {.line = D0, .active_low = true, .pull = GPIO_PULL_UP},
    .d1 = {.line = D1, .active_low = true, .pull = GPIO_PULL_UP}};

struct bench {
	struct sim_gpio sim;
	struct gpio gpio;
	struct reader reader;
	struct reader_event event;
};

static void setup(struct bench *b, const struct wiegand_options *options)
{
	memset(b, 0, sizeof(*b));
	b->gpio = sim_gpio(&b->sim);
	b->sim.now_ns = 1000 * MS;
	assert_int_equal(wiegand_reader_open(&b->reader, &b->gpio, options, NULL), TANU_OK);
	assert_int_equal(reader_next(&b->reader, &b->event, b->sim.now_ns / MS, NULL), TANU_OK);
	assert_int_equal(b->event.kind, READER_ONLINE);
}

static void done(struct bench *b)
{
	reader_close(&b->reader);
	gpio_close(&b->gpio);
}

/* What a reader on the wall does with its wires. */
static void pulses(struct bench *b, const uint8_t *bytes, size_t bits, int64_t apart)
{
	for (size_t i = 0; i < bits; i++) {
		unsigned line = bytes[i / 8] >> (7 - i % 8) & 1 ? D1 : D0;

		sim_gpio_drive(&b->sim, line, false);
		b->sim.now_ns += 50 * US;
		sim_gpio_drive(&b->sim, line, true);
		b->sim.now_ns += apart - 50 * US;
	}
}

static enum reader_event_kind next_after(struct bench *b, int64_t ms)
{
	b->sim.now_ns += ms * MS;
	assert_int_equal(reader_next(&b->reader, &b->event, b->sim.now_ns / MS, NULL), TANU_OK);
	return b->event.kind;
}

static void card_bits(uint8_t out[WIEGAND_BYTES], const char *layout, uint32_t site,
		      uint64_t number)
{
	const struct wiegand_card card = {site, number};

	assert_int_equal(wiegand_put(out, wiegand_layout(layout), &card, NULL), TANU_OK);
}

static void a_card_comes_as_its_bits(void **state)
{
	static const struct {
		const char *layout;
		size_t bits;
	} cards[] = {{"26", 26}, {"34n", 34}, {"37", 37}};
	struct bench b;
	uint8_t bytes[WIEGAND_BYTES];

	(void)state;
	setup(&b, &plain);
	for (size_t i = 0; i < ARRAY_LEN(cards); i++) {
		card_bits(bytes, cards[i].layout, 0, 4711);
		pulses(&b, bytes, cards[i].bits, 1 * MS);
		assert_int_equal(next_after(&b, 1), READER_NOTHING); /* not over yet */
		assert_int_equal(next_after(&b, 30), READER_CARD);
		assert_int_equal(b.event.bits, cards[i].bits);
		assert_memory_equal(b.event.bytes, bytes, (cards[i].bits + 7) / 8);
		assert_int_equal(next_after(&b, 30), READER_NOTHING);
	}
	done(&b);
}

static void two_cards_one_after_the_other(void **state)
{
	struct bench b;
	uint8_t bytes[WIEGAND_BYTES];

	(void)state;
	setup(&b, &plain);
	card_bits(bytes, "26", 1, 1);
	pulses(&b, bytes, 26, 2 * MS);
	b.sim.now_ns += 40 * MS;
	card_bits(bytes, "26", 1, 2);
	pulses(&b, bytes, 26, 2 * MS);
	assert_int_equal(next_after(&b, 0), READER_CARD);
	assert_int_equal(next_after(&b, 60), READER_CARD);
	assert_int_equal(next_after(&b, 60), READER_NOTHING);
	done(&b);
}

static void keys_of_four_and_eight_bits(void **state)
{
	struct bench b;

	(void)state;
	setup(&b, &plain);
	pulses(&b, (const uint8_t *)"\x70", 4, 1 * MS);
	assert_int_equal(next_after(&b, 40), READER_KEY);
	assert_int_equal(b.event.key, '7');
	pulses(&b, (const uint8_t *)"\x4b", 8, 1 * MS);
	assert_int_equal(next_after(&b, 40), READER_KEY);
	assert_int_equal(b.event.key, '#');
	pulses(&b, (const uint8_t *)"\x4c", 8, 1 * MS);
	assert_int_equal(next_after(&b, 40), READER_REFUSED);
	done(&b);
}

static void layouts_and_sites_are_kept_to(void **state)
{
	struct wiegand_options o = plain;
	struct bench b;
	uint8_t bytes[WIEGAND_BYTES];

	(void)state;
	o.layouts[0] = "26";
	o.sites[0] = 17;
	o.sites[1] = 18;
	o.sites_len = 2;
	setup(&b, &o);
	card_bits(bytes, "26", 18, 4711);
	pulses(&b, bytes, 26, 1 * MS);
	assert_int_equal(next_after(&b, 40), READER_CARD);
	bytes[1] ^= 4; /* a pulse on the wrong wire */
	pulses(&b, bytes, 26, 1 * MS);
	assert_int_equal(next_after(&b, 40), READER_REFUSED);
	assert_string_equal(b.event.word, "a card whose parity is wrong");
	card_bits(bytes, "26", 19, 4711);
	pulses(&b, bytes, 26, 1 * MS);
	assert_int_equal(next_after(&b, 40), READER_REFUSED);
	assert_string_equal(b.event.word, "a card of another site");
	pulses(&b, bytes, 25, 1 * MS); /* a pulse was lost */
	assert_int_equal(next_after(&b, 40), READER_REFUSED);
	assert_string_equal(b.event.word, "a card of another number of bits");
	done(&b);
}

static void a_bounce_breaks_the_frame(void **state)
{
	struct bench b;
	uint8_t bytes[WIEGAND_BYTES];

	(void)state;
	setup(&b, &plain);
	card_bits(bytes, "26", 1, 1);
	pulses(&b, bytes, 13, 1 * MS);
	pulses(&b, bytes, 2, 80 * US);
	pulses(&b, bytes, 11, 1 * MS);
	assert_int_equal(next_after(&b, 40), READER_REFUSED);
	assert_string_equal(b.event.word, "pulses that make no card");
	done(&b);
}

static void light_and_beeper(void **state)
{
	struct wiegand_options o = plain;
	struct bench b;

	(void)state;
	o.has_light = true;
	o.light = (struct gpio_wire){.line = LIGHT, .active_low = true};
	o.has_beeper = true;
	o.beeper = (struct gpio_wire){.line = BEEPER};
	setup(&b, &o);
	assert_int_equal(reader_show(&b.reader, READER_SHOW_ASK, 1000, NULL), TANU_OK);
	assert_false(sim_gpio_is_on(&b.sim, LIGHT) || sim_gpio_is_on(&b.sim, BEEPER));
	assert_int_equal(reader_show(&b.reader, READER_SHOW_GO, 1000, NULL), TANU_OK);
	assert_true(sim_gpio_is_on(&b.sim, LIGHT) && sim_gpio_is_on(&b.sim, BEEPER));
	next_after(&b, 101);
	assert_true(sim_gpio_is_on(&b.sim, LIGHT) && !sim_gpio_is_on(&b.sim, BEEPER));
	assert_int_equal(reader_show(&b.reader, READER_SHOW_READY, 2000, NULL), TANU_OK);
	assert_false(sim_gpio_is_on(&b.sim, LIGHT));
	done(&b);
}

static void wires_that_fail_are_told(void **state)
{
	struct bench b;

	(void)state;
	setup(&b, &plain);
	b.sim.broken = true;
	assert_int_equal(next_after(&b, 10), READER_OFFLINE);
	assert_int_equal(next_after(&b, 10), READER_NOTHING);
	b.sim.broken = false;
	assert_int_equal(next_after(&b, 10), READER_ONLINE);
	done(&b);
}

static void refused(const struct wiegand_options *o, const char *words)
{
	struct sim_gpio sim = {0};
	struct gpio gpio = sim_gpio(&sim);
	struct reader reader = {0};
	tanu_error err = {0};

	assert_true(wiegand_reader_open(&reader, &gpio, o, &err) < 0);
	if (!strstr(err.message, words))
		fail_msg("\"%s\" is not in \"%s\"", words, err.message);
	assert_null(reader.ops);
}

static void refuses_settings_that_can_not_work(void **state)
{
	struct wiegand_options o = plain;

	(void)state;
	o.d1.line = D0;
	refused(&o, "in use");
	o.d1.line = 99;
	refused(&o, "not there");
	o = plain;
	o.layouts[0] = "27";
	refused(&o, "cards are");
	o.layouts[0] = "26";
	o.layouts[1] = "26n";
	refused(&o, "told apart");
	o = plain;
	o.sites_len = 1;
	refused(&o, "layout");
	o.sites_len = WIEGAND_SITES_MAX + 1;
	refused(&o, "more than");
}

/* ---- out ---- */

static void sim_wait(void *self, int64_t at_ns)
{
	struct sim_gpio *sim = self;

	if (at_ns > sim->now_ns)
		sim->now_ns = at_ns;
}

static int64_t sim_now(void *self)
{
	return ((struct sim_gpio *)self)->now_ns;
}

static void panel(struct bench *b, struct wiegand_out *out)
{
	const struct gpio_wire d0 = {.line = D0, .active_low = true};
	const struct gpio_wire d1 = {.line = D1, .active_low = true};

	memset(b, 0, sizeof(*b));
	b->gpio = sim_gpio(&b->sim);
	b->sim.now_ns = 5 * MS;
	*out = (struct wiegand_out){.wait_until = sim_wait, .now = sim_now, .self = &b->sim};
	assert_int_equal(wiegand_out_open(out, &b->gpio, &d0, &d1, NULL), TANU_OK);
	assert_true(b->sim.lines[D0].high && b->sim.lines[D1].high);
}

/* Every pulse to the microsecond, and what was sent is read again as a reader's. */
static void sends_what_a_reader_would(void **state)
{
	struct bench b;
	struct wiegand_out out;
	struct wiegand_in in = {0}, frame = {0};
	uint8_t bytes[WIEGAND_BYTES];
	size_t i0 = 0, i1 = 0;

	(void)state;
	panel(&b, &out);
	card_bits(bytes, "37n", 0, 0x512345678);
	assert_int_equal(wiegand_send(&out, bytes, 37, NULL), TANU_OK);
	for (size_t bit = 0; bit < 37; bit++) {
		bool one = bytes[bit / 8] >> (7 - bit % 8) & 1;
		const struct gpio_edge *e =
		    one ? &b.sim.lines[D1].edges[i1] : &b.sim.lines[D0].edges[i0];

		*(one ? &i1 : &i0) += 2;
		assert_true(e[0].on && !e[1].on);
		assert_int_equal(e[0].at_ns, 5 * MS + (int64_t)(bit + 1) * 2 * MS);
		assert_int_equal(e[1].at_ns - e[0].at_ns, 50 * US);
		wiegand_pulse(&in, &frame, one, e[0].at_ns);
	}
	assert_int_equal(i0, b.sim.lines[D0].edges_len);
	assert_int_equal(i1, b.sim.lines[D1].edges_len);
	assert_int_equal(wiegand_quiet(&in, &frame, in.last_ns + 30 * MS), WIEGAND_FRAME);
	assert_memory_equal(frame.bytes, bytes, 5);
	gpio_close(&b.gpio);
}

static void slow_wait(void *self, int64_t at_ns)
{
	struct sim_gpio *sim = self;

	sim->now_ns = at_ns + 3 * MS;
}

static void a_busy_machine_says_so(void **state)
{
	struct bench b;
	struct wiegand_out out;
	uint8_t bytes[WIEGAND_BYTES];
	tanu_error err = {0};

	(void)state;
	panel(&b, &out);
	out.wait_until = slow_wait;
	card_bits(bytes, "26", 1, 1);
	assert_int_equal(wiegand_send(&out, bytes, 26, &err), TANU_SYSTEM);
	assert_int_equal(err.code, TANU_ERR_DEVICE);
	assert_true(b.sim.lines[D0].high && b.sim.lines[D1].high); /* the wires are let go */
}

static void refuses_pulses_that_panels_do_not_read(void **state)
{
	const struct gpio_wire wire = {.line = D0};
	struct wiegand_out out = {.pulse_ns = 10 * US};
	struct sim_gpio sim = {0};
	struct gpio gpio = sim_gpio(&sim);

	(void)state;
	assert_int_equal(wiegand_out_open(&out, &gpio, &wire, &wire, NULL), TANU_USAGE);
	out = (struct wiegand_out){.apart_ns = 21 * MS};
	assert_int_equal(wiegand_out_open(&out, &gpio, &wire, &wire, NULL), TANU_USAGE);
}

static void the_system_s_clock_waits_long_enough(void **state)
{
	int64_t until = os_monotonic_ns() + 2 * MS;

	(void)state;
	os_sleep_until(until);
	assert_true(os_monotonic_ns() >= until);
	os_sleep_until(until - 5 * MS); /* the past is at once */
}

static void a_chip_that_is_missing_is_told(void **state)
{
	struct gpio gpio = {0};
	tanu_error err = {0};

	(void)state;
	assert_true(gpio_open(&gpio, "/dev/tanu-no-such-chip", &err) < 0);
	assert_true(err.code == TANU_ERR_DEVICE || err.code == TANU_ERR_NOT_BUILT);
	gpio_close(&gpio);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_card_comes_as_its_bits),
	    cmocka_unit_test(two_cards_one_after_the_other),
	    cmocka_unit_test(keys_of_four_and_eight_bits),
	    cmocka_unit_test(layouts_and_sites_are_kept_to),
	    cmocka_unit_test(a_bounce_breaks_the_frame),
	    cmocka_unit_test(light_and_beeper),
	    cmocka_unit_test(wires_that_fail_are_told),
	    cmocka_unit_test(refuses_settings_that_can_not_work),
	    cmocka_unit_test(sends_what_a_reader_would),
	    cmocka_unit_test(a_busy_machine_says_so),
	    cmocka_unit_test(refuses_pulses_that_panels_do_not_read),
	    cmocka_unit_test(the_system_s_clock_waits_long_enough),
	    cmocka_unit_test(a_chip_that_is_missing_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
