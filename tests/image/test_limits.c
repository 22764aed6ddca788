/* SPDX-License-Identifier: Apache-2.0 */
/* What is checked before decoding: kind, bytes, sides, pixels, shape. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "image/coder.h"
#include "image/drawn.h"

#include <string.h>

static void sniffs_bytes_and_not_names(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum image_kind kind;
	} files[] = {
	    {"\xFF\xD8\xFF\xE0", 4, IMAGE_JPEG},
	    {"\xFF\xD8", 2, IMAGE_UNKNOWN},
	    {"\x89PNG\r\n\x1A\n", 8, IMAGE_PNG},
	    {"\x89PNG\r\n\x1A", 7, IMAGE_UNKNOWN},
	    {"P5\n", 3, IMAGE_PNM},
	    {"P6#", 3, IMAGE_PNM},
	    {"P2 ", 3, IMAGE_PNM},
	    {"P3\r", 3, IMAGE_PNM},
	    {"P4\n", 3, IMAGE_UNKNOWN},
	    {"P7\n", 3, IMAGE_UNKNOWN},
	    {"P5x", 3, IMAGE_UNKNOWN},
	    {"P\0\n", 3, IMAGE_UNKNOWN},
	    {"P5\0", 3, IMAGE_UNKNOWN},
	    {"P5", 2, IMAGE_UNKNOWN},
	    {"GIF89a", 6, IMAGE_UNKNOWN},
	    {"", 0, IMAGE_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		assert_int_equal(image_sniff((const uint8_t *)files[i].bytes, files[i].len),
				 files[i].kind);
}

static void has_defaults_for_zeros_and_nonsense(void **state)
{
	tanu_image_limits none = image_limits_or_default(NULL);
	tanu_image_limits odd = image_limits_or_default(&(tanu_image_limits){
	    .max_bytes = SIZE_MAX, .max_pixels = -1, .max_side = 1 << 30, .timeout_ms = -5});
	tanu_image_limits own = image_limits_or_default(&(tanu_image_limits){.max_bytes = 1,
									     .max_pixels = 2,
									     .max_side = 3,
									     .min_side = 4,
									     .max_aspect = 5,
									     .timeout_ms = 6});

	(void)state;
	assert_int_equal(none.max_bytes, 32 << 20);
	assert_int_equal(none.max_pixels, 50000000);
	assert_int_equal(none.max_side, 16384);
	assert_int_equal(none.min_side, 16);
	assert_int_equal(none.max_aspect, 16);
	assert_int_equal(none.timeout_ms, 10000);
	assert_int_equal(odd.max_bytes, 1 << 30);
	assert_int_equal(odd.max_pixels, 50000000);
	assert_int_equal(odd.max_side, IMAGE_SIDE_MAX);
	assert_int_equal(odd.timeout_ms, 10000);
	assert_int_equal(own.max_bytes + (size_t)own.max_pixels, 3);
	assert_int_equal(own.max_side + own.min_side + own.max_aspect + own.timeout_ms, 18);
}

/* A picture of 40 x 24 px against limits that just let it in, and just do not. */
static const struct {
	tanu_image_limits in, out;
	const char *words;
} pairs[] = {
    {{.max_pixels = 960}, {.max_pixels = 959}, "at most 959 px are allowed"},
    {{.max_side = 40}, {.max_side = 39}, "a side may have at most 39"},
    {{.min_side = 24}, {.min_side = 25}, "a side must have at least 25"},
    {{.max_aspect = 2}, {.max_aspect = 1}, "at most 1 times the other"},
};

