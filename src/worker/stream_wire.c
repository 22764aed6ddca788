/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/stream.h"

#include <math.h>
#include <string.h>

#include "worker/wire.h"

#define REQUEST_MAGIC 0x51564E54u /* "TNVQ" */
#define RECORD_MAGIC  0x50564E54u /* "TNVP" */
#define HEAD_MAGIC    0x46564E54u /* "TNVF" */
#define VERSION	      1u
#define RATE_MAX      1000.0F
#define PATIENCE_MAX  600000 /* ms */

enum request_flag { EVERY = 1, LOOP = 2, DEPTH = 4 };

void stream_request_put(struct buf *out, const struct stream_request *q)
{
	size_t len = strnlen(q->url, STREAM_URL_MAX);

	buf_u32le(out, REQUEST_MAGIC);
	buf_u32le(out, VERSION);
	buf_u32le(out, (uint32_t)q->kind);
	buf_u32le(out, (uint32_t)q->max_width);
	buf_u32le(out, (uint32_t)q->max_height);
	buf_u32le(out, (q->every ? EVERY : 0) | (q->loop ? LOOP : 0) | (q->depth ? DEPTH : 0));
	buf_f32le(out, q->rate);
	buf_u32le(out, (uint32_t)q->patience_ms);
	buf_u32le(out, (uint32_t)len);
	buf_put(out, q->url, len);
}

static bool is_bound(uint32_t side)
{
	return side >= STREAM_SIDE_MIN && side <= STREAM_SIDE_MAX;
}

static bool is_rate(float rate)
{
	return rate >= 0 && rate <= RATE_MAX; /* NAN is none */
}

bool stream_request_read(struct stream_request *out, const uint8_t *bytes, size_t len)
{
	struct stream_request q = {0};
	uint32_t kind, width, height, flags, patience, url_len;
	const uint8_t *url;
	struct rd r;

	rd_init(&r, bytes, len);
	if (rd_u32le(&r) != REQUEST_MAGIC || rd_u32le(&r) != VERSION)
		rd_fail(&r);
	kind = rd_u32le(&r);
	width = rd_u32le(&r);
	height = rd_u32le(&r);
	flags = rd_u32le(&r);
	q.rate = rd_f32le(&r);
	patience = rd_u32le(&r);
	url_len = rd_u32le(&r);
	url = url_len <= STREAM_URL_MAX ? rd_bytes(&r, url_len) : NULL;
	if (!url || !rd_end(&r) || kind == STREAM_NONE || kind >= STREAM_KINDS ||
	    !is_bound(width) || !is_bound(height) || flags > (EVERY | LOOP | DEPTH) ||
	    !is_rate(q.rate) || patience < 1 || patience > PATIENCE_MAX || memchr(url, 0, url_len))
		return false;
	q.kind = (enum stream_kind)kind;
	q.max_width = (int32_t)width;
	q.max_height = (int32_t)height;
	q.every = flags & EVERY;
	q.loop = flags & LOOP;
	q.depth = flags & DEPTH;
	q.patience_ms = (int32_t)patience;
	memcpy(q.url, url, url_len);
	*out = q;
	return true;
}

static void put_text(struct buf *out, const char *text, size_t room)
{
	char field[STREAM_TEXT_LEN] = {0};

	memcpy(field, text, strnlen(text, room));
	buf_put(out, field, room);
}

void stream_record_put(struct buf *out, const struct stream_record *record)
{
	buf_u32le(out, RECORD_MAGIC);
	buf_u32le(out, (uint32_t)record->word);
	buf_u32le(out, (uint32_t)record->code);
	buf_u32le(out, (uint32_t)record->width);
	buf_u32le(out, (uint32_t)record->height);
	buf_f32le(out, record->rate);
	put_text(out, record->codec, STREAM_NAME_LEN);
	put_text(out, record->container, STREAM_NAME_LEN);
	put_text(out, record->text, STREAM_TEXT_LEN);
	buf_put(out, (uint8_t[8]){0}, 8);
}

