/* SPDX-License-Identifier: Apache-2.0 */
/* Named scenarios, one row each; test_all.c goes through all of the tiny fields. */
#include "rules/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct scenario {
	const char *name;
	void (*set)(struct rules_zone *z, struct rules_request *r);
	enum rules_reason reason;
	enum rules_show show;
	unsigned way, missing;
};

static void only_card(struct rules_zone *z, struct rules_request *r)
{
	(void)z;
	(void)r;
}

static void card_and_face(struct rules_zone *z, struct rules_request *r)
{
	(void)z;
	shows_face(r);
}

static void thief_with_card(struct rules_zone *z, struct rules_request *r)
{
	card_and_face(z, r);
	r->face.result = TANU_NO_MATCH;
	r->face.score = 0.1f;
}

static void stolen_card_reported(struct rules_zone *z, struct rules_request *r)
{
	card_and_face(z, r);
	r->card = RULES_CLAIM_BLOCKED;
}

static void match_that_its_score_denies(struct rules_zone *z, struct rules_request *r)
{
	card_and_face(z, r);
	r->face.score = 0.39f;
}

static void refused_consent_card(struct rules_zone *z, struct rules_request *r)
{
	(void)z;
	r->consent = TANU_CONSENT_REFUSED;
	r->lease = RULES_LEASE_VALID;
}

static void refused_consent_card_pin(struct rules_zone *z, struct rules_request *r)
{
	refused_consent_card(z, r);
	r->pin = RULES_PIN_RIGHT;
}

static void refused_consent_face_all_the_same(struct rules_zone *z, struct rules_request *r)
{
	refused_consent_card(z, r);
	shows_face(r);
}

static void wrong_pin(struct rules_zone *z, struct rules_request *r)
{
	refused_consent_card(z, r);
	r->pin = RULES_PIN_WRONG;
}

static void pin_tried_too_often(struct rules_zone *z, struct rules_request *r)
{
	refused_consent_card(z, r);
	r->pin = RULES_PIN_LOCKED;
}

static void blind_without_waiver(struct rules_zone *z, struct rules_request *r)
{
	card_and_face(z, r);
	r->live = RULES_LIVE_THIN;
}

static void blind_with_waiver(struct rules_zone *z, struct rules_request *r)
{
	blind_without_waiver(z, r);
	r->waiver = true;
}

static void blind_with_waiver_and_pin(struct rules_zone *z, struct rules_request *r)
{
	blind_with_waiver(z, r);
	r->pin = RULES_PIN_RIGHT;
	z->windows[0].ways[2] = RULES_PASS | RULES_PIN; /* so that it is the face's way */
}

static void waiver_does_not_excuse_a_picture(struct rules_zone *z, struct rules_request *r)
{
	blind_with_waiver_and_pin(z, r);
	r->live = RULES_LIVE_ATTACK;
}

static void twin(struct rules_zone *z, struct rules_request *r)
{
	card_and_face(z, r);
	r->second_factor = true;
}

static void twin_seen_by_guard(struct rules_zone *z, struct rules_request *r)
{
	twin(z, r);
	r->guard = RULES_GUARD_YES;
}

static void photograph_held_up(struct rules_zone *z, struct rules_request *r)
{
	card_and_face(z, r);
	r->live = RULES_LIVE_ATTACK;
}

static void photograph_and_right_pin(struct rules_zone *z, struct rules_request *r)
{
	photograph_held_up(z, r);
	r->pin = RULES_PIN_RIGHT;
}

static void prosthesis_taken_for_attack_but_guard_looks(struct rules_zone *z,
							struct rules_request *r)
{
	photograph_held_up(z, r);
	r->guard = RULES_GUARD_YES;
}

static void single_frame_is_no_control(struct rules_zone *z, struct rules_request *r)
{
	card_and_face(z, r);
	r->pad = RULES_PAD_FRAME;
}

static void fire_entry(struct rules_zone *z, struct rules_request *r)
{
	card_and_face(z, r);
	r->fire = true;
}

static void fire_release(struct rules_zone *z, struct rules_request *r)
{
	fire_entry(z, r);
	r->guard = RULES_GUARD_RELEASE;
}

static void lockdown_entry(struct rules_zone *z, struct rules_request *r)
{
	card_and_face(z, r);
	r->lockdown = true;
}

