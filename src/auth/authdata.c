/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an authenticator says (WebAuthn, section 6.1), looked at before libfido2 gets it: libcbor
 * makes room for as many members as an array or map says it has, before it looks for them.
 */
#include "auth/inside.h"

#define RP_HASH_LEN 32
#define COUNT_LEN   4
#define AAGUID_LEN  16

#define FLAG_ATTESTED 0x40

/* The argument of an item's first byte (RFC 8949, section 3). CTAP2 has none of unstated length. */
static uint64_t argument(struct rd *r, uint8_t first)
{
	const uint8_t low = first & 0x1F;
	uint64_t high;

	switch (low) {
	case 24:
		return rd_u8(r);
	case 25:
		return rd_u16be(r);
	case 26:
		return rd_u32be(r);
	case 27:
		high = rd_u32be(r);
		return high << 32 | rd_u32be(r);
	default:
		if (low > 27)
			rd_fail(r);
		return low;
	}
}

/* How many items follow in this one: never more than there are bytes. */
static size_t members(struct rd *r)
{
	enum { BYTES = 2, TEXT, ARRAY, MAP, TAG };
	const uint8_t first = rd_u8(r);
	const uint64_t n = argument(r, first);

	switch (first >> 5) {
	case BYTES:
	case TEXT:
		if (n > rd_left(r))
			rd_fail(r);
		else
			rd_bytes(r, (size_t)n);
		return 0;
	case ARRAY:
	case MAP:
		if (n > rd_left(r)) {
			rd_fail(r);
			return 0;
		}
		return (size_t)n * (first >> 5 == MAP ? 2 : 1);
	case TAG:
		return 1;
	default:
		return 0;
	}
}

static void skip_item(struct rd *r)
{
	size_t due = 1;

	while (due && rd_ok(r)) {
		due += members(r) - 1;
		if (due > rd_left(r))
			rd_fail(r);
	}
}

bool authdata_is_sound(const struct bytes *authdata)
{
	struct rd r;
	uint8_t flags;

	rd_init(&r, authdata->p, authdata->len);
	rd_bytes(&r, RP_HASH_LEN);
	flags = rd_u8(&r);
	rd_bytes(&r, COUNT_LEN);
	if (flags & FLAG_ATTESTED) {
		rd_bytes(&r, AAGUID_LEN);
		rd_bytes(&r, rd_u16be(&r));
		skip_item(&r); /* the key */
	}
	while (rd_ok(&r) && rd_left(&r))
		skip_item(&r); /* extensions */
	return rd_ok(&r);
}
