/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "image/coder.h"
#include "image/drawn.h"

#include <string.h>

#define W 64
#define H 48

/* What coding and decoding may change in the drawn picture, of 255. */
#define LOSS 8

/* The drawn picture through a form of JPEG and back. */
static tanu_image *through(const struct jpeg_form *form)
{
	tanu_image *drawn = drawn_image(W, H), *back = NULL;
	tanu_pixels pixels = tanu_image_pixels(drawn);
	struct buf bytes = {0};
	tanu_error err = {0};

	code_jpeg(&bytes, &pixels, form);
	assert_int_equal(decode_here(&back, &bytes, NULL, &err), TANU_OK);
	buf_free(&bytes);
	tanu_image_free(&drawn);
	return back;
}

static void assert_like_drawn(const struct jpeg_form *form)
{
	tanu_image *drawn = drawn_image(W, H), *back = through(form);
	tanu_pixels a = tanu_image_pixels(drawn), b = tanu_image_pixels(back);

	assert_in_range(worst_difference(&a, &b), 0, LOSS);
	tanu_image_free(&drawn);
	tanu_image_free(&back);
}

static void reads_every_colour_space(void **state)
{
	static const enum jpeg_colour colours[] = {JPEG_YCBCR, JPEG_RGB, JPEG_CMYK, JPEG_YCCK,
						   JPEG_CMYK_PLAIN};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(colours); i++) {
		assert_like_drawn(&(struct jpeg_form){.colour = colours[i]});
		assert_like_drawn(&(struct jpeg_form){.colour = colours[i], .progressive = true});
		assert_like_drawn(&(struct jpeg_form){.colour = colours[i], .whole_chroma = true});
	}
}

static void reads_grey_as_equal_channels(void **state)
{
	tanu_image *back = through(&(struct jpeg_form){.colour = JPEG_GREY});

	(void)state;
	for (int32_t i = 0; i < W * H; i++) {
		const uint8_t *p = back->rgb + 3 * i;
		uint8_t rgb[3];

		drawn_pixel(rgb, i % W, i / W, W, H);
		assert_int_equal(p[0], p[1]);
		assert_int_equal(p[0], p[2]);
		assert_in_range(p[0] + 2, (299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2]) / 1000,
				p[0] + 4 + LOSS);
	}
	tanu_image_free(&back);
}

/* Where the stored pixel (x, y) is to be shown: EXIF 2.32, tag 274, as a picture for each value. */
static void shown_at(int32_t *sx, int32_t *sy, int32_t x, int32_t y, int orientation)
{
	const int32_t right = W - 1 - x, low = H - 1 - y;
	const int32_t at[9][2] = {{0, 0}, {x, y},   {right, y},	  {right, low}, {x, low},
				  {y, x}, {low, x}, {low, right}, {y, right}};

	*sx = at[orientation][0];
	*sy = at[orientation][1];
}

static void turns_by_every_orientation(void **state)
{
	(void)state;
	for (int orientation = 1; orientation <= 8; orientation++)
		for (int big = 0; big < 2; big++) {
			tanu_image *back = through(&(struct jpeg_form){.colour = JPEG_RGB,
								       .whole_chroma = true,
								       .orientation = orientation,
								       .big_endian = big});

			assert_int_equal(back->width, orientation >= 5 ? H : W);
			for (int32_t i = 0; i < W * H; i++) {
				uint8_t want[3];
				int32_t sx, sy;
				const uint8_t *got;

				drawn_pixel(want, i % W, i / W, W, H);
				shown_at(&sx, &sy, i % W, i / W, orientation);
				got = back->rgb + 3 * (sy * back->width + sx);
				for (int c = 0; c < 3; c++)
					assert_in_range(got[c] + LOSS, want[c], want[c] + 2 * LOSS);
			}
			tanu_image_free(&back);
		}
}

static void code_drawn(struct buf *bytes, const struct jpeg_form *form)
{
	tanu_image *drawn = drawn_image(W, H);
	tanu_pixels pixels = tanu_image_pixels(drawn);

	code_jpeg(bytes, &pixels, form);
	tanu_image_free(&drawn);
}

static void refuses_every_truncation(void **state)
{
	static const struct jpeg_form forms[] = {{.colour = JPEG_YCBCR},
						 {.colour = JPEG_YCBCR, .progressive = true}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct buf bytes = {0};

		code_drawn(&bytes, &forms[i]);
		for (bytes.len--; bytes.len >= 3; bytes.len--) {
			tanu_image *image = NULL;
			tanu_error err = {0};

			assert_int_equal(decode_here(&image, &bytes, NULL, &err), TANU_INPUT);
			assert_int_equal(err.code, TANU_ERR_IMAGE_TRUNCATED);
		}
		buf_free(&bytes);
	}
}

static void refuses_a_hole_in_the_picture(void **state)
{
	struct buf bytes = {0}, holed = {0};
	tanu_image *image = NULL;
	tanu_error err = {0};

	(void)state;
	code_drawn(&bytes, &(struct jpeg_form){.colour = JPEG_YCBCR});
	/* Half of the pixels, then the end marker. */
	buf_put(&holed, bytes.data, bytes.len * 3 / 4);
	buf_put(&holed, "\xFF\xD9", 2);
	assert_int_equal(decode_here(&image, &holed, NULL, &err), TANU_INPUT);
	assert_int_equal(err.code, TANU_ERR_IMAGE_TRUNCATED);
	buf_free(&bytes);
	buf_free(&holed);
}

