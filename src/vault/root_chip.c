/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The root in a chip. One secret in the chip seals the epoch secrets of all buckets, which lie in
 * the file root.tpm; destroying any of them means a fresh secret:
 *   1. it is written to the chip's other slot;
 *   2. the file, without what is to go, is replaced, sealed under it;
 *   3. the counter goes forward;
 *   4. the former slot is zeroed.
 * The file's generation is the counter, or one more between 2 and 3. One below the counter is an
 * old copy. Slots are taken in turn, by the lowest bit of the generation.
 */
#include "vault/rootfile.h"

#include <inttypes.h>
#include <string.h>

#define PLACES_TRIED 8

struct chip_root {
	struct chip *chip;
	struct root_needs needs;
	struct rootfile_header header;
	struct secret secret; /* of header.generation */
	struct secret next;   /* in the other slot already, after a step 2 that failed */
	bool next_made;
	bool unfinished; /* steps 3 and 4 are to be done */
	struct rootfile file;
};

static struct chip_root *chip_root_new(const struct root_needs *needs)
{
	struct chip_root *r = os_secret_alloc(sizeof(*r));

	if (r)
		r->needs = *needs;
	return r;
}

static void chip_root_free(struct chip_root *r)
{
	if (!r)
		return;
	if (r->chip)
		r->chip->calls->close(r->chip);
	os_secret_free(r, sizeof(*r));
}

static void chip_auth(const struct chip_root *r, struct secret *out)
{
	kdf(out, r->needs.host->b, SECRET_LEN, NULL, 0, "tanu vault chip auth 1");
	/* The chip takes zeros at the end of it for nothing. */
	out->b[SECRET_LEN - 1] |= 1;
}

static void file_key(const struct chip_root *r, struct secret *out, const struct secret *secret)
{
	uint8_t ikm[2 * SECRET_LEN];

	memcpy(ikm, r->needs.host->b, SECRET_LEN);
	memcpy(ikm + SECRET_LEN, secret->b, SECRET_LEN);
	kdf(out, ikm, sizeof(ikm), NULL, 0, "tanu vault root 1");
	mem_wipe(ikm, sizeof(ikm));
}

static unsigned slot_of(uint64_t generation)
{
	return (unsigned)(generation % CHIP_SLOTS);
}

static tanu_status no_memory(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for keys");
}

/* ---- the file ---- */

static tanu_status file_write(struct chip_root *r, const struct rootfile_header *header,
			      const struct secret *secret, const struct rootfile *file,
			      tanu_error *err)
{
	uint8_t bytes[ROOTFILE_LEN];
	char path[OS_PATH_MAX];
	struct secret key;
	tanu_status st;

	if ((st = os_path(path, sizeof(path), r->needs.dir, ROOTFILE_NAME, err)) < 0)
		return st;
	file_key(r, &key, secret);
	st = rootfile_seal(bytes, header, file, &key, r->needs.random, err);
	secret_wipe(&key);
	return st < 0 ? st : os_replace_file(path, bytes, sizeof(bytes), 0600, err);
}

/* At one stroke, since its being there decides; sealed as it is, it needs no overwriting. */
static tanu_status file_remove(const struct chip_root *r, tanu_error *err)
{
	char path[OS_PATH_MAX];
	tanu_status st = os_path(path, sizeof(path), r->needs.dir, ROOTFILE_NAME, err);

	return st < 0 ? st : os_remove_file(path, err);
}

static struct rootfile_epoch *epoch_find(struct rootfile *file, unsigned bucket,
					 uint64_t generation)
{
	for (size_t i = 0; i < file->count; i++)
		if (file->epochs[i].bucket == bucket && file->epochs[i].generation == generation)
			return &file->epochs[i];
	return NULL;
}

/* In its place by bucket and generation; there must be room. */
static void epoch_insert(struct rootfile *file, unsigned bucket, uint64_t generation,
			 const struct secret *epoch)
{
	size_t at = file->count++;

	while (at > 0 && (file->epochs[at - 1].bucket > bucket ||
			  (file->epochs[at - 1].bucket == bucket &&
			   file->epochs[at - 1].generation > generation))) {
		file->epochs[at] = file->epochs[at - 1];
		at--;
	}
	file->epochs[at] = (struct rootfile_epoch){bucket, generation, *epoch};
}

