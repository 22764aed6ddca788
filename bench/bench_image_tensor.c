/* SPDX-License-Identifier: Apache-2.0 */
/* Time of filling the tensors that one face needs, from a drawn picture. */
#include "image/image.h"

#include <stdio.h>
#include <stdlib.h>

#define ROUNDS 200

static const struct {
	const char *what;
	int32_t src_w, src_h;
	struct image_tensor_spec spec;
	float x, y, w, h;
} crops[] = {
    {"detector 640x480 to 320x240",
     640,
     480,
     {320, 240, 3, false, 127, 1.0f / 128, 0},
     0,
     0,
     640,
     480},
    {"detector 1280x720 to 320x240, letterbox",
     1280,
     720,
     {320, 240, 3, false, 127, 1.0f / 128, 0},
     0,
     -120,
     1280,
     960},
    {"tile 640x480 of 1280x720 to 320x240",
     1280,
     720,
     {320, 240, 3, false, 127, 1.0f / 128, 0},
     320,
     100,
     640,
     480},
    {"landmarks, grey 64x64 of 180 px",
     640,
     480,
     {64, 64, 1, false, 0, 1.0f / 256, 0},
     200,
     150,
     180,
     180},
    {"liveness 128x128 of 460 px", 640, 480, {128, 128, 3, true, 0, 1, 0}, 80, 10, 460, 460},
    {"pose 224x224 of 180 px",
     640,
     480,
     {224, 224, 3, false, 0, 1.0f / 255, 0},
     200,
     150,
     180,
     180},
    {"eye, grey 24x24 of 40 px", 640, 480, {24, 24, 1, false, 0, 1.0f / 255, 0}, 240, 200, 40, 40},
};

static void draw(tanu_image *image)
{
	for (size_t i = 0; i < image->rgb_len; i++)
		image->rgb[i] = (uint8_t)(i * 7 + i / 97);
}

static double best_us(void (*run)(void *self), void *self)
{
	int64_t best = INT64_MAX;

	for (int i = 0; i < ROUNDS; i++) {
		int64_t start = os_monotonic_ns();
		int64_t took;

		run(self);
		took = os_monotonic_ns() - start;
		if (took < best)
			best = took;
	}
	return (double)best / 1000;
}

struct job {
	size_t crop;
	tanu_pixels pixels;
	float *out;
};

static void run_crop(void *self)
{
	const struct job *j = self;

	image_to_tensor(j->out, &crops[j->crop].spec, &j->pixels, crops[j->crop].x,
			crops[j->crop].y, crops[j->crop].w, crops[j->crop].h);
}

/* About as large and turned as a face in the middle of the frame. */
static void run_warp(void *self)
{
	const struct job *j = self;
	const struct image_tensor_spec spec = {112, 112, 3, true, 127, 1.0f / 128, 0};
	const float m[6] = {1.6f, -0.2f, 220, 0.2f, 1.6f, 150};

	image_warp_to_tensor(j->out, &spec, &j->pixels, m);
}

static int bench(size_t crop, const char *what, void (*run)(void *self))
{
	tanu_image *image = NULL;
	struct job job = {.crop = crop};

	job.out = malloc(sizeof(float) * 3 * 320 * 240);
	if (!job.out || image_new(&image, crops[crop].src_w, crops[crop].src_h, NULL) < 0) {
		free(job.out);
		return TANU_EXIT_SYSTEM;
	}
	draw(image);
	job.pixels = tanu_image_pixels(image);
	printf("%-44s %8.1f us\n", what, best_us(run, &job));
	tanu_image_free(&image);
	free(job.out);
	return 0;
}

int main(void)
{
	int rc = 0;

	for (size_t i = 0; i < ARRAY_LEN(crops) && rc == 0; i++)
		rc = bench(i, crops[i].what, run_crop);
	return rc ? rc : bench(0, "aligned face, warped to 112x112", run_warp);
}
