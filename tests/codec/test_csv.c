/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct csv *open_text(const char *text)
{
	struct csv *csv = NULL;
	tanu_error err = {0};

	if (csv_open(&csv, text, strlen(text), "people.csv", &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
	return csv;
}

static void refuses_file(const void *text, size_t len, const char *place, const char *message)
{
	struct csv *csv = NULL;
	tanu_error err = {0};

	assert_int_equal(csv_open(&csv, text, len, "people.csv", &err), TANU_INPUT);
	assert_null(csv);
	assert_int_equal(err.code, TANU_ERR_CSV);
	assert_string_equal(err.place, place);
	if (!strstr(err.message, message))
		fail_msg("\"%s\" is not about \"%s\"", err.message, message);
}

static void refuses_row(struct csv *csv, const char *place, const char *message)
{
	tanu_error err = {0};

	assert_int_equal(csv_next(csv, &err), TANU_INPUT);
	assert_int_equal(err.code, TANU_ERR_CSV);
	assert_string_equal(err.place, place);
	if (!strstr(err.message, message))
		fail_msg("\"%s\" is not about \"%s\"", err.message, message);
	assert_string_equal(csv_field(csv, 0), "");
}

static void next_is(struct csv *csv, size_t row, const char *a, const char *b)
{
	assert_int_equal(csv_next(csv, NULL), 1);
	assert_int_equal(csv_row(csv), row);
	assert_string_equal(csv_field(csv, 0), a);
	assert_string_equal(csv_field(csv, 1), b);
}

static void reads_rows_by_column_name(void **state)
{
	struct csv *csv = open_text("name, Born \nAnna,2001-02-03\nBoris,\n");

	(void)state;
	assert_int_equal(csv_column(csv, "NAME"), 0);
	assert_int_equal(csv_column(csv, "born"), 1);
	assert_int_equal(csv_column(csv, "photo"), -1);
	next_is(csv, 2, "Anna", "2001-02-03");
	next_is(csv, 3, "Boris", "");
	assert_string_equal(csv_field(csv, -1), "");
	assert_string_equal(csv_field(csv, 2), "");
	assert_int_equal(csv_next(csv, NULL), 0);
	assert_int_equal(csv_next(csv, NULL), 0);
	csv_close(&csv);
	assert_null(csv);
	csv_close(&csv);
}

static void reads_what_spreadsheets_write(void **state)
{
	struct csv *csv =
	    open_text("\xEF\xBB\xBFname;note\r\n\r\n\"Anna; \"\"A\"\"\";\"two\r\nlines\""
		      "\r\nBoris,;x\r\n\"\";y");

	(void)state;
	assert_int_equal(csv_column(csv, "name"), 0);
	next_is(csv, 3, "Anna; \"A\"", "two\r\nlines");
	next_is(csv, 5, "Boris,", "x");
	next_is(csv, 6, "", "y");
	assert_int_equal(csv_next(csv, NULL), 0);
	csv_close(&csv);
}

static void takes_the_separator_from_outside_of_quotes(void **state)
{
	struct csv *csv = open_text("\n\"a;b;c\",d\n1,2\n");

	(void)state;
	assert_int_equal(csv_column(csv, "a;b;c"), 0);
	next_is(csv, 3, "1", "2");
	csv_close(&csv);
}

static void goes_on_after_a_broken_row(void **state)
{
	struct csv *csv = open_text("a,b\n1\n1,2,3\n\"x\"y,2\nq\"r,2\n3,4\n");

	(void)state;
	refuses_row(csv, "people.csv: row 2", "fewer");
	refuses_row(csv, "people.csv: row 3", "more");
	refuses_row(csv, "people.csv: row 4", "closing quote");
	refuses_row(csv, "people.csv: row 5", "inside a field");
	next_is(csv, 6, "3", "4");
	assert_int_equal(csv_next(csv, NULL), 0);
	csv_close(&csv);
}

static void an_open_quote_costs_one_row(void **state)
{
	struct csv *csv = open_text("a,b\n\"1 \"\"x,2\n3,4\n5,6");

	(void)state;
	refuses_row(csv, "people.csv: row 2", "never closed");
	next_is(csv, 3, "3", "4");
	next_is(csv, 4, "5", "6");
	assert_int_equal(csv_next(csv, NULL), 0);
	csv_close(&csv);
}

static void headings_are_told(void **state)
{
	struct csv *csv = NULL;

	(void)state;
	assert_int_equal(csv_open(&csv, "image,gender\n", 13, "labels", NULL), TANU_OK);
	assert_string_equal(csv_heading(csv, 1), "gender");
	assert_null(csv_heading(csv, 2));
	assert_null(csv_heading(csv, -1));
	csv_close(&csv);
}

static void refuses_more_columns_than_the_bound(void **state)
{
	char row[4 * CSV_COLUMNS_MAX] = "a,b\n";
	struct csv *csv;

	(void)state;
	memset(row + 4, ',', CSV_COLUMNS_MAX);
	csv = open_text(row);
	refuses_row(csv, "people.csv: row 2", "too many fields");
	csv_close(&csv);
}

static void a_row_beyond_its_limit_costs_one_row(void **state)
{
	size_t len = CSV_ROW_BYTES_MAX + 20;
	char *text = malloc(len + 1);
	struct csv *csv;

	(void)state;
	memset(text, 'x', len);
	memcpy(text, "a,b\n1,", 6);
	memcpy(text + len - 5, "\n3,4\n", 5);
	text[len] = '\0';
	csv = open_text(text);
	refuses_row(csv, "people.csv: row 2", "too long");
	next_is(csv, 3, "3", "4");
	csv_close(&csv);
	free(text);
}

static void refuses_a_file_that_is_no_text(void **state)
{
	struct csv *csv = NULL;
	tanu_error err = {0};

	(void)state;
	refuses_file("", 0, "people.csv", "empty");
	refuses_file("\n\r\n", 3, "people.csv", "empty");
	refuses_file("a,b\n1,\0\n", 8, "people.csv: row 2", "NUL");
	refuses_file("a,b\n1,2\n\xCF\xF0,2\n", 13, "people.csv: row 3", "UTF-8");
	refuses_file("a,\n1,2\n", 7, "people.csv: row 1", "no name");
	refuses_file("a,A\n1,2\n", 8, "people.csv: row 1", "same name");
	refuses_file("\"a\n1,2\n", 7, "people.csv: row 1", "never closed");
	assert_int_equal(csv_open(&csv, "a\n", CSV_BYTES_MAX + 1, "big", &err), TANU_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_rows_by_column_name),
	    cmocka_unit_test(reads_what_spreadsheets_write),
	    cmocka_unit_test(takes_the_separator_from_outside_of_quotes),
	    cmocka_unit_test(goes_on_after_a_broken_row),
	    cmocka_unit_test(an_open_quote_costs_one_row),
	    cmocka_unit_test(headings_are_told),
	    cmocka_unit_test(refuses_more_columns_than_the_bound),
	    cmocka_unit_test(a_row_beyond_its_limit_costs_one_row),
	    cmocka_unit_test(refuses_a_file_that_is_no_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
