/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GRANT_MS 5000
#define EXIT_MS	 3000
#define HELD_MS	 20000

static const struct doorway_options swing = {
    .grant_ms = GRANT_MS, .exit_ms = EXIT_MS, .held_ms = HELD_MS};
static const struct doorway_options counting = {
    .grant_ms = GRANT_MS, .exit_ms = EXIT_MS, .held_ms = HELD_MS, .counts = true};

/* One line of a story: at this time this happens; then the door is so. */
struct line {
	int64_t at_ms;
	enum doorway_event event;
	enum doorway_state state;
	bool release;
	enum doorway_note note;
};

static void tell(const struct doorway_options *o, const struct line *lines, size_t lines_len)
{
	struct doorway d = {0};

	for (size_t i = 0; i < lines_len; i++) {
		struct doorway_step step = doorway_next(&d, o, lines[i].event, lines[i].at_ms);

		if (d.state != lines[i].state || step.release != lines[i].release ||
		    step.note != lines[i].note)
			fail_msg("line %zu: %s, %s, \"%s\"", i, doorway_state_word(d.state),
				 step.release ? "released" : "not released",
				 doorway_note_word(step.note));
	}
}

#define TELL(o, ...)                                            \
	do {                                                    \
		static const struct line lines[] = __VA_ARGS__; \
		tell((o), lines, ARRAY_LEN(lines));             \
	} while (0)

#define ST(x) DOORWAY_##x
#define NO(x) DOORWAY_NOTE_##x

static void one_passage_per_grant(void **state)
{
	(void)state;
	TELL(&swing, {
			 {0, ST(GRANT), ST(GRANTED), true, NO(UNLOCKED)},
			 {900, ST(OPENED), ST(OPEN), false, NO(PASSED)},
			 {2000, ST(TICK), ST(OPEN), false, NO(NOTHING)},
			 {3000, ST(CLOSED), ST(LOCKED), false, NO(NOTHING)},
			 {3500, ST(OPENED), ST(FORCED), false, NO(FORCED)},
			 {4000, ST(CLOSED), ST(LOCKED), false, NO(FORCED_OVER)},
		     });
}

static void a_grant_that_nobody_takes_ends(void **state)
{
	(void)state;
	TELL(&swing, {
			 {0, ST(GRANT), ST(GRANTED), true, NO(UNLOCKED)},
			 {GRANT_MS - 1, ST(TICK), ST(GRANTED), true, NO(NOTHING)},
			 {GRANT_MS, ST(TICK), ST(LOCKED), false, NO(NOT_TAKEN)},
		     });
	/* She looked in and went away again: the sensor saw nobody. */
	TELL(&counting, {
			    {0, ST(GRANT), ST(GRANTED), true, NO(UNLOCKED)},
			    {500, ST(OPENED), ST(OPEN), false, NO(NOTHING)},
			    {900, ST(CLOSED), ST(LOCKED), false, NO(NOT_TAKEN)},
			});
}

static void a_second_passage_on_one_grant_is_noted(void **state)
{
	(void)state;
	TELL(&counting, {
			    {0, ST(GRANT), ST(GRANTED), true, NO(UNLOCKED)},
			    {500, ST(OPENED), ST(OPEN), false, NO(NOTHING)},
			    {700, ST(PASSED), ST(OPEN), false, NO(PASSED)},
			    {900, ST(PASSED), ST(OPEN), false, NO(SECOND)},
			    {1200, ST(CLOSED), ST(LOCKED), false, NO(NOTHING)},
			});
}

static void a_turnstile_locks_after_each_passage(void **state)
{
	(void)state;
	TELL(&counting, {
			    {0, ST(GRANT), ST(GRANTED), true, NO(UNLOCKED)},
			    {700, ST(PASSED), ST(LOCKED), false, NO(PASSED)},
			    {800, ST(PASSED), ST(LOCKED), false, NO(SECOND)},
			});
}

