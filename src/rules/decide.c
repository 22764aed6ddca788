/* SPDX-License-Identifier: Apache-2.0 */
/* Grant or deny. Every path that does not end in a grant ends in a denial. */
#include "rules/rules.h"

static const struct {
	enum rules_verdict verdict;
	enum rules_show show;
} outcomes[] = {
#define X(name, word, verdict, show, meaning) {RULES_##verdict, RULES_SHOW_##show},
    RULES_REASON_LIST(X)
#undef X
};

static struct rules_decision because(enum rules_reason reason)
{
	return (struct rules_decision){
	    .verdict = outcomes[reason].verdict, .reason = reason, .show = outcomes[reason].show};
}

/* Why what she has shown can't be used, or NONE. */
static enum rules_reason claim_trouble(enum rules_claim claim)
{
	switch (claim) {
	case RULES_CLAIM_NONE:
	case RULES_CLAIM_VALID:
		return RULES_R_NONE;
	case RULES_CLAIM_FORGED:
		return RULES_R_FORGED;
	case RULES_CLAIM_BLOCKED:
		return RULES_R_BLOCKED;
	case RULES_CLAIM_OUT_OF_DATE:
		return RULES_R_OUT_OF_DATE;
	case RULES_CLAIM_UNKNOWN:
		break;
	}
	return RULES_R_UNKNOWN;
}

static enum rules_reason pin_trouble(enum rules_pin pin)
{
	switch (pin) {
	case RULES_PIN_NONE:
	case RULES_PIN_RIGHT:
		return RULES_R_NONE;
	case RULES_PIN_WRONG:
		return RULES_R_PIN_WRONG;
	case RULES_PIN_LOCKED:
		break;
	}
	return RULES_R_PIN_LOCKED;
}

/* What stands against anybody here and now, whoever she is. */
static enum rules_reason door_trouble(const struct rules_request *r)
{
	if (r->fire)
		return RULES_R_FIRE;
	if (r->guard == RULES_GUARD_NO)
		return RULES_R_GUARD_REFUSED;
	return r->lockdown ? RULES_R_LOCKDOWN : RULES_R_NONE;
}

/* What stands against her, whatever else she brings. */
static enum rules_reason person_trouble(const struct rules_request *r)
{
	enum rules_reason reason;

	if ((reason = claim_trouble(r->card)) || (reason = claim_trouble(r->pass)) ||
	    (reason = pin_trouble(r->pin)))
		return reason;
	if (r->card != RULES_CLAIM_VALID && r->pass != RULES_CLAIM_VALID &&
	    r->pin != RULES_PIN_RIGHT)
		return RULES_R_NO_CLAIM;
	if (!r->one_person)
		return RULES_R_CLAIMS_DIFFER;
	return r->allowed ? RULES_R_NONE : RULES_R_NOT_ALLOWED;
}

/* Could a face count for her at all? Otherwise she is never asked for it. */
static bool face_possible(const struct rules_request *r)
{
	return r->consent == TANU_CONSENT_GIVEN && r->lease == RULES_LEASE_VALID &&
	       r->live != RULES_LIVE_ATTACK;
}

static bool face_matches(const struct rules_request *r)
{
	return r->face.result == TANU_MATCH && r->face.score >= r->face.threshold;
}

/* Evidence of life that is enough by itself, or that a waiver replaces by another factor. */
static bool face_lives(const struct rules_request *r)
{
	if (r->pad != RULES_PAD_SEQUENCE)
		return false;
	return r->live == RULES_LIVE_YES || (r->live == RULES_LIVE_THIN && r->waiver);
}

static unsigned proven(const struct rules_request *r)
{
	unsigned set = 0;

	if (r->card == RULES_CLAIM_VALID)
		set |= RULES_CARD;
	if (r->pass == RULES_CLAIM_VALID)
		set |= RULES_PASS;
	if (r->pin == RULES_PIN_RIGHT)
		set |= RULES_PIN;
	if (r->guard == RULES_GUARD_YES)
		set |= RULES_GUARD;
	if (face_possible(r) && face_matches(r) && face_lives(r))
		set |= RULES_FACE;
	return set;
}

/*
 * Beside a claim and a face another factor is needed: for one whom somebody resembles, and for one
 * whose waiver stands for the evidence of her eyes. It must be a PIN or the guard's look, and not
 * the claim itself.
 */
static bool face_needs_more(const struct rules_request *r, unsigned have)
{
	unsigned others = have & ~(unsigned)RULES_FACE;
	bool weak = r->second_factor || (r->waiver && r->live != RULES_LIVE_YES);

	if (!weak)
		return false;
	return !(others & (RULES_PIN | RULES_GUARD)) || !(others & (others - 1));
}

static unsigned missing_of(const struct rules_request *r, unsigned way, unsigned have)
{
	unsigned missing = way & ~have;

	if ((way & RULES_FACE) && !missing && face_needs_more(r, have))
		missing = have & RULES_PIN ? RULES_GUARD : RULES_PIN;
	return missing;
}

