/* SPDX-License-Identifier: Apache-2.0 */
#include "image/exif.h"

#include <string.h>

#define TAG_ORIENTATION 0x0112 /* TIFF 6.0, section 8 */
#define TYPE_SHORT	3

/* A cursor that knows the byte order of its TIFF block. */
struct tiff {
	struct rd r;
	bool big;
};

static uint16_t tiff_u16(struct tiff *t)
{
	return t->big ? rd_u16be(&t->r) : rd_u16le(&t->r);
}

static uint32_t tiff_u32(struct tiff *t)
{
	return t->big ? rd_u32be(&t->r) : rd_u32le(&t->r);
}

/* "II" or "MM", 42, and the offset of the first directory from the start of the block. */
static void enter_first_directory(struct tiff *t)
{
	size_t whole = rd_left(&t->r);
	uint16_t order = rd_u16be(&t->r);
	uint32_t offset;

	t->big = order == 0x4D4D;
	if (order != 0x4D4D && order != 0x4949)
		rd_fail(&t->r);
	if (tiff_u16(t) != 42)
		rd_fail(&t->r);
	offset = tiff_u32(t);
	if (offset < whole - rd_left(&t->r))
		rd_fail(&t->r);
	rd_bytes(&t->r, offset - (whole - rd_left(&t->r)));
}

int exif_orientation(const uint8_t *app1, size_t len)
{
	struct tiff t = {0};
	uint16_t count;
	const uint8_t *magic;

	rd_init(&t.r, app1, len);
	magic = rd_bytes(&t.r, 6);
	if (!magic || memcmp(magic, "Exif\0\0", 6) != 0)
		return 1;
	enter_first_directory(&t);
	count = tiff_u16(&t);
	for (uint16_t i = 0; i < count && rd_ok(&t.r); i++) {
		uint16_t tag = tiff_u16(&t);
		uint16_t type = tiff_u16(&t);
		uint32_t values = tiff_u32(&t);
		uint16_t value = tiff_u16(&t); /* a SHORT stands in the first half of the field */

		rd_bytes(&t.r, 2);
		if (tag == TAG_ORIENTATION)
			return rd_ok(&t.r) && type == TYPE_SHORT && values == 1 && value >= 1 &&
				       value <= 8
				   ? value
				   : 1;
	}
	return 1;
}
