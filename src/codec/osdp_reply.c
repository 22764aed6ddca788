/* SPDX-License-Identifier: Apache-2.0 */
/* Data of OSDP replies: one reader and one writer a reply, found in a table. */
#include "codec/osdp_put.h"

/* True when the bytes are as they must be. What is left over is refused by the caller. */
typedef bool (*read_fn)(struct osdp_reply *out, struct rd *r);
typedef void (*put_fn)(struct put *p, const struct osdp_reply *reply);

static bool read_nothing(struct osdp_reply *out, struct rd *r)
{
	(void)out;
	(void)r;
	return true;
}

static void put_nothing(struct put *p, const struct osdp_reply *reply)
{
	(void)p;
	(void)reply;
}

/* Some reasons are followed by what was not understood; that is passed over. */
static bool read_nak(struct osdp_reply *out, struct rd *r)
{
	out->nak = rd_u8(r);
	rd_bytes(r, rd_left(r));
	return true;
}

static void put_nak(struct put *p, const struct osdp_reply *reply)
{
	put_u8(p, reply->nak);
}

static bool read_id(struct osdp_reply *out, struct rd *r)
{
	rd_copy(r, out->id.vendor, sizeof(out->id.vendor));
	out->id.model = rd_u8(r);
	out->id.version = rd_u8(r);
	out->id.serial = rd_u32le(r);
	rd_copy(r, out->id.firmware, sizeof(out->id.firmware));
	return true;
}

static void put_id(struct put *p, const struct osdp_reply *reply)
{
	put_bytes(p, reply->id.vendor, sizeof(reply->id.vendor));
	put_u8(p, reply->id.model);
	put_u8(p, reply->id.version);
	put_u32(p, reply->id.serial);
	put_bytes(p, reply->id.firmware, sizeof(reply->id.firmware));
}

static bool read_caps(struct osdp_reply *out, struct rd *r)
{
	out->caps.len = 0;
	while (rd_left(r) > 0 && rd_ok(r)) {
		if (out->caps.len == OSDP_CAPS_MAX)
			return false;
		struct osdp_cap *cap = &out->caps.cap[out->caps.len++];

		cap->function = rd_u8(r);
		cap->compliance = rd_u8(r);
		cap->number = rd_u8(r);
	}
	return true;
}

static void put_caps(struct put *p, const struct osdp_reply *reply)
{
	for (size_t i = 0; i < reply->caps.len; i++) {
		put_u8(p, reply->caps.cap[i].function);
		put_u8(p, reply->caps.cap[i].compliance);
		put_u8(p, reply->caps.cap[i].number);
	}
}

static bool read_local(struct osdp_reply *out, struct rd *r)
{
	uint8_t tamper = rd_u8(r), power = rd_u8(r);

	out->local.tamper = tamper;
	out->local.power = power;
	return tamper <= 1 && power <= 1;
}

static void put_local(struct put *p, const struct osdp_reply *reply)
{
	put_u8(p, reply->local.tamper);
	put_u8(p, reply->local.power);
}

static bool read_levels(struct osdp_reply *out, struct rd *r)
{
	out->levels.len = rd_left(r);
	if (out->levels.len == 0 || out->levels.len > OSDP_LEVELS_MAX)
		return false;
	rd_copy(r, out->levels.level, out->levels.len);
	return true;
}

static void put_levels(struct put *p, const struct osdp_reply *reply)
{
	put_bytes(p, reply->levels.level, reply->levels.len);
}

/* Bits of the last byte that belong to no card are cleared: one card gives one value. */
static bool read_card(struct osdp_reply *out, struct rd *r)
{
	out->card.reader = rd_u8(r);
	uint8_t format = rd_u8(r);
	size_t bits = rd_u16le(r), len = (bits + 7) / 8;

	if (!rd_ok(r) || format > 1 || bits == 0 || bits > OSDP_CARD_BITS_MAX || rd_left(r) != len)
		return false;
	out->card.wiegand = format == 1;
	out->card.bits = (uint16_t)bits;
	memset(out->card.data, 0, sizeof(out->card.data));
	rd_copy(r, out->card.data, len);
	if (bits % 8)
		out->card.data[len - 1] &= (uint8_t)(0xff << (8 - bits % 8));
	return true;
}

static void put_card(struct put *p, const struct osdp_reply *reply)
{
	put_u8(p, reply->card.reader);
	put_u8(p, reply->card.wiegand);
	put_u16(p, reply->card.bits);
	put_bytes(p, reply->card.data, ((size_t)reply->card.bits + 7) / 8);
}

/* `len` characters of printable ASCII, and a final zero. */
static bool read_digits(char out[OSDP_DIGITS_MAX + 1], struct rd *r, size_t len)
{
	const uint8_t *digits = rd_bytes(r, len);

	if (!digits || len == 0 || len > OSDP_DIGITS_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (digits[i] < 0x20 || digits[i] > 0x7e)
			return false;
		out[i] = (char)digits[i];
	}
	out[len] = '\0';
	return true;
}

static bool read_formatted(struct osdp_reply *out, struct rd *r)
{
	out->formatted.reader = rd_u8(r);
	uint8_t direction = rd_u8(r);
	size_t len = rd_u8(r);

	out->formatted.backwards = direction == 1;
	return direction <= 1 && read_digits(out->formatted.digits, r, len);
}

