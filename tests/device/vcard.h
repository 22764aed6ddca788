/* SPDX-License-Identifier: Apache-2.0 */
/* vcard.h - a chip card that is not there: it answers commands as a Type 4 Tag, a Type 2 Tag behind
 * a contactless reader, or a card with a file. For tests. */
#ifndef TESTS_DEVICE_VCARD_H
#define TESTS_DEVICE_VCARD_H

#include "device/nfc.h"

enum vcard_kind { VCARD_TYPE4, VCARD_TYPE2, VCARD_FILE, VCARD_BARE };

struct vcard {
	enum vcard_kind kind;
	uint8_t data[5000]; /* the message, or the file */
	size_t len;
	size_t read_max;   /* Type 4: bytes a reply */
	size_t commands;   /* that it has answered */
	size_t gone_after; /* taken away after so many; 0: stays */
	uint8_t short_by;  /* every read brings so many bytes less */
	/* a file that is selected: 0 none, 1 container, 2 data */
	int selected;
	bool application;
};

/* Its reply with two status bytes, into CHIP_APDU_MAX bytes. */
size_t vcard_answer(struct vcard *card, uint8_t *reply, const uint8_t *command, size_t len);
struct chip vcard_chip(struct vcard *card);

#endif
