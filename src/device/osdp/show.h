/* SPDX-License-Identifier: Apache-2.0 */
/* show.h - what a person is shown, as lights and tones of an OSDP reader; inside device/osdp/. */
#ifndef DEVICE_OSDP_SHOW_H
#define DEVICE_OSDP_SHOW_H

#include "codec/osdp.h"
#include "device/reader.h"

#define OSDP_SHOW_MAX 2

/* The commands for it, as far as `caps` has what they need; their number. */
size_t osdp_show(struct osdp_command commands[OSDP_SHOW_MAX], enum reader_show show,
		 const struct osdp_reply *caps);

#endif
