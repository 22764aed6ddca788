/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "video/ffmpeg.h"

#define PACKET_MAX  (16 << 20) /* bytes; a frame of a camera is far smaller */
#define DAMAGED_MAX 500	       /* packets in a row that yield nothing: it is no video */

static tanu_status lost(const struct source *s, int rc, tanu_error *err)
{
	bool device = s->out->request.kind == STREAM_DEVICE;

	if (rc == AVERROR_EXIT || rc == AVERROR(ETIMEDOUT))
		return tanu_fail(err, device ? TANU_ERR_DEVICE : TANU_ERR_NETWORK, NULL,
				 "nothing came from the camera for %d s",
				 s->out->request.patience_ms / 1000);
	return tanu_fail(err, device ? TANU_ERR_DEVICE : TANU_ERR_NETWORK, NULL,
			 "the camera has ended its stream");
}

/* The frames that are ready; *any: there was one. */
static tanu_status take_frames(struct source *s, bool *any, tanu_error *err)
{
	tanu_status st = TANU_OK;

	while (st >= 0 && !s->parent_gone && avcodec_receive_frame(s->codec, s->frame) == 0) {
		bool whole =
		    !(s->frame->flags & AV_FRAME_FLAG_CORRUPT) && s->frame->decode_error_flags == 0;

		*any = true;
		if (whole)
			st = source_show(s, err);
		av_frame_unref(s->frame);
	}
	return st;
}

/* NULL: no more packets; what the decoder has held back comes out. */
static tanu_status decode(struct source *s, const AVPacket *packet, int *damaged, tanu_error *err)
{
	bool any = false;
	tanu_status st;

	if (!packet || packet->size <= PACKET_MAX)
		(void)avcodec_send_packet(s->codec, packet);
	st = take_frames(s, &any, err);
	*damaged = any ? 0 : *damaged + 1;
	if (st >= 0 && *damaged > DAMAGED_MAX)
		return tanu_fail(err, TANU_ERR_FORMAT, NULL,
				 "the stream is damaged: no frame of it can be decoded");
	return st;
}

static bool is_film(const struct source *s)
{
	return s->out->request.kind == STREAM_FILE;
}

tanu_status source_play(struct source *s, tanu_error *err)
{
	tanu_status st = TANU_OK;
	int damaged = 0, rc = 0;

	while (st >= 0 && !s->parent_gone) {
		source_be_patient(s);
		rc = av_read_frame(s->format, s->packet);
		if (rc == AVERROR(EAGAIN))
			continue;
		if (rc < 0)
			break;
		if (s->packet->stream_index == s->stream)
			st = decode(s, s->packet, &damaged, err);
		av_packet_unref(s->packet);
	}
	if (st < 0 || s->parent_gone)
		return st;
	if (!is_film(s))
		return lost(s, rc, err);
	return decode(s, NULL, &damaged, err);
}

static tanu_status play_round(struct output *out, tanu_error *err)
{
	struct source s = {.out = out};
	uint64_t before = out->number;
	tanu_status st;

	/* A film that is looped goes on a frame later. */
	if (out->number > 0)
		s.round_us = out->media_us +
			     (int64_t)(1e6F / (out->opened.rate > 0 ? out->opened.rate : 25));
	st = source_open(&s, err);
	if (st >= 0)
		st = source_play(&s, err);
	if (st >= 0 && out->number == before)
		st = tanu_fail(err, TANU_ERR_FORMAT, NULL, "no frame of this video can be decoded");
	if (s.parent_gone)
		out->request.loop = false;
	source_close(&s);
	return st;
}

tanu_status play_video(struct output *out, tanu_error *err)
{
	bool file = out->request.kind == STREAM_FILE;
	tanu_status st = file ? shut_in(STREAM_FILE, err) : TANU_OK;

	do {
		if (st >= 0)
			st = play_round(out, err);
	} while (st >= 0 && file && out->request.loop);
	return st;
}
