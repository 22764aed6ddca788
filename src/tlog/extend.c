/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Appending a batch. For each level of tiles one row of hashes is kept in memory: those of the tile
 * that is being filled, as they are in the files, and behind them the new ones. Every hash on the
 * right edge of the larger tree is in one of the rows, so its root needs no further file.
 */
#include "tlog/files.h"

#include <stdlib.h>
#include <string.h>

struct row {
	tanu_hash *hashes;
	uint64_t first; /* index of hashes[0] on its level; begins a tile */
	size_t kept;	/* how many are in the files already */
	size_t len;
};

struct extension {
	const struct log_files *files;
	uint64_t size;
	const struct log_item *items;
	size_t items_len;
	struct row rows[LOG_LEVELS];
	size_t rows_len;
};

static void extension_free(struct extension *e)
{
	for (size_t i = 0; i < e->rows_len; i++)
		free(e->rows[i].hashes);
}

static tanu_status row_open(struct extension *e, size_t fresh, tanu_error *err)
{
	struct row *row = &e->rows[e->rows_len];
	uint64_t old = tile_level_hashes((int)e->rows_len, e->size);
	struct tile tile = {.level = (int)e->rows_len, .index = old / TILE_WIDTH};

	row->kept = old % TILE_WIDTH;
	row->first = old - row->kept;
	row->len = row->kept + fresh;
	row->hashes = calloc(row->len + 1, sizeof(*row->hashes));
	if (!row->hashes)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "memory for a batch ran out");
	e->rows_len++;
	tile.width = (unsigned)row->kept;
	return row->kept ? file_hashes(row->hashes, e->files, &tile, err) : TANU_OK;
}

static tanu_status hash_leaves(struct extension *e, tanu_error *err)
{
	tanu_status st = row_open(e, e->items_len, err);

	for (size_t i = 0; st >= 0 && i < e->items_len; i++)
		tanu_hash_leaf(&e->rows[0].hashes[e->rows[0].kept + i], e->items[i].entry,
			       e->items[i].entry_len);
	return st;
}

/* The level above `below`: a hash for each of its tiles that is full. */
static tanu_status hash_tiles(struct extension *e, const struct row *below, tanu_error *err)
{
	size_t fresh = below->len / TILE_WIDTH;
	tanu_status st = row_open(e, fresh, err);

	for (size_t i = 0; st >= 0 && i < fresh; i++)
		fold_hashes(&e->rows[e->rows_len - 1].hashes[e->rows[e->rows_len - 1].kept + i],
			    below->hashes + i * TILE_WIDTH, TILE_WIDTH);
	return st;
}

static tanu_status check_items(uint64_t size, const struct log_item *items, size_t items_len,
			       tanu_error *err)
{
	if (size > INT64_MAX || items_len > INT64_MAX - size)
		return BAD_CALL(err, "a log has less than 2^63 entries");
	for (size_t i = 0; i < items_len; i++)
		if (items[i].entry_len == 0 || items[i].entry_len > LOG_ENTRY_MAX)
			return BAD_CALL(err, "an entry has 1 to 65535 bytes");
	return TANU_OK;
}

static tanu_status extension_init(struct extension *e, const struct log_files *files, uint64_t size,
				  const struct log_item *items, size_t items_len, tanu_error *err)
{
	tanu_status st;

	*e = (struct extension){
	    .files = files, .size = size, .items = items, .items_len = items_len};
	if ((st = check_items(size, items, items_len, err)) < 0)
		return st;
	st = hash_leaves(e, err);
	while (st >= 0 && tile_level_hashes((int)e->rows_len, size + items_len) > 0)
		st = hash_tiles(e, &e->rows[e->rows_len - 1], err);
	return st;
}

static tanu_status read_row(void *self, tanu_hash *out, unsigned level, uint64_t index,
			    tanu_error *err)
{
	const struct extension *e = self;
	const struct row *row = &e->rows[level / TILE_HEIGHT];
	size_t count = (size_t)1 << level % TILE_HEIGHT;
	uint64_t first = index * count;

	if (level / TILE_HEIGHT >= e->rows_len || first < row->first ||
	    first - row->first + count > row->len)
		return BAD_CALL(err, "only the right edge of the tree is kept");
	fold_hashes(out, row->hashes + (first - row->first), count);
	return TANU_OK;
}

tanu_status log_extended_root(tanu_hash *out, const struct log_files *files, uint64_t size,
			      const struct log_item *items, size_t items_len, tanu_error *err)
{
	struct extension e;
	struct hash_source source = {.read = read_row, .self = &e};
	tanu_status st = extension_init(&e, files, size, items, items_len, err);

	if (st >= 0)
		st = tree_root(out, &source, size + items_len, err);
	extension_free(&e);
	return st;
}

