/* SPDX-License-Identifier: Apache-2.0 */
#include "vault/rootfile.h"

#include <string.h>

#define ROOTFILE_VERSION 1
#define SLOT_CHECK	 8

static const uint8_t magic[8] = {'T', 'A', 'N', 'U', 'R', 'O', 'O', 'T'};

static tanu_status damaged(tanu_error *err, const char *what)
{
	return tanu_fail(err, TANU_ERR_KEYS_DAMAGED, ROOTFILE_NAME,
			 "the root of the keys is damaged: %s", what);
}

static uint8_t *put_le(uint8_t *at, uint64_t v, size_t len)
{
	for (size_t i = 0; i < len; i++)
		*at++ = (uint8_t)(v >> (8 * i));
	return at;
}

static uint8_t *put_secret(uint8_t *at, const struct secret *secret)
{
	memcpy(at, secret->b, SECRET_LEN);
	return at + SECRET_LEN;
}

/* ---- payload ---- */

void rootfile_put_payload(uint8_t out[ROOTFILE_PAYLOAD], const struct rootfile *root)
{
	const uint8_t *end = out + ROOTFILE_PAYLOAD;

	out = put_le(out, (uint64_t)root->since_ms, 8);
	out = put_le(out, root->first, 8);
	out = put_le(out, root->renew, 2);
	out = put_le(out, root->count, 2);
	for (size_t i = 0; i < root->count; i++) {
		out = put_le(out, root->epochs[i].bucket, 2);
		out = put_le(out, root->epochs[i].generation, 8);
		out = put_secret(out, &root->epochs[i].epoch);
	}
	memset(out, 0, (size_t)(end - out));
}

/* In rising order of bucket and generation, so that no two have one name. */
static bool epoch_follows(const struct rootfile_epoch *last, const struct rootfile_epoch *next)
{
	return last->bucket < next->bucket ||
	       (last->bucket == next->bucket && last->generation < next->generation);
}

static void read_epoch(struct rd *r, struct rootfile *root)
{
	struct rootfile_epoch *e = &root->epochs[root->count];

	e->bucket = rd_u16le(r);
	e->generation = rd_u64le(r);
	rd_copy(r, e->epoch.b, SECRET_LEN);
	if (e->bucket >= VAULT_BUCKETS || e->generation == 0 ||
	    (root->count > 0 && !epoch_follows(e - 1, e)))
		rd_fail(r);
	root->count++;
}

tanu_status rootfile_read_payload(struct rootfile *out, const uint8_t *payload, size_t payload_len,
				  tanu_error *err)
{
	unsigned renew, count;
	struct rd r;

	*out = (struct rootfile){0};
	rd_init(&r, payload, payload_len);
	out->since_ms = rd_i64le(&r);
	out->first = rd_u64le(&r);
	renew = rd_u16le(&r);
	count = rd_u16le(&r);
	if (renew > 1 || count > ROOTFILE_EPOCHS)
		rd_fail(&r);
	out->renew = renew != 0;
	for (unsigned i = 0; i < count && rd_ok(&r); i++)
		read_epoch(&r, out);
	while (rd_left(&r) > 0 && rd_ok(&r))
		if (rd_u8(&r) != 0)
			rd_fail(&r);
	if (rd_end(&r))
		return TANU_OK;
	mem_wipe(out, sizeof(*out));
	return damaged(err, "an epoch secret in it has no right name, or is out of order");
}

/* ---- file ---- */

static void put_header(uint8_t out[ROOTFILE_HEADER], const struct rootfile_header *header)
{
	memcpy(out, magic, sizeof(magic));
	out = put_le(out + sizeof(magic), ROOTFILE_VERSION, 2);
	out = put_le(out, 0, 2);
	out = put_le(out, header->place, 4);
	out = put_le(out, header->generation, 8);
	put_le(out, 0, 8);
}

tanu_status rootfile_read_header(struct rootfile_header *out, const uint8_t *file, size_t file_len,
				 tanu_error *err)
{
	struct rootfile_header h = {0};
	uint8_t again[ROOTFILE_HEADER];
	struct rd r;

	if (file_len != ROOTFILE_LEN || memcmp(file, magic, sizeof(magic)) != 0)
		return damaged(err, "it does not begin as such a file, or has another length");
	rd_init(&r, file + sizeof(magic), ROOTFILE_HEADER - sizeof(magic));
	if (rd_u16le(&r) != ROOTFILE_VERSION)
		return damaged(err, "its version is not one this program knows");
	rd_u16le(&r);
	h.place = rd_u32le(&r);
	h.generation = rd_u64le(&r);
	put_header(again, &h);
	if (h.generation == 0 || memcmp(again, file, sizeof(again)) != 0)
		return damaged(err, "its header is not one that this program writes");
	*out = h;
	return TANU_OK;
}

tanu_status rootfile_open(struct rootfile *out, const uint8_t *file, const struct secret *key,
			  tanu_error *err)
{
	uint8_t payload[ROOTFILE_PAYLOAD];
	tanu_status st;

	st = seal_open(payload, sizeof(payload), key, file + ROOTFILE_HEADER,
		       ROOTFILE_PAYLOAD + SEAL_OVERHEAD, file, ROOTFILE_HEADER, NULL);
	if (st < 0)
		st =
		    damaged(err, "it does not open; it was changed, or host.secret is not its own");
	else
		st = rootfile_read_payload(out, payload, sizeof(payload), err);
	mem_wipe(payload, sizeof(payload));
	return st;
}

tanu_status rootfile_seal(uint8_t out[ROOTFILE_LEN], const struct rootfile_header *header,
			  const struct rootfile *root, const struct secret *key,
			  const struct random_source *random, tanu_error *err)
{
	uint8_t payload[ROOTFILE_PAYLOAD];
	tanu_status st;

	put_header(out, header);
	rootfile_put_payload(payload, root);
	st = seal(out + ROOTFILE_HEADER, ROOTFILE_PAYLOAD + SEAL_OVERHEAD, key, payload,
		  sizeof(payload), out, ROOTFILE_HEADER, random, err);
	mem_wipe(payload, sizeof(payload));
	return st;
}

/* ---- slot ---- */

void slot_put(uint8_t out[CHIP_SLOT_LEN], uint64_t generation, const struct secret *secret)
{
	uint8_t digest[DIGEST_LEN];

	put_secret(put_le(out, generation, 8), secret);
	sha256(digest, out, CHIP_SLOT_LEN - SLOT_CHECK);
	memcpy(out + CHIP_SLOT_LEN - SLOT_CHECK, digest, SLOT_CHECK);
}

bool slot_read(uint64_t *generation, struct secret *secret, const uint8_t slot[CHIP_SLOT_LEN])
{
	uint8_t digest[DIGEST_LEN];
	struct rd r;

	sha256(digest, slot, CHIP_SLOT_LEN - SLOT_CHECK);
	if (!crypto_equal(digest, slot + CHIP_SLOT_LEN - SLOT_CHECK, SLOT_CHECK))
		return false;
	rd_init(&r, slot, CHIP_SLOT_LEN);
	*generation = rd_u64le(&r);
	rd_copy(&r, secret->b, SECRET_LEN);
	return true;
}
