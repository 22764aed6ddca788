/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding and writing with the n-th allocation refused, for every n until none is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "image/coder.h"
#include "image/drawn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A sanitizer has its own malloc, and would see ours as a stranger's. */
#ifdef TANU_SANITIZED
#define CAN_REFUSE 0
#else
#define CAN_REFUSE 1
#endif

/* Allocations until one is refused; below zero: none is. */
static int countdown = -1;

#if CAN_REFUSE
void *__libc_malloc(size_t len);
void *__libc_calloc(size_t count, size_t len);
void *__libc_realloc(void *p, size_t len);

static bool refused(void)
{
	if (countdown < 0 || countdown-- > 0)
		return false;
	errno = ENOMEM;
	return true;
}

/* They stand before the C library's for the image libraries too. */
__attribute__((visibility("default"))) void *malloc(size_t len)
{
	return refused() ? NULL : __libc_malloc(len);
}

__attribute__((visibility("default"))) void *calloc(size_t count, size_t len)
{
	return refused() ? NULL : __libc_calloc(count, len);
}

__attribute__((visibility("default"))) void *realloc(void *p, size_t len)
{
	return refused() ? NULL : __libc_realloc(p, len);
}
#endif

/* How many refusals ended in TANU_MEMORY; libjpeg gets over some by asking for less. */
static int try_all(const struct buf *bytes)
{
	int refusals = 0;

	for (int n = 0;; n++) {
		tanu_image *image = NULL;
		tanu_error err = {0};
		tanu_status st;
		bool was_refused;

		countdown = n;
		st = decode_here(&image, bytes, NULL, &err);
		was_refused = countdown < 0;
		countdown = -1;
		tanu_image_free(&image);
		/* zlib has one word to libspng for damage and for want of memory while inflating.
		 */
		if (st != TANU_OK && st != TANU_MEMORY && !strstr(err.message, "IDAT stream error"))
			fail_msg("allocation %d: %s", n, err.message);
		refusals += st == TANU_MEMORY;
		if (!was_refused) {
			assert_int_equal(st, TANU_OK);
			return refusals;
		}
	}
}

static void decodes_or_says_that_memory_is_out(void **state)
{
	tanu_image *drawn = drawn_image(40, 30);
	tanu_pixels pixels = tanu_image_pixels(drawn);

	(void)state;
	if (!CAN_REFUSE) {
		tanu_image_free(&drawn);
		skip();
	}
	for (int kind = IMAGE_JPEG; kind <= IMAGE_PNM; kind++)
		for (size_t i = 0; i < 6; i++) {
			struct buf bytes = {0};

			code_sample(&bytes, (enum image_kind)kind, i, &pixels);
			assert_in_range(try_all(&bytes), 2, 1000);
			buf_free(&bytes);
		}
	tanu_image_free(&drawn);
}

static void writes_or_says_that_memory_is_out(void **state)
{
	tanu_image *noise = noise_image(100, 100, 1);
	tanu_pixels pixels = tanu_image_pixels(noise);
	bool was_refused = true;
	int refusals = 0;

	(void)state;
	if (!CAN_REFUSE) {
		tanu_image_free(&noise);
		skip();
	}
	for (int n = 0; was_refused; n++) {
		struct buf bytes = {0};
		tanu_status st;

		countdown = n;
		st = image_write_jpeg(&bytes, &pixels, 95, NULL);
		was_refused = countdown < 0;
		countdown = -1;
		refusals += st == TANU_MEMORY;
		assert_true(st == TANU_OK || (was_refused && st == TANU_MEMORY && bytes.len == 0));
		buf_free(&bytes);
	}
	assert_in_range(refusals, 5, 1000);
	tanu_image_free(&noise);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(decodes_or_says_that_memory_is_out),
	    cmocka_unit_test(writes_or_says_that_memory_is_out),
	};

	return cmocka_run_group_tests_name("image/memory", tests, NULL, NULL);
}
