/* SPDX-License-Identifier: Apache-2.0 */
/* The camera as the gate sees it: a worker that is started, listened to, and started again. */
#include "device/camera.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/camera/health.h"
#include "device/camera/link.h"
#include "device/camera/source.h"

#define MAX_WIDTH    1920
#define MAX_HEIGHT   1080
#define SILENCE_MS   5000
#define START_MS     10000 /* programs are loaded, names asked for, streams looked at */
#define RETRY_MS     500
#define RETRY_MAX_MS 30000
#define FROZEN_MS    10000
#define DARK_MS	     1000
#define RECORDS_MAX  64 /* read at one call: a worker that floods is heard no more often */

enum state {
	WAITING = 0, /* until retry_at_ms */
	STARTING,    /* no frame yet */
	ONLINE,
	OVER, /* nothing comes any more */
};

struct ffmpeg_camera {
	struct camera_options options;
	struct stream_request request;
	char path[OS_PATH_MAX]; /* of a file or folder */
	struct camera_link link;
	enum state state;
	int64_t heard_ms;	  /* the last frame, or the start */
	int64_t retry_at_ms;	  /* of WAITING */
	int32_t pause_ms;	  /* the next one */
	char why[CAMERA_WHY_LEN]; /* told last */
	struct camera_format format;
	bool tell_online, at_end;
	struct camera_health health;
	bool tell_trouble;
	enum camera_trouble trouble;
	uint8_t *pixels; /* the frame that is handed out */
	size_t pixels_len;
	int64_t last_at_ms;
};

static bool is_recorded(const struct ffmpeg_camera *c)
{
	return c->request.kind == STREAM_FILE || c->request.kind == STREAM_FOLDER;
}

static tanu_status start(struct ffmpeg_camera *c, int64_t now_ms, tanu_error *err)
{
	int fd = -1;
	tanu_status st;

	if ((st = source_fd(&fd, c->request.kind, c->path, err)) < 0)
		return st;
	st = link_start(&c->link, &c->request, fd, err);
	os_line_close(&fd);
	if (st < 0)
		return st;
	c->state = STARTING;
	c->heard_ms = now_ms;
	c->at_end = c->tell_online = false;
	c->health = (struct camera_health){.dark_ms = c->options.dark_ms,
					   .frozen_ms = c->options.frozen_ms};
	return TANU_OK;
}

/* Tell it once, and again when the reason is another. */
static void lose(struct ffmpeg_camera *c, struct camera_event *out, const char *why, int64_t now_ms)
{
	bool news = c->state == ONLINE || strncmp(why, c->why, CAMERA_WHY_LEN - 1) != 0;

	link_stop(&c->link, NULL);
	c->state = WAITING;
	c->retry_at_ms = now_ms + c->pause_ms;
	c->pause_ms =
	    c->pause_ms > c->options.retry_max_ms / 2 ? c->options.retry_max_ms : 2 * c->pause_ms;
	c->tell_trouble = false;
	if (!news)
		return;
	out->kind = CAMERA_OFFLINE;
	out->at_ms = now_ms;
	snprintf(c->why, sizeof(c->why), "%.*s", CAMERA_WHY_LEN - 1, why);
	memcpy(out->why, c->why, sizeof(out->why));
}

/* A recorded source does not come back: its failure is the answer of the call. */
static tanu_status fail_or_lose(struct ffmpeg_camera *c, struct camera_event *out,
				const tanu_error *why, int64_t now_ms, tanu_error *err)
{
	if (!is_recorded(c)) {
		lose(c, out, why->message, now_ms);
		return TANU_OK;
	}
	link_stop(&c->link, NULL);
	c->state = OVER;
	return tanu_fail(err, why->code, c->path, "%s", why->message);
}

static void take_format(struct ffmpeg_camera *c, const struct stream_record *record)
{
	c->format = (struct camera_format){
	    .from_width = record->width,
	    .from_height = record->height,
	    .rate = record->rate,
	};
	memcpy(c->format.codec, record->codec, sizeof(c->format.codec) - 1);
	memcpy(c->format.container, record->container, sizeof(c->format.container) - 1);
	c->tell_online = true;
}

/* All that was said; false: it failed, and `why` says how. */
static bool listen(struct ffmpeg_camera *c, tanu_error *why)
{
	for (int i = 0; i < RECORDS_MAX; i++) {
		struct stream_record record;
		bool got;

		if (link_record(&c->link, &record, &got, why) < 0)
			return false;
		if (!got)
			break;
		if (record.word == STREAM_FAILED) {
			tanu_fail(why, record.code, NULL, "%s", record.text);
			return false;
		}
		if (record.word == STREAM_OPENED)
			take_format(c, &record);
		if (record.word == STREAM_ENDED)
			c->at_end = true;
	}
	return true;
}