static void the_next_in_line_is_let_in_after_the_door_shut(void **state)
{
	(void)state;
	TELL(&swing, {
			 {0, ST(GRANT), ST(GRANTED), true, NO(UNLOCKED)},
			 {500, ST(OPENED), ST(OPEN), false, NO(PASSED)},
			 {800, ST(GRANT), ST(OPEN), false, NO(NOTHING)},
			 {1500, ST(CLOSED), ST(GRANTED), true, NO(UNLOCKED)},
			 {1500 + GRANT_MS, ST(TICK), ST(LOCKED), false, NO(NOT_TAKEN)},
		     });
	/* or walks through while it is open, where passages are counted */
	TELL(&counting, {
			    {0, ST(GRANT), ST(GRANTED), true, NO(UNLOCKED)},
			    {500, ST(OPENED), ST(OPEN), false, NO(NOTHING)},
			    {600, ST(PASSED), ST(OPEN), false, NO(PASSED)},
			    {800, ST(GRANT), ST(OPEN), false, NO(NOTHING)},
			    {900, ST(PASSED), ST(OPEN), false, NO(PASSED)},
			    {1500, ST(CLOSED), ST(LOCKED), false, NO(NOTHING)},
			});
}

static void one_grant_waits_no_more(void **state)
{
	struct doorway d = {0};

	(void)state;
	assert_true(doorway_may_grant(&d));
	assert_true(doorway_next(&d, &swing, DOORWAY_GRANT, 0).accepted);
	assert_false(doorway_may_grant(&d));
	assert_false(doorway_next(&d, &swing, DOORWAY_GRANT, 1).accepted);
	doorway_next(&d, &swing, DOORWAY_OPENED, 2);
	assert_true(doorway_may_grant(&d));
	assert_true(doorway_next(&d, &swing, DOORWAY_GRANT, 3).accepted);
	assert_false(doorway_may_grant(&d));
	assert_false(doorway_next(&d, &swing, DOORWAY_GRANT, 4).accepted);
}

static void a_door_held_open(void **state)
{
	(void)state;
	TELL(&swing, {
			 {0, ST(GRANT), ST(GRANTED), true, NO(UNLOCKED)},
			 {1000, ST(OPENED), ST(OPEN), false, NO(PASSED)},
			 {1000 + HELD_MS - 1, ST(TICK), ST(OPEN), false, NO(NOTHING)},
			 {1000 + HELD_MS, ST(TICK), ST(HELD), false, NO(HELD)},
			 {30000, ST(GRANT), ST(HELD), false, NO(NOTHING)},
			 {60000, ST(CLOSED), ST(LOCKED), false, NO(HELD_OVER)},
		     });
}

static void lockdown_takes_back_a_grant_and_never_holds_an_exit(void **state)
{
	(void)state;
	TELL(&swing, {
			 {0, ST(GRANT), ST(GRANTED), true, NO(UNLOCKED)},
			 {100, ST(LOCKDOWN_ON), ST(LOCKDOWN), false, NO(LOCKDOWN)},
			 {200, ST(GRANT), ST(LOCKDOWN), false, NO(NOTHING)},
			 {300, ST(EXIT), ST(LOCKDOWN), true, NO(EXIT)},
			 {900, ST(OPENED), ST(OPEN), true, NO(NOTHING)},
			 {1000, ST(CLOSED), ST(LOCKDOWN), true, NO(NOTHING)},
			 {300 + EXIT_MS, ST(TICK), ST(LOCKDOWN), false, NO(NOTHING)},
			 {9000, ST(OPENED), ST(FORCED), false, NO(FORCED)},
			 {9500, ST(CLOSED), ST(LOCKDOWN), false, NO(FORCED_OVER)},
			 {9900, ST(LOCKDOWN_OFF), ST(LOCKED), false, NO(LOCKDOWN_OVER)},
		     });
}

