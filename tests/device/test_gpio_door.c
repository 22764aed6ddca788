/* SPDX-License-Identifier: Apache-2.0 */
/* A door on wires, over the stand-in for wires, in simulated time. */
#include "device/gpio_door.h"
#include "device/sim_gpio.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS    ((int64_t)1000000)
#define RELAY 1
/* The wire of each input is 10 and its number. */
#define WIRE(input) (10u + (unsigned)(input))

struct bench {
	struct sim_gpio sim;
	struct gpio gpio;
	struct door door;
	struct gpio_door_options options;
};

static void prepare(struct bench *b)
{
	memset(b, 0, sizeof(*b));
	b->sim.now_ns = 1000000 * MS;
	b->gpio = sim_gpio(&b->sim);
	b->options.relay = (struct gpio_wire){.line = RELAY};
	for (int i = 0; i < GPIO_DOOR_INPUTS; i++) {
		b->options.has[i] = i != GPIO_DOOR_BOLT;
		b->options.inputs[i] = (struct gpio_wire){.line = WIRE(i)};
	}
}

static void open_door(struct bench *b)
{
	assert_int_equal(gpio_door_open(&b->door, &b->gpio, &b->options, NULL), TANU_OK);
}

static int64_t now(const struct bench *b)
{
	return b->sim.now_ns / MS;
}

/* Run for so long, asked when the door wants to be; what came, as one line of words. */
static const char *run(struct bench *b, int64_t ms)
{
	static char said[512];
	int64_t end = now(b) + ms;

	said[0] = '\0';
	for (;;) {
		struct door_event event;

		assert_int_equal(door_next(&b->door, &event, now(b), NULL), TANU_OK);
		if (event.kind) {
			size_t len = strlen(said);

			snprintf(said + len, sizeof(said) - len, "%s%s", len ? " " : "",
				 door_event_word(event.kind));
			continue;
		}
		if (now(b) >= end)
			return said;
		int64_t wake = door_wake_ms(&b->door);

		assert_true(wake > now(b));
		b->sim.now_ns = (wake < end ? wake : end) * MS;
	}
}

static void drive(struct bench *b, enum gpio_door_input input, bool high)
{
	sim_gpio_drive(&b->sim, WIRE(input), high);
}

static void the_relay_follows_and_is_let_go_at_the_end(void **state)
{
	struct bench b;

	(void)state;
	prepare(&b);
	open_door(&b);
	assert_false(sim_gpio_is_on(&b.sim, RELAY));
	assert_int_equal(door_release(&b.door, true, now(&b), NULL), TANU_OK);
	assert_true(sim_gpio_is_on(&b.sim, RELAY));
	run(&b, 10000);
	assert_true(sim_gpio_is_on(&b.sim, RELAY));
	assert_int_equal(door_release(&b.door, false, now(&b), NULL), TANU_OK);
	assert_false(sim_gpio_is_on(&b.sim, RELAY));
	assert_int_equal(door_release(&b.door, true, now(&b), NULL), TANU_OK);
	door_close(&b.door);
	assert_false(sim_gpio_is_on(&b.sim, RELAY));
	door_close(&b.door);
}

/* A magnet is held by current: released means that the wire is dead. */
static void a_magnet_is_released_by_taking_its_current(void **state)
{
	struct bench b;

	(void)state;
	prepare(&b);
	b.options.relay.active_low = true;
	open_door(&b);
	assert_true(b.sim.lines[RELAY].high);
	assert_int_equal(door_release(&b.door, true, now(&b), NULL), TANU_OK);
	assert_false(b.sim.lines[RELAY].high);
	door_close(&b.door);
	assert_true(b.sim.lines[RELAY].high);
}

