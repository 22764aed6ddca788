/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"

#include <string.h>

static const struct setting_row rows[] = {
    {"a.count", "px", SETTING_INT, "60", 1, 100, true, "a whole number"},
    {"a.rate", "", SETTING_FLOAT, "1e-3", 0, 1, false, "a number"},
    {"a.on", "", SETTING_BOOL, "no", 0, 0, false, "a switch"},
    {"a.name", "", SETTING_TEXT, "gate", 0, 0, false, "a text"},
};

static int set_up(void **state)
{
	static struct settings s;

	*state = &s;
	return settings_init(&s, rows, ARRAY_LEN(rows), NULL) == TANU_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	settings_free(*state);
	return 0;
}

static void begins_with_the_defaults(void **state)
{
	const struct settings *s = *state;

	assert_int_equal(settings_int(s, "a.count"), 60);
	assert_true(settings_float(s, "a.rate") == 1e-3);
	assert_false(settings_bool(s, "a.on"));
	assert_string_equal(settings_text(s, "a.name"), "gate");
}

static void takes_values_in_range(void **state)
{
	struct settings *s = *state;

	assert_int_equal(settings_set(s, "a.count", "100", NULL), TANU_OK);
	assert_int_equal(settings_int(s, "a.count"), 100);
	assert_int_equal(settings_set(s, "a.rate", "0.25", NULL), TANU_OK);
	assert_true(settings_float(s, "a.rate") == 0.25);
	assert_int_equal(settings_set(s, "a.name", "", NULL), TANU_OK);
	assert_string_equal(settings_text(s, "a.name"), "");
}

static void knows_the_words_for_yes_and_no(void **state)
{
	static const char *const yes[] = {"yes", "true", "on", "1"};
	static const char *const no[] = {"no", "false", "off", "0"};
	struct settings *s = *state;

	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(settings_set(s, "a.on", yes[i], NULL), TANU_OK);
		assert_true(settings_bool(s, "a.on"));
		assert_int_equal(settings_set(s, "a.on", no[i], NULL), TANU_OK);
		assert_false(settings_bool(s, "a.on"));
	}
}

static void refuses_and_keeps_the_old_value(void **state)
{
	static const struct {
		const char *name, *value, *words;
	} bad[] = {
	    {"a.count", "0", "outside 1 to 100 px"}, {"a.count", "101", "outside"},
	    {"a.count", "7.5", "whole number"},	     {"a.count", "7x", "not a number"},
	    {"a.count", "", "not a number"},	     {"a.rate", "nan", "not a number"},
	    {"a.rate", "inf", "not a number"},	     {"a.rate", "1e999", "not a number"},
	    {"a.on", "maybe", "neither yes nor no"}, {"a.none", "1", "no setting of this name"},
	};
	struct settings *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		tanu_error err = {0};

		assert_int_equal(settings_set(s, bad[i].name, bad[i].value, &err), TANU_USAGE);
		assert_int_equal(err.code, TANU_ERR_SETTING);
		assert_string_equal(err.place, bad[i].name);
		assert_non_null(strstr(err.message, bad[i].words));
	}
	begins_with_the_defaults(state);
}

static void refuses_a_text_that_is_too_long(void **state)
{
	struct settings *s = *state;
	char text[257];

	memset(text, 'x', sizeof(text) - 1);
	text[256] = '\0';
	assert_int_equal(settings_set(s, "a.name", text, NULL), TANU_USAGE);
	text[255] = '\0';
	assert_int_equal(settings_set(s, "a.name", text, NULL), TANU_OK);
	assert_string_equal(settings_text(s, "a.name"), text);
}

static void refuses_a_table_whose_default_is_out_of_range(void **state)
{
	const struct setting_row bad = {"b", "", SETTING_INT, "5", 6, 7, false, ""};
	struct settings s;

	(void)state;
	assert_int_equal(settings_init(&s, &bad, 1, NULL), TANU_USAGE);
	assert_null(s.values);
}

static void another_default_gives_way_to_what_was_set(void **state)
{
	struct settings *s = *state;

	assert_false(settings_given(s, "a.name"));
	assert_int_equal(settings_default(s, "a.name", "second", NULL), TANU_OK);
	assert_string_equal(settings_text(s, "a.name"), "second");
	assert_false(settings_given(s, "a.name"));
	assert_int_equal(settings_set(s, "a.name", "mine", NULL), TANU_OK);
	assert_true(settings_given(s, "a.name"));
	assert_int_equal(settings_default(s, "a.name", "third", NULL), TANU_OK);
	assert_string_equal(settings_text(s, "a.name"), "mine");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(begins_with_the_defaults, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(takes_values_in_range, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(knows_the_words_for_yes_and_no, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(refuses_and_keeps_the_old_value, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(refuses_a_text_that_is_too_long, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(another_default_gives_way_to_what_was_set, set_up,
					    tear_down),
	    cmocka_unit_test(refuses_a_table_whose_default_is_out_of_range),
	};

	return cmocka_run_group_tests_name("base/settings", tests, NULL, NULL);
}
