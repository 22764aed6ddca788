/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated door and reader: their script, their picture, and the door's rules over them. */
#include "device/sim.h"
#include "rules/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct sim_world *world_of(const char *script)
{
	struct sim_world *w = NULL;
	tanu_error err = {0};

	if (sim_world_open(&w, script, strlen(script), &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
	return w;
}

static void refuses_lines_that_are_not_understood(void **state)
{
	static const char *const bad[] = {
	    "open",
	    "12",
	    "12open",
	    "-1 open",
	    "12 opened",
	    "12 open now",
	    "12 card 26",
	    "12 card 26 a55aff",
	    "12 card 26 a55affc000",
	    "12 card 0 00",
	    "12 card 513 00",
	    "12 card 8 zz",
	    "12 card 8 a5 x",
	    "12 key",
	    "12 key 12E",
	    "12 key 12345678901234567",
	    "12 code",
	    "12 pass",
	    "12 pass abc",
	    "12 fire",
	    "12 fire maybe",
	    "12 fire on off",
	    "12 walk",
	    "12 walk 100",
	    "12 walk 0 100",
	    "12 walk 100 600001",
	    "12 reader away",
	    "12 door ajar",
	    "604800001 open",
	    "20 open\n10 shut",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct sim_world *w = NULL;
		tanu_error err = {0};

		if (sim_world_open(&w, bad[i], strlen(bad[i]), &err) != TANU_INPUT)
			fail_msg("\"%s\" was read", bad[i]);
		assert_int_equal(err.code, TANU_ERR_FORMAT);
		assert_null(w);
	}
}

static void an_error_names_its_line(void **state)
{
	static const char script[] = "# a comment\n\n10 open\n20 shutt\n";
	struct sim_world *w = NULL;
	tanu_error err = {0};

	(void)state;
	assert_int_equal(sim_world_open(&w, script, strlen(script), &err), TANU_INPUT);
	assert_string_equal(err.place, "line 4");
}

static void refuses_too_much_and_no_text(void **state)
{
	struct sim_world *w = NULL;
	char *large = calloc(1, SIM_SCRIPT_MAX + 1);
	struct buf acts = {0};

	(void)state;
	assert_int_equal(sim_world_open(&w, large, SIM_SCRIPT_MAX + 1, NULL), TANU_LIMIT);
	assert_int_equal(sim_world_open(&w, "10 open\0", 8, NULL), TANU_INPUT);
	for (int i = 0; i <= SIM_ACTS_MAX; i++)
		buf_str(&acts, "1 in\n");
	assert_int_equal(sim_world_open(&w, (const char *)acts.data, acts.len, NULL), TANU_INPUT);
	buf_free(&acts);
	free(large);
}

static void acts_come_at_their_time(void **state)
{
	struct sim_world *w = world_of("0 card 26 a55affc0 # the first\n"
				       "500 key 1#\n"
				       "700 code 0012\n"
				       "800 pass 545001\n"
				       "900 reader tamper\n");
	struct reader r = sim_world_reader(w);
	struct reader_event e;

	(void)state;
	assert_int_equal(reader_next(&r, &e, 10000, NULL), TANU_OK);
	assert_int_equal(e.kind, READER_CARD);
	assert_int_equal(e.bits, 26);
	assert_memory_equal(e.bytes, "\xa5\x5a\xff\xc0", 4);
	assert_int_equal(reader_wake_ms(&r), 10500);
	assert_int_equal(reader_next(&r, &e, 10499, NULL), TANU_OK);
	assert_int_equal(e.kind, READER_NOTHING);
	assert_int_equal(reader_next(&r, &e, 12000, NULL), TANU_OK);
	assert_true(e.kind == READER_KEY && e.key == '1' && e.at_ms == 10500);
	reader_next(&r, &e, 12000, NULL);
	assert_true(e.kind == READER_KEY && e.key == '#');
	reader_next(&r, &e, 12000, NULL);
	assert_true(e.kind == READER_CODE && e.len == 4 && memcmp(e.bytes, "0012", 4) == 0);
	reader_next(&r, &e, 12000, NULL);
	assert_true(e.kind == READER_PASS && e.len == 3 && e.bytes[1] == 0x50);
	assert_false(sim_world_over(w));
	reader_next(&r, &e, 12000, NULL);
	assert_true(e.kind == READER_TAMPER && e.on);
	assert_true(sim_world_over(w));
	sim_world_close(&w);
	sim_world_close(&w);
}

static void nothing_is_lost_when_nobody_fetches(void **state)
{
	struct buf script = {0};
	struct sim_world *w;
	struct door d;
	struct door_event e;
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 500; i++)
		buf_str(&script, "0 in\n");
	w = world_of(buf_cstr(&script));
	d = sim_world_door(w);
	do {
		assert_int_equal(door_next(&d, &e, 1000, NULL), TANU_OK);
		n += e.kind == DOOR_PASSED_IN;
	} while (e.kind);
	assert_int_equal(n, 500);
	sim_world_close(&w);
	buf_free(&script);
}

static void acts_by_hand(void **state)
{
	struct sim_world *w = world_of("");
	struct door d = sim_world_door(w);
	struct door_event e;
	tanu_error err = {0};

	(void)state;
	assert_int_equal(sim_world_do(w, "try", 5, NULL), TANU_OK); /* locked */
	door_next(&d, &e, 5, NULL);
	assert_int_equal(e.kind, DOOR_NOTHING);
	assert_int_equal(door_release(&d, true, 5, NULL), TANU_OK);
	assert_int_equal(sim_world_do(w, "try", 6, NULL), TANU_OK);
	door_next(&d, &e, 6, NULL);
	assert_int_equal(e.kind, DOOR_OPENED);
	assert_int_equal(sim_world_do(w, "shut wide", 7, &err), TANU_INPUT);
	door_next(&d, &e, 7, NULL);
	assert_int_equal(e.kind, DOOR_NOTHING);
	assert_int_equal(sim_world_do(w, "door off", 8, NULL), TANU_OK);
	assert_int_equal(door_release(&d, false, 8, &err), TANU_SYSTEM);
	assert_int_equal(err.code, TANU_ERR_DEVICE);
	for (int i = 0; i < 100; i++)
		(void)sim_world_do(w, "in", 9, &err);
	assert_int_equal(sim_world_do(w, "in", 9, &err), TANU_SYSTEM);
	sim_world_close(&w);
}

/* ---- with the door's rules ---- */

static const struct doorway_options times = {
    .grant_ms = 5000, .exit_ms = 3000, .held_ms = 10000, .counts = true};

static enum doorway_event event_of(enum door_event_kind kind)
{
	switch (kind) {
	case DOOR_OPENED:
		return DOORWAY_OPENED;
	case DOOR_CLOSED:
		return DOORWAY_CLOSED;
	case DOOR_PASSED_IN:
		return DOORWAY_PASSED;
	case DOOR_EXIT:
		return DOORWAY_EXIT;
	case DOOR_FIRE_ON:
		return DOORWAY_FIRE_ON;
	case DOOR_FIRE_OFF:
		return DOORWAY_FIRE_OFF;
	case DOOR_LOST:
		return DOORWAY_LOST;
	case DOOR_FOUND:
		return DOORWAY_FOUND;
	default:
		return DOORWAY_TICK;
	}
}

struct play {
	struct sim_world *world;
	struct door door;
	struct reader reader;
	struct doorway doorway;
	struct buf notes;
};

static void step(struct play *p, enum doorway_event event, int64_t now)
{
	struct doorway_step s = doorway_next(&p->doorway, &times, event, now);

	(void)door_release(&p->door, s.release, now, NULL);
	door_tell(&p->door, doorway_state_word(p->doorway.state), doorway_note_word(s.note), now);
	if (s.note)
		buf_printf(&p->notes, "%lld %s\n", (long long)now, doorway_note_word(s.note));
}

/* A gate that lets in whoever shows a card, to see what the door makes of it. */
static void play_until(struct play *p, int64_t from, int64_t to)
{
	struct reader_event r;
	struct door_event d;

	for (int64_t now = from; now <= to; now += 10) {
		while (reader_next(&p->reader, &r, now, NULL) >= 0 && r.kind)
			if (r.kind == READER_CARD && doorway_may_grant(&p->doorway))
				step(p, DOORWAY_GRANT, now);
		while (door_next(&p->door, &d, now, NULL) >= 0 && d.kind)
			step(p, event_of(d.kind), now);
		step(p, DOORWAY_TICK, now);
	}
}

static void start(struct play *p, const char *script)
{
	memset(p, 0, sizeof(*p));
	p->world = world_of(script);
	p->door = sim_world_door(p->world);
	p->reader = sim_world_reader(p->world);
}

static void end(struct play *p)
{
	buf_free(&p->notes);
	door_close(&p->door);
	reader_close(&p->reader);
	sim_world_close(&p->world);
}

static void a_morning_at_the_door(void **state)
{
	struct play p;

	(void)state;
	start(&p, "0 walk 400 1200\n"
		  "1000 card 26 a55affc0\n" /* comes, passes */
		  "2000 card 26 a55affc1\n" /* the next, while it is open */
		  "6000 walk off\n"
		  "7000 card 26 a55affc2\n" /* changes her mind */
		  "13000 open\n"	    /* forced */
		  "14000 shut\n"
		  "15000 fire on\n"
		  "15500 try\n"
		  "16000 in\n"
		  "17000 fire off\n"
		  "18000 shut\n");
	play_until(&p, 0, 20000);
	assert_string_equal(buf_cstr(&p.notes), "1000 unlocked\n"
						"1400 passed\n"
						"2600 unlocked\n"
						"3000 passed\n"
						"7000 unlocked\n"
						"12000 not-taken\n"
						"13000 forced\n"
						"14000 forced-over\n"
						"15000 fire\n"
						"17000 fire-over\n");
	assert_true(sim_world_over(p.world));
	end(&p);
}

static void its_picture(void **state)
{
	struct buf picture = {0};
	struct play p;

	(void)state;
	start(&p, "0 walk 400 1200\n1000 card 26 a55affc0\n");
	play_until(&p, 0, 500);
	sim_world_picture(p.world, &picture, 500);
	assert_string_equal(buf_cstr(&picture), "     0.500 s\n"
						"+--------+   state   locked\n"
						"|        |   lock    locked\n"
						"|      o |   leaf    shut\n"
						"|        |   reader  ready\n"
						"+--------+   last    -\n");
	picture.len = 0;
	play_until(&p, 510, 1500);
	reader_show(&p.reader, READER_SHOW_GO, 1500, NULL);
	sim_world_picture(p.world, &picture, 1500);
	assert_string_equal(buf_cstr(&picture), "     1.500 s\n"
						"+--------+   state   open\n"
						"|\\       |   lock    locked\n"
						"| \\      |   leaf    open\n"
						"|  \\o    |   reader  come in\n"
						"+---\\----+   last    passed\n");
	buf_free(&picture);
	end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(refuses_lines_that_are_not_understood),
	    cmocka_unit_test(an_error_names_its_line),
	    cmocka_unit_test(refuses_too_much_and_no_text),
	    cmocka_unit_test(acts_come_at_their_time),
	    cmocka_unit_test(nothing_is_lost_when_nobody_fetches),
	    cmocka_unit_test(acts_by_hand),
	    cmocka_unit_test(a_morning_at_the_door),
	    cmocka_unit_test(its_picture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
