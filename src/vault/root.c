/* SPDX-License-Identifier: Apache-2.0 */
#include "vault/root.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define EPOCH_NAME_LEN 32 /* "epoch-0a.0000000000000001" and zero, with room */

tanu_status secret_read(struct secret *out, const char *dir, const char *name, tanu_error *err)
{
	char path[OS_PATH_MAX];
	struct buf bytes = {0};
	tanu_status st;

	if ((st = os_path(path, sizeof(path), dir, name, err)) < 0)
		return st;
	if ((st = os_read_file(&bytes, path, SECRET_LEN, err)) < 0)
		return st;
	if (bytes.len == SECRET_LEN)
		memcpy(out->b, bytes.data, SECRET_LEN);
	else
		st = tanu_fail(err, TANU_ERR_KEYS_DAMAGED, path, "%zu bytes where %d belong",
			       bytes.len, SECRET_LEN);
	buf_wipe(&bytes);
	return st;
}

tanu_status secret_write(const struct secret *secret, const char *dir, const char *name,
			 tanu_error *err)
{
	char path[OS_PATH_MAX];
	tanu_status st = os_path(path, sizeof(path), dir, name, err);

	return st < 0 ? st : os_replace_file(path, secret->b, SECRET_LEN, 0600, err);
}

static void epoch_name(char out[EPOCH_NAME_LEN], unsigned bucket, uint64_t generation)
{
	snprintf(out, EPOCH_NAME_LEN, "epoch-%02x.%016" PRIx64, bucket & 0xFF, generation);
}

static tanu_status file_load(struct root *root, struct secret *out, unsigned bucket,
			     uint64_t generation, tanu_error *err)
{
	char name[EPOCH_NAME_LEN];

	epoch_name(name, bucket, generation);
	return secret_read(out, root->dir, name, err);
}

static tanu_status file_store(struct root *root, const struct secret *epoch, unsigned bucket,
			      uint64_t generation, tanu_error *err)
{
	char name[EPOCH_NAME_LEN];

	epoch_name(name, bucket, generation);
	return secret_write(epoch, root->dir, name, err);
}

struct sweep {
	const char *dir;
	char prefix[EPOCH_NAME_LEN]; /* "epoch-0a." */
	char keep[EPOCH_NAME_LEN];
};

/* Also what an interrupted write has left under a longer name. */
static tanu_status destroy_other(void *self, const char *name, tanu_error *err)
{
	const struct sweep *s = self;
	char path[OS_PATH_MAX];
	tanu_status st;

	if (strncmp(name, s->prefix, strlen(s->prefix)) != 0 || strcmp(name, s->keep) == 0)
		return TANU_OK;
	st = os_path(path, sizeof(path), s->dir, name, err);
	return st < 0 ? st : os_destroy_file(path, err);
}

static tanu_status file_destroy_others(struct root *root, const uint64_t keep[VAULT_BUCKETS],
				       unsigned which, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (unsigned b = 0; b < VAULT_BUCKETS && st >= 0; b++) {
		struct sweep s = {.dir = root->dir};

		if (!(which & 1u << b))
			continue;
		snprintf(s.prefix, sizeof(s.prefix), "epoch-%02x.", b);
		epoch_name(s.keep, b, keep[b]);
		st = os_list_dir(root->dir, destroy_other, &s, err);
	}
	return st;
}

static void file_close(struct root *root)
{
	*root = (struct root){0};
}

static tanu_status file_renewed(struct root *root, tanu_error *err)
{
	(void)err;
	root->renew = false;
	return TANU_OK;
}

static bool file_owns(const char *name)
{
	return strncmp(name, "epoch-", 6) == 0;
}

static void file_describe(const struct root *root, struct vault_status *out)
{
	(void)root;
	out->root = "file";
}

struct root root_in_files(const char *dir)
{
	static const struct root_calls calls = {
	    .close = file_close,
	    .load = file_load,
	    .store = file_store,
	    .destroy_others = file_destroy_others,
	    .renewed = file_renewed,
	    .owns = file_owns,
	    .describe = file_describe,
	};

	return (struct root){.calls = &calls, .dir = dir};
}
