/* SPDX-License-Identifier: Apache-2.0 */
/* Header, security block, MAC and check of an OSDP frame (5.9, annex D). */
#include "codec/osdp.h"

#include <assert.h>
#include <string.h>

#define REPLY_BIT  0x80
#define HEADER_LEN 5

bool osdp_has_mac(uint8_t security)
{
	return security >= OSDP_SCS_15 && security <= OSDP_SCS_18;
}

static tanu_status broken(tanu_error *err, const char *what)
{
	return tanu_fail(err, TANU_ERR_FORMAT, "OSDP frame", "%s", what);
}

static bool check_fits(const uint8_t *bytes, size_t body_len, bool crc)
{
	if (!crc)
		return osdp_checksum(bytes, body_len) == bytes[body_len];
	uint16_t sum = osdp_crc16(bytes, body_len);

	return bytes[body_len] == (sum & 0xff) && bytes[body_len + 1] == sum >> 8;
}

/* The block's length counts itself and the type; one data byte during the handshake, then none. */
static bool read_security(struct rd *r, struct osdp_frame *frame)
{
	uint8_t len = rd_u8(r);

	frame->security = rd_u8(r);
	if (frame->security < OSDP_SCS_11 || frame->security > OSDP_SCS_18)
		return false;
	if ((frame->security % 2 == 0) != frame->reply)
		return false;
	if (osdp_has_mac(frame->security))
		return len == 2;
	frame->security_data = rd_u8(r);
	return len == 3;
}

/* Everything between the header and the check. */
static bool read_body(struct rd *r, struct osdp_frame *frame, bool secured)
{
	size_t mac = 0;

	if (secured && !read_security(r, frame))
		return false;
	frame->code = rd_u8(r);
	if (osdp_has_mac(frame->security))
		mac = OSDP_MAC_LEN;
	if (!rd_ok(r) || rd_left(r) < mac)
		return false;
	frame->data_len = rd_left(r) - mac;
	frame->data = rd_bytes(r, frame->data_len);
	if (mac) {
		frame->signed_len = (size_t)(r->p - frame->bytes);
		frame->mac = rd_bytes(r, mac);
	}
	return rd_end(r) && frame->data_len <= OSDP_DATA_MAX;
}

tanu_status osdp_decode(struct osdp_frame *out, const uint8_t *bytes, size_t bytes_len,
			tanu_error *err)
{
	struct osdp_frame frame = {.bytes = bytes};
	struct rd r;

	if (bytes_len < OSDP_FRAME_MIN || bytes_len > OSDP_FRAME_MAX)
		return broken(err, "it is shorter or longer than a frame can be");
	rd_init(&r, bytes, bytes_len);
	if (rd_u8(&r) != OSDP_SOM)
		return broken(err, "it does not begin like a frame");
	uint8_t address = rd_u8(&r);

	if (rd_u16le(&r) != bytes_len)
		return broken(err, "its length is not the one it states");
	uint8_t control = rd_u8(&r);

	if (control & ~(OSDP_CTRL_SEQUENCE | OSDP_CTRL_CRC | OSDP_CTRL_SECURITY))
		return broken(err, "its control byte has bits that no version gives a meaning");
	frame.address = address & (REPLY_BIT - 1);
	frame.reply = address & REPLY_BIT;
	frame.sequence = control & OSDP_CTRL_SEQUENCE;
	frame.crc = control & OSDP_CTRL_CRC;
	size_t body_len = bytes_len - (frame.crc ? 2 : 1);

	if (body_len <= HEADER_LEN || !check_fits(bytes, body_len, frame.crc))
		return broken(err, "its check is wrong: noise on the line, or two readers at once");
	r.end = bytes + body_len;
	if (!read_body(&r, &frame, control & OSDP_CTRL_SECURITY))
		return broken(err, "its security block or code does not fit");
	*out = frame;
	return TANU_OK;
}

static size_t security_len(const struct osdp_frame *frame)
{
	if (frame->security == OSDP_CLEAR)
		return 0;
	return osdp_has_mac(frame->security) ? 2 : 3;
}

size_t osdp_encode_body(uint8_t out[OSDP_FRAME_MAX], const struct osdp_frame *frame)
{
	size_t block = security_len(frame), at = HEADER_LEN;
	size_t body = HEADER_LEN + block + 1 + frame->data_len;
	size_t whole =
	    body + (osdp_has_mac(frame->security) ? OSDP_MAC_LEN : 0) + (frame->crc ? 2 : 1);

	assert(frame->data_len <= OSDP_DATA_MAX && frame->address <= OSDP_EVERYONE);
	out[0] = OSDP_SOM;
	out[1] = (uint8_t)(frame->address | (frame->reply ? REPLY_BIT : 0));
	out[2] = (uint8_t)whole;
	out[3] = (uint8_t)(whole >> 8);
	out[4] = (uint8_t)((frame->sequence & OSDP_CTRL_SEQUENCE) |
			   (frame->crc ? OSDP_CTRL_CRC : 0) | (block ? OSDP_CTRL_SECURITY : 0));
	if (block) {
		out[at] = (uint8_t)block;
		out[at + 1] = frame->security;
		if (block == 3)
			out[at + 2] = frame->security_data;
		at += block;
	}
	out[at++] = frame->code;
	if (frame->data_len)
		memcpy(out + at, frame->data, frame->data_len);
	return body;
}

size_t osdp_encode_end(uint8_t out[OSDP_FRAME_MAX], size_t body_len, const struct osdp_frame *frame,
		       const uint8_t mac[OSDP_MAC_LEN])
{
	size_t at = body_len;

	if (osdp_has_mac(frame->security)) {
		memcpy(out + at, mac, OSDP_MAC_LEN);
		at += OSDP_MAC_LEN;
	}
	if (frame->crc) {
		uint16_t sum = osdp_crc16(out, at);

		out[at++] = (uint8_t)sum;
		out[at++] = (uint8_t)(sum >> 8);
	} else {
		out[at] = osdp_checksum(out, at);
		at++;
	}
	return at;
}
