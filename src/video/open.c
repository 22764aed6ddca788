/* SPDX-License-Identifier: Apache-2.0 */
/* Opening: a file by its descriptor, a stream by its address, a device by its path. */
#include <libavdevice/avdevice.h>
#include <libavutil/opt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "video/ffmpeg.h"

/* Bounds for streams that mean harm. */
#define PROBE_BYTES "2000000" /* looked at to find out what it is */
#define PROBE_US    "3000000" /* of the stream, likewise */
#define STREAMS_MAX "16"
#define ALLOC_MAX   ((size_t)256 << 20) /* bytes of one allocation in FFmpeg */
#define PIXELS_MAX  (4096 * 2304)	/* of the stream; 4K of cameras */
#define IO_BYTES    65536

/* Containers that hold one film and name no other files, and the streams of cameras. */
static const char containers[] = "mov,matroska,webm,avi,mpegts,mpeg,h264,hevc,mjpeg,mpjpeg,ivf,flv,"
				 "yuv4mpegpipe,rtsp,sdp,video4linux2,v4l2";
static const char codecs[] = "h264,hevc,mjpeg,mpeg4,mpeg2video,mpeg1video,vp8,vp9,ffv1,rawvideo,"
			     "png,wrapped_avframe";

static int read_file(void *self, uint8_t *out, int len)
{
	ssize_t n = read(STREAM_FD_SOURCE, out, (size_t)len);

	(void)self;
	return n > 0 ? (int)n : n == 0 ? AVERROR_EOF : AVERROR(EIO);
}

static int64_t seek_file(void *self, int64_t offset, int whence)
{
	(void)self;
	if (whence & AVSEEK_SIZE)
		return (int64_t)os_fd_size(STREAM_FD_SOURCE);
	return lseek(STREAM_FD_SOURCE, offset, whence & ~AVSEEK_FORCE);
}

/* A film that asks for other files does not get them. */
static int refuse_open(AVFormatContext *format, AVIOContext **io, const char *url, int flags,
		       AVDictionary **options)
{
	(void)format;
	(void)io;
	(void)url;
	(void)flags;
	(void)options;
	return AVERROR(EPERM);
}

static int out_of_patience(void *self)
{
	const struct source *s = self;

	return os_monotonic_ns() > s->deadline_ns;
}

void source_be_patient(struct source *s)
{
	s->deadline_ns = os_monotonic_ns() + (int64_t)s->out->request.patience_ms * 1000000;
}

static tanu_status no_memory(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory to decode");
}

/* FFmpeg frees it when opening fails. */
static bool new_format(struct source *s)
{
	s->format = avformat_alloc_context();
	if (s->format)
		s->format->interrupt_callback = (AVIOInterruptCB){out_of_patience, s};
	return s->format != NULL;
}

static tanu_status prepare(struct source *s, tanu_error *err)
{
	s->packet = av_packet_alloc();
	s->frame = av_frame_alloc();
	if (!new_format(s) || !s->packet || !s->frame)
		return no_memory(err);
	if (s->out->request.kind != STREAM_FILE)
		return TANU_OK;
	uint8_t *bytes = av_malloc(IO_BYTES);

	s->io =
	    bytes ? avio_alloc_context(bytes, IO_BYTES, 0, NULL, read_file, NULL, seek_file) : NULL;
	if (!s->io) {
		av_free(bytes);
		return no_memory(err);
	}
	s->format->pb = s->io;
	s->format->io_open = refuse_open;
	lseek(STREAM_FD_SOURCE, 0, SEEK_SET);
	return TANU_OK;
}

static void common_options(AVDictionary **o)
{
	av_dict_set(o, "probesize", PROBE_BYTES, 0);
	av_dict_set(o, "analyzeduration", PROBE_US, 0);
	av_dict_set(o, "max_streams", STREAMS_MAX, 0);
	av_dict_set(o, "format_whitelist", containers, 0);
	av_dict_set(o, "codec_whitelist", codecs, 0);
	av_dict_set(o, "protocol_whitelist", "tcp,http", 0);
}

