/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pass.h - what a person's pass carries, printed as a QR code or written on an NFC card: a head in
 * clear and a sealed reference that is opaque here. It trusts nothing: the bytes come from a
 * stranger's paper. docs/pass.md draws the form.
 *
 *    0   2  "TP"
 *    2   1  version, 1
 *    3   4  site: the first bytes of its id
 *    7   8  pass: its number, random
 *   15   2  generation of the key that opens it, from 1
 *   17   2  last day on which it holds, in days since 1970-01-01
 *   19   4  model: the first bytes of the digest of the embedder's weights
 *   23 297  the sealed reference: nonce 24 | 257 | tag 16
 *
 * 320 bytes, all numbers little-endian: one less than a QR code of version 11-L holds.
 */
#ifndef CODEC_PASS_H
#define CODEC_PASS_H

#include "base/base.h"

#define PASS_SITE_LEN	4
#define PASS_NUMBER_LEN 8
#define PASS_MODEL_LEN	4
#define PASS_HEAD_LEN	23
#define PASS_SEALED_LEN 297
#define PASS_LEN	(PASS_HEAD_LEN + PASS_SEALED_LEN)
#define PASS_QR_MAX	321 /* bytes in a QR code of version 11, level L */

struct pass_head {
	uint8_t site[PASS_SITE_LEN];
	uint8_t number[PASS_NUMBER_LEN];
	uint16_t generation;
	tanu_date until; /* 1970-01-01 to 2149-06-06 */
	uint8_t model[PASS_MODEL_LEN];
};

struct pass {
	struct pass_head head;
	uint8_t sealed[PASS_SEALED_LEN];
};

/* The head alone is the associated data of the seal. */
void pass_put_head(uint8_t out[PASS_HEAD_LEN], const struct pass_head *head);
void pass_put(struct buf *out, const struct pass *pass);

/*
 * The same as an NDEF message of one media-type record (NFC Forum, NDEF 1.0), as it is written on
 * an NFC card of at least 512 bytes (NTAG216).
 */
#define PASS_NDEF_TYPE "application/vnd.tanu.pass"
void pass_put_ndef(struct buf *out, const struct pass *pass);

/*
 * Read a pass as it is or inside an NDEF message. Plan for TANU_INPUT (format): no pass, of another
 * version, of the wrong length, or of generation 0.
 */
tanu_status pass_read(struct pass *out, const uint8_t *bytes, size_t bytes_len, tanu_error *err);
/* Do the bytes begin as a pass does, or as an NDEF message with one? Else they may be a picture. */
bool pass_begins(const uint8_t *bytes, size_t bytes_len);

/* "5f12 09ab 77c0 31de": the number as it is printed. */
#define PASS_NUMBER_TEXT_LEN 20
void pass_number_text(char out[PASS_NUMBER_TEXT_LEN], const uint8_t number[PASS_NUMBER_LEN]);

#endif
