/* SPDX-License-Identifier: Apache-2.0 */
#include "image/planes.h"
#include "image/vec4.h"

static size_t plane_len(const struct image_tensor_spec *spec)
{
	return (size_t)spec->dst_w * (size_t)spec->dst_h;
}

/* ITU-R BT.601 luma. */
static void put_grey(float *out, const float *rgb, int32_t count, float scale, float offset)
{
	const float kr = 0.299f * scale, kg = 0.587f * scale, kb = 0.114f * scale;
	vec4 r, g, b;
	int32_t i = 0;

	for (; i + 4 <= count; i += 4) {
		vec4_split(&r, &g, &b, rgb + 3 * i);
		vec4_store(out + i, kr * r + kg * g + kb * b + offset);
	}
	for (; i < count; i++)
		out[i] = kr * rgb[3 * i] + kg * rgb[3 * i + 1] + kb * rgb[3 * i + 2] + offset;
}

static void put_colour(float *const out[3], const float *rgb, int32_t count, float scale,
		       float offset)
{
	vec4 r, g, b;
	int32_t i = 0;

	for (; i + 4 <= count; i += 4) {
		vec4_split(&r, &g, &b, rgb + 3 * i);
		vec4_store(out[0] + i, r * scale + offset);
		vec4_store(out[1] + i, g * scale + offset);
		vec4_store(out[2] + i, b * scale + offset);
	}
	for (; i < count; i++)
		for (int c = 0; c < 3; c++)
			out[c][i] = rgb[3 * i + c] * scale + offset;
}

void planes_at(float *planes[3], float *out, const struct image_tensor_spec *spec, int32_t x,
	       int32_t y)
{
	size_t plane = plane_len(spec);
	float *at = out + (size_t)y * (size_t)spec->dst_w + (size_t)x;

	planes[0] = spec->bgr ? at + 2 * plane : at;
	planes[1] = at + plane;
	planes[2] = spec->bgr ? at : at + 2 * plane;
}

void planes_put(float *out, const struct image_tensor_spec *spec, int32_t x, int32_t y,
		const float *rgb, int32_t count)
{
	float offset = -spec->mean * spec->scale;
	float *planes[3];

	if (spec->channels == 1) {
		put_grey(out + (size_t)y * (size_t)spec->dst_w + (size_t)x, rgb, count, spec->scale,
			 offset);
		return;
	}
	planes_at(planes, out, spec, x, y);
	put_colour(planes, rgb, count, spec->scale, offset);
}

void planes_fill(float *out, const struct image_tensor_spec *spec)
{
	float value = (spec->fill - spec->mean) * spec->scale;
	size_t len = plane_len(spec) * (size_t)spec->channels;

	for (size_t i = 0; i < len; i++)
		out[i] = value;
}