static void epochs_keep(struct rootfile *file, const uint64_t keep[VAULT_BUCKETS], unsigned which)
{
	size_t kept = 0;

	for (size_t i = 0; i < file->count; i++) {
		const struct rootfile_epoch *e = &file->epochs[i];

		if (!(which & 1u << e->bucket) || e->generation == keep[e->bucket])
			file->epochs[kept++] = *e;
	}
	mem_wipe(&file->epochs[kept], (file->count - kept) * sizeof(*file->epochs));
	file->count = kept;
}

/* ---- the calls ---- */

static tanu_status chip_load(struct root *root, struct secret *out, unsigned bucket,
			     uint64_t generation, tanu_error *err)
{
	const struct rootfile_epoch *e = epoch_find(&root->in_chip->file, bucket, generation);

	if (!e)
		return tanu_fail(err, TANU_ERR_FILE_MISSING, ROOTFILE_NAME,
				 "no epoch secret of this generation");
	*out = e->epoch;
	return TANU_OK;
}

static tanu_status chip_store(struct root *root, const struct secret *epoch, unsigned bucket,
			      uint64_t generation, tanu_error *err)
{
	struct chip_root *r = root->in_chip;
	struct rootfile *more;
	tanu_status st;

	if (r->file.count == ROOTFILE_EPOCHS)
		return tanu_fail(err, TANU_ERR_KEYS_DAMAGED, ROOTFILE_NAME,
				 "too many writes of keys have failed in a row: see to the disk, "
				 "then start again");
	more = os_secret_alloc(sizeof(*more));
	if (!more)
		return no_memory(err);
	*more = r->file;
	epoch_insert(more, bucket, generation, epoch);
	if ((st = file_write(r, &r->header, &r->secret, more, err)) >= 0)
		r->file = *more;
	os_secret_free(more, sizeof(*more));
	return st;
}

/* Steps 3 and 4. The counter is read first: an answer of the chip may have been lost. */
static tanu_status finish(struct chip_root *r, tanu_error *err)
{
	static const uint8_t zeros[CHIP_SLOT_LEN];
	const struct chip_calls *calls = r->chip->calls;
	uint64_t counter = 0;
	tanu_status st;

	if ((st = calls->counter(r->chip, &counter, err)) < 0)
		return st;
	if (counter < r->header.generation && (st = calls->increment(r->chip, err)) < 0)
		return st;
	st = calls->write(r->chip, slot_of(r->header.generation + 1), zeros, err);
	if (st >= 0)
		r->unfinished = false;
	return st;
}

/* Steps 1 and 2. After a failed 2 the disk may hold either file: the same secret is used again. */
static tanu_status take_fresh_secret(struct chip_root *r, const struct rootfile *file,
				     tanu_error *err)
{
	const struct rootfile_header next = {.place = r->header.place,
					     .generation = r->header.generation + 1};
	uint8_t slot[CHIP_SLOT_LEN];
	tanu_status st;

	if (!r->next_made)
		random_fill(r->needs.random, r->next.b, SECRET_LEN);
	slot_put(slot, next.generation, &r->next);
	st = r->chip->calls->write(r->chip, slot_of(next.generation), slot, err);
	mem_wipe(slot, sizeof(slot));
	if (st < 0)
		return st;
	r->next_made = true;
	if ((st = file_write(r, &next, &r->next, file, err)) < 0)
		return st;
	r->header = next;
	r->secret = r->next;
	secret_wipe(&r->next);
	r->next_made = false;
	r->file = *file;
	r->unfinished = true;
	return TANU_OK;
}

static tanu_status chip_destroy_others(struct root *root, const uint64_t keep[VAULT_BUCKETS],
				       unsigned which, tanu_error *err)
{
	struct chip_root *r = root->in_chip;
	struct rootfile *left;
	tanu_status st = TANU_OK;

	/* An unfinished turn first: the slot of the one after it is still in use. */
	if (r->unfinished && (st = finish(r, err)) < 0)
		return st;
	left = os_secret_alloc(sizeof(*left));
	if (!left)
		return no_memory(err);
	*left = r->file;
	epochs_keep(left, keep, which);
	if (left->count < r->file.count && (st = take_fresh_secret(r, left, err)) >= 0)
		st = finish(r, err);
	os_secret_free(left, sizeof(*left));
	return st;
}

