/* SPDX-License-Identifier: Apache-2.0 */
#include "service/eval_cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The file: magic 16, then records of equal length: name 32 | seen i64 | sealed. The name is a MAC
 * over content and context, so the file does not tell which photographs were looked at; name and
 * time are the seal's associated data.
 */
static const char magic[16] = "tanu-seen-1\n";
#define HEAD_LEN      (MAC_LEN + 8)
#define PLAIN_LEN     (1 + 4 * (TANU_QUALITY_COUNT + 3) + 4 * (TANU_FEATURES + 1) + TANU_MODEL_DIGEST)
#define RECORD_LEN    (HEAD_LEN + PLAIN_LEN + SEAL_OVERHEAD)
#define RECORDS_MAX   ((size_t)60000)
#define FILE_MAX      (sizeof(magic) + RECORDS_MAX * RECORD_LEN)
#define WITH_FACE     1
#define WITH_FEATURES 2

struct eval_cache {
	char dir[OS_PATH_MAX], file[OS_PATH_MAX], key_file[OS_PATH_MAX];
	struct os_lock lock;
	struct secret *key;
	uint8_t context[DIGEST_LEN];
	struct buf text;
	const uint8_t **record; /* into `text`, by name; those that are not too old */
	size_t len;
};

/* ---- one record ---- */

static void name_of(uint8_t name[MAC_LEN], const struct eval_cache *cache,
		    const uint8_t content[DIGEST_LEN])
{
	const struct bytes parts[] = {{content, DIGEST_LEN}, {cache->context, DIGEST_LEN}};

	mac_parts(name, cache->key, parts, ARRAY_LEN(parts));
}

static void sample_put(struct buf *out, const struct eval_sample *s)
{
	buf_u8(out, (uint8_t)((s->failure.status == TANU_OK ? WITH_FACE : 0) |
			      (s->features ? WITH_FEATURES : 0)));
	for (size_t i = 0; i < TANU_QUALITY_COUNT; i++)
		buf_f32le(out, s->quality.value[i]);
	buf_f32le(out, s->quality.unified);
	buf_u32le(out, s->quality.refused);
	buf_f32le(out, s->liveness);
	for (size_t i = 0; i < TANU_FEATURES; i++)
		buf_f32le(out, s->embedding.v[i]);
	buf_f32le(out, s->embedding.quality);
	buf_put(out, s->embedding.model, TANU_MODEL_DIGEST);
}

static uint8_t sample_read(struct eval_sample *s, const uint8_t plain[PLAIN_LEN])
{
	struct rd r;
	uint8_t with;

	rd_init(&r, plain, PLAIN_LEN);
	with = rd_u8(&r);
	for (size_t i = 0; i < TANU_QUALITY_COUNT; i++)
		s->quality.value[i] = rd_f32le(&r);
	s->quality.unified = rd_f32le(&r);
	s->quality.refused = rd_u32le(&r);
	s->liveness = rd_f32le(&r);
	for (size_t i = 0; i < TANU_FEATURES; i++)
		s->embedding.v[i] = rd_f32le(&r);
	s->embedding.quality = rd_f32le(&r);
	rd_copy(&r, s->embedding.model, TANU_MODEL_DIGEST);
	return with;
}

static int64_t seen_at(const uint8_t *record)
{
	struct rd r;

	rd_init(&r, record + MAC_LEN, 8);
	return rd_i64le(&r);
}

static int by_name(const void *a, const void *b)
{
	return memcmp(*(const uint8_t *const *)a, *(const uint8_t *const *)b, MAC_LEN);
}

static const uint8_t **record_of(const struct eval_cache *cache, const uint8_t name[MAC_LEN])
{
	if (cache->len == 0)
		return NULL;
	return bsearch(&name, cache->record, cache->len, sizeof(*cache->record), by_name);
}

