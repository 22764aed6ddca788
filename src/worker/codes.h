/* SPDX-License-Identifier: Apache-2.0 */
/*
 * codes.h - what tanu-worker-qr and a gate say to each other while it looks at one frame after
 * another: one request, then a byte for each frame that lies ready in shared memory, and a reply to
 * each.
 *
 * What the process reads comes from strangers' paper, and may have taken it over: every reply is
 * checked, and no number of its choosing reaches beyond the record.
 */
#ifndef WORKER_CODES_H
#define WORKER_CODES_H

#include "os/os.h"

#include <tanu/image.h>

/* The worker's descriptors. 2 is /dev/null: nothing it prints reaches a terminal. */
enum codes_fd {
	CODES_FD_REQUEST = 0, /* a sealed memfd */
	CODES_FD_REPLIES = 1, /* a pipe to the parent */
	CODES_FD_FRAME = 3,   /* shared memory, sealed against shrinking */
	CODES_FD_LOOK = 4,    /* a pipe from the parent: a byte for each frame */
	CODES_FDS = 5,
};

#define CODES_SIDE_MAX	4096 /* px */
#define CODES_BYTES_MAX 2953 /* what a QR code of version 40-L holds */

/* A frame fits into it. */
struct codes_request {
	int32_t max_width, max_height; /* px */
};
void codes_request_put(struct buf *out, const struct codes_request *request);
bool codes_request_read(struct codes_request *out, const uint8_t *bytes, size_t len);

/* Width and height stand before the pixels, which are tight rows of RGB. */
#define CODES_HEAD_LEN 64
size_t codes_frame_len(const struct codes_request *request);
void codes_frame_put(uint8_t *map, const tanu_pixels *pixels);
/* False: it does not fit into what was asked for. */
bool codes_frame_get(tanu_pixels *out, const uint8_t *map, const struct codes_request *request);

/* One fixed record; a pipe moves it whole. */
#define CODES_REPLY_LEN (8 + CODES_BYTES_MAX)
struct codes_reply {
	size_t len; /* 0: there was no code */
	uint8_t bytes[CODES_BYTES_MAX];
};
void codes_reply_put(struct buf *out, const struct codes_reply *reply);
/* False if it is not a whole record, or says what a worker never says. */
bool codes_reply_read(struct codes_reply *out, const uint8_t *bytes, size_t len);

/*
 * Body of prog/tanu-worker-qr.c where it was started for this: shuts itself in, looks until the
 * parent goes, or a code was found: who has read one person's pass never sees another's. `look`
 * tries something else at each `turn`.
 */
typedef tanu_status (*codes_look)(struct buf *out, const tanu_pixels *image, unsigned turn,
				  tanu_error *err);
bool codes_asked(void);
int codes_main(codes_look look);

#endif