static tanu_status chip_renewed(struct root *root, tanu_error *err)
{
	struct chip_root *r = root->in_chip;
	tanu_status st;

	r->file.renew = false;
	st = file_write(r, &r->header, &r->secret, &r->file, err);
	r->file.renew = st < 0;
	root->renew = r->file.renew;
	return st;
}

static void chip_close(struct root *root)
{
	chip_root_free(root->in_chip);
	*root = (struct root){0};
}

static bool chip_owns(const char *name)
{
	return strcmp(name, ROOTFILE_NAME) == 0;
}

static void chip_describe(const struct root *root, struct vault_status *out)
{
	const struct chip_root *r = root->in_chip;

	out->rollback_resistant = true;
	out->root = "tpm";
	out->resistant_since_ms = r->file.since_ms;
	out->turns = r->header.generation - r->file.first;
	out->place = r->header.place;
	out->chip_software = r->chip->software;
	memcpy(out->chip, r->chip->name, sizeof(out->chip));
}

static void root_of(struct root *out, struct chip_root *r)
{
	static const struct root_calls calls = {
	    .close = chip_close,
	    .load = chip_load,
	    .store = chip_store,
	    .destroy_others = chip_destroy_others,
	    .renewed = chip_renewed,
	    .owns = chip_owns,
	    .describe = chip_describe,
	};

	*out = (struct root){
	    .calls = &calls, .dir = r->needs.dir, .renew = r->file.renew, .in_chip = r};
}

/* ---- opening ---- */

bool root_is_in_chip(const char *dir)
{
	char path[OS_PATH_MAX];

	return os_path(path, sizeof(path), dir, ROOTFILE_NAME, NULL) >= 0 && os_exists(path);
}

static tanu_status chip_open(struct chip_root *r, tanu_error *err)
{
	if (!r->needs.chip)
		return tanu_fail(err, TANU_ERR_TPM, r->needs.dir,
				 "the root of these keys is in a TPM, and none was named");
	return r->needs.chip->open(&r->chip, r->needs.chip, err);
}

/* Where the file stands against the counter. */
static tanu_status check_counter(struct chip_root *r, tanu_error *err)
{
	const uint64_t generation = r->header.generation;
	uint64_t counter = 0;
	tanu_status st;

	if ((st = r->chip->calls->counter(r->chip, &counter, err)) < 0)
		return st;
	if (generation < counter)
		return tanu_fail(err, TANU_ERR_KEYS_DAMAGED, r->needs.dir,
				 "this keys folder is an old copy (%" PRIu64 ", the TPM is at "
				 "%" PRIu64 "): keys were destroyed since, here or in another copy "
				 "of this site, and they do not come back; put the present folder "
				 "back",
				 generation, counter);
	if (generation > counter + 1)
		return tanu_fail(err, TANU_ERR_KEYS_DAMAGED, r->needs.dir,
				 "the TPM is older than this keys folder (%" PRIu64 ", not %" PRIu64
				 "): it is another one, or its memory was put back",
				 counter, generation);
	r->unfinished = generation > counter;
	return TANU_OK;
}

static tanu_status read_slots(struct chip_root *r, tanu_error *err)
{
	static const uint8_t zeros[CHIP_SLOT_LEN];
	const unsigned mine = slot_of(r->header.generation);
	uint8_t slot[CHIP_SLOTS][CHIP_SLOT_LEN];
	uint64_t generation = 0;
	tanu_status st = TANU_OK;

	for (unsigned i = 0; i < CHIP_SLOTS && st >= 0; i++)
		st = r->chip->calls->read(r->chip, slot[i], i, err);
	if (st < 0)
		goto out;
	if (memcmp(slot[1 - mine], zeros, sizeof(zeros)) != 0)
		r->unfinished = true;
	if (!slot_read(&generation, &r->secret, slot[mine]) || generation != r->header.generation)
		st = tanu_fail(err, TANU_ERR_KEYS_DAMAGED, r->needs.dir,
			       "the TPM does not hold the secret of this keys folder: it was "
			       "changed by something else");
out:
	mem_wipe(slot, sizeof(slot));
	return st;
}

static tanu_status open_file(struct chip_root *r, struct buf *bytes, tanu_error *err)
{
	char path[OS_PATH_MAX];
	tanu_status st;

	if ((st = os_path(path, sizeof(path), r->needs.dir, ROOTFILE_NAME, err)) < 0 ||
	    (st = os_read_file(bytes, path, ROOTFILE_LEN, err)) < 0)
		return st;
	return rootfile_read_header(&r->header, bytes->data, bytes->len, err);
}

