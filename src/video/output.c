/* SPDX-License-Identifier: Apache-2.0 */
#include "video/play.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

/* A record that must arrive waits for room; news of a frame that finds none is left out. */
static void say(const struct stream_record *record, bool must)
{
	struct buf b = {0};
	ssize_t n;

	stream_record_put(&b, record);
	do {
		struct pollfd p = {.fd = STREAM_FD_RECORDS, .events = POLLOUT};

		n = b.failed ? 0 : write(STREAM_FD_RECORDS, b.data, b.len);
		if (n < 0 && errno == EAGAIN && must)
			poll(&p, 1, -1);
	} while (n < 0 && must && (errno == EAGAIN || errno == EINTR));
	buf_free(&b);
}

uint8_t *output_room(struct output *out, int32_t *width, int32_t *height, int32_t from_width,
		     int32_t from_height)
{
	*width = from_width;
	*height = from_height;
	stream_fit(width, height, out->request.max_width, out->request.max_height);
	out->opened.width = from_width;
	out->opened.height = from_height;
	return stream_frames_room(&out->frames);
}

static bool has_own_pace(const struct output *out)
{
	return !out->request.every &&
	       (out->request.kind == STREAM_FILE || out->request.kind == STREAM_FOLDER);
}

/* Until the parent has taken the frame; false: it is gone. */
static bool credited(void)
{
	struct pollfd p = {.fd = STREAM_FD_CREDIT, .events = POLLIN};
	char byte;
	ssize_t n;

	do {
		poll(&p, 1, -1);
		n = read(STREAM_FD_CREDIT, &byte, 1);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	return n == 1;
}

bool output_publish(struct output *out, int32_t width, int32_t height, int64_t media_us)
{
	struct stream_head head = {.width = width, .height = height};

	if (!out->said) {
		out->opened.word = STREAM_OPENED;
		say(&out->opened, true);
		out->said = true;
		out->start_ns = os_monotonic_ns() - media_us * 1000;
	}
	if (media_us < out->media_us)
		media_us = out->media_us;
	out->media_us = media_us;
	if (has_own_pace(out))
		os_sleep_until(out->start_ns + media_us * 1000);
	head.number = ++out->number;
	head.at_ns = os_monotonic_ns();
	head.media_us = media_us;
	stream_frames_publish(&out->frames, &head);
	say(&(struct stream_record){.word = STREAM_FRAME}, false);
	return !out->request.every || credited();
}

void output_end(const struct output *out)
{
	(void)out;
	say(&(struct stream_record){.word = STREAM_ENDED}, true);
}

void output_fail(const tanu_error *err)
{
	struct stream_record record = {.word = STREAM_FAILED, .code = err->code};

	snprintf(record.text, sizeof(record.text), "%.*s", STREAM_TEXT_LEN, err->message);
	say(&record, true);
}
