/* SPDX-License-Identifier: Apache-2.0 */
/* The gate's time: nobody's word, somebody's word, and a clock that is set meanwhile. */
#include "lease/clock.h"
#include "lease/world.h"

struct hands {
	int64_t wall_ms, boot_ms;
};

static int64_t wall(void *self)
{
	return ((struct hands *)self)->wall_ms;
}

static int64_t boot(void *self)
{
	return ((struct hands *)self)->boot_ms;
}

static struct gate_clock start(struct hands *hands, int64_t floor_ms)
{
	const struct clock_source source = {.now_ms = wall, .self = hands};
	struct gate_clock clock;

	gate_clock_init(&clock, &source, boot, hands, floor_ms);
	return clock;
}

static void knows_no_time_until_it_is_told(void **state)
{
	struct hands hands = {.wall_ms = 5000, .boot_ms = 100};
	struct gate_clock clock = start(&hands, T0);

	(void)state;
	assert_false(clock.trusted);
	assert_int_equal(gate_clock_now(&clock), T0); /* a clock that fell back to 1970 */
	assert_false(gate_clock_trust_machine(&clock));
	assert_false(
	    gate_clock_set(&clock, T0 - CLOCK_SLACK_MS - 1)); /* an old word, brought back */
	assert_true(gate_clock_set(&clock, T0 + 50));
	hands.boot_ms += 1000;
	assert_int_equal(gate_clock_now(&clock), T0 + 1050);
}

static void a_counter_that_ran_ahead_waits(void **state)
{
	struct hands hands = {.wall_ms = 5000, .boot_ms = 100};
	struct gate_clock clock = start(&hands, 0);

	(void)state;
	assert_true(gate_clock_set(&clock, T0));
	hands.boot_ms += 1000;
	assert_int_equal(gate_clock_floor(&clock), T0 + 1000);
	assert_true(gate_clock_set(&clock, T0 + 400)); /* the site says that it is not that late */
	assert_int_equal(gate_clock_now(&clock), T0 + 1000);
	hands.boot_ms += 500;
	assert_int_equal(gate_clock_now(&clock), T0 + 1000); /* never back */
	hands.boot_ms += 500;
	assert_int_equal(gate_clock_now(&clock), T0 + 1400);
}

static void a_clock_that_is_set_moves_nothing_and_is_noticed(void **state)
{
	struct hands hands = {.wall_ms = T0, .boot_ms = 100};
	struct gate_clock clock = start(&hands, 0);
	int64_t by_ms = 0;

	(void)state;
	assert_true(gate_clock_trust_machine(&clock));
	hands.wall_ms += 60000;
	hands.boot_ms += 60000;
	assert_false(gate_clock_jumped(&clock, &by_ms));
	hands.wall_ms -= 86400000; /* so that yesterday's lease would hold again */
	hands.boot_ms += 10;
	assert_true(gate_clock_jumped(&clock, &by_ms));
	assert_int_equal(by_ms, -86400010);
	assert_int_equal(gate_clock_now(&clock), T0 + 60010);
	assert_false(gate_clock_jumped(&clock, &by_ms)); /* told once */
	assert_int_equal(gate_clock_floor(&clock), T0 + 60010);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(knows_no_time_until_it_is_told),
	    cmocka_unit_test(a_counter_that_ran_ahead_waits),
	    cmocka_unit_test(a_clock_that_is_set_moves_nothing_and_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
