/* SPDX-License-Identifier: Apache-2.0 */
/* The controller's state table against simulated readers, in simulated time. */
#include "device/osdp/bus.h"
#include "device/pd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct osdp_key own = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
static const struct osdp_key fresh = {{51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65}};

static void fill(void *self, void *out, size_t len)
{
	unsigned *n = self;

	for (size_t i = 0; i < len; i++)
		((uint8_t *)out)[i] = (uint8_t)(++*n * 7);
}

/* A line with readers, and what they have said. */
struct world {
	struct osdp_bus bus;
	struct pd pds[OSDP_READERS_MAX];
	size_t pds_len;
	int64_t now;
	unsigned random;
	struct osdp_event seen[256];
	size_t seen_len;
	bool cut; /* the cable */
	uint8_t replay[OSDP_FRAME_MAX];
	size_t replay_len; /* somebody on the line says this instead of the reader */
};

static void setup(struct world *w, size_t pds)
{
	struct osdp_reader_options readers[OSDP_READERS_MAX] = {0};
	struct osdp_bus_options options = {.random = {fill, NULL}};

	memset(w, 0, sizeof(*w));
	options.random.self = &w->random;
	for (size_t i = 0; i < pds; i++) {
		readers[i] = (struct osdp_reader_options){.address = (uint8_t)(3 * i), .key = own};
		w->pds[i] = (struct pd){.address = (uint8_t)(3 * i), .key = own, .has_key = true};
	}
	w->pds_len = pds;
	w->now = 1000000;
	assert_int_equal(osdp_bus_init(&w->bus, readers, pds, &options, NULL), TANU_OK);
}

static void collect(struct world *w)
{
	for (size_t i = 0; i < w->pds_len; i++)
		while (w->seen_len < ARRAY_LEN(w->seen) &&
		       osdp_bus_take(&w->bus, &w->seen[w->seen_len], i, w->now))
			w->seen_len++;
}

/* All readers hear what is sent; at most one answers, two milliseconds later. */
static struct osdp_bus_step deliver(struct world *w, struct osdp_bus_step step)
{
	uint8_t bytes[OSDP_FRAME_MAX];

	while (step.send) {
		size_t len = 0;

		for (size_t i = 0; i < w->pds_len && !w->cut; i++) {
			uint8_t reply[OSDP_FRAME_MAX];
			size_t n = pd_hear(&w->pds[i], reply, step.send, step.send_len, w->now);

			if (n > 0) {
				memcpy(bytes, reply, n);
				len = n;
			}
		}
		if (w->replay_len) {
			len = w->replay_len;
			memcpy(bytes, w->replay, len);
		}
		if (len == 0)
			return osdp_bus_next(&w->bus, OSDP_BUS_TIME, NULL, 0, w->now);
		w->now += 2;
		step = osdp_bus_next(&w->bus, OSDP_BUS_BYTES, bytes, len, w->now);
	}
	return step;
}

static void run(struct world *w, int64_t ms)
{
	int64_t end = w->now + ms;
	struct osdp_bus_step step;

	if (!w->bus.line_up)
		step = osdp_bus_next(&w->bus, OSDP_BUS_UP, NULL, 0, w->now);
	else
		step = osdp_bus_next(&w->bus, OSDP_BUS_TIME, NULL, 0, w->now);
	while (w->now < end) {
		step = deliver(w, step);
		collect(w);
		assert_true(step.wake_ms > w->now || w->bus.waiting || step.send);
		w->now =
		    step.wake_ms < end ? (step.wake_ms > w->now ? step.wake_ms : w->now + 1) : end;
		step = osdp_bus_next(&w->bus, OSDP_BUS_TIME, NULL, 0, w->now);
	}
	deliver(w, step);
	collect(w);
}

static size_t count(const struct world *w, enum reader_event_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < w->seen_len; i++)
		n += w->seen[i].kind == kind;
	return n;
}

static const struct osdp_event *find(const struct world *w, enum reader_event_kind kind)
{
	for (size_t i = 0; i < w->seen_len; i++)
		if (w->seen[i].kind == kind)
			return &w->seen[i];
	fail_msg("no event of kind %d", kind);
	return NULL;
}

static const struct osdp_reply a_card = {.code = OSDP_R_RAW,
					 .card = {0, true, 26, {0xa5, 0x5a, 0xff, 0xc0}}};

