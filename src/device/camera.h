/* SPDX-License-Identifier: Apache-2.0 */
/*
 * camera.h - what the gate knows of a camera, whatever it hangs on: frames come out, the newest
 * one first and the others never; and what is wrong with the picture.
 *
 * Bytes of a stream are taken apart in a process of their own (tanu-worker-camera), which is shut
 * in and has nothing but the stream and three frames of shared memory. It may be taken over by a
 * hostile stream: it can then show other pictures, as the stream could, and nothing else.
 *
 * A camera never blocks. Its owner polls `fd` for reading, or calls camera_next when `wake_ms`
 * comes, until it gives CAMERA_NOTHING. A camera that is lost is tried again by itself, after a
 * pause that doubles. Times are of the monotonic clock, in milliseconds.
 *
 * No face is ever written, and an address is told without the name and password in it.
 */
#ifndef DEVICE_CAMERA_H
#define DEVICE_CAMERA_H

#include "base/base.h"

#include <tanu/image.h>

/* What can be wrong with a picture. X(NAME, "word") */
#define CAMERA_TROUBLE_LIST(X)                                             \
	X(NONE, "none")                                                    \
	X(BLACK, "black")     /* no light at all, or the cap is on */      \
	X(COVERED, "covered") /* one even grey or colour: a hand, a bag */ \
	X(FROZEN, "frozen")   /* the same frame to the bit for too long */

enum camera_trouble {
#define X(name, word) CAMERA_TROUBLE_##name,
	CAMERA_TROUBLE_LIST(X)
#undef X
	    CAMERA_TROUBLES
};

const char *camera_trouble_word(enum camera_trouble trouble);

/* A picture as it was seen: pixels until the next frame of this camera. */
struct camera_frame {
	tanu_pixels pixels;
	uint64_t number;  /* of this connection, as decoded: a gap is frames that nobody took */
	int64_t at_ms;	  /* when it was decoded */
	int64_t media_ms; /* the stream's own time since its first frame */
};

/* How a connection was made. */
struct camera_format {
	int32_t width, height;		 /* px, as handed out */
	int32_t from_width, from_height; /* px, of the stream */
	float rate;			 /* frames a second, as the stream says; 0: it does not */
	char codec[32];			 /* "h264", "mjpeg", "rawvideo" */
	char container[32];		 /* "rtsp", "mov,mp4,...", "v4l2", "folder" */
};

enum camera_event_kind {
	CAMERA_NOTHING = 0,
	CAMERA_FRAME,	/* `frame` */
	CAMERA_ONLINE,	/* it shows pictures; `format` */
	CAMERA_OFFLINE, /* it does not: what was seen before counts no more; `why` */
	CAMERA_TROUBLE, /* `trouble` began, or with CAMERA_TROUBLE_NONE is over */
	CAMERA_ENDED,	/* a file or folder is at its end, and there is no more to come */
};

#define CAMERA_WHY_LEN 256
struct camera_event {
	enum camera_event_kind kind;
	int64_t at_ms;
	struct camera_frame frame;
	struct camera_format format;
	enum camera_trouble trouble;
	char why[CAMERA_WHY_LEN]; /* one sentence for the log; names no person */
};

struct camera_ops {
	const char *kind; /* "ffmpeg", "sim" */
	tanu_status (*next)(void *self, struct camera_event *out, int64_t now_ms, tanu_error *err);
	int (*fd)(const void *self);	      /* -1: none to poll now; another after it was lost */
	int64_t (*wake_ms)(const void *self); /* INT64_MAX: no need */
	void (*close)(void *self);
};

/*
 * Who looks at the frames beside their owner: it never waits, and copies what it needs. A zeroed
 * one is nobody.
 */
struct camera_onlooker {
	void (*frame)(void *self, const tanu_pixels *pixels, int64_t now_ms);
	void *self;
};

/* A zeroed camera is none. */
struct camera {
	const struct camera_ops *ops;
	void *self;
};

/* How a file or folder is played; a stream and a device are always live. */
enum camera_pace {
	CAMERA_LIVE = 0, /* at its own speed, newest frame wins */
	CAMERA_EVERY,	 /* each frame waits until it is taken: for measuring */
};

/* Zero means the default in brackets. */
struct camera_options {
	int32_t max_width, max_height; /* a larger picture is scaled down into it [1920 x 1080] */
	enum camera_pace pace;
	bool depth; /* distances of 16 bits: a pixel is high byte, low byte, 0; never smoothed */
	bool loop;  /* a file or folder begins again at its end */
	float rate; /* frames a second of a folder; asked of a device [10; its own] */
	int32_t start_ms;     /* the first frame comes within [10000] */
	int32_t silence_ms;   /* no frame for so long: it is lost [5000] */
	int32_t retry_ms;     /* first pause before it is tried again [500]... */
	int32_t retry_max_ms; /* ...and the longest [30000] */
	int32_t frozen_ms;    /* the same frame for so long is trouble [10000] */
	int32_t dark_ms;      /* a black or covered picture likewise [1000] */
};

/*
 * `source`: a video file, a folder of pictures (in the order of their names), "rtsp://...",
 * "http://..." (MJPEG and the like), a device "/dev/video0". What is reached over a network or a
 * cable need not be there yet: it may come, and CAMERA_ONLINE tells. Plan for TANU_NOT_FOUND
 * (file-missing), TANU_USAGE (setting): no such kind of source. Of a file or folder camera_next
 * fails once when it cannot be shown: TANU_INPUT (format), TANU_UNSUPPORTED (not-built: made
 * without FFmpeg); of others that is the `why` of CAMERA_OFFLINE.
 */
tanu_status camera_open(struct camera *out, const char *source,
			const struct camera_options *options, tanu_error *err);
/* Does camera_open take it for a device of the kernel? */
bool camera_is_device(const char *source);

/* The source without name and password in it, for people and logs. */
#define CAMERA_NAME_LEN 160
void camera_name(char out[CAMERA_NAME_LEN], const char *source);

/* Sleep until there may be something for camera_next, or `at_most_ms` are over. */
void camera_wait(const struct camera *c, int64_t at_most_ms);

static inline tanu_status camera_next(struct camera *c, struct camera_event *out, int64_t now_ms,
				      tanu_error *err)
{
	return c->ops->next(c->self, out, now_ms, err);
}

static inline int camera_fd(const struct camera *c)
{
	return c->ops->fd(c->self);
}

static inline int64_t camera_wake_ms(const struct camera *c)
{
	return c->ops->wake_ms(c->self);
}

static inline void camera_close(struct camera *c)
{
	if (c->ops)
		c->ops->close(c->self);
	*c = (struct camera){0};
}

#endif
