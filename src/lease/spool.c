/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of the folder:
 *   spool.id       16 random bytes: another folder is another spool
 *   acked          the number up to which the site has everything
 *   events-NUMBER  a segment, from this number on: number 8 | box | check 8, each
 * Segments go as wholes, so `acked` is written before they do; what is sent twice is known by its
 * number.
 */
#include "lease/spool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS_STANDARD 100000
#define SEGMENT_EVENTS	500
#define BOX_LEN		(GATE_EVENT_LEN + BOX_OVERHEAD)
#define CHECK_LEN	8
#define RECORD_LEN	(8 + BOX_LEN + CHECK_LEN)
#define AD_LEN		(2 * TANU_ID_LEN + 8)
#define SEGMENT_PREFIX	"events-"
#define SEGMENT_NAME	(sizeof(SEGMENT_PREFIX) + 16)
#define RESERVE		16 /* of the bound: for what says that it was reached */

static const uint8_t magic[4] = {'T', 'G', 'E', '1'};

struct segment {
	uint64_t first;
	size_t len; /* events in it */
};

struct spool {
	char dir[OS_PATH_MAX - 64];
	struct lease_pair pair;
	struct random_source random;
	size_t max;
	tanu_id id;
	uint64_t acked, next;
	struct segment *segments; /* in order */
	size_t segments_len, segments_cap;
	struct os_file file; /* the last segment; fd -1: none is open */
};

static tanu_status in_dir(const struct spool *s, char out[OS_PATH_MAX], const char *name,
			  tanu_error *err)
{
	return os_path(out, OS_PATH_MAX, s->dir, name, err);
}

static tanu_status segment_path(const struct spool *s, char out[OS_PATH_MAX], uint64_t first,
				tanu_error *err)
{
	char name[SEGMENT_NAME];

	snprintf(name, sizeof(name), SEGMENT_PREFIX "%016llx", (unsigned long long)first);
	return in_dir(s, out, name, err);
}

/* ---- records ---- */

static void put_u64(uint8_t *at, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		at[i] = (uint8_t)(v >> (8 * i));
}

static void record_ad(uint8_t out[AD_LEN], const tanu_id *spool, const tanu_id *gate,
		      uint64_t number)
{
	memcpy(out, spool->b, TANU_ID_LEN);
	memcpy(out + TANU_ID_LEN, gate->b, TANU_ID_LEN);
	put_u64(out + 2 * TANU_ID_LEN, number);
}

static void record_check(uint8_t out[CHECK_LEN], const uint8_t *record)
{
	uint8_t digest[DIGEST_LEN];

	sha256(digest, record, RECORD_LEN - CHECK_LEN);
	memcpy(out, digest, CHECK_LEN);
}

static tanu_status record_make(struct spool *s, uint8_t out[RECORD_LEN], uint64_t number,
			       const struct gate_event *event, tanu_error *err)
{
	uint8_t plain[GATE_EVENT_LEN], ad[AD_LEN];
	tanu_status st;

	gate_event_put(plain, event);
	record_ad(ad, &s->id, &s->pair.gate, number);
	put_u64(out, number);
	st = box_seal(out + 8, BOX_LEN, s->pair.site_box, plain, sizeof(plain), ad, sizeof(ad),
		      &s->random, err);
	record_check(out + RECORD_LEN - CHECK_LEN, out);
	mem_wipe(plain, sizeof(plain));
	return st;
}

static bool record_is(const uint8_t *record, uint64_t number)
{
	uint8_t check[CHECK_LEN];
	struct rd r;

	record_check(check, record);
	rd_init(&r, record, RECORD_LEN);
	return rd_u64le(&r) == number &&
	       memcmp(check, record + RECORD_LEN - CHECK_LEN, CHECK_LEN) == 0;
}

/* ---- opening ---- */

static tanu_status id_read(struct spool *s, tanu_error *err)
{
	struct buf file = {0};
	char path[OS_PATH_MAX];
	tanu_error why = {0};
	tanu_status st = in_dir(s, path, "spool.id", err);

	if (st < 0)
		return st;
	st = os_read_file(&file, path, TANU_ID_LEN, &why);
	if (st == TANU_NOT_FOUND) {
		random_fill(&s->random, s->id.b, TANU_ID_LEN);
		st = os_replace_file(path, s->id.b, TANU_ID_LEN, 0600, err);
	} else if (st == TANU_OK && file.len == TANU_ID_LEN) {
		memcpy(s->id.b, file.data, TANU_ID_LEN);
	} else {
		st = tanu_fail(err, TANU_ERR_SPOOL, path,
			       "the spool's name can't be read: move the folder away, and the "
			       "gate begins a new one");
	}
	buf_free(&file);
	return st;
}

