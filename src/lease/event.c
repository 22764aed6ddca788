/* SPDX-License-Identifier: Apache-2.0 */
/* What a gate reports, as bytes of one length: docs/lease.md. */
#include "lease/spool.h"

#include <string.h>

#define VERSION 1

enum event_bits {
	EVENT_TRUSTED = 1,
	EVENT_EXTRAPOLATED = 2,
	EVENT_SIGNED = 4,
	EVENT_WAS_INSIDE = 8,
	EVENT_BITS = 15,
};

static uint8_t *put_le(uint8_t *at, uint64_t v, size_t len)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(v >> (8 * i));
	return at + len;
}

void gate_event_put(uint8_t out[GATE_EVENT_LEN], const struct gate_event *e)
{
	uint8_t *at = out;

	memset(out, 0, GATE_EVENT_LEN);
	*at++ = VERSION;
	*at++ = (uint8_t)e->kind;
	*at++ =
	    (uint8_t)((e->time_trusted ? EVENT_TRUSTED : 0) |
		      (e->extrapolated ? EVENT_EXTRAPOLATED : 0) |
		      (e->is_signed ? EVENT_SIGNED : 0) | (e->was_inside ? EVENT_WAS_INSIDE : 0));
	*at++ = e->direction;
	at = put_le(at, (uint64_t)e->at_ms, 8);
	memcpy(at, e->subject.b, TANU_ID_LEN);
	at += TANU_ID_LEN;
	*at++ = e->verdict;
	*at++ = e->reason;
	*at++ = e->way;
	*at++ = (uint8_t)e->face;
	*at++ = e->live;
	*at++ = e->pad;
	at = put_le(at, e->fmr_ppb, 4);
	at = put_le(at, e->embeddings, 4);
	at = put_le(at, e->permits, 4);
	at = put_le(at, e->waited_ms, 4);
	at = put_le(at, e->number, 4);
	memcpy(at, e->word, strnlen(e->word, GATE_EVENT_WORD - 1));
	at += GATE_EVENT_WORD;
	memcpy(at, e->signature, SIGNATURE_LEN);
}

static bool word_possible(const char word[GATE_EVENT_WORD])
{
	size_t len = strnlen(word, GATE_EVENT_WORD);

	for (size_t i = 0; i < len; i++)
		if (!((word[i] >= 'a' && word[i] <= 'z') || (word[i] >= '0' && word[i] <= '9') ||
		      word[i] == '-' || word[i] == '.' || word[i] == '/'))
			return false;
	for (size_t i = len; i < GATE_EVENT_WORD; i++)
		if (word[i])
			return false;
	return len < GATE_EVENT_WORD;
}

static void numbers_get(struct rd *r, struct gate_event *e)
{
	e->verdict = rd_u8(r);
	e->reason = rd_u8(r);
	e->way = rd_u8(r);
	e->face = (enum gate_face)rd_u8(r);
	e->live = rd_u8(r);
	e->pad = rd_u8(r);
	e->fmr_ppb = rd_u32le(r);
	e->embeddings = rd_u32le(r);
	e->permits = rd_u32le(r);
	e->waited_ms = rd_u32le(r);
	e->number = rd_u32le(r);
}

tanu_status gate_event_get(struct gate_event *out, const uint8_t *bytes, size_t bytes_len,
			   tanu_error *err)
{
	static const uint8_t zeros[GATE_EVENT_LEN];
	struct gate_event e = {0};
	uint8_t version, bits;
	struct rd r;

	rd_init(&r, bytes, bytes_len);
	version = rd_u8(&r);
	e.kind = (enum gate_event_kind)rd_u8(&r);
	bits = rd_u8(&r);
	e.direction = rd_u8(&r);
	e.at_ms = rd_i64le(&r);
	rd_copy(&r, e.subject.b, TANU_ID_LEN);
	numbers_get(&r, &e);
	rd_copy(&r, e.word, sizeof(e.word));
	rd_copy(&r, e.signature, sizeof(e.signature));
	if (rd_left(&r) > 0 && rd_left(&r) <= sizeof(zeros) &&
	    memcmp(bytes + bytes_len - rd_left(&r), zeros, rd_left(&r)) != 0)
		rd_fail(&r);
	if (!rd_ok(&r) || bytes_len != GATE_EVENT_LEN || version != VERSION || bits & ~EVENT_BITS ||
	    e.kind <= GATE_EVENT_NONE || e.kind >= GATE_EVENT_KINDS || e.direction > 1 ||
	    e.verdict > 1 || e.face >= GATE_FACES || e.at_ms < 0 || e.fmr_ppb > 1000000000 ||
	    !word_possible(e.word))
		return tanu_fail(err, TANU_ERR_FORMAT, "event",
				 "this is not an event of a gate: is the gate of a newer Tanu?");
	e.time_trusted = bits & EVENT_TRUSTED;
	e.extrapolated = bits & EVENT_EXTRAPOLATED;
	e.is_signed = bits & EVENT_SIGNED;
	e.was_inside = bits & EVENT_WAS_INSIDE;
	*out = e;
	return TANU_OK;
}

void gate_erased_text(struct buf *out, const tanu_id *site, const tanu_id *gate,
		      const tanu_id *subject, uint32_t number, int64_t at_ms)
{
	char s[ID_HEX_LEN], g[ID_HEX_LEN], p[ID_HEX_LEN], when[TIME_TEXT_LEN];

	id_hex(s, site);
	id_hex(g, gate);
	id_hex(p, subject);
	time_text(when, at_ms);
	buf_printf(out,
		   "tanu gate erased 1\n"
		   "site %s\n"
		   "gate %s\n"
		   "subject %s\n"
		   "lease %u\n"
		   "at %s\n",
		   s, g, p, number, when);
}
