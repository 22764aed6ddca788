/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An OSDP controller that is answered by somebody without the key: whatever she says, and whenever,
 * no card, no key and no reader online comes out of it.
 */
#include "device/osdp/bus.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void known(void *self, void *out, size_t len)
{
	(void)self;
	memset(out, 0x5a, len);
}

static void start(struct osdp_bus *bus)
{
	const struct osdp_reader_options readers[] = {{.address = 0, .key = {{7}}},
						      {.address = 5, .key = {{8}}}};
	const struct osdp_bus_options options = {.random = {.fill = known}};

	if (osdp_bus_init(bus, readers, 2, &options, NULL) < 0)
		abort();
	osdp_bus_next(bus, OSDP_BUS_UP, NULL, 0, 0);
}

static void nothing_believed(struct osdp_bus *bus, int64_t now)
{
	struct osdp_event event;

	for (size_t i = 0; i < 2; i++)
		while (osdp_bus_take(bus, &event, i, now))
			if (event.kind != READER_REFUSED)
				abort();
}

/* The check of a frame is made right, since it keeps nobody out. */
static size_t say(uint8_t out[OSDP_FRAME_MAX], const struct osdp_bus *bus, const uint8_t *data,
		  size_t size)
{
	struct osdp_frame frame = {.address = bus->peers[bus->turn].options.address,
				   .reply = true,
				   .sequence = bus->peers[bus->turn].sequence,
				   .crc = true};

	if (size < 2 || size - 2 > OSDP_DATA_MAX)
		return 0;
	frame.security = data[0] & 8 ? (uint8_t)(OSDP_SCS_12 + (data[0] & 6)) : OSDP_CLEAR;
	frame.code = data[1];
	frame.data = data + 2;
	frame.data_len = size - 2;
	return osdp_encode_end(out, osdp_encode_body(out, &frame), &frame,
			       (const uint8_t *)"\1\2\3\4");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct osdp_bus bus;
	uint8_t bytes[OSDP_FRAME_MAX];
	int64_t now = 1;

	start(&bus);
	while (size > 2) {
		size_t len = data[0], how = data[1];

		data += 2;
		size -= 2;
		if (len > size)
			len = size;
		now += (int64_t)(how & 0x7f) * 8;
		if (how & 0x80)
			osdp_bus_next(&bus, OSDP_BUS_BYTES, data, len, now);
		else
			osdp_bus_next(&bus, OSDP_BUS_BYTES, bytes, say(bytes, &bus, data, len),
				      now);
		osdp_bus_next(&bus, OSDP_BUS_TIME, NULL, 0, now + 1);
		nothing_believed(&bus, now + 1);
		data += len;
		size -= len;
	}
	return 0;
}
