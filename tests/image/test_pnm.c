/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "image/coder.h"
#include "image/drawn.h"

#include <string.h>

#define W 24
#define H 17

/* Small pictures by hand. */
static const tanu_image_limits any_size = {.min_side = 1, .max_aspect = 100};

static void reads_every_kind_and_range(void **state)
{
	static const unsigned ranges[] = {255, 65535, 510, 1000};
	static const char kinds[] = {'3', '6'};
	tanu_image *drawn = drawn_image(W, H);
	tanu_pixels a = tanu_image_pixels(drawn);

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		struct buf bytes = {0};
		tanu_image *back = NULL;
		tanu_pixels b;

		code_pnm(&bytes, &a, kinds[i & 1], ranges[i >> 1]);
		assert_int_equal(decode_here(&back, &bytes, NULL, NULL), TANU_OK);
		b = tanu_image_pixels(back);
		assert_int_equal(worst_difference(&a, &b), 0);
		tanu_image_free(&back);
		buf_free(&bytes);
	}
	tanu_image_free(&drawn);
}

static void reads_grey_as_equal_channels(void **state)
{
	static const char *const files[] = {"P2 2 1 9 0 9", "P2\n2\n1\n9\n0\t9\n"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const uint8_t want[] = {0, 0, 0, 255, 255, 255};
		struct buf bytes = {0};
		tanu_image *image = NULL;

		buf_str(&bytes, files[i]);
		assert_int_equal(decode_here(&image, &bytes, &any_size, NULL), TANU_OK);
		assert_memory_equal(image->rgb, want, sizeof(want));
		tanu_image_free(&image);
		buf_free(&bytes);
	}
}

static void skips_comments_anywhere_in_the_header(void **state)
{
	const uint8_t want[] = {'#', '#', '#', 7, 7, 7};
	struct buf bytes = {0};
	tanu_image *image = NULL;

	(void)state;
	/* After the one white space that ends the header, '#' is a pixel. */
	buf_str(&bytes, "P5#a\n#b\n2 # c 9\n#\n1\n255\n#");
	buf_u8(&bytes, 7);
	assert_int_equal(decode_here(&image, &bytes, &any_size, NULL), TANU_OK);
	assert_memory_equal(image->rgb, want, sizeof(want));
	tanu_image_free(&image);
	buf_free(&bytes);
}

static void refuses_what_is_no_picture(void **state)
{
	static const struct {
		const char *text;
		tanu_error_code code;
	} bad[] = {
	    {"P5 ", TANU_ERR_IMAGE_TRUNCATED},
	    {"P5 #", TANU_ERR_IMAGE_TRUNCATED},
	    {"P5 2 2", TANU_ERR_IMAGE_TRUNCATED},
	    {"P5 2 2 255", TANU_ERR_IMAGE_TRUNCATED},
	    {"P5 2 2 255\nabc", TANU_ERR_IMAGE_TRUNCATED},
	    {"P5 2 2 300\nabcdefg", TANU_ERR_IMAGE_TRUNCATED},
	    {"P6 2 2 255\nabcdefghijk", TANU_ERR_IMAGE_TRUNCATED},
	    {"P2 2 2 255 1 2 3", TANU_ERR_IMAGE_TRUNCATED},
	    {"P5 2 2 0\nabcd", TANU_ERR_IMAGE_CORRUPT},
	    {"P5 2 2 65536\nabcdefgh", TANU_ERR_IMAGE_CORRUPT},
	    {"P5 0 2 255\nabcd", TANU_ERR_IMAGE_CORRUPT},
	    {"P5 -2 2 255\nabcd", TANU_ERR_IMAGE_CORRUPT},
	    {"P5 2 x 255\nabcd", TANU_ERR_IMAGE_CORRUPT},
	    {"P5 2 2x255\nabcd", TANU_ERR_IMAGE_CORRUPT},
	    {"P5 9999999999 2 255\nabcd", TANU_ERR_IMAGE_CORRUPT},
	    {"P5 4294967298 2 255\nabcd", TANU_ERR_IMAGE_CORRUPT},
	    {"P5 18446744073709551618 2 255\nabcd", TANU_ERR_IMAGE_CORRUPT},
	    {"P2 2 2 9 1 2 10 4", TANU_ERR_IMAGE_CORRUPT},
	    {"P2 2 2 9 1 2 -3 4", TANU_ERR_IMAGE_CORRUPT},
	    {"P2 2 2 9 1 2 3 10", TANU_ERR_IMAGE_CORRUPT},
	    {"P5 2 2 100\nabcd\xFF", TANU_ERR_NONE}, /* a, b, c and d are 97 to 100 */
	    {"P5 2 2 99\nabcd", TANU_ERR_IMAGE_CORRUPT},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct buf bytes = {0};
		tanu_image *image = NULL;
		tanu_error err = {0};

		buf_str(&bytes, bad[i].text);
		decode_here(&image, &bytes, &any_size, &err);
		assert_int_equal(err.code, bad[i].code);
		tanu_image_free(&image);
		buf_free(&bytes);
	}
}

static void refuses_every_truncation(void **state)
{
	static const char kinds[] = {'2', '3', '5', '6'};
	tanu_image *drawn = drawn_image(16, 16);
	tanu_pixels pixels = tanu_image_pixels(drawn);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct buf bytes = {0};
		size_t whole;

		code_pnm(&bytes, &pixels, kinds[i], 255);
		/* Plain text ends with a line feed, and its last number could be a shorter one. */
		whole = kinds[i] < '4' ? bytes.len - 4 : bytes.len;
		for (bytes.len = whole - 1; bytes.len >= 3; bytes.len--) {
			tanu_image *image = NULL;
			tanu_error err = {0};

			assert_int_equal(decode_here(&image, &bytes, NULL, &err), TANU_INPUT);
			assert_int_equal(err.code, TANU_ERR_IMAGE_TRUNCATED);
		}
		buf_free(&bytes);
	}
	tanu_image_free(&drawn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_every_kind_and_range),
	    cmocka_unit_test(reads_grey_as_equal_channels),
	    cmocka_unit_test(skips_comments_anywhere_in_the_header),
	    cmocka_unit_test(refuses_what_is_no_picture),
	    cmocka_unit_test(refuses_every_truncation),
	};

	return cmocka_run_group_tests_name("image/pnm", tests, NULL, NULL);
}