static void lockdown_release(struct rules_zone *z, struct rules_request *r)
{
	lockdown_entry(z, r);
	r->guard = RULES_GUARD_RELEASE;
}

static void lockdown_exit(struct rules_zone *z, struct rules_request *r)
{
	(void)z;
	*r = (struct rules_request){.direction = RULES_EXIT, .lockdown = true, .fire = true};
}

static void stranger_leaves(struct rules_zone *z, struct rules_request *r)
{
	z->windows_len = 0;
	*r = (struct rules_request){.direction = RULES_EXIT, .card = RULES_CLAIM_BLOCKED};
}

static void lease_expired_face(struct rules_zone *z, struct rules_request *r)
{
	card_and_face(z, r);
	r->lease = RULES_LEASE_EXPIRED;
}

static void lease_expired_card_pin(struct rules_zone *z, struct rules_request *r)
{
	lease_expired_face(z, r);
	r->pin = RULES_PIN_RIGHT;
}

static void clock_unknown_face(struct rules_zone *z, struct rules_request *r)
{
	card_and_face(z, r);
	r->at = (struct rules_time){0};
}

static void clock_unknown_card_pin(struct rules_zone *z, struct rules_request *r)
{
	clock_unknown_face(z, r);
	r->pin = RULES_PIN_RIGHT;
}

static void clock_unknown_strict_site(struct rules_zone *z, struct rules_request *r)
{
	clock_unknown_card_pin(z, r);
	z->no_clock = RULES_NO_CLOCK_GUARD;
}

static void at_night(struct rules_zone *z, struct rules_request *r)
{
	card_and_face(z, r);
	r->at.minute = 22 * 60;
}

static void on_a_holiday(struct rules_zone *z, struct rules_request *r)
{
	card_and_face(z, r);
	r->at.date = (tanu_date){2026, 10, 26};
}

static void inside_already(struct rules_zone *z, struct rules_request *r)
{
	card_and_face(z, r);
	r->presence = RULES_INSIDE;
}

static void inside_already_soft(struct rules_zone *z, struct rules_request *r)
{
	inside_already(z, r);
	z->passback = RULES_PASSBACK_SOFT;
}

static void inside_already_guard(struct rules_zone *z, struct rules_request *r)
{
	inside_already(z, r);
	r->guard = RULES_GUARD_YES;
}

static void guard_says_no(struct rules_zone *z, struct rules_request *r)
{
	card_and_face(z, r);
	r->guard = RULES_GUARD_NO;
}

static void release_without_claim(struct rules_zone *z, struct rules_request *r)
{
	(void)z;
	*r = (struct rules_request){.at = school_morning(), .guard = RULES_GUARD_RELEASE};
}

static void release_where_it_is_off(struct rules_zone *z, struct rules_request *r)
{
	release_without_claim(z, r);
	z->guard_release = false;
}

static void nobody(struct rules_zone *z, struct rules_request *r)
{
	(void)z;
	*r = (struct rules_request){.at = school_morning()};
}

static void card_of_one_pin_of_another(struct rules_zone *z, struct rules_request *r)
{
	(void)z;
	r->pin = RULES_PIN_RIGHT;
	r->one_person = false;
}

static void no_right_here(struct rules_zone *z, struct rules_request *r)
{
	card_and_face(z, r);
	r->allowed = false;
}

static void forged_pass(struct rules_zone *z, struct rules_request *r)
{
	card_and_face(z, r);
	r->pass = RULES_CLAIM_FORGED;
}

static void old_card(struct rules_zone *z, struct rules_request *r)
{
	(void)z;
	r->card = RULES_CLAIM_OUT_OF_DATE;
}

static void unknown_card(struct rules_zone *z, struct rules_request *r)
{
	(void)z;
	r->card = RULES_CLAIM_UNKNOWN;
}

static void zone_without_a_lane_without_face(struct rules_zone *z, struct rules_request *r)
{
	card_and_face(z, r);
	z->windows[0].ways_len = 2;
}

#define CF	(RULES_CARD | RULES_FACE)
#define CP	(RULES_CARD | RULES_PIN)
#define CG	(RULES_CARD | RULES_GUARD)
#define S(name) #name, name

