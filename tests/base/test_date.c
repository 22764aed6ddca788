/* SPDX-License-Identifier: Apache-2.0 */
/* Civil time, against the C library over four centuries and against known days. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"

#include <string.h>
#include <time.h>

#define DAY_MS 86400000

static void agrees_with_the_library_on_every_day(void **state)
{
	int64_t from = date_to_days((tanu_date){1899, 12, 30});
	int64_t to = date_to_days((tanu_date){2301, 1, 2});

	(void)state;
	for (int64_t day = from; day <= to; day++) {
		time_t t = (time_t)(day * 86400);
		tanu_date d = date_from_days(day);
		struct tm tm;

		gmtime_r(&t, &tm);
		assert_int_equal(d.year, tm.tm_year + 1900);
		assert_int_equal(d.month, tm.tm_mon + 1);
		assert_int_equal(d.day, tm.tm_mday);
		assert_int_equal(date_to_days(d), day);
	}
}

static void knows_the_days_around_the_epoch(void **state)
{
	tanu_date before = date_from_ms(-1), first = date_from_ms(0);

	(void)state;
	assert_int_equal(date_to_days((tanu_date){1970, 1, 1}), 0);
	assert_int_equal(before.year, 1969);
	assert_int_equal(before.day, 31);
	assert_int_equal(first.year, 1970);
	assert_int_equal(date_from_ms(-DAY_MS).day, 31);
	assert_int_equal(date_from_ms(-DAY_MS - 1).day, 30);
	assert_int_equal(date_from_ms(DAY_MS - 1).day, 1);
}

static void knows_leap_years(void **state)
{
	(void)state;
	assert_true(date_valid((tanu_date){2000, 2, 29}));
	assert_true(date_valid((tanu_date){2024, 2, 29}));
	assert_false(date_valid((tanu_date){1900, 2, 29}));
	assert_false(date_valid((tanu_date){2023, 2, 29}));
}

static void refuses_dates_that_are_none(void **state)
{
	static const char *const bad[] = {
	    "",		  "2026-1-01",	 "2026-01-1",  "2026/01/01", "26-01-01",     "2026-13-01",
	    "2026-00-01", "2026-01-00",	 "2026-01-32", "2026-04-31", "2026-02-30",   "0000-01-01",
	    "-026-01-01", "2026-01-01 ", " 026-01-01", "2026-01-0a", "2026-01-01T00"};
	tanu_date d = {7, 7, 7};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(date_parse(&d, bad[i]));
	assert_int_equal(d.year, 7);
}

static void reads_dates(void **state)
{
	tanu_date d = {0};

	(void)state;
	assert_true(date_parse(&d, "2026-02-28"));
	assert_int_equal(d.year, 2026);
	assert_int_equal(d.month, 2);
	assert_int_equal(d.day, 28);
	assert_true(date_parse(&d, "0001-01-01"));
	assert_true(date_parse(&d, "9999-12-31"));
}

static void writes_instants(void **state)
{
	char text[TIME_TEXT_LEN];

	(void)state;
	time_text(text, 0);
	assert_string_equal(text, "1970-01-01T00:00:00.000Z");
	time_text(text, 1769846399999);
	assert_string_equal(text, "2026-01-31T07:59:59.999Z");
	time_text(text, -1);
	assert_string_equal(text, "1969-12-31T23:59:59.999Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(agrees_with_the_library_on_every_day),
	    cmocka_unit_test(knows_the_days_around_the_epoch),
	    cmocka_unit_test(knows_leap_years),
	    cmocka_unit_test(refuses_dates_that_are_none),
	    cmocka_unit_test(reads_dates),
	    cmocka_unit_test(writes_instants),
	};

	return cmocka_run_group_tests_name("base/date", tests, NULL, NULL);
}
