/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"

#include <string.h>

static void appends_numbers_little_endian(void **state)
{
	const uint8_t want[] = {0x01, 0x03, 0x02, 0x07, 0x06, 0x05, 0x04, 0x0F, 0x0E, 0x0D,
				0x0C, 0x0B, 0x0A, 0x09, 0x08, 0x00, 0x00, 0x80, 0x3F};
	struct buf b = {0};

	(void)state;
	buf_u8(&b, 0x01);
	buf_u16le(&b, 0x0203);
	buf_u32le(&b, 0x04050607);
	buf_u64le(&b, 0x08090A0B0C0D0E0F);
	buf_f32le(&b, 1.0f);
	assert_int_equal(buf_check(&b, NULL), TANU_OK);
	assert_int_equal(b.len, sizeof(want));
	assert_memory_equal(b.data, want, sizeof(want));
	buf_free(&b);
	assert_null(b.data);
	assert_int_equal(b.len, 0);
}

static void gives_back_what_the_cursor_reads(void **state)
{
	struct buf b = {0};
	struct rd r;

	(void)state;
	buf_u64le(&b, 0xFEDCBA9876543210u);
	buf_f32le(&b, -0.5f);
	rd_init(&r, b.data, b.len);
	assert_true(rd_u64le(&r) == 0xFEDCBA9876543210u);
	assert_true(rd_f32le(&r) == -0.5f);
	assert_true(rd_end(&r));
	buf_free(&b);
}

static void keeps_all_bytes_while_it_grows(void **state)
{
	struct buf b = {0};

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		buf_u8(&b, (uint8_t)i);
	assert_int_equal(b.len, 1000);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(b.data[i], (uint8_t)i);
	buf_wipe(&b);
	assert_null(b.data);
}

static void stops_at_its_maximum_and_stays_failed(void **state)
{
	struct buf b = {.max = 4};
	tanu_error err = {0};

	(void)state;
	buf_put(&b, "abcd", 4);
	assert_int_equal(buf_check(&b, &err), TANU_OK);
	buf_u8(&b, 'e');
	assert_int_equal(b.len, 4);
	assert_int_equal(buf_check(&b, &err), TANU_MEMORY);
	assert_non_null(strstr(err.message, "4 bytes"));
	buf_put(&b, "", 0);
	assert_true(b.failed);
	buf_free(&b);
	assert_int_equal(b.max, 4);
	assert_false(b.failed);
}

static void refuses_a_length_that_would_wrap(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_u8(&b, 1);
	buf_put(&b, "x", SIZE_MAX);
	assert_true(b.failed);
	assert_int_equal(b.len, 1);
	buf_free(&b);
}

static void formats_text_and_terminates_it(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_string_equal(buf_cstr(&b), "");
	buf_str(&b, "a");
	buf_printf(&b, "%d-%s", 42, "b");
	assert_int_equal(b.len, 5);
	assert_string_equal(buf_cstr(&b), "a42-b");
	/* The final zero is not content. */
	buf_str(&b, "c");
	assert_string_equal(buf_cstr(&b), "a42-bc");
	buf_free(&b);
}

static void is_an_empty_text_when_it_failed(void **state)
{
	struct buf b = {.max = 3};

	(void)state;
	buf_printf(&b, "%s", "too long");
	assert_true(b.failed);
	assert_string_equal(buf_cstr(&b), "");
	buf_free(&b);
}

static void takes_nothing_from_nowhere(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_put(&b, NULL, 0);
	assert_int_equal(b.len, 0);
	assert_false(b.failed);
	buf_wipe(&b);
}

static void an_empty_text_can_be_walked_over(void **state)
{
	struct buf b = {0};
	const char *end = NULL, *at = buf_text(&b, &end);

	(void)state;
	assert_non_null(at);
	assert_ptr_equal(at, end);
	buf_str(&b, "ab");
	at = buf_text(&b, &end);
	assert_int_equal(end - at, 2);
	assert_memory_equal(at, "ab", 2);
	buf_free(&b);
}

static void wipes_memory(void **state)
{
	char secret[] = "secret";
	const char zeros[sizeof(secret)] = {0};

	(void)state;
	mem_wipe(NULL, 3);
	mem_wipe(secret, sizeof(secret));
	assert_memory_equal(secret, zeros, sizeof(secret));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(appends_numbers_little_endian),
	    cmocka_unit_test(gives_back_what_the_cursor_reads),
	    cmocka_unit_test(keeps_all_bytes_while_it_grows),
	    cmocka_unit_test(stops_at_its_maximum_and_stays_failed),
	    cmocka_unit_test(refuses_a_length_that_would_wrap),
	    cmocka_unit_test(formats_text_and_terminates_it),
	    cmocka_unit_test(is_an_empty_text_when_it_failed),
	    cmocka_unit_test(takes_nothing_from_nowhere),
	    cmocka_unit_test(an_empty_text_can_be_walked_over),
	    cmocka_unit_test(wipes_memory),
	};

	return cmocka_run_group_tests_name("base/buf", tests, NULL, NULL);
}
