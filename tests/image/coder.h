/* SPDX-License-Identifier: Apache-2.0 */
/* coder.h - encoded pictures of every kind that the decoders read. */
#ifndef TESTS_IMAGE_CODER_H
#define TESTS_IMAGE_CODER_H

#include "image/image.h"

enum jpeg_colour { JPEG_YCBCR, JPEG_RGB, JPEG_GREY, JPEG_CMYK, JPEG_YCCK, JPEG_CMYK_PLAIN };

struct jpeg_form {
	enum jpeg_colour colour;
	bool progressive;
	int scans;	 /* that many tiny scans; 0: the usual */
	int orientation; /* 0: no EXIF */
	bool big_endian; /* of the EXIF block */
	bool whole_chroma;
};

/* Appends to `out`; quality 95. */
void code_jpeg(struct buf *out, const tanu_pixels *image, const struct jpeg_form *form);

struct png_form {
	uint8_t colour_type; /* PNG: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha */
	uint8_t depth;
	bool interlaced;
	uint8_t alpha; /* of every pixel; 0: opaque */
};
void code_png(struct buf *out, const tanu_pixels *image, const struct png_form *form);

/* `kind` '2', '3', '5' or '6'. */
void code_pnm(struct buf *out, const tanu_pixels *image, char kind, unsigned maxval);

/* A body of an APP1 segment that holds an orientation. */
void code_exif(struct buf *out, int orientation, bool big_endian);

/* A number of different files of one kind; false past the last. */
bool code_sample(struct buf *out, enum image_kind kind, size_t index, const tanu_pixels *image);

#endif
