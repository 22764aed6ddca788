/* SPDX-License-Identifier: Apache-2.0 */
/* image_to_tensor and the warps against the same sums written down plainly, in double. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "image/drawn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FILL 77

static double byte_at(const tanu_pixels *p, int64_t x, int64_t y, int c)
{
	return p->rgb[y * p->stride + 3 * x + c];
}

static int64_t clamp(int64_t v, int64_t high)
{
	return v < 0 ? 0 : v > high ? high : v;
}

/* Weight of source pixel k in destination cell i of one direction. */
static double weight(double start, double step, int32_t size, int32_t i, int64_t k)
{
	double centre = start + (i + 0.5) * step;

	if (step > 2) {
		double from = fmax(start + i * step, 0), to = fmin(start + (i + 1) * step, size);
		double covered = fmin((double)k + 1, to) - fmax((double)k, from);

		return covered > 0 ? covered / (to - from) : 0;
	}
	double at = fmin(fmax(centre - 0.5, 0), size - 1), f = at - floor(at);

	return (k == (int64_t)at ? 1 - f : 0) + (k == (int64_t)at + 1 ? f : 0);
}

static double resampled(const tanu_pixels *p, const float r[4], int32_t w, int32_t h, int32_t x,
			int32_t y, int c)
{
	double sx = (double)r[2] / w, sy = (double)r[3] / h, sum = 0;
	double cx = r[0] + (x + 0.5) * sx, cy = r[1] + (y + 0.5) * sy;

	if (cx < 0 || cy < 0 || cx >= p->width || cy >= p->height)
		return FILL;
	for (int64_t v = clamp((int64_t)(cy - sy) - 2, p->height - 1);
	     v <= clamp((int64_t)(cy + sy) + 2, p->height - 1); v++)
		for (int64_t u = clamp((int64_t)(cx - sx) - 2, p->width - 1);
		     u <= clamp((int64_t)(cx + sx) + 2, p->width - 1); u++)
			sum += weight(r[0], sx, p->width, x, u) *
			       weight(r[1], sy, p->height, y, v) * byte_at(p, u, v, c);
	return sum;
}

static const struct image_tensor_spec plain = {.channels = 3, .mean = 0, .scale = 1, .fill = FILL};

static void assert_near(float got, double want)
{
	if (fabs(got - want) > 0.02)
		fail_msg("%.4f instead of %.4f", (double)got, want);
}

static void check_rect(const tanu_pixels *p, const float r[4], int32_t w, int32_t h)
{
	struct image_tensor_spec spec = plain;
	size_t plane = (size_t)w * (size_t)h;
	float *out = malloc(sizeof(float) * 3 * plane);

	assert_non_null(out);
	spec.dst_w = w;
	spec.dst_h = h;
	image_to_tensor(out, &spec, p, r[0], r[1], r[2], r[3]);
	for (int c = 0; c < 3; c++)
		for (int32_t y = 0; y < h; y++)
			for (int32_t x = 0; x < w; x++)
				assert_near(out[(size_t)c * plane + (size_t)(y * w + x)],
					    resampled(p, r, w, h, x, y, c));
	free(out);
}

static void samples_rectangles_inside_and_outside(void **state)
{
	static const struct {
		float r[4];
		int32_t w, h;
	} cases[] = {
	    {{0, 0, 53, 37}, 53, 37},	/* as it is */
	    {{0, 0, 53, 37}, 106, 111}, /* larger */
	    {{0, 0, 53, 37}, 27, 19},	/* nearly half */
	    {{0, 0, 52, 36}, 26, 18},	/* half */
	    {{1, 1, 52, 36}, 26, 18},	/* half, from an odd pixel to the last */
	    {{-8, -4, 70, 50}, 35, 25}, /* half, larger than the picture */
	    {{-7, -3, 70, 50}, 35, 25}, /* half, over the border by half a cell */
	    {{0.5f, 0, 50, 30}, 25, 15},
	    {{0, 0, 53, 37}, 10, 7},   /* averaged */
	    {{0, 0, 53, 37}, 10, 37},  /* averaged in one direction */
	    {{0, 0, 53, 37}, 1, 1},    /* all of it */
	    {{10, 5, 20, 20}, 40, 40}, /* a part */
	    {{10.3f, 5.7f, 21.9f, 9.1f}, 7, 5},
	    {{-20, -10, 90, 60}, 33, 21}, /* larger than the picture */
	    {{-20, -10, 90, 60}, 9, 8},
	    {{40, 30, 30, 30}, 12, 12}, /* over the corner */
	    {{-30, 0, 30, 37}, 5, 5},	/* beside it */
	    {{100, 100, 5, 5}, 3, 3},	/* far away */
	    {{0, 0, 53, 37}, 600, 3},	/* more than one strip */
	};
	tanu_image *image = noise_image(53, 37, 7);
	tanu_pixels p = tanu_image_pixels(image);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_rect(&p, cases[i].r, cases[i].w, cases[i].h);
	tanu_image_free(&image);
}

