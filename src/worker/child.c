/* SPDX-License-Identifier: Apache-2.0 */
/* The decoding process: shut in first, then one image, then gone. */
#include "worker/worker.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "worker/wire.h"

/*
 * Most that decoding may need beside the file: coefficients of a progressive CMYK picture (8 bytes
 * a pixel), its pixels as stored and upright (3 + 3), the program and its libraries.
 */
#define BYTES_PER_PIXEL 16
#define BYTES_BESIDE	((size_t)128 << 20)

static tanu_status shut_in(const tanu_image_limits *l, tanu_error *err)
{
	struct os_sandbox_options options = {
	    .memory_bytes = BYTES_BESIDE + l->max_bytes + pixels_room(l) / 3 * BYTES_PER_PIXEL,
	    .cpu_seconds = (unsigned)l->timeout_ms / 1000 + 1,
	};

	return os_sandbox_decoder(&options, NULL, err);
}

/* Into memory of this process: what is handed out is the code's bytes alone. */
static tanu_status decode_code(struct reply *reply, const uint8_t *bytes, size_t len,
			       const tanu_image_limits *limits, worker_find_code find,
			       tanu_error *err)
{
	struct image_info info;
	struct buf code = {0};
	tanu_image *image = NULL;
	tanu_pixels pixels;
	uint8_t *out;
	tanu_status st = image_probe(&info, bytes, len, limits, err);

	if (st < 0 || (st = image_new(&image, info.width, info.height, err)) < 0)
		return st;
	pixels =
	    (tanu_pixels){image->rgb, image->width, image->height, (ptrdiff_t)3 * image->width};
	if ((st = image_decode_into(image->rgb, image->rgb_len, bytes, len, &info, err)) < 0 ||
	    (st = find(&code, &pixels, err)) < 0)
		return st;
	out = os_map(FD_PIXELS, code.len, true);
	if (!out)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for the code");
	memcpy(out, code.data, code.len);
	reply->width = (int32_t)code.len;
	reply->height = 1;
	return TANU_OK;
}

static tanu_status decode(struct reply *reply, const uint8_t *bytes, size_t len,
			  const tanu_image_limits *limits, tanu_error *err)
{
	struct image_info info;
	tanu_status st = image_probe(&info, bytes, len, limits, err);
	size_t rgb_len;
	uint8_t *rgb;

	if (st < 0)
		return st;
	rgb_len = (size_t)info.width * (size_t)info.height * 3;
	rgb = os_map(FD_PIXELS, rgb_len, true);
	if (!rgb)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for %d x %d px",
				 info.width, info.height);
	st = image_decode_into(rgb, rgb_len, bytes, len, &info, err);
	if (st >= 0) {
		reply->width = info.width;
		reply->height = info.height;
	}
	return st;
}

/* The process ends here, so what is mapped or allocated goes with it. */
static int answer(const struct reply *reply)
{
	struct buf out = {0};
	ssize_t n;

	reply_put(&out, reply);
	n = out.failed ? -1 : write(FD_REPLY, out.data, out.len);
	return n == REPLY_LEN ? 0 : 1;
}

int worker_main(int argc, char **argv, worker_find_code find)
{
	size_t len = os_fd_size(FD_REQUEST);
	const uint8_t *bytes = os_map(FD_REQUEST, len, false);
	struct reply reply = {0};
	tanu_image_limits limits;
	tanu_error err = {0};
	struct rd r;
	tanu_status st;

	(void)argv;
	rd_init(&r, bytes, bytes ? len : 0);
	if (argc > 1 || !request_read(&limits, &r)) {
		fputs("tanu-worker: started by tanu for one image, never by hand\n", stderr);
		return TANU_EXIT_USAGE;
	}
	os_harden_process();
	st = shut_in(&limits, &err);
	if (st >= 0)
		st = find ? decode_code(&reply, bytes + REQUEST_LEN, len - REQUEST_LEN, &limits,
					find, &err)
			  : decode(&reply, bytes + REQUEST_LEN, len - REQUEST_LEN, &limits, &err);
	if (st < 0) {
		reply.code = err.code;
		snprintf(reply.text, sizeof(reply.text), "%.*s", REPLY_TEXT_LEN, err.message);
	}
	_exit(answer(&reply));
}
