/* SPDX-License-Identifier: Apache-2.0 */
/* The parent's side: bytes to the child, pixels back, and every way in which the child can fail. */
#include "worker/worker.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "worker/wire.h"

/* One decoding. Zeroed descriptors would be standard input: they start at -1. */
struct run {
	const tanu_image_limits *limits;
	int request, pixels, reply_in, reply_out;
	struct os_child child;
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static tanu_status put_request(struct run *run, const uint8_t *bytes, size_t len, tanu_error *err)
{
	struct buf head = {0};
	tanu_status st;

	request_put(&head, run->limits);
	st = buf_check(&head, err);
	if (st >= 0)
		st = os_memfd_sealed(&run->request, head.data, head.len, bytes, len, err);
	buf_free(&head);
	return st;
}

static tanu_status start(struct run *run, const char *kind, tanu_error *err)
{
	char program[OS_PATH_MAX];
	tanu_status st;

	if ((st = worker_find(program, sizeof(program), kind, err)) < 0)
		return st;
	if ((st = os_memfd_blank(&run->pixels, pixels_room(run->limits), err)) < 0)
		return st;
	if ((st = os_pipe(&run->reply_in, &run->reply_out, err)) < 0)
		return st;
	const int fds[FD_COUNT] = {
	    [FD_REQUEST] = run->request,
	    [FD_REPLY] = run->reply_out,
	    [2] = -1,
	    [FD_PIXELS] = run->pixels,
	};

	st = os_child_start(&run->child, program, fds, FD_COUNT, err);
	/* From here on only the child can write: its end is the end of the pipe. */
	close_fd(&run->reply_out);
	return st;
}

/* Wait for the record, end the child, and only then believe anything. */
static tanu_status finish(struct run *run, struct reply *reply, tanu_error *err)
{
	int64_t deadline = os_monotonic_ns() + (int64_t)run->limits->timeout_ms * 1000000;
	uint8_t record[REPLY_LEN];
	char how[OS_CHILD_HOW_LEN];
	size_t got = 0;
	bool in_time = os_read_until(run->reply_in, record, sizeof(record), &got, deadline);

	os_child_end(&run->child, how);
	if (!in_time)
		return tanu_fail(err, TANU_ERR_CHILD_TIMEOUT, NULL,
				 "decoding took longer than %d ms and was stopped",
				 run->limits->timeout_ms);
	if (got == 0)
		return tanu_fail(err, TANU_ERR_CHILD_DIED, NULL,
				 "the decoding process died on this image (%s): it is damaged or "
				 "made to do harm",
				 how);
	if (!reply_read(reply, record, got, run->limits))
		return tanu_fail(err, TANU_ERR_CHILD_DIED, NULL,
				 "the decoding process gave an answer that makes no sense: the "
				 "image is damaged or made to do harm");
	if (reply->code != TANU_ERR_NONE)
		return tanu_fail(err, reply->code, NULL, "%s", reply->text);
	return TANU_OK;
}

static void release_map(uint8_t *rgb, size_t rgb_len)
{
	os_unmap(rgb, rgb_len);
}

static tanu_status take_pixels(tanu_image **out, const struct run *run, const struct reply *reply,
			       tanu_error *err)
{
	size_t len = (size_t)reply->width * (size_t)reply->height * 3;
	tanu_image *image = calloc(1, sizeof(*image));
	uint8_t *rgb = image ? os_map(run->pixels, len, true) : NULL;

	if (!rgb) {
		free(image);
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for %d x %d px",
				 reply->width, reply->height);
	}
	*image = (tanu_image){
	    .rgb = rgb,
	    .rgb_len = len,
	    .width = reply->width,
	    .height = reply->height,
	    .release = release_map,
	};
	*out = image;
	return TANU_OK;
}

/* The child has ended, so what it has written changes no more. */
static tanu_status take_code(struct buf *out, const struct run *run, const struct reply *reply,
			     tanu_error *err)
{
	size_t len = (size_t)reply->width;
	void *bytes;

	if (reply->height != 1)
		return tanu_fail(err, TANU_ERR_CHILD_DIED, NULL,
				 "the decoding process gave an answer that makes no sense");
	bytes = os_map(run->pixels, len, true);
	if (!bytes)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for the code");
	buf_put(out, bytes, len);
	os_unmap(bytes, len);
	return buf_check(out, err);
}

/* One of `image` and `code` is wanted. */
static tanu_status decode_in_child(tanu_image **image, struct buf *code, const uint8_t *bytes,
				   size_t len, const tanu_image_limits *limits, tanu_error *err)
{
	struct run run = {
	    .limits = limits, .request = -1, .pixels = -1, .reply_in = -1, .reply_out = -1};
	struct reply reply;
	tanu_status st;

	if ((st = image_check_bytes(len, limits, err)) < 0)
		return st;
	if ((st = put_request(&run, bytes, len, err)) < 0)
		goto out;
	if ((st = start(&run, code ? "-qr" : "", err)) < 0)
		goto out;
	if ((st = finish(&run, &reply, err)) < 0)
		goto out;
	st = code ? take_code(code, &run, &reply, err) : take_pixels(image, &run, &reply, err);
out:
	close_fd(&run.request);
	close_fd(&run.pixels);
	close_fd(&run.reply_in);
	close_fd(&run.reply_out);
	return st;
}

tanu_status tanu_image_decode(tanu_image **out, const uint8_t *bytes, size_t bytes_len,
			      const char *name, const tanu_image_limits *limits, tanu_error *err)
{
	tanu_image_limits l = image_limits_or_default(limits);
	tanu_status st;

	if (!out || (!bytes && bytes_len))
		return BAD_CALL(err, "an output and the bytes of an image are needed");
	st = decode_in_child(out, NULL, bytes, bytes_len, &l, err);
	if (st < 0)
		error_prefix_place(err, name);
	return st;
}

tanu_status worker_read_code(struct buf *out, const uint8_t *bytes, size_t bytes_len,
			     const char *name, const tanu_image_limits *limits, tanu_error *err)
{
	tanu_image_limits l = image_limits_or_default(limits);
	tanu_status st;

	if (!out || (!bytes && bytes_len))
		return BAD_CALL(err, "an output and the bytes of a picture are needed");
	st = decode_in_child(NULL, out, bytes, bytes_len, &l, err);
	if (st < 0)
		error_prefix_place(err, name);
	return st;
}

tanu_status tanu_image_read(tanu_image **out, const char *path, const tanu_image_limits *limits,
			    tanu_error *err)
{
	tanu_image_limits l = image_limits_or_default(limits);
	struct buf bytes = {0};
	tanu_status st;

	if (!out || !path)
		return BAD_CALL(err, "an output and a path are needed");
	st = os_read_file(&bytes, path, l.max_bytes, err);
	if (st >= 0)
		st = tanu_image_decode(out, bytes.data, bytes.len,
				       strcmp(path, "-") ? path : "standard input", &l, err);
	buf_wipe(&bytes);
	return st;
}
