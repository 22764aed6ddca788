/* SPDX-License-Identifier: Apache-2.0 */
/* What a gate and the process that looks for codes say to each other, field by field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "worker/codes.h"

#include <stdlib.h>
#include <string.h>

static struct buf request_of(int32_t width, int32_t height)
{
	const struct codes_request request = {width, height};
	struct buf b = {0};

	codes_request_put(&b, &request);
	return b;
}

static bool accepted(struct buf *b)
{
	struct codes_request got = {0};
	bool sound = codes_request_read(&got, b->data, b->len);

	buf_free(b);
	return sound;
}

static void a_request_comes_through_and_bad_ones_do_not(void **state)
{
	struct buf b = request_of(640, 480);
	struct codes_request got = {0};

	(void)state;
	assert_true(codes_request_read(&got, b.data, b.len));
	assert_int_equal(got.max_width, 640);
	assert_int_equal(got.max_height, 480);
	for (size_t cut = 0; cut < b.len; cut++)
		assert_false(codes_request_read(&got, b.data, cut));
	b.data[0] ^= 1; /* of another sort, as of one image */
	assert_false(codes_request_read(&got, b.data, b.len));
	b.data[0] ^= 1;
	buf_u8(&b, 0);
	assert_false(accepted(&b));
	b = request_of(0, 480);
	assert_false(accepted(&b));
	b = request_of(640, -1);
	assert_false(accepted(&b));
	b = request_of(CODES_SIDE_MAX + 1, 480);
	assert_false(accepted(&b));
}

static void a_frame_comes_through_without_its_stride(void **state)
{
	const struct codes_request request = {8, 4};
	uint8_t rgb[2 * 16], *map = calloc(1, codes_frame_len(&request));
	const tanu_pixels in = {.rgb = rgb, .width = 3, .height = 2, .stride = 16};
	tanu_pixels out;

	(void)state;
	assert_non_null(map);
	for (size_t i = 0; i < sizeof(rgb); i++)
		rgb[i] = (uint8_t)i;
	codes_frame_put(map, &in);
	assert_true(codes_frame_get(&out, map, &request));
	assert_int_equal(out.width, 3);
	assert_int_equal(out.height, 2);
	assert_int_equal(out.stride, 9);
	assert_memory_equal(out.rgb, rgb, 9);
	assert_memory_equal(out.rgb + 9, rgb + 16, 9);
	free(map);
}

static void a_frame_that_does_not_fit_is_none(void **state)
{
	static const int32_t sizes[][2] = {{9, 4}, {8, 5}, {0, 4}, {8, 0}, {-1, 4}, {8, -1}};
	const struct codes_request request = {8, 4};
	uint8_t *map = calloc(1, codes_frame_len(&request));
	tanu_pixels out;

	(void)state;
	assert_non_null(map);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		memcpy(map, sizes[i], sizeof(sizes[i]));
		assert_false(codes_frame_get(&out, map, &request));
	}
	free(map);
}

static void a_reply_comes_through_and_bad_ones_do_not(void **state)
{
	static struct codes_reply in = {.len = 5, .bytes = "TP\1\0x"}, out;
	struct buf b = {0};

	(void)state;
	codes_reply_put(&b, &in);
	assert_int_equal(b.len, CODES_REPLY_LEN);
	assert_true(codes_reply_read(&out, b.data, b.len));
	assert_int_equal(out.len, 5);
	assert_memory_equal(out.bytes, in.bytes, 5);
	assert_false(codes_reply_read(&out, b.data, b.len - 1));
	b.data[4] = 0xFF; /* longer than a code can be */
	b.data[5] = 0xFF;
	assert_false(codes_reply_read(&out, b.data, b.len));
	b.data[4] = b.data[5] = 0;
	assert_true(codes_reply_read(&out, b.data, b.len)); /* there was none */
	assert_int_equal(out.len, 0);
	b.data[3] ^= 0x80;
	assert_false(codes_reply_read(&out, b.data, b.len));
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_request_comes_through_and_bad_ones_do_not),
	    cmocka_unit_test(a_frame_comes_through_without_its_stride),
	    cmocka_unit_test(a_frame_that_does_not_fit_is_none),
	    cmocka_unit_test(a_reply_comes_through_and_bad_ones_do_not),
	};

	return cmocka_run_group_tests_name("worker/codes", tests, NULL, NULL);
}
