/* SPDX-License-Identifier: Apache-2.0 */
/*
 * virtual_reader.h - a reader of the PC/SC service that is not there, by vsmartcard, with a virtual
 * card on it (vcard.h). The service runs in a mount namespace of its own, so that one of the
 * machine is left alone; the process that starts it is in that namespace too.
 */
#ifndef TESTS_DEVICE_VIRTUAL_READER_H
#define TESTS_DEVICE_VIRTUAL_READER_H

#include "device/vcard.h"

/* False, with the reason printed: pcscd, the virtual reader or the right to a namespace is missing.
 */
bool virtual_reader_start(void);
void virtual_reader_stop(void);
/* Lays a card on it; what is returned is its end, to be closed when it is taken away. Asserts. */
int virtual_card_lay_on(void);
/* Answers what the reader asks of the card now. */
void virtual_card_serve(int fd, struct vcard *card);

#endif
