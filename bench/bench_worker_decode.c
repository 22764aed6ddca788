/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What decoding in a process of its own costs over decoding here, for a drawn 640x480 JPEG:
 * bench_worker_decode [--json].
 */
#include "worker/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 300

struct times {
	int64_t ns[ROUNDS];
};

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median_ms(struct times *t)
{
	qsort(t->ns, ROUNDS, sizeof(t->ns[0]), by_value);
	return (double)t->ns[ROUNDS / 2] / 1e6;
}

/* Waves with a little grain, so that the file is about as large as a photograph's. */
static tanu_status draw_jpeg(struct buf *out, tanu_error *err)
{
	tanu_image *image = NULL;
	tanu_status st = image_new(&image, 640, 480, err);
	uint32_t grain = 1;

	if (st < 0)
		return st;
	for (size_t i = 0; i < image->rgb_len; i++) {
		grain = grain * 1664525 + 1013904223;
		image->rgb[i] =
		    (uint8_t)(60 + (i / 3 % 640) / 8 + i / 1920 / 8 + (grain >> 24) / 8);
	}
	tanu_pixels pixels = tanu_image_pixels(image);

	st = image_write_jpeg(out, &pixels, 90, err);
	tanu_image_free(&image);
	return st;
}

static tanu_status decode_here(const struct buf *jpeg, tanu_error *err)
{
	struct image_info info;
	tanu_image *image = NULL;
	tanu_status st = image_probe(&info, jpeg->data, jpeg->len, NULL, err);

	if (st >= 0)
		st = image_new(&image, info.width, info.height, err);
	if (st >= 0)
		st = image_decode_into(image->rgb, image->rgb_len, jpeg->data, jpeg->len, &info,
				       err);
	tanu_image_free(&image);
	return st;
}

static tanu_status decode_there(const struct buf *jpeg, tanu_error *err)
{
	tanu_image *image = NULL;
	tanu_status st = tanu_image_decode(&image, jpeg->data, jpeg->len, "drawn", NULL, err);

	tanu_image_free(&image);
	return st;
}

static tanu_status measure(struct times *here, struct times *there, tanu_error *err)
{
	struct buf jpeg = {0};
	tanu_status st = draw_jpeg(&jpeg, err);

	for (int i = 0; i < ROUNDS && st >= 0; i++) {
		int64_t start = os_monotonic_ns(), middle;

		st = decode_here(&jpeg, err);
		middle = os_monotonic_ns();
		here->ns[i] = middle - start;
		if (st >= 0)
			st = decode_there(&jpeg, err);
		there->ns[i] = os_monotonic_ns() - middle;
	}
	buf_free(&jpeg);
	return st;
}

int main(int argc, char **argv)
{
	static struct times here, there;
	tanu_error err = {0};
	bool json = argc > 1 && strcmp(argv[1], "--json") == 0;
	double here_ms, there_ms;

	if (measure(&here, &there, &err) < 0) {
		fprintf(stderr, "%s: %s\n", err.place, err.message);
		return (int)tanu_exit_for(err.status);
	}
	here_ms = median_ms(&here);
	there_ms = median_ms(&there);
	printf(
	    json
		? "{\"here_ms\":%.3f,\"apart_ms\":%.3f,\"more_ms\":%.3f}\n"
		: "640x480 JPEG: in this process %.2f ms, in a process of its own %.2f ms: %.2f ms "
		  "more\n",
	    here_ms, there_ms, there_ms - here_ms);
	return 0;
}
