/* SPDX-License-Identifier: Apache-2.0 */
/* photo.h - for programs of bench/: pictures decoded in this process, folders of data, medians. */
#ifndef BENCH_PHOTO_H
#define BENCH_PHOTO_H

#include "image/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ../shared/data/NAME, or $TANU_TEST_DATA/NAME; false, with a line printed, when absent. */
static inline bool data_folder(char *out, size_t out_len, const char *name)
{
	const char *data = getenv("TANU_TEST_DATA");

	snprintf(out, out_len, "%s/%s", data ? data : TANU_SOURCE_DIR "/../shared/data", name);
	if (os_is_dir(out))
		return true;
	fprintf(stderr, "skipped: %s is not here\n", out);
	return false;
}

/* Trusted bytes only: no sandbox. */
static inline tanu_status photo_decode(tanu_image **out, const void *bytes, size_t len,
				       tanu_error *err)
{
	struct image_info info;
	tanu_image *image = NULL;
	tanu_status st;

	if ((st = image_probe(&info, bytes, len, NULL, err)) < 0 ||
	    (st = image_new(&image, info.width, info.height, err)) < 0)
		return st;
	if ((st = image_decode_into(image->rgb, image->rgb_len, bytes, len, &info, err)) < 0) {
		tanu_image_free(&image);
		return st;
	}
	*out = image;
	return TANU_OK;
}

static inline tanu_status photo_read(tanu_image **out, const char *path, tanu_error *err)
{
	struct buf bytes = {0};
	tanu_status st = os_read_file(&bytes, path, 32 << 20, err);

	if (st == TANU_OK)
		st = photo_decode(out, bytes.data, bytes.len, err);
	buf_free(&bytes);
	return st;
}

static inline int by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Sorts in place; in milliseconds. */
static inline double median_ms(int64_t *ns, size_t len)
{
	qsort(ns, len, sizeof(*ns), by_time);
	return (double)ns[len / 2] / 1e6;
}

static inline int bench_fail(const tanu_error *err)
{
	fprintf(stderr, "%s: %s\n", err->place, err->message);
	return 1;
}

#endif