static void comes_online_and_brings_a_card(void **state)
{
	struct world w;

	(void)state;
	setup(&w, 1);
	run(&w, 2000);
	assert_int_equal(w.bus.peers[0].state, OSDP_ONLINE);
	assert_int_equal(count(&w, READER_ONLINE), 1);
	assert_int_equal(w.bus.peers[0].id.serial, 77);
	assert_non_null(osdp_cap_find(&w.bus.peers[0].caps, OSDP_F_LED));
	pd_show(&w.pds[0], &a_card);
	run(&w, 200);
	assert_int_equal(count(&w, READER_CARD), 1);
	assert_int_equal(find(&w, READER_CARD)->bits, 26);
	assert_memory_equal(find(&w, READER_CARD)->bytes, a_card.card.data, 4);
	assert_false(w.pds[0].clear_data);
	assert_int_equal(w.bus.peers[0].counts.repeats, 0);
}

static void keypad_digits_and_formatted_cards(void **state)
{
	const struct osdp_reply keys = {.code = OSDP_R_KEYPAD, .keypad = {0, "12#"}};
	const struct osdp_reply digits = {.code = OSDP_R_FMT, .formatted = {0, true, "321"}};
	struct world w;

	(void)state;
	setup(&w, 1);
	run(&w, 2000);
	pd_show(&w.pds[0], &keys);
	pd_show(&w.pds[0], &digits);
	run(&w, 300);
	assert_int_equal(count(&w, READER_KEY), 3);
	assert_int_equal(find(&w, READER_KEY)->key, '1');
	assert_memory_equal(find(&w, READER_CODE)->bytes, "123", 3);
}

static void tamper_power_inputs_and_outputs_are_told_once(void **state)
{
	const struct osdp_reply torn = {.code = OSDP_R_LSTATR, .local = {true, true}};
	const struct osdp_reply inputs = {.code = OSDP_R_ISTATR, .levels = {{0, 1, 1}, 3}};
	struct world w;

	(void)state;
	setup(&w, 1);
	w.pds[0].has_inputs = true;
	run(&w, 2000);
	assert_int_equal(count(&w, READER_INPUT), 1); /* the second was on at the start */
	pd_show(&w.pds[0], &torn);
	pd_show(&w.pds[0], &torn);
	pd_show(&w.pds[0], &inputs);
	run(&w, 300);
	assert_int_equal(count(&w, READER_TAMPER), 1);
	assert_true(find(&w, READER_TAMPER)->on);
	assert_int_equal(count(&w, READER_POWER), 1);
	assert_int_equal(count(&w, READER_INPUT), 2);
	assert_int_equal(w.seen[w.seen_len - 1].number, 2);
}

static void lights_and_outputs_reach_the_reader(void **state)
{
	struct osdp_command led = {.code = OSDP_LED, .led = {.permanent = true}};
	const struct osdp_command out = {.code = OSDP_OUT, .out = {{{0, OSDP_OUT_ON_FOR, 30}}, 1}};
	struct world w;

	(void)state;
	setup(&w, 1);
	assert_int_equal(osdp_bus_command(&w.bus, 0, &led, NULL), TANU_SYSTEM);
	run(&w, 2000);
	for (uint8_t colour = 1; colour <= 5; colour++) {
		led.led.always.on_colour = colour;
		assert_int_equal(osdp_bus_command(&w.bus, 0, &led, NULL), TANU_OK);
	}
	assert_int_equal(osdp_bus_command(&w.bus, 0, &out, NULL), TANU_OK);
	run(&w, 500);
	assert_int_equal(w.pds[0].leds, 1); /* the last word counts */
	assert_int_equal(w.pds[0].led.led.always.on_colour, 5);
	assert_int_equal(w.pds[0].outs, 1);
	assert_int_equal(w.pds[0].out.out.one[0].tenths, 30);
	assert_true(find(&w, READER_OUTPUT)->on);
}

static void a_queue_of_commands_has_an_end(void **state)
{
	const struct osdp_command beep = {.code = OSDP_BUZ, .buzzer = {0, 2, 1, 1, 1}};
	struct world w;

	(void)state;
	setup(&w, 1);
	run(&w, 2000);
	for (int i = 0; i < OSDP_COMMANDS_MAX; i++)
		assert_int_equal(osdp_bus_command(&w.bus, 0, &beep, NULL), TANU_OK);
	assert_int_equal(osdp_bus_command(&w.bus, 0, &beep, NULL), TANU_SYSTEM);
}

