/* SPDX-License-Identifier: Apache-2.0 */
/* Bounds that are checked from the header, before a pixel is decoded. */
#include "image/decoder.h"

#define BYTES_MOST ((size_t)1 << 30) /* the bound of a struct buf */

static int32_t or_default(int32_t v, int32_t usual, int32_t most)
{
	return v <= 0 ? usual : v > most ? most : v;
}

tanu_image_limits image_limits_or_default(const tanu_image_limits *limits)
{
	tanu_image_limits l = limits ? *limits : (tanu_image_limits){0};

	if (l.max_bytes == 0)
		l.max_bytes = (size_t)32 << 20;
	if (l.max_bytes > BYTES_MOST)
		l.max_bytes = BYTES_MOST;
	if (l.max_pixels <= 0)
		l.max_pixels = 50000000;
	l.max_side = or_default(l.max_side, 16384, IMAGE_SIDE_MAX);
	l.min_side = or_default(l.min_side, 16, IMAGE_SIDE_MAX);
	l.max_aspect = or_default(l.max_aspect, 16, IMAGE_SIDE_MAX);
	l.timeout_ms = or_default(l.timeout_ms, 10000, INT32_MAX);
	return l;
}

tanu_status image_check_bytes(size_t len, const tanu_image_limits *l, tanu_error *err)
{
	if (len == 0)
		return tanu_fail(err, TANU_ERR_IMAGE_EMPTY, NULL, "the image is empty: 0 bytes");
	if (len > l->max_bytes)
		return tanu_fail(err, TANU_ERR_IMAGE_LIMIT, NULL,
				 "the image has %zu bytes; at most %zu are allowed", len,
				 l->max_bytes);
	return TANU_OK;
}

tanu_status image_check_size(uint32_t width, uint32_t height, const tanu_image_limits *l,
			     tanu_error *err)
{
	uint32_t longest = width > height ? width : height;
	uint32_t shortest = width > height ? height : width;

	if (shortest == 0)
		return tanu_fail(err, TANU_ERR_IMAGE_CORRUPT, NULL, "the image is %u x %u px",
				 width, height);
	if (longest > (uint32_t)l->max_side)
		return tanu_fail(err, TANU_ERR_IMAGE_LIMIT, NULL,
				 "the image is %u x %u px; a side may have at most %d", width,
				 height, l->max_side);
	if (shortest < (uint32_t)l->min_side)
		return tanu_fail(err, TANU_ERR_IMAGE_LIMIT, NULL,
				 "the image is %u x %u px; a side must have at least %d", width,
				 height, l->min_side);
	if ((int64_t)width * height > l->max_pixels)
		return tanu_fail(err, TANU_ERR_IMAGE_LIMIT, NULL,
				 "the image is %u x %u px; at most %lld px are allowed", width,
				 height, (long long)l->max_pixels);
	if (longest > (uint64_t)shortest * (uint32_t)l->max_aspect)
		return tanu_fail(err, TANU_ERR_IMAGE_LIMIT, NULL,
				 "the image is %u x %u px; one side may be at most %d times the "
				 "other",
				 width, height, l->max_aspect);
	return TANU_OK;
}
