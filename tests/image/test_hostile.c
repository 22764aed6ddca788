/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 500 files a decoder that were made to break it, from a seed: cut, bits flipped, sizes blown up,
 * parts swapped or doubled, another kind under the same signature, noise. Each must decode or end
 * in one plain sentence; the sanitizers watch the rest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "image/drawn.h"
#include "image/hostile.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define FILES 500

static const tanu_image_limits limits = {.max_bytes = 1 << 20, .max_pixels = 1 << 20};

static void assert_plain_sentence(const tanu_error *err)
{
	assert_true(err->code >= TANU_ERR_IMAGE_EMPTY && err->code <= TANU_ERR_IMAGE_LIMIT);
	assert_true(strlen(err->message) > 10);
	for (const char *p = err->message; *p; p++)
		assert_true(isprint((unsigned char)*p));
}

static void survives(enum image_kind kind)
{
	size_t refused = 0;

	for (size_t i = 0; i < FILES; i++) {
		struct buf made = {0}, exact = {0};
		tanu_image *image = NULL;
		tanu_error err = {0};

		make_hostile(&made, kind, i);
		/* In a block that ends where the file ends. */
		exact.data = malloc(made.len);
		exact.len = made.len;
		assert_non_null(exact.data);
		memcpy(exact.data, made.data, made.len);
		if (decode_here(&image, &exact, &limits, &err) < 0) {
			assert_plain_sentence(&err);
			refused++;
		}
		tanu_image_free(&image);
		buf_free(&exact);
		buf_free(&made);
	}
	print_message("%zu of %d refused\n", refused, FILES);
	assert_in_range(refused, FILES / 3, FILES);
}

static void jpeg_survives(void **state)
{
	(void)state;
	survives(IMAGE_JPEG);
}

static void png_survives(void **state)
{
	(void)state;
	survives(IMAGE_PNG);
}

static void pnm_survives(void **state)
{
	(void)state;
	survives(IMAGE_PNM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(jpeg_survives),
	    cmocka_unit_test(png_survives),
	    cmocka_unit_test(pnm_survives),
	};

	return cmocka_run_group_tests_name("image/hostile", tests, NULL, NULL);
}