/* However much the gate has to show, a card comes at the next poll. */
static void commands_do_not_keep_cards_waiting(void **state)
{
	const struct osdp_command beep = {.code = OSDP_BUZ, .buzzer = {0, 2, 1, 1, 1}};
	struct world w;
	int64_t shown;

	(void)state;
	setup(&w, 1);
	run(&w, 2000);
	for (int i = 0; i < OSDP_COMMANDS_MAX; i++)
		assert_int_equal(osdp_bus_command(&w.bus, 0, &beep, NULL), TANU_OK);
	shown = w.now;
	pd_show(&w.pds[0], &a_card);
	run(&w, 2000);
	assert_true(find(&w, READER_CARD)->at_ms - shown < 160);
}

static void a_lost_reply_is_asked_for_again_and_counts_once(void **state)
{
	struct world w;

	(void)state;
	setup(&w, 1);
	run(&w, 2000);
	pd_show(&w.pds[0], &a_card);
	w.pds[0].lose = 3;
	run(&w, 1500);
	assert_int_equal(count(&w, READER_CARD), 1);
	assert_int_equal(w.pds[0].repeats, 3);
	assert_int_equal(w.bus.peers[0].counts.repeats, 3);
	assert_int_equal(w.pds[0].sessions, 1);
}

static void a_garbled_reply_is_no_reply(void **state)
{
	struct world w;

	(void)state;
	setup(&w, 1);
	run(&w, 2000);
	pd_show(&w.pds[0], &a_card);
	w.pds[0].garble = 2;
	run(&w, 1500);
	assert_int_equal(count(&w, READER_CARD), 1);
	assert_int_equal(w.pds[0].sessions, 1);
	assert_int_equal(count(&w, READER_REFUSED), 0);
}

static void a_reply_of_another_number_is_no_reply(void **state)
{
	struct world w;

	(void)state;
	setup(&w, 1);
	run(&w, 2000);
	pd_show(&w.pds[0], &a_card);
	w.pds[0].lag = 1;
	run(&w, 1500);
	assert_int_equal(count(&w, READER_CARD), 1);
	assert_true(w.bus.peers[0].counts.repeats >= 1);
}

static void busy_means_later(void **state)
{
	struct world w;

	(void)state;
	setup(&w, 1);
	run(&w, 2000);
	pd_show(&w.pds[0], &a_card);
	w.pds[0].busy = 5;
	run(&w, 2000);
	assert_int_equal(w.bus.peers[0].counts.busy, 5);
	assert_int_equal(count(&w, READER_CARD), 1);
	assert_int_equal(w.pds[0].sessions, 1);
}

/* Anybody can say "busy", since it has no MAC: it must not keep a dead reader alive. */
static void busy_for_ever_is_offline(void **state)
{
	struct world w;

	(void)state;
	setup(&w, 1);
	run(&w, 2000);
	w.pds[0].busy = 1000000;
	run(&w, 7000);
	assert_int_equal(count(&w, READER_OFFLINE), 0);
	run(&w, 1500);
	assert_int_equal(count(&w, READER_OFFLINE), 1);
}

static void offline_after_eight_seconds_and_back(void **state)
{
	struct world w;
	int64_t cut_ms;

	(void)state;
	setup(&w, 1);
	run(&w, 2000);
	w.cut = true;
	cut_ms = w.now;
	run(&w, 20000);
	assert_int_equal(count(&w, READER_OFFLINE), 1);
	assert_in_range(find(&w, READER_OFFLINE)->at_ms - cut_ms, 7900, 8300);
	assert_int_equal(w.bus.peers[0].state == OSDP_SILENT || w.bus.peers[0].state == OSDP_HELLO,
			 true);
	w.cut = false;
	run(&w, 3000);
	assert_int_equal(count(&w, READER_ONLINE), 2);
	assert_int_equal(w.pds[0].sessions, 2);
}

static void what_was_shown_while_nobody_listened_is_dropped(void **state)
{
	struct world w;

	(void)state;
	setup(&w, 1);
	pd_show(&w.pds[0], &a_card); /* before the session */
	run(&w, 2000);
	assert_int_equal(count(&w, READER_CARD), 0);
	w.cut = true;
	run(&w, 10000);
	pd_show(&w.pds[0], &a_card);
	pd_show(&w.pds[0], &a_card);
	w.cut = false;
	run(&w, 3000);
	assert_int_equal(w.bus.peers[0].state, OSDP_ONLINE);
	assert_int_equal(count(&w, READER_CARD), 0);
	assert_int_equal(w.bus.peers[0].counts.stale, 3);
	pd_show(&w.pds[0], &a_card);
	run(&w, 300);
	assert_int_equal(count(&w, READER_CARD), 1);
}

