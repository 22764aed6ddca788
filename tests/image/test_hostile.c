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

#include "image/coder.h"
#include "image/drawn.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define FILES 500

static const tanu_image_limits limits = {.max_bytes = 1 << 20, .max_pixels = 1 << 20};

static size_t below(uint64_t *seed, size_t n)
{
	return (size_t)(next_random(seed) >> 32) % n;
}

static void cut(struct buf *b, uint64_t *seed)
{
	b->len = 1 + below(seed, b->len);
}

static void flip_bits(struct buf *b, uint64_t *seed)
{
	for (size_t n = 1 + below(seed, 20); n > 0; n--)
		b->data[below(seed, b->len)] ^= (uint8_t)(1 << below(seed, 8));
}

/* The header is where sizes, counts and lengths stand. */
static void blow_up(struct buf *b, uint64_t *seed)
{
	size_t head = b->len < 200 ? b->len : 200;

	for (size_t n = 1 + below(seed, 4); n > 0; n--) {
		size_t at = below(seed, head);
		size_t len = 1 + below(seed, 4);

		memset(b->data + at, below(seed, 2) ? 0xFF : 0x7F, len < b->len - at ? len : 1);
	}
}

static void swap_parts(struct buf *b, uint64_t *seed)
{
	size_t n = 1 + below(seed, b->len / 2 + 1), room = b->len - n + 1;
	size_t from = below(seed, room), to = below(seed, room);

	memmove(b->data + to, b->data + from, n);
}

static void double_part(struct buf *b, uint64_t *seed)
{
	size_t from = below(seed, b->len), n = 1 + below(seed, b->len - from);
	struct buf part = {0};

	buf_put(&part, b->data + from, n);
	b->len = below(seed, b->len);
	buf_put(b, part.data, part.len);
	buf_put(b, part.data, part.len);
	buf_free(&part);
}

static void fill_with_noise(struct buf *b, uint64_t *seed)
{
	for (size_t i = 8; i < b->len; i++)
		b->data[i] = (uint8_t)(next_random(seed) >> 56);
}

static void set_bytes(struct buf *b, uint64_t *seed)
{
	size_t at = below(seed, b->len), n = 1 + below(seed, 64);

	memset(b->data + at, (int)below(seed, 256), n < b->len - at ? n : b->len - at);
}

static void (*const harms[])(struct buf *b, uint64_t *seed) = {
    cut, flip_bits, blow_up, swap_parts, double_part, fill_with_noise, set_bytes, flip_bits,
};

/* The body of one kind behind the first bytes of another. */
static void wear_mask(struct buf *b, enum image_kind kind)
{
	static const char *const masks[] = {
	    [IMAGE_JPEG] = "\xFF\xD8\xFF", [IMAGE_PNG] = "\x89PNG\r\n\x1A\n", [IMAGE_PNM] = "P6\n"};

	memcpy(b->data, masks[kind], strlen(masks[kind]));
}

static void make_hostile(struct buf *b, enum image_kind kind, size_t number, uint64_t *seed)
{
	tanu_image *drawn =
	    drawn_image(24 + (int32_t)below(seed, 40), 20 + (int32_t)below(seed, 20));
	tanu_pixels pixels = tanu_image_pixels(drawn);
	bool other = number % 10 == 9;

	code_sample(b, other ? (enum image_kind)(kind % 3 + 1) : kind, number % 6, &pixels);
	tanu_image_free(&drawn);
	if (other)
		wear_mask(b, kind);
	for (size_t n = other ? 0 : 1 + number % 3; n > 0; n--)
		harms[below(seed, ARRAY_LEN(harms))](b, seed);
}

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
		uint64_t seed = 0x9E3779B97F4A7C15u * (i + 1) + (uint64_t)kind;
		struct buf made = {0}, exact = {0};
		tanu_image *image = NULL;
		tanu_error err = {0};

		make_hostile(&made, kind, i, &seed);
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
