/* SPDX-License-Identifier: Apache-2.0 */
/* PNG as it comes, and once more with right checksums, or nothing behind them would be reached. */
#include "image_decode.h"

#include <string.h>

#define SIGNATURE_LEN 8

/* PNG 1.2, annex D. */
static uint32_t crc32_of(const uint8_t *bytes, size_t len)
{
	uint32_t crc = 0xFFFFFFFFu;

	for (size_t i = 0; i < len; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
	}
	return ~crc;
}

static void repair(uint8_t *png, size_t size)
{
	size_t at = SIGNATURE_LEN;

	while (size - at >= 12) {
		struct rd r;
		uint32_t len, crc;

		rd_init(&r, png + at, size - at);
		len = rd_u32be(&r);
		if (len > size - at - 12)
			return;
		crc = crc32_of(png + at + 4, len + 4);
		for (size_t i = 0; i < 4; i++)
			png[at + 8 + len + i] = (uint8_t)(crc >> (24 - 8 * i));
		at += 12 + (size_t)len;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *repaired;

	decode_once(data, size, IMAGE_PNG);
	if (size < SIGNATURE_LEN)
		return 0;
	repaired = malloc(size);
	must(repaired);
	memcpy(repaired, data, size);
	repair(repaired, size);
	decode_once(repaired, size, IMAGE_PNG);
	free(repaired);
	return 0;
}
