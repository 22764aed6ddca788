/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of pictures as a film: in the order of their names, by the decoders of image/. */
#include "video/play.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image/image.h"

#define FOLDER_RATE 10.0F /* frames a second where none is asked for */
#define NAMES_MAX   100000
#define HERE	    "/proc/self/fd/5" /* STREAM_FD_SOURCE, for listing before the sandbox */

struct names {
	char **name;
	size_t len, cap;
};

static bool is_picture(const char *name)
{
	static const char *const endings[] = {".jpg", ".jpeg", ".png", ".ppm", ".pgm"};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < ARRAY_LEN(endings); i++)
		if (strcasecmp(dot, endings[i]) == 0)
			return true;
	return false;
}

static tanu_status keep_name(void *self, const char *name, tanu_error *err)
{
	struct names *names = self;

	if (!is_picture(name))
		return TANU_OK;
	if (names->len == NAMES_MAX)
		return tanu_fail(err, TANU_ERR_IMAGE_LIMIT, NULL,
				 "more than %d pictures in the folder", NAMES_MAX);
	if (names->len == names->cap) {
		size_t cap = 2 * names->cap + 64;
		char **more = realloc(names->name, cap * sizeof(*more));

		if (!more)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
		names->name = more;
		names->cap = cap;
	}
	names->name[names->len] = strdup(name);
	if (!names->name[names->len])
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	names->len++;
	return TANU_OK;
}

/* The whole file; a picture within the limits is far smaller than memory. */
static tanu_status read_picture(struct buf *bytes, const char *name, size_t max, tanu_error *err)
{
	int fd = openat(STREAM_FD_SOURCE, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	uint8_t part[65536];
	ssize_t n = 1;

	if (fd < 0)
		return tanu_fail(err, TANU_ERR_IO, NULL, "a picture cannot be opened: %s",
				 strerror(errno));
	bytes->max = max;
	while (n > 0) {
		n = read(fd, part, sizeof(part));
		if (n > 0)
			buf_put(bytes, part, (size_t)n);
	}
	close(fd);
	if (n < 0)
		return tanu_fail(err, TANU_ERR_IO, NULL, "a picture cannot be read");
	return buf_check(bytes, err);
}

/* Nearest pixels: a folder is for tests, and its pictures fit as a rule. */
static void shrink(uint8_t *to, int32_t width, int32_t height, const tanu_image *image)
{
	for (int32_t y = 0; y < height; y++) {
		size_t from = (size_t)((int64_t)y * image->height / height) * (size_t)image->width;

		for (int32_t x = 0; x < width; x++, to += 3)
			memcpy(to,
			       image->rgb +
				   3 * (from + (size_t)((int64_t)x * image->width / width)),
			       3);
	}
}

static tanu_status show_picture(struct output *out, bool *go_on, const struct buf *bytes,
				int64_t media_us, tanu_error *err)
{
	const tanu_image_limits limits = image_limits_or_default(NULL);
	struct image_info info;
	tanu_image *image = NULL;
	int32_t width = 0, height = 0;
	tanu_status st = image_probe(&info, bytes->data, bytes->len, &limits, err);

	if (st < 0 || (st = image_new(&image, info.width, info.height, err)) < 0)
		return st;
	st = image_decode_into(image->rgb, image->rgb_len, bytes->data, bytes->len, &info, err);
	if (st >= 0) {
		uint8_t *room = output_room(out, &width, &height, info.width, info.height);

		if (width == info.width && height == info.height)
			memcpy(room, image->rgb, image->rgb_len);
		else
			shrink(room, width, height, image);
		snprintf(out->opened.codec, sizeof(out->opened.codec), "%s",
			 image_kind_name(info.kind));
		*go_on = output_publish(out, width, height, media_us);
	}
	tanu_image_free(&image);
	return st;
}

/* A picture that is damaged is left out, as a camera leaves out a frame. */
static bool play_once(struct output *out, const struct names *names, size_t *shown, int64_t *index)
{
	const tanu_image_limits limits = image_limits_or_default(NULL);
	float rate = out->opened.rate;
	bool go_on = true;

	for (size_t i = 0; i < names->len && go_on; i++, ++*index) {
		struct buf bytes = {0};

		if (read_picture(&bytes, names->name[i], limits.max_bytes, NULL) >= 0 &&
		    show_picture(out, &go_on, &bytes,
				 (int64_t)((double)*index * 1e6 / (double)rate), NULL) >= 0)
			++*shown;
		buf_wipe(&bytes);
	}
	return go_on;
}

tanu_status play_folder(struct output *out, tanu_error *err)
{
	struct names names = {0};
	size_t shown = 0;
	int64_t index = 0;
	tanu_status st = os_list_dir(HERE, keep_name, &names, err);

	if (st < 0 || (st = shut_in(STREAM_FOLDER, err)) < 0)
		goto out;
	out->opened.rate = out->request.rate > 0 ? out->request.rate : FOLDER_RATE;
	snprintf(out->opened.container, sizeof(out->opened.container), "folder");
	while (play_once(out, &names, &shown, &index) && out->request.loop && shown > 0)
		;
	if (shown == 0)
		st = tanu_fail(err, TANU_ERR_FORMAT, NULL,
			       "no picture in this folder can be read (JPEG, PNG, PNM)");
out:
	for (size_t i = 0; i < names.len; i++)
		free(names.name[i]);
	free(names.name);
	return st;
}
