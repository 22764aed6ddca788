/* SPDX-License-Identifier: Apache-2.0 */
#include "witness/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_FILE     "witness.key"
#define KEY_FILE_MAX 1024
#define KEYS_MAX     ((size_t)64 << 10)
#define KEPT_MAX     ((size_t)256 << 10) /* of a kept note */

/* ---- paths ---- */

void origin_hash(char out[ORIGIN_HASH_LEN], const char *origin)
{
	uint8_t digest[DIGEST_LEN];

	sha256(digest, origin, strlen(origin));
	hex_encode(out, digest, sizeof(digest));
}

static tanu_status in_folder(char out[OS_PATH_MAX], const char *folder, const char *name,
			     tanu_error *err)
{
	return os_path(out, OS_PATH_MAX, folder, name, err);
}

tanu_status log_path(char out[OS_PATH_MAX], const char *folder, const char *hash, const char *name,
		     tanu_error *err)
{
	char rest[OS_PATH_MAX];

	snprintf(rest, sizeof(rest), "logs/%s%s%s", hash, *name ? "/" : "", name);
	return in_folder(out, folder, rest, err);
}

/* ---- the key ---- */

static tanu_status key_write(const char *path, const struct signer *signer, tanu_error *err)
{
	struct buf text = {.max = KEY_FILE_MAX};
	tanu_status st;

	signer_put_secret(&text, signer);
	buf_str(&text, "\n");
	st = buf_check(&text, err);
	if (st >= 0)
		st = os_replace_file(path, text.data, text.len, 0600, err);
	buf_wipe(&text);
	return st;
}

static tanu_status key_read(struct signer *out, const char *path, tanu_error *err)
{
	struct buf text = {0};
	tanu_status st = os_read_file(&text, path, KEY_FILE_MAX, err);

	if (st < 0)
		return st;
	if (text.len > 0 && text.data[text.len - 1] == '\n')
		text.len--;
	st = signer_parse_secret(out, buf_cstr(&text), err);
	if (st >= 0 && out->kind != TANU_KEY_COSIGNATURE)
		st = tanu_fail(err, TANU_ERR_FORMAT, NULL, "this is not the key of a witness");
	if (st < 0)
		error_prefix_place(err, path);
	buf_wipe(&text);
	return st;
}

tanu_status witness_create(const char *folder, const char *name, const struct random_source *random,
			   tanu_error *err)
{
	char key[OS_PATH_MAX], logs[OS_PATH_MAX];
	struct signer signer = {0};
	struct secret seed;
	tanu_status st;

	if ((st = in_folder(key, folder, KEY_FILE, err)) < 0 ||
	    (st = in_folder(logs, folder, "logs", err)) < 0)
		return st;
	if (os_exists(key))
		return tanu_fail(err, TANU_ERR_FOLDER_EXISTS, folder,
				 "there is a witness in this folder already");
	random_fill(random, seed.b, sizeof(seed.b));
	if ((st = signer_init(&signer, name, TANU_KEY_COSIGNATURE, &seed, err)) < 0)
		goto out;
	if ((st = os_make_dir(folder, 0700, err)) < 0 || (st = os_make_dir(logs, 0700, err)) < 0)
		goto out;
	st = key_write(key, &signer, err); /* last: its presence says that the rest is there */
out:
	signer_wipe(&signer);
	secret_wipe(&seed);
	return st;
}

/* ---- logs ---- */

/* A line of a state file that this program would not have written. */
static tanu_status damaged(tanu_error *err, const char *path, const char *why)
{
	return tanu_fail(err, TANU_ERR_WITNESS, path,
			 "%s; nothing is signed for this log until that is understood", why);
}

static bool take_key(struct log_keys *keys, const char *hash, const char *line, size_t len)
{
	char vkey[512], own[ORIGIN_HASH_LEN];
	tanu_verifier *v;

	if (keys->len == WITNESS_KEYS_MAX || len >= sizeof(vkey))
		return false;
	snprintf(vkey, sizeof(vkey), "%.*s", (int)len, line);
	v = &keys->v[keys->len++];
	if (tanu_verifier_parse(v, vkey, NULL) < 0 || v->kind != TANU_KEY_ED25519)
		return false;
	origin_hash(own, v->name);
	return strcmp(own, hash) == 0;
}

