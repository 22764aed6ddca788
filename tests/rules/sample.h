/* SPDX-License-Identifier: Apache-2.0 */
/* sample.h - a school's gate and a pupil before it. */
#ifndef TESTS_RULES_SAMPLE_H
#define TESTS_RULES_SAMPLE_H

#include "rules/rules.h"

/* Monday 2026-09-07, 08:25. */
static inline struct rules_time school_morning(void)
{
	return (struct rules_time){.trusted = true, .date = {2026, 9, 7}, .minute = 8 * 60 + 25};
}

static inline struct rules_zone school(void)
{
	return (struct rules_zone){
	    .windows = {{.days = 0x1f,
			 .from_min = 7 * 60,
			 .to_min = 18 * 60,
			 .ways = {RULES_CARD | RULES_FACE, RULES_PASS | RULES_FACE,
				  RULES_CARD | RULES_PIN, RULES_CARD | RULES_GUARD},
			 .ways_len = 4}},
	    .windows_len = 1,
	    .holidays = {{2026, 10, 26}},
	    .holidays_len = 1,
	    .passback = RULES_PASSBACK_HARD,
	    .no_clock = RULES_NO_CLOCK_COMMON,
	    .guard_release = true};
}

/* She has agreed, and shows her card: nothing else yet. */
static inline struct rules_request pupil(void)
{
	return (struct rules_request){.at = school_morning(),
				      .card = RULES_CLAIM_VALID,
				      .one_person = true,
				      .allowed = true,
				      .presence = RULES_OUTSIDE,
				      .consent = TANU_CONSENT_GIVEN,
				      .lease = RULES_LEASE_VALID};
}

static inline void shows_face(struct rules_request *r)
{
	r->face = (tanu_decision){.result = TANU_MATCH, .score = 0.7f, .threshold = 0.4f};
	r->pad = RULES_PAD_SEQUENCE;
	r->live = RULES_LIVE_YES;
}

#endif
