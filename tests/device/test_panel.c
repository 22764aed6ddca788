/* SPDX-License-Identifier: Apache-2.0 */
/* Cards shown to a panel on the wall, on a stand-in for wires. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "device/panel.h"
#include "device/sim_gpio.h"
#include "os/os.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { D0 = 5, D1 = 6 };

struct wall {
	struct sim_gpio sim;
	struct gpio gpio;
	struct wiegand_out out;
	struct panel *panel;
	atomic_int late;     /* so many cards to come are drawn out */
	atomic_llong now_ns; /* of the world in which the wires are */
	atomic_int pauses;   /* long waits: one after each card */
	atomic_bool held;    /* pauses last */
};

static void wait_until(void *self, int64_t at_ns)
{
	struct wall *w = self;
	int64_t now_ns = atomic_load(&w->now_ns);

	if (at_ns - now_ns > 100000000) {
		atomic_fetch_add(&w->pauses, 1);
		while (atomic_load(&w->held))
			os_sleep_until(os_monotonic_ns() + 1000000);
	}
	if (at_ns > now_ns)
		atomic_store(&w->now_ns, at_ns);
	w->sim.now_ns = atomic_load(&w->now_ns);
}

/* A machine that is busy in the middle of a pulse. */
static int64_t now(void *self)
{
	struct wall *w = self;

	if (atomic_load(&w->late) > 0 && sim_gpio_is_on(&w->sim, D0) == false &&
	    w->sim.lines[D0].edges_len + w->sim.lines[D1].edges_len > 3) {
		atomic_fetch_sub(&w->late, 1);
		atomic_fetch_add(&w->now_ns, 50000000);
	}
	return atomic_load(&w->now_ns);
}

static void wall_open(struct wall *w)
{
	const struct gpio_wire d0 = {.line = D0, .active_low = true},
			       d1 = {.line = D1, .active_low = true};
	tanu_error err = {0};

	memset(w, 0, sizeof(*w));
	w->gpio = sim_gpio(&w->sim);
	w->out = (struct wiegand_out){.wait_until = wait_until, .now = now, .self = w};
	assert_int_equal(wiegand_out_open(&w->out, &w->gpio, &d0, &d1, &err), TANU_OK);
	assert_int_equal(panel_open(&w->panel, &w->out, &err), TANU_OK);
}

static void wait_for_pauses(struct wall *w, int count)
{
	int64_t end_ns = os_monotonic_ns() + 10000000000;

	while (atomic_load(&w->pauses) < count) {
		assert_true(os_monotonic_ns() < end_ns);
		os_sleep_until(os_monotonic_ns() + 1000000);
	}
}

/* What has come on the wires since `from`, as a panel hears it: frames, and their bits. */
static size_t heard(struct wall *w, struct wiegand_in frames[8])
{
	const struct sim_wire *wire[2] = {&w->sim.lines[D0], &w->sim.lines[D1]};
	struct wiegand_in in = {.bits = 0};
	size_t at[2] = {0}, len = 0;

	for (;;) {
		int next = -1;

		for (int k = 0; k < 2; k++) {
			while (at[k] < wire[k]->edges_len && !wire[k]->edges[at[k]].on)
				at[k]++;
			if (at[k] < wire[k]->edges_len &&
			    (next < 0 ||
			     wire[k]->edges[at[k]].at_ns < wire[next]->edges[at[next]].at_ns))
				next = k;
		}
		if (next < 0)
			break;
		if (wiegand_pulse(&in, &frames[len], next == 1,
				  wire[next]->edges[at[next]++].at_ns) != WIEGAND_NOTHING)
			len++;
	}
	if (wiegand_quiet(&in, &frames[len], INT64_MAX / 2) != WIEGAND_NOTHING)
		len++;
	return len;
}

static void assert_card(const struct wiegand_in *frame, const uint8_t *bytes, size_t bits)
{
	assert_false(frame->broken);
	assert_int_equal(frame->bits, bits);
	assert_memory_equal(frame->bytes, bytes, (bits + 7) / 8);
}

static void a_card_comes_to_the_panel_whole(void **state)
{
	uint8_t first[WIEGAND_BYTES], second[WIEGAND_BYTES];
	struct wiegand_in frames[8];
	size_t bits[2];
	struct wall w;

	(void)state;
	assert_int_equal(wiegand_parse(first, &bits[0], "26:12:34567", NULL), TANU_OK);
	assert_int_equal(wiegand_parse(second, &bits[1], "37n:34359738367", NULL), TANU_OK);
	wall_open(&w);
	assert_true(panel_show(w.panel, first, bits[0]));
	wait_for_pauses(&w, 1);
	while (!panel_show(w.panel, second, bits[1]))
		os_sleep_until(os_monotonic_ns() + 1000000);
	panel_close(&w.panel); /* what was taken is sent */
	assert_int_equal(heard(&w, frames), 2);
	assert_card(&frames[0], first, 26);
	assert_card(&frames[1], second, 37);
	assert_null(w.panel);
	panel_close(&w.panel);
}

static void a_card_that_was_drawn_out_is_sent_again(void **state)
{
	uint8_t card[WIEGAND_BYTES];
	struct wiegand_in frames[8];
	size_t bits, len;
	struct wall w;

	(void)state;
	assert_int_equal(wiegand_parse(card, &bits, "26:12:34567", NULL), TANU_OK);
	wall_open(&w);
	atomic_store(&w.late, 1);
	assert_true(panel_show(w.panel, card, bits));
	wait_for_pauses(&w, 2);
	assert_int_equal(panel_failures(w.panel), 0);
	panel_close(&w.panel);
	len = heard(&w, frames);
	assert_int_equal(len, 2);
	assert_true(frames[0].bits < 26); /* no panel takes it for a card */
	assert_card(&frames[1], card, 26);
}

static void wires_that_are_gone_are_told_once(void **state)
{
	uint8_t card[WIEGAND_BYTES];
	unsigned failures;
	size_t bits;
	struct wall w;

	(void)state;
	assert_int_equal(wiegand_parse(card, &bits, "26:12:34567", NULL), TANU_OK);
	wall_open(&w);
	w.sim.broken = true;
	assert_true(panel_show(w.panel, card, bits));
	wait_for_pauses(&w, 3);
	while ((failures = panel_failures(w.panel)) == 0)
		os_sleep_until(os_monotonic_ns() + 1000000);
	assert_int_equal(failures, 1);
	assert_int_equal(panel_failures(w.panel), 0);
	panel_close(&w.panel);
}

static void one_at_a_time_and_only_cards(void **state)
{
	uint8_t card[WIEGAND_BYTES] = {0x80};
	struct wall w;

	(void)state;
	wall_open(&w);
	assert_false(panel_show(w.panel, card, 0));
	assert_false(panel_show(w.panel, card, 65));
	atomic_store(&w.held, true);
	assert_true(panel_show(w.panel, card, 64));
	wait_for_pauses(&w, 1);
	assert_false(panel_show(w.panel, card, 26)); /* it is not through with the one before */
	atomic_store(&w.held, false);
	panel_close(&w.panel);
	assert_int_equal(atomic_load(&w.pauses), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_card_comes_to_the_panel_whole),
	    cmocka_unit_test(a_card_that_was_drawn_out_is_sent_again),
	    cmocka_unit_test(wires_that_are_gone_are_told_once),
	    cmocka_unit_test(one_at_a_time_and_only_cards),
	};

	return cmocka_run_group_tests_name("device/panel", tests, NULL, NULL);
}