static void network_options(AVDictionary **o, const struct stream_request *q)
{
	char patience_us[24];

	snprintf(patience_us, sizeof(patience_us), "%lld", (long long)q->patience_ms * 1000);
	av_dict_set(o, "timeout", patience_us, 0);
	if (strncmp(q->url, "rtsp:", 5) == 0) {
		/* One connection, which stands before the process is shut in for good. */
		av_dict_set(o, "rtsp_transport", "tcp", 0);
		av_dict_set(o, "allowed_media_types", "video", 0);
	}
	av_dict_set(o, "fflags", "nobuffer", 0);
}

static void device_options(AVDictionary **o, const struct stream_request *q)
{
	char size[24], rate[24];

	snprintf(size, sizeof(size), "%dx%d", q->max_width < 1280 ? q->max_width : 1280,
		 q->max_height < 720 ? q->max_height : 720);
	av_dict_set(o, "video_size", size, 0); /* the driver takes the nearest it has */
	if (q->depth)
		av_dict_set(o, "pixel_format", "gray16le", 0); /* V4L2_PIX_FMT_Z16 and _Y16 */
	if (q->rate > 0) {
		snprintf(rate, sizeof(rate), "%g", (double)q->rate);
		av_dict_set(o, "framerate", rate, 0);
	}
}

/* Raw pictures of that size come a few times a second over USB 2. */
static void device_mjpeg_options(AVDictionary **o, const struct stream_request *q)
{
	device_options(o, q);
	av_dict_set(o, "input_format", "mjpeg", 0);
}

/* What to do about it. */
static const char *device_advice(int rc)
{
	if (rc == AVERROR(ENOENT) || rc == AVERROR(ENODEV) || rc == AVERROR(ENXIO))
		return "is it plugged in?";
	if (rc == AVERROR(EACCES) || rc == AVERROR(EPERM))
		return "the user needs the group \"video\"";
	return "is another program using it?";
}

/* What FFmpeg says has no names in it. */
static tanu_status cannot_open(const struct source *s, int rc, tanu_error *err)
{
	char why[AV_ERROR_MAX_STRING_SIZE] = "";

	av_strerror(rc, why, sizeof(why));
	switch (s->out->request.kind) {
	case STREAM_NETWORK:
		if (rc == AVERROR_EXIT)
			return tanu_fail(err, TANU_ERR_NETWORK, NULL,
					 "the camera does not answer within %d s",
					 s->out->request.patience_ms / 1000);
		return tanu_fail(err, TANU_ERR_NETWORK, NULL,
				 "the camera's stream does not open: %s", why);
	case STREAM_DEVICE:
		return tanu_fail(err, TANU_ERR_DEVICE, NULL, "the camera does not open: %s; %s",
				 why, device_advice(rc));
	default:
		return tanu_fail(err, TANU_ERR_FORMAT, NULL,
				 "no video that can be read here (MP4, MKV, AVI, MJPEG and the "
				 "like): %s",
				 why);
	}
}

static int open_input(struct source *s, const char *url, const AVInputFormat *input,
		      void (*more)(AVDictionary **o, const struct stream_request *q))
{
	AVDictionary *o = NULL;
	int rc;

	common_options(&o);
	if (more)
		more(&o, &s->out->request);
	rc = avformat_open_input(&s->format, url, input, &o);
	av_dict_free(&o);
	return rc;
}

/* The host as a number before anything is read, everything else after. */
static tanu_status open_network(struct source *s, tanu_error *err)
{
	const struct stream_request *q = &s->out->request;
	char url[STREAM_URL_MAX + 1];
	tanu_status st;
	int rc;

	if ((st = resolve_url(url, q->url, q->patience_ms, err)) < 0 ||
	    (st = shut_in(STREAM_NETWORK, err)) < 0)
		return st;
	source_be_patient(s);
	rc = open_input(s, url, NULL, network_options);
	return rc < 0 ? cannot_open(s, rc, err) : TANU_OK;
}

/* A device is of this machine: it is opened, and then the process shut in before a frame is read.
 */
