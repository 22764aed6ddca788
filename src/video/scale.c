/* SPDX-License-Identifier: Apache-2.0 */
/* From a decoder's frame to rows of RGB of the size that is handed out. */
#include <libavutil/imgutils.h>

#include "video/ffmpeg.h"

#define RATE_UNKNOWN 25.0F

/* Names of old formats say "full range" where new ones say it beside. */
static enum AVPixelFormat plain_format(enum AVPixelFormat format, bool *full)
{
	switch (format) {
	case AV_PIX_FMT_YUVJ420P:
		*full = true;
		return AV_PIX_FMT_YUV420P;
	case AV_PIX_FMT_YUVJ422P:
		*full = true;
		return AV_PIX_FMT_YUV422P;
	case AV_PIX_FMT_YUVJ444P:
		*full = true;
		return AV_PIX_FMT_YUV444P;
	default:
		return format;
	}
}

static const int *matrix_of(const AVFrame *frame)
{
	switch (frame->colorspace) {
	case AVCOL_SPC_BT709:
		return sws_getCoefficients(SWS_CS_ITU709);
	case AVCOL_SPC_BT2020_NCL:
		return sws_getCoefficients(SWS_CS_BT2020);
	default:
		return sws_getCoefficients(SWS_CS_ITU601);
	}
}

static bool prepare(struct source *s, int32_t width, int32_t height)
{
	const AVFrame *f = s->frame;
	bool full = f->color_range == AVCOL_RANGE_JPEG;
	enum AVPixelFormat format = plain_format((enum AVPixelFormat)f->format, &full);
	int flags = width == f->width && height == f->height ? SWS_BILINEAR : SWS_AREA;
	const int *matrix = matrix_of(f);

	s->scaler = sws_getCachedContext(s->scaler, f->width, f->height, format, width, height,
					 AV_PIX_FMT_RGB24, flags, NULL, NULL, NULL);
	if (!s->scaler)
		return false;
	/* Fails for formats that have no range, which need none. */
	(void)sws_setColorspaceDetails(s->scaler, matrix, full, matrix, 1, 0, 1 << 16, 1 << 16);
	return true;
}

/* Samples of 16 bits, as they are; a smaller picture has the nearest ones: no mean of two distances
 * is a distance of anything. False: they are not of 16 bits. */
static bool take_depth(uint8_t *to, const AVFrame *f, int32_t width, int32_t height)
{
	const int high = f->format == AV_PIX_FMT_GRAY16BE ? 0 : 1;

	if (f->format != AV_PIX_FMT_GRAY16LE && f->format != AV_PIX_FMT_GRAY16BE)
		return false;
	for (int32_t y = 0; y < height; y++) {
		const uint8_t *row =
		    f->data[0] + (int64_t)y * f->height / height * (int64_t)f->linesize[0];

		for (int32_t x = 0; x < width; x++, to += 3) {
			const uint8_t *sample = row + 2 * ((int64_t)x * f->width / width);

			to[0] = sample[high];
			to[1] = sample[1 - high];
			to[2] = 0;
		}
	}
	return true;
}

static tanu_status take_pixels(struct source *s, uint8_t *to, int32_t width, int32_t height,
			       tanu_error *err)
{
	const AVFrame *f = s->frame;

	if (s->out->request.depth)
		return take_depth(to, f, width, height)
			   ? TANU_OK
			   : tanu_fail(err, TANU_ERR_FORMAT, NULL,
				       "these are no distances: grey of 16 bits is asked for");
	if (!prepare(s, width, height))
		return tanu_fail(err, TANU_ERR_FORMAT, NULL, "the pixels are of an unknown kind");
	if (sws_scale(s->scaler, (const uint8_t *const *)f->data, f->linesize, 0, f->height, &to,
		      &(int){3 * width}) != height)
		return tanu_fail(err, TANU_ERR_FORMAT, NULL, "a frame cannot be scaled");
	return TANU_OK;
}

/* Time of this frame since the first, over rounds of a loop. */
static int64_t media_us(struct source *s)
{
	const AVRational us = {1, 1000000};
	int64_t pts = s->frame->best_effort_timestamp;
	float rate = s->out->opened.rate > 0 ? s->out->opened.rate : RATE_UNKNOWN;

	if (pts == AV_NOPTS_VALUE)
		return s->round_us + (int64_t)((double)s->frames * 1e6 / (double)rate);
	if (s->first_pts == AV_NOPTS_VALUE)
		s->first_pts = pts;
	return s->round_us +
	       av_rescale_q(pts - s->first_pts, s->format->streams[s->stream]->time_base, us);
}

tanu_status source_show(struct source *s, tanu_error *err)
{
	const AVFrame *f = s->frame;
	bool network = s->out->request.kind == STREAM_NETWORK && !s->out->said;
	int32_t width = 0, height = 0;
	uint8_t *room;
	int64_t at;
	tanu_status st;

	if (f->width < 1 || f->height < 1 || (int64_t)f->width * f->height > s->codec->max_pixels)
		return tanu_fail(err, TANU_ERR_IMAGE_LIMIT, NULL,
				 "the picture is larger than a camera's");
	room = output_room(s->out, &width, &height, f->width, f->height);
	if ((st = take_pixels(s, room, width, height, err)) < 0)
		return st;
	at = media_us(s);
	s->frames++;
	s->parent_gone = !output_publish(s->out, width, height, at);
	/* The connection shows pictures: no other will be needed. */
	if (network && (st = os_sandbox_stream_connected(err)) < 0)
		return st;
	return TANU_OK;
}