static unsigned count_bits(unsigned v)
{
	unsigned n = 0;

	for (; v; v &= v - 1)
		n++;
	return n;
}

/* A way that she can still complete. After an attack only the guard's eyes count. */
static bool way_possible(const struct rules_request *r, unsigned way)
{
	if ((way & RULES_FACE) && !face_possible(r))
		return false;
	return r->live != RULES_LIVE_ATTACK || (way & RULES_GUARD);
}

/* Why a face that was shown did not count, or NONE. */
static enum rules_reason face_trouble(const struct rules_request *r)
{
	if (!face_possible(r) || r->pad == RULES_PAD_NONE)
		return RULES_R_NONE;
	if (!face_lives(r))
		return RULES_R_NOT_LIVE; /* whether it matches was not asked then */
	return face_matches(r) ? RULES_R_NONE : RULES_R_NO_MATCH;
}

/*
 * The next thing to ask for: what is missing to the nearest way. After a face that did not count
 * the ways without one come first. The guard alone is not asked for by a screen: she is called.
 */
static struct rules_decision ask(const struct rules_request *r, const uint8_t *ways, size_t len,
				 unsigned have)
{
	enum rules_reason trouble = face_trouble(r);
	unsigned best = 0, best_cost = 99;

	for (size_t i = 0; i < len; i++) {
		unsigned missing = missing_of(r, ways[i], have);
		unsigned cost = 4 * count_bits(missing);

		if (!way_possible(r, ways[i]))
			continue;
		cost += (missing & RULES_GUARD) ? 2 : 0;
		cost += trouble && (missing & RULES_FACE) ? 1 : 0;
		if (cost < best_cost) {
			best_cost = cost;
			best = missing;
		}
	}
	if (r->live == RULES_LIVE_ATTACK)
		return because(RULES_R_ATTACK);
	struct rules_decision d = because(trouble ? trouble : RULES_R_MORE);

	if ((have & RULES_FACE) && face_needs_more(r, have))
		d = because(RULES_R_SECOND_FACTOR);
	d.missing = (uint8_t)best;
	if (best == 0 || best == RULES_GUARD)
		d.show = RULES_SHOW_ASSIST;
	return d;
}

/* She is inside already, says the last passage: a lent card, or a door that was crawled through. */
static struct rules_decision grant(const struct rules_zone *zone, const struct rules_request *r,
				   uint8_t way)
{
	struct rules_decision d = because(RULES_R_WAY);
	bool inside = r->presence == RULES_INSIDE && zone->passback != RULES_PASSBACK_OFF;

	if (inside && zone->passback != RULES_PASSBACK_SOFT && r->guard != RULES_GUARD_YES)
		return because(RULES_R_PASSBACK);
	d.way = way;
	d.was_inside = inside;
	return d;
}

static struct rules_decision by_ways(const struct rules_zone *zone, const struct rules_request *r,
				     const uint8_t *ways, size_t len)
{
	unsigned have = proven(r);

	for (size_t i = 0; i < len; i++)
		if (way_possible(r, ways[i]) && missing_of(r, ways[i], have) == 0)
			return grant(zone, r, ways[i]);
	return ask(r, ways, len, have);
}

/* Nobody has said who she is: ask for any claim that begins a way. */
static struct rules_decision ask_claim(const uint8_t *ways, size_t len)
{
	struct rules_decision d = because(RULES_R_NO_CLAIM);

	for (size_t i = 0; i < len; i++)
		d.missing |= ways[i] & RULES_CLAIMS;
	return d;
}

static struct rules_decision entry(const struct rules_zone *zone, const struct rules_request *r)
{
	uint8_t ways[RULES_WINDOWS_MAX * RULES_WAYS_MAX];
	enum rules_reason reason;
	size_t len;

	if (r->guard == RULES_GUARD_RELEASE && !r->fire)
		return because(zone->guard_release ? RULES_R_RELEASED : RULES_R_RELEASE_OFF);
	if ((reason = door_trouble(r)))
		return because(reason);
	reason = person_trouble(r);
	if (reason && reason != RULES_R_NO_CLAIM && reason != RULES_R_PIN_WRONG)
		return because(reason);
	len = rules_ways_at(ways, zone, &r->at);
	if (len == 0)
		return because(r->at.trusted ? RULES_R_HOURS : RULES_R_NO_CLOCK);
	if (reason == RULES_R_NO_CLAIM)
		return ask_claim(ways, len);
	if (reason == RULES_R_PIN_WRONG) {
		struct rules_decision d = because(reason);

		d.missing = RULES_PIN;
		return d;
	}
	return by_ways(zone, r, ways, len);
}

struct rules_decision rules_decide(const struct rules_zone *zone,
				   const struct rules_request *request)
{
	if (request->direction == RULES_EXIT)
		return because(RULES_R_EXIT);
	if (!zone || rules_zone_check(zone, NULL) < 0)
		return because(RULES_R_NO_POLICY);
	return entry(zone, request);
}
