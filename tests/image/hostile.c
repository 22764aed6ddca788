/* SPDX-License-Identifier: Apache-2.0 */
#include "image/hostile.h"

#include "image/coder.h"
#include "image/drawn.h"

#include <string.h>

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

void make_hostile(struct buf *b, enum image_kind kind, size_t number)
{
	uint64_t start = 0x9E3779B97F4A7C15u * (number + 1) + (uint64_t)kind, *seed = &start;
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