/* A worker's clock is this machine's; one that lies about it gets the time of now. */
static int64_t sound_time(struct ffmpeg_camera *c, int64_t at_ns, int64_t now_ms)
{
	int64_t at_ms = at_ns / 1000000;

	if (at_ms > now_ms || at_ms < now_ms - c->options.silence_ms)
		at_ms = now_ms;
	if (at_ms < c->last_at_ms)
		at_ms = c->last_at_ms;
	c->last_at_ms = at_ms;
	return at_ms;
}

/* Copied before anything looks at it: what the worker changes later changes nothing here. */
static void hand_out(struct ffmpeg_camera *c, struct camera_event *out,
		     const struct stream_head *head, const uint8_t *pixels, int64_t now_ms)
{
	size_t len = (size_t)head->width * (size_t)head->height * 3;
	struct picture_measures m;

	memcpy(c->pixels, pixels, len);
	out->kind = CAMERA_FRAME;
	out->frame = (struct camera_frame){
	    .pixels = {c->pixels, head->width, head->height, (ptrdiff_t)3 * head->width},
	    .number = head->number,
	    .at_ms = sound_time(c, head->at_ns, now_ms),
	    .media_ms = head->media_us / 1000,
	};
	out->at_ms = out->frame.at_ms;
	c->heard_ms = now_ms;
	c->state = ONLINE;
	picture_measure(&m, &out->frame.pixels);
	/* A film that is looked through faster or slower has its own time. */
	c->tell_trouble |= health_step(
	    &c->health, &m, is_recorded(c) ? out->frame.media_ms : out->at_ms, &c->trouble);
	if (c->request.every)
		link_credit(&c->link);
}

static void say_online(struct ffmpeg_camera *c, struct camera_event *out, int64_t now_ms)
{
	c->tell_online = false;
	c->state = ONLINE;
	c->heard_ms = now_ms;
	c->why[0] = '\0';
	c->pause_ms = c->options.retry_ms;
	c->format.width = c->format.from_width;
	c->format.height = c->format.from_height;
	stream_fit(&c->format.width, &c->format.height, c->request.max_width,
		   c->request.max_height);
	out->kind = CAMERA_ONLINE;
	out->at_ms = now_ms;
	out->format = c->format;
}

static int64_t silence_end(const struct ffmpeg_camera *c)
{
	return c->heard_ms + (c->state == STARTING ? c->options.start_ms : c->options.silence_ms);
}

static tanu_status gone(struct ffmpeg_camera *c, struct camera_event *out, int64_t now_ms,
			tanu_error *err)
{
	char how[OS_CHILD_HOW_LEN];
	tanu_error why = {0};

	link_stop(&c->link, how);
	tanu_fail(&why, TANU_ERR_CHILD_DIED, NULL,
		  "the decoding process died on this stream (%s): it is damaged or made to do harm",
		  how);
	return fail_or_lose(c, out, &why, now_ms, err);
}

static tanu_status silent(struct ffmpeg_camera *c, struct camera_event *out, int64_t now_ms,
			  tanu_error *err)
{
	tanu_error why = {0};

	tanu_fail(&why, TANU_ERR_DEVICE, NULL, "no picture came for %.1f s",
		  (double)(now_ms - c->heard_ms) / 1000);
	return fail_or_lose(c, out, &why, now_ms, err);
}

/* One event of a worker that runs. */
static tanu_status next_of_running(struct ffmpeg_camera *c, struct camera_event *out,
				   int64_t now_ms, tanu_error *err)
{
	struct stream_head head;
	const uint8_t *pixels = NULL;
	tanu_error why = {0};
	bool sound = true;

	if (!listen(c, &why))
		return fail_or_lose(c, out, &why, now_ms, err);
	if (c->tell_online) {
		say_online(c, out, now_ms);
		return TANU_OK;
	}
	if (stream_frames_take(&c->link.frames, &head, &pixels, &sound)) {
		hand_out(c, out, &head, pixels, now_ms);
		return TANU_OK;
	}
	if (!sound) {
		tanu_fail(&why, TANU_ERR_CHILD_DIED, NULL,
			  "the decoding process gave a frame that makes no sense");
		return fail_or_lose(c, out, &why, now_ms, err);
	}
	if (c->at_end) {
		link_stop(&c->link, NULL);
		c->state = OVER;
		out->kind = CAMERA_ENDED;
		out->at_ms = now_ms;
		return TANU_OK;
	}
	if (c->link.ended)
		return gone(c, out, now_ms, err);
	if (now_ms >= silence_end(c))
		return silent(c, out, now_ms, err);
	return TANU_OK;
}

static tanu_status camera_next_event(void *self, struct camera_event *out, int64_t now_ms,
				     tanu_error *err)
{
	struct ffmpeg_camera *c = self;
	tanu_error why = {0};

	*out = (struct camera_event){.at_ms = now_ms};
	if (c->state == OVER)
		return TANU_OK;
	if (c->state == WAITING && now_ms < c->retry_at_ms)
		return TANU_OK;
	if (c->state == WAITING && start(c, now_ms, &why) < 0)
		return fail_or_lose(c, out, &why, now_ms, err);
	if (c->tell_trouble) {
		c->tell_trouble = false;
		out->kind = CAMERA_TROUBLE;
		out->trouble = c->trouble;
		return TANU_OK;
	}
	return next_of_running(c, out, now_ms, err);
}