bool eval_cache_get(const struct eval_cache *cache, struct eval_sample *out,
		    const uint8_t content[DIGEST_LEN], bool features)
{
	uint8_t name[MAC_LEN], plain[PLAIN_LEN], with;
	struct eval_sample sample = {.cached = true};
	const uint8_t **found;
	bool known = false;

	name_of(name, cache, content);
	found = record_of(cache, name);
	if (!found || seal_open(plain, PLAIN_LEN, cache->key, *found + HEAD_LEN,
				RECORD_LEN - HEAD_LEN, *found, HEAD_LEN, NULL) < 0)
		return false;
	with = sample_read(&sample, plain);
	mem_wipe(plain, sizeof(plain));
	sample.features = with & WITH_FEATURES;
	known = !(with & WITH_FACE) || !features || sample.features;
	if (known && !(with & WITH_FACE))
		tanu_fail(&sample.failure, TANU_ERR_NO_FACE, NULL, "no face was found");
	if (known)
		*out = sample;
	mem_wipe(&sample, sizeof(sample));
	return known;
}

/* ---- the folder ---- */

/* dir/tanu below the user's cache folder, made if missing. */
static tanu_status find_dir(char out[OS_PATH_MAX], bool make, tanu_error *err)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char below_home[OS_PATH_MAX];
	const char *base = cache;
	tanu_status st;

	if (!cache || *cache != '/') {
		if (!home || *home != '/')
			return tanu_fail(err, TANU_ERR_FILE_MISSING, "HOME",
					 "there is no home folder, so nothing is remembered");
		if ((st = os_path(below_home, sizeof(below_home), home, ".cache", err)) < 0)
			return st;
		base = below_home;
	}
	if ((make && (st = os_make_dir(base, 0700, err)) < 0) ||
	    (st = os_path(out, OS_PATH_MAX, base, "tanu", err)) < 0)
		return st;
	return make ? os_make_dir(out, 0700, err) : TANU_OK;
}

static tanu_status find_files(struct eval_cache *cache, bool make, tanu_error *err)
{
	char lock[OS_PATH_MAX];
	tanu_status st;

	if ((st = find_dir(cache->dir, make, err)) < 0 ||
	    (st = os_path(cache->file, OS_PATH_MAX, cache->dir, "seen", err)) < 0 ||
	    (st = os_path(cache->key_file, OS_PATH_MAX, cache->dir, "seen.key", err)) < 0 ||
	    (st = os_path(lock, sizeof(lock), cache->dir, "seen.lock", err)) < 0)
		return st;
	if (!os_is_dir(cache->dir))
		return TANU_OK;
	return os_lock_take(&cache->lock, lock, err);
}

/* The key that is there, or a new one; then nothing that is there can be read any more. */
static tanu_status find_key(struct eval_cache *cache, tanu_error *err)
{
	struct random_source random = os_random();
	struct buf text = {0};
	tanu_status st = TANU_OK;

	cache->key = secret_new();
	if (!cache->key)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a key");
	if (os_read_file(&text, cache->key_file, SECRET_LEN, NULL) == TANU_OK &&
	    text.len == SECRET_LEN) {
		memcpy(cache->key->b, text.data, SECRET_LEN);
	} else {
		random_fill(&random, cache->key->b, SECRET_LEN);
		st = os_replace_file(cache->key_file, cache->key->b, SECRET_LEN, 0600, err);
	}
	buf_wipe(&text);
	return st;
}

/* Records that are not too old, sorted by name. A file of another form counts as none. */
static tanu_status read_records(struct eval_cache *cache, int64_t keep_ms, tanu_error *err)
{
	struct clock_source clock = os_clock();
	int64_t now = clock_now(&clock);
	size_t count;

	if (os_read_file(&cache->text, cache->file, FILE_MAX, NULL) < 0 ||
	    cache->text.len < sizeof(magic) || memcmp(cache->text.data, magic, sizeof(magic)) != 0)
		return TANU_OK;
	count = (cache->text.len - sizeof(magic)) / RECORD_LEN;
	cache->record = calloc(count + 1, sizeof(*cache->record));
	if (!cache->record)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (size_t i = 0; i < count; i++) {
		const uint8_t *record = cache->text.data + sizeof(magic) + i * RECORD_LEN;

		if (seen_at(record) <= now && now - seen_at(record) < keep_ms)
			cache->record[cache->len++] = record;
	}
	if (cache->len > 1)
		qsort(cache->record, cache->len, sizeof(*cache->record), by_name);
	return TANU_OK;
}

