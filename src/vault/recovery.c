/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys that may leave the vault: in a box that only the holder of a recovery key opens. The keys of
 * faces never do, so that what opens them is destroyed with one bucket, and nothing brings it back.
 */
#include "vault/state.h"

#include <stdlib.h>
#include <string.h>

/* Which kinds: named one by one, so that a new kind stays here until somebody decides. */
static bool may_leave(enum key_kind kind)
{
	return kind == KEY_PROFILE || kind == KEY_HISTORY || kind == KEY_LOG;
}

static tanu_status select_keys(struct keyset *out, const struct keyset *set, tanu_error *err)
{
	tanu_status st = keyset_init(out, set->count, err);

	for (size_t i = 0; i < set->count && st >= 0; i++)
		if (may_leave(set->names[i].kind))
			keyset_append(out, &set->names[i], &set->keys[i]);
	return st;
}

/* What the box is bound to: what the caller says, and the bucket. */
static void put_ad(struct buf *out, const void *ad, size_t ad_len, unsigned bucket)
{
	buf_str(out, "tanu vault recovery 1");
	buf_put(out, ad, ad_len);
	buf_u16le(out, (uint16_t)bucket);
}

static tanu_status box_payload(const struct vault *v, struct buf *out, const struct keyset *set,
			       const uint8_t to[BOX_KEY_LEN], const struct buf *ad, tanu_error *err)
{
	const size_t len = bucket_payload_len(set->count);
	uint8_t *payload = os_secret_alloc(len);
	uint8_t *box = malloc(len + BOX_OVERHEAD);
	tanu_status st;

	if (!payload || !box) {
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for keys");
		goto out;
	}
	bucket_put_payload(payload, set);
	st =
	    box_seal(box, len + BOX_OVERHEAD, to, payload, len, ad->data, ad->len, &v->random, err);
	if (st < 0)
		goto out;
	buf_put(out, box, len + BOX_OVERHEAD);
	st = buf_check(out, err);
out:
	os_secret_free(payload, len);
	free(box);
	return st;
}

tanu_status vault_export(const struct vault *v, struct buf *out, unsigned bucket,
			 const uint8_t to[BOX_KEY_LEN], const void *ad, size_t ad_len,
			 tanu_error *err)
{
	struct keyset set = {0};
	struct buf bound = {0};
	tanu_status st;

	if (bucket >= VAULT_BUCKETS)
		return BAD_CALL(err, "there are VAULT_BUCKETS buckets");
	put_ad(&bound, ad, ad_len, bucket);
	if ((st = buf_check(&bound, err)) >= 0 &&
	    (st = select_keys(&set, &v->bucket[bucket].set, err)) >= 0)
		st = box_payload(v, out, &set, to, &bound, err);
	keyset_free(&set);
	buf_free(&bound);
	return st;
}

static tanu_status check_kinds(const struct keyset *set, tanu_error *err)
{
	for (size_t i = 0; i < set->count; i++)
		if (!may_leave(set->names[i].kind))
			return tanu_fail(err, TANU_ERR_BACKUP, NULL,
					 "it holds keys that no backup may hold");
	return TANU_OK;
}

static tanu_status unbox(struct keyset *out, unsigned bucket, const struct secret *key,
			 const void *box, size_t box_len, const struct buf *ad, tanu_error *err)
{
	const size_t len = box_len - BOX_OVERHEAD;
	uint8_t *payload = os_secret_alloc(len);
	tanu_status st;

	if (!payload)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for keys");
	if ((st = box_open(payload, len, key, box, box_len, ad->data, ad->len, err)) >= 0 &&
	    (st = bucket_read_payload(out, payload, len, bucket, err)) >= 0)
		st = check_kinds(out, err);
	os_secret_free(payload, len);
	return st;
}

tanu_status vault_import(struct vault *v, unsigned bucket, const struct secret *key,
			 const void *box, size_t box_len, const void *ad, size_t ad_len,
			 uint64_t sequence, tanu_error *err)
{
	struct keyset set = {0};
	struct buf bound = {0};
	tanu_status st;

	if (bucket >= VAULT_BUCKETS || v->bucket[bucket].set.count > 0)
		return BAD_CALL(err, "keys are brought back into an empty bucket");
	if (box_len <= BOX_OVERHEAD || box_len > BUCKET_FILE_MAX)
		return tanu_fail(err, TANU_ERR_BACKUP, NULL, "its keys have an impossible length");
	put_ad(&bound, ad, ad_len, bucket);
	if ((st = buf_check(&bound, err)) >= 0 &&
	    (st = unbox(&set, bucket, key, box, box_len, &bound, err)) >= 0)
		st = vault_rewrite(v, bucket, &set, sequence, err);
	keyset_free(&set);
	buf_free(&bound);
	return st;
}
