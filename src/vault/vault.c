/* SPDX-License-Identifier: Apache-2.0 */
/* Making, opening and closing the keys folder. */
#include "vault/state.h"

#include <stdlib.h>
#include <string.h>

#define HOST_NAME "host.secret"

static tanu_status vault_new(struct vault **out, const char *keys_dir,
			     const struct random_source *random, tanu_error *err)
{
	struct vault *v = NULL;

	if (strlen(keys_dir) >= sizeof(v->dir))
		return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, keys_dir,
				 "the path of the keys folder is too long");
	v = calloc(1, sizeof(*v));
	if (v) {
		v->host = secret_new();
		v->kek = os_secret_alloc(VAULT_BUCKETS * sizeof(*v->kek));
	}
	if (!v || !v->host || !v->kek) {
		vault_close(&v);
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for keys");
	}
	strcpy(v->dir, keys_dir);
	v->random = *random;
	*out = v;
	return TANU_OK;
}

void vault_close(struct vault **vault)
{
	struct vault *v = *vault;

	if (!v)
		return;
	for (unsigned i = 0; i < VAULT_BUCKETS; i++)
		keyset_free(&v->bucket[i].set);
	if (v->root.calls)
		v->root.calls->close(&v->root);
	os_secret_free(v->kek, VAULT_BUCKETS * sizeof(*v->kek));
	secret_free(&v->host);
	free(v);
	*vault = NULL;
}

struct root_needs vault_root_needs(const struct vault *v, const struct chip_source *chip)
{
	return (struct root_needs){
	    .dir = v->dir, .host = v->host, .random = &v->random, .chip = chip};
}

static tanu_status make_root(struct vault *v, const struct chip_source *chip, int64_t now_ms,
			     tanu_error *err)
{
	struct root_needs needs = vault_root_needs(v, chip);

	if (chip)
		return root_make_in_chip(&v->root, &needs, NULL, NULL, now_ms, err);
	v->root = root_in_files(v->dir);
	return TANU_OK;
}

/* The host secret is written last: with it the folder is a keys folder. */
tanu_status vault_create(const char *keys_dir, const struct random_source *random,
			 const struct chip_source *chip, int64_t now_ms, tanu_error *err)
{
	char host[OS_PATH_MAX];
	struct vault *v = NULL;
	tanu_status st;

	if ((st = os_path(host, sizeof(host), keys_dir, HOST_NAME, err)) < 0)
		return st;
	if (os_exists(host))
		return tanu_fail(err, TANU_ERR_FOLDER_EXISTS, keys_dir,
				 "there are keys in this folder already");
	if ((st = os_make_dir(keys_dir, 0700, err)) < 0 ||
	    (st = vault_new(&v, keys_dir, random, err)) < 0)
		return st;
	random_fill(random, v->host->b, sizeof(v->host->b));
	st = make_root(v, chip, now_ms, err);
	for (unsigned i = 0; i < VAULT_BUCKETS && st >= 0; i++) {
		struct keyset none = {0};

		st = vault_rewrite_fresh(v, i, &none, 0, err);
	}
	if (st >= 0)
		st = secret_write(v->host, keys_dir, HOST_NAME, err);
	vault_close(&v);
	return st;
}

static tanu_status read_bucket(struct vault *v, struct buf *file, unsigned number, tanu_error *err)
{
	char name[BUCKET_NAME_LEN], path[OS_PATH_MAX];
	tanu_status st;

	bucket_name(name, number);
	if ((st = os_path(path, sizeof(path), v->dir, name, err)) < 0)
		return st;
	st = os_read_file(file, path, BUCKET_FILE_MAX, err);
	if (st == TANU_NOT_FOUND)
		st = tanu_fail(err, TANU_ERR_KEYS_DAMAGED, path,
			       "this key bucket is missing: the keys folder is not whole");
	return st;
}

static tanu_status load_epoch(struct vault *v, struct secret *out,
			      const struct bucket_header *header, tanu_error *err)
{
	char name[BUCKET_NAME_LEN];
	tanu_status st =
	    v->root.calls->load(&v->root, out, header->number, header->generation, err);

	if (st != TANU_NOT_FOUND)
		return st;
	bucket_name(name, header->number);
	return tanu_fail(err, TANU_ERR_KEYS_DAMAGED, name,
			 "the epoch secret of this key bucket is gone: the file is an old copy "
			 "from before an erasure, or the keys folder is not whole");
}

