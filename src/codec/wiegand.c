/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/wiegand.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct wiegand_layout layouts[] = {
#define X(name, bits, site_at, site_len, number_at, number_len, even_to, odd_from) \
	{name, bits, site_at, site_len, number_at, number_len, even_to, odd_from},
    WIEGAND_LAYOUT_LIST(X)
#undef X
};

const struct wiegand_layout *wiegand_layout(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(layouts); i++)
		if (strcmp(layouts[i].name, name) == 0)
			return &layouts[i];
	return NULL;
}

static unsigned bit_at(const uint8_t *bytes, size_t i)
{
	return (unsigned)bytes[i / 8] >> (7 - i % 8) & 1u;
}

static void set_bit(uint8_t *bytes, size_t i, unsigned bit)
{
	uint8_t mask = (uint8_t)(0x80u >> (i % 8));

	bytes[i / 8] = (uint8_t)(bit ? bytes[i / 8] | mask : bytes[i / 8] & ~mask);
}

static uint64_t bits_at(const uint8_t *bytes, size_t from, size_t len)
{
	uint64_t v = 0;

	for (size_t i = 0; i < len; i++)
		v = v << 1 | bit_at(bytes, from + i);
	return v;
}

static void put_bits(uint8_t *bytes, size_t from, size_t len, uint64_t v)
{
	for (size_t i = 0; i < len; i++)
		set_bit(bytes, from + i, (unsigned)(v >> (len - 1 - i)) & 1u);
}

/* 1 if an odd number of the bits from..to is set. */
static unsigned odd_ones(const uint8_t *bytes, size_t from, size_t to)
{
	unsigned odd = 0;

	for (size_t i = from; i <= to; i++)
		odd ^= bit_at(bytes, i);
	return odd;
}

static unsigned even_parity(const struct wiegand_layout *l, const uint8_t *bytes)
{
	return odd_ones(bytes, 1, l->even_to);
}

static unsigned odd_parity(const struct wiegand_layout *l, const uint8_t *bytes)
{
	return !odd_ones(bytes, l->odd_from, l->bits - 2u);
}

tanu_status wiegand_read(struct wiegand_card *out, const struct wiegand_layout *layout,
			 const uint8_t *bytes, size_t bits, tanu_error *err)
{
	if (bits != layout->bits)
		return tanu_fail(err, TANU_ERR_FORMAT, "card", "it has not %d bits", layout->bits);
	if (bit_at(bytes, 0) != even_parity(layout, bytes) ||
	    bit_at(bytes, bits - 1) != odd_parity(layout, bytes))
		return tanu_fail(err, TANU_ERR_FORMAT, "card",
				 "its parity is wrong: a pulse was lost on the way");
	out->site = (uint32_t)bits_at(bytes, layout->site_at, layout->site_len);
	out->number = bits_at(bytes, layout->number_at, layout->number_len);
	return TANU_OK;
}

tanu_status wiegand_put(uint8_t out[WIEGAND_BYTES], const struct wiegand_layout *layout,
			const struct wiegand_card *card, tanu_error *err)
{
	if ((uint64_t)card->site >> layout->site_len || card->number >> layout->number_len)
		return tanu_fail(err, TANU_ERR_SETTING, "card",
				 "its site or number is too large for a card of %d bits",
				 layout->bits);
	memset(out, 0, WIEGAND_BYTES);
	put_bits(out, layout->site_at, layout->site_len, card->site);
	put_bits(out, layout->number_at, layout->number_len, card->number);
	set_bit(out, 0, even_parity(layout, out));
	set_bit(out, layout->bits - 1u, odd_parity(layout, out));
	return TANU_OK;
}

static bool number_parse(uint64_t *out, const char *text, char end, const char **rest)
{
	char *stop = NULL;

	if (!isdigit((unsigned char)*text))
		return false;
	*out = strtoull(text, &stop, 10);
	*rest = stop + 1;
	return *stop == end;
}

static bool card_parse(struct wiegand_card *out, const struct wiegand_layout *layout,
		       const char *text)
{
	uint64_t site = 0;
	const char *rest = text;

	if (layout->site_len > 0 && !number_parse(&site, text, ':', &rest))
		return false;
	if (site > UINT32_MAX || !number_parse(&out->number, rest, '\0', &rest))
		return false;
	out->site = (uint32_t)site;
	return true;
}

tanu_status wiegand_parse(uint8_t out[WIEGAND_BYTES], size_t *bits, const char *text,
			  tanu_error *err)
{
	const char *colon = strchr(text, ':');
	const struct wiegand_layout *layout;
	struct wiegand_card card = {0};
	char name[8] = "";
	tanu_status st;

	if (colon && colon - text < (long)sizeof(name))
		snprintf(name, sizeof(name), "%.*s", (int)(colon - text), text);
	layout = wiegand_layout(name);
	if (!colon || !layout || !card_parse(&card, layout, colon + 1))
		return tanu_fail(err, TANU_ERR_USAGE, "card",
				 "a card is written LAYOUT:SITE:NUMBER (26:12:34567) or "
				 "LAYOUT:NUMBER (34n:1234567)");
	st = wiegand_put(out, layout, &card, err);
	if (st == TANU_OK)
		*bits = layout->bits;
	return st;
}

char wiegand_key(const uint8_t *bytes, size_t bits)
{
	static const char keys[16] = "0123456789*#";
	unsigned key = bytes[0] >> 4;

	if (bits == 8) {
		if ((key ^ (bytes[0] & 15u)) != 15)
			return '\0';
		key = bytes[0] & 15u;
	} else if (bits != 4) {
		return '\0';
	}
	return keys[key];
}

static enum wiegand_got finish(struct wiegand_in *in, struct wiegand_in *out)
{
	*out = *in;
	*in = (struct wiegand_in){0};
	return out->broken ? WIEGAND_BROKEN : WIEGAND_FRAME;
}

enum wiegand_got wiegand_pulse(struct wiegand_in *in, struct wiegand_in *out, bool one,
			       int64_t at_ns)
{
	enum wiegand_got got = wiegand_quiet(in, out, at_ns);

	if (in->bits && at_ns - in->last_ns < WIEGAND_CLOSEST_NS)
		in->broken = true;
	if (in->bits < WIEGAND_BITS_MAX)
		set_bit(in->bytes, in->bits++, one);
	else
		in->broken = true;
	in->last_ns = at_ns;
	return got;
}

enum wiegand_got wiegand_quiet(struct wiegand_in *in, struct wiegand_in *out, int64_t now_ns)
{
	if (in->bits == 0 || now_ns - in->last_ns <= WIEGAND_GAP_NS)
		return WIEGAND_NOTHING;
	return finish(in, out);
}
