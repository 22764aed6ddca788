/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "face/photos.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TILE_LEFT    1.0F
#define TILE_TOP     284.0F
#define TILE_PITCH_X 106.65F
#define TILE_PITCH_Y 112.4F
#define TILE_SIDE    104

tanu_engine *engine;

tanu_pixels pixels_of(const struct photo *p)
{
	return (tanu_pixels){p->rgb, p->width, p->height, (ptrdiff_t)3 * p->width};
}

static struct photo photo_new(int32_t width, int32_t height)
{
	struct photo p = {malloc((size_t)width * (size_t)height * 3), width, height};

	assert_non_null(p.rgb);
	return p;
}

struct photo photo_grey(int32_t width, int32_t height, uint8_t value)
{
	struct photo p = photo_new(width, height);

	memset(p.rgb, value, (size_t)width * (size_t)height * 3);
	return p;
}

struct photo photo_read(const char *path)
{
	struct buf bytes = {0};
	struct image_info info;
	struct photo p;

	assert_int_equal(os_read_file(&bytes, path, 1 << 24, NULL), TANU_OK);
	assert_int_equal(image_probe(&info, bytes.data, bytes.len, NULL, NULL), TANU_OK);
	p = photo_new(info.width, info.height);
	assert_int_equal(image_decode_into(p.rgb, (size_t)p.width * (size_t)p.height * 3,
					   bytes.data, bytes.len, &info, NULL),
			 TANU_OK);
	buf_free(&bytes);
	return p;
}

/* A rectangle of a picture, resampled as the engine does it: averaged when it shrinks. */
static struct photo cut(const struct photo *p, float x, float y, float w, float h, int32_t width,
			int32_t height)
{
	const struct image_tensor_spec spec = {
	    .dst_w = width, .dst_h = height, .channels = 3, .scale = 1, .fill = 127};
	size_t plane = (size_t)width * (size_t)height;
	float *planes = malloc(3 * plane * sizeof(*planes));
	struct photo out = photo_new(width, height);
	tanu_pixels px = pixels_of(p);

	assert_non_null(planes);
	image_to_tensor(planes, &spec, &px, x, y, w, h);
	for (size_t i = 0; i < 3 * plane; i++)
		out.rgb[i] = (uint8_t)(planes[i % 3 * plane + i / 3] + 0.5F);
	free(planes);
	return out;
}

struct photo photo_scaled(const struct photo *p, int32_t width, int32_t height)
{
	return cut(p, 0, 0, (float)p->width, (float)p->height, width, height);
}

void photo_paste(struct photo *to, const struct photo *from, int32_t x, int32_t y, int32_t w,
		 int32_t h)
{
	struct photo small = photo_scaled(from, w, h);

	for (int32_t row = 0; row < h; row++)
		for (int32_t column = 0; column < w; column++)
			if (x + column >= 0 && x + column < to->width && y + row >= 0 &&
			    y + row < to->height)
				memcpy(to->rgb + 3 * ((y + row) * to->width + x + column),
				       small.rgb + 3 * (row * w + column), 3);
	photo_free(&small);
}

struct photo photo_mirrored(const struct photo *p)
{
	struct photo out = photo_new(p->width, p->height);

	for (int32_t y = 0; y < p->height; y++)
		for (int32_t x = 0; x < p->width; x++)
			memcpy(out.rgb + 3 * (y * p->width + x),
			       p->rgb + 3 * (y * p->width + p->width - 1 - x), 3);
	return out;
}

struct photo photo_rotated(const struct photo *p, float degrees)
{
	float c = cosf(degrees / 57.29578F), s = sinf(degrees / 57.29578F);
	float x = (float)(p->width - 1) / 2, y = (float)(p->height - 1) / 2;
	const float m[6] = {c, s, x - c * x - s * y, -s, c, y + s * x - c * y};
	struct photo out = photo_new(p->width, p->height);
	tanu_pixels px = pixels_of(p);

	image_warp_rgb(out.rgb, p->width, p->height, &px, m);
	return out;
}

void photo_free(struct photo *p)
{
	free(p->rgb);
	p->rgb = NULL;
}

struct photo sheet_whole(void)
{
	return photo_read(TANU_SOURCE_DIR "/.deps/demo/screenshot-facematch.jpg");
}

struct photo sheet_face(int row, int column)
{
	static struct photo sheet; /* decoded once, kept to the end of the program */

	if (!sheet.rgb)
		sheet = sheet_whole();
	return cut(&sheet, TILE_LEFT + TILE_PITCH_X * (float)column,
		   TILE_TOP + TILE_PITCH_Y * (float)row, TILE_SIDE, TILE_SIDE, TILE_SIDE,
		   TILE_SIDE);
}

const char *data_path(const char *name)
{
	static char path[1024];
	const char *data = getenv("TANU_TEST_DATA");

	snprintf(path, sizeof(path), "%s/%s", data ? data : TANU_SOURCE_DIR "/../shared/data",
		 name);
	if (os_exists(path))
		return path;
	print_message("skipped: %s is not here\n", path);
	return NULL;
}

int engine_start(void **state)
{
	tanu_error err = {0};

	(void)state;
	if (tanu_engine_open(&engine, TANU_SOURCE_DIR "/models", &err) == TANU_OK)
		return 0;
	print_error("%s: %s\n", err.place, err.message);
	return -1;
}

int engine_stop(void **state)
{
	(void)state;
	tanu_engine_close(&engine);
	return 0;
}

tanu_session *session_with(const tanu_session_options *options)
{
	tanu_session *session = NULL;
	tanu_error err = {0};

	if (tanu_session_open(&session, engine, options, &err) != TANU_OK)
		fail_msg("%s: %s", err.place, err.message);
	return session;
}

void analyse(tanu_session *session, tanu_faces *out, const struct photo *p)
{
	tanu_pixels px = pixels_of(p);
	tanu_error err = {0};

	if (tanu_analyse(session, out, &px, &err) != TANU_OK)
		fail_msg("%s: %s", err.place, err.message);
}

tanu_embedding features_of(tanu_session *session, const struct photo *p)
{
	tanu_pixels px = pixels_of(p);
	tanu_embedding e;
	tanu_faces faces;

	analyse(session, &faces, p);
	assert_true(faces.count > 0);
	assert_int_equal(tanu_embed(session, &e, &px, &faces.face[faces.chosen], NULL), TANU_OK);
	return e;
}

float score_of(const tanu_embedding *a, const tanu_embedding *b)
{
	float score = -2;

	assert_int_equal(tanu_compare_float(&score, a, b, NULL), TANU_OK);
	return score;
}
