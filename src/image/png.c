/* SPDX-License-Identifier: Apache-2.0 */
/* PNG in, by libspng: every colour type and depth to 8-bit RGB, transparency over white. */
#include "image/decoder.h"

#include <stdlib.h>

#include <spng.h>

/* A colour profile is the largest honest chunk beside the pixels. */
#define CHUNK_MAX  ((size_t)8 << 20)
#define CHUNKS_MAX ((size_t)16 << 20)

static tanu_status fail(int rc, tanu_error *err)
{
	switch (rc) {
	case SPNG_IO_EOF:
		return tanu_fail(err, TANU_ERR_IMAGE_TRUNCATED, NULL,
				 "the PNG ends too early: a part of it is missing");
	case SPNG_EMEM:
	case SPNG_EZLIB_INIT: /* zlib fails to start for want of memory alone */
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL,
				 "not enough memory to decode the PNG");
	case SPNG_ECHUNK_LIMITS:
		return tanu_fail(err, TANU_ERR_IMAGE_LIMIT, NULL,
				 "the PNG carries more than %zu MiB beside its pixels",
				 CHUNKS_MAX >> 20);
	default:
		return tanu_fail(err, TANU_ERR_IMAGE_CORRUPT, NULL, "the PNG is damaged: %s",
				 spng_strerror(rc));
	}
}

/* A context over the bytes that treats every wrong checksum as damage; NULL without memory. */
static spng_ctx *open_png(const struct encoded *e)
{
	spng_ctx *png = spng_ctx_new(0);

	if (!png)
		return NULL;
	if (spng_set_crc_action(png, SPNG_CRC_ERROR, SPNG_CRC_ERROR) == 0 &&
	    spng_set_chunk_limits(png, CHUNK_MAX, CHUNKS_MAX) == 0 &&
	    spng_set_png_buffer(png, e->bytes, e->len) == 0)
		return png;
	spng_ctx_free(png);
	return NULL;
}

tanu_status png_probe(struct encoded *e, const tanu_image_limits *limits, tanu_error *err)
{
	spng_ctx *png = open_png(e);
	struct spng_ihdr header = {0};
	tanu_status st;
	int rc;

	if (!png)
		return fail(SPNG_EMEM, err);
	rc = spng_get_ihdr(png, &header);
	st = rc ? fail(rc, err) : image_check_size(header.width, header.height, limits, err);
	if (st >= 0) {
		e->width = (int32_t)header.width;
		e->height = (int32_t)header.height;
	}
	spng_ctx_free(png);
	return st;
}

static void over_white(uint8_t *rgb, const uint8_t *rgba, size_t pixels)
{
	for (size_t i = 0; i < pixels; i++) {
		unsigned alpha = rgba[3];

		for (int c = 0; c < 3; c++)
			rgb[c] = (uint8_t)((rgba[c] * alpha + 255 * (255 - alpha) + 127) / 255);
		rgb += 3;
		rgba += 4;
	}
}

tanu_status png_decode(uint8_t *rgb, const struct encoded *e, tanu_error *err)
{
	size_t pixels = (size_t)e->width * (size_t)e->height;
	spng_ctx *png = open_png(e);
	uint8_t *rgba = malloc(pixels * 4);
	int rc = png && rgba ? 0 : SPNG_EMEM;

	if (rc == 0)
		rc = spng_decode_image(png, rgba, pixels * 4, SPNG_FMT_RGBA8, SPNG_DECODE_TRNS);
	/* The chunks after the pixels too: a file cut there was not copied whole. */
	if (rc == 0)
		rc = spng_decode_chunks(png);
	if (rc == 0)
		over_white(rgb, rgba, pixels);
	if (png)
		spng_ctx_free(png);
	mem_wipe(rgba, pixels * 4);
	free(rgba);
	return rc ? fail(rc, err) : TANU_OK;
}
