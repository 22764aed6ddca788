/* SPDX-License-Identifier: Apache-2.0 */
/* Pulses of two wires, put together to frames, and read as cards of every layout. */
#include "codec/wiegand.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_as_all(const struct wiegand_in *frame)
{
	static const char *const names[] = {"26", "26n", "34", "34n", "37", "37n"};
	struct wiegand_card card;
	uint8_t again[WIEGAND_BYTES];

	(void)wiegand_key(frame->bytes, frame->bits);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct wiegand_layout *layout = wiegand_layout(names[i]);

		if (wiegand_read(&card, layout, frame->bytes, frame->bits, NULL) < 0)
			continue;
		if (wiegand_put(again, layout, &card, NULL) < 0 ||
		    memcmp(again, frame->bytes, WIEGAND_BYTES) != 0)
			abort();
	}
}

/* Also taken for a card as people write it: what is read is a sound card of its layout. */
static void parse(const uint8_t *data, size_t size)
{
	char text[64];
	uint8_t bytes[WIEGAND_BYTES];
	size_t bits = 0;
	struct wiegand_in frame = {.bits = 0};

	if (size >= sizeof(text))
		return;
	memcpy(text, data, size);
	text[size] = '\0';
	if (wiegand_parse(bytes, &bits, text, NULL) < 0)
		return;
	if (bits == 0 || bits > WIEGAND_BITS_MAX)
		abort();
	memcpy(frame.bytes, bytes, sizeof(bytes));
	frame.bits = bits;
	read_as_all(&frame);
}

/* Each byte is a pulse: its highest bit the wire, the rest the time since the last. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wiegand_in in = {0}, frame;
	int64_t now = 0;

	for (size_t i = 0; i < size; i++) {
		now += (int64_t)(data[i] & 0x7f) * 250000;
		if (wiegand_pulse(&in, &frame, data[i] & 0x80, now) == WIEGAND_FRAME)
			read_as_all(&frame);
	}
	if (wiegand_quiet(&in, &frame, now + 2 * WIEGAND_GAP_NS) == WIEGAND_FRAME)
		read_as_all(&frame);
	parse(data, size);
	return 0;
}
