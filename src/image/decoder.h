/* SPDX-License-Identifier: Apache-2.0 */
/* decoder.h - what each format gives to decode.c; inside image/ only. */
#ifndef IMAGE_DECODER_H
#define IMAGE_DECODER_H

#include "image/image.h"

/* Encoded bytes and what their header says. Sizes are as stored, before orientation. */
struct encoded {
	const uint8_t *bytes;
	size_t len;
	int32_t width, height;
	int orientation; /* EXIF, 1..8 */
};

/* Read the header, check the size against the limits; then width, height, orientation stand. */
tanu_status jpeg_probe(struct encoded *e, const tanu_image_limits *limits, tanu_error *err);
tanu_status png_probe(struct encoded *e, const tanu_image_limits *limits, tanu_error *err);
tanu_status pnm_probe(struct encoded *e, const tanu_image_limits *limits, tanu_error *err);

/* Decode into e->height tight rows of e->width RGB triples, not yet turned upright. */
tanu_status jpeg_decode(uint8_t *rgb, const struct encoded *e, tanu_error *err);
tanu_status png_decode(uint8_t *rgb, const struct encoded *e, tanu_error *err);
tanu_status pnm_decode(uint8_t *rgb, const struct encoded *e, tanu_error *err);

tanu_status image_check_size(uint32_t width, uint32_t height, const tanu_image_limits *limits,
			     tanu_error *err);

/* Copy width x height stored pixels upright; for orientations 5 to 8 the sides of `out` swap. */
void orient_rgb(uint8_t *out, const uint8_t *rgb, int32_t width, int32_t height, int orientation);

#endif
