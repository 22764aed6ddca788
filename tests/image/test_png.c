/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "image/coder.h"
#include "image/drawn.h"

#include <stdlib.h>
#include <string.h>

#define W 40
#define H 24

static void code_drawn(struct buf *bytes, const struct png_form *form)
{
	tanu_image *drawn = drawn_image(W, H);
	tanu_pixels pixels = tanu_image_pixels(drawn);

	code_png(bytes, &pixels, form);
	tanu_image_free(&drawn);
}

static tanu_image *through(const struct png_form *form)
{
	struct buf bytes = {0};
	tanu_image *back = NULL;

	code_drawn(&bytes, form);
	assert_int_equal(decode_here(&back, &bytes, NULL, NULL), TANU_OK);
	assert_int_equal(back->width, W);
	assert_int_equal(back->height, H);
	buf_free(&bytes);
	return back;
}

static void reads_colour_without_loss(void **state)
{
	static const uint8_t types[] = {2, 6};
	static const uint8_t depths[] = {8, 16};

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		tanu_image *drawn = drawn_image(W, H);
		tanu_image *back = through(&(struct png_form){.colour_type = types[i & 1],
							      .depth = depths[i >> 1 & 1],
							      .interlaced = i >> 2});
		tanu_pixels a = tanu_image_pixels(drawn), b = tanu_image_pixels(back);

		assert_int_equal(worst_difference(&a, &b), 0);
		tanu_image_free(&back);
		tanu_image_free(&drawn);
	}
}

/* Grey levels as far as the depth keeps them. */
static uint8_t grey_at(int32_t i, uint8_t depth)
{
	uint8_t rgb[3];
	unsigned v, levels = depth < 8 ? (1u << depth) - 1 : 255;

	drawn_pixel(rgb, i % W, i / W, W, H);
	v = (unsigned)(299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000;
	return (uint8_t)((depth < 8 ? v >> (8 - depth) : v) * 255 / levels);
}

static void reads_grey_and_palettes_of_every_depth(void **state)
{
	static const struct png_form forms[] = {
	    {.colour_type = 0, .depth = 1},  {.colour_type = 0, .depth = 2},
	    {.colour_type = 0, .depth = 4},  {.colour_type = 0, .depth = 8},
	    {.colour_type = 0, .depth = 16}, {.colour_type = 3, .depth = 1},
	    {.colour_type = 3, .depth = 2},  {.colour_type = 3, .depth = 4},
	    {.colour_type = 3, .depth = 8},  {.colour_type = 3, .depth = 4, .interlaced = true},
	    {.colour_type = 4, .depth = 8},  {.colour_type = 4, .depth = 16},
	};

	(void)state;
	for (size_t f = 0; f < ARRAY_LEN(forms); f++) {
		tanu_image *back = through(&forms[f]);

		for (int32_t i = 0; i < W * H; i++)
			for (int c = 0; c < 3; c++)
				assert_int_equal(back->rgb[3 * i + c], grey_at(i, forms[f].depth));
		tanu_image_free(&back);
	}
}

static void puts_transparency_over_white(void **state)
{
	tanu_image *back = through(&(struct png_form){.colour_type = 6, .depth = 8, .alpha = 51});

	(void)state;
	for (int32_t i = 0; i < W * H; i++) {
		uint8_t rgb[3];

		drawn_pixel(rgb, i % W, i / W, W, H);
		for (int c = 0; c < 3; c++)
			assert_in_range(back->rgb[3 * i + c] + 1, (rgb[c] + 4 * 255) / 5,
					(rgb[c] + 4 * 255) / 5 + 2);
	}
	tanu_image_free(&back);
}

static void refuses_every_truncation(void **state)
{
	struct buf bytes = {0};

	(void)state;
	code_drawn(&bytes, &(struct png_form){.colour_type = 2, .depth = 8});
	/* The checksum of the empty end chunk is all that may be missing. */
	for (bytes.len -= 5; bytes.len >= 8; bytes.len--) {
		tanu_image *image = NULL;
		tanu_error err = {0};

		assert_int_equal(decode_here(&image, &bytes, NULL, &err), TANU_INPUT);
		assert_int_equal(err.code, TANU_ERR_IMAGE_TRUNCATED);
	}
	buf_free(&bytes);
}

/* Signature aside, every bit is under a checksum: no flip may pass. */
static void refuses_every_flipped_byte(void **state)
{
	struct buf bytes = {0};

	(void)state;
	code_drawn(&bytes, &(struct png_form){.colour_type = 2, .depth = 8});
	for (size_t i = 8; i < bytes.len; i++) {
		tanu_image *image = NULL;
		tanu_error err = {0};
		tanu_status st;

		bytes.data[i] ^= 0x10;
		st = decode_here(&image, &bytes, NULL, &err);
		assert_true(st == TANU_INPUT || st == TANU_LIMIT);
		assert_true(err.message[0] != '\0');
		bytes.data[i] ^= 0x10;
	}
	buf_free(&bytes);
}

static void says_that_the_checksum_is_wrong(void **state)
{
	struct buf bytes = {0};
	tanu_image *image = NULL;
	tanu_error err = {0};

	(void)state;
	code_drawn(&bytes, &(struct png_form){.colour_type = 2, .depth = 8});
	bytes.data[60] ^= 1;
	assert_int_equal(decode_here(&image, &bytes, NULL, &err), TANU_INPUT);
	assert_int_equal(err.code, TANU_ERR_IMAGE_CORRUPT);
	assert_memory_equal(err.message, "the PNG is damaged: ", 20);
	buf_free(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_colour_without_loss),
	    cmocka_unit_test(reads_grey_and_palettes_of_every_depth),
	    cmocka_unit_test(puts_transparency_over_white),
	    cmocka_unit_test(refuses_every_truncation),
	    cmocka_unit_test(refuses_every_flipped_byte),
	    cmocka_unit_test(says_that_the_checksum_is_wrong),
	};

	return cmocka_run_group_tests_name("image/png", tests, NULL, NULL);
}
