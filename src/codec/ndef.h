/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ndef.h - where an NFC card keeps its message (NFC Forum Type 2 and Type 4 Tags) and whether that
 * is whole. What a record means is for others (pass.h).
 */
#ifndef CODEC_NDEF_H
#define CODEC_NDEF_H

#include "base/base.h"

#define NDEF_MESSAGE_MAX 4096

/* Type 4: what the capability container says of the file with the message. */
struct ndef_file {
	uint8_t id[2];
	size_t file_max; /* of the file, its two length bytes included */
	size_t read_max; /* bytes in one reply */
};
/* TANU_INPUT (format): no container, of another major version, or of a file that is not readable.
 */
tanu_status ndef_read_container(struct ndef_file *out, const uint8_t *bytes, size_t bytes_len,
				tanu_error *err);

/* Type 2: bytes of the data area, from the four of its capability container (page 3). */
tanu_status ndef_area_size(size_t *out, const uint8_t container[4], tanu_error *err);
/*
 * The message in the first `area_len` bytes of a data area. *need is how many of the area have to
 * be read to have it, more than area_len when it is not there yet (*message is NULL then). Plan for
 * TANU_NOT_FOUND (record-missing): the area has none.
 */
tanu_status ndef_find(const uint8_t **message, size_t *message_len, size_t *need,
		      const uint8_t *area, size_t area_len, tanu_error *err);

/*
 * Is it one message, whole: records with the first and last marked, none in pieces, nothing behind
 * it?
 */
tanu_status ndef_check(const uint8_t *message, size_t message_len, tanu_error *err);

#endif
