/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream.h - what tanu-worker-camera and the program that started it say to each other: one
 * request, then records on a pipe, and frames in shared memory of which the newest wins.
 *
 * The worker may be under an attacker's hand: whatever it wrote is copied first and checked then,
 * and no number of its own choosing reaches beyond the memory that the parent has laid out.
 */
#ifndef WORKER_STREAM_H
#define WORKER_STREAM_H

#include "os/os.h"

/* The worker's descriptors. 2 is /dev/null: nothing it prints reaches a terminal. */
enum stream_fd {
	STREAM_FD_REQUEST = 0, /* a sealed memfd */
	STREAM_FD_RECORDS = 1, /* a pipe to the parent */
	STREAM_FD_FRAMES = 3,  /* shared memory, sealed against shrinking */
	STREAM_FD_CREDIT = 4,  /* a pipe from the parent: a byte for each frame that was taken */
	STREAM_FD_SOURCE = 5,  /* the open file or folder */
	STREAM_FDS = 6,
};

enum stream_kind {
	STREAM_NONE = 0,
	STREAM_FILE,
	STREAM_FOLDER,
	STREAM_NETWORK, /* rtsp, http, https */
	STREAM_DEVICE,	/* of the kernel */
	STREAM_KINDS,
};

#define STREAM_SIDE_MAX 4096 /* px of a frame handed out */
#define STREAM_SIDE_MIN 64   /* px of the bound that the parent may set */
#define STREAM_URL_MAX	1024

struct stream_request {
	enum stream_kind kind;
	int32_t max_width, max_height; /* a frame handed out fits into it */
	bool every; /* wait for a credit after each frame; else at its own speed */
	bool loop;
	bool depth;	     /* pixels of 16 bits are wanted as they are: high byte, low byte, 0 */
	float rate;	     /* frames a second of a folder or device; 0: its own */
	int32_t patience_ms; /* for opening, and for the next bytes */
	char url[STREAM_URL_MAX + 1]; /* of a network or device */
};
void stream_request_put(struct buf *out, const struct stream_request *request);
bool stream_request_read(struct stream_request *out, const uint8_t *bytes, size_t len);

enum stream_word {
	STREAM_OPENED = 1, /* the format is known */
	STREAM_FRAME = 2,  /* a frame lies ready; may be left out when nobody reads */
	STREAM_ENDED = 3,  /* of a file or folder */
	STREAM_FAILED = 4, /* `code` and `text`; the worker goes */
};

/* One fixed record; a pipe moves it whole. */
#define STREAM_RECORD_LEN 256
#define STREAM_NAME_LEN	  32
#define STREAM_TEXT_LEN	  160
struct stream_record {
	enum stream_word word;
	tanu_error_code code;  /* of STREAM_FAILED */
	int32_t width, height; /* px, of the stream */
	float rate;	       /* frames a second; 0: not known */
	char codec[STREAM_NAME_LEN + 1], container[STREAM_NAME_LEN + 1]; /* printable ASCII */
	char text[STREAM_TEXT_LEN + 1];					 /* likewise */
};
void stream_record_put(struct buf *out, const struct stream_record *record);
/* False if it is not a whole record, or says what a worker never says. */
bool stream_record_read(struct stream_record *out, const uint8_t *bytes, size_t len);

/* What stands before the pixels of a frame. */
#define STREAM_HEAD_LEN 40
struct stream_head {
	int32_t width, height;
	uint64_t number;  /* of frames decoded, from 1 */
	int64_t at_ns;	  /* monotonic, when it was decoded */
	int64_t media_us; /* time of the stream since its first frame */
};
void stream_head_put(uint8_t out[STREAM_HEAD_LEN], const struct stream_head *head);
/* False if it is none, or larger than the bound. */
bool stream_head_read(struct stream_head *out, const uint8_t bytes[STREAM_HEAD_LEN],
		      int32_t max_width, int32_t max_height);

/*
 * Three frames of shared memory. Writer and reader hold one each, the third goes to and fro with
 * one atomic exchange, so neither waits and a frame nobody took is simply written over.
 */
struct stream_frames {
	uint8_t *map;
	size_t len, slot_len;
	int32_t max_width, max_height;
	unsigned own; /* the slot of this side */
};
/* The size that a picture of that size is scaled to: as it is, or as large as the bound allows. */
void stream_fit(int32_t *width, int32_t *height, int32_t max_width, int32_t max_height);
size_t stream_frames_len(int32_t max_width, int32_t max_height);
/* False: memory is out, or the file is shorter than it must be. */
bool stream_frames_map(struct stream_frames *out, int fd, int32_t max_width, int32_t max_height,
		       bool writer);
void stream_frames_unmap(struct stream_frames *f);
/* The writer's: where pixels go, tight rows; then hand it over. */
uint8_t *stream_frames_room(struct stream_frames *f);
void stream_frames_publish(struct stream_frames *f, const struct stream_head *head);
/*
 * The reader's: take the newest frame, if there is one since the last; *pixels stays as it is, or
 * as the worker makes it, until the next call. False in *sound: what stands there is no frame.
 */
bool stream_frames_take(struct stream_frames *f, struct stream_head *head, const uint8_t **pixels,
			bool *sound);

#endif