static bool take_keys(struct log_keys *keys, const char *hash, const struct buf *text)
{
	const char *end, *line, *at = buf_text(text, &end);
	size_t len;

	while (at < end)
		if (!next_line(&at, end, &line, &len) || !take_key(keys, hash, line, len))
			return false;
	return keys->len > 0;
}

tanu_status log_keys_read(struct log_keys *out, const char *folder, const char *hash,
			  tanu_error *err)
{
	char path[OS_PATH_MAX];
	struct log_keys keys = {0};
	struct buf text = {0};
	tanu_status st;

	if ((st = log_path(path, folder, hash, "keys", err)) < 0 ||
	    (st = os_read_file(&text, path, KEYS_MAX, err)) < 0)
		return st;
	if (take_keys(&keys, hash, &text))
		*out = keys;
	else
		st = damaged(err, path, "a line is no key of this log");
	buf_free(&text);
	return st;
}

static tanu_status keys_write(const char *folder, const char *hash, const struct log_keys *keys,
			      tanu_error *err)
{
	char path[OS_PATH_MAX];
	struct buf text = {.max = KEYS_MAX};
	tanu_status st;

	if ((st = log_path(path, folder, hash, "", err)) < 0 ||
	    (st = os_make_dir(path, 0700, err)) < 0 ||
	    (st = log_path(path, folder, hash, "keys", err)) < 0)
		return st;
	for (size_t i = 0; i < keys->len; i++) {
		verifier_put(&text, &keys->v[i]);
		buf_str(&text, "\n");
	}
	st = buf_check(&text, err);
	if (st >= 0)
		st = os_replace_file(path, text.data, text.len, 0600, err);
	buf_free(&text);
	return st;
}

static tanu_status add_key(const char *folder, const tanu_verifier *v, tanu_error *err)
{
	struct log_keys keys = {0};
	char hash[ORIGIN_HASH_LEN];
	tanu_error why = {0};
	tanu_status st;

	origin_hash(hash, v->name);
	st = log_keys_read(&keys, folder, hash, &why);
	if (st < 0 && st != TANU_NOT_FOUND) {
		if (err)
			*err = why;
		return st;
	}
	for (size_t i = 0; i < keys.len; i++)
		if (keys.v[i].key_id == v->key_id)
			return TANU_OK;
	if (keys.len == WITNESS_KEYS_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, v->name, "a log has at most %d keys",
				 WITNESS_KEYS_MAX);
	keys.v[keys.len++] = *v;
	return keys_write(folder, hash, &keys, err);
}

tanu_status is_witness_folder(const char *folder, tanu_error *err)
{
	char path[OS_PATH_MAX];
	tanu_status st = in_folder(path, folder, KEY_FILE, err);

	if (st >= 0 && !os_exists(path))
		st = tanu_fail(
		    err, TANU_ERR_FILE_MISSING, path,
		    "there is no witness in this folder: make one with tanu witness init");
	return st;
}

tanu_status witness_add_log(const char *folder, const char *vkey, tanu_error *err)
{
	char path[OS_PATH_MAX];
	struct os_lock lock = {0};
	tanu_verifier v;
	tanu_status st;

	if ((st = tanu_verifier_parse(&v, vkey, err)) < 0 ||
	    (st = is_witness_folder(folder, err)) < 0 ||
	    (st = in_folder(path, folder, "logs/lock", err)) < 0)
		return st;
	if (v.kind != TANU_KEY_ED25519)
		return tanu_fail(err, TANU_ERR_USAGE, v.name,
				 "this is the key of a witness, not of a log");
	if ((st = os_lock_take(&lock, path, err)) < 0)
		return st;
	st = add_key(folder, &v, err);
	os_lock_drop(&lock);
	return st;
}

/* ---- what was cosigned last ---- */

/* It is the note of this witness: our own cosignature stands under it. */
static bool is_own_note(tanu_checkpoint *out, const struct witness *w, const char *origin,
			const struct buf *text)
{
	static _Thread_local tanu_note note;
	tanu_checkpoint c;

	if (tanu_note_split(&note, (const char *)text->data, text->len, NULL) < 0 ||
	    tanu_checkpoint_parse(&c, note.text, note.text_len, NULL) < 0 ||
	    tanu_note_verify(&note, &w->verifier, NULL, NULL) < 0 || strcmp(c.origin, origin) != 0)
		return false;
	*out = c;
	return true;
}