static int camera_poll_fd(const void *self)
{
	const struct ffmpeg_camera *c = self;

	return c->link.up ? c->link.records : -1;
}

static int64_t camera_wake(const void *self)
{
	const struct ffmpeg_camera *c = self;

	switch (c->state) {
	case WAITING:
		return c->retry_at_ms;
	case OVER:
		return INT64_MAX;
	default:
		return c->tell_trouble ? 0 : silence_end(c);
	}
}

static void camera_close_all(void *self)
{
	struct ffmpeg_camera *c = self;

	link_stop(&c->link, NULL);
	if (c->pixels)
		mem_wipe(c->pixels, c->pixels_len);
	free(c->pixels);
	mem_wipe(c, sizeof(*c)); /* the address may hold a password */
	free(c);
}

static int32_t or_default(int32_t value, int32_t otherwise)
{
	return value > 0 ? value : otherwise;
}

static tanu_status take_options(struct ffmpeg_camera *c, const struct camera_options *options,
				tanu_error *err)
{
	struct camera_options o = options ? *options : (struct camera_options){0};

	o.max_width = or_default(o.max_width, MAX_WIDTH);
	o.max_height = or_default(o.max_height, MAX_HEIGHT);
	o.start_ms = or_default(o.start_ms, START_MS);
	o.silence_ms = or_default(o.silence_ms, SILENCE_MS);
	o.retry_ms = or_default(o.retry_ms, RETRY_MS);
	o.retry_max_ms = or_default(o.retry_max_ms, RETRY_MAX_MS);
	o.frozen_ms = or_default(o.frozen_ms, FROZEN_MS);
	o.dark_ms = or_default(o.dark_ms, DARK_MS);
	if (o.max_width < STREAM_SIDE_MIN || o.max_width > STREAM_SIDE_MAX ||
	    o.max_height < STREAM_SIDE_MIN || o.max_height > STREAM_SIDE_MAX)
		return tanu_fail(err, TANU_ERR_SETTING, "camera",
				 "a picture has %d to %d px a side", STREAM_SIDE_MIN,
				 STREAM_SIDE_MAX);
	if (!(o.rate >= 0 && o.rate <= 240))
		return tanu_fail(err, TANU_ERR_SETTING, "camera", "0 to 240 frames a second");
	c->options = o;
	return TANU_OK;
}

static tanu_status copy_path(struct ffmpeg_camera *c, const char *source, tanu_error *err)
{
	size_t len = strlen(source);

	if (len >= sizeof(c->path))
		return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, "camera", "the path is too long");
	memcpy(c->path, source, len + 1);
	return TANU_OK;
}

static tanu_status take_source(struct ffmpeg_camera *c, const char *source, tanu_error *err)
{
	const struct camera_options *o = &c->options;
	tanu_status st = source_kind(&c->request.kind, source, err);

	if (st < 0)
		return st;
	c->request.max_width = o->max_width;
	c->request.max_height = o->max_height;
	c->request.every = o->pace == CAMERA_EVERY && is_recorded(c);
	c->request.loop = o->loop && is_recorded(c);
	c->request.rate = o->rate;
	c->request.depth = o->depth;
	if (o->depth && c->request.kind == STREAM_FOLDER)
		return tanu_fail(err, TANU_ERR_SETTING, "camera",
				 "pictures in a folder have no distances: name a device or a film");
	c->request.patience_ms = o->start_ms < o->silence_ms ? o->start_ms : o->silence_ms;
	if (is_recorded(c))
		return copy_path(c, source, err);
	snprintf(c->request.url, sizeof(c->request.url), "%s", source);
	return TANU_OK;
}

tanu_status camera_open(struct camera *out, const char *source,
			const struct camera_options *options, tanu_error *err)
{
	static const struct camera_ops ops = {"ffmpeg", camera_next_event, camera_poll_fd,
					      camera_wake, camera_close_all};
	struct ffmpeg_camera *c = calloc(1, sizeof(*c));
	tanu_status st;

	if (!c)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "camera", "not enough memory");
	if ((st = take_options(c, options, err)) < 0 || (st = take_source(c, source, err)) < 0)
		goto out;
	c->pause_ms = c->options.retry_ms;
	c->pixels_len = (size_t)c->options.max_width * (size_t)c->options.max_height * 3;
	c->pixels = malloc(c->pixels_len);
	if (!c->pixels)
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, "camera", "not enough memory for frames");
out:
	if (st < 0) {
		camera_close_all(c);
		return st;
	}
	*out = (struct camera){.ops = &ops, .self = c};
	return TANU_OK;
}