static tanu_status open_all(struct chip_root *r, tanu_error *err)
{
	struct buf bytes = {0};
	struct secret auth, key;
	tanu_status st;

	if ((st = open_file(r, &bytes, err)) < 0 || (st = chip_open(r, err)) < 0)
		goto out;
	chip_auth(r, &auth);
	st = r->chip->calls->attach(r->chip, r->header.place, &auth, err);
	secret_wipe(&auth);
	if (st < 0 || (st = check_counter(r, err)) < 0 || (st = read_slots(r, err)) < 0)
		goto out;
	file_key(r, &key, &r->secret);
	st = rootfile_open(&r->file, bytes.data, &key, err);
	secret_wipe(&key);
out:
	buf_free(&bytes);
	return st;
}

tanu_status root_open_chip(struct root *out, const struct root_needs *needs, tanu_error *err)
{
	struct chip_root *r = chip_root_new(needs);
	tanu_status st;

	if (!r)
		return no_memory(err);
	if ((st = open_all(r, err)) < 0)
		chip_root_free(r);
	else
		root_of(out, r);
	return st;
}

/* ---- making and leaving ---- */

/* Numbers for owners' own use begin at 0x01800000 (TCG, Registry of Reserved TPM 2.0 Handles). */
static uint32_t place_random(const struct random_source *random)
{
	uint8_t b[3];

	random_fill(random, b, sizeof(b));
	return 0x01800000u | (((uint32_t)b[0] << 16 | (uint32_t)b[1] << 8 | b[2]) & 0x3FFFFCu);
}

static tanu_status chip_define(struct chip_root *r, tanu_error *err)
{
	struct secret auth;
	tanu_status st = TANU_OK;

	chip_auth(r, &auth);
	for (int i = 0; i < PLACES_TRIED; i++) {
		r->header.place = place_random(r->needs.random);
		st = r->chip->calls->define(r->chip, r->header.place, &auth, err);
		if (st != TANU_USAGE)
			break;
	}
	secret_wipe(&auth);
	return st;
}

static tanu_status take_over(struct chip_root *r, struct root *former,
			     const uint64_t at[VAULT_BUCKETS], tanu_error *err)
{
	struct secret epoch;
	tanu_status st = TANU_OK;

	for (unsigned b = 0; former && b < VAULT_BUCKETS && st >= 0; b++) {
		if ((st = former->calls->load(former, &epoch, b, at[b], err)) >= 0)
			epoch_insert(&r->file, b, at[b], &epoch);
		secret_wipe(&epoch);
	}
	r->file.renew = former != NULL;
	return st;
}

/* The first secret, at the number where the counter begins. */
static tanu_status first_secret(struct chip_root *r, tanu_error *err)
{
	uint8_t slot[CHIP_SLOT_LEN];
	tanu_status st;

	if ((st = r->chip->calls->counter(r->chip, &r->header.generation, err)) < 0)
		return st;
	r->file.first = r->header.generation;
	random_fill(r->needs.random, r->secret.b, SECRET_LEN);
	slot_put(slot, r->header.generation, &r->secret);
	st = r->chip->calls->write(r->chip, slot_of(r->header.generation), slot, err);
	mem_wipe(slot, sizeof(slot));
	return st < 0 ? st : file_write(r, &r->header, &r->secret, &r->file, err);
}

tanu_status root_make_in_chip(struct root *out, const struct root_needs *needs, struct root *former,
			      const uint64_t at[VAULT_BUCKETS], int64_t now_ms, tanu_error *err)
{
	struct chip_root *r = chip_root_new(needs);
	tanu_status st;

	if (!r)
		return no_memory(err);
	r->file.since_ms = now_ms;
	if ((st = take_over(r, former, at, err)) < 0 || (st = chip_open(r, err)) < 0 ||
	    (st = chip_define(r, err)) < 0)
		goto out;
	if ((st = first_secret(r, err)) < 0 && file_remove(r, NULL) >= 0)
		r->chip->calls->remove(r->chip, NULL);
out:
	if (st < 0)
		chip_root_free(r);
	else
		root_of(out, r);
	return st;
}

tanu_status root_leave_chip(struct root *root, tanu_error *err)
{
	struct chip_root *r = root->in_chip;
	tanu_status st = file_remove(r, err);

	return st < 0 ? st : r->chip->calls->remove(r->chip, err);
}