static void a_release_lets_one_in_through_a_lockdown(void **state)
{
	(void)state;
	TELL(&swing, {
			 {0, ST(LOCKDOWN_ON), ST(LOCKDOWN), false, NO(LOCKDOWN)},
			 {100, ST(RELEASE), ST(GRANTED), true, NO(UNLOCKED)},
			 {200, ST(OPENED), ST(OPEN), false, NO(PASSED)},
			 {250, ST(RELEASE), ST(OPEN), false, NO(NOTHING)},
			 {300, ST(CLOSED), ST(LOCKDOWN), false, NO(NOTHING)},
			 {400, ST(RELEASE), ST(GRANTED), true, NO(UNLOCKED)},
			 {400 + GRANT_MS, ST(TICK), ST(LOCKDOWN), false, NO(NOT_TAKEN)},
			 {9000, ST(RELEASE), ST(GRANTED), true, NO(UNLOCKED)},
			 {9100, ST(LOCKDOWN_ON), ST(LOCKDOWN), false, NO(LOCKDOWN)},
		     });
}

static void fire_frees_the_door_until_it_is_over(void **state)
{
	(void)state;
	TELL(&swing, {
			 {0, ST(LOCKDOWN_ON), ST(LOCKDOWN), false, NO(LOCKDOWN)},
			 {100, ST(FIRE_ON), ST(FIRE), true, NO(FIRE)},
			 {200, ST(OPENED), ST(FIRE), true, NO(NOTHING)},
			 {300, ST(GRANT), ST(FIRE), true, NO(NOTHING)},
			 {400, ST(LOST), ST(FIRE), true, NO(FAULT)},
			 {500, ST(FOUND), ST(FIRE), true, NO(FAULT_OVER)},
			 {99000, ST(TICK), ST(FIRE), true, NO(NOTHING)},
			 {99100, ST(FIRE_OFF), ST(OPEN), false, NO(FIRE_OVER)},
			 {99200, ST(CLOSED), ST(LOCKDOWN), false, NO(NOTHING)},
		     });
}

static void a_silent_door_grants_nothing_and_lets_out(void **state)
{
	(void)state;
	TELL(&swing, {
			 {0, ST(GRANT), ST(GRANTED), true, NO(UNLOCKED)},
			 {100, ST(LOST), ST(FAULT), false, NO(FAULT)},
			 {200, ST(GRANT), ST(FAULT), false, NO(NOTHING)},
			 {300, ST(EXIT), ST(FAULT), true, NO(EXIT)},
			 {300 + EXIT_MS, ST(TICK), ST(FAULT), false, NO(NOTHING)},
			 {5000, ST(OPENED), ST(FAULT), false, NO(NOTHING)},
			 {5000, ST(FOUND), ST(OPEN), false, NO(FAULT_OVER)},
			 {6000, ST(CLOSED), ST(LOCKED), false, NO(NOTHING)},
		     });
}

static void a_handle_inside_is_no_force(void **state)
{
	static const struct doorway_options handle = {
	    .grant_ms = 1, .exit_ms = 1, .held_ms = HELD_MS, .handle_is_exit = true};

	(void)state;
	TELL(&handle, {
			  {0, ST(OPENED), ST(OPEN), false, NO(NOTHING)},
			  {HELD_MS, ST(TICK), ST(HELD), false, NO(HELD)},
			  {HELD_MS + 1, ST(CLOSED), ST(LOCKED), false, NO(HELD_OVER)},
		      });
}

static void says_when_to_be_called_again(void **state)
{
	struct doorway d = {0};

	(void)state;
	assert_true(doorway_next(&d, &swing, DOORWAY_TICK, 0).wake_ms == INT64_MAX);
	assert_int_equal(doorway_next(&d, &swing, DOORWAY_GRANT, 0).wake_ms, GRANT_MS);
	assert_int_equal(doorway_next(&d, &swing, DOORWAY_EXIT, 0).wake_ms, EXIT_MS);
	assert_int_equal(doorway_next(&d, &swing, DOORWAY_OPENED, 9000).wake_ms, 9000 + HELD_MS);
}

static void words_are_there_for_every_state_and_note(void **state)
{
	(void)state;
	for (int i = 0; i < DOORWAY_STATES; i++)
		assert_true(strlen(doorway_state_word((enum doorway_state)i)) > 0);
	for (int i = 1; i < DOORWAY_NOTES; i++)
		assert_true(strlen(doorway_note_word((enum doorway_note)i)) > 0);
	assert_string_equal(doorway_state_word(DOORWAY_STATES), "unknown");
	assert_string_equal(doorway_note_word(DOORWAY_NOTES), "unknown");
}