static tanu_status load_bucket(struct vault *v, unsigned number, tanu_error *err)
{
	struct bucket *b = &v->bucket[number];
	struct bucket_header header;
	struct keyset set = {0};
	struct buf file = {0};
	struct secret epoch;
	tanu_status st;

	if ((st = read_bucket(v, &file, number, err)) < 0)
		return st;
	if ((st = bucket_read_header(&header, file.data, file.len, number, err)) < 0)
		goto out;
	if ((st = load_epoch(v, &epoch, &header, err)) < 0)
		goto out;
	vault_derive_kek(v, &v->kek[number], &epoch);
	secret_wipe(&epoch);
	if ((st = bucket_open(&set, &header, file.data, &v->kek[number], err)) < 0)
		goto out;
	bucket_take(b, &set, &header);
	b->tried = b->generation;
	b->unsettled = true;
out:
	buf_free(&file);
	return st;
}

static tanu_status load_host(struct vault *v, tanu_error *err)
{
	tanu_status st;

	if (!os_is_dir(v->dir))
		return tanu_fail(err, TANU_ERR_KEY_MISSING, v->dir,
				 "the keys folder is not here, and without it nothing of the "
				 "database opens; it is never in a backup: put this site's own "
				 "folder back, or begin a new site and enrol again");
	st = secret_read(v->host, v->dir, HOST_NAME, err);
	if (st == TANU_NOT_FOUND)
		st = tanu_fail(err, TANU_ERR_KEYS_DAMAGED, v->dir,
			       HOST_NAME " is missing: the keys folder is not whole");
	return st;
}

/* Is this a file of ours that an interrupted write, another root or somebody's copy has left? */
static bool is_leftover(const struct vault *v, const char *name)
{
	char ours[BUCKET_NAME_LEN];

	if (strncmp(name, HOST_NAME, strlen(HOST_NAME)) == 0)
		return strcmp(name, HOST_NAME) != 0;
	if (strncmp(name, "epoch-", 6) == 0 || strncmp(name, "root.tpm", 8) == 0)
		return !v->root.calls->owns(name);
	if (strncmp(name, "bucket-", 7) != 0)
		return false;
	for (unsigned i = 0; i < VAULT_BUCKETS; i++) {
		bucket_name(ours, i);
		if (strcmp(name, ours) == 0)
			return false;
	}
	return true;
}

static tanu_status destroy_leftover(void *self, const char *name, tanu_error *err)
{
	const struct vault *v = self;
	char path[OS_PATH_MAX];
	tanu_status st;

	if (!is_leftover(v, name))
		return TANU_OK;
	st = os_path(path, sizeof(path), v->dir, name, err);
	return st < 0 ? st : os_destroy_file(path, err);
}

static tanu_status open_root(struct vault *v, const struct chip_source *chip, tanu_error *err)
{
	struct root_needs needs = vault_root_needs(v, chip);

	if (root_is_in_chip(v->dir))
		return root_open_chip(&v->root, &needs, err);
	v->root = root_in_files(v->dir);
	return TANU_OK;
}

static tanu_status load_all(struct vault **out, const char *keys_dir,
			    const struct random_source *random, const struct chip_source *chip,
			    tanu_error *err)
{
	struct vault *v = NULL;
	tanu_status st;

	if ((st = vault_new(&v, keys_dir, random, err)) < 0)
		return st;
	if ((st = load_host(v, err)) < 0 || (st = open_root(v, chip, err)) < 0)
		goto out;
	for (unsigned i = 0; i < VAULT_BUCKETS; i++)
		if ((st = load_bucket(v, i, err)) < 0)
			goto out;
	*out = v;
	v = NULL;
out:
	vault_close(&v);
	return st;
}

/* Chips serve one at a time, and nothing more is asked of this one. */
tanu_status vault_look(struct vault **out, const char *keys_dir, const struct random_source *random,
		       const struct chip_source *chip, tanu_error *err)
{
	tanu_status st = load_all(out, keys_dir, random, chip, err);

	if (st < 0)
		return st;
	(*out)->root.calls->close(&(*out)->root);
	(*out)->root = (struct root){0};
	return TANU_OK;
}

tanu_status vault_open(struct vault **out, const char *keys_dir, struct permit_book *book,
		       const struct random_source *random, const struct chip_source *chip,
		       tanu_error *err)
{
	struct vault *v = NULL;
	tanu_status st;

	if ((st = load_all(&v, keys_dir, random, chip, err)) < 0)
		return st;
	v->book = book;
	/* Only now, when everything has opened, is what is left over of no use to anybody. */
	if ((st = os_list_dir(v->dir, destroy_leftover, v, err)) < 0)
		goto out;
	if ((st = vault_settle(v, err)) < 0 || (st = vault_renew(v, err)) < 0)
		goto out;
	*out = v;
	v = NULL;
out:
	vault_close(&v);
	return st;
}

struct vault_status vault_status(const struct vault *vault)
{
	struct vault_status s = {0};

	vault->root.calls->describe(&vault->root, &s);
	for (unsigned i = 0; i < VAULT_BUCKETS; i++) {
		s.keys += vault->bucket[i].set.count;
		if (s.sequence < vault->bucket[i].sequence)
			s.sequence = vault->bucket[i].sequence;
	}
	return s;
}
