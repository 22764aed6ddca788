/* SPDX-License-Identifier: Apache-2.0 */
#include "device/camera/health.h"

#include <math.h>
#include <string.h>

#define COLUMNS 96 /* samples across */
#define ROWS	72
#define BLOCK	6 /* samples a side of a block */
#define DOWN	(ROWS / BLOCK)
#define ACROSS	(COLUMNS / BLOCK)

/*
 * A sensor in the dark gives black with noise: few pixels beyond 40. A hand or a bag before the
 * lens leaves one soft blot: blocks alike, and neighbours alike. An empty white hall has edges:
 * detail above 1.5 in each picture tried; synthesised ones in tests/device/test_camera_health.c.
 */
#define BLACK_MEAN     16.0F
#define BLACK_BRIGHT   40.0F
#define COVERED_SPREAD 9.0F
#define COVERED_DETAIL 2.0F

struct grid {
	uint8_t grey[ROWS][COLUMNS];
};

/* FNV-1a, 64 bit. */
static uint64_t mix(uint64_t digest, uint8_t byte)
{
	return (digest ^ byte) * 0x100000001B3u;
}

static uint64_t sample(struct grid *g, const tanu_pixels *p)
{
	uint64_t digest = 0xCBF29CE484222325u;

	for (int32_t y = 0; y < ROWS; y++) {
		const uint8_t *row =
		    p->rgb + ((int64_t)(2 * y + 1) * p->height / (2 * ROWS)) * p->stride;

		for (int32_t x = 0; x < COLUMNS; x++) {
			const uint8_t *px =
			    row + 3 * ((int64_t)(2 * x + 1) * p->width / (2 * COLUMNS));

			for (int i = 0; i < 3; i++)
				digest = mix(digest, px[i]);
			g->grey[y][x] = (uint8_t)((77 * px[0] + 150 * px[1] + 29 * px[2]) >> 8);
		}
	}
	return digest;
}

static float brighter_than_most(const uint32_t counts[256])
{
	uint32_t left = ROWS * COLUMNS / 50;

	for (int v = 255; v > 0; v--) {
		if (counts[v] > left)
			return (float)v;
		left -= counts[v];
	}
	return 0;
}

/* Means of squares of samples; the noise of a sensor, which is detail too, is averaged away. */
struct blocks {
	float mean[DOWN][ACROSS];
};

static void take_means(struct blocks *b, const struct grid *g)
{
	for (int by = 0; by < DOWN; by++)
		for (int bx = 0; bx < ACROSS; bx++) {
			uint32_t sum = 0;

			for (int y = 0; y < BLOCK; y++)
				for (int x = 0; x < BLOCK; x++)
					sum += g->grey[by * BLOCK + y][bx * BLOCK + x];
			b->mean[by][bx] = (float)sum / (BLOCK * BLOCK);
		}
}

static float spread_of(const struct blocks *b)
{
	float sum = 0, squares = 0, mean;

	for (int y = 0; y < DOWN; y++)
		for (int x = 0; x < ACROSS; x++) {
			sum += b->mean[y][x];
			squares += b->mean[y][x] * b->mean[y][x];
		}
	mean = sum / (DOWN * ACROSS);
	return sqrtf(fmaxf(0, squares / (DOWN * ACROSS) - mean * mean));
}

static float detail_of(const struct blocks *b)
{
	float sum = 0;

	for (int y = 0; y < DOWN; y++)
		for (int x = 1; x < ACROSS; x++)
			sum += fabsf(b->mean[y][x] - b->mean[y][x - 1]);
	return sum / (DOWN * (ACROSS - 1));
}

void picture_measure(struct picture_measures *out, const tanu_pixels *pixels)
{
	uint32_t counts[256] = {0};
	uint64_t sum = 0;
	struct blocks blocks;
	struct grid g;

	out->digest = sample(&g, pixels);
	for (int y = 0; y < ROWS; y++)
		for (int x = 0; x < COLUMNS; x++) {
			counts[g.grey[y][x]]++;
			sum += g.grey[y][x];
		}
	out->mean = (float)sum / (ROWS * COLUMNS);
	out->bright = brighter_than_most(counts);
	take_means(&blocks, &g);
	out->spread = spread_of(&blocks);
	out->detail = detail_of(&blocks);
}

enum camera_trouble picture_trouble(const struct picture_measures *m)
{
	if (m->mean < BLACK_MEAN && m->bright < BLACK_BRIGHT)
		return CAMERA_TROUBLE_BLACK;
	if (m->spread < COVERED_SPREAD && m->detail < COVERED_DETAIL)
		return CAMERA_TROUBLE_COVERED;
	return CAMERA_TROUBLE_NONE;
}

/* What has been so for long enough; what was told stays until something else has. */
static enum camera_trouble ripe(const struct camera_health *h, int64_t at_ms)
{
	if (h->seen != CAMERA_TROUBLE_NONE)
		return at_ms - h->seen_ms >= h->dark_ms ? h->seen : h->told;
	if (at_ms - h->digest_ms >= h->frozen_ms)
		return CAMERA_TROUBLE_FROZEN;
	return CAMERA_TROUBLE_NONE;
}

bool health_step(struct camera_health *h, const struct picture_measures *m, int64_t at_ms,
		 enum camera_trouble *now)
{
	enum camera_trouble seen = picture_trouble(m);

	if (!h->any || m->digest != h->digest) {
		h->digest = m->digest;
		h->digest_ms = at_ms;
	}
	if (!h->any || seen != h->seen) {
		h->seen = seen;
		h->seen_ms = at_ms;
	}
	h->any = true;
	*now = ripe(h, at_ms);
	if (*now == h->told)
		return false;
	h->told = *now;
	return true;
}
