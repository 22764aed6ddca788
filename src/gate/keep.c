/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands on the disk and what stands in memory. State folder: gate.key, gate.pair, lease.cards
 * and lease.gallery (sealed), clock.floor, spool/. Run folder, which must be memory: lease.keys, so
 * that a restarted gate goes on, and one without power, or stolen, opens nothing.
 */
#include "gate/inside.h"

#include <stdio.h>
#include <string.h>

#define CARDS_FILE   "lease.cards"
#define GALLERY_FILE "lease.gallery"
#define KEYS_FILE    "lease.keys"
#define FLOOR_FILE   "clock.floor"

static tanu_status in_state(const struct gate *g, char out[OS_PATH_MAX], const char *name,
			    tanu_error *err)
{
	return os_path(out, OS_PATH_MAX, g->state_dir, name, err);
}

/* ---- keys ---- */

/* Where the keys of cards lie: with the operator's word also on the disk. */
static const char *keys_dir(const struct gate *g, bool gallery)
{
	bool on_disk = !gallery && settings_bool(g->settings, "lease.cards_on_disk");

	return on_disk ? g->state_dir : g->run_dir;
}

static tanu_status key_write(const struct gate *g, const char *name, bool gallery,
			     const struct secret *key, tanu_error *err)
{
	char path[OS_PATH_MAX];
	tanu_status st = os_path(path, sizeof(path), keys_dir(g, gallery), name, err);

	return st < 0 ? st : os_replace_file(path, key->b, sizeof(key->b), 0600, err);
}

static bool key_read(const struct gate *g, const char *name, bool gallery, struct secret *key)
{
	struct buf file = {0};
	char path[OS_PATH_MAX];
	bool ok;

	ok = os_path(path, sizeof(path), keys_dir(g, gallery), name, NULL) == TANU_OK &&
	     os_read_file(&file, path, sizeof(key->b), NULL) == TANU_OK &&
	     file.len == sizeof(key->b);
	if (ok)
		memcpy(key->b, file.data, sizeof(key->b));
	buf_wipe(&file);
	return ok;
}

/* ---- the table ---- */

static tanu_status table_write(struct gate *g, const char *name,
			       tanu_status (*save)(struct lease *lease, struct buf *out,
						   const struct secret *key, tanu_error *err),
			       const struct secret *key, tanu_error *err)
{
	struct buf file = {.max = LEASE_BYTES_MAX};
	char path[OS_PATH_MAX];
	tanu_status st;

	if ((st = in_state(g, path, name, err)) == TANU_OK &&
	    (st = save(g->lease, &file, key, err)) == TANU_OK)
		st = os_replace_file(path, file.data, file.len, 0600, err);
	buf_free(&file);
	return st;
}

/* The keys first: a table whose key is gone is of no use, a key without its table does no harm. */
tanu_status keep_lease(struct gate *g, tanu_error *err)
{
	tanu_status st;

	if ((st = key_write(g, KEYS_FILE ".gallery", true, &g->keys.gallery, err)) < 0 ||
	    (st = key_write(g, KEYS_FILE ".cards", false, &g->keys.cards, err)) < 0 ||
	    (st = table_write(g, GALLERY_FILE, lease_save_gallery, &g->keys.gallery, err)) < 0)
		return st;
	return table_write(g, CARDS_FILE, lease_save_cards, &g->keys.cards, err);
}

void keep_drop_gallery(struct gate *g)
{
	char path[OS_PATH_MAX];

	lease_drop_gallery(g->lease);
	secret_wipe(&g->keys.gallery);
	if (os_path(path, sizeof(path), g->run_dir, KEYS_FILE ".gallery", NULL) == TANU_OK)
		os_destroy_file(path, NULL);
	if (in_state(g, path, GALLERY_FILE, NULL) == TANU_OK)
		os_destroy_file(path, NULL);
}

