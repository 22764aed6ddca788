/* SPDX-License-Identifier: Apache-2.0 */
/* Working days, for clocks that stand still when nobody works. */
#include "consent/law.h"

#include <stdio.h>
#include <string.h>

#define HOUR_MS	      ((int64_t)3600000)
#define DAY_MS	      (24 * HOUR_MS)
#define DAYS_SEARCHED 400 /* somewhere in a year people work */
#define DAY_WORD_MAX  16

/* One word of the list of holidays. */
struct day_word {
	bool works; /* "+": people work on it */
	bool yearly;
	tanu_date date; /* of a leap year when yearly */
};

static bool read_word(struct day_word *out, const char *text, size_t len)
{
	char whole[DAY_WORD_MAX];
	size_t skip = len > 0 && *text == '+';

	*out = (struct day_word){.works = skip, .yearly = len - skip == 5};
	if (len - skip >= sizeof(whole) - 5)
		return false;
	snprintf(whole, sizeof(whole), "%s%.*s", out->yearly ? "2000-" : "", (int)(len - skip),
		 text + skip);
	return date_parse(&out->date, whole) && !(out->works && out->yearly);
}

/* The next word of a list parted by commas and blanks; false at the end. */
static bool next_word(const char **at, const char **word, size_t *len)
{
	*at += strspn(*at, ", ");
	*word = *at;
	*len = strcspn(*at, ", ");
	*at += *len;
	return *len > 0;
}

tanu_status breach_calendar_check(const char *holidays, tanu_error *err)
{
	struct day_word day;
	const char *word;
	size_t len;

	while (next_word(&holidays, &word, &len))
		if (!read_word(&day, word, len))
			return tanu_fail(err, TANU_ERR_SETTING, "breach.holidays",
					 "\"%.*s\" is not a day: write 12-16 for every year, "
					 "2027-05-27 for one, +2027-05-29 for a Saturday on which "
					 "people work",
					 (int)(len < 32 ? len : 32), word);
	return TANU_OK;
}

static bool is_weekend(int64_t day)
{
	int64_t weekday = ((day % 7) + 7) % 7; /* 1970-01-01, day 0, was a Thursday */

	return weekday == 2 || weekday == 3;
}

static bool names(const struct day_word *word, tanu_date date)
{
	return word->date.month == date.month && word->date.day == date.day &&
	       (word->yearly || word->date.year == date.year);
}

static bool is_working(int64_t day, const char *holidays)
{
	tanu_date date = date_from_days(day);
	bool free_day = is_weekend(day);
	struct day_word found;
	const char *word;
	size_t len;

	while (next_word(&holidays, &word, &len))
		if (read_word(&found, word, len) && names(&found, date))
			free_day = !found.works;
	return !free_day;
}

int64_t breach_business_due(int64_t noticed_ms, int64_t days,
			    const struct breach_calendar *calendar)
{
	int64_t local = noticed_ms + calendar->utc_hours * HOUR_MS, left = days * DAY_MS;
	int64_t day = local / DAY_MS, from = local % DAY_MS;

	for (int64_t searched = 0; searched < DAYS_SEARCHED; day++, from = 0, searched++) {
		int64_t rest = DAY_MS - from;

		if (!is_working(day, calendar->holidays))
			continue;
		if (left <= rest)
			return day * DAY_MS + from + left - calendar->utc_hours * HOUR_MS;
		left -= rest;
	}
	return noticed_ms; /* a calendar without a working day excuses nobody */
}