static void what_nobody_fetched_in_time_is_dropped(void **state)
{
	const struct osdp_reply torn = {.code = OSDP_R_LSTATR, .local = {true, false}};
	struct osdp_event event;
	struct world w;

	(void)state;
	setup(&w, 1);
	run(&w, 2000);
	pd_show(&w.pds[0], &a_card);
	pd_show(&w.pds[0], &torn);
	w.seen_len = ARRAY_LEN(w.seen); /* the gate is busy elsewhere */
	run(&w, 5000);
	assert_true(osdp_bus_take(&w.bus, &event, 0, w.now)); /* what is not of a person stays */
	assert_int_equal(event.kind, READER_TAMPER);
	assert_false(osdp_bus_take(&w.bus, &event, 0, w.now));
	assert_int_equal(w.bus.peers[0].counts.stale, 1);
}

static void clear_text_after_the_handshake_is_refused(void **state)
{
	struct world w;

	(void)state;
	setup(&w, 1);
	run(&w, 2000);
	pd_show(&w.pds[0], &a_card);
	w.pds[0].clear = 1;
	run(&w, 100);
	assert_int_equal(w.bus.peers[0].counts.clear_refused, 1);
	assert_string_equal(find(&w, READER_REFUSED)->word, "a message in clear text");
	run(&w, 2000);
	assert_int_equal(count(&w, READER_CARD), 0);
	assert_int_equal(w.pds[0].sessions, 2); /* a new session, and on it goes */
	assert_int_equal(w.bus.peers[0].state, OSDP_ONLINE);
}

static void a_false_mac_ends_the_session(void **state)
{
	struct world w;

	(void)state;
	setup(&w, 1);
	run(&w, 2000);
	pd_show(&w.pds[0], &a_card);
	w.pds[0].forge = 1;
	run(&w, 2000);
	assert_int_equal(w.bus.peers[0].counts.forged, 1);
	assert_int_equal(count(&w, READER_CARD), 0);
	assert_int_equal(w.pds[0].sessions, 2);
}

/* A card recorded on the line and said again, with every number: never believed. */
static void a_recorded_reply_opens_nothing(void **state)
{
	struct world w;

	(void)state;
	for (uint8_t sequence = 0; sequence < 4; sequence++) {
		setup(&w, 1);
		run(&w, 2000);
		pd_show(&w.pds[0], &a_card);
		run(&w, 200);
		assert_int_equal(count(&w, READER_CARD), 1);
		/* the reader's answer to the poll that fetched the card is not kept: make one */
		memcpy(w.replay, w.pds[0].last, w.pds[0].last_len);
		w.replay_len = w.pds[0].last_len;
		w.replay[4] = (uint8_t)((w.replay[4] & ~3) | sequence);
		uint16_t sum = osdp_crc16(w.replay, w.replay_len - 2);

		w.replay[w.replay_len - 2] = (uint8_t)sum;
		w.replay[w.replay_len - 1] = (uint8_t)(sum >> 8);
		w.seen_len = 0;
		run(&w, 12000);
		assert_int_equal(count(&w, READER_CARD), 0);
		assert_int_equal(count(&w, READER_OFFLINE), 1);
	}
}

static void a_reader_that_lost_its_session_gets_another(void **state)
{
	struct world w;

	(void)state;
	setup(&w, 1);
	run(&w, 2000);
	pd_restart(&w.pds[0]);
	run(&w, 2000);
	assert_int_equal(w.pds[0].sessions, 2);
	assert_int_equal(w.bus.peers[0].state, OSDP_ONLINE);
	assert_int_equal(count(&w, READER_OFFLINE), 0);
	assert_int_equal(count(&w, READER_ONLINE), 1);
}

static void a_reader_with_another_key_is_not_used(void **state)
{
	struct world w;

	(void)state;
	setup(&w, 1);
	w.pds[0].key = fresh;
	pd_show(&w.pds[0], &a_card);
	run(&w, 60000);
	assert_int_equal(count(&w, READER_ONLINE), 0);
	assert_int_equal(count(&w, READER_CARD), 0);
	assert_int_equal(count(&w, READER_REFUSED), 1); /* told once */
	assert_string_equal(find(&w, READER_REFUSED)->word, "it does not hold the key");
	assert_in_range(w.pds[0].sessions, 5, 15); /* and asked rarely */
}

