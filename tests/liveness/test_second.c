/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of a second camera into numbers, on pictures that are made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "liveness/liveness.h"

#include <math.h>
#include <string.h>

#define WIDTH  320
#define HEIGHT 240

static uint8_t rgb[3 * WIDTH * HEIGHT];
static const tanu_pixels picture = {
    .rgb = rgb, .width = WIDTH, .height = HEIGHT, .stride = (ptrdiff_t)3 * WIDTH};
static const float box[4] = {120, 60, 200, 160};

/* ---- infrared ---- */

/* Brightness of the face's box and of everything else. */
static void light(uint8_t face, uint8_t around)
{
	memset(rgb, around, sizeof(rgb));
	for (int y = 60; y < 160; y++)
		memset(rgb + 3 * (y * WIDTH + 120), face, (size_t)3 * 80);
}

static void brightness_is_told_against_the_rest(void **state)
{
	static const struct {
		uint8_t face, around;
		float ratio;
	} scenes[] = {
	    {120, 40, 3},    /* skin before a far wall */
	    {20, 80, 0.25F}, /* a screen in a hand */
	    {120, 2, 15},    /* nothing behind her: no more than 8 is asked of it */
	    {60, 250, 0.6F}, /* a window behind her: no more than 100 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
		light(scenes[i].face, scenes[i].around);
		assert_true(fabsf(liveness_infrared(&picture, box) - scenes[i].ratio) < 0.01F);
	}
}

/* Far away at night: the rest of the picture is dark, and she is not. */
static void a_small_face_in_the_dark_is_seen(void **state)
{
	const float small[4] = {150, 100, 170, 125};

	(void)state;
	light(2, 2);
	for (int y = 100; y < 125; y++)
		memset(rgb + 3 * (y * WIDTH + 150), 96, (size_t)3 * 20);
	assert_true(fabsf(liveness_infrared(&picture, small) - 12) < 0.01F);
}

static void without_light_or_surroundings_it_says_nothing(void **state)
{
	const float whole[4] = {0, 0, WIDTH, HEIGHT}, beside[4] = {400, 60, 480, 160},
		    wild[4] = {-1e9F, -1e9F, 1e9F, 1e9F};

	(void)state;
	light(9, 9);
	assert_true(isnan(liveness_infrared(&picture, box)));
	light(100, 100);
	assert_true(isnan(liveness_infrared(&picture, whole)));
	assert_true(isnan(liveness_infrared(&picture, beside)));
	assert_true(isnan(liveness_infrared(&picture, wild)));
}

/* ---- distances ---- */

#define FACE_MM 600.0F
#define FOCAL	400.0F /* px: of a lens that sees 44 degrees */
#define EYES_MM 63.0F

static const float five[5][2] = {{139, 100}, {181, 100}, {160, 124}, {143, 146}, {177, 146}};

/* What stands there, by the distance of each pixel's ray; mm. */
typedef float shape(float x, float y);

static void stand(shape *of, float unit_mm)
{
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++) {
			float mm = of((float)x, (float)y);
			unsigned steps = mm > 0 ? (unsigned)lroundf(mm / unit_mm) : 0;
			uint8_t *px = rgb + 3 * (y * WIDTH + x);

			px[0] = (uint8_t)(steps >> 8);
			px[1] = (uint8_t)steps;
			px[2] = 0;
		}
}

/* A nose of 24 mm before a face that falls back to the sides, as a cylinder of a hand's width. */
static float head(float x, float y)
{
	float aside = (x - 160) * FACE_MM / FOCAL, up = (y - 124) * FACE_MM / FOCAL;
	float nose = 24 * expf(-(aside * aside + up * up) / (2 * 9 * 9));

	return FACE_MM + aside * aside / 300 - nose;
}

/* A picture of her on a stiff board, turned by a third about the upright axis. */
static float board(float x, float y)
{
	(void)y;
	return FACE_MM / (1 - 0.35F * (x - 160) / FOCAL);
}

/* A picture that is bent around a jar of 15 cm. */
static float bent(float x, float y)
{
	float aside = (x - 160) * FACE_MM / FOCAL;

	(void)y;
	return FACE_MM + aside * aside / 150;
}

static float holes(float x, float y)
{
	return fabsf(x - 181) < 8 && fabsf(y - 100) < 8 ? 0 : FACE_MM;
}

/* The corner of the mouth is beyond the edge of what is held up: the wall behind. */
static float torn(float x, float y)
{
	return x > 170 && y > 135 ? 2500 : FACE_MM;
}

static void a_nose_stands_out_and_a_picture_does_not(void **state)
{
	(void)state;
	stand(head, 1);
	assert_true(liveness_relief(&picture, 1, five) > 18);
	stand(board, 1);
	assert_true(fabsf(liveness_relief(&picture, 1, five)) < 3);
	stand(bent, 1);
	assert_true(fabsf(liveness_relief(&picture, 1, five)) < 6);
}

static void steps_are_of_the_unit_that_is_named(void **state)
{
	float one;

	(void)state;
	stand(head, 1);
	one = liveness_relief(&picture, 1, five);
	stand(head, 0.1F);
	assert_true(fabsf(liveness_relief(&picture, 0.1F, five) - one) < 1.5F);
}

static void what_is_not_known_is_not_made_up(void **state)
{
	float outside[5][2];

	(void)state;
	stand(holes, 1);
	assert_true(isnan(liveness_relief(&picture, 1, five)));
	stand(torn, 1);
	assert_true(isnan(liveness_relief(&picture, 1, five)));
	stand(head, 1);
	memcpy(outside, five, sizeof(outside));
	outside[2][0] = -3;
	assert_true(isnan(liveness_relief(&picture, 1, outside)));
	outside[2][0] = 1e30F;
	assert_true(isnan(liveness_relief(&picture, 1, outside)));
	outside[2][0] = NAN;
	assert_true(isnan(liveness_relief(&picture, 1, outside)));
	memset(outside, 0, sizeof(outside)); /* all in one point: there is no plane */
	for (int i = 0; i < 5; i++)
		outside[i][0] = outside[i][1] = 100;
	assert_true(isnan(liveness_relief(&picture, 1, outside)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(brightness_is_told_against_the_rest),
	    cmocka_unit_test(a_small_face_in_the_dark_is_seen),
	    cmocka_unit_test(without_light_or_surroundings_it_says_nothing),
	    cmocka_unit_test(a_nose_stands_out_and_a_picture_does_not),
	    cmocka_unit_test(steps_are_of_the_unit_that_is_named),
	    cmocka_unit_test(what_is_not_known_is_not_made_up),
	};

	return cmocka_run_group_tests_name("liveness/second", tests, NULL, NULL);
}
