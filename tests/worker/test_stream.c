/* SPDX-License-Identifier: Apache-2.0 */
/* What the decoder of a camera and its parent say to each other, field by field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "worker/stream.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct stream_request film = {
    .kind = STREAM_NETWORK,
    .max_width = 1920,
    .max_height = 1080,
    .loop = true,
    .depth = true,
    .rate = 12.5F,
    .patience_ms = 5000,
    .url = "rtsp://192.0.2.7/one",
};

static void set_u32(uint8_t *at, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(v >> 8 * i);
}

static void a_request_comes_through(void **state)
{
	struct stream_request got = {0};
	struct buf b = {0};

	(void)state;
	stream_request_put(&b, &film);
	assert_true(stream_request_read(&got, b.data, b.len));
	assert_int_equal(got.kind, STREAM_NETWORK);
	assert_int_equal(got.max_width, 1920);
	assert_int_equal(got.max_height, 1080);
	assert_false(got.every);
	assert_true(got.loop);
	assert_true(got.depth);
	assert_true(got.rate == 12.5F);
	assert_int_equal(got.patience_ms, 5000);
	assert_string_equal(got.url, film.url);
	for (size_t len = 0; len < b.len; len++)
		assert_false(stream_request_read(&got, b.data, len));
	buf_free(&b);
}

static void a_request_with_a_bad_field_is_none(void **state)
{
	static const struct {
		size_t at;
		uint32_t value;
	} bad[] = {
	    {0, 1},	  {4, 2},	    {8, 0},	      {8, STREAM_KINDS},
	    {12, 63},	  {12, 4097},	    {16, 0},	      {16, 0x80000000},
	    {20, 8},	  {24, 0x7FC00000}, {24, 0xBF800000}, {28, 0},
	    {28, 600001}, {32, 5000},	    {32, 19},	      {36, 0x70737400u},
	};
	struct stream_request got;
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		uint8_t bytes[256];

		b.len = 0;
		stream_request_put(&b, &film);
		memcpy(bytes, b.data, b.len);
		set_u32(bytes + bad[i].at, bad[i].value);
		if (stream_request_read(&got, bytes, b.len))
			fail_msg("field at %zu set to %#x was taken", bad[i].at, bad[i].value);
	}
	buf_free(&b);
}

static void a_record_comes_through(void **state)
{
	const struct stream_record opened = {.word = STREAM_OPENED,
					     .width = 640,
					     .height = 480,
					     .rate = 25,
					     .codec = "h264",
					     .container = "rtsp"};
	const struct stream_record failed = {
	    .word = STREAM_FAILED, .code = TANU_ERR_NETWORK, .text = "no\x1B[2Jbody"};
	struct stream_record got;
	struct buf b = {0};

	(void)state;
	stream_record_put(&b, &opened);
	assert_int_equal(b.len, STREAM_RECORD_LEN);
	assert_true(stream_record_read(&got, b.data, b.len));
	assert_int_equal(got.width, 640);
	assert_int_equal(got.height, 480);
	assert_true(got.rate == 25);
	assert_string_equal(got.codec, "h264");
	assert_string_equal(got.container, "rtsp");
	b.len = 0;
	stream_record_put(&b, &failed);
	assert_true(stream_record_read(&got, b.data, b.len));
	assert_int_equal(got.code, TANU_ERR_NETWORK);
	assert_string_equal(got.text, "no?[2Jbody");
	assert_false(stream_record_read(&got, b.data, b.len - 1));
	buf_free(&b);
}

static void a_record_with_a_bad_field_is_none(void **state)
{
	static const struct {
		size_t at;
		uint32_t value;
	} bad[] = {
	    {0, 0},	      {4, 0},
	    {4, 5},	      {8, TANU_ERR_NETWORK}, /* with news that is none of failure */
	    {12, 0x10000},    {16, 0xFFFFFFFF},
	    {20, 0x7FC00000}, /* not a number */
	    {20, 0xC0000000}, /* less than none a second */
	};
	struct stream_record got;
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		b.len = 0;
		stream_record_put(&b, &(struct stream_record){.word = STREAM_OPENED});
		set_u32(b.data + bad[i].at, bad[i].value);
		if (stream_record_read(&got, b.data, b.len))
			fail_msg("field at %zu set to %#x was taken", bad[i].at, bad[i].value);
	}
	/* A code that a stream never fails with, and failing without one. */
	for (uint32_t code = 0; code < 2; code++) {
		b.len = 0;
		stream_record_put(&b, &(struct stream_record){.word = STREAM_FAILED});
		set_u32(b.data + 8, code ? TANU_ERR_PERMIT : TANU_ERR_NONE);
		assert_false(stream_record_read(&got, b.data, b.len));
	}
	buf_free(&b);
}

static void a_head_within_the_bound_comes_through(void **state)
{
	const struct stream_head head = {640, 480, 7, 123456789012, 40000};
	uint8_t bytes[STREAM_HEAD_LEN], changed[STREAM_HEAD_LEN];
	struct stream_head got = {0};

	(void)state;
	stream_head_put(bytes, &head);
	assert_true(stream_head_read(&got, bytes, 640, 480));
	assert_memory_equal(&got, &head, sizeof(head));
	assert_false(stream_head_read(&got, bytes, 639, 480));
	assert_false(stream_head_read(&got, bytes, 640, 479));
	for (size_t field = 0; field < 16; field += 4) {
		memcpy(changed, bytes, sizeof(bytes));
		set_u32(changed + field, field == 0 || field == 12 ? 1 : 0);
		assert_false(stream_head_read(&got, changed, 640, 480));
		set_u32(changed + field, 0x80000001);
		assert_false(stream_head_read(&got, changed, 640, 480));
	}
}

