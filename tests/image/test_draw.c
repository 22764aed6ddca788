/* SPDX-License-Identifier: Apache-2.0 */
/* The image type, and drawing into it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "image/drawn.h"

#include <math.h>
#include <string.h>

#define SIDE 20
#define RED  0xFF0000

static tanu_image *black(void)
{
	tanu_image *image = NULL;

	assert_int_equal(image_new(&image, SIDE, SIDE, NULL), TANU_OK);
	return image;
}

static bool is_red(const tanu_image *image, int32_t x, int32_t y)
{
	const uint8_t *p = image->rgb + 3 * (y * SIDE + x);

	return p[0] == 0xFF && p[1] == 0 && p[2] == 0;
}

static size_t count_red(const tanu_image *image)
{
	size_t n = 0;

	for (int32_t i = 0; i < SIDE * SIDE; i++)
		n += is_red(image, i % SIDE, i / SIDE);
	return n;
}

static void a_new_image_is_black_and_tight(void **state)
{
	tanu_image *image = black();
	tanu_pixels p = tanu_image_pixels(image);

	(void)state;
	assert_int_equal(p.stride, 3 * SIDE);
	assert_int_equal(p.rgb[0] + p.rgb[3 * SIDE * SIDE - 1], 0);
	tanu_image_free(&image);
	assert_null(image);
	tanu_image_free(&image);
	tanu_image_free(NULL);
}

static bool was_wiped;

static void look_before_release(uint8_t *rgb, size_t rgb_len)
{
	was_wiped = true;
	for (size_t i = 0; i < rgb_len; i++)
		was_wiped &= rgb[i] == 0;
}

static void pixels_are_wiped_before_they_are_released(void **state)
{
	tanu_image *image = noise_image(SIDE, SIDE, 1);
	uint8_t *rgb = image->rgb;
	void (*release)(uint8_t * rgb, size_t rgb_len) = image->release;

	(void)state;
	image->release = look_before_release;
	tanu_image_free(&image);
	assert_true(was_wiped);
	release(rgb, 3 * SIDE * SIDE);
}

static void draws_a_box_with_a_pen(void **state)
{
	tanu_image *image = black();

	(void)state;
	image_draw_box(image, (const float[4]){4, 5, 14, 12}, RED, 2);
	assert_true(is_red(image, 4, 5) && is_red(image, 13, 11));
	assert_true(is_red(image, 5, 6) && is_red(image, 12, 10));
	assert_false(is_red(image, 6, 7));
	assert_false(is_red(image, 3, 5) || is_red(image, 14, 5) || is_red(image, 4, 12));
	assert_int_equal(count_red(image), 10 * 7 - 6 * 3);
	tanu_image_free(&image);
}

static void draws_a_round_dot(void **state)
{
	tanu_image *image = black();

	(void)state;
	image_draw_dot(image, 10.2f, 9.8f, RED, 3);
	assert_true(is_red(image, 10, 10) && is_red(image, 13, 10) && is_red(image, 10, 7));
	assert_false(is_red(image, 13, 13) || is_red(image, 14, 10));
	tanu_image_free(&image);
	image = black();
	image_draw_dot(image, 0, 0, RED, 0);
	assert_int_equal(count_red(image), 1);
	tanu_image_free(&image);
}

static void leaves_out_what_is_outside(void **state)
{
	static const float boxes[][4] = {{-9, -9, -1, -1},
					 {30, 30, 40, 40},
					 {-5, 3, 50, 4},
					 {15, 15, 5, 5},
					 {1e30f, 0, 1e30f, 9}};
	tanu_image *image = black();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(boxes); i++)
		image_draw_box(image, boxes[i], RED, 1000);
	image_draw_dot(image, -100, 5, RED, 50);
	image_draw_dot(image, NAN, NAN, 0x00FF00, 1);
	image_draw_dot(image, INFINITY, -INFINITY, RED, 1);
	tanu_image_free(&image);
	image = black();
	image_draw_dot(image, 19, 19, RED, 2);
	assert_int_equal(count_red(image), 6);
	tanu_image_free(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_new_image_is_black_and_tight),
	    cmocka_unit_test(pixels_are_wiped_before_they_are_released),
	    cmocka_unit_test(draws_a_box_with_a_pen),
	    cmocka_unit_test(draws_a_round_dot),
	    cmocka_unit_test(leaves_out_what_is_outside),
	};

	return cmocka_run_group_tests_name("image/draw", tests, NULL, NULL);
}