static const struct scenario scenarios[] = {
    {S(only_card), RULES_R_MORE, RULES_SHOW_ASK, 0, RULES_FACE},
    {S(card_and_face), RULES_R_WAY, RULES_SHOW_GO, CF, 0},
    {S(thief_with_card), RULES_R_NO_MATCH, RULES_SHOW_ASK, 0, RULES_PIN},
    {S(stolen_card_reported), RULES_R_BLOCKED, RULES_SHOW_ASSIST, 0, 0},
    {S(match_that_its_score_denies), RULES_R_NO_MATCH, RULES_SHOW_ASK, 0, RULES_PIN},
    {S(refused_consent_card), RULES_R_MORE, RULES_SHOW_ASK, 0, RULES_PIN},
    {S(refused_consent_card_pin), RULES_R_WAY, RULES_SHOW_GO, CP, 0},
    {S(refused_consent_face_all_the_same), RULES_R_MORE, RULES_SHOW_ASK, 0, RULES_PIN},
    {S(wrong_pin), RULES_R_PIN_WRONG, RULES_SHOW_ASK, 0, RULES_PIN},
    {S(pin_tried_too_often), RULES_R_PIN_LOCKED, RULES_SHOW_ASSIST, 0, 0},
    {S(blind_without_waiver), RULES_R_NOT_LIVE, RULES_SHOW_ASK, 0, RULES_PIN},
    {S(blind_with_waiver), RULES_R_SECOND_FACTOR, RULES_SHOW_ASK, 0, RULES_PIN},
    {S(blind_with_waiver_and_pin), RULES_R_WAY, RULES_SHOW_GO, CF, 0},
    {S(waiver_does_not_excuse_a_picture), RULES_R_ATTACK, RULES_SHOW_ASSIST, 0, 0},
    {S(twin), RULES_R_SECOND_FACTOR, RULES_SHOW_ASK, 0, RULES_PIN},
    {S(twin_seen_by_guard), RULES_R_WAY, RULES_SHOW_GO, CF, 0},
    {S(photograph_held_up), RULES_R_ATTACK, RULES_SHOW_ASSIST, 0, 0},
    {S(photograph_and_right_pin), RULES_R_ATTACK, RULES_SHOW_ASSIST, 0, 0},
    {S(prosthesis_taken_for_attack_but_guard_looks), RULES_R_WAY, RULES_SHOW_GO, CG, 0},
    {S(single_frame_is_no_control), RULES_R_NOT_LIVE, RULES_SHOW_ASK, 0, RULES_PIN},
    {S(fire_entry), RULES_R_FIRE, RULES_SHOW_ASSIST, 0, 0},
    {S(fire_release), RULES_R_FIRE, RULES_SHOW_ASSIST, 0, 0},
    {S(lockdown_entry), RULES_R_LOCKDOWN, RULES_SHOW_ASSIST, 0, 0},
    {S(lockdown_release), RULES_R_RELEASED, RULES_SHOW_GO, 0, 0},
    {S(lockdown_exit), RULES_R_EXIT, RULES_SHOW_GO, 0, 0},
    {S(stranger_leaves), RULES_R_EXIT, RULES_SHOW_GO, 0, 0},
    {S(lease_expired_face), RULES_R_MORE, RULES_SHOW_ASK, 0, RULES_PIN},
    {S(lease_expired_card_pin), RULES_R_WAY, RULES_SHOW_GO, CP, 0},
    {S(clock_unknown_face), RULES_R_MORE, RULES_SHOW_ASK, 0, RULES_PIN},
    {S(clock_unknown_card_pin), RULES_R_WAY, RULES_SHOW_GO, CP, 0},
    {S(clock_unknown_strict_site), RULES_R_NO_CLOCK, RULES_SHOW_ASSIST, 0, 0},
    {S(at_night), RULES_R_HOURS, RULES_SHOW_ASSIST, 0, 0},
    {S(on_a_holiday), RULES_R_HOURS, RULES_SHOW_ASSIST, 0, 0},
    {S(inside_already), RULES_R_PASSBACK, RULES_SHOW_ASSIST, 0, 0},
    {S(inside_already_soft), RULES_R_WAY, RULES_SHOW_GO, CF, 0},
    {S(inside_already_guard), RULES_R_WAY, RULES_SHOW_GO, CF, 0},
    {S(guard_says_no), RULES_R_GUARD_REFUSED, RULES_SHOW_ASSIST, 0, 0},
    {S(release_without_claim), RULES_R_RELEASED, RULES_SHOW_GO, 0, 0},
    {S(release_where_it_is_off), RULES_R_RELEASE_OFF, RULES_SHOW_ASSIST, 0, 0},
    {S(nobody), RULES_R_NO_CLAIM, RULES_SHOW_ASK, 0, RULES_CARD | RULES_PASS | RULES_PIN},
    {S(card_of_one_pin_of_another), RULES_R_CLAIMS_DIFFER, RULES_SHOW_ASSIST, 0, 0},
    {S(no_right_here), RULES_R_NOT_ALLOWED, RULES_SHOW_ASSIST, 0, 0},
    {S(forged_pass), RULES_R_FORGED, RULES_SHOW_ASSIST, 0, 0},
    {S(old_card), RULES_R_OUT_OF_DATE, RULES_SHOW_ASSIST, 0, 0},
    {S(unknown_card), RULES_R_UNKNOWN, RULES_SHOW_ASSIST, 0, 0},
    {S(zone_without_a_lane_without_face), RULES_R_NO_POLICY, RULES_SHOW_ASSIST, 0, 0},
};