static size_t tile_rest(size_t len, size_t at)
{
	return len - at < TILE_WIDTH ? len - at : TILE_WIDTH;
}

static tanu_status write_row(const struct extension *e, size_t level, tanu_error *err)
{
	const struct row *row = &e->rows[level];
	tanu_status st = TANU_OK;

	for (size_t at = 0; st >= 0 && at < row->len && row->len > row->kept; at += TILE_WIDTH) {
		struct tile tile = {.level = (int)level,
				    .index = (row->first + at) / TILE_WIDTH,
				    .width = (unsigned)tile_rest(row->len, at)};
		char path[TILE_PATH_MAX];

		tile_path(path, &tile);
		st = file_keep(e->files, path, row->hashes + at, tile.width * sizeof(*row->hashes),
			       err);
	}
	return st;
}

/* The items that fall into the tile at `at` of the lowest row: first .. end - 1. */
static void items_of_tile(const struct extension *e, size_t at, size_t *first, size_t *end)
{
	const struct row *row = &e->rows[0];

	*first = at < row->kept ? 0 : at - row->kept;
	*end = at + tile_rest(row->len, at) - row->kept;
}

static tanu_status write_bundle(const struct extension *e, size_t at, tanu_error *err)
{
	const struct row *row = &e->rows[0];
	struct tile tile = {.level = TILE_ENTRIES, .index = (row->first + at) / TILE_WIDTH};
	struct buf bytes = {.max = LOG_BUNDLE_MAX};
	char path[TILE_PATH_MAX];
	size_t first, end;
	tanu_status st = TANU_OK;

	if (at < row->kept) {
		tile.width = (unsigned)row->kept;
		st = file_bundle(&bytes, e->files, &tile, err);
	}
	items_of_tile(e, at, &first, &end);
	for (size_t i = first; st >= 0 && i < end; i++) {
		buf_u8(&bytes, (uint8_t)(e->items[i].entry_len >> 8));
		buf_u8(&bytes, (uint8_t)e->items[i].entry_len);
		buf_put(&bytes, e->items[i].entry, e->items[i].entry_len);
	}
	tile.width = (unsigned)tile_rest(row->len, at);
	tile_path(path, &tile);
	if (st >= 0 && (st = buf_check(&bytes, err)) >= 0)
		st = file_keep(e->files, path, bytes.data, bytes.len, err);
	buf_free(&bytes);
	return st;
}

/* Slots that stand already are left alone: they are the same, or erased since. */
static tanu_status write_slots(const struct extension *e, size_t at, tanu_error *err)
{
	static const uint8_t none[TANU_OPENING_LEN];
	const struct row *row = &e->rows[0];
	uint64_t index = (row->first + at) / TILE_WIDTH;
	struct buf bytes = {.max = LOG_SLOTS_MAX};
	char path[TILE_PATH_MAX];
	size_t first, end, there;
	tanu_status st;

	slots_path(path, index);
	items_of_tile(e, at, &first, &end);
	if ((st = file_slots(&bytes, e->files, index, err)) < 0)
		goto out;
	there = at + bytes.len / TANU_OPENING_LEN; /* in the row */
	if (there >= row->kept + end)
		goto out;
	if (there < row->kept + first) {
		st = log_damaged(err, path, "the openings of earlier entries are missing");
		goto out;
	}
	for (size_t i = there - row->kept; i < end; i++)
		buf_put(&bytes, e->items[i].opening ? e->items[i].opening : none, TANU_OPENING_LEN);
	if ((st = buf_check(&bytes, err)) >= 0)
		st = e->files->write(e->files->self, path, bytes.data, bytes.len, err);
out:
	buf_free(&bytes);
	return st;
}

static tanu_status write_all(const struct extension *e, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t at = 0; st >= 0 && at < e->rows[0].len; at += TILE_WIDTH)
		if ((st = write_bundle(e, at, err)) >= 0)
			st = write_slots(e, at, err);
	for (size_t level = 0; st >= 0 && level < e->rows_len; level++)
		st = write_row(e, level, err);
	return st;
}

tanu_status log_extend(const struct log_files *files, uint64_t size, const struct log_item *items,
		       size_t items_len, tanu_error *err)
{
	struct extension e;
	tanu_status st;

	if (items_len == 0)
		return TANU_OK;
	st = extension_init(&e, files, size, items, items_len, err);
	if (st >= 0)
		st = write_all(&e, err);
	extension_free(&e);
	return st;
}
