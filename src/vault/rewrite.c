/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a bucket anew, under its epoch secret or, to erase, under a fresh one. */
#include "vault/state.h"

#include <string.h>

void vault_derive_kek(const struct vault *v, struct secret *out, const struct secret *epoch)
{
	uint8_t ikm[2 * SECRET_LEN];

	memcpy(ikm, v->host->b, SECRET_LEN);
	memcpy(ikm + SECRET_LEN, epoch->b, SECRET_LEN);
	kdf(out, ikm, sizeof(ikm), NULL, 0, "tanu vault bucket 1");
	mem_wipe(ikm, sizeof(ikm));
}

static tanu_status write_bucket(struct vault *v, const struct bucket_header *header,
				const struct keyset *set, const struct secret *kek, tanu_error *err)
{
	struct bucket_header h = *header;
	char name[BUCKET_NAME_LEN], path[OS_PATH_MAX];
	struct buf file = {.max = BUCKET_FILE_MAX};
	tanu_status st;

	bucket_name(name, h.number);
	if ((st = os_path(path, sizeof(path), v->dir, name, err)) < 0)
		return st;
	if ((st = bucket_seal(&file, &h, set, kek, &v->random, err)) < 0)
		goto out;
	st = os_replace_file(path, file.data, file.len, 0600, err);
out:
	buf_free(&file);
	return st;
}

void bucket_take(struct bucket *b, struct keyset *set, const struct bucket_header *header)
{
	keyset_free(&b->set);
	b->set = *set;
	*set = (struct keyset){0};
	b->generation = header->generation;
	b->sequence = header->sequence;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

tanu_status vault_rewrite(struct vault *v, unsigned number, struct keyset *set, uint64_t sequence,
			  tanu_error *err)
{
	struct bucket *b = &v->bucket[number];
	const struct bucket_header header = {.number = number,
					     .generation = b->generation,
					     .sequence = later(b->sequence, sequence)};
	tanu_status st = write_bucket(v, &header, set, &v->kek[number], err);

	if (st >= 0)
		bucket_take(b, set, &header);
	return st;
}

/*
 * Before the rename of the bucket file the old one opens under the old secret, after it the new one
 * under the new; what is left over is destroyed by vault_settle or at the next opening. After a
 * write that failed halfway, the file on the disk may be either: no secret is destroyed then, and
 * its generation is not tried a second time.
 */
tanu_status vault_rewrite_fresh(struct vault *v, unsigned number, struct keyset *set,
				uint64_t sequence, tanu_error *err)
{
	struct bucket *b = &v->bucket[number];
	const struct bucket_header header = {
	    .number = number, .generation = ++b->tried, .sequence = later(b->sequence, sequence)};
	struct secret epoch, kek;
	tanu_status st;

	random_fill(&v->random, epoch.b, sizeof(epoch.b));
	vault_derive_kek(v, &kek, &epoch);
	if ((st = v->root.calls->store(&v->root, &epoch, number, header.generation, err)) < 0)
		goto out;
	if ((st = write_bucket(v, &header, set, &kek, err)) < 0)
		goto out;
	bucket_take(b, set, &header);
	v->kek[number] = kek;
	b->unsettled = true;
out:
	secret_wipe(&epoch);
	secret_wipe(&kek);
	return st;
}

tanu_status vault_settle(struct vault *v, tanu_error *err)
{
	uint64_t keep[VAULT_BUCKETS];
	unsigned which = 0;
	tanu_status st;

	for (unsigned i = 0; i < VAULT_BUCKETS; i++) {
		keep[i] = v->bucket[i].generation;
		which |= v->bucket[i].unsettled ? 1u << i : 0;
	}
	if (which == 0)
		return TANU_OK;
	if ((st = v->root.calls->destroy_others(&v->root, keep, which, err)) < 0)
		return st;
	for (unsigned i = 0; i < VAULT_BUCKETS; i++)
		v->bucket[i].unsettled = false;
	return TANU_OK;
}