static tanu_status acked_read(struct spool *s, tanu_error *err)
{
	struct buf file = {0};
	char path[OS_PATH_MAX];
	tanu_status st = in_dir(s, path, "acked", err);
	struct rd r;

	if (st < 0)
		return st;
	st = os_read_file(&file, path, 8, NULL);
	rd_init(&r, file.data, file.len);
	/* without it everything that is here is sent again, which does no harm */
	s->acked = st == TANU_OK ? rd_u64le(&r) : 0;
	buf_free(&file);
	return TANU_OK;
}

static tanu_status segment_add(struct spool *s, uint64_t first, size_t len, tanu_error *err)
{
	if (s->segments_len == s->segments_cap) {
		size_t cap = s->segments_cap ? 2 * s->segments_cap : 16;
		struct segment *grown = realloc(s->segments, cap * sizeof(*grown));

		if (!grown)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL,
					 "not enough memory for the spool");
		s->segments = grown;
		s->segments_cap = cap;
	}
	s->segments[s->segments_len++] = (struct segment){.first = first, .len = len};
	return TANU_OK;
}

static tanu_status take_name(void *self, const char *name, tanu_error *err)
{
	struct spool *s = self;
	uint8_t bytes[8];
	uint64_t first = 0;

	if (strncmp(name, SEGMENT_PREFIX, sizeof(SEGMENT_PREFIX) - 1) != 0 ||
	    !hex_decode(bytes, sizeof(bytes), name + sizeof(SEGMENT_PREFIX) - 1))
		return TANU_OK;
	for (size_t i = 0; i < sizeof(bytes); i++)
		first = first << 8 | bytes[i];
	return segment_add(s, first, 0, err);
}

static tanu_status segment_read(const struct spool *s, const struct segment *segment,
				struct buf *out, tanu_error *err)
{
	char path[OS_PATH_MAX];
	tanu_status st = segment_path(s, path, segment->first, err);

	return st < 0 ? st : os_read_file(out, path, SEGMENT_EVENTS * RECORD_LEN, err);
}

/* How many whole records it has: a torn one at the end is nothing that anybody was told of. */
static tanu_status segment_count(struct spool *s, struct segment *segment, tanu_error *err)
{
	struct buf file = {0};
	tanu_status st = segment_read(s, segment, &file, err);

	segment->len = 0;
	while (st == TANU_OK && (segment->len + 1) * RECORD_LEN <= file.len &&
	       record_is(file.data + segment->len * RECORD_LEN, segment->first + segment->len))
		segment->len++;
	buf_free(&file);
	return st;
}

static tanu_status segments_read(struct spool *s, tanu_error *err)
{
	tanu_status st = os_list_dir(s->dir, take_name, s, err);

	for (size_t i = 0; i < s->segments_len && st == TANU_OK; i++) {
		struct segment *segment = &s->segments[i];

		if ((st = segment_count(s, segment, err)) < 0)
			return st;
		if (i > 0 && segment->first != s->segments[i - 1].first + s->segments[i - 1].len)
			return tanu_fail(err, TANU_ERR_SPOOL, s->dir,
					 "events are missing in the middle of the spool: keep the "
					 "folder, and begin a new one");
		s->next = segment->first + segment->len;
	}
	if (s->next <= s->acked)
		s->next = s->acked + 1;
	return st;
}

/* The last segment goes on where its whole records end. */
static tanu_status last_open(struct spool *s, tanu_error *err)
{
	const struct segment *last = &s->segments[s->segments_len - 1];
	char path[OS_PATH_MAX];
	uint64_t size = 0;
	tanu_status st;

	if ((st = segment_path(s, path, last->first, err)) < 0 ||
	    (st = os_append_open(&s->file, path, &size, err)) < 0)
		return st;
	if (size == last->len * RECORD_LEN)
		return TANU_OK;
	return os_append_cut(&s->file, last->len * RECORD_LEN, err);
}

tanu_status spool_open(struct spool **out, const struct spool_options *options, tanu_error *err)
{
	struct spool *s = calloc(1, sizeof(*s));
	tanu_status st;

	if (!s)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for the spool");
	s->file.fd = -1;
	s->next = 1;
	s->pair = *options->pair;
	s->random = options->random;
	s->max = options->max_events ? options->max_events : EVENTS_STANDARD;
	if (snprintf(s->dir, sizeof(s->dir), "%s", options->dir) >= (int)sizeof(s->dir))
		st = tanu_fail(err, TANU_ERR_PATH_TOO_LONG, options->dir, "this path is too long");
	else if ((st = os_make_dir(s->dir, 0700, err)) == TANU_OK &&
		 (st = id_read(s, err)) == TANU_OK && (st = acked_read(s, err)) == TANU_OK)
		st = segments_read(s, err);
	if (st == TANU_OK && s->segments_len > 0)
		st = last_open(s, err);
	if (st == TANU_OK)
		*out = s;
	else
		spool_close(&s);
	return st;
}

