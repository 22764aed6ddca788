/* SPDX-License-Identifier: Apache-2.0 */
#include "vault/bucket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKET_VERSION 1

static const uint8_t magic[8] = {'T', 'A', 'N', 'U', 'K', 'E', 'Y', 'S'};

unsigned bucket_of(const tanu_id *subject)
{
	return subject->b[0] / (256 / VAULT_BUCKETS);
}

void bucket_name(char out[BUCKET_NAME_LEN], unsigned number)
{
	snprintf(out, BUCKET_NAME_LEN, "bucket-%02x", number & 0xFF);
}

static tanu_status damaged(tanu_error *err, unsigned number, const char *what)
{
	char name[BUCKET_NAME_LEN];

	bucket_name(name, number);
	return tanu_fail(err, TANU_ERR_KEYS_DAMAGED, name, "the key bucket is damaged: %s", what);
}

/* ---- payload ---- */

size_t bucket_payload_len(size_t count)
{
	size_t len = 4 + count * BUCKET_ENTRY_LEN;

	return (len + BUCKET_PAD - 1) / BUCKET_PAD * BUCKET_PAD;
}

static uint8_t *put_le(uint8_t *at, uint64_t v, size_t len)
{
	for (size_t i = 0; i < len; i++)
		*at++ = (uint8_t)(v >> (8 * i));
	return at;
}

static uint8_t *put_bytes(uint8_t *at, const void *bytes, size_t len)
{
	memcpy(at, bytes, len);
	return at + len;
}

void bucket_put_payload(uint8_t *out, const struct keyset *set)
{
	uint8_t *end = out + bucket_payload_len(set->count);

	out = put_le(out, set->count, 4);
	for (size_t i = 0; i < set->count; i++) {
		const struct key_name *name = &set->names[i];

		out = put_bytes(out, name->subject.b, sizeof(name->subject.b));
		out = put_le(out, name->kind, 2);
		out = put_le(out, name->quarter, 2);
		out = put_bytes(out, set->keys[i].b, SECRET_LEN);
	}
	memset(out, 0, (size_t)(end - out));
}

static void read_name(struct rd *r, struct key_name *out)
{
	rd_copy(r, out->subject.b, sizeof(out->subject.b));
	out->kind = (enum key_kind)rd_u16le(r);
	out->quarter = rd_u16le(r);
}

/* An entry is appended only if it belongs here and follows the last one. */
static void read_entry(struct rd *r, struct keyset *set, unsigned number)
{
	struct key_name name = {0};
	struct secret key;

	read_name(r, &name);
	rd_copy(r, key.b, sizeof(key.b));
	if (!key_name_valid(&name) || bucket_of(&name.subject) != number)
		rd_fail(r);
	if (set->count > 0 && key_name_compare(&set->names[set->count - 1], &name) >= 0)
		rd_fail(r);
	if (rd_ok(r))
		keyset_append(set, &name, &key);
	secret_wipe(&key);
}

tanu_status bucket_read_payload(struct keyset *out, const uint8_t *payload, size_t payload_len,
				unsigned number, tanu_error *err)
{
	struct keyset set = {0};
	struct rd r;
	uint32_t count;
	tanu_status st;

	rd_init(&r, payload, payload_len);
	count = rd_u32le(&r);
	if (count > BUCKET_KEYS_MAX || payload_len != bucket_payload_len(count))
		return damaged(err, number, "its length is not that of its keys");
	if ((st = keyset_init(&set, count, err)) < 0)
		return st;
	for (uint32_t i = 0; i < count && rd_ok(&r); i++)
		read_entry(&r, &set, number);
	while (rd_left(&r) > 0 && rd_ok(&r))
		if (rd_u8(&r) != 0)
			rd_fail(&r);
	if (!rd_end(&r)) {
		keyset_free(&set);
		return damaged(err, number, "a key in it has no right name, or is out of order");
	}
	*out = set;
	return TANU_OK;
}

/* ---- file ---- */

static void put_header(uint8_t out[BUCKET_HEADER_LEN], const struct bucket_header *header)
{
	out = put_bytes(out, magic, sizeof(magic));
	out = put_le(out, BUCKET_VERSION, 2);
	out = put_le(out, header->number, 2);
	out = put_le(out, header->generation, 8);
	out = put_le(out, header->sequence, 8);
	put_le(out, header->sealed_len, 4);
}

tanu_status bucket_read_header(struct bucket_header *out, const uint8_t *file, size_t file_len,
			       unsigned number, tanu_error *err)
{
	struct bucket_header h = {0};
	const uint8_t *found;
	struct rd r;
	uint16_t version;

	rd_init(&r, file, file_len);
	found = rd_bytes(&r, sizeof(magic));
	version = rd_u16le(&r);
	h.number = rd_u16le(&r);
	h.generation = rd_u64le(&r);
	h.sequence = rd_u64le(&r);
	h.sealed_len = rd_u32le(&r);
	if (!rd_ok(&r) || memcmp(found, magic, sizeof(magic)) != 0)
		return damaged(err, number, "it does not begin as a key bucket");
	if (version != BUCKET_VERSION)
		return damaged(err, number, "its version is not one this program knows");
	if (h.number != number)
		return damaged(err, number, "it is another bucket under this name");
	if (h.generation == 0)
		return damaged(err, number, "it has no generation");
	if (h.sealed_len != rd_left(&r) || h.sealed_len <= SEAL_OVERHEAD)
		return damaged(err, number, "its length is not the one it states");
	*out = h;
	return TANU_OK;
}

tanu_status bucket_open(struct keyset *out, const struct bucket_header *header, const uint8_t *file,
			const struct secret *kek, tanu_error *err)
{
	size_t len = header->sealed_len - SEAL_OVERHEAD;
	uint8_t *payload = os_secret_alloc(len);
	tanu_status st;

	if (!payload)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for keys");
	st = seal_open(payload, len, kek, file + BUCKET_HEADER_LEN, header->sealed_len, file,
		       BUCKET_HEADER_LEN, NULL);
	if (st < 0)
		st = damaged(err, header->number,
			     "it does not open; it was changed, or host.secret or its epoch file "
			     "is not its own");
	else
		st = bucket_read_payload(out, payload, len, header->number, err);
	os_secret_free(payload, len);
	return st;
}

tanu_status bucket_seal(struct buf *file, struct bucket_header *header, const struct keyset *set,
			const struct secret *kek, const struct random_source *random,
			tanu_error *err)
{
	size_t len = bucket_payload_len(set->count);
	size_t file_len = BUCKET_HEADER_LEN + len + SEAL_OVERHEAD;
	uint8_t *payload = os_secret_alloc(len);
	uint8_t *bytes = malloc(file_len);
	tanu_status st;

	if (!payload || !bytes) {
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for keys");
		goto out;
	}
	header->sealed_len = (uint32_t)(len + SEAL_OVERHEAD);
	put_header(bytes, header);
	bucket_put_payload(payload, set);
	st = seal(bytes + BUCKET_HEADER_LEN, len + SEAL_OVERHEAD, kek, payload, len, bytes,
		  BUCKET_HEADER_LEN, random, err);
	if (st < 0)
		goto out;
	buf_put(file, bytes, file_len);
	st = buf_check(file, err);
out:
	os_secret_free(payload, len);
	free(bytes);
	return st;
}
