/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pcsc.h - NFC and chip card readers at USB, through the PC/SC service (pcscd). A card that is laid
 * on is read once, by a thread of the driver's own, since a card may take a second; its message or
 * file comes as READER_PASS, and where it has none its number as READER_CARD if that is asked for.
 */
#ifndef DEVICE_PCSC_H
#define DEVICE_PCSC_H

#include "device/nfc.h"

struct pcsc_options {
	const char *name; /* a part of the reader's name; NULL or "": the first there is */
	const struct nfc_file *file; /* read this instead of an NDEF message; copied */
	bool numbers; /* cards without a pass give their number, which anybody can copy */
};

/* The service and the reader may be missing: they may come, and READER_ONLINE tells. */
tanu_status pcsc_reader_open(struct reader *out, const struct pcsc_options *options,
			     tanu_error *err);

#endif
