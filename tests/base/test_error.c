/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"

#include <stdio.h>
#include <string.h>

static void fills_status_code_place_and_sentence(void **state)
{
	tanu_error err = {0};

	(void)state;
	assert_int_equal(tanu_fail(&err, TANU_ERR_IO, "a.txt", "row %d", 3), TANU_SYSTEM);
	assert_int_equal(err.status, TANU_SYSTEM);
	assert_int_equal(err.code, TANU_ERR_IO);
	assert_string_equal(err.place, "a.txt");
	assert_string_equal(err.message, "row 3");
	assert_int_equal(tanu_fail(NULL, TANU_ERR_USAGE, NULL, "x"), TANU_USAGE);
}

static void takes_a_code_that_does_not_exist_for_a_bug(void **state)
{
	tanu_error err = {0};

	(void)state;
	assert_int_equal(tanu_fail(&err, TANU_ERR_COUNT, NULL, "x"), TANU_ARG);
	assert_int_equal(err.code, TANU_ERR_BAD_CALL);
}

/* True if no character of the text was cut in two. */
static bool is_whole_utf8(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p) {
		size_t len = *p >= 0xF0 ? 4 : *p >= 0xE0 ? 3 : *p >= 0xC0 ? 2 : 1;

		if (len == 1 && *p >= 0x80)
			return false;
		for (size_t i = 1; i < len; i++)
			if ((p[i] & 0xC0) != 0x80)
				return false;
		p += len;
	}
	return true;
}

static void cuts_long_text_between_characters(void **state)
{
	static const char *const letters[] = {"a", "\xD0\xB0", "\xE2\x82\xAC", "\xF0\x9F\x99\x82"};
	char text[1100];
	tanu_error err;

	(void)state;
	/* Letters of 1 to 4 bytes, beginning at every offset that a character can straddle. */
	for (size_t shift = 0; shift < 4; shift++)
		for (size_t i = 0; i < ARRAY_LEN(letters); i++) {
			size_t size = strlen(letters[i]);

			memset(text, 'x', shift);
			text[shift] = '\0';
			while (strlen(text) < 1000)
				strcat(text, letters[i]);
			tanu_fail(&err, TANU_ERR_IO, text, "%s", text);
			assert_true(is_whole_utf8(err.message));
			assert_true(is_whole_utf8(err.place));
			assert_in_range(strlen(err.message), sizeof(err.message) - size,
					sizeof(err.message) - 1);
			assert_in_range(strlen(err.place), sizeof(err.place) - size,
					sizeof(err.place) - 1);
		}
}

static void leaves_text_that_fits_as_it_is(void **state)
{
	tanu_error err;

	(void)state;
	tanu_fail(&err, TANU_ERR_IO, "тану", "%s", "тануу");
	assert_string_equal(err.place, "тану");
	assert_string_equal(err.message, "тануу");
	tanu_fail(&err, TANU_ERR_IO, "", "%s", "");
	assert_string_equal(err.message, "");
}

static void names_the_outer_place_first(void **state)
{
	tanu_error err = {0};

	(void)state;
	tanu_fail(&err, TANU_ERR_CSV, "row 3", "x");
	error_prefix_place(&err, "people.csv");
	assert_string_equal(err.place, "people.csv: row 3");
	tanu_fail(&err, TANU_ERR_CSV, NULL, "x");
	error_prefix_place(&err, "people.csv");
	assert_string_equal(err.place, "people.csv");
	error_prefix_place(&err, NULL);
	error_prefix_place(&err, "");
	assert_string_equal(err.place, "people.csv");
	error_prefix_place(NULL, "people.csv");
}

static void keeps_a_long_outer_place_within_its_field(void **state)
{
	char text[400] = "";
	tanu_error err = {0};

	(void)state;
	for (size_t letters = 1; letters < 150; letters++) {
		strcat(text, letters % 25 ? "\xD0\xB0" : "a");
		tanu_fail(&err, TANU_ERR_CSV, "row 3", "x");
		error_prefix_place(&err, text);
		assert_true(is_whole_utf8(err.place));
		assert_memory_equal(err.place, text, strlen(text) < 190 ? strlen(text) : 188);
	}
}

static void has_a_word_and_an_exit_code_for_everything(void **state)
{
	static const tanu_status statuses[] = {
#define X(name, number, exit_code, meaning) TANU_##name,
	    TANU_STATUS_LIST(X)
#undef X
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		assert_string_not_equal(tanu_status_name(statuses[i]), "unknown");
		assert_in_range(tanu_exit_for(statuses[i]), 0, 5);
		assert_true((tanu_exit_for(statuses[i]) == 0) == (statuses[i] == TANU_OK));
	}
	for (int code = 0; code < TANU_ERR_COUNT; code++)
		for (int other = 0; other < code; other++)
			assert_string_not_equal(tanu_error_name((tanu_error_code)code),
						tanu_error_name((tanu_error_code)other));
}

static void calls_the_unknown_unknown(void **state)
{
	(void)state;
	assert_string_equal(tanu_status_name((tanu_status)-99), "unknown");
	assert_string_equal(tanu_error_name(TANU_ERR_COUNT), "unknown");
	assert_string_equal(tanu_event_name(TANU_EVENT_NONE), "unknown");
	assert_string_equal(tanu_event_name(TANU_EVENT_ENROLLED), "enrolled");
	assert_int_equal(tanu_exit_for((tanu_status)-99), TANU_EXIT_SYSTEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fills_status_code_place_and_sentence),
	    cmocka_unit_test(takes_a_code_that_does_not_exist_for_a_bug),
	    cmocka_unit_test(cuts_long_text_between_characters),
	    cmocka_unit_test(leaves_text_that_fits_as_it_is),
	    cmocka_unit_test(names_the_outer_place_first),
	    cmocka_unit_test(keeps_a_long_outer_place_within_its_field),
	    cmocka_unit_test(has_a_word_and_an_exit_code_for_everything),
	    cmocka_unit_test(calls_the_unknown_unknown),
	};

	return cmocka_run_group_tests_name("base/error", tests, NULL, NULL);
}