static void samples_random_rectangles_of_random_pictures(void **state)
{
	uint64_t seed = 42;

	(void)state;
	for (int i = 0; i < 150; i++) {
		int32_t size[4];
		float r[4];
		tanu_image *image;
		tanu_pixels p;

		for (int k = 0; k < 4; k++) {
			size[k] = 1 + (int32_t)(next_random(&seed) % 40);
			r[k] = (float)(next_random(&seed) % 1000) / 16;
		}
		r[0] -= 30;
		r[1] -= 30;
		image = noise_image(size[0], size[1], seed);
		p = tanu_image_pixels(image);
		check_rect(&p, r, size[2], size[3]);
		tanu_image_free(&image);
	}
}

static void samples_a_wide_picture_in_strips(void **state)
{
	tanu_image *image = noise_image(5000, 3, 9);
	tanu_pixels p = tanu_image_pixels(image);

	(void)state;
	check_rect(&p, (const float[4]){0, 0, 5000, 3}, 700, 3);
	check_rect(&p, (const float[4]){0, 0, 5000, 3}, 20, 2);
	tanu_image_free(&image);
}

/* At most about a thousand pixels are averaged in a direction: the middle ones. */
static void bounds_the_average(void **state)
{
	tanu_image *image = NULL;
	struct image_tensor_spec spec = plain;
	tanu_pixels p;
	float out[3];

	(void)state;
	assert_int_equal(image_new(&image, 6000, 2, NULL), TANU_OK);
	for (size_t i = 0; i < image->rgb_len; i++)
		image->rgb[i] = (i / 3) % 6000 >= 2400 && (i / 3) % 6000 < 3600 ? 200 : 0;
	p = tanu_image_pixels(image);
	spec.dst_w = spec.dst_h = 1;
	image_to_tensor(out, &spec, &p, 0, 0, 6000, 2);
	assert_near(out[0], 200);
	tanu_image_free(&image);
}

/* White stays white however many rows are averaged. */
static void averages_many_white_rows(void **state)
{
	static const int32_t heights[] = {256, 257, 258, 259, 514, 1000};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(heights); i++) {
		struct image_tensor_spec spec = plain;
		tanu_image *image = NULL;
		tanu_pixels p;
		float out[3 * 4];

		assert_int_equal(image_new(&image, 12, heights[i], NULL), TANU_OK);
		memset(image->rgb, 255, image->rgb_len);
		p = tanu_image_pixels(image);
		spec.dst_w = 4;
		spec.dst_h = 1;
		image_to_tensor(out, &spec, &p, 0, 0, 12, (float)heights[i]);
		for (size_t k = 0; k < ARRAY_LEN(out); k++)
			assert_near(out[k], 255);
		tanu_image_free(&image);
	}
}

