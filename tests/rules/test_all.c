/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All values of the tiny fields together, against what the design says in words, written down once
 * more and otherwise than in src/rules/.
 */
#include "rules/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* The next combination of the numbers below `most[i]`; false after the last. */
static bool count_up(unsigned *digit, const unsigned *most, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (++digit[i] < most[i])
			return true;
		digit[i] = 0;
	}
	return false;
}

enum {
	CARD,
	PASS,
	PIN,
	PRESENCE,
	GUARD,
	MATCH,
	PAD,
	LIVE,
	CONSENT,
	LEASE,
	WAIVER,
	SECOND,
	BACK,
	N
};

static const enum rules_claim three_claims[] = {RULES_CLAIM_NONE, RULES_CLAIM_BLOCKED,
						RULES_CLAIM_VALID};
static const tanu_consent_state three_consents[] = {TANU_CONSENT_NONE, TANU_CONSENT_GIVEN,
						    TANU_CONSENT_REFUSED};

static struct rules_request request_of(const unsigned d[N])
{
	struct rules_request r = pupil();

	r.card = three_claims[d[CARD]];
	r.pass = three_claims[d[PASS]];
	r.pin = (enum rules_pin)d[PIN];
	r.presence = (enum rules_presence)d[PRESENCE];
	r.guard = (enum rules_guard)d[GUARD];
	if (d[MATCH])
		r.face = (tanu_decision){.result = TANU_MATCH, .score = 0.5f, .threshold = 0.5f};
	r.pad = (enum rules_pad)d[PAD];
	r.live = (enum rules_live)d[LIVE];
	r.consent = three_consents[d[CONSENT]];
	r.lease = (enum rules_lease)d[LEASE];
	r.waiver = d[WAIVER];
	r.second_factor = d[SECOND];
	return r;
}

static bool face_counts(const struct rules_request *r)
{
	if (r->consent != TANU_CONSENT_GIVEN || r->lease != RULES_LEASE_VALID)
		return false;
	if (r->face.result != TANU_MATCH || r->pad != RULES_PAD_SEQUENCE)
		return false;
	if (r->live == RULES_LIVE_YES)
		return true;
	return r->live == RULES_LIVE_THIN && r->waiver;
}

/* Ways of school(): card+face, pass+face, card+pin, card+guard. */
static bool a_way_is_complete(const struct rules_request *r)
{
	bool card = r->card == RULES_CLAIM_VALID, pass = r->pass == RULES_CLAIM_VALID;
	bool pin = r->pin == RULES_PIN_RIGHT, looked = r->guard == RULES_GUARD_YES;
	bool eyes = r->live == RULES_LIVE_YES;
	bool face = face_counts(r);

	if (card && looked)
		return true;
	if (r->live == RULES_LIVE_ATTACK)
		return false;
	if (card && pin)
		return true;
	if (r->second_factor || (r->waiver && !eyes))
		face = face && (pin || looked);
	return face && (card || pass);
}

static bool should_grant(const struct rules_request *r, enum rules_passback back)
{
	bool blocked = r->card == RULES_CLAIM_BLOCKED || r->pass == RULES_CLAIM_BLOCKED;
	bool bad_pin = r->pin == RULES_PIN_WRONG || r->pin == RULES_PIN_LOCKED;

	if (r->guard == RULES_GUARD_RELEASE)
		return true;
	if (r->guard == RULES_GUARD_NO || blocked || bad_pin)
		return false;
	if (!a_way_is_complete(r))
		return false;
	return !(back == RULES_PASSBACK_HARD && r->presence == RULES_INSIDE &&
		 r->guard != RULES_GUARD_YES);
}

static void expect(const struct rules_zone *zone, const struct rules_request *r, bool grant)
{
	struct rules_decision d = rules_decide(zone, r);

	if ((d.verdict == RULES_GRANT) == grant &&
	    (d.show == RULES_SHOW_GO) == (d.verdict == RULES_GRANT))
		return;
	fail_msg("card %d pass %d pin %d presence %d guard %d match %d pad %d live %d consent %d "
		 "lease %d waiver %d second %d back %d: %s",
		 r->card, r->pass, r->pin, r->presence, r->guard, r->face.result, r->pad, r->live,
		 r->consent, r->lease, r->waiver, r->second_factor, zone->passback,
		 rules_reason_word(d.reason));
}

/* An exit is granted, whatever holds; and what stands against everybody stands against everything
 * that she may bring. */