static void does_not_mind_what_follows_the_end(void **state)
{
	struct buf bytes = {0};
	tanu_image *image = NULL;

	(void)state;
	code_drawn(&bytes, &(struct jpeg_form){.colour = JPEG_YCBCR});
	buf_str(&bytes, "trailer");
	assert_int_equal(decode_here(&image, &bytes, NULL, NULL), TANU_OK);
	tanu_image_free(&image);
	buf_free(&bytes);
}

/* Append the last scan again and again, which is legal, until there are far too many. */
static void refuses_endless_scans(void **state)
{
	struct buf bytes = {0}, bomb = {0};
	tanu_image *image = NULL;
	tanu_error err = {0};
	size_t sos = 0;

	(void)state;
	code_drawn(&bytes, &(struct jpeg_form){.colour = JPEG_GREY, .scans = 64});
	assert_int_equal(decode_here(&image, &bytes, NULL, NULL), TANU_OK);
	tanu_image_free(&image);
	for (size_t i = 0; i + 1 < bytes.len; i++)
		if (bytes.data[i] == 0xFF && bytes.data[i + 1] == 0xDA)
			sos = i;
	buf_put(&bomb, bytes.data, bytes.len - 2);
	for (int i = 0; i < 50; i++)
		buf_put(&bomb, bytes.data + sos, bytes.len - 2 - sos);
	buf_put(&bomb, "\xFF\xD9", 2);
	assert_int_equal(decode_here(&image, &bomb, NULL, &err), TANU_LIMIT);
	assert_int_equal(err.code, TANU_ERR_IMAGE_LIMIT);
	assert_non_null(strstr(err.message, "scans"));
	buf_free(&bytes);
	buf_free(&bomb);
}

static void says_which_kind_of_jpeg_it_does_not_read(void **state)
{
	struct buf bytes = {0};
	tanu_image *image = NULL;
	tanu_error err = {0};

	(void)state;
	code_drawn(&bytes, &(struct jpeg_form){.colour = JPEG_YCBCR});
	/* The start-of-frame marker of baseline, SOF0, becomes SOF3, lossless. */
	for (size_t i = 0; i + 1 < bytes.len; i++)
		if (bytes.data[i] == 0xFF && bytes.data[i + 1] == 0xC0) {
			bytes.data[i + 1] = 0xC3;
			break;
		}
	assert_int_equal(decode_here(&image, &bytes, NULL, &err), TANU_INPUT);
	assert_int_equal(err.code, TANU_ERR_IMAGE_TYPE);
	buf_free(&bytes);
}

static void writes_what_it_reads(void **state)
{
	tanu_image *drawn = drawn_image(W, H), *back = NULL;
	tanu_pixels a = tanu_image_pixels(drawn), b;
	struct buf bytes = {0};

	(void)state;
	buf_str(&bytes, "");
	assert_int_equal(image_write_jpeg(&bytes, &a, 95, NULL), TANU_OK);
	assert_int_equal(image_sniff(bytes.data, bytes.len), IMAGE_JPEG);
	assert_int_equal(decode_here(&back, &bytes, NULL, NULL), TANU_OK);
	b = tanu_image_pixels(back);
	assert_in_range(worst_difference(&a, &b), 0, LOSS);
	tanu_image_free(&back);
	buf_free(&bytes);
	tanu_image_free(&drawn);
}

static void writes_rows_that_are_apart_and_more_than_one_chunk(void **state)
{
	tanu_image *noise = noise_image(200, 100, 1), *back = NULL;
	tanu_pixels part = tanu_image_pixels(noise);
	struct buf bytes = {0};

	(void)state;
	part.width = 100;
	assert_int_equal(image_write_jpeg(&bytes, &part, 100, NULL), TANU_OK);
	assert_true(bytes.len > 8192);
	assert_int_equal(decode_here(&back, &bytes, NULL, NULL), TANU_OK);
	assert_int_equal(back->width, 100);
	assert_int_equal(back->height, 100);
	tanu_image_free(&back);
	buf_free(&bytes);
	tanu_image_free(&noise);
}

static void says_when_the_output_has_no_room(void **state)
{
	tanu_image *drawn = drawn_image(W, H);
	tanu_pixels pixels = tanu_image_pixels(drawn);
	struct buf bytes = {.max = 100};

	(void)state;
	assert_int_equal(image_write_jpeg(&bytes, &pixels, 95, NULL), TANU_MEMORY);
	assert_int_equal(bytes.len, 0);
	buf_free(&bytes);
	tanu_image_free(&drawn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_every_colour_space),
	    cmocka_unit_test(reads_grey_as_equal_channels),
	    cmocka_unit_test(turns_by_every_orientation),
	    cmocka_unit_test(refuses_every_truncation),
	    cmocka_unit_test(refuses_a_hole_in_the_picture),
	    cmocka_unit_test(does_not_mind_what_follows_the_end),
	    cmocka_unit_test(refuses_endless_scans),
	    cmocka_unit_test(says_which_kind_of_jpeg_it_does_not_read),
	    cmocka_unit_test(writes_what_it_reads),
	    cmocka_unit_test(writes_rows_that_are_apart_and_more_than_one_chunk),
	    cmocka_unit_test(says_when_the_output_has_no_room),
	};

	return cmocka_run_group_tests_name("image/jpeg", tests, NULL, NULL);
}