static tanu_status open_device(struct source *s, tanu_error *err)
{
	const AVInputFormat *input;
	int rc;

	avdevice_register_all();
	input = av_find_input_format("video4linux2");
	source_be_patient(s);
	rc = AVERROR_DEMUXER_NOT_FOUND;
	if (input && !s->out->request.depth)
		rc = open_input(s, s->out->request.url, input, device_mjpeg_options);
	if (rc < 0 && input && (s->format || new_format(s)))
		rc = open_input(s, s->out->request.url, input, device_options);
	if (rc < 0)
		return cannot_open(s, rc, err);
	return shut_in(STREAM_DEVICE, err);
}

static tanu_status open_file(struct source *s, tanu_error *err)
{
	int rc;

	source_be_patient(s);
	rc = open_input(s, NULL, NULL, NULL);
	return rc < 0 ? cannot_open(s, rc, err) : TANU_OK;
}

static tanu_status open_by_kind(struct source *s, tanu_error *err)
{
	switch (s->out->request.kind) {
	case STREAM_NETWORK:
		return open_network(s, err);
	case STREAM_DEVICE:
		return open_device(s, err);
	default:
		return open_file(s, err);
	}
}

/* Of several the one that FFmpeg holds for the film itself. */
static tanu_status open_decoder(struct source *s, tanu_error *err)
{
	const AVCodec *decoder = NULL;
	AVDictionary *o = NULL;
	int rc = av_find_best_stream(s->format, AVMEDIA_TYPE_VIDEO, -1, -1, &decoder, 0);

	if (rc < 0)
		return cannot_open(s, rc, err);
	s->stream = rc;
	s->codec = avcodec_alloc_context3(decoder);
	if (!s->codec)
		return no_memory(err);
	rc = avcodec_parameters_to_context(s->codec, s->format->streams[s->stream]->codecpar);
	s->codec->thread_count = 1; /* threads can't be made in here */
	s->codec->max_pixels = PIXELS_MAX;
	s->codec->pkt_timebase = s->format->streams[s->stream]->time_base;
	if (s->out->request.kind != STREAM_FILE)
		s->codec->flags |= AV_CODEC_FLAG_LOW_DELAY;
	av_dict_set(&o, "codec_whitelist", codecs, 0);
	if (rc >= 0)
		rc = avcodec_open2(s->codec, decoder, &o);
	av_dict_free(&o);
	return rc < 0 ? cannot_open(s, rc, err) : TANU_OK;
}

static void describe(struct source *s)
{
	const AVStream *stream = s->format->streams[s->stream];
	AVRational rate =
	    stream->avg_frame_rate.num ? stream->avg_frame_rate : stream->r_frame_rate;
	struct stream_record *opened = &s->out->opened;

	if (rate.num > 0 && rate.den > 0 && av_q2d(rate) <= 1000)
		opened->rate = (float)av_q2d(rate);
	snprintf(opened->codec, sizeof(opened->codec), "%s", avcodec_get_name(s->codec->codec_id));
	snprintf(opened->container, sizeof(opened->container), "%s", s->format->iformat->name);
}

tanu_status source_open(struct source *s, tanu_error *err)
{
	tanu_status st;
	int rc;

	av_log_set_level(AV_LOG_QUIET);
	av_max_alloc(ALLOC_MAX);
	if ((st = prepare(s, err)) < 0 || (st = open_by_kind(s, err)) < 0)
		return st;
	/* A device says what it gives; to look at its frames first would only take time. */
	if (s->out->request.kind != STREAM_DEVICE) {
		source_be_patient(s);
		rc = avformat_find_stream_info(s->format, NULL);
		if (rc < 0)
			return cannot_open(s, rc, err);
	}
	if ((st = open_decoder(s, err)) < 0)
		return st;
	describe(s);
	s->first_pts = AV_NOPTS_VALUE;
	return TANU_OK;
}

void source_close(struct source *s)
{
	sws_freeContext(s->scaler);
	avcodec_free_context(&s->codec);
	avformat_close_input(&s->format);
	if (s->io)
		av_freep(&s->io->buffer);
	avio_context_free(&s->io);
	av_packet_free(&s->packet);
	av_frame_free(&s->frame);
}
