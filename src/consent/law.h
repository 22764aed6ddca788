/* SPDX-License-Identifier: Apache-2.0 */
/*
 * law.h - what the law of a place asks of a site, as numbers: a pure table, no I/O.
 *
 * A profile gives defaults to settings. Some of them are bounds as well: a site may be stricter,
 * and one that was set looser does not open. docs/jurisdictions.md says where each rule comes from,
 * which were checked, and that none of it is legal advice.
 */
#ifndef CONSENT_LAW_H
#define CONSENT_LAW_H

#include "base/base.h"

enum law_bound {
	LAW_ADVICE = 0, /* a default and no more */
	LAW_AT_LEAST,
	LAW_AT_MOST,
	LAW_WITHIN, /* from 1 on, at most so much: 0 would mean none at all */
	LAW_ONLY,   /* this value and no other */
};

struct law_rule {
	const char *setting;
	const char *value;
	enum law_bound bound;
	const char *unless; /* a setting that lifts the bound when it is not empty; NULL: none */
	const char *source; /* law and article, as docs/jurisdictions.md has them */
};

/* Languages of texts for people: kk, ru, en. */
enum law_language { LAW_KK, LAW_RU, LAW_EN, LAW_LANGUAGES };

struct law {
	const char *word;		      /* "kz": setting site.profile */
	const char *jurisdiction;	      /* "KZ": in records */
	const char *authority[LAW_LANGUAGES]; /* who is told of a breach */
	const char *breach_source;	      /* law and article of its clock */
	const struct law_rule *rules;
	size_t rules_len;
};

/* NULL: there is no profile of this name. */
const struct law *law_find(const char *word);
/* One after another; NULL at the end. */
const struct law *law_at(size_t index);
/* "kk" -> LAW_KK; false for any other word. */
bool law_language(enum law_language *out, const char *word);

/* The profile's defaults, where nothing was given. The settings must be in the table. */
tanu_status law_apply(const struct law *law, struct settings *settings, tanu_error *err);
/* TANU_USAGE (setting), naming the first that is looser than the profile allows. */
tanu_status law_check(const struct law *law, const struct settings *settings, tanu_error *err);
/* Is the bound of this rule lifted here? */
bool law_lifted(const struct law_rule *rule, const struct settings *settings);
/* "at least", "" for advice. */
const char *law_bound_word(enum law_bound bound);

/* ---- the clock of a breach ---- */

/* Setting values: which days are no working days, and how far local time is ahead of UTC. */
struct breach_calendar {
	int utc_hours;
	/*
	 * "12-16,2027-05-27,+2027-05-29": of every year, of one year, and a Saturday or Sunday on
	 * which people work. Saturdays and Sundays need not be named.
	 */
	const char *holidays;
};

/* TANU_USAGE (setting) with the word that is no such day. */
tanu_status breach_calendar_check(const char *holidays, tanu_error *err);
/*
 * `noticed_ms` and so many working days of 24 hours: the clock stands still on days on which nobody
 * works. Saturday noon and one day: Monday at midnight, the end of it. Local time.
 */
int64_t breach_business_due(int64_t noticed_ms, int64_t days,
			    const struct breach_calendar *calendar);

#endif