static void a_reader_without_secure_channel_is_not_used(void **state)
{
	struct world w;

	(void)state;
	setup(&w, 1);
	w.pds[0].no_security = true;
	run(&w, 10000);
	assert_int_equal(count(&w, READER_ONLINE), 0);
	assert_non_null(strstr(find(&w, READER_REFUSED)->word, "no secure channel"));
	assert_false(w.pds[0].clear_data);
	assert_int_equal(w.pds[0].polls, 0);
}

/* A reader from the factory has the default key. Without pairing it is not used. */
static void the_default_key_is_not_used_unasked(void **state)
{
	struct world w;

	(void)state;
	setup(&w, 1);
	w.pds[0].has_key = false;
	run(&w, 10000);
	assert_int_equal(count(&w, READER_ONLINE), 0);
	assert_int_equal(w.pds[0].keys_set, 0);
	assert_int_equal(w.pds[0].polls, 0);
}

static void pairing_gives_a_new_key_before_anything_else(void **state)
{
	struct world w;

	(void)state;
	setup(&w, 1);
	w.pds[0].has_key = false;
	w.bus.peers[0].options =
	    (struct osdp_reader_options){.change_key = true, .pair = true, .new_key = fresh};
	run(&w, 4000);
	assert_int_equal(w.pds[0].keys_set, 1);
	assert_memory_equal(w.pds[0].key.b, fresh.b, OSDP_KEY_LEN);
	assert_int_equal(count(&w, READER_PAIRED), 1);
	assert_int_equal(count(&w, READER_ONLINE), 1);
	assert_false(w.bus.peers[0].options.pair || w.bus.peers[0].options.change_key);
	assert_false(w.bus.peers[0].secure.default_key);
	/* from now on the default key is of no use */
	w.pds[0].has_key = false;
	pd_restart(&w.pds[0]);
	run(&w, 20000);
	assert_int_equal(w.pds[0].keys_set, 1);
	assert_int_equal(count(&w, READER_OFFLINE), 1);
}

static void a_key_is_changed_within_the_channel(void **state)
{
	struct world w;

	(void)state;
	setup(&w, 1);
	run(&w, 2000);
	assert_int_equal(osdp_bus_change_key(&w.bus, 0, &fresh, NULL), TANU_OK);
	run(&w, 4000);
	assert_memory_equal(w.pds[0].key.b, fresh.b, OSDP_KEY_LEN);
	assert_int_equal(count(&w, READER_PAIRED), 1);
	assert_int_equal(count(&w, READER_OFFLINE), 0);
	assert_int_equal(w.bus.peers[0].state, OSDP_ONLINE);
	assert_int_equal(osdp_bus_change_key(&w.bus, 0, &osdp_default_key, NULL), TANU_USAGE);
}

/* The gate lost power right after the reader took the key: both were safe on disk. */
static void a_key_change_that_was_cut_is_finished_later(void **state)
{
	struct world w;

	(void)state;
	for (int has_it = 0; has_it < 2; has_it++) {
		setup(&w, 1);
		w.pds[0].key = has_it ? fresh : own;
		w.bus.peers[0].options =
		    (struct osdp_reader_options){.key = own, .change_key = true, .new_key = fresh};
		run(&w, 4000);
		assert_memory_equal(w.pds[0].key.b, fresh.b, OSDP_KEY_LEN);
		assert_int_equal(w.pds[0].keys_set, has_it ? 0 : 1);
		assert_int_equal(count(&w, READER_PAIRED), 1);
		assert_int_equal(w.bus.peers[0].state, OSDP_ONLINE);
	}
}

static void a_reader_that_takes_no_key_is_told(void **state)
{
	struct world w;

	(void)state;
	setup(&w, 1);
	w.pds[0].refuse_key = true;
	w.pds[0].has_key = false;
	w.bus.peers[0].options =
	    (struct osdp_reader_options){.change_key = true, .pair = true, .new_key = fresh};
	run(&w, 10000);
	assert_int_equal(count(&w, READER_PAIRED), 0);
	assert_int_equal(count(&w, READER_ONLINE), 0);
	assert_string_equal(find(&w, READER_REFUSED)->word, "it does not take a new key");
}

