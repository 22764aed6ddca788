/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a log. The tiles on the right edge, which are not full, are held as long as the reader
 * lives; a root covers every hash of them. A full tile's hash stands in the tile above it.
 */
#include "tlog/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CACHED_TILES 64
/* All complete subtrees in a tile, leaves first: 256 + 128 + .. + 1. */
#define TILE_NODES (2 * TILE_WIDTH - 1)

struct cached {
	bool used;
	int level;
	uint64_t index;
	uint64_t last; /* when it was last asked for */
	unsigned width;
	tanu_hash nodes[TILE_NODES];
};

struct log_reader {
	struct log_files files;
	uint64_t size;
	uint64_t clock;
	bool trusted, skip_slots;
	struct cached edge[LOG_LEVELS];
	struct cached tiles[CACHED_TILES];
};

tanu_status log_reader_open(struct log_reader **out, const struct log_files *files, uint64_t size,
			    tanu_error *err)
{
	struct log_reader *reader;

	if (size > INT64_MAX)
		return BAD_CALL(err, "a log has less than 2^63 entries");
	reader = calloc(1, sizeof(*reader));
	if (!reader)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "memory for tiles ran out");
	reader->files = *files;
	reader->size = size;
	*out = reader;
	return TANU_OK;
}

void log_reader_close(struct log_reader **reader)
{
	free(*reader);
	*reader = NULL;
}

/* Where the subtrees of 2^height hashes begin. */
static size_t nodes_at(unsigned height)
{
	return 2 * (size_t)TILE_WIDTH - (2 * (size_t)TILE_WIDTH >> height);
}

static void fill_nodes(struct cached *tile)
{
	for (unsigned height = 1; height <= TILE_HEIGHT; height++)
		for (size_t i = 0; i < tile->width >> height; i++)
			tanu_hash_node(&tile->nodes[nodes_at(height) + i],
				       &tile->nodes[nodes_at(height - 1) + 2 * i],
				       &tile->nodes[nodes_at(height - 1) + 2 * i + 1]);
}

static tanu_status load(struct cached *slot, const struct log_reader *reader, int level,
			uint64_t index, tanu_error *err)
{
	uint64_t left = tile_level_hashes(level, reader->size) - index * TILE_WIDTH;
	struct tile tile = {.level = level,
			    .index = index,
			    .width = (unsigned)(left < TILE_WIDTH ? left : TILE_WIDTH)};
	tanu_status st;

	slot->used = false;
	if ((st = file_hashes(slot->nodes, &reader->files, &tile, err)) < 0)
		return st;
	slot->level = level;
	slot->index = index;
	slot->width = tile.width;
	slot->used = true;
	fill_nodes(slot);
	return TANU_OK;
}

static struct cached *oldest(struct log_reader *reader)
{
	struct cached *best = &reader->tiles[0];

	for (size_t i = 0; i < CACHED_TILES; i++) {
		if (!reader->tiles[i].used)
			return &reader->tiles[i];
		if (reader->tiles[i].last < best->last)
			best = &reader->tiles[i];
	}
	return best;
}

static struct cached *find(struct log_reader *reader, int level, uint64_t index)
{
	for (size_t i = 0; i < CACHED_TILES; i++) {
		struct cached *tile = &reader->tiles[i];

		if (tile->used && tile->level == level && tile->index == index) {
			tile->last = ++reader->clock;
			return tile;
		}
	}
	return NULL;
}

static tanu_status fetch(const struct cached **out, struct log_reader *reader, int level,
			 uint64_t index, tanu_error *err);

/* The hash that a full tile must have, from the tile above it. */
static tanu_status wanted(tanu_hash *out, struct log_reader *reader, int level, uint64_t index,
			  tanu_error *err)
{
	const struct cached *above = NULL;
	tanu_status st = fetch(&above, reader, level + 1, index / TILE_WIDTH, err);

	if (st >= 0 && above)
		*out = above->nodes[index % TILE_WIDTH];
	return st;
}

static tanu_status fetch_full(const struct cached **out, struct log_reader *reader, int level,
			      uint64_t index, tanu_error *err)
{
	struct cached *slot = find(reader, level, index);
	tanu_hash want = {{0}};
	tanu_status st = TANU_OK;

	if (slot) {
		*out = slot;
		return TANU_OK;
	}
	if (reader->trusted && (st = wanted(&want, reader, level, index, err)) < 0)
		return st;
	slot = oldest(reader);
	if ((st = load(slot, reader, level, index, err)) < 0)
		return st;
	if (reader->trusted && memcmp(&want, &slot->nodes[TILE_NODES - 1], sizeof(want)) != 0) {
		char path[TILE_PATH_MAX];

		slot->used = false;
		tile_path(path, &(struct tile){level, index, TILE_WIDTH});
		return log_damaged(err, path, "this tile does not belong to the signed tree");
	}
	slot->last = ++reader->clock;
	*out = slot;
	return TANU_OK;
}

/* The tile at `level` and `index`; one that is full is believed by the one above it, which climbs
 * to the right edge. */