void spool_close(struct spool **spool)
{
	if (!*spool)
		return;
	os_file_close(&(*spool)->file);
	free((*spool)->segments);
	free(*spool);
	*spool = NULL;
}

/* ---- writing ---- */

static tanu_status segment_begin(struct spool *s, tanu_error *err)
{
	char path[OS_PATH_MAX];
	uint64_t size = 0;
	tanu_status st;

	os_file_close(&s->file);
	if ((st = segment_path(s, path, s->next, err)) < 0 ||
	    (st = os_append_open(&s->file, path, &size, err)) < 0)
		return st;
	if ((size && (st = os_append_cut(&s->file, 0, err)) < 0) ||
	    (st = segment_add(s, s->next, 0, err)) < 0)
		os_file_close(&s->file);
	return st;
}

static size_t waiting(const struct spool *s)
{
	uint64_t first = s->segments_len ? s->segments[0].first : s->next;

	return (size_t)(s->next - (first > s->acked ? first : s->acked + 1));
}

tanu_status spool_put(struct spool *spool, const struct gate_event *event, tanu_error *err)
{
	struct segment *last =
	    spool->segments_len ? &spool->segments[spool->segments_len - 1] : NULL;
	size_t room = event->kind == GATE_EVENT_LOST ? spool->max + RESERVE : spool->max;
	uint8_t record[RECORD_LEN];
	tanu_status st;

	if (waiting(spool) >= room)
		return tanu_fail(err, TANU_ERR_SPOOL_FULL, spool->dir,
				 "%zu events wait for the site: restore the connection, or carry "
				 "them there",
				 waiting(spool));
	if ((!last || last->len == SEGMENT_EVENTS || spool->file.fd < 0) &&
	    (st = segment_begin(spool, err)) < 0)
		return st;
	if ((st = record_make(spool, record, spool->next, event, err)) < 0 ||
	    (st = os_append(&spool->file, record, sizeof(record), err)) < 0)
		return st;
	spool->segments[spool->segments_len - 1].len++;
	spool->next++;
	return TANU_OK;
}

struct spool_state spool_state(const struct spool *spool)
{
	size_t n = waiting(spool);

	return (struct spool_state){.id = spool->id,
				    .first = spool->next - n,
				    .next = spool->next,
				    .waiting = n,
				    .max = spool->max,
				    .alarm = n >= spool->max / 5 * 4};
}

/* ---- to the site ---- */

/* The boxes of one segment that wait, at most `max`. */
static tanu_status segment_take(const struct spool *s, const struct segment *segment,
				struct buf *out, size_t *taken, size_t max, tanu_error *err)
{
	struct buf file = {0};
	tanu_status st = segment_read(s, segment, &file, err);

	for (size_t i = 0; st == TANU_OK && i < segment->len && *taken < max; i++) {
		const uint8_t *record = file.data + i * RECORD_LEN;

		if (segment->first + i <= s->acked)
			continue;
		if (file.len < (i + 1) * RECORD_LEN || !record_is(record, segment->first + i)) {
			st = tanu_fail(err, TANU_ERR_SPOOL, s->dir,
				       "the spool was changed by other means than Tanu");
			break;
		}
		buf_put(out, record + 8, BOX_LEN);
		(*taken)++;
	}
	buf_free(&file);
	return st;
}

tanu_status spool_batch(struct spool *spool, struct buf *out, uint64_t *last, size_t max,
			const struct secret *gate_sign, tanu_error *err)
{
	struct buf boxes = {.max = SPOOL_BATCH_BYTES};
	size_t taken = 0, begin = out->len;
	uint8_t signature[SIGNATURE_LEN];
	tanu_status st = TANU_OK;

	*last = 0;
	if (max > SPOOL_BATCH_MAX)
		max = SPOOL_BATCH_MAX;
	for (size_t i = 0; i < spool->segments_len && taken < max && st == TANU_OK; i++)
		st = segment_take(spool, &spool->segments[i], &boxes, &taken, max, err);
	if (st == TANU_OK && taken > 0) {
		buf_put(out, magic, sizeof(magic));
		buf_put(out, spool->pair.gate.b, TANU_ID_LEN);
		buf_put(out, spool->id.b, TANU_ID_LEN);
		buf_u64le(out, spool_state(spool).first);
		buf_u32le(out, (uint32_t)taken);
		buf_put(out, boxes.data, boxes.len);
		if ((st = buf_check(&boxes, err)) == TANU_OK &&
		    (st = buf_check(out, err)) == TANU_OK) {
			sign(signature, gate_sign, out->data + begin, out->len - begin);
			buf_put(out, signature, sizeof(signature));
			*last = spool_state(spool).first + taken - 1;
		}
	}
	buf_free(&boxes);
	return st;
}