tanu_status eval_cache_open(struct eval_cache **out, const uint8_t context[DIGEST_LEN],
			    int64_t keep_ms, tanu_error *err)
{
	struct eval_cache *cache = calloc(1, sizeof(*cache));
	tanu_status st;

	if (!cache)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	memcpy(cache->context, context, DIGEST_LEN);
	if ((st = crypto_init(err)) < 0 || (st = find_files(cache, true, err)) < 0 ||
	    (st = find_key(cache, err)) < 0 || (st = read_records(cache, keep_ms, err)) < 0) {
		eval_cache_close(&cache);
		return st;
	}
	*out = cache;
	return TANU_OK;
}

void eval_cache_close(struct eval_cache **cache)
{
	if (!*cache)
		return;
	os_lock_drop(&(*cache)->lock);
	secret_free(&(*cache)->key);
	buf_free(&(*cache)->text);
	free((*cache)->record);
	free(*cache);
	*cache = NULL;
}

/* ---- writing ---- */

/* What another call would find as it is: seen, or without a face. Damage may be repaired. */
static bool worth_it(const struct eval_sample *s)
{
	return !s->cached && (s->failure.status == TANU_OK || s->failure.code == TANU_ERR_NO_FACE);
}

static tanu_status record_put(struct buf *out, const struct eval_cache *cache,
			      const struct eval_sample *sample, const uint8_t name[MAC_LEN],
			      tanu_error *err)
{
	struct random_source random = os_random();
	struct clock_source clock = os_clock();
	struct buf plain = {0}, head = {0};
	uint8_t sealed[PLAIN_LEN + SEAL_OVERHEAD];
	tanu_status st;

	buf_put(&head, name, MAC_LEN);
	buf_u64le(&head, (uint64_t)clock_now(&clock));
	sample_put(&plain, sample);
	if ((st = buf_check(&plain, err)) == TANU_OK && (st = buf_check(&head, err)) == TANU_OK)
		st = seal(sealed, sizeof(sealed), cache->key, plain.data, plain.len, head.data,
			  head.len, &random, err);
	if (st == TANU_OK) {
		buf_put(out, head.data, head.len);
		buf_put(out, sealed, sizeof(sealed));
	}
	buf_wipe(&plain);
	buf_free(&head);
	return st;
}

/* What is new; `stale` marks the records that it stands in for. */
static tanu_status put_new(struct buf *out, size_t *room, bool *stale,
			   const struct eval_cache *cache, const struct eval_sample *samples,
			   const uint8_t (*contents)[DIGEST_LEN], size_t len, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i<len && * room> 0 && st == TANU_OK; i++) {
		uint8_t name[MAC_LEN];
		const uint8_t **old;

		if (!worth_it(&samples[i]))
			continue;
		name_of(name, cache, contents[i]);
		old = record_of(cache, name);
		if (old)
			stale[old - cache->record] = true;
		st = record_put(out, cache, &samples[i], name, err);
		(*room)--;
	}
	return st;
}

tanu_status eval_cache_save(struct eval_cache *cache, const struct eval_sample *samples,
			    const uint8_t (*contents)[DIGEST_LEN], size_t len, tanu_error *err)
{
	struct buf out = {.max = FILE_MAX};
	bool *stale = calloc(cache->len + 1, sizeof(*stale));
	size_t room = RECORDS_MAX;
	tanu_status st;

	if (!stale)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	buf_put(&out, magic, sizeof(magic));
	st = put_new(&out, &room, stale, cache, samples, contents, len, err);
	for (size_t i = 0; i < cache->len && room > 0; i++) {
		if (stale[i])
			continue;
		buf_put(&out, cache->record[i], RECORD_LEN);
		room--;
	}
	if (st == TANU_OK)
		st = buf_check(&out, err);
	if (st == TANU_OK)
		st = os_replace_file(cache->file, out.data, out.len, 0600, err);
	buf_free(&out);
	free(stale);
	return st;
}

tanu_status service_eval_forget(tanu_error *err)
{
	struct eval_cache cache = {0};
	tanu_status st = find_files(&cache, false, err);

	if (st == TANU_OK && os_is_dir(cache.dir)) {
		if ((st = os_destroy_file(cache.key_file, err)) == TANU_OK)
			st = os_destroy_file(cache.file, err);
		os_lock_drop(&cache.lock);
	}
	return st;
}
