/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/ndef.h"

/* NFC Forum Type 4 Tag 2.0, 5.1: the container's fields, and the TLV of the message's file. */
#define CONTAINER_MIN 15
#define FILE_TLV      0x04
#define FILE_TLV_LEN  6
#define READ_MIN      0x0f
#define ACCESS_FREE   0x00

/* NFC Forum Type 2 Tag 1.1, 2.3: blocks of the data area. */
#define TLV_NULL    0x00
#define TLV_MESSAGE 0x03
#define TLV_END	    0xfe
#define TLV_LONG    0xff /* two more bytes of length follow */
#define TYPE2_MAGIC 0xe1

/* NDEF 1.0, 3.2: flags of a record. */
#define RECORD_FIRST  0x80
#define RECORD_LAST   0x40
#define RECORD_PIECE  0x20
#define RECORD_SHORT  0x10
#define RECORD_ID     0x08
#define RECORD_TYPE   0x07
#define TYPE_RESERVED 0x07

static tanu_status broken(tanu_error *err, const char *what)
{
	return tanu_fail(err, TANU_ERR_FORMAT, "NFC card", "%s", what);
}

tanu_status ndef_read_container(struct ndef_file *out, const uint8_t *bytes, size_t bytes_len,
				tanu_error *err)
{
	struct ndef_file file;
	struct rd r;

	rd_init(&r, bytes, bytes_len);
	size_t stated = rd_u16be(&r);
	uint8_t version = rd_u8(&r);

	file.read_max = rd_u16be(&r);
	rd_u16be(&r); /* bytes in one write: nothing is written */
	uint8_t tag = rd_u8(&r), len = rd_u8(&r);

	rd_copy(&r, file.id, sizeof(file.id));
	file.file_max = rd_u16be(&r);
	uint8_t access = rd_u8(&r);

	if (!rd_ok(&r) || stated < CONTAINER_MIN || tag != FILE_TLV || len != FILE_TLV_LEN)
		return broken(err, "its capability container is not of its form");
	if (version >> 4 < 1 || version >> 4 > 3)
		return broken(err, "its capability container is of a version that is not known");
	if (access != ACCESS_FREE || file.read_max < READ_MIN || file.file_max < 2)
		return broken(err, "its message may not be read");
	*out = file;
	return TANU_OK;
}

tanu_status ndef_area_size(size_t *out, const uint8_t container[4], tanu_error *err)
{
	if (container[0] != TYPE2_MAGIC || container[1] >> 4 != 1)
		return broken(err, "it is not laid out for messages");
	if (container[3] >> 4)
		return broken(err, "its message may not be read");
	*out = (size_t)container[2] * 8;
	return TANU_OK;
}

/* Length of a block, one byte or three. False: not all of it is here. */
static bool read_length(struct rd *r, size_t *len)
{
	*len = rd_u8(r);
	if (*len == TLV_LONG)
		*len = rd_u16be(r);
	return rd_ok(r);
}

tanu_status ndef_find(const uint8_t **message, size_t *message_len, size_t *need,
		      const uint8_t *area, size_t area_len, tanu_error *err)
{
	struct rd r;

	*message = NULL;
	*message_len = 0;
	for (rd_init(&r, area, area_len); rd_left(&r) > 0;) {
		uint8_t tag = rd_u8(&r);
		size_t len;

		if (tag == TLV_NULL)
			continue;
		if (tag == TLV_END)
			return tanu_fail(err, TANU_ERR_RECORD_MISSING, "NFC card",
					 "there is no message");
		if (!read_length(&r, &len))
			break;
		*need = (size_t)(r.p - area) + len;
		if (tag == TLV_MESSAGE && len > NDEF_MESSAGE_MAX)
			return broken(err, "its message is longer than 4096 bytes");
		if (len > rd_left(&r))
			return TANU_OK;
		if (tag == TLV_MESSAGE) {
			*message = r.p;
			*message_len = len;
			return TANU_OK;
		}
		rd_bytes(&r, len);
	}
	*need = area_len + 1;
	return TANU_OK;
}

/* One record; its flags. */
static bool read_record(struct rd *r, uint8_t *flags)
{
	*flags = rd_u8(r);
	size_t type_len = rd_u8(r);
	size_t payload_len = *flags & RECORD_SHORT ? rd_u8(r) : rd_u32be(r);
	size_t id_len = *flags & RECORD_ID ? rd_u8(r) : 0;

	rd_bytes(r, type_len);
	rd_bytes(r, id_len);
	rd_bytes(r, payload_len);
	return rd_ok(r) && !(*flags & RECORD_PIECE) && (*flags & RECORD_TYPE) != TYPE_RESERVED;
}

tanu_status ndef_check(const uint8_t *message, size_t message_len, tanu_error *err)
{
	bool first = true;
	uint8_t flags = 0;
	struct rd r;

	rd_init(&r, message, message_len);
	do {
		if (!read_record(&r, &flags) || !!(flags & RECORD_FIRST) != first)
			return broken(err, "its message is not whole");
		first = false;
	} while (!(flags & RECORD_LAST));
	if (!rd_end(&r))
		return broken(err, "there is something behind its message");
	return TANU_OK;
}