static void checks_each_limit_for_each_format(void **state)
{
	tanu_image *drawn = drawn_image(40, 24);
	tanu_pixels pixels = tanu_image_pixels(drawn);

	(void)state;
	for (int kind = IMAGE_JPEG; kind <= IMAGE_PNM; kind++) {
		struct buf bytes = {0};

		code_sample(&bytes, (enum image_kind)kind, 0, &pixels);
		for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
			struct image_info info = {0};
			tanu_error err = {0};

			assert_int_equal(
			    image_probe(&info, bytes.data, bytes.len, &pairs[i].in, &err), TANU_OK);
			assert_int_equal(info.kind, kind);
			assert_int_equal(info.width, 40);
			assert_int_equal(info.height, 24);
			info.width = -1;
			assert_int_equal(
			    image_probe(&info, bytes.data, bytes.len, &pairs[i].out, &err),
			    TANU_LIMIT);
			assert_int_equal(err.code, TANU_ERR_IMAGE_LIMIT);
			assert_non_null(strstr(err.message, pairs[i].words));
			assert_non_null(strstr(err.message, "40 x 24 px"));
			assert_int_equal(info.width, -1);
		}
		buf_free(&bytes);
	}
	tanu_image_free(&drawn);
}

static void checks_the_number_of_bytes(void **state)
{
	const tanu_image_limits ten = {.max_bytes = 10};
	const uint8_t bytes[11] = "P5 20 20 9\n";
	struct image_info info;
	tanu_error err = {0};

	(void)state;
	assert_int_equal(image_probe(&info, bytes, 11, &ten, &err), TANU_LIMIT);
	assert_non_null(strstr(err.message, "11 bytes; at most 10"));
	assert_int_equal(image_probe(&info, bytes, 0, &ten, &err), TANU_INPUT);
	assert_int_equal(err.code, TANU_ERR_IMAGE_EMPTY);
	assert_int_equal(image_probe(&info, (const uint8_t *)"GIF89a", 6, &ten, &err), TANU_INPUT);
	assert_int_equal(err.code, TANU_ERR_IMAGE_TYPE);
}

/* Headers that claim more than there can be. */
static void believes_no_header(void **state)
{
	static const char *const headers[] = {
	    "P5 65535 65535 255\n",
	    "P5 1073741824 1073741824 255\n",
	    "P6 16384 16384 65535\n",
	    "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\x7F\xFF\xFF\xFF\x7F\xFF\xFF\xFF\x08\x02\0\0\0",
	    "\xFF\xD8\xFF\xC0\0\x0B\x08\xFF\xFF\xFF\xFF\x01\x01\x11\0\xFF\xDA\0\x08\x01\x01\0\0?\0",
	};
	static const size_t lengths[] = {19, 29, 22, 29, 29};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
		struct image_info info;
		tanu_error err = {0};
		tanu_status st =
		    image_probe(&info, (const uint8_t *)headers[i], lengths[i], NULL, &err);

		assert_true(st == TANU_LIMIT || st == TANU_INPUT);
	}
}

static void swaps_the_sides_of_a_turned_picture(void **state)
{
	tanu_image *drawn = drawn_image(40, 24);
	tanu_pixels pixels = tanu_image_pixels(drawn);
	struct image_info info;
	struct buf bytes = {0};

	(void)state;
	code_jpeg(&bytes, &pixels, &(struct jpeg_form){.orientation = 8});
	assert_int_equal(image_probe(&info, bytes.data, bytes.len, NULL, NULL), TANU_OK);
	assert_int_equal(info.orientation, 8);
	assert_int_equal(info.width, 24);
	assert_int_equal(info.height, 40);
	buf_free(&bytes);
	tanu_image_free(&drawn);
}

static void names_the_kinds(void **state)
{
	(void)state;
	assert_string_equal(image_kind_name(IMAGE_JPEG), "JPEG");
	assert_string_equal(image_kind_name(IMAGE_UNKNOWN), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sniffs_bytes_and_not_names),
	    cmocka_unit_test(has_defaults_for_zeros_and_nonsense),
	    cmocka_unit_test(checks_each_limit_for_each_format),
	    cmocka_unit_test(checks_the_number_of_bytes),
	    cmocka_unit_test(believes_no_header),
	    cmocka_unit_test(swaps_the_sides_of_a_turned_picture),
	    cmocka_unit_test(names_the_kinds),
	};

	return cmocka_run_group_tests_name("image/limits", tests, NULL, NULL);
}
