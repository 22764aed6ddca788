/* SPDX-License-Identifier: Apache-2.0 */
/* What parent and child say to each other, field by field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "worker/wire.h"

#include <string.h>

static const tanu_image_limits limits = {.max_bytes = 1000,
					 .max_pixels = 5000,
					 .max_side = 100,
					 .min_side = 2,
					 .max_aspect = 3,
					 .timeout_ms = 400};

static void a_request_comes_through(void **state)
{
	tanu_image_limits got = {0};
	struct buf b = {0};
	struct rd r;

	(void)state;
	request_put(&b, &limits);
	assert_int_equal(b.len, REQUEST_LEN);
	rd_init(&r, b.data, b.len);
	assert_true(request_read(&got, &r));
	assert_true(rd_end(&r));
	assert_int_equal(got.max_bytes, 1000);
	assert_int_equal(got.max_pixels, 5000);
	assert_int_equal(got.max_side, 100);
	assert_int_equal(got.min_side, 2);
	assert_int_equal(got.max_aspect, 3);
	assert_int_equal(got.timeout_ms, 400);
	buf_free(&b);
}

static void a_request_is_whole_and_of_this_version(void **state)
{
	tanu_image_limits got = {0};
	struct buf b = {0};
	struct rd r;

	(void)state;
	request_put(&b, &limits);
	for (size_t len = 0; len < REQUEST_LEN; len++) {
		rd_init(&r, b.data, len);
		assert_false(request_read(&got, &r));
	}
	for (size_t i = 0; i < 8; i++) {
		b.data[i] ^= 1;
		rd_init(&r, b.data, b.len);
		assert_false(request_read(&got, &r));
		b.data[i] ^= 1;
	}
	assert_int_equal(got.max_bytes, 0);
	buf_free(&b);
}

static bool comes_through(const struct reply *reply)
{
	struct reply got = {.width = -1};
	struct buf b = {0};
	bool read;

	reply_put(&b, reply);
	assert_int_equal(b.len, REPLY_LEN);
	read = reply_read(&got, b.data, b.len, &limits);
	if (read) {
		assert_int_equal(got.code, reply->code);
		assert_string_equal(got.text, reply->text);
	} else {
		assert_int_equal(got.width, -1);
	}
	buf_free(&b);
	return read;
}

static void a_reply_comes_through(void **state)
{
	struct reply cut = {.code = TANU_ERR_IMAGE_TRUNCATED, .text = "the JPEG ends too early"};
	struct reply full = {.code = TANU_ERR_IMAGE_CORRUPT};

	(void)state;
	memset(full.text, 'x', REPLY_TEXT_LEN);
	assert_true(comes_through(&cut));
	assert_true(comes_through(&full));
	assert_true(comes_through(&(struct reply){.width = 100, .height = 50}));
	assert_true(comes_through(&(struct reply){.width = 1, .height = 1}));
}

static void a_reply_stays_within_the_limits(void **state)
{
	static const struct reply bad[] = {
	    {.width = 0, .height = 5},	  {.width = 5, .height = 0},
	    {.width = -1, .height = 5},	  {.width = 5, .height = INT32_MIN},
	    {.width = 101, .height = 5},  {.width = 5, .height = 101},
	    {.width = 100, .height = 51}, {.width = 65536, .height = 65536},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(comes_through(&bad[i]));
}

static void a_reply_says_only_what_a_decoder_says(void **state)
{
	(void)state;
	assert_false(comes_through(&(struct reply){.code = TANU_ERR_PERMIT}));
	assert_false(comes_through(&(struct reply){.code = TANU_ERR_COUNT}));
	assert_false(comes_through(&(struct reply){.code = (tanu_error_code)-1}));
	assert_true(comes_through(&(struct reply){.code = TANU_ERR_NO_MEMORY}));
}

static void a_refusal_has_no_size(void **state)
{
	struct reply liar = {.code = TANU_ERR_IMAGE_LIMIT, .width = 9, .height = 9}, got;
	struct buf b = {0};

	(void)state;
	reply_put(&b, &liar);
	assert_true(reply_read(&got, b.data, b.len, &limits));
	assert_int_equal(got.width + got.height, 0);
	buf_free(&b);
}

static void a_reply_is_whole(void **state)
{
	struct reply got;
	struct buf b = {0};

	(void)state;
	reply_put(&b, &(struct reply){.width = 5, .height = 5});
	buf_u8(&b, 0);
	for (size_t len = 0; len <= REPLY_LEN + 1; len++)
		assert_int_equal(reply_read(&got, b.data, len, &limits), len == REPLY_LEN);
	b.data[0] ^= 1;
	assert_false(reply_read(&got, b.data, REPLY_LEN, &limits));
	buf_free(&b);
}

static void a_text_cannot_steer_a_terminal(void **state)
{
	struct reply got, nasty = {.code = TANU_ERR_IMAGE_CORRUPT, .text = "a\x1B[2J\n\t\x7F\xC3z"};
	struct buf b = {0};

	(void)state;
	reply_put(&b, &nasty);
	assert_true(reply_read(&got, b.data, b.len, &limits));
	assert_string_equal(got.text, "a?[2J????z");
	buf_free(&b);
}

static void the_pixel_file_holds_any_image_within_the_limits(void **state)
{
	tanu_image_limits few = {.max_pixels = 10, .max_side = 100};
	tanu_image_limits narrow = {.max_pixels = INT64_MAX, .max_side = 10};

	(void)state;
	assert_int_equal(pixels_room(&few), 30);
	assert_int_equal(pixels_room(&narrow), 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_request_comes_through),
	    cmocka_unit_test(a_request_is_whole_and_of_this_version),
	    cmocka_unit_test(a_reply_comes_through),
	    cmocka_unit_test(a_reply_stays_within_the_limits),
	    cmocka_unit_test(a_reply_says_only_what_a_decoder_says),
	    cmocka_unit_test(a_refusal_has_no_size),
	    cmocka_unit_test(a_reply_is_whole),
	    cmocka_unit_test(a_text_cannot_steer_a_terminal),
	    cmocka_unit_test(the_pixel_file_holds_any_image_within_the_limits),
	};

	return cmocka_run_group_tests_name("worker/wire", tests, NULL, NULL);
}