static tanu_status acked_write(struct spool *s, uint64_t upto, tanu_error *err)
{
	uint8_t bytes[8];
	char path[OS_PATH_MAX];
	tanu_status st;

	put_u64(bytes, upto);
	if ((st = in_dir(s, path, "acked", err)) < 0 ||
	    (st = os_replace_file(path, bytes, sizeof(bytes), 0600, err)) < 0)
		return st;
	s->acked = upto;
	return TANU_OK;
}

tanu_status spool_ack(struct spool *spool, uint64_t upto, tanu_error *err)
{
	char path[OS_PATH_MAX];
	size_t gone = 0;
	tanu_status st;

	if (upto <= spool->acked)
		return TANU_OK;
	if (upto >= spool->next)
		return tanu_fail(err, TANU_ERR_SPOOL, spool->dir,
				 "the site has acknowledged events that were never sent");
	if ((st = acked_write(spool, upto, err)) < 0)
		return st;
	while (gone < spool->segments_len && st == TANU_OK &&
	       spool->segments[gone].first + spool->segments[gone].len <= upto + 1) {
		if (gone + 1 == spool->segments_len)
			os_file_close(&spool->file);
		if ((st = segment_path(spool, path, spool->segments[gone].first, err)) == TANU_OK &&
		    (st = os_remove_file(path, err)) == TANU_OK)
			gone++;
	}
	spool->segments_len -= gone;
	memmove(spool->segments, spool->segments + gone,
		spool->segments_len * sizeof(*spool->segments));
	return st;
}

/* ---- at the site ---- */

static tanu_status fail_batch(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_FORMAT, "events", "these are no events of a gate");
}

static void batch_head(struct rd *r, struct spool_batch *out)
{
	const uint8_t *begin = rd_bytes(r, sizeof(magic));

	if (!begin || memcmp(begin, magic, sizeof(magic)) != 0)
		rd_fail(r);
	rd_copy(r, out->gate.b, TANU_ID_LEN);
	rd_copy(r, out->spool.b, TANU_ID_LEN);
	out->first = rd_u64le(r);
	out->len = rd_u32le(r);
	if (out->len == 0 || out->len > SPOOL_BATCH_MAX || out->first == 0 ||
	    out->first > UINT64_MAX / 2)
		rd_fail(r);
}

tanu_status spool_batch_gate(tanu_id *out, const uint8_t *bytes, size_t bytes_len, tanu_error *err)
{
	struct spool_batch batch = {0};
	struct rd r;

	rd_init(&r, bytes, bytes_len);
	batch_head(&r, &batch);
	if (!rd_ok(&r))
		return fail_batch(err);
	*out = batch.gate;
	return TANU_OK;
}

tanu_status spool_batch_get(struct spool_batch *out, const uint8_t *bytes, size_t bytes_len,
			    const uint8_t gate_sign[PUBLIC_KEY_LEN], tanu_error *err)
{
	struct spool_batch batch = {0};
	struct rd r;

	rd_init(&r, bytes, bytes_len);
	batch_head(&r, &batch);
	if (!rd_ok(&r) || rd_left(&r) != batch.len * BOX_LEN + SIGNATURE_LEN)
		return fail_batch(err);
	batch.records = rd_bytes(&r, batch.len * BOX_LEN);
	if (!sign_verify(bytes + bytes_len - SIGNATURE_LEN, gate_sign, bytes,
			 bytes_len - SIGNATURE_LEN))
		return tanu_fail(err, TANU_ERR_SIGNATURE, "events",
				 "these events are not signed by the gate that they name");
	*out = batch;
	return TANU_OK;
}

tanu_status spool_batch_event(struct gate_event *out, const struct spool_batch *batch, size_t index,
			      const struct secret *site_box, tanu_error *err)
{
	uint8_t plain[GATE_EVENT_LEN], ad[AD_LEN];
	tanu_status st;

	record_ad(ad, &batch->spool, &batch->gate, batch->first + index);
	st = box_open(plain, sizeof(plain), site_box, batch->records + index * BOX_LEN, BOX_LEN, ad,
		      sizeof(ad), err);
	if (st == TANU_OK)
		st = gate_event_get(out, plain, sizeof(plain), err);
	mem_wipe(plain, sizeof(plain));
	return st;
}
