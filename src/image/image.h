/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image.h - the image type; decoding of untrusted bytes (to be called inside the sandbox only, see
 * worker/), orientation, resampling, drawing, JPEG writing.
 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include "os/os.h"

#include <tanu/image.h>

#define IMAGE_SIDE_MAX 65535 /* px; tanu_pixels */

enum image_kind { IMAGE_UNKNOWN = 0, IMAGE_JPEG, IMAGE_PNG, IMAGE_PNM };

/* From the first bytes; never from a file name. */
enum image_kind image_sniff(const uint8_t *bytes, size_t len);
const char *image_kind_name(enum image_kind kind);

/*
 * Upright size and EXIF orientation (1..8; of JPEG only), read from the header; limits are checked.
 */
struct image_info {
	enum image_kind kind;
	int32_t width, height; /* after orientation */
	int orientation;       /* 1..8 */
};
tanu_status image_probe(struct image_info *out, const uint8_t *bytes, size_t len,
			const tanu_image_limits *limits, tanu_error *err);

/*
 * Decode into caller's memory: `rgb` takes height * width * 3 bytes (tight rows), as image_probe
 * said. In-process: only the worker and the tests call it.
 */
tanu_status image_decode_into(uint8_t *rgb, size_t rgb_len, const uint8_t *bytes, size_t len,
			      const struct image_info *info, tanu_error *err);

/* Limits with zeros replaced by the defaults, and nonsense by the nearest sense. */
tanu_image_limits image_limits_or_default(const tanu_image_limits *limits);
/* An encoded image of `len` bytes is neither empty nor too large. */
tanu_status image_check_bytes(size_t len, const tanu_image_limits *limits, tanu_error *err);

/* An image that owns `rgb` (malloc'd or mapped); `release` gets it back on free. */
struct tanu_image {
	uint8_t *rgb;
	size_t rgb_len;
	int32_t width, height;
	void (*release)(uint8_t *rgb, size_t rgb_len);
};
tanu_status image_new(tanu_image **out, int32_t width, int32_t height, tanu_error *err);

/*
 * Fill a float tensor from pixels: bilinear sampling of the source rectangle (x, y, w, h in px, may
 * reach outside: `fill` there) to dst_w x dst_h, planes in NCHW order. channels: 3 or 1 (grey,
 * ITU-R BT.601). bgr swaps the order of the planes. value = (byte - mean) * scale. When shrinking
 * by more than 2 the source is averaged over the pixel's area, so that small faces do not alias
 * away.
 */
struct image_tensor_spec {
	int32_t dst_w, dst_h;
	int channels;
	bool bgr;
	float mean, scale;
	float fill; /* byte value outside the image */
};
void image_to_tensor(float *out, const struct image_tensor_spec *spec, const tanu_pixels *image,
		     float x, float y, float w, float h);

/*
 * The same through a 2x3 matrix that maps destination to source: x_s = m[0] x + m[1] y + m[2],
 * y_s = m[3] x + m[4] y + m[5], without the half pixel, as usual for affine warps: (0, 0) is the
 * centre of the first pixel on both sides. Outside is `fill`, 0 for image_warp_rgb.
 */
void image_warp_to_tensor(float *out, const struct image_tensor_spec *spec,
			  const tanu_pixels *image, const float m[6]);
void image_warp_rgb(uint8_t *rgb, int32_t dst_w, int32_t dst_h, const tanu_pixels *image,
		    const float m[6]);

/* Drawing for reports and --annotate, straight into an owned image. Colour is 0xRRGGBB. */
void image_draw_box(tanu_image *image, const float box[4], uint32_t colour, int width_px);
void image_draw_dot(tanu_image *image, float x, float y, uint32_t colour, int radius_px);

/* Baseline JPEG of the pixels, quality 1..100, appended to `out`. */
tanu_status image_write_jpeg(struct buf *out, const tanu_pixels *image, int quality,
			     tanu_error *err);

#endif