static void several_readers_share_a_line(void **state)
{
	struct world w;

	(void)state;
	setup(&w, OSDP_READERS_MAX);
	w.pds[2].dead = true; /* one that is missing holds up nobody */
	run(&w, 8000);
	assert_int_equal(count(&w, READER_ONLINE), OSDP_READERS_MAX - 1);
	for (size_t i = 0; i < OSDP_READERS_MAX; i++) {
		int64_t shown = w.now;
		size_t before = w.seen_len;

		if (w.pds[i].dead)
			continue;
		pd_show(&w.pds[i], &a_card);
		run(&w, 1000);
		assert_int_equal(w.seen_len, before + 1);
		assert_true(w.seen[before].at_ms - shown < 600);
	}
}

static void a_broken_line_is_taken_up_again(void **state)
{
	struct osdp_bus_step step;
	struct world w;

	(void)state;
	setup(&w, 1);
	run(&w, 2000);
	step = osdp_bus_next(&w.bus, OSDP_BUS_DOWN, NULL, 0, w.now);
	assert_null(step.send);
	w.now += 1000;
	step = osdp_bus_next(&w.bus, OSDP_BUS_TIME, NULL, 0, w.now);
	assert_null(step.send);
	pd_show(&w.pds[0], &a_card);
	run(&w, 1000); /* up again, in the same session */
	assert_int_equal(count(&w, READER_CARD), 1);
	assert_int_equal(w.pds[0].sessions, 1);
	osdp_bus_next(&w.bus, OSDP_BUS_DOWN, NULL, 0, w.now);
	w.now += 8100;
	osdp_bus_next(&w.bus, OSDP_BUS_TIME, NULL, 0, w.now);
	collect(&w);
	assert_int_equal(count(&w, READER_OFFLINE), 1);
}

static void a_frame_cut_in_the_middle_is_asked_for_again(void **state)
{
	struct osdp_bus_step step;
	uint8_t reply[OSDP_FRAME_MAX];
	struct world w;
	size_t len;

	(void)state;
	setup(&w, 1);
	run(&w, 2000);
	pd_show(&w.pds[0], &a_card);
	do {
		w.now += 50;
		step = osdp_bus_next(&w.bus, OSDP_BUS_TIME, NULL, 0, w.now);
	} while (!step.send);
	len = pd_hear(&w.pds[0], reply, step.send, step.send_len, w.now);
	osdp_bus_next(&w.bus, OSDP_BUS_BYTES, reply, len / 2, w.now);
	run(&w, 1500);
	assert_int_equal(count(&w, READER_CARD), 1);
	assert_int_equal(w.pds[0].sessions, 1);
}

static void noise_is_passed_over(void **state)
{
	static uint8_t noise[5000];
	struct world w;

	(void)state;
	setup(&w, 1);
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)(i * i >> 3);
	run(&w, 2000);
	for (int i = 0; i < 20; i++) {
		w.now += 13;
		deliver(&w, osdp_bus_next(&w.bus, OSDP_BUS_BYTES, noise, sizeof(noise), w.now));
	}
	pd_show(&w.pds[0], &a_card);
	run(&w, 2000);
	assert_int_equal(count(&w, READER_CARD), 1);
	assert_int_equal(w.bus.peers[0].state, OSDP_ONLINE);
}

static void refuses_settings_that_can_not_work(void **state)
{
	struct osdp_reader_options r[OSDP_READERS_MAX + 1] = {0};
	const struct osdp_bus_options options = {.random = {fill, NULL}};
	static struct osdp_bus bus;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(r); i++)
		r[i] = (struct osdp_reader_options){.address = (uint8_t)i, .key = own};
	assert_int_equal(osdp_bus_init(&bus, r, 0, &options, NULL), TANU_USAGE);
	assert_int_equal(osdp_bus_init(&bus, r, ARRAY_LEN(r), &options, NULL), TANU_USAGE);
	r[1].address = 0;
	assert_int_equal(osdp_bus_init(&bus, r, 2, &options, NULL), TANU_USAGE);
	r[1].address = OSDP_EVERYONE;
	assert_int_equal(osdp_bus_init(&bus, r, 2, &options, NULL), TANU_USAGE);
	r[0].key = osdp_default_key;
	assert_int_equal(osdp_bus_init(&bus, r, 1, &options, NULL), TANU_USAGE);
	r[0] = (struct osdp_reader_options){.change_key = true, .key = own};
	r[0].new_key = osdp_default_key;
	assert_int_equal(osdp_bus_init(&bus, r, 1, &options, NULL), TANU_USAGE);
	r[0] = (struct osdp_reader_options){.pair = true};
	assert_int_equal(osdp_bus_init(&bus, r, 1, &options, NULL), TANU_USAGE);
}

