/* SPDX-License-Identifier: Apache-2.0 */
#include "lease/sync.h"

#include <string.h>

#define MAGIC_LEN   4
#define ASK	    "TGQ2"
#define ANSWER	    "TGS2"
#define IN_LOCKDOWN 0x01

void sync_ask_put(struct buf *out, const struct sync_ask *ask)
{
	buf_str(out, ASK);
	buf_u8(out, (uint8_t)ask->have.kind);
	buf_put(out, ask->have.series.b, TANU_ID_LEN);
	buf_u32le(out, ask->have.number);
	buf_u8(out, ask->in_lockdown ? IN_LOCKDOWN : 0);
	buf_u32le(out, (uint32_t)ask->events_len);
	buf_put(out, ask->events, ask->events_len);
}

tanu_status sync_ask_get(struct sync_ask *out, const void *bytes, size_t bytes_len, tanu_error *err)
{
	struct sync_ask ask = {.events = NULL};
	const uint8_t *magic;
	uint8_t kind, flags;
	struct rd r;

	rd_init(&r, bytes, bytes_len);
	magic = rd_bytes(&r, MAGIC_LEN);
	kind = rd_u8(&r);
	rd_copy(&r, ask.have.series.b, TANU_ID_LEN);
	ask.have.number = rd_u32le(&r);
	flags = rd_u8(&r);
	ask.events_len = rd_u32le(&r);
	ask.events = rd_ok(&r) ? rd_bytes(&r, ask.events_len) : NULL;
	if (!rd_end(&r) || memcmp(magic, ASK, MAGIC_LEN) != 0 || kind > LEASE_DELTA ||
	    (flags & ~IN_LOCKDOWN))
		return tanu_fail(err, TANU_ERR_FORMAT, "sync", "this is no question of a gate");
	ask.have.kind = (enum lease_kind)kind;
	ask.in_lockdown = (flags & IN_LOCKDOWN) != 0;
	*out = ask;
	return TANU_OK;
}

void sync_answer_put(struct buf *out, const struct sync_answer *answer)
{
	buf_str(out, ANSWER);
	buf_u64le(out, (uint64_t)answer->time_ms);
	buf_u64le(out, answer->acked);
	buf_u8(out, answer->orders.lockdown);
	buf_u32le(out, answer->orders.release);
	buf_u64le(out, (uint64_t)answer->orders.release_until_ms);
	buf_u32le(out, answer->orders.answered);
	buf_put(out, answer->keys.gallery.b, SECRET_LEN);
	buf_put(out, answer->keys.cards.b, SECRET_LEN);
	buf_u32le(out, (uint32_t)answer->doc_len);
	buf_put(out, answer->doc, answer->doc_len);
}

tanu_status sync_answer_get(struct sync_answer *out, const void *bytes, size_t bytes_len,
			    tanu_error *err)
{
	struct sync_answer answer = {.doc = NULL};
	const uint8_t *magic;
	uint8_t lockdown;
	struct rd r;

	rd_init(&r, bytes, bytes_len);
	magic = rd_bytes(&r, MAGIC_LEN);
	answer.time_ms = rd_i64le(&r);
	answer.acked = rd_u64le(&r);
	lockdown = rd_u8(&r);
	answer.orders.release = rd_u32le(&r);
	answer.orders.release_until_ms = rd_i64le(&r);
	answer.orders.answered = rd_u32le(&r);
	rd_copy(&r, answer.keys.gallery.b, SECRET_LEN);
	rd_copy(&r, answer.keys.cards.b, SECRET_LEN);
	answer.doc_len = rd_u32le(&r);
	answer.doc = rd_ok(&r) ? rd_bytes(&r, answer.doc_len) : NULL;
	if (!rd_end(&r) || memcmp(magic, ANSWER, MAGIC_LEN) != 0 || lockdown > 1) {
		mem_wipe(&answer, sizeof(answer));
		return tanu_fail(err, TANU_ERR_FORMAT, "sync", "this is no answer of a site");
	}
	answer.orders.lockdown = lockdown == 1;
	*out = answer;
	mem_wipe(&answer, sizeof(answer));
	return TANU_OK;
}
