/* SPDX-License-Identifier: Apache-2.0 */
#include "qr/picture.h"

static void finds(const struct picture *p, const void *bytes, size_t len)
{
	tanu_pixels pixels = picture_pixels(p);
	struct buf out = {0};
	tanu_error err = {0};

	if (qr_find(&out, &pixels, &err) != TANU_OK)
		fail_msg("%zu bytes: %s", len, err.message);
	assert_int_equal(out.len, len);
	assert_memory_equal(out.data, bytes, len);
	buf_free(&out);
}

static void reads_bytes_as_they_are(void **state)
{
	static const size_t lens[] = {1, 17, 60, 255, 320, 321};
	uint8_t bytes[321];

	(void)state;
	sample_bytes(bytes, sizeof(bytes));
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		struct picture p = picture_blank(300);

		picture_draw(&p, bytes, lens[i], 4, 20, 20);
		finds(&p, bytes, lens[i]);
		free(p.rgb);
	}
}

/* ZBar would otherwise take them for Shift-JIS or Latin-1, or stop at the zero. */
static void no_byte_is_taken_for_a_letter(void **state)
{
	uint8_t bytes[256];

	(void)state;
	for (int i = 0; i < 256; i++)
		bytes[i] = (uint8_t)i;
	for (int first = 0; first < 256; first += 51) {
		struct picture p = picture_blank(300);

		bytes[0] = (uint8_t)first;
		picture_draw(&p, bytes, sizeof(bytes), 4, 20, 20);
		finds(&p, bytes, sizeof(bytes));
		free(p.rgb);
	}
}

static void takes_the_largest_of_several(void **state)
{
	struct picture p = picture_blank(500);

	(void)state;
	picture_draw(&p, "small", 5, 4, 20, 20);
	picture_draw(&p, "large", 5, 10, 200, 200);
	finds(&p, "large", 5);
	free(p.rgb);
}

static void says_when_there_is_none(void **state)
{
	struct picture p = picture_blank(200);
	tanu_pixels pixels = picture_pixels(&p);
	struct buf out = {0};
	tanu_error err = {0};

	(void)state;
	buf_str(&out, "kept");
	assert_int_equal(qr_find(&out, &pixels, &err), TANU_NOT_FOUND);
	assert_int_equal(err.code, TANU_ERR_NO_CODE);
	assert_string_equal(buf_cstr(&out), "kept");
	buf_free(&out);
	free(p.rgb);
}

static void a_damaged_code_is_restored_or_not_read(void **state)
{
	uint8_t bytes[320];

	(void)state;
	sample_bytes(bytes, sizeof(bytes));
	for (int wide = 0; wide <= 40; wide += 4) { /* a white stripe through the data */
		struct picture p = picture_blank(300);
		tanu_pixels pixels = picture_pixels(&p);
		struct buf out = {0};
		tanu_status st;

		picture_draw(&p, bytes, sizeof(bytes), 4, 20, 20);
		for (int y = 140; y < 140 + wide; y++)
			memset(p.rgb + 3 * y * p.side, 255, 3 * (size_t)p.side);
		st = qr_find(&out, &pixels, NULL);
		if (st == TANU_OK)
			assert_memory_equal(out.data, bytes, sizeof(bytes));
		assert_true(wide > 8 || st == TANU_OK);
		assert_true(wide < 40 || st == TANU_NOT_FOUND);
		buf_free(&out);
		free(p.rgb);
	}
}

static void small_pictures_are_no_trouble(void **state)
{
	(void)state;
	for (int side = 1; side < 40; side++) {
		struct picture p = picture_blank(side);
		tanu_pixels pixels = picture_pixels(&p);
		struct buf out = {0};

		for (int i = 0; i < side * side * 3; i++)
			p.rgb[i] = (uint8_t)(i * i * 31);
		assert_int_equal(qr_find(&out, &pixels, NULL), TANU_NOT_FOUND);
		free(p.rgb);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_bytes_as_they_are),
	    cmocka_unit_test(no_byte_is_taken_for_a_letter),
	    cmocka_unit_test(takes_the_largest_of_several),
	    cmocka_unit_test(says_when_there_is_none),
	    cmocka_unit_test(a_damaged_code_is_restored_or_not_read),
	    cmocka_unit_test(small_pictures_are_no_trouble),
	};

	return cmocka_run_group_tests_name("qr/find", tests, NULL, NULL);
}
