/* SPDX-License-Identifier: Apache-2.0 */
/* The manifests of one folder, and the weights they name. */
#include "tensor/tensor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WEIGHTS_MAX_BYTES (1024u * 1024 * 1024)
#define MANIFESTS_MAX	  64

static tanu_status read_manifest_file(struct model_manifest *out, const char *dir, const char *name,
				      tanu_error *err)
{
	struct buf text = {.max = MANIFEST_MAX_BYTES};
	char path[1024];
	tanu_status st;

	if ((st = os_path(path, sizeof(path), dir, name, err)) < 0 ||
	    (st = os_read_file(&text, path, MANIFEST_MAX_BYTES, err)) < 0)
		goto out;
	st = manifest_parse(out, text.data, text.len, name, err);
out:
	buf_free(&text);
	return st;
}

static bool ends_with(const char *name, const char *suffix)
{
	size_t n = strlen(name), s = strlen(suffix);

	return n > s && strcmp(name + n - s, suffix) == 0;
}

static tanu_status add_manifest(void *self, const char *name, tanu_error *err)
{
	struct model_set *set = self;
	struct model_manifest *grown;
	tanu_status st;

	if (!ends_with(name, ".json"))
		return TANU_OK;
	if (set->count == MANIFESTS_MAX)
		return tanu_fail(err, TANU_ERR_MODEL_FORMAT, set->dir,
				 "more than %d manifests in one folder", MANIFESTS_MAX);
	grown = realloc(set->manifest, (set->count + 1) * sizeof(*grown));
	if (!grown)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, name, "not enough memory");
	set->manifest = grown;
	if ((st = read_manifest_file(&grown[set->count], set->dir, name, err)) < 0)
		return st;
	set->count++;
	return TANU_OK;
}

static tanu_status pick_defaults(struct model_set *set, tanu_error *err)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct model_manifest *m = &set->manifest[i];

		if (!m->is_default)
			continue;
		if (set->of[m->task])
			return tanu_fail(err, TANU_ERR_MODEL_FORMAT, set->dir,
					 "%s and %s are both the default for %s; keep one",
					 set->of[m->task]->name, m->name, model_task_name(m->task));
		set->of[m->task] = m;
	}
	return TANU_OK;
}

static tanu_status copy_path(char *out, size_t out_len, const char *path, tanu_error *err)
{
	if (strlen(path) >= out_len)
		return tanu_fail(err, TANU_ERR_MODEL_MISSING, path,
				 "the folder's name is too long");
	memcpy(out, path, strlen(path) + 1);
	return TANU_OK;
}

/* The first of the usual places that is a folder; the last one's name when none is. */
static tanu_status find_models_dir(char *out, size_t out_len, tanu_error *err)
{
	static const char *const beside[] = {"models", "../share/tanu/models"};
	const char *set = secure_getenv("TANU_MODELS");
	char program[512];
	tanu_status st;

	if (set && *set)
		return copy_path(out, out_len, set, err);
	if ((st = os_program_dir(program, sizeof(program), err)) < 0)
		return st;
	for (size_t i = 0; i < ARRAY_LEN(beside); i++) {
		if ((st = os_path(out, out_len, program, beside[i], err)) < 0)
			return st;
		if (os_is_dir(out))
			return TANU_OK;
	}
	return copy_path(out, out_len, TANU_MODELS_DIR, err);
}

tanu_status model_set_open(struct model_set *out, const char *dir, tanu_error *err)
{
	struct model_set set = {0};
	tanu_status st;

	st = dir ? copy_path(set.dir, sizeof(set.dir), dir, err)
		 : find_models_dir(set.dir, sizeof(set.dir), err);
	if (st < 0)
		goto out;
	if (!os_is_dir(set.dir)) {
		st = tanu_fail(err, TANU_ERR_MODEL_MISSING, set.dir,
			       "no folder of models here; run `make setup` or set TANU_MODELS");
		goto out;
	}
	if ((st = os_list_dir(set.dir, add_manifest, &set, err)) < 0 ||
	    (st = pick_defaults(&set, err)) < 0)
		goto out;
	*out = set;
	return TANU_OK;
out:
	model_set_close(&set);
	return st;
}

void model_set_close(struct model_set *set)
{
	free(set->manifest);
	*set = (struct model_set){0};
}

/* Where the weights are: beside the manifest, else in the folders that set-up and install fill. */
static tanu_status find_weights(char *out, size_t out_len, const struct model_set *set,
				const struct model_manifest *manifest, tanu_error *err)
{
	char program[512], installed[600];
	const char *dirs[] = {set->dir, installed, TANU_WEIGHTS_DIR};
	tanu_status st;

	if ((st = os_program_dir(program, sizeof(program), err)) < 0)
		return st;
	snprintf(installed, sizeof(installed), "%s/../share/tanu/models", program);
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		if ((st = os_path(out, out_len, dirs[i], manifest->file, err)) < 0)
			return st;
		if (os_exists(out))
			return TANU_OK;
	}
	return tanu_fail(err, TANU_ERR_MODEL_MISSING, manifest->file,
			 "the weights of %s are not here; run `make setup`", manifest->name);
}

tanu_status model_read_file(struct buf *weights, const char *path,
			    const struct model_manifest *manifest, tanu_error *err)
{
	struct buf b = {.max = WEIGHTS_MAX_BYTES};
	uint8_t digest[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1];
	tanu_status st = os_read_file(&b, path, WEIGHTS_MAX_BYTES, err);

	if (st < 0)
		goto out;
	sha256(digest, b.data, b.len);
	if (memcmp(digest, manifest->sha256, sizeof(digest)) != 0) {
		hex_encode(hex, digest, sizeof(digest));
		st = tanu_fail(err, TANU_ERR_MODEL_DIGEST, path,
			       "SHA-256 is %s, not what the manifest of %s says: the file is "
			       "damaged or another one",
			       hex, manifest->name);
		goto out;
	}
	*weights = b;
	return TANU_OK;
out:
	buf_free(&b);
	return st;
}

tanu_status model_read(struct buf *weights, const struct model_set *set,
		       const struct model_manifest *manifest, tanu_error *err)
{
	char path[1024];
	tanu_status st = find_weights(path, sizeof(path), set, manifest, err);

	if (st < 0)
		return st;
	return model_read_file(weights, path, manifest, err);
}
