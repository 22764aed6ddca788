/* SPDX-License-Identifier: Apache-2.0 */
#include "people/draw.h"

#include "image/image.h"

#include <math.h>

#define OUTLINE_MAX 20

struct outline {
	float of[OUTLINE_MAX][2];
	size_t len;
};

const char *covering_name(enum covering c)
{
	static const char *const names[COVERINGS] = {
	    "nothing", "sunglasses", "bar over the eyes", "mask", "hand on mouth", "helmet"};

	return names[c];
}

static float eyes_apart(const tanu_face *f)
{
	return hypotf(f->five[1][0] - f->five[0][0], f->five[1][1] - f->five[0][1]);
}

/* In the face's own frame: x along the eyes, y down, unit: their distance, from between them. */
static void face_point(float out[2], const tanu_face *f, float x, float y)
{
	float ex = f->five[1][0] - f->five[0][0], ey = f->five[1][1] - f->five[0][1];

	out[0] = (f->five[0][0] + f->five[1][0]) / 2 + x * ex - y * ey;
	out[1] = (f->five[0][1] + f->five[1][1]) / 2 + x * ey + y * ex;
}

static bool inside(const struct outline *o, float x, float y)
{
	bool in = false;

	for (size_t i = 0, k = o->len - 1; i < o->len; k = i++)
		if ((o->of[i][1] > y) != (o->of[k][1] > y) &&
		    x < (o->of[k][0] - o->of[i][0]) * (y - o->of[i][1]) /
				(o->of[k][1] - o->of[i][1]) +
			    o->of[i][0])
			in = !in;
	return in;
}

/* Lighter above, darker below, with grain: the same for the same picture. */
static void fill(tanu_image *image, const struct outline *o, const float colour[3], float shade)
{
	uint32_t grain = 1;

	for (int32_t y = 0; y < image->height; y++)
		for (int32_t x = 0; x < image->width; x++) {
			uint8_t *p = image->rgb + 3 * (y * image->width + x);
			float light;

			grain = grain * 1664525 + 1013904223;
			if (!inside(o, (float)x, (float)y))
				continue;
			light = shade * (0.5F - (float)y / (float)image->height) * 2 +
				(float)(grain >> 24) / 255 * 12 - 6;
			for (int c = 0; c < 3; c++)
				p[c] = (uint8_t)fmaxf(0, fminf(255, colour[c] + light));
		}
}

static struct outline ellipse(const tanu_face *f, float x, float y, float rx, float ry)
{
	struct outline o = {.len = OUTLINE_MAX};

	for (size_t i = 0; i < o.len; i++) {
		float turn = 6.2831853F * (float)i / OUTLINE_MAX;

		face_point(o.of[i], f, x + rx * cosf(turn), y + ry * sinf(turn));
	}
	return o;
}

static struct outline rectangle(const tanu_face *f, float x0, float y0, float x1, float y1)
{
	struct outline o = {.len = 4};

	face_point(o.of[0], f, x0, y0);
	face_point(o.of[1], f, x1, y0);
	face_point(o.of[2], f, x1, y1);
	face_point(o.of[3], f, x0, y1);
	return o;
}

/* Jaw and the bridge of the nose. */
static struct outline below_nose(const tanu_face *f)
{
	struct outline o = {0};

	for (int i = 2; i <= 14; i++, o.len++) {
		o.of[o.len][0] = f->landmarks[i][0];
		o.of[o.len][1] = f->landmarks[i][1] + 0.1F * eyes_apart(f);
	}
	o.of[o.len][0] = f->landmarks[29][0];
	o.of[o.len++][1] = f->landmarks[29][1];
	return o;
}

/* Mean of a patch of the cheek. */
static void cheek_colour(float colour[3], const tanu_image *image, const tanu_face *f)
{
	float at[2];
	int n = 0;

	colour[0] = colour[1] = colour[2] = 0;
	face_point(at, f, -0.45F, 0.55F);
	for (int32_t y = (int32_t)at[1] - 3; y <= (int32_t)at[1] + 3; y++)
		for (int32_t x = (int32_t)at[0] - 3; x <= (int32_t)at[0] + 3; x++) {
			if (x < 0 || y < 0 || x >= image->width || y >= image->height)
				continue;
			for (int c = 0; c < 3; c++)
				colour[c] += image->rgb[3 * (y * image->width + x) + c];
			n++;
		}
	for (int c = 0; c < 3 && n; c++)
		colour[c] /= (float)n;
}

static void draw_sunglasses(tanu_image *image, const tanu_face *f)
{
	static const float dark[3] = {28, 26, 30};
	struct outline left = ellipse(f, -0.52F, 0.05F, 0.44F, 0.3F);
	struct outline right = ellipse(f, 0.52F, 0.05F, 0.44F, 0.3F);
	struct outline bridge = rectangle(f, -0.2F, -0.08F, 0.2F, 0);

	fill(image, &left, dark, 20);
	fill(image, &right, dark, 20);
	fill(image, &bridge, dark, 20);
}

void covering_draw(tanu_image *image, const tanu_face *face, enum covering c)
{
	static const float black[3] = {6, 6, 6}, cloth[3] = {150, 190, 215},
			   shell[3] = {35, 35, 60};
	float skin[3];
	struct outline o;

	switch (c) {
	case COVER_SUNGLASSES:
		draw_sunglasses(image, face);
		break;
	case COVER_BAR:
		o = rectangle(face, -1, -0.25F, 1, 0.25F);
		fill(image, &o, black, 0);
		break;
	case COVER_MASK:
		o = below_nose(face);
		fill(image, &o, cloth, 25);
		break;
	case COVER_HAND:
		cheek_colour(skin, image, face);
		o = ellipse(face, 0.15F, 1.2F, 0.75F, 0.5F);
		fill(image, &o, skin, 40);
		break;
	case COVER_HELMET:
		o = rectangle(face, -1.3F, -2, 1.3F, -0.28F);
		fill(image, &o, shell, 40);
		break;
	case COVER_NOTHING:
	case COVERINGS:
		break;
	}
}
