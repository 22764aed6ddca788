/* SPDX-License-Identifier: Apache-2.0 */
/* play.h - inside video/ only: how a source becomes frames in shared memory. */
#ifndef VIDEO_PLAY_H
#define VIDEO_PLAY_H

#include "worker/stream.h"

/* Where frames go: shared memory, records beside it, and the source's own speed. */
struct output {
	struct stream_request request;
	struct stream_frames frames;
	struct stream_record opened; /* to be said with the first frame */
	bool said;
	uint64_t number;
	int64_t start_ns; /* when media time 0 was */
	int64_t media_us; /* of the last frame */
};

/* The frame to be filled, tight rows; its size is what a source of that size is scaled to. */
uint8_t *output_room(struct output *out, int32_t *width, int32_t *height, int32_t from_width,
		     int32_t from_height);
/* Hand it over, at its time if the source has a pace of its own. False: the parent is gone. */
bool output_publish(struct output *out, int32_t width, int32_t height, int64_t media_us);
/* The last words. */
void output_end(const struct output *out);
void output_fail(const tanu_error *err);

/* Play it until its end. A network or device never ends well. */
tanu_status play_folder(struct output *out, tanu_error *err);
tanu_status play_video(struct output *out, tanu_error *err);

/*
 * The request's address with the host as a number, which is all that may be connected to from then
 * on: names are resolved before the process is shut in.
 */
tanu_status resolve_url(char url[STREAM_URL_MAX + 1], const char *named, int32_t patience_ms,
			tanu_error *err);

/* Shut in for this kind of source. */
tanu_status shut_in(enum stream_kind kind, tanu_error *err);

#endif
