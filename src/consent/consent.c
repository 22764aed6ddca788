/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

#include <tanu/consent.h>

tanu_consent_state tanu_consent_state_at(const tanu_consent *consent, int64_t now_ms)
{
	switch (consent->state) {
	case TANU_CONSENT_GIVEN:
		if (now_ms >= consent->not_after_ms)
			return TANU_CONSENT_EXPIRED;
		return now_ms >= consent->given_ms ? TANU_CONSENT_GIVEN : TANU_CONSENT_NONE;
	case TANU_CONSENT_REQUESTED:
	case TANU_CONSENT_REFUSED:
	case TANU_CONSENT_WITHDRAWN:
	case TANU_CONSENT_EXPIRED:
	case TANU_CONSENT_LAPSED:
	case TANU_CONSENT_REPLACED:
		return consent->state;
	case TANU_CONSENT_NONE:
		break;
	}
	return TANU_CONSENT_NONE; /* also for a number this version does not know */
}

static bool is_about(const tanu_consent *c, const tanu_id *subject, tanu_purpose purpose)
{
	return c->purpose == purpose && id_equal(&c->subject, subject);
}

static bool is_same_giver(const tanu_consent *a, const tanu_consent *b)
{
	return a->giver == b->giver &&
	       (a->giver != TANU_GIVER_GUARDIAN || id_equal(&a->guardian, &b->guardian));
}

/*
 * Does this refusal speak against that consent to the same purpose by or for the same subject? Who
 * said no can change her mind; for a minor nobody else can change it for her.
 */
static bool overrules(const tanu_consent *refusal, const tanu_consent *consent)
{
	if (refusal->state != TANU_CONSENT_REFUSED)
		return false;
	if (consent->giver == TANU_GIVER_GUARDIAN && !is_same_giver(refusal, consent))
		return true;
	return refusal->sequence >= consent->sequence;
}

static bool is_overruled(const tanu_consent *consent, const tanu_consent *consents,
			 size_t consents_len)
{
	for (size_t i = 0; i < consents_len; i++)
		if (is_about(&consents[i], &consent->subject, consent->purpose) &&
		    overrules(&consents[i], consent))
			return true;
	return false;
}

/* The one that lasts longest; of two that end together, the one that was given last. */
static bool is_better(const tanu_consent *a, const tanu_consent *b)
{
	if (!b || a->not_after_ms != b->not_after_ms)
		return !b || a->not_after_ms > b->not_after_ms;
	return a->sequence > b->sequence;
}

const tanu_consent *tanu_consent_find(const tanu_consent *consents, size_t consents_len,
				      const tanu_id *subject, tanu_purpose purpose, int64_t now_ms)
{
	const tanu_consent *best = NULL;

	for (size_t i = 0; i < consents_len && purpose != TANU_PURPOSE_NONE; i++) {
		const tanu_consent *c = &consents[i];

		if (is_about(c, subject, purpose) &&
		    tanu_consent_state_at(c, now_ms) == TANU_CONSENT_GIVEN && is_better(c, best) &&
		    !is_overruled(c, consents, consents_len))
			best = c;
	}
	return best;
}

int tanu_age_on(tanu_date born, tanu_date on)
{
	int years = on.year - born.year;
	bool before_birthday = on.month != born.month ? on.month < born.month : on.day < born.day;

	return before_birthday ? years - 1 : years;
}

tanu_status tanu_consent_may_give(int age_years, tanu_giver giver, int majority_years,
				  tanu_error *err)
{
	bool adult = age_years >= majority_years;

	if (age_years < 0)
		return tanu_fail(err, TANU_ERR_CONSENT_RULE, "born",
				 "the date of birth lies in the future");
	if (giver == TANU_GIVER_GUARDIAN && !adult)
		return TANU_OK;
	if (giver == TANU_GIVER_SELF && adult)
		return TANU_OK;
	if (giver == TANU_GIVER_GUARDIAN)
		return tanu_fail(err, TANU_ERR_CONSENT_RULE, "giver",
				 "an adult consents herself: nobody can do it for her");
	if (giver == TANU_GIVER_SELF)
		return tanu_fail(err, TANU_ERR_CONSENT_RULE, "giver",
				 "below %d years of age only a guardian can consent",
				 majority_years);
	return tanu_fail(err, TANU_ERR_CONSENT_RULE, "giver",
			 "a consent needs a giver: the person or a guardian");
}