static bool table_read(struct gate *g, const char *name,
		       tanu_status (*load)(struct lease *lease, const uint8_t *bytes, size_t len,
					   const tanu_id *gate, const struct secret *key,
					   tanu_error *err),
		       const struct secret *key)
{
	struct buf file = {0};
	char path[OS_PATH_MAX];
	tanu_error why = {0};
	bool ok;

	if (in_state(g, path, name, NULL) < 0 || !os_exists(path))
		return false;
	ok = os_read_file(&file, path, LEASE_BYTES_MAX, &why) == TANU_OK &&
	     load(g->lease, file.data, file.len, &g->identity.pair.gate, key, &why) == TANU_OK;
	if (!ok)
		gate_log(g, "%s can't be used: %s", name, why.message);
	buf_free(&file);
	return ok;
}

static void lease_read(struct gate *g)
{
	bool cards = key_read(g, KEYS_FILE ".cards", false, &g->keys.cards) &&
		     table_read(g, CARDS_FILE, lease_load_cards, &g->keys.cards);
	bool gallery = cards && key_read(g, KEYS_FILE ".gallery", true, &g->keys.gallery) &&
		       table_read(g, GALLERY_FILE, lease_load_gallery, &g->keys.gallery);

	g->has_keys = cards;
	if (cards && !gallery)
		gate_log(g, "the cards are here, the references are not: no faces until the site "
			    "lends them again");
}

/* ---- the time that it is not before ---- */

static int64_t floor_read(struct gate *g)
{
	struct buf file = {0};
	char path[OS_PATH_MAX];
	int64_t floor_ms = 0;
	struct rd r;

	if (in_state(g, path, FLOOR_FILE, NULL) == TANU_OK && os_exists(path) &&
	    os_read_file(&file, path, 8, NULL) == TANU_OK) {
		rd_init(&r, file.data, file.len);
		floor_ms = rd_i64le(&r);
		floor_ms = rd_end(&r) && floor_ms > 0 ? floor_ms : 0;
	}
	buf_free(&file);
	return floor_ms;
}

void keep_floor(struct gate *g)
{
	struct buf file = {0};
	char path[OS_PATH_MAX];

	buf_u64le(&file, (uint64_t)g->clock.floor_ms);
	if (in_state(g, path, FLOOR_FILE, NULL) == TANU_OK &&
	    os_replace_file(path, file.data, file.len, 0600, NULL) == TANU_OK)
		g->floor_kept_ms = g->clock.floor_ms;
	buf_free(&file);
}

/* ---- all of it ---- */

static tanu_status dirs_ready(struct gate *g, tanu_error *err)
{
	const char *state = settings_text(g->settings, "state.dir");
	const char *run = settings_text(g->settings, "run.dir");
	tanu_status st;

	snprintf(g->state_dir, sizeof(g->state_dir), "%s", state);
	snprintf(g->run_dir, sizeof(g->run_dir), "%s", run);
	if ((st = os_make_dir(g->state_dir, 0700, err)) < 0 ||
	    (st = os_make_dir(g->run_dir, 0700, err)) < 0)
		return st;
	if (!os_is_memory(g->run_dir))
		return tanu_fail(err, TANU_ERR_SETTING, "run.dir",
				 "\"%s\" lies on a disk: name a folder in memory (tmpfs), such as "
				 "/run/tanu-gate, so that a stolen gate has no keys",
				 g->run_dir);
	return TANU_OK;
}

tanu_status keep_open(struct gate *g, tanu_error *err)
{
	struct spool_options spool = {.max_events =
					  (size_t)settings_int(g->settings, "spool.events"),
				      .pair = &g->identity.pair,
				      .random = g->random};
	char path[OS_PATH_MAX];
	tanu_status st;

	if ((st = dirs_ready(g, err)) < 0 || (st = in_state(g, path, "spool", err)) < 0)
		return st;
	spool.dir = path;
	if ((st = spool_open(&g->spool, &spool, err)) < 0)
		return st;
	g->clock.floor_ms = g->floor_kept_ms = floor_read(g);
	lease_read(g);
	return TANU_OK;
}