tanu_status last_read(tanu_checkpoint *out, const struct witness *w, const char *origin,
		      tanu_error *err)
{
	char path[OS_PATH_MAX], hash[ORIGIN_HASH_LEN];
	struct buf text = {0};
	tanu_status st;

	origin_hash(hash, origin);
	if ((st = log_path(path, w->folder, hash, "checkpoint", err)) < 0)
		return st;
	*out = (tanu_checkpoint){0};
	tanu_hash_empty(&out->root);
	if (!os_exists(path))
		return TANU_OK;
	if ((st = os_read_file(&text, path, KEPT_MAX, err)) < 0)
		return st;
	if (!is_own_note(out, w, origin, &text))
		st = damaged(err, path, "this is not what the witness wrote");
	buf_free(&text);
	return st;
}

/* ---- opening ---- */

static tanu_status open_folder(struct witness *w, const char *folder, tanu_error *err)
{
	char path[OS_PATH_MAX];
	tanu_status st;

	if (snprintf(w->folder, sizeof(w->folder), "%s", folder) >= (int)sizeof(w->folder))
		return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, NULL, "the path is too long");
	if ((st = is_witness_folder(folder, err)) < 0 ||
	    (st = in_folder(path, folder, "lock", err)) < 0 ||
	    (st = os_lock_take(&w->lock, path, err)) < 0 ||
	    (st = in_folder(path, folder, KEY_FILE, err)) < 0)
		return st;
	w->signer = os_secret_alloc(sizeof(*w->signer));
	if (!w->signer)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough locked memory");
	return key_read(w->signer, path, err);
}

tanu_status witness_open(struct witness **out, const char *folder, const struct clock_source *clock,
			 tanu_error *err)
{
	struct witness *w = calloc(1, sizeof(*w));
	tanu_status st;

	if (!w)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	w->clock = clock && clock->now_ms ? *clock : os_clock();
	pthread_mutex_init(&w->mutex, NULL);
	if ((st = open_folder(w, folder, err)) < 0) {
		witness_close(&w);
		return st;
	}
	signer_verifier(&w->verifier, w->signer);
	*out = w;
	return TANU_OK;
}

void witness_close(struct witness **witness)
{
	struct witness *w = *witness;

	if (!w)
		return;
	if (w->signer)
		os_secret_free(w->signer, sizeof(*w->signer));
	os_lock_drop(&w->lock);
	pthread_mutex_destroy(&w->mutex);
	free(w);
	*witness = NULL;
}

void witness_verifier(tanu_verifier *out, const struct witness *witness)
{
	*out = witness->verifier;
}

/* ---- listing ---- */

struct listing {
	struct witness *w;
	tanu_status (*each)(void *self, const char *origin, const tanu_checkpoint *last,
			    tanu_error *err);
	void *self;
};

static tanu_status list_one(void *self, const char *name, tanu_error *err)
{
	struct listing *l = self;
	struct log_keys keys;
	tanu_checkpoint last;
	tanu_status st;

	if (strlen(name) != ORIGIN_HASH_LEN - 1)
		return TANU_OK; /* the lock */
	st = log_keys_read(&keys, l->w->folder, name, err);
	if (st == TANU_NOT_FOUND)
		return TANU_OK; /* adding it broke off */
	if (st < 0 || (st = last_read(&last, l->w, keys.v[0].name, err)) < 0)
		return st;
	return l->each(l->self, keys.v[0].name, &last, err);
}

tanu_status witness_each_log(struct witness *witness,
			     tanu_status (*each)(void *self, const char *origin,
						 const tanu_checkpoint *last, tanu_error *err),
			     void *self, tanu_error *err)
{
	struct listing l = {.w = witness, .each = each, .self = self};
	char path[OS_PATH_MAX];
	tanu_status st = in_folder(path, witness->folder, "logs", err);

	if (st < 0)
		return st;
	pthread_mutex_lock(&witness->mutex);
	st = os_list_dir(path, list_one, &l, err);
	pthread_mutex_unlock(&witness->mutex);
	return st;
}
