/* SPDX-License-Identifier: Apache-2.0 */
/* The table of profiles, its bounds one by one, and the clock of working days. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "consent/law.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR ((int64_t)3600000)

/* Every setting that a rule names, wide enough for any value. */
static struct setting_row rows[32];

static void settings_for(struct settings *out, const struct law *law)
{
	size_t len = 0;

	rows[len++] = (struct setting_row){
	    .name = "site.accreditation", .unit = "", .kind = SETTING_TEXT, .value = ""};
	for (size_t i = 0; i < law->rules_len; i++) {
		const char *value = law->rules[i].value;
		bool number = strspn(value, "0123456789") == strlen(value);

		rows[len++] =
		    (struct setting_row){.name = law->rules[i].setting,
					 .unit = "",
					 .kind = number			     ? SETTING_INT
						 : strcmp(value, "yes") == 0 ? SETTING_BOOL
									     : SETTING_TEXT,
					 .value = number		      ? "7"
						  : strcmp(value, "yes") == 0 ? "no"
									      : "other",
					 .max = 1000000};
	}
	assert_int_equal(settings_init(out, rows, len, NULL), TANU_OK);
}

static void every_profile_has_its_words(void **state)
{
	static const char *const words[] = {"none", "kz", "ru", "eu"};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const struct law *law = law_at(i);

		assert_string_equal(law->word, words[i]);
		assert_ptr_equal(law_find(words[i]), law);
		for (size_t k = 0; k < LAW_LANGUAGES; k++)
			assert_true(strlen(law->authority[k]) > 10);
		for (size_t k = 0; k < law->rules_len; k++)
			assert_true(strlen(law->rules[k].source) > 5);
	}
	assert_null(law_at(4));
	assert_null(law_find("us"));
	assert_null(law_find(""));
}

static void a_profile_gives_defaults(void **state)
{
	(void)state;
	for (size_t i = 0; law_at(i); i++) {
		const struct law *law = law_at(i);
		struct settings s;

		settings_for(&s, law);
		assert_int_equal(law_apply(law, &s, NULL), TANU_OK);
		for (size_t k = 0; k < law->rules_len; k++)
			assert_string_equal(settings_text(&s, law->rules[k].setting),
					    law->rules[k].value);
		assert_int_equal(law_check(law, &s, NULL), TANU_OK);
		settings_free(&s);
	}
}

static void set_number(struct settings *s, const char *name, long long value)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", value);
	assert_int_equal(settings_set(s, name, text, NULL), TANU_OK);
}

/* Looser is refused and names the setting; stricter is fine. */
static void try_rule(const struct law *law, const struct law_rule *rule)
{
	long long value = strtoll(rule->value, NULL, 10);
	tanu_error err = {0};
	struct settings s;

	settings_for(&s, law);
	assert_int_equal(law_apply(law, &s, NULL), TANU_OK);
	if (rule->bound == LAW_ONLY)
		assert_int_equal(settings_set(&s, rule->setting,
					      strcmp(rule->value, "yes") == 0 ? "off" : "vault",
					      NULL),
				 TANU_OK);
	else if (rule->bound == LAW_AT_LEAST)
		set_number(&s, rule->setting, value - 1);
	else
		set_number(&s, rule->setting, value + 1);
	assert_int_equal(law_check(law, &s, &err), TANU_USAGE);
	assert_string_equal(err.place, rule->setting);
	assert_non_null(strstr(err.message, rule->source));
	if (rule->bound == LAW_AT_LEAST)
		set_number(&s, rule->setting, value + 1);
	else if (rule->bound != LAW_ONLY)
		set_number(&s, rule->setting, value > 1 ? value - 1 : value);
	else
		assert_int_equal(settings_set(&s, rule->setting, rule->value, NULL), TANU_OK);
	assert_int_equal(law_check(law, &s, NULL), TANU_OK);
	if (rule->bound == LAW_WITHIN) { /* 0 would be no clock at all */
		set_number(&s, rule->setting, 0);
		assert_int_equal(law_check(law, &s, NULL), TANU_USAGE);
	}
	settings_free(&s);
}

static void each_bound_holds(void **state)
{
	size_t tried = 0;

	(void)state;
	for (size_t i = 0; law_at(i); i++)
		for (size_t k = 0; k < law_at(i)->rules_len; k++)
			if (law_at(i)->rules[k].bound != LAW_ADVICE) {
				try_rule(law_at(i), &law_at(i)->rules[k]);
				tried++;
			}
	assert_int_equal(tried, 13);
}

static void an_accreditation_lifts_its_bound_only(void **state)
{
	const struct law *law = law_find("ru");
	struct settings s;

	(void)state;
	settings_for(&s, law);
	assert_int_equal(settings_set(&s, "site.accreditation", "No. 7", NULL), TANU_OK);
	assert_int_equal(settings_set(&s, "storage.mode", "vault", NULL), TANU_OK);
	assert_int_equal(law_apply(law, &s, NULL), TANU_OK);
	assert_int_equal(law_check(law, &s, NULL), TANU_OK);
	assert_int_equal(settings_set(&s, "consent.written", "no", NULL), TANU_OK);
	assert_int_equal(law_check(law, &s, NULL), TANU_USAGE);
	settings_free(&s);
}