static void states_have_words(void **state)
{
	(void)state;
	for (int i = 0; i < OSDP_STATES; i++)
		assert_non_null(osdp_state_word((enum osdp_state)i));
	assert_string_equal(osdp_state_word(OSDP_STATES), "unknown");
}

/* Any order of faults: never a card that was not shown, and online again in the end. */
static void survives_faults_in_any_order(void **state)
{
	unsigned seed = 1;
	struct world w;

	(void)state;
	setup(&w, 2);
	for (int round = 0; round < 400; round++) {
		struct pd *pd = &w.pds[round % 2];

		seed = seed * 1103515245u + 12345u;
		switch (seed >> 16 & 7) {
		case 0:
			pd->lose = 1 + (seed >> 20 & 3);
			break;
		case 1:
			pd->garble = 1 + (seed >> 20 & 3);
			break;
		case 2:
			pd->busy = 1 + (seed >> 20 & 7);
			break;
		case 3:
			pd->clear = 1;
			break;
		case 4:
			pd->forge = 1;
			break;
		case 5:
			pd->lag = 1;
			break;
		case 6:
			pd_restart(pd);
			break;
		default:
			w.cut = !w.cut;
			break;
		}
		w.seen_len = 0;
		run(&w, 100 + (seed >> 8 & 1023));
		assert_int_equal(count(&w, READER_CARD), 0);
		assert_false(pd->clear_data);
	}
	w.cut = false;
	for (int i = 0; i < 2; i++)
		w.pds[i].busy = w.pds[i].clear = w.pds[i].forge = 0;
	run(&w, 15000);
	assert_int_equal(w.bus.peers[0].state, OSDP_ONLINE);
	assert_int_equal(w.bus.peers[1].state, OSDP_ONLINE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(comes_online_and_brings_a_card),
	    cmocka_unit_test(keypad_digits_and_formatted_cards),
	    cmocka_unit_test(tamper_power_inputs_and_outputs_are_told_once),
	    cmocka_unit_test(lights_and_outputs_reach_the_reader),
	    cmocka_unit_test(a_queue_of_commands_has_an_end),
	    cmocka_unit_test(commands_do_not_keep_cards_waiting),
	    cmocka_unit_test(a_lost_reply_is_asked_for_again_and_counts_once),
	    cmocka_unit_test(a_garbled_reply_is_no_reply),
	    cmocka_unit_test(a_reply_of_another_number_is_no_reply),
	    cmocka_unit_test(busy_means_later),
	    cmocka_unit_test(busy_for_ever_is_offline),
	    cmocka_unit_test(offline_after_eight_seconds_and_back),
	    cmocka_unit_test(what_was_shown_while_nobody_listened_is_dropped),
	    cmocka_unit_test(what_nobody_fetched_in_time_is_dropped),
	    cmocka_unit_test(clear_text_after_the_handshake_is_refused),
	    cmocka_unit_test(a_false_mac_ends_the_session),
	    cmocka_unit_test(a_recorded_reply_opens_nothing),
	    cmocka_unit_test(a_reader_that_lost_its_session_gets_another),
	    cmocka_unit_test(a_reader_with_another_key_is_not_used),
	    cmocka_unit_test(a_reader_without_secure_channel_is_not_used),
	    cmocka_unit_test(the_default_key_is_not_used_unasked),
	    cmocka_unit_test(pairing_gives_a_new_key_before_anything_else),
	    cmocka_unit_test(a_key_is_changed_within_the_channel),
	    cmocka_unit_test(a_key_change_that_was_cut_is_finished_later),
	    cmocka_unit_test(a_reader_that_takes_no_key_is_told),
	    cmocka_unit_test(several_readers_share_a_line),
	    cmocka_unit_test(a_broken_line_is_taken_up_again),
	    cmocka_unit_test(a_frame_cut_in_the_middle_is_asked_for_again),
	    cmocka_unit_test(noise_is_passed_over),
	    cmocka_unit_test(refuses_settings_that_can_not_work),
	    cmocka_unit_test(states_have_words),
	    cmocka_unit_test(survives_faults_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
