/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line.h - OSDP readers on a serial port or behind a TCP converter, as readers (device/reader.h).
 *
 * One line has up to OSDP_READERS_MAX readers. Each is a struct reader of its own; whichever is
 * asked first moves the line. The line is opened again by itself when its port goes away (an
 * adapter unplugged, a converter restarted); its readers are offline meanwhile.
 */
#ifndef DEVICE_OSDP_LINE_H
#define DEVICE_OSDP_LINE_H

#include "device/osdp/bus.h"

struct osdp_line_options {
	const char *port; /* "/dev/ttyUSB0", or "tcp:192.0.2.1:4001" */
	bool rs485; /* the port drives RTS; adapters that switch by themselves don't need it */
	struct osdp_bus_options bus;
};

struct osdp_line;

/* A port that is missing is no failure: it may come. TANU_USAGE (setting): what can't work. */
tanu_status osdp_line_open(struct osdp_line **out, const struct osdp_reader_options *readers,
			   size_t readers_len, const struct osdp_line_options *options,
			   tanu_error *err);
/* The readers are not to be used after it. */
void osdp_line_close(struct osdp_line **line);

/* The reader with this number in the list. reader_close leaves the line open. */
struct reader osdp_line_reader(struct osdp_line *line, size_t index);

/*
 * For pairing and changing keys, for `check`, and for outputs: see bus.h. A new key must be safe on
 * disk before.
 */
struct osdp_bus *osdp_line_bus(struct osdp_line *line);
/* Why the port is not open; empty when it is. */
const char *osdp_line_trouble(const struct osdp_line *line);

#endif