static void gives_grey_planes_in_order_mean_and_scale(void **state)
{
	tanu_image *image = noise_image(9, 5, 3);
	tanu_pixels p = tanu_image_pixels(image);
	struct image_tensor_spec spec = {
	    .dst_w = 9, .dst_h = 5, .channels = 3, .bgr = true, .mean = 127, .scale = 1.0f / 128};
	float colour[3 * 45], grey[45];

	(void)state;
	image_to_tensor(colour, &spec, &p, 0, 0, 9, 5);
	spec.channels = 1;
	image_to_tensor(grey, &spec, &p, 0, 0, 9, 5);
	for (int i = 0; i < 45; i++) {
		const uint8_t *rgb = p.rgb + 3 * i;

		for (int c = 0; c < 3; c++)
			assert_true(fabsf(colour[45 * c + i] - ((float)rgb[2 - c] - 127) / 128) <
				    1e-5f);
		assert_true(
		    fabsf(grey[i] - (0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2] - 127) /
					128) < 1e-5f);
	}
	tanu_image_free(&image);
}

static void gives_colours_in_order_at_half_size(void **state)
{
	tanu_image *image = noise_image(18, 4, 3);
	tanu_pixels p = tanu_image_pixels(image);
	struct image_tensor_spec spec = {
	    .dst_w = 9, .dst_h = 2, .channels = 3, .bgr = true, .mean = 127, .scale = 1.0f / 128};
	float out[3 * 18];

	(void)state;
	image_to_tensor(out, &spec, &p, 0, 0, 18, 4);
	for (int i = 0; i < 18; i++) {
		const uint8_t *rgb = p.rgb + i / 9 * 2 * p.stride + (ptrdiff_t)(i % 9) * 6;

		for (int c = 0; c < 3; c++) {
			const uint8_t *at = rgb + 2 - c;
			int sum = at[0] + at[3] + at[p.stride] + at[p.stride + 3];

			assert_true(fabsf(out[18 * c + i] - ((float)sum / 4 - 127) / 128) < 1e-5f);
		}
	}
	tanu_image_free(&image);
}

static void reads_rows_that_are_apart(void **state)
{
	tanu_image *image = noise_image(50, 20, 4);
	tanu_pixels p = tanu_image_pixels(image);

	(void)state;
	/* The last row of this view ends with the buffer. */
	p.rgb += 3 * 20;
	p.width = 30;
	check_rect(&p, (const float[4]){0, 0, 30, 20}, 30, 20);
	check_rect(&p, (const float[4]){-3, -3, 40, 40}, 9, 9);
	tanu_image_free(&image);
}

static void fills_where_the_rectangle_is_not_a_number(void **state)
{
	tanu_image *image = noise_image(8, 8, 4);
	tanu_pixels p = tanu_image_pixels(image);
	struct image_tensor_spec spec = plain;
	const float odd[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f};
	float out[3 * 16];

	(void)state;
	spec.dst_w = spec.dst_h = 4;
	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		image_to_tensor(out, &spec, &p, odd[i], 0, 8, 8);
		assert_true(out[0] == FILL && out[47] == FILL);
		image_to_tensor(out, &spec, &p, 0, 0, 8, odd[i]);
		assert_true(out[0] == FILL && out[47] == FILL);
	}
	tanu_image_free(&image);
}

static double pixel_or_fill(const tanu_pixels *p, double x, double y, int c, double fill)
{
	if (x < 0 || y < 0 || x >= p->width || y >= p->height)
		return fill;
	return byte_at(p, (int64_t)x, (int64_t)y, c);
}

static double warped(const tanu_pixels *p, const float m[6], int32_t x, int32_t y, int c,
		     double fill)
{
	double sx = (double)m[0] * x + (double)m[1] * y + m[2];
	double sy = (double)m[3] * x + (double)m[4] * y + m[5];
	double ix = floor(sx), iy = floor(sy), fx = sx - ix, fy = sy - iy;

	return (1 - fy) * ((1 - fx) * pixel_or_fill(p, ix, iy, c, fill) +
			   fx * pixel_or_fill(p, ix + 1, iy, c, fill)) +
	       fy * ((1 - fx) * pixel_or_fill(p, ix, iy + 1, c, fill) +
		     fx * pixel_or_fill(p, ix + 1, iy + 1, c, fill));
}