/* The only codes that a stream fails with. */
static bool is_streams(uint32_t code)
{
	switch (code) {
	case TANU_ERR_NO_MEMORY:
	case TANU_ERR_SANDBOX:
	case TANU_ERR_SETTING:
	case TANU_ERR_IO:
	case TANU_ERR_NETWORK:
	case TANU_ERR_DEVICE:
	case TANU_ERR_FORMAT:
	case TANU_ERR_IMAGE_LIMIT:
	case TANU_ERR_NOT_BUILT:
		return true;
	default:
		return false;
	}
}

bool stream_record_read(struct stream_record *out, const uint8_t *bytes, size_t len)
{
	struct stream_record record = {0};
	uint32_t word, code, width, height;
	const uint8_t *codec, *container, *text;
	struct rd r;

	rd_init(&r, bytes, len);
	if (rd_u32le(&r) != RECORD_MAGIC)
		rd_fail(&r);
	word = rd_u32le(&r);
	code = rd_u32le(&r);
	width = rd_u32le(&r);
	height = rd_u32le(&r);
	record.rate = rd_f32le(&r);
	codec = rd_bytes(&r, STREAM_NAME_LEN);
	container = rd_bytes(&r, STREAM_NAME_LEN);
	text = rd_bytes(&r, STREAM_TEXT_LEN);
	rd_bytes(&r, 8);
	if (!rd_end(&r) || word < STREAM_OPENED || word > STREAM_FAILED || !is_rate(record.rate) ||
	    width > IMAGE_SIDE_MAX || height > IMAGE_SIDE_MAX ||
	    (word == STREAM_FAILED) != (code != TANU_ERR_NONE) ||
	    (word == STREAM_FAILED && !is_streams(code)))
		return false;
	record.word = (enum stream_word)word;
	record.code = (tanu_error_code)code;
	record.width = (int32_t)width;
	record.height = (int32_t)height;
	copy_printable(record.codec, codec, STREAM_NAME_LEN);
	copy_printable(record.container, container, STREAM_NAME_LEN);
	copy_printable(record.text, text, STREAM_TEXT_LEN);
	*out = record;
	return true;
}

static void put_u32(uint8_t *out, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(v >> 8 * i);
}

static void put_u64(uint8_t *out, uint64_t v)
{
	put_u32(out, (uint32_t)v);
	put_u32(out + 4, (uint32_t)(v >> 32));
}

void stream_head_put(uint8_t out[STREAM_HEAD_LEN], const struct stream_head *head)
{
	put_u32(out, HEAD_MAGIC);
	put_u32(out + 4, (uint32_t)head->width);
	put_u32(out + 8, (uint32_t)head->height);
	put_u32(out + 12, 0);
	put_u64(out + 16, head->number);
	put_u64(out + 24, (uint64_t)head->at_ns);
	put_u64(out + 32, (uint64_t)head->media_us);
}

bool stream_head_read(struct stream_head *out, const uint8_t bytes[STREAM_HEAD_LEN],
		      int32_t max_width, int32_t max_height)
{
	uint32_t width, height;
	struct rd r;

	rd_init(&r, bytes, STREAM_HEAD_LEN);
	if (rd_u32le(&r) != HEAD_MAGIC)
		rd_fail(&r);
	width = rd_u32le(&r);
	height = rd_u32le(&r);
	if (rd_u32le(&r) != 0 || width < 1 || height < 1 || width > (uint32_t)max_width ||
	    height > (uint32_t)max_height)
		rd_fail(&r);
	if (!rd_ok(&r))
		return false;
	*out = (struct stream_head){.width = (int32_t)width, .height = (int32_t)height};
	out->number = rd_u64le(&r);
	out->at_ns = rd_i64le(&r);
	out->media_us = rd_i64le(&r);
	return true;
}