static void a_turnstile_gets_one_pulse_a_release(void **state)
{
	struct bench b;

	(void)state;
	prepare(&b);
	b.options.pulse_ms = 300;
	open_door(&b);
	assert_int_equal(door_release(&b.door, true, now(&b), NULL), TANU_OK);
	run(&b, 290);
	assert_true(sim_gpio_is_on(&b.sim, RELAY));
	run(&b, 20);
	assert_false(sim_gpio_is_on(&b.sim, RELAY));
	assert_int_equal(door_release(&b.door, true, now(&b), NULL), TANU_OK); /* the same one */
	run(&b, 20);
	assert_false(sim_gpio_is_on(&b.sim, RELAY));
	assert_int_equal(door_release(&b.door, false, now(&b), NULL), TANU_OK);
	assert_int_equal(door_release(&b.door, true, now(&b), NULL), TANU_OK);
	assert_true(sim_gpio_is_on(&b.sim, RELAY));
	assert_int_equal(door_release(&b.door, false, now(&b), NULL), TANU_OK);
	assert_false(sim_gpio_is_on(&b.sim, RELAY));
	door_close(&b.door);
}

static void the_leaf_is_told_once_it_has_settled(void **state)
{
	struct bench b;

	(void)state;
	prepare(&b);
	open_door(&b);
	assert_string_equal(run(&b, 100), "");
	for (int i = 0; i < 5; i++) { /* a contact bounces */
		drive(&b, GPIO_DOOR_LEAF, i % 2 == 0);
		assert_string_equal(run(&b, 7), "");
	}
	assert_string_equal(run(&b, 20), "");
	assert_string_equal(run(&b, 20), "opened");
	drive(&b, GPIO_DOOR_LEAF, false);
	assert_string_equal(run(&b, 100), "closed");
	door_close(&b.door);
}

static void what_is_on_already_comes_first(void **state)
{
	struct bench b;

	(void)state;
	prepare(&b);
	drive(&b, GPIO_DOOR_LEAF, true);
	drive(&b, GPIO_DOOR_FIRE, true);
	drive(&b, GPIO_DOOR_TAMPER, true);
	open_door(&b);
	assert_string_equal(run(&b, 100), "fire opened tamper");
	door_close(&b.door);
}

static void fire_counts_at_once_and_is_over_slowly(void **state)
{
	struct bench b;

	(void)state;
	prepare(&b);
	open_door(&b);
	run(&b, 50);
	drive(&b, GPIO_DOOR_FIRE, true);
	assert_string_equal(run(&b, 5), "fire");
	drive(&b, GPIO_DOOR_FIRE, false); /* a loop that flickers */
	assert_string_equal(run(&b, 1500), "");
	drive(&b, GPIO_DOOR_FIRE, true);
	assert_string_equal(run(&b, 500), "");
	drive(&b, GPIO_DOOR_FIRE, false);
	assert_string_equal(run(&b, 1990), "");
	assert_string_equal(run(&b, 20), "fire-over");
	door_close(&b.door);
}

static void the_button_inside_counts_however_short(void **state)
{
	struct bench b;

	(void)state;
	prepare(&b);
	open_door(&b);
	run(&b, 50);
	drive(&b, GPIO_DOOR_EXIT, true);
	b.sim.now_ns += MS / 10;
	drive(&b, GPIO_DOOR_EXIT, false);
	assert_string_equal(run(&b, 10), "exit");
	run(&b, 2000);
	drive(&b, GPIO_DOOR_EXIT, true); /* and again as long as it is held */
	assert_string_equal(run(&b, 2500), "exit exit exit");
	drive(&b, GPIO_DOOR_EXIT, false);
	assert_string_equal(run(&b, 2500), "");
	door_close(&b.door);
}

static void passages_are_counted_by_their_pulses(void **state)
{
	struct bench b;

	(void)state;
	prepare(&b);
	open_door(&b);
	run(&b, 50);
	for (int i = 0; i < 3; i++) { /* three people between two looks, each with a bounce */
		for (int bounce = 0; bounce < 2; bounce++) {
			drive(&b, GPIO_DOOR_PASSED_IN, true);
			b.sim.now_ns += 2 * MS;
			drive(&b, GPIO_DOOR_PASSED_IN, false);
			b.sim.now_ns += 2 * MS;
		}
		b.sim.now_ns += 100 * MS;
	}
	drive(&b, GPIO_DOOR_PASSED_OUT, true);
	assert_string_equal(run(&b, 10), "passed-in passed-in passed-in passed-out");
	door_close(&b.door);
}

