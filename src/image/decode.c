/* SPDX-License-Identifier: Apache-2.0 */
/* Which decoder, the limits before it, and orientation after it. */
#include "image/decoder.h"

#include <stdlib.h>
#include <string.h>

static const struct format {
	const char *name;
	tanu_status (*probe)(struct encoded *e, const tanu_image_limits *limits, tanu_error *err);
	tanu_status (*decode)(uint8_t *rgb, const struct encoded *e, tanu_error *err);
} formats[] = {
    [IMAGE_UNKNOWN] = {.name = "unknown"},
    [IMAGE_JPEG] = {"JPEG", jpeg_probe, jpeg_decode},
    [IMAGE_PNG] = {"PNG", png_probe, png_decode},
    [IMAGE_PNM] = {"PNM", pnm_probe, pnm_decode},
};

static bool begins(const uint8_t *bytes, size_t len, const void *magic, size_t magic_len)
{
	return len >= magic_len && memcmp(bytes, magic, magic_len) == 0;
}

enum image_kind image_sniff(const uint8_t *bytes, size_t len)
{
	if (begins(bytes, len, "\xFF\xD8\xFF", 3))
		return IMAGE_JPEG;
	if (begins(bytes, len, "\x89PNG\r\n\x1A\n", 8))
		return IMAGE_PNG;
	if (len >= 3 && bytes[0] == 'P' && strchr("2356", bytes[1]) && bytes[1] != '\0' &&
	    strchr(" \t\r\n#", bytes[2]) && bytes[2] != '\0')
		return IMAGE_PNM;
	return IMAGE_UNKNOWN;
}

const char *image_kind_name(enum image_kind kind)
{
	return formats[kind].name;
}

tanu_status image_probe(struct image_info *out, const uint8_t *bytes, size_t len,
			const tanu_image_limits *limits, tanu_error *err)
{
	tanu_image_limits l = image_limits_or_default(limits);
	struct encoded e = {.bytes = bytes, .len = len, .orientation = 1};
	enum image_kind kind;
	tanu_status st;
	bool turned;

	if ((st = image_check_bytes(len, &l, err)) < 0)
		return st;
	kind = image_sniff(bytes, len);
	if (kind == IMAGE_UNKNOWN)
		return tanu_fail(err, TANU_ERR_IMAGE_TYPE, NULL,
				 "not a JPEG, PNG, PGM or PPM image");
	if ((st = formats[kind].probe(&e, &l, err)) < 0)
		return st;
	turned = e.orientation >= 5;
	*out = (struct image_info){
	    .kind = kind,
	    .width = turned ? e.height : e.width,
	    .height = turned ? e.width : e.height,
	    .orientation = e.orientation,
	};
	return TANU_OK;
}

/* Decode beside, then turn: the decoders go row by row and know nothing of orientation. */
static tanu_status decode_turned(uint8_t *rgb, size_t rgb_len, const struct format *format,
				 const struct encoded *e, tanu_error *err)
{
	uint8_t *stored = malloc(rgb_len);
	tanu_status st;

	if (!stored)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for %d x %d px",
				 e->width, e->height);
	st = format->decode(stored, e, err);
	if (st >= 0)
		orient_rgb(rgb, stored, e->width, e->height, e->orientation);
	mem_wipe(stored, rgb_len);
	free(stored);
	return st;
}

tanu_status image_decode_into(uint8_t *rgb, size_t rgb_len, const uint8_t *bytes, size_t len,
			      const struct image_info *info, tanu_error *err)
{
	bool turned = info->orientation >= 5;
	struct encoded e = {
	    .bytes = bytes,
	    .len = len,
	    .width = turned ? info->height : info->width,
	    .height = turned ? info->width : info->height,
	    .orientation = info->orientation,
	};
	const struct format *format = &formats[info->kind];

	if (!format->decode || info->width < 1 || info->height < 1 ||
	    rgb_len != (size_t)info->width * (size_t)info->height * 3)
		return BAD_CALL(err, "size and kind must be what image_probe said");
	if (info->orientation == 1)
		return format->decode(rgb, &e, err);
	return decode_turned(rgb, rgb_len, format, &e, err);
}
