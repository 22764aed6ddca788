/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LINE "mon-fri 07:00-18:00 card+face pass+face card+pin card+guard"

static void reads_a_window_and_writes_it_again(void **state)
{
	static const char *const lines[][2] = {
	    {LINE, LINE},
	    {"all 00:00-24:00 card+pin", "all 00:00-24:00 card+pin"},
	    {"sat,sun 09:30-12:00 pass+guard", "sat-sun 09:30-12:00 pass+guard"},
	    {"fri-mon 22:00-06:00 card+pin", "mon,fri-sun 22:00-06:00 card+pin"},
	    {"mon,wed,holiday 08:00-09:00 pin+card", "mon,wed,holiday 08:00-09:00 card+pin"},
	    {" \tsun  10:00-11:00\tcard+pin ", "sun 10:00-11:00 card+pin"},
	    {"mon,tue,wed,thu,fri,sat,sun,holiday 01:02-03:04 card+pass+pin+face+guard",
	     "all 01:02-03:04 card+pass+pin+face+guard"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct rules_window window, again;
		char text[RULES_WINDOW_TEXT];

		assert_int_equal(rules_window_parse(&window, lines[i][0], NULL), TANU_OK);
		rules_window_text(text, &window);
		assert_string_equal(text, lines[i][1]);
		assert_int_equal(rules_window_parse(&again, text, NULL), TANU_OK);
		assert_memory_equal(&again, &window, sizeof(window));
	}
}

static void refuses_lines_that_are_not_understood(void **state)
{
	static const char *const lines[] = {
	    "",
	    "mon",
	    "mon-fri",
	    "mon-",
	    "-fri",
	    "mon,,tue 07:00-08:00 card+pin",
	    "monday 07:00-08:00 card+pin",
	    "mon-holiday 07:00-08:00 card+pin",
	    "holiday-mon 07:00-08:00 card+pin",
	    "mon 7:00-08:00 card+pin",
	    "mon 07:00-24:01 card+pin",
	    "mon 24:00-08:00 card+pin",
	    "mon 07:60-08:00 card+pin",
	    "mon 07:00-08:60 card+pin",
	    "mon 07:00-25:00 card+pin",
	    "mon 07.00-08:00 card+pin",
	    "mon 07:00-08:00 card+finger",
	    "mon 07:00-08:00 card+",
	    "mon 07:00-08:00 +pin",
	    "mon 07:00-08:00 card+card",
	    "mon 07:00-08:00 card pin+",
	    "mon 07:00-08:00 c+p "
	    "123456789012345678901234567890123456789012345678901234567890123456",
	    "mon 07:00-08:00 card+pin card+pin card+pin card+pin card+pin card+pin card+pin "
	    "card+pin card+pin",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct rules_window window = {.days = 0x55};
		tanu_error err = {0};

		if (rules_window_parse(&window, lines[i], &err) != TANU_USAGE)
			fail_msg("\"%s\" was read", lines[i]);
		assert_int_equal(err.code, TANU_ERR_SETTING);
		assert_int_equal(window.days, 0x55);
	}
}

static void rules_out(struct rules_zone zone, const char *words)
{
	tanu_error err = {0};

	assert_int_equal(rules_zone_check(&zone, &err), TANU_USAGE);
	if (!strstr(err.message, words))
		fail_msg("\"%s\" is not in \"%s\"", words, err.message);
}

static void a_zone_must_be_such_that_nobody_is_shut_out(void **state)
{
	struct rules_zone zone = school();

	(void)state;
	assert_int_equal(rules_zone_check(&zone, NULL), TANU_OK);
	zone.windows[0].ways_len = 2; /* card+face, pass+face */
	rules_out(zone, "all its ways ask for a face");
	zone.windows[0].ways_len = 0;
	rules_out(zone, "one to eight ways");
	zone.windows[0].ways_len = RULES_WAYS_MAX + 1;
	rules_out(zone, "one to eight ways");
}

static void a_way_needs_a_claim_and_two_factors(void **state)
{
	(void)state;
	for (unsigned way = 0; way < 256; way++) {
		struct rules_zone zone = school();
		unsigned n = 0;
		bool good;

		for (unsigned bit = 0; bit < 8; bit++)
			n += way >> bit & 1;
		good = way < 32 && n >= 2 && (way & (RULES_CARD | RULES_PASS | RULES_PIN));
		zone.windows[0].ways[0] = (uint8_t)way;
		assert_int_equal(rules_zone_check(&zone, NULL) == TANU_OK, good);
	}
}

static void refuses_each_damaged_field(void **state)
{
	struct rules_zone zone = school();

	(void)state;
	zone.windows_len = 0;
	rules_out(zone, "windows");
	zone.windows_len = RULES_WINDOWS_MAX + 1;
	rules_out(zone, "windows");
	zone = school();
	zone.windows[0].days = 0;
	rules_out(zone, "day");
	zone = school();
	zone.windows[0].from_min = RULES_DAY_MIN;
	rules_out(zone, "24:00");
	zone = school();
	zone.windows[0].to_min = RULES_DAY_MIN + 1;
	rules_out(zone, "24:00");
	zone = school();
	zone.holidays_len = RULES_HOLIDAYS_MAX + 1;
	rules_out(zone, "holidays");
	zone = school();
	zone.holidays[0].month = 13;
	rules_out(zone, "no date");
}

static size_t ways_at(const struct rules_zone *zone, tanu_date date, unsigned minute)
{
	uint8_t ways[RULES_WINDOWS_MAX * RULES_WAYS_MAX];
	struct rules_time at = {.trusted = true, .date = date, .minute = (uint16_t)minute};

	return rules_ways_at(ways, zone, &at);
}

/* Every minute of two weeks, 2026-10-19 (a Monday) on; 2026-10-26 is a holiday. */
static void hours_are_kept_to_the_minute(void **state)
{
	struct rules_zone zone = school();
	int64_t first = date_to_days((tanu_date){2026, 10, 19});

	(void)state;
	for (int64_t day = 0; day < 14; day++) {
		bool school_day = day % 7 < 5 && day != 7;

		for (unsigned minute = 0; minute < RULES_DAY_MIN; minute++) {
			bool open = school_day && minute >= 7 * 60 && minute < 18 * 60;

			assert_int_equal(ways_at(&zone, date_from_days(first + day), minute),
					 open ? 4 : 0);
		}
	}
}

static void nights_belong_to_the_evening_they_begin_in(void **state)
{
	struct rules_zone zone = school();
	const tanu_date friday = {2026, 9, 11}, saturday = {2026, 9, 12}, sunday = {2026, 9, 13};

	(void)state;
	assert_int_equal(rules_window_parse(&zone.windows[0], "fri 22:00-06:00 card+pin", NULL),
			 TANU_OK);
	assert_int_equal(ways_at(&zone, friday, 5 * 60), 0);
	assert_int_equal(ways_at(&zone, friday, 22 * 60 - 1), 0);
	assert_int_equal(ways_at(&zone, friday, 22 * 60), 1);
	assert_int_equal(ways_at(&zone, saturday, 6 * 60 - 1), 1);
	assert_int_equal(ways_at(&zone, saturday, 6 * 60), 0);
	assert_int_equal(ways_at(&zone, saturday, 22 * 60), 0);
	assert_int_equal(ways_at(&zone, sunday, 60), 0);
	zone.holidays[0] = friday; /* then it is no Friday */
	assert_int_equal(ways_at(&zone, friday, 22 * 60), 0);
	assert_int_equal(ways_at(&zone, saturday, 60), 0);
}

static void holidays_have_hours_of_their_own(void **state)
{
	struct rules_zone zone = school();
	const tanu_date holiday = {2026, 10, 26};

	(void)state;
	assert_int_equal(ways_at(&zone, holiday, 10 * 60), 0);
	zone.windows_len = 2;
	assert_int_equal(rules_window_parse(&zone.windows[1], "holiday 10:00-11:00 card+pin", NULL),
			 TANU_OK);
	assert_int_equal(ways_at(&zone, holiday, 10 * 60), 1);
	assert_int_equal(ways_at(&zone, (tanu_date){2026, 10, 27}, 10 * 60), 4);
}

static void a_whole_day_and_midnight(void **state)
{
	struct rules_zone zone = school();

	(void)state;
	assert_int_equal(rules_window_parse(&zone.windows[0], "mon 00:00-24:00 card+pin", NULL),
			 TANU_OK);
	assert_int_equal(ways_at(&zone, (tanu_date){2026, 9, 6}, 1439), 0);
	assert_int_equal(ways_at(&zone, (tanu_date){2026, 9, 7}, 0), 1);
	assert_int_equal(ways_at(&zone, (tanu_date){2026, 9, 7}, 1439), 1);
	assert_int_equal(ways_at(&zone, (tanu_date){2026, 9, 8}, 0), 0);
}

static void windows_add_up_without_doubles(void **state)
{
	struct rules_zone zone = school();

	(void)state;
	zone.windows_len = 2;
	assert_int_equal(
	    rules_window_parse(&zone.windows[1], "mon 08:00-09:00 card+pin pin+guard", NULL),
	    TANU_OK);
	assert_int_equal(ways_at(&zone, (tanu_date){2026, 9, 7}, 8 * 60), 5);
	assert_int_equal(ways_at(&zone, (tanu_date){2026, 9, 7}, 9 * 60), 4);
}

static void without_a_clock_only_what_always_holds(void **state)
{
	uint8_t ways[RULES_WINDOWS_MAX * RULES_WAYS_MAX];
	const struct rules_time unknown = {0};
	struct rules_zone zone = school();

	(void)state;
	assert_int_equal(rules_ways_at(ways, &zone, &unknown), 2); /* card+pin, card+guard */
	zone.windows_len = 2;
	assert_int_equal(rules_window_parse(&zone.windows[1], "all 18:00-22:00 card+guard", NULL),
			 TANU_OK);
	assert_int_equal(rules_ways_at(ways, &zone, &unknown), 1);
	assert_int_equal(ways[0], RULES_CARD | RULES_GUARD);
	zone.no_clock = RULES_NO_CLOCK_GUARD;
	assert_int_equal(rules_ways_at(ways, &zone, &unknown), 0);
}

static void a_time_that_can_not_be_opens_nothing(void **state)
{
	struct rules_zone zone = school();

	(void)state;
	assert_int_equal(rules_window_parse(&zone.windows[0], "all 00:00-24:00 card+pin", NULL),
			 TANU_OK);
	assert_int_equal(ways_at(&zone, (tanu_date){2026, 9, 7}, 1440), 0);
	assert_int_equal(ways_at(&zone, (tanu_date){2026, 13, 7}, 0), 0);
	assert_int_equal(ways_at(&zone, (tanu_date){2026, 9, 7}, 0), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_a_window_and_writes_it_again),
	    cmocka_unit_test(refuses_lines_that_are_not_understood),
	    cmocka_unit_test(a_zone_must_be_such_that_nobody_is_shut_out),
	    cmocka_unit_test(a_way_needs_a_claim_and_two_factors),
	    cmocka_unit_test(refuses_each_damaged_field),
	    cmocka_unit_test(hours_are_kept_to_the_minute),
	    cmocka_unit_test(nights_belong_to_the_evening_they_begin_in),
	    cmocka_unit_test(holidays_have_hours_of_their_own),
	    cmocka_unit_test(a_whole_day_and_midnight),
	    cmocka_unit_test(windows_add_up_without_doubles),
	    cmocka_unit_test(without_a_clock_only_what_always_holds),
	    cmocka_unit_test(a_time_that_can_not_be_opens_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
