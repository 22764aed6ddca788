/* SPDX-License-Identifier: Apache-2.0 */
/*
 * panel.h - a panel on the wall that opens the door by rules of its own: Tanu is a reader to it, on
 * two Wiegand wires, and shows it the card of whoever was let in. Sending takes as long as the card
 * (74 ms for 37 bits), so it has a thread; a card that a busy machine has drawn out is sent again.
 *
 * In one direction and in clear: whether the panel has opened is not known here.
 */
#ifndef DEVICE_PANEL_H
#define DEVICE_PANEL_H

#include "device/wiegand.h"

struct panel;

/* `out` is opened (wiegand_out_open) and copied; its gpio must outlive the panel. */
tanu_status panel_open(struct panel **out, const struct wiegand_out *wires, tanu_error *err);
void panel_close(struct panel **panel); /* what is being sent is sent; NULL inside is fine */

/* Hand a card over. False: the one before is still being sent, or it has no 1 to 64 bits. */
bool panel_show(struct panel *panel, const uint8_t *bytes, size_t bits);
/* How many could not be sent, since this was asked last. */
unsigned panel_failures(struct panel *panel);

#endif