static void play(const struct scenario *s)
{
	struct rules_zone zone = school();
	struct rules_request r = pupil();
	struct rules_decision d;
	bool good;

	s->set(&zone, &r);
	d = rules_decide(&zone, &r);
	good = d.reason == s->reason && d.show == s->show && d.way == s->way &&
	       d.missing == s->missing && (d.verdict == RULES_GRANT) == (s->show == RULES_SHOW_GO);
	if (!good)
		fail_msg("%s: %s, shown %d, way %x, missing %x", s->name,
			 rules_reason_word(d.reason), (int)d.show, d.way, d.missing);
}

static void scenarios_end_as_they_should(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(scenarios); i++)
		play(&scenarios[i]);
}

static void nothing_known_is_a_denial(void **state)
{
	const struct rules_request nothing = {0};
	const struct rules_decision zero = {0};
	struct rules_zone zone = school();

	(void)state;
	assert_int_equal(zero.verdict, RULES_DENY);
	assert_int_equal(zero.show, RULES_SHOW_ASSIST);
	assert_int_equal(rules_decide(NULL, &nothing).verdict, RULES_DENY);
	assert_int_equal(rules_decide(&zone, &nothing).verdict, RULES_DENY);
}

static void values_beyond_the_lists_deny(void **state)
{
	struct rules_zone zone = school();
	struct rules_request r = pupil();

	(void)state;
	shows_face(&r);
	r.card = (enum rules_claim)99;
	assert_int_equal(rules_decide(&zone, &r).verdict, RULES_DENY);
	r.card = RULES_CLAIM_VALID;
	r.pin = (enum rules_pin)99;
	assert_int_equal(rules_decide(&zone, &r).verdict, RULES_DENY);
}

static void soft_passback_is_noted(void **state)
{
	struct rules_zone zone = school();
	struct rules_request r = pupil();

	(void)state;
	inside_already_soft(&zone, &r);
	assert_true(rules_decide(&zone, &r).was_inside);
	r.presence = RULES_OUTSIDE;
	assert_false(rules_decide(&zone, &r).was_inside);
	r.presence = RULES_INSIDE;
	zone.passback = RULES_PASSBACK_OFF;
	assert_false(rules_decide(&zone, &r).was_inside);
}

static void words_are_there_for_every_reason(void **state)
{
	(void)state;
	for (int i = 0; i < RULES_REASONS; i++) {
		assert_true(strlen(rules_reason_word((enum rules_reason)i)) > 0);
		assert_true(strlen(rules_reason_meaning((enum rules_reason)i)) > 0);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(rules_reason_word((enum rules_reason)i),
						rules_reason_word((enum rules_reason)k));
	}
	assert_string_equal(rules_reason_word(RULES_REASONS), "unknown");
	assert_string_equal(rules_reason_meaning(RULES_REASONS), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(scenarios_end_as_they_should),
	    cmocka_unit_test(nothing_known_is_a_denial),
	    cmocka_unit_test(values_beyond_the_lists_deny),
	    cmocka_unit_test(soft_passback_is_noted),
	    cmocka_unit_test(words_are_there_for_every_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
