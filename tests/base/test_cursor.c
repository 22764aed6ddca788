/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"

#include <string.h>

static const uint8_t bytes[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x88};

static void reads_numbers_in_both_orders(void **state)
{
	struct rd r;

	(void)state;
	rd_init(&r, bytes, sizeof(bytes));
	assert_int_equal(rd_u8(&r), 0x01);
	assert_int_equal(rd_u16be(&r), 0x0203);
	assert_int_equal(rd_u16le(&r), 0x0504);
	assert_int_equal(rd_left(&r), 3);
	rd_init(&r, bytes, sizeof(bytes));
	assert_int_equal(rd_u32be(&r), 0x01020304);
	assert_int_equal(rd_u32le(&r), 0x88070605);
	assert_true(rd_end(&r));
	rd_init(&r, bytes, sizeof(bytes));
	assert_true(rd_u64le(&r) == 0x8807060504030201u);
	rd_init(&r, bytes, sizeof(bytes));
	assert_true(rd_i64le(&r) < 0);
}

static void reads_a_float_bit_by_bit(void **state)
{
	const uint8_t minus_two[] = {0x00, 0x00, 0x00, 0xC0};
	struct rd r;

	(void)state;
	rd_init(&r, minus_two, sizeof(minus_two));
	assert_true(rd_f32le(&r) == -2.0f);
	assert_true(rd_end(&r));
}

static void yields_zero_past_the_end_and_stays_failed(void **state)
{
	struct rd r;

	(void)state;
	rd_init(&r, bytes, 3);
	assert_int_equal(rd_u16be(&r), 0x0102);
	assert_int_equal(rd_u32be(&r), 0);
	assert_false(rd_ok(&r));
	/* One byte is still there, but a cursor that failed gives nothing any more. */
	assert_int_equal(rd_u8(&r), 0);
	assert_null(rd_bytes(&r, 0));
	assert_false(rd_end(&r));
}

static void zero_fills_a_copy_that_fails(void **state)
{
	uint8_t out[4] = {9, 9, 9, 9};
	const uint8_t zeros[4] = {0};
	struct rd r;

	(void)state;
	rd_init(&r, bytes, 3);
	rd_copy(&r, out, sizeof(out));
	assert_memory_equal(out, zeros, sizeof(out));
	assert_false(rd_ok(&r));
}

static void hands_out_bytes_in_place(void **state)
{
	struct rd r;

	(void)state;
	rd_init(&r, bytes, sizeof(bytes));
	assert_ptr_equal(rd_bytes(&r, 3), bytes);
	assert_ptr_equal(rd_bytes(&r, 5), bytes + 3);
	assert_true(rd_end(&r));
	assert_null(rd_bytes(&r, 1));
}

static void refuses_a_length_that_would_wrap(void **state)
{
	struct rd r;

	(void)state;
	rd_init(&r, bytes, sizeof(bytes));
	assert_null(rd_bytes(&r, SIZE_MAX));
	assert_false(rd_ok(&r));
}

static void is_empty_over_nothing(void **state)
{
	struct rd r;
	uint8_t out = 9;

	(void)state;
	rd_init(&r, NULL, 5);
	assert_int_equal(rd_left(&r), 0);
	assert_true(rd_end(&r));
	rd_copy(&r, &out, 0);
	assert_true(rd_ok(&r));
	assert_int_equal(rd_u8(&r), 0);
	assert_false(rd_ok(&r));
}

static void fails_on_request(void **state)
{
	struct rd r;

	(void)state;
	rd_init(&r, bytes, sizeof(bytes));
	rd_fail(&r);
	assert_false(rd_ok(&r));
	assert_int_equal(rd_u8(&r), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_numbers_in_both_orders),
	    cmocka_unit_test(reads_a_float_bit_by_bit),
	    cmocka_unit_test(yields_zero_past_the_end_and_stays_failed),
	    cmocka_unit_test(zero_fills_a_copy_that_fails),
	    cmocka_unit_test(hands_out_bytes_in_place),
	    cmocka_unit_test(refuses_a_length_that_would_wrap),
	    cmocka_unit_test(is_empty_over_nothing),
	    cmocka_unit_test(fails_on_request),
	};

	return cmocka_run_group_tests_name("base/cursor", tests, NULL, NULL);
}
