/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/files.h"

#include <string.h>

tanu_status log_damaged(tanu_error *err, const char *path, const char *why)
{
	return tanu_fail(err, TANU_ERR_LOG_DAMAGED, path, "%s", why);
}

/* The file of a tile of that width, or of the full one in its place. */
static tanu_status read_tile(struct buf *out, char path[TILE_PATH_MAX], bool *whole,
			     const struct log_files *files, const struct tile *tile, size_t max,
			     tanu_error *err)
{
	struct tile full = {.level = tile->level, .index = tile->index, .width = TILE_WIDTH};
	tanu_status st;

	*whole = tile->width == TILE_WIDTH;
	tile_path(path, tile);
	st = files->read(files->self, out, path, max, err);
	if (st == TANU_NOT_FOUND && !*whole) {
		tile_path(path, &full);
		st = files->read(files->self, out, path, max, err);
		*whole = true;
	}
	if (st == TANU_NOT_FOUND)
		return log_damaged(err, path, "this file of the log is missing");
	if (st == TANU_LIMIT)
		return log_damaged(err, path, "this file is longer than any of its kind");
	return st;
}

tanu_status file_hashes(tanu_hash *out, const struct log_files *files, const struct tile *tile,
			tanu_error *err)
{
	struct buf bytes = {0};
	char path[TILE_PATH_MAX];
	bool whole;
	tanu_status st;

	st = read_tile(&bytes, path, &whole, files, tile, TILE_WIDTH * sizeof(*out), err);
	if (st < 0)
		goto out;
	if (bytes.len != (whole ? TILE_WIDTH : tile->width) * sizeof(*out)) {
		st = log_damaged(err, path, "a tile has 32 bytes for each of its hashes");
		goto out;
	}
	memcpy(out, bytes.data, tile->width * sizeof(*out));
out:
	buf_free(&bytes);
	return st;
}

size_t bundle_cut(const uint8_t *bytes, size_t len, unsigned width)
{
	struct rd r;

	rd_init(&r, bytes, len);
	for (unsigned i = 0; i < width; i++)
		rd_bytes(&r, rd_u16be(&r));
	return rd_ok(&r) ? len - rd_left(&r) : 0;
}

tanu_status file_bundle(struct buf *out, const struct log_files *files, const struct tile *tile,
			tanu_error *err)
{
	char path[TILE_PATH_MAX];
	bool whole;
	size_t used;
	tanu_status st = read_tile(out, path, &whole, files, tile, LOG_BUNDLE_MAX, err);

	if (st < 0)
		return st;
	used = bundle_cut(out->data, out->len, whole ? TILE_WIDTH : tile->width);
	if (used != out->len || used == 0)
		return log_damaged(err, path, "a bundle has its number of entries and no more");
	out->len = bundle_cut(out->data, out->len, tile->width);
	return TANU_OK;
}

void slots_path(char out[TILE_PATH_MAX], uint64_t index)
{
	static const char prefix[] = "opening/";
	struct tile tile = {.index = index, .width = TILE_WIDTH};

	tile_path(out, &tile);
	/* "tile/0/" gives way to "opening/", one byte longer. */
	memmove(out + sizeof(prefix) - 1, out + 7, strlen(out + 7) + 1);
	memcpy(out, prefix, sizeof(prefix) - 1);
}

tanu_status file_slots(struct buf *out, const struct log_files *files, uint64_t index,
		       tanu_error *err)
{
	char path[TILE_PATH_MAX];
	tanu_status st;

	slots_path(path, index);
	st = files->read(files->self, out, path, LOG_SLOTS_MAX, err);
	if (st == TANU_NOT_FOUND) {
		if (err)
			*err = (tanu_error){0};
		buf_free(out);
		return TANU_OK;
	}
	if (st == TANU_LIMIT || (st >= 0 && out->len % TANU_OPENING_LEN != 0))
		return log_damaged(err, path, "openings have 512 bytes an entry, 256 at most");
	return st;
}

tanu_status file_keep(const struct log_files *files, const char *path, const void *bytes,
		      size_t len, tanu_error *err)
{
	struct buf old = {0};
	bool same;
	tanu_status st = files->read(files->self, &old, path, len, err);

	if (st == TANU_NOT_FOUND) {
		if (err)
			*err = (tanu_error){0};
		return files->write(files->self, path, bytes, len, err);
	}
	same = st >= 0 && old.len == len && memcmp(old.data, bytes, len) == 0;
	buf_free(&old);
	if (same)
		return TANU_OK;
	return st < 0 && st != TANU_LIMIT ? st
					  : log_damaged(err, path, "this file holds other leaves");
}

void fold_hashes(tanu_hash *out, const tanu_hash *hashes, size_t count)
{
	tanu_hash row[TILE_WIDTH];

	memcpy(row, hashes, count * sizeof(*row));
	for (; count > 1; count /= 2)
		for (size_t i = 0; i < count / 2; i++)
			tanu_hash_node(&row[i], &row[2 * i], &row[2 * i + 1]);
	*out = row[0];
}