struct both {
	int fd;
	struct stream_frames writer, reader;
};

static void both_open(struct both *b, int32_t width, int32_t height)
{
	assert_int_equal(os_memfd_blank(&b->fd, stream_frames_len(width, height), NULL), TANU_OK);
	assert_true(stream_frames_map(&b->writer, b->fd, width, height, true));
	assert_true(stream_frames_map(&b->reader, b->fd, width, height, false));
}

static void both_close(struct both *b)
{
	stream_frames_unmap(&b->writer);
	stream_frames_unmap(&b->reader);
	close(b->fd);
}

static void show(struct both *b, uint64_t number, uint8_t value)
{
	const struct stream_head head = {.width = 64, .height = 64, .number = number};

	memset(stream_frames_room(&b->writer), value, (size_t)64 * 64 * 3);
	stream_frames_publish(&b->writer, &head);
}

static void the_newest_frame_wins(void **state)
{
	const uint8_t *pixels = NULL;
	struct stream_head head;
	struct both b;
	bool sound;

	(void)state;
	both_open(&b, 64, 64);
	assert_false(stream_frames_take(&b.reader, &head, &pixels, &sound));
	assert_true(sound);
	for (uint8_t i = 1; i <= 50; i++) {
		show(&b, i, i);
		if (i % 7)
			continue;
		assert_true(stream_frames_take(&b.reader, &head, &pixels, &sound));
		assert_int_equal(head.number, i);
		/* While it is looked at two more come, and do not touch it. */
		show(&b, 100, 200);
		show(&b, 101, 201);
		for (size_t k = 0; k < (size_t)64 * 64 * 3; k++)
			assert_int_equal(pixels[k], i);
		assert_true(stream_frames_take(&b.reader, &head, &pixels, &sound));
		assert_int_equal(head.number, 101);
		assert_false(stream_frames_take(&b.reader, &head, &pixels, &sound));
	}
	both_close(&b);
}

/* Whatever the other side writes into the word that is exchanged, the reader stays in its memory.
 */
static void a_word_out_of_range_reaches_no_other_memory(void **state)
{
	const uint32_t words[] = {4, 5, 6, 7, 0xFFFFFFFF, 0x80000004, 0x7FFFFFFE, 12};
	const uint8_t *pixels = NULL;
	struct stream_head head;
	struct both b;
	bool sound;

	(void)state;
	both_open(&b, 64, 64);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		memcpy(b.writer.map, &words[i], 4);
		if (stream_frames_take(&b.reader, &head, &pixels, &sound))
			assert_in_range((uintptr_t)pixels, (uintptr_t)b.reader.map,
					(uintptr_t)b.reader.map + b.reader.len - 64 * 64 * 3);
		assert_true(b.reader.own < 3);
	}
	both_close(&b);
}

static void a_frame_larger_than_the_memory_is_not_sound(void **state)
{
	const struct stream_head lies[] = {{65, 64, 1, 1, 1},
					   {64, 65, 1, 1, 1},
					   {0, 64, 1, 1, 1},
					   {64, -1, 1, 1, 1},
					   {INT32_MAX, INT32_MAX, 1, 1, 1}};
	const uint8_t *pixels = NULL;
	struct stream_head head;
	struct both b;
	bool sound;

	(void)state;
	both_open(&b, 64, 64);
	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		stream_frames_publish(&b.writer, &lies[i]);
		assert_false(stream_frames_take(&b.reader, &head, &pixels, &sound));
		assert_false(sound);
	}
	both_close(&b);
}

static void a_picture_is_fitted_into_the_bound(void **state)
{
	static const int32_t of[][6] = {
	    {640, 480, 1920, 1080, 640, 480},	 {3840, 2160, 1920, 1080, 1920, 1080},
	    {1080, 1920, 1920, 1080, 607, 1080}, {4096, 64, 1920, 1080, 1920, 30},
	    {65535, 1, 64, 64, 64, 1},		 {1, 65535, 64, 64, 1, 64},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(of); i++) {
		int32_t w = of[i][0], h = of[i][1];

		stream_fit(&w, &h, of[i][2], of[i][3]);
		assert_int_equal(w, of[i][4]);
		assert_int_equal(h, of[i][5]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_request_comes_through),
	    cmocka_unit_test(a_request_with_a_bad_field_is_none),
	    cmocka_unit_test(a_record_comes_through),
	    cmocka_unit_test(a_record_with_a_bad_field_is_none),
	    cmocka_unit_test(a_head_within_the_bound_comes_through),
	    cmocka_unit_test(the_newest_frame_wins),
	    cmocka_unit_test(a_word_out_of_range_reaches_no_other_memory),
	    cmocka_unit_test(a_frame_larger_than_the_memory_is_not_sound),
	    cmocka_unit_test(a_picture_is_fitted_into_the_bound),
	};

	return cmocka_run_group_tests_name("worker/stream", tests, NULL, NULL);
}
