/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct setting_row rows[] = {
    {"site.name", "", SETTING_TEXT, "", 0, 0, false, "Name of the site."},
    {"match.fmr", "", SETTING_FLOAT, "1e-4", 1e-7, 0.1, true, "False match rate."},
    {"gallery.cap", "people", SETTING_INT, "0", 0, 10000, true, "Largest gallery."},
};

static void loads_sections_as_prefixes(void **state)
{
	static const char text[] =
	    "\xEF\xBB\xBF; a comment\r\n[site]\r\nname = Dormitory 3 ; ours\r\n"
	    "# another\n[gallery]\ncap=20\n";
	struct settings s;

	(void)state;
	assert_int_equal(settings_init(&s, rows, ARRAY_LEN(rows), NULL), TANU_OK);
	assert_int_equal(ini_load(&s, text, strlen(text), "tanu.ini", NULL), TANU_OK);
	assert_string_equal(settings_text(&s, "site.name"), "Dormitory 3");
	assert_int_equal(settings_int(&s, "gallery.cap"), 20);
	assert_string_equal(settings_text(&s, "match.fmr"), "1e-4");
	assert_int_equal(ini_load(&s, "", 0, "tanu.ini", NULL), TANU_OK);
	assert_int_equal(settings_int(&s, "gallery.cap"), 20);
	settings_free(&s);
}

static void refuses(const char *text, size_t len, const char *place, const char *message)
{
	struct settings s;
	tanu_error err = {0};

	assert_int_equal(settings_init(&s, rows, ARRAY_LEN(rows), NULL), TANU_OK);
	assert_int_equal(ini_load(&s, text, len, "tanu.ini", &err), TANU_USAGE);
	assert_int_equal(err.code, TANU_ERR_SETTING);
	assert_string_equal(err.place, place);
	if (!strstr(err.message, message))
		fail_msg("\"%s\" is not about \"%s\"", err.message, message);
	/* Nothing of a refused file takes effect. */
	assert_int_equal(settings_int(&s, "gallery.cap"), 0);
	settings_free(&s);
}

static void names_the_line_of_the_first_fault(void **state)
{
	static const char unknown[] = "[gallery]\ncap = 5\nfloor = 1\nceiling = 2\n";
	static const char range[] = "[gallery]\ncap = 5\n[match]\nfmr = 2\n";
	static const char junk[] = "[gallery]\ncap = 5\njunk\n";
	static const char section[] = "[gallery\ncap = 5\n";
	static const char orphan[] = "cap = 5\n";

	(void)state;
	refuses(unknown, strlen(unknown), "tanu.ini: line 3", "gallery.floor");
	refuses(range, strlen(range), "tanu.ini: line 4", "match.fmr");
	refuses(junk, strlen(junk), "tanu.ini: line 3", "key = value");
	refuses(section, strlen(section), "tanu.ini: line 1", "key = value");
	refuses(orphan, strlen(orphan), "tanu.ini: line 1", "no setting");
}

static void refuses_a_setting_given_twice(void **state)
{
	static const char twice[] = "[gallery]\ncap = 5\ncap = 6\n";
	static const char continued[] = "[gallery]\ncap = 5\n  6\n";

	(void)state;
	refuses(twice, strlen(twice), "tanu.ini: line 3", "twice");
	refuses(continued, strlen(continued), "tanu.ini: line 3", "twice");
}

static void refuses_what_libinih_would_split_or_cut(void **state)
{
	char text[300] = "[gallery]\ncap = 5\n[site]\nname = ";
	size_t start = strlen(text);

	(void)state;
	memset(text + start, 'x', sizeof(text) - start - 1);
	refuses(text, sizeof(text) - 1, "tanu.ini: line 4", "longer");
	refuses("[gallery]\ncap = 5\n\0\n", 20, "tanu.ini: line 3", "UTF-8");
	refuses("[gallery]\ncap = 5\n;\xFF\n", 21, "tanu.ini: line 3", "UTF-8");
}

static void reads_the_longest_line(void **state)
{
	char text[8 + 198 + 1] = "[site]\nname=";
	struct settings s;

	(void)state;
	memset(text + 12, 'x', 7 + 198 - 12);
	assert_int_equal(settings_init(&s, rows, ARRAY_LEN(rows), NULL), TANU_OK);
	assert_int_equal(ini_load(&s, text, strlen(text), "tanu.ini", NULL), TANU_OK);
	assert_int_equal(strlen(settings_text(&s, "site.name")), 198 - 5);
	settings_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(loads_sections_as_prefixes),
	    cmocka_unit_test(names_the_line_of_the_first_fault),
	    cmocka_unit_test(refuses_a_setting_given_twice),
	    cmocka_unit_test(refuses_what_libinih_would_split_or_cut),
	    cmocka_unit_test(reads_the_longest_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