static void many_pulses_leave_room_for_the_rest(void **state)
{
	struct bench b;
	const char *said;
	size_t n = 0;

	(void)state;
	prepare(&b);
	open_door(&b);
	run(&b, 50);
	for (int i = 0; i < 20; i++) {
		drive(&b, GPIO_DOOR_PASSED_IN, true);
		b.sim.now_ns += 40 * MS;
		drive(&b, GPIO_DOOR_PASSED_IN, false);
	}
	drive(&b, GPIO_DOOR_FIRE, true);
	said = run(&b, 100);
	assert_non_null(strstr(said, "fire"));
	for (; (said = strstr(said, "passed-in")); said++)
		n++;
	assert_int_equal(n, 20);
	door_close(&b.door);
}

static void a_lock_that_does_not_follow_is_told(void **state)
{
	struct bench b;

	(void)state;
	prepare(&b);
	b.options.has[GPIO_DOOR_BOLT] = true;
	open_door(&b);
	assert_string_equal(run(&b, 2000), "");
	assert_int_equal(door_release(&b.door, true, now(&b), NULL), TANU_OK);
	assert_string_equal(run(&b, 990), "");
	assert_string_equal(run(&b, 20), "lost");
	assert_string_equal(run(&b, 2000), "");
	drive(&b, GPIO_DOOR_BOLT, true);
	assert_string_equal(run(&b, 20), "found");
	assert_int_equal(door_release(&b.door, false, now(&b), NULL), TANU_OK);
	drive(&b, GPIO_DOOR_BOLT, false);
	assert_string_equal(run(&b, 2000), "");
	door_close(&b.door);
}

static void wires_that_fail_and_come_back(void **state)
{
	struct bench b;

	(void)state;
	prepare(&b);
	open_door(&b);
	run(&b, 50);
	b.sim.broken = true;
	assert_string_equal(run(&b, 3000), "lost");
	assert_int_equal(door_release(&b.door, true, now(&b), NULL), TANU_SYSTEM);
	assert_int_equal(door_release(&b.door, false, now(&b), NULL), TANU_SYSTEM);
	drive(&b, GPIO_DOOR_LEAF, true);
	b.sim.broken = false;
	assert_string_equal(run(&b, 1100), "opened found"); /* where the leaf is, before */
	assert_false(sim_gpio_is_on(&b.sim, RELAY));
	door_close(&b.door);
}

static void wires_that_can_not_be_had_are_told_at_once(void **state)
{
	struct bench b;
	tanu_error err = {0};

	(void)state;
	prepare(&b);
	b.options.inputs[GPIO_DOOR_FIRE].line = RELAY;
	assert_int_equal(gpio_door_open(&b.door, &b.gpio, &b.options, &err), TANU_SYSTEM);
	assert_int_equal(err.code, TANU_ERR_DEVICE);
	assert_null(b.door.ops);
}

static void words_for_every_event(void **state)
{
	(void)state;
	for (int i = 1; i < DOOR_EVENTS; i++)
		assert_true(strlen(door_event_word((enum door_event_kind)i)) > 0);
	assert_string_equal(door_event_word(DOOR_EVENTS), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_relay_follows_and_is_let_go_at_the_end),
	    cmocka_unit_test(a_magnet_is_released_by_taking_its_current),
	    cmocka_unit_test(a_turnstile_gets_one_pulse_a_release),
	    cmocka_unit_test(the_leaf_is_told_once_it_has_settled),
	    cmocka_unit_test(what_is_on_already_comes_first),
	    cmocka_unit_test(fire_counts_at_once_and_is_over_slowly),
	    cmocka_unit_test(the_button_inside_counts_however_short),
	    cmocka_unit_test(passages_are_counted_by_their_pulses),
	    cmocka_unit_test(many_pulses_leave_room_for_the_rest),
	    cmocka_unit_test(a_lock_that_does_not_follow_is_told),
	    cmocka_unit_test(wires_that_fail_and_come_back),
	    cmocka_unit_test(wires_that_can_not_be_had_are_told_at_once),
	    cmocka_unit_test(words_for_every_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
