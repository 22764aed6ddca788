/* SPDX-License-Identifier: Apache-2.0 */
#include "print/print.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static uint8_t bytes[3000];

static int side_of(size_t len, enum qr_level level)
{
	struct qr_symbol symbol = {0};
	int side;

	assert_int_equal(qr_encode(&symbol, bytes, len, level, NULL), TANU_OK);
	side = symbol.side;
	qr_free(&symbol);
	assert_null(symbol.dark);
	return side;
}

/* ISO/IEC 18004, table 7: what a version holds in bytes. */
static void takes_the_smallest_version(void **state)
{
	(void)state;
	assert_int_equal(side_of(1, QR_LEVEL_L), 21);
	assert_int_equal(side_of(17, QR_LEVEL_L), 21);
	assert_int_equal(side_of(18, QR_LEVEL_L), 25);
	assert_int_equal(side_of(14, QR_LEVEL_M), 21);
	assert_int_equal(side_of(15, QR_LEVEL_M), 25);
	assert_int_equal(side_of(7, QR_LEVEL_H), 21);
	assert_int_equal(side_of(8, QR_LEVEL_H), 25);
}

static void a_pass_fits_version_11(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * i);
	assert_int_equal(side_of(321, QR_LEVEL_L), 61);
	assert_int_equal(side_of(322, QR_LEVEL_L), 65);
}

/* The three corners, wherever the bytes come from; zeros among them are no end. */
static void has_its_three_corners(void **state)
{
	static const uint8_t zeros[40];
	struct qr_symbol s = {0};

	(void)state;
	assert_int_equal(qr_encode(&s, zeros, sizeof(zeros), QR_LEVEL_Q, NULL), TANU_OK);
	assert_int_equal(s.side, 33); /* version 4 holds 46, version 3 only 32 */
	for (int i = 0; i < 7; i++) {
		assert_true(s.dark[i] && s.dark[6 * s.side + i]);
		assert_true(s.dark[s.side - 1 - i] && s.dark[(s.side - 1 - i) * s.side]);
		assert_false(s.dark[7 * s.side + i]);
	}
	qr_free(&s);
}

static void refuses_what_no_code_holds(void **state)
{
	static const size_t lens[] = {0, 2954, 3000};
	struct qr_symbol symbol = {.side = 42};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		tanu_error err = {0};

		assert_int_equal(qr_encode(&symbol, bytes, lens[i], QR_LEVEL_L, &err), TANU_LIMIT);
		assert_int_equal(err.code, TANU_ERR_FILE_TOO_LARGE);
	}
	assert_int_equal(symbol.side, 42);
	assert_int_equal(side_of(2953, QR_LEVEL_L), 177);
	assert_int_equal(qr_encode(&symbol, bytes, 2953, QR_LEVEL_H, NULL), TANU_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_the_smallest_version),
	    cmocka_unit_test(a_pass_fits_version_11),
	    cmocka_unit_test(has_its_three_corners),
	    cmocka_unit_test(refuses_what_no_code_holds),
	};

	return cmocka_run_group_tests_name("print/qr", tests, NULL, NULL);
}
