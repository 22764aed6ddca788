/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image_decode.h - what every image target does: bytes of one kind are refused with a reason, or
 * decode into exactly the room that the header asked for.
 */
#ifndef FUZZ_IMAGE_DECODE_H
#define FUZZ_IMAGE_DECODE_H

#include "image/image.h"

#include <stdlib.h>

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void decode_once(const uint8_t *data, size_t size, enum image_kind kind)
{
	const tanu_image_limits limits = {.max_pixels = 1 << 14, .min_side = 1};
	struct image_info info = {0};
	tanu_error err = {0};
	uint8_t *rgb;
	size_t len;

	if (image_sniff(data, size) != kind)
		return;
	if (image_probe(&info, data, size, &limits, &err) < 0) {
		must(err.code != TANU_ERR_NONE && err.message[0]);
		return;
	}
	must(info.kind == kind && info.orientation >= 1 && info.orientation <= 8);
	must(info.width >= 1 && info.height >= 1 && info.width * info.height <= 1 << 14);
	len = (size_t)info.width * (size_t)info.height * 3;
	rgb = malloc(len);
	must(rgb);
	if (image_decode_into(rgb, len, data, size, &info, &err) < 0)
		must(err.code != TANU_ERR_NONE && err.message[0]);
	free(rgb);
}

#endif
