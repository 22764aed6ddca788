/* SPDX-License-Identifier: Apache-2.0 */
#include "image/planes.h"

static size_t plane_len(const struct image_tensor_spec *spec)
{
	return (size_t)spec->dst_w * (size_t)spec->dst_h;
}

static void put_grey(float *restrict out, const float *restrict rgb, int32_t count, float scale,
		     float offset)
{
	/* ITU-R BT.601 luma. */
	const float r = 0.299f * scale, g = 0.587f * scale, b = 0.114f * scale;

	for (int32_t i = 0; i < count; i++)
		out[i] = r * rgb[3 * i] + g * rgb[3 * i + 1] + b * rgb[3 * i + 2] + offset;
}

static void put_channel(float *restrict out, const float *restrict rgb, int32_t count, float scale,
			float offset)
{
	for (int32_t i = 0; i < count; i++)
		out[i] = rgb[3 * i] * scale + offset;
}

void planes_put(float *out, const struct image_tensor_spec *spec, int32_t x, int32_t y,
		const float *rgb, int32_t count)
{
	float offset = -spec->mean * spec->scale;
	float *at = out + (size_t)y * (size_t)spec->dst_w + (size_t)x;

	if (spec->channels == 1) {
		put_grey(at, rgb, count, spec->scale, offset);
		return;
	}
	for (int c = 0; c < 3; c++) {
		put_channel(at, rgb + (spec->bgr ? 2 - c : c), count, spec->scale, offset);
		at += plane_len(spec);
	}
}

void planes_fill(float *out, const struct image_tensor_spec *spec)
{
	float value = (spec->fill - spec->mean) * spec->scale;
	size_t len = plane_len(spec) * (size_t)spec->channels;

	for (size_t i = 0; i < len; i++)
		out[i] = value;
}