static void put_formatted(struct put *p, const struct osdp_reply *reply)
{
	size_t len = strlen(reply->formatted.digits);

	put_u8(p, reply->formatted.reader);
	put_u8(p, reply->formatted.backwards);
	put_u8(p, (uint8_t)len);
	put_bytes(p, reply->formatted.digits, len);
}

/* Digits are ASCII, clear is 0x7f, enter 0x0d. */
static char key_of(uint8_t code)
{
	if ((code >= '0' && code <= '9') || (code >= 'A' && code <= 'D'))
		return (char)code;
	if (code == 0x7f || code == '*')
		return '*';
	if (code == 0x0d || code == '#')
		return '#';
	return '\0';
}

static bool read_keypad(struct osdp_reply *out, struct rd *r)
{
	out->keypad.reader = rd_u8(r);
	size_t len = rd_u8(r);

	if (len == 0 || len > OSDP_DIGITS_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		out->keypad.keys[i] = key_of(rd_u8(r));
		if (!out->keypad.keys[i])
			return false;
	}
	out->keypad.keys[len] = '\0';
	return true;
}

static void put_keypad(struct put *p, const struct osdp_reply *reply)
{
	size_t len = strlen(reply->keypad.keys);

	put_u8(p, reply->keypad.reader);
	put_u8(p, (uint8_t)len);
	for (size_t i = 0; i < len; i++) {
		char key = reply->keypad.keys[i];

		put_u8(p, key == '*' ? 0x7f : key == '#' ? 0x0d : (uint8_t)key);
	}
}

static bool read_com(struct osdp_reply *out, struct rd *r)
{
	out->com.address = rd_u8(r);
	out->com.baud = rd_u32le(r);
	return out->com.address < OSDP_EVERYONE;
}

static void put_com(struct put *p, const struct osdp_reply *reply)
{
	put_u8(p, reply->com.address);
	put_u32(p, reply->com.baud);
}

static bool read_ccrypt(struct osdp_reply *out, struct rd *r)
{
	rd_copy(r, out->ccrypt.id, sizeof(out->ccrypt.id));
	rd_copy(r, out->ccrypt.random, sizeof(out->ccrypt.random));
	rd_copy(r, out->ccrypt.cryptogram, sizeof(out->ccrypt.cryptogram));
	return true;
}

static void put_ccrypt(struct put *p, const struct osdp_reply *reply)
{
	put_bytes(p, reply->ccrypt.id, sizeof(reply->ccrypt.id));
	put_bytes(p, reply->ccrypt.random, sizeof(reply->ccrypt.random));
	put_bytes(p, reply->ccrypt.cryptogram, sizeof(reply->ccrypt.cryptogram));
}

static bool read_rmac(struct osdp_reply *out, struct rd *r)
{
	rd_copy(r, out->rmac, sizeof(out->rmac));
	return true;
}

static void put_rmac(struct put *p, const struct osdp_reply *reply)
{
	put_bytes(p, reply->rmac, sizeof(reply->rmac));
}

static const struct {
	uint8_t code;
	read_fn read;
	put_fn put;
} handlers[] = {
    {OSDP_R_ACK, read_nothing, put_nothing},  {OSDP_R_NAK, read_nak, put_nak},
    {OSDP_R_PDID, read_id, put_id},	      {OSDP_R_PDCAP, read_caps, put_caps},
    {OSDP_R_LSTATR, read_local, put_local},   {OSDP_R_ISTATR, read_levels, put_levels},
    {OSDP_R_OSTATR, read_levels, put_levels}, {OSDP_R_RSTATR, read_levels, put_levels},
    {OSDP_R_RAW, read_card, put_card},	      {OSDP_R_FMT, read_formatted, put_formatted},
    {OSDP_R_KEYPAD, read_keypad, put_keypad}, {OSDP_R_COM, read_com, put_com},
    {OSDP_R_CCRYPT, read_ccrypt, put_ccrypt}, {OSDP_R_RMAC_I, read_rmac, put_rmac},
    {OSDP_R_BUSY, read_nothing, put_nothing},
};

tanu_status osdp_reply_read(struct osdp_reply *out, uint8_t code, const uint8_t *data,
			    size_t data_len, tanu_error *err)
{
	struct osdp_reply reply = {.code = code};
	struct rd r;

	rd_init(&r, data, data_len);
	for (size_t i = 0; i < ARRAY_LEN(handlers); i++) {
		if (handlers[i].code != code)
			continue;
		if (!handlers[i].read(&reply, &r) || !rd_end(&r))
			return tanu_fail(err, TANU_ERR_FORMAT, osdp_reply_word(code),
					 "the reader's reply is not of its form");
		*out = reply;
		return TANU_OK;
	}
	return tanu_fail(err, TANU_ERR_FORMAT, "OSDP reply", "no reply 0x%02x is known here", code);
}

size_t osdp_reply_put(uint8_t out[OSDP_DATA_MAX], const struct osdp_reply *reply)
{
	struct put p = {.at = out};

	for (size_t i = 0; i < ARRAY_LEN(handlers); i++)
		if (handlers[i].code == reply->code)
			handlers[i].put(&p, reply);
	return p.len;
}

const struct osdp_cap *osdp_cap_find(const struct osdp_reply *caps, enum osdp_function function)
{
	for (size_t i = 0; i < caps->caps.len; i++)
		if (caps->caps.cap[i].function == function)
			return &caps->caps.cap[i];
	return NULL;
}
