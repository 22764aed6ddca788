/* SPDX-License-Identifier: Apache-2.0 */
/* ffmpeg.h - inside video/ only: an opened source, its decoder and what scales its frames. */
#ifndef VIDEO_FFMPEG_H
#define VIDEO_FFMPEG_H

#include "video/play.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>

struct source {
	struct output *out;
	AVFormatContext *format;
	AVIOContext *io; /* of a file */
	AVCodecContext *codec;
	struct SwsContext *scaler;
	AVPacket *packet;
	AVFrame *frame;
	int stream;	     /* the video among the streams */
	int64_t deadline_ns; /* FFmpeg gives up waiting then */
	int64_t first_pts;   /* of this round, in units of the stream; AV_NOPTS_VALUE: none yet */
	int64_t round_us;    /* media time at which this round began */
	int64_t frames;	     /* of this round */
	bool parent_gone;
};

tanu_status source_open(struct source *s, tanu_error *err);
void source_close(struct source *s);

/* Room for one more wait. */
void source_be_patient(struct source *s);

/* Decode and hand out until the end of the stream. */
tanu_status source_play(struct source *s, tanu_error *err);

/* One decoded frame into shared memory. */
tanu_status source_show(struct source *s, tanu_error *err);

#endif
