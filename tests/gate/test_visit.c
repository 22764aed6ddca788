/* SPDX-License-Identifier: Apache-2.0 */
/* The table of a visit: what follows what, and what never does, over all short sequences. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gate/visit.h"

static const struct visit_options options = {
    .look_ms = 4000, .pin_ms = 10000, .guard_ms = 60000, .show_ms = 2000, .looks = 2};

static const struct rules_decision grant = {
    .verdict = RULES_GRANT, .reason = RULES_R_WAY, .show = RULES_SHOW_GO};
static const struct rules_decision face = {
    .reason = RULES_R_MORE, .show = RULES_SHOW_ASK, .missing = RULES_FACE};
static const struct rules_decision pin = {
    .reason = RULES_R_MORE, .show = RULES_SHOW_ASK, .missing = RULES_PIN};
static const struct rules_decision no_match = {
    .reason = RULES_R_NO_MATCH, .show = RULES_SHOW_ASK, .missing = RULES_PIN};
static const struct rules_decision unknown = {.reason = RULES_R_UNKNOWN, .show = RULES_SHOW_ASSIST};

static struct visit_step go(struct visit *v, enum visit_event event, const struct rules_decision *d,
			    int64_t now_ms)
{
	return visit_next(v, &options, event, d, true, now_ms);
}

static void card_then_face_opens(void **state)
{
	struct visit v = {.state = VISIT_READY};
	struct visit_step s = go(&v, VISIT_BROUGHT, &face, 0);

	(void)state;
	assert_int_equal(v.state, VISIT_FACE);
	assert_true(s.acts & VISIT_LOOK);
	assert_false(s.acts & (VISIT_GRANT | VISIT_REPORT));
	assert_int_equal(s.wake_ms, 4000);
	s = go(&v, VISIT_SEEN, &grant, 300);
	assert_int_equal(v.state, VISIT_GO);
	assert_true(s.acts & VISIT_GRANT && s.acts & VISIT_REPORT && s.acts & VISIT_UNLOOK);
	s = go(&v, VISIT_TICK, &grant, 2300);
	assert_int_equal(v.state, VISIT_READY);
	assert_true(s.acts & VISIT_FORGET);
	assert_false(s.acts & VISIT_GRANT);
}

static void a_face_that_does_not_match_is_tried_again_then_a_pin_is_asked_for(void **state)
{
	struct visit v = {.state = VISIT_READY};
	struct visit_step s;

	(void)state;
	go(&v, VISIT_BROUGHT, &face, 0);
	s = go(&v, VISIT_SEEN, &no_match, 100);
	assert_int_equal(v.state, VISIT_FACE);
	assert_true(s.acts & VISIT_LOOK);
	go(&v, VISIT_SEEN, &no_match, 200);
	assert_int_equal(v.state, VISIT_PIN);
	s = go(&v, VISIT_BROUGHT, &grant, 3000);
	assert_true(s.acts & VISIT_GRANT);
}

static void nobody_is_asked_for_what_she_cannot_give(void **state)
{
	struct visit v = {.state = VISIT_READY};
	struct visit_step s = visit_next(&v, &options, VISIT_BROUGHT, &pin, false, 0);

	(void)state;
	assert_int_equal(v.state, VISIT_GUARD); /* she has no PIN: somebody comes */
	assert_true(s.acts & VISIT_CALL);
	assert_int_equal(s.show, READER_SHOW_ASSIST);
}

static void time_that_runs_out_calls_somebody_and_is_written_down(void **state)
{
	struct visit v = {.state = VISIT_READY};
	struct visit_step s;

	(void)state;
	go(&v, VISIT_BROUGHT, &face, 0);
	go(&v, VISIT_TICK, &face, 3999);
	assert_int_equal(v.state, VISIT_FACE);
	go(&v, VISIT_TICK, &pin, 4000);
	assert_int_equal(v.state, VISIT_PIN);
	assert_true(v.no_face);
	s = go(&v, VISIT_TICK, &pin, 14000);
	assert_int_equal(v.state, VISIT_ASSIST);
	assert_true(s.acts & VISIT_REPORT && s.acts & VISIT_CALL);
	s = go(&v, VISIT_TICK, &pin, 16000);
	assert_int_equal(v.state, VISIT_READY);
	assert_true(s.acts & VISIT_FORGET);
}

static void an_unknown_card_gets_help_and_no_second_report(void **state)
{
	struct visit v = {.state = VISIT_READY};
	struct visit_step s = go(&v, VISIT_BROUGHT, &unknown, 0);

	(void)state;
	assert_int_equal(v.state, VISIT_ASSIST);
	assert_true(s.acts & VISIT_REPORT);
	s = go(&v, VISIT_BROUGHT, &unknown, 10);
	assert_false(s.acts & VISIT_REPORT);
}

static void the_bell_works_in_every_state_but_go(void **state)
{
	(void)state;
	for (int i = 0; i < VISIT_STATES; i++) {
		struct visit v = {.state = (enum visit_state)i, .until_ms = 100000};

		go(&v, VISIT_BELL, &unknown, 5);
		assert_int_equal(v.state, i == VISIT_GO ? VISIT_GO : VISIT_GUARD);
	}
}

/* In every sequence of four events and decisions: the door moves only by a grant of the rules. */
static void grants_only_what_the_rules_grant(void **state)
{
	const struct rules_decision *const decisions[] = {&grant, &face, &pin, &no_match, &unknown};
	const size_t per = VISIT_EVENTS * 5;
	size_t granted = 0;

	(void)state;
	for (size_t n = 0; n < per * per * per * per; n++) {
		struct visit v = {.state = VISIT_READY};
		size_t left = n;

		for (int i = 0; i < 4; i++, left /= per) {
			enum visit_event event = (enum visit_event)(left % per / 5);
			const struct rules_decision *d = decisions[left % 5];
			struct visit_step s = go(&v, event, d, 100000 * (i + 1));

			if (s.acts & VISIT_GRANT) {
				granted++;
				assert_ptr_equal(d, &grant);
				assert_int_equal(s.show, READER_SHOW_GO);
			}
			if (v.state == VISIT_GO)
				assert_true(s.show == READER_SHOW_GO);
			assert_true(v.looks <= options.looks);
			assert_true(v.state == VISIT_READY || s.wake_ms != INT64_MAX);
		}
	}
	assert_true(granted > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(card_then_face_opens),
	    cmocka_unit_test(a_face_that_does_not_match_is_tried_again_then_a_pin_is_asked_for),
	    cmocka_unit_test(nobody_is_asked_for_what_she_cannot_give),
	    cmocka_unit_test(time_that_runs_out_calls_somebody_and_is_written_down),
	    cmocka_unit_test(an_unknown_card_gets_help_and_no_second_report),
	    cmocka_unit_test(the_bell_works_in_every_state_but_go),
	    cmocka_unit_test(grants_only_what_the_rules_grant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