/* ---- every sequence of events, up to a length ---- */

#define DEPTH 5

struct walk {
	const struct doorway_options *options;
	size_t steps;
	size_t grants, passages; /* in this sequence */
};

/* The rules of the header, whatever has happened. */
static void must_hold(const struct doorway *was, const struct doorway *is,
		      const struct doorway_step *step, enum doorway_event event, int64_t now)
{
	if (event == DOORWAY_EXIT || is->fire)
		assert_true(step->release);
	if (step->release)
		assert_true(is->fire || is->state == DOORWAY_GRANTED || now < is->exit_until_ms);
	assert_int_equal(is->state == DOORWAY_FIRE, is->fire);
	assert_int_equal(is->state == DOORWAY_FAULT, is->lost && !is->fire);
	if (is->state == DOORWAY_GRANTED)
		assert_true(is->owed && !is->leaf_open);
	if (is->state == DOORWAY_GRANTED && is->lockdown)
		assert_true(event == DOORWAY_RELEASE ||
			    (was->state == DOORWAY_GRANTED && was->lockdown));
	if (is->state == DOORWAY_LOCKED)
		assert_false(is->lockdown);
	assert_int_equal(step->accepted,
			 (event == DOORWAY_GRANT && doorway_may_grant(was)) ||
			     (event == DOORWAY_RELEASE && doorway_may_release(was)));
	assert_true(step->wake_ms > now || is->state == DOORWAY_OPEN ||
		    is->state == DOORWAY_GRANTED);
}

static void walk_on(struct walk *w, struct doorway d, int64_t now, int depth)
{
	static const int64_t later[] = {1, GRANT_MS + HELD_MS};

	for (int event = 0; depth > 0 && event < DOORWAY_EVENTS; event++) {
		for (size_t i = 0; i < ARRAY_LEN(later); i++) {
			struct doorway after = d;
			struct walk before = *w;
			struct doorway_step step;

			if ((event == DOORWAY_OPENED && d.leaf_open) ||
			    (event == DOORWAY_CLOSED && !d.leaf_open))
				continue; /* no sensor says so */
			step = doorway_next(&after, w->options, (enum doorway_event)event,
					    now + later[i]);
			must_hold(&d, &after, &step, (enum doorway_event)event, now + later[i]);
			w->steps++;
			w->grants += step.accepted;
			w->passages += step.note == DOORWAY_NOTE_PASSED;
			if (w->options->counts && w->passages > w->grants)
				fail_msg("more passages than grants");
			walk_on(w, after, now + later[i], depth - 1);
			w->grants = before.grants;
			w->passages = before.passages;
		}
	}
}

static void every_sequence_of_events_keeps_the_rules(void **state)
{
	struct walk swings = {.options = &swing}, counts = {.options = &counting};

	(void)state;
	walk_on(&swings, (struct doorway){0}, 0, DEPTH);
	walk_on(&counts, (struct doorway){0}, 0, DEPTH);
	printf("%zu steps\n", swings.steps + counts.steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_passage_per_grant),
	    cmocka_unit_test(a_grant_that_nobody_takes_ends),
	    cmocka_unit_test(a_second_passage_on_one_grant_is_noted),
	    cmocka_unit_test(a_turnstile_locks_after_each_passage),
	    cmocka_unit_test(the_next_in_line_is_let_in_after_the_door_shut),
	    cmocka_unit_test(one_grant_waits_no_more),
	    cmocka_unit_test(a_door_held_open),
	    cmocka_unit_test(a_release_lets_one_in_through_a_lockdown),
	    cmocka_unit_test(lockdown_takes_back_a_grant_and_never_holds_an_exit),
	    cmocka_unit_test(fire_frees_the_door_until_it_is_over),
	    cmocka_unit_test(a_silent_door_grants_nothing_and_lets_out),
	    cmocka_unit_test(a_handle_inside_is_no_force),
	    cmocka_unit_test(says_when_to_be_called_again),
	    cmocka_unit_test(words_are_there_for_every_state_and_note),
	    cmocka_unit_test(every_sequence_of_events_keeps_the_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