static void with_early_answers(const struct rules_zone *zone, struct rules_request r)
{
	r.direction = RULES_EXIT;
	expect(zone, &r, true);
	r.fire = true;
	r.lockdown = true;
	expect(zone, &r, true);
	r.direction = RULES_ENTRY;
	expect(zone, &r, false);
	r.fire = false;
	expect(zone, &r, r.guard == RULES_GUARD_RELEASE);
	r.lockdown = false;
	r.one_person = false;
	expect(zone, &r, r.guard == RULES_GUARD_RELEASE);
	r.one_person = true;
	r.allowed = false;
	expect(zone, &r, r.guard == RULES_GUARD_RELEASE);
	r.allowed = true;
	r.at.minute = 23 * 60;
	expect(zone, &r, r.guard == RULES_GUARD_RELEASE);
}

static void all_that_she_may_bring(void **state)
{
	static const unsigned most[N] = {3, 3, 4, 3, 4, 2, 3, 4, 3, 3, 2, 2, 3};
	struct rules_zone zone = school();
	unsigned d[N] = {0};
	size_t n = 0;

	(void)state;
	do {
		struct rules_request r = request_of(d);

		zone.passback = (enum rules_passback)d[BACK];
		expect(&zone, &r, should_grant(&r, zone.passback));
		if (n++ % 7 == 0)
			with_early_answers(&zone, r);
	} while (count_up(d, most, N));
	printf("%zu requests\n", n);
}

/* Who has no reference is decided about as if faces did not exist, and nobody is asked for one. */
static void both_lanes_are_the_same_without_a_face(void **state)
{
	struct rules_zone zone = school();
	static const unsigned most[] = {6, 6, 4, 3, 4, 3, 8, 3, 2, 2};
	unsigned d[10] = {0};

	(void)state;
	do {
		struct rules_request r = pupil(), plain;
		struct rules_decision a, b;

		r.card = (enum rules_claim)d[0];
		r.pass = (enum rules_claim)d[1];
		r.pin = (enum rules_pin)d[2];
		r.presence = (enum rules_presence)d[3];
		r.guard = (enum rules_guard)d[4];
		zone.passback = (enum rules_passback)d[5];
		plain = r;
		plain.consent = TANU_CONSENT_NONE;
		r.consent = (tanu_consent_state)d[6];
		r.lease = (enum rules_lease)d[7];
		r.waiver = d[8];
		r.second_factor = d[9];
		a = rules_decide(&zone, &r);
		b = rules_decide(&zone, &plain);
		assert_int_equal(a.verdict, b.verdict);
		assert_int_equal(a.way, b.way);
		assert_int_equal(b.missing & RULES_FACE, 0);
		if (r.consent != TANU_CONSENT_GIVEN)
			assert_int_equal(a.missing & RULES_FACE, 0);
	} while (count_up(d, most, ARRAY_LEN(most)));
}

/* What is asked for is enough: who brings it comes in. */
static void what_is_missing_is_what_is_needed(void **state)
{
	static const unsigned most[N] = {3, 3, 4, 1, 3, 2, 3, 4, 3, 3, 2, 2, 1};
	struct rules_zone zone = school();
	unsigned d[N] = {0};
	size_t asked = 0;

	(void)state;
	do {
		struct rules_request r = request_of(d);
		struct rules_decision dec = rules_decide(&zone, &r);

		if (dec.show != RULES_SHOW_ASK || dec.reason == RULES_R_NO_CLAIM ||
		    dec.reason == RULES_R_PIN_WRONG)
			continue;
		asked++;
		assert_int_not_equal(dec.missing, 0);
		if (dec.missing & RULES_CARD)
			r.card = RULES_CLAIM_VALID;
		if (dec.missing & RULES_PASS)
			r.pass = RULES_CLAIM_VALID;
		if (dec.missing & RULES_PIN)
			r.pin = RULES_PIN_RIGHT;
		if (dec.missing & RULES_GUARD)
			r.guard = RULES_GUARD_YES;
		if (dec.missing & RULES_FACE)
			shows_face(&r);
		dec = rules_decide(&zone, &r);
		/* One whose face is not enough is then asked for one thing more. */
		if (dec.verdict != RULES_GRANT && dec.reason != RULES_R_SECOND_FACTOR)
			expect(&zone, &r, true);
	} while (count_up(d, most, N));
	assert_true(asked > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_that_she_may_bring),
	    cmocka_unit_test(both_lanes_are_the_same_without_a_face),
	    cmocka_unit_test(what_is_missing_is_what_is_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
