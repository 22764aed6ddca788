/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image.h - pixels, and how to get them from untrusted bytes.
 *
 * An image is 8-bit RGB (or grey), rows from the top, upright: EXIF orientation is applied on
 * decoding. Files and memory are decoded in a one-shot sandboxed process (tanu-worker), so that a
 * hostile file costs one image and nothing else. Limits are checked before any pixel is decoded.
 */
#ifndef TANU_IMAGE_H
#define TANU_IMAGE_H

#include <stddef.h>
#include <stdint.h>
#include <tanu/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Borrowed pixels: `rgb` holds `height` rows of `width` RGB triples, `stride` bytes apart. */
typedef struct tanu_pixels {
	const uint8_t *rgb;
	int32_t width;	  /* px, 1 .. 65535 */
	int32_t height;	  /* px, 1 .. 65535 */
	ptrdiff_t stride; /* bytes, >= 3 * width */
} tanu_pixels;

/* Bounds checked from the header, before decoding. Zero means the default in brackets. */
typedef struct tanu_image_limits {
	size_t max_bytes;   /* size of the encoded file [32 MiB] */
	int64_t max_pixels; /* width * height [50 million] */
	int32_t max_side;   /* longest side in px [16384] */
	int32_t min_side;   /* shortest side in px [16] */
	int32_t max_aspect; /* longest side / shortest side [16] */
	int32_t timeout_ms; /* wall time of the decoding process [10000] */
} tanu_image_limits;

typedef struct tanu_image tanu_image;

/*
 * Decode a JPEG (any colour space, EXIF orientation applied), PNG, PGM or PPM. `path` "-" reads
 * standard input. `limits` may be NULL. On success `*out` is owned by the caller until
 * tanu_image_free. Plan for: TANU_INPUT (damaged, wrong kind), TANU_LIMIT, TANU_NOT_FOUND.
 */
TANU_API tanu_status tanu_image_read(tanu_image **out, const char *path,
				     const tanu_image_limits *limits, tanu_error *err);

/* The same from memory. `name` stands in error messages instead of a path; may be NULL. */
TANU_API tanu_status tanu_image_decode(tanu_image **out, const uint8_t *bytes, size_t bytes_len,
				       const char *name, const tanu_image_limits *limits,
				       tanu_error *err);

/* Wipes the pixels and frees. NULL and NULL inside are fine; leaves NULL behind. */
TANU_API void tanu_image_free(tanu_image **image);

/* The pixels, valid until the image is freed. */
TANU_API tanu_pixels tanu_image_pixels(const tanu_image *image);

#ifdef __cplusplus
}
#endif
#endif