/* ---- working days ---- */

static int64_t at(int year, int month, int day, int hour)
{
	tanu_date date = {(int16_t)year, (int8_t)month, (int8_t)day};

	return date_to_days(date) * 24 * HOUR + hour * HOUR;
}

static void the_clock_stands_still_when_nobody_works(void **state)
{
	const struct {
		int64_t noticed, days, due;
		const char *holidays;
	} cases[] = {
	    /* 2026-11-26 is a Thursday */
	    {at(2026, 11, 26, 15), 1, at(2026, 11, 27, 15), ""},
	    {at(2026, 11, 27, 15), 1, at(2026, 11, 30, 15), ""},      /* over a weekend */
	    {at(2026, 11, 28, 12), 1, at(2026, 12, 1, 0), ""},	      /* on a Saturday */
	    {at(2026, 11, 29, 23), 1, at(2026, 12, 1, 0), ""},	      /* on a Sunday */
	    {at(2026, 11, 26, 0), 1, at(2026, 11, 27, 0), ""},	      /* at midnight */
	    {at(2026, 11, 26, 15), 3, at(2026, 12, 1, 15), ""},	      /* three days */
	    {at(2026, 12, 15, 10), 1, at(2026, 12, 17, 10), "12-16"}, /* of every year */
	    {at(2026, 12, 15, 10), 1, at(2026, 12, 17, 10), "01-01, 2026-12-16"},
	    {at(2027, 12, 15, 10), 1, at(2027, 12, 16, 10), "2026-12-16"}, /* of another one */
	    {at(2026, 11, 27, 15), 1, at(2026, 11, 28, 15), "+2026-11-28"},
	    {at(2026, 12, 31, 20), 1, at(2027, 1, 4, 20), "01-01,01-02"},
	    {at(2028, 2, 28, 12), 1, at(2028, 3, 1, 12), "02-29"},
	};
	struct breach_calendar calendar = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		calendar.holidays = cases[i].holidays;
		assert_int_equal(breach_calendar_check(calendar.holidays, NULL), TANU_OK);
		if (breach_business_due(cases[i].noticed, cases[i].days, &calendar) != cases[i].due)
			fail_msg("case %zu: %lld hours instead of %lld", i,
				 (long long)((breach_business_due(cases[i].noticed, cases[i].days,
								  &calendar) -
					      cases[i].noticed) /
					     HOUR),
				 (long long)((cases[i].due - cases[i].noticed) / HOUR));
	}
}

static void days_begin_by_local_time(void **state)
{
	struct breach_calendar almaty = {.utc_hours = 5, .holidays = ""};
	struct breach_calendar west = {.utc_hours = -5, .holidays = ""};

	(void)state;
	/* Friday 20:00 UTC is Saturday in Almaty: the day is Monday's, and ends there */
	assert_int_equal(breach_business_due(at(2026, 11, 27, 20), 1, &almaty),
			 at(2026, 11, 30, 19));
	/* Saturday 03:00 UTC is Friday there: two hours of it, and the rest on Monday */
	assert_int_equal(breach_business_due(at(2026, 11, 28, 3), 1, &west), at(2026, 12, 1, 3));
}

static void a_calendar_without_working_days_excuses_nobody(void **state)
{
	struct breach_calendar never = {.holidays = ""};
	char days[13 * 31 * 6 + 1] = "";

	(void)state;
	for (int month = 1; month <= 12; month++)
		for (int day = 1; day <= 31; day++)
			snprintf(days + strlen(days), sizeof(days) - strlen(days), "%02d-%02d,",
				 month, day);
	never.holidays = days;
	assert_int_equal(breach_business_due(1000, 1, &never), 1000);
}

static void what_is_no_day_is_refused(void **state)
{
	static const char *const bad[] = {
	    "13-01",	 "02-30",	"2027-02-29", "x", "12-16;",	    "+12-16",	     "1-1",
	    "2027-5-27", "12-16,,2027", "--",	      "+", "2027-05-27T00", "12-16 tomorrow"};
	tanu_error err = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(breach_calendar_check(bad[i], &err), TANU_USAGE);
		assert_string_equal(err.place, "breach.holidays");
	}
	assert_int_equal(breach_calendar_check(" 12-16 , 2027-05-27,+2027-05-29 ", NULL), TANU_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_profile_has_its_words),
	    cmocka_unit_test(a_profile_gives_defaults),
	    cmocka_unit_test(each_bound_holds),
	    cmocka_unit_test(an_accreditation_lifts_its_bound_only),
	    cmocka_unit_test(the_clock_stands_still_when_nobody_works),
	    cmocka_unit_test(days_begin_by_local_time),
	    cmocka_unit_test(a_calendar_without_working_days_excuses_nobody),
	    cmocka_unit_test(what_is_no_day_is_refused),
	};

	return cmocka_run_group_tests_name("consent/law", tests, NULL, NULL);
}
