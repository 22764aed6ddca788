/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "image/coder.h"
#include "image/exif.h"

#include <stdlib.h>
#include <string.h>

/* In a block of its own, so that a sanitizer sees every byte too many. */
static int orientation_of(const uint8_t *bytes, size_t len)
{
	uint8_t *exact = malloc(len ? len : 1);
	int orientation;

	assert_non_null(exact);
	memcpy(exact, bytes, len);
	orientation = exif_orientation(exact, len);
	free(exact);
	return orientation;
}

static void reads_both_byte_orders(void **state)
{
	(void)state;
	for (int orientation = 1; orientation <= 8; orientation++)
		for (int big = 0; big < 2; big++) {
			struct buf b = {0};

			code_exif(&b, orientation, big);
			assert_int_equal(orientation_of(b.data, b.len), orientation);
			buf_free(&b);
		}
}

static void takes_nonsense_for_upright(void **state)
{
	static const int bad[] = {0, 9, 255};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct buf b = {0};

		code_exif(&b, bad[i], false);
		assert_int_equal(orientation_of(b.data, b.len), 1);
		buf_free(&b);
	}
	assert_int_equal(exif_orientation(NULL, 0), 1);
}

static void takes_every_truncation_for_upright(void **state)
{
	struct buf b = {0};

	(void)state;
	code_exif(&b, 6, true);
	/* The value stands 6 bytes before the end: what follows it is padding and the next offset.
	 */
	for (size_t len = 0; len < b.len - 4; len++)
		assert_int_equal(orientation_of(b.data, len), 1);
	assert_int_equal(orientation_of(b.data, b.len - 4), 6);
	buf_free(&b);
}

/* One field of the block at a time; the offsets are from its start. */
static void checks_every_field(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} bad[] = {
	    {0, 'e'},	/* not EXIF */
	    {6, 'X'},	/* byte order */
	    {9, 43},	/* magic */
	    {13, 7},	/* the directory would overlap its header */
	    {10, 255},	/* the directory is beyond the end */
	    {15, 0},	/* no entries */
	    {17, 0x13}, /* another tag */
	    {19, 4},	/* another type */
	    {23, 2},	/* two values */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct buf b = {0};

		code_exif(&b, 6, true);
		b.data[bad[i].at] = bad[i].value;
		assert_int_equal(orientation_of(b.data, b.len), 1);
		buf_free(&b);
	}
}

static void finds_the_entry_among_others_at_any_offset(void **state)
{
	const uint8_t other[12] = {0x01, 0x0F, 0, 2, 0, 0, 0, 4, 'T', 'e', 's', 0};
	struct buf b = {0};

	(void)state;
	buf_put(&b, "Exif\0", 6);
	buf_put(&b, "MM\0\x2A\0\0\0\x0A??", 10);
	buf_put(&b, "\0\x03", 2);
	buf_put(&b, other, sizeof(other));
	buf_put(&b, "\x01\x12\0\x03\0\0\0\x01\0\x08\0\0", 12);
	buf_put(&b, other, sizeof(other));
	buf_put(&b, "\0\0\0\0", 4);
	assert_int_equal(orientation_of(b.data, b.len), 8);
	buf_free(&b);
}

static void survives_a_directory_that_claims_too_much(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_put(&b, "Exif\0", 6);
	buf_put(&b, "II\x2A\0\x08\0\0\0\xFF\xFF", 10);
	for (int i = 0; i < 100; i++)
		buf_u8(&b, 0xEE);
	assert_int_equal(orientation_of(b.data, b.len), 1);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_both_byte_orders),
	    cmocka_unit_test(takes_nonsense_for_upright),
	    cmocka_unit_test(takes_every_truncation_for_upright),
	    cmocka_unit_test(checks_every_field),
	    cmocka_unit_test(finds_the_entry_among_others_at_any_offset),
	    cmocka_unit_test(survives_a_directory_that_claims_too_much),
	};

	return cmocka_run_group_tests_name("image/exif", tests, NULL, NULL);
}