static void check_warp(const tanu_pixels *p, const float m[6], int32_t w, int32_t h)
{
	struct image_tensor_spec spec = plain;
	size_t plane = (size_t)w * (size_t)h;
	float *out = malloc(sizeof(float) * 3 * plane);
	uint8_t *rgb = malloc(3 * plane);

	assert_non_null(out);
	assert_non_null(rgb);
	spec.dst_w = w;
	spec.dst_h = h;
	image_warp_to_tensor(out, &spec, p, m);
	image_warp_rgb(rgb, w, h, p, m);
	for (int32_t i = 0; i < w * h; i++)
		for (int c = 0; c < 3; c++) {
			assert_near(out[(size_t)c * plane + (size_t)i],
				    warped(p, m, i % w, i / w, c, FILL));
			assert_true(fabs(rgb[3 * i + c] - warped(p, m, i % w, i / w, c, 0)) < 0.52);
		}
	free(out);
	free(rgb);
}

static void warps_by_any_matrix(void **state)
{
	static const float matrices[][6] = {
	    {1, 0, 0, 0, 1, 0},			/* as it is */
	    {1, 0, 5, 0, 1, -7},		/* shifted */
	    {0, -1, 30, 1, 0, 0},		/* turned by 90 degrees */
	    {-1, 0, 52, 0, -1, 36},		/* by 180 */
	    {0.5f, 0, 0.25f, 0, 0.5f, 0.25f},	/* larger */
	    {1.5f, -0.4f, 10, 0.4f, 1.5f, -5},	/* as a face is aligned */
	    {7, 0, -20, 0, 7, -20},		/* smaller, mostly outside */
	    {0, 0, 10.5f, 0, 0, 10.5f},		/* one point */
	    {1, 0, 1000, 0, 1, 0},		/* beside it */
	    {0.1f, 0, -0.95f, 0, 0.1f, -0.95f}, /* along the border */
	    {0.1f, 0, 50.5f, 0, 0.1f, 34.5f},
	};
	tanu_image *image = noise_image(53, 37, 5);
	tanu_pixels p = tanu_image_pixels(image);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(matrices); i++)
		check_warp(&p, matrices[i], 40, 30);
	check_warp(&p, (const float[6]){0.15f, 0, 0, 0, 1, 0}, 600, 20);
	tanu_image_free(&image);
}

static void warps_tiny_pictures(void **state)
{
	(void)state;
	for (int32_t w = 1; w <= 4; w++)
		for (int32_t h = 1; h <= 4; h++) {
			tanu_image *image = noise_image(w, h, (uint64_t)(w * 10 + h));
			tanu_pixels p = tanu_image_pixels(image);

			check_warp(&p, (const float[6]){0.25f, 0, -1.5f, 0, 0.25f, -1.5f}, 28, 28);
			tanu_image_free(&image);
		}
}

static void fills_where_a_matrix_is_not_a_number(void **state)
{
	tanu_image *image = noise_image(8, 8, 4);
	tanu_pixels p = tanu_image_pixels(image);
	const float odd[] = {NAN, INFINITY, -INFINITY, 1e38f};
	uint8_t rgb[48];
	const uint8_t black[48] = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		memset(rgb, 1, sizeof(rgb));
		image_warp_rgb(rgb, 4, 4, &p, (const float[6]){1, 0, odd[i], 0, 1, 0});
		assert_memory_equal(rgb, black, sizeof(rgb));
	}
	tanu_image_free(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(samples_rectangles_inside_and_outside),
	    cmocka_unit_test(samples_random_rectangles_of_random_pictures),
	    cmocka_unit_test(samples_a_wide_picture_in_strips),
	    cmocka_unit_test(bounds_the_average),
	    cmocka_unit_test(averages_many_white_rows),
	    cmocka_unit_test(gives_grey_planes_in_order_mean_and_scale),
	    cmocka_unit_test(gives_colours_in_order_at_half_size),
	    cmocka_unit_test(reads_rows_that_are_apart),
	    cmocka_unit_test(fills_where_the_rectangle_is_not_a_number),
	    cmocka_unit_test(warps_by_any_matrix),
	    cmocka_unit_test(warps_tiny_pictures),
	    cmocka_unit_test(fills_where_a_matrix_is_not_a_number),
	};

	return cmocka_run_group_tests_name("image/resample", tests, NULL, NULL);
}
