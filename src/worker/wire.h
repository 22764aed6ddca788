/* SPDX-License-Identifier: Apache-2.0 */
/* wire.h - what parent and child say to each other; inside worker/ only. */
#ifndef WORKER_WIRE_H
#define WORKER_WIRE_H

#include "image/image.h"

/* The child's descriptors. 2 is /dev/null: nothing it prints reaches a terminal. */
enum { FD_REQUEST = 0, FD_REPLY = 1, FD_PIXELS = 3, FD_COUNT = 4 };

/* The request stands before the image's bytes in one sealed memfd; all numbers little-endian. */
#define REQUEST_LEN 40
void request_put(struct buf *out, const tanu_image_limits *limits);
bool request_read(tanu_image_limits *limits, struct rd *r);

/* One fixed record. The child may be under an attacker's hand: every field is checked. */
#define REPLY_LEN      256
#define REPLY_TEXT_LEN 240
struct reply {
	tanu_error_code code;	       /* TANU_ERR_NONE: the pixels are there */
	int32_t width, height;	       /* px; of a code: its length in bytes, and 1 */
	char text[REPLY_TEXT_LEN + 1]; /* the reason, printable ASCII */
};
void reply_put(struct buf *out, const struct reply *reply);
/* False if it is not a whole record, or says what a decoder never says. */
bool reply_read(struct reply *reply, const uint8_t *bytes, size_t len,
		const tanu_image_limits *limits);

/* At most `len` characters and a final zero: what goes to a terminal later must not steer it. */
void copy_printable(char *out, const uint8_t *text, size_t len);

/* Bytes of the pixel file: enough for any image within the limits. */
size_t pixels_room(const tanu_image_limits *limits);

#endif