static tanu_status fetch(const struct cached **out, struct log_reader *reader, int level,
			 uint64_t index, tanu_error *err)
{
	struct cached *edge = &reader->edge[level];
	tanu_status st = TANU_OK;

	if ((index + 1) * TILE_WIDTH <= tile_level_hashes(level, reader->size))
		return fetch_full(out, reader, level, index, err);
	if (!edge->used)
		st = load(edge, reader, level, index, err);
	*out = st < 0 ? NULL : edge;
	return st;
}

static tanu_status read_hash(void *self, tanu_hash *out, unsigned level, uint64_t index,
			     tanu_error *err)
{
	struct log_reader *reader = self;
	unsigned height = level % TILE_HEIGHT;
	int row = (int)(level / TILE_HEIGHT);
	uint64_t per_tile = (uint64_t)TILE_WIDTH >> height;
	const struct cached *tile = NULL;
	tanu_status st;

	if (level >= 63 || index >= reader->size >> level)
		return BAD_CALL(err, "no complete subtree there");
	st = fetch(&tile, reader, row, index / per_tile, err);
	if (st < 0 || !tile)
		return st;
	*out = tile->nodes[nodes_at(height) + index % per_tile];
	return TANU_OK;
}

struct hash_source log_reader_hashes(struct log_reader *reader)
{
	return (struct hash_source){.read = read_hash, .self = reader};
}

void log_reader_skip_slots(struct log_reader *reader, bool skip)
{
	reader->skip_slots = skip;
}

tanu_status log_reader_trust(struct log_reader *reader, const tanu_hash *root, tanu_error *err)
{
	struct hash_source source = log_reader_hashes(reader);
	tanu_hash have;
	tanu_status st = tree_root(&have, &source, reader->size, err);

	if (st < 0)
		return st;
	if (memcmp(&have, root, sizeof(have)) != 0)
		return log_damaged(err, "checkpoint",
				   "the tiles have another root than was signed");
	for (size_t i = 0; i < CACHED_TILES; i++)
		reader->tiles[i].used = false; /* read before anything was believed */
	reader->trusted = true;
	return TANU_OK;
}

struct walk {
	struct log_reader *reader;
	struct buf bundle, slots;
	tanu_status (*each)(void *self, uint64_t index, const void *entry, size_t entry_len,
			    const uint8_t *opening, tanu_error *err);
	void *self;
};

static tanu_status read_bundle(struct walk *w, uint64_t index, tanu_error *err)
{
	uint64_t left = w->reader->size - index * TILE_WIDTH;
	struct tile tile = {.level = TILE_ENTRIES,
			    .index = index,
			    .width = (unsigned)(left < TILE_WIDTH ? left : TILE_WIDTH)};
	tanu_status st = file_bundle(&w->bundle, &w->reader->files, &tile, err);

	if (st >= 0 && !w->reader->skip_slots)
		st = file_slots(&w->slots, &w->reader->files, index, err);
	return st;
}

static tanu_status one_entry(struct walk *w, uint64_t index, const void *entry, size_t len,
			     tanu_error *err)
{
	size_t slot = (size_t)(index % TILE_WIDTH) * TANU_OPENING_LEN;
	tanu_hash have, want;
	tanu_status st = read_hash(w->reader, &want, 0, index, err);

	if (st < 0)
		return st;
	tanu_hash_leaf(&have, entry, len);
	if (memcmp(&have, &want, sizeof(have)) != 0) {
		char place[48];

		snprintf(place, sizeof(place), "entry %llu", (unsigned long long)index);
		return log_damaged(err, place, "this entry is not the one in the tree");
	}
	return w->each(w->self, index, entry, len,
		       slot < w->slots.len ? w->slots.data + slot : NULL, err);
}

static tanu_status walk_bundle(struct walk *w, uint64_t index, uint64_t first, uint64_t end,
			       tanu_error *err)
{
	uint64_t at = index * TILE_WIDTH;
	struct rd r;
	tanu_status st = read_bundle(w, index, err);

	rd_init(&r, w->bundle.data, st < 0 ? 0 : w->bundle.len);
	for (; st >= 0 && rd_left(&r) > 0 && at < end; at++) {
		size_t len = rd_u16be(&r);
		const uint8_t *entry = rd_bytes(&r, len);

		if (at >= first)
			st = one_entry(w, at, entry, len, err);
	}
	return st;
}

tanu_status log_reader_each(struct log_reader *reader, uint64_t first, uint64_t end,
			    tanu_status (*each)(void *self, uint64_t index, const void *entry,
						size_t entry_len, const uint8_t *opening,
						tanu_error *err),
			    void *self, tanu_error *err)
{
	struct walk w = {.reader = reader, .each = each, .self = self};
	tanu_status st = TANU_OK;

	if (first > end || end > reader->size)
		return BAD_CALL(err, "these entries are not all in the log");
	for (uint64_t i = first / TILE_WIDTH; st >= 0 && first < end && i <= (end - 1) / TILE_WIDTH;
	     i++)
		st = walk_bundle(&w, i, first, end, err);
	buf_free(&w.bundle);
	buf_free(&w.slots);
	return st;
}
