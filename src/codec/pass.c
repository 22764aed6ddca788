/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/pass.h"

#include <stdio.h>
#include <string.h>

#define VERSION 1

static const uint8_t magic[2] = {'T', 'P'};

static uint8_t *put_bytes(uint8_t *at, const void *bytes, size_t len)
{
	memcpy(at, bytes, len);
	return at + len;
}

static uint8_t *put_u16le(uint8_t *at, uint16_t v)
{
	at[0] = (uint8_t)v;
	at[1] = (uint8_t)(v >> 8);
	return at + 2;
}

void pass_put_head(uint8_t out[PASS_HEAD_LEN], const struct pass_head *head)
{
	out = put_bytes(out, magic, sizeof(magic));
	*out++ = VERSION;
	out = put_bytes(out, head->site, sizeof(head->site));
	out = put_bytes(out, head->number, sizeof(head->number));
	out = put_u16le(out, head->generation);
	out = put_u16le(out, (uint16_t)date_to_days(head->until));
	put_bytes(out, head->model, sizeof(head->model));
}

void pass_put(struct buf *out, const struct pass *pass)
{
	uint8_t head[PASS_HEAD_LEN];

	pass_put_head(head, &pass->head);
	buf_put(out, head, sizeof(head));
	buf_put(out, pass->sealed, sizeof(pass->sealed));
}

/* ---- NDEF ---- */

/* First and only record, long payload, type as in RFC 2046 (NDEF 1.0, 3.2). */
#define NDEF_FLAGS    0xC2
#define NDEF_TYPE_LEN (sizeof(PASS_NDEF_TYPE) - 1)

void pass_put_ndef(struct buf *out, const struct pass *pass)
{
	static const uint8_t length[4] = {0, 0, PASS_LEN >> 8, PASS_LEN & 0xFF};

	buf_u8(out, NDEF_FLAGS);
	buf_u8(out, NDEF_TYPE_LEN);
	buf_put(out, length, sizeof(length));
	buf_str(out, PASS_NDEF_TYPE);
	pass_put(out, pass);
}

/* Past the head of an NDEF message with a pass in it. */
static void skip_ndef(struct rd *r)
{
	const uint8_t *type;
	uint8_t type_len;

	if (rd_u8(r) != NDEF_FLAGS)
		rd_fail(r);
	type_len = rd_u8(r);
	if (rd_u32be(r) != PASS_LEN || type_len != NDEF_TYPE_LEN)
		rd_fail(r);
	type = rd_bytes(r, NDEF_TYPE_LEN);
	if (!type || memcmp(type, PASS_NDEF_TYPE, NDEF_TYPE_LEN) != 0)
		rd_fail(r);
}

/* ---- reading ---- */

static void read_head(struct rd *r, struct pass_head *head)
{
	rd_copy(r, head->site, sizeof(head->site));
	rd_copy(r, head->number, sizeof(head->number));
	head->generation = rd_u16le(r);
	head->until = date_from_days(rd_u16le(r));
	rd_copy(r, head->model, sizeof(head->model));
}

bool pass_begins(const uint8_t *bytes, size_t bytes_len)
{
	return bytes_len >= sizeof(magic) &&
	       (memcmp(bytes, magic, sizeof(magic)) == 0 || bytes[0] == NDEF_FLAGS);
}

tanu_status pass_read(struct pass *out, const uint8_t *bytes, size_t bytes_len, tanu_error *err)
{
	struct pass pass = {0};
	const uint8_t *begin;
	uint8_t version;
	struct rd r;

	rd_init(&r, bytes, bytes_len);
	if (bytes_len > 0 && bytes[0] == NDEF_FLAGS)
		skip_ndef(&r);
	begin = rd_bytes(&r, sizeof(magic));
	version = rd_u8(&r);
	if (!begin || memcmp(begin, magic, sizeof(magic)) != 0)
		return tanu_fail(err, TANU_ERR_FORMAT, "pass", "this is not a pass of Tanu");
	if (rd_ok(&r) && version != VERSION)
		return tanu_fail(err, TANU_ERR_FORMAT, "pass",
				 "this pass is of version %u, which this program does not know",
				 version);
	read_head(&r, &pass.head);
	rd_copy(&r, pass.sealed, sizeof(pass.sealed));
	if (!rd_end(&r))
		return tanu_fail(err, TANU_ERR_FORMAT, "pass",
				 "the pass is damaged: it is not %d bytes long", PASS_LEN);
	if (pass.head.generation == 0)
		return tanu_fail(err, TANU_ERR_FORMAT, "pass",
				 "the pass is damaged: its generation is 0");
	*out = pass;
	return TANU_OK;
}

void pass_number_text(char out[PASS_NUMBER_TEXT_LEN], const uint8_t number[PASS_NUMBER_LEN])
{
	snprintf(out, PASS_NUMBER_TEXT_LEN, "%02x%02x %02x%02x %02x%02x %02x%02x", number[0],
		 number[1], number[2], number[3], number[4], number[5], number[6], number[7]);
}
