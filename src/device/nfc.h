/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nfc.h - what stands on a card or phone, read over a struct chip (reader.h): an NDEF message of a
 * Type 4 Tag (phones, smart cards), of a Type 2 Tag (NTAG and the like, through the pseudo-commands
 * of PC/SC part 3), or a file of an ISO 7816 card. Nothing is written.
 */
#ifndef DEVICE_NFC_H
#define DEVICE_NFC_H

#include "codec/ndef.h"
#include "device/reader.h"

/* A file of a card application, for sites whose cards have one. */
struct nfc_file {
	uint8_t aid[16];
	size_t aid_len; /* 5 to 16; 0: none */
	uint8_t id[2];
};

/*
 * `out` takes READER_BYTES_MAX bytes. With `file` (may be NULL) only that is read; else the message
 * of the card, which is whole then. Plan for TANU_NOT_FOUND (record-missing): the card has none,
 * TANU_SYSTEM (device): it was taken away, and TANU_INPUT (format).
 */
tanu_status nfc_read(const struct chip *chip, uint8_t *out, size_t *out_len,
		     const struct nfc_file *file, tanu_error *err);

/* The number of a contactless card, as its reader tells it: 4, 7 or 10 bytes. Anybody can copy it.
 */
#define NFC_UID_MAX 10
tanu_status nfc_uid(const struct chip *chip, uint8_t uid[NFC_UID_MAX], size_t *uid_len,
		    tanu_error *err);

#endif
