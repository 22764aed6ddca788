/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/tlog.h"

#include <stdio.h>
#include <string.h>

/* 1234067 -> "x001/x234/067": groups of three digits, all but the last behind an x. */
static void put_index(struct buf *out, uint64_t index)
{
	unsigned group[7]; /* 2^64 has 20 digits */
	size_t n = 0;

	do {
		group[n++] = (unsigned)(index % 1000);
		index /= 1000;
	} while (index);
	while (n-- > 1)
		buf_printf(out, "x%03u/", group[n]);
	buf_printf(out, "%03u", group[0]);
}

void tile_path(char out[TILE_PATH_MAX], const struct tile *tile)
{
	struct buf path = {.max = 4 * TILE_PATH_MAX};

	if (tile->level == TILE_ENTRIES)
		buf_str(&path, "tile/entries/");
	else
		buf_printf(&path, "tile/%d/", tile->level);
	put_index(&path, tile->index);
	if (tile->width < TILE_WIDTH)
		buf_printf(&path, ".p/%u", tile->width);
	snprintf(out, TILE_PATH_MAX, "%s", buf_cstr(&path));
	buf_free(&path);
}

/* A decimal number without leading zeros, at most `most`; `*at` moves behind it. */
static bool read_number(const char **at, uint64_t most, uint64_t *out)
{
	const char *p = *at;
	uint64_t v = 0;

	if (*p < '0' || *p > '9' || (*p == '0' && p[1] >= '0' && p[1] <= '9'))
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		v = v * 10 + (uint64_t)(*p - '0');
		if (v > most)
			return false;
	}
	*at = p;
	*out = v;
	return true;
}

static bool three_digits(const char *p, unsigned *out)
{
	unsigned v = 0;

	for (int i = 0; i < 3; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		v = v * 10 + (unsigned)(p[i] - '0');
	}
	*out = v;
	return true;
}

static bool read_index(const char **at, uint64_t *out)
{
	uint64_t v = 0;
	unsigned group;
	bool inner;

	do {
		inner = **at == 'x';
		if (inner)
			(*at)++;
		if (!three_digits(*at, &group) || v > UINT64_MAX / 1000 - 1)
			return false;
		if (inner && v == 0 && group == 0)
			return false; /* a leading group of zeros */
		v = v * 1000 + group;
		*at += 3;
		if (inner && *(*at)++ != '/')
			return false;
	} while (inner);
	*out = v;
	return true;
}

static bool read_level(const char **at, int *level)
{
	static const char entries[] = "entries";
	uint64_t v;

	if (strncmp(*at, entries, sizeof(entries) - 1) == 0) {
		*at += sizeof(entries) - 1;
		*level = TILE_ENTRIES;
		return true;
	}
	if (!read_number(at, TILE_LEVEL_MAX, &v))
		return false;
	*level = (int)v;
	return true;
}

tanu_status tile_parse(struct tile *out, const char *path, tanu_error *err)
{
	struct tile t = {.width = TILE_WIDTH};
	const char *at = path;
	uint64_t width = TILE_WIDTH;
	bool ok = strncmp(at, "tile/", 5) == 0;

	at += ok ? 5 : 0;
	ok = ok && read_level(&at, &t.level) && *at++ == '/' && read_index(&at, &t.index);
	if (ok && strncmp(at, ".p/", 3) == 0) {
		at += 3;
		ok = read_number(&at, TILE_WIDTH - 1, &width) && width > 0;
	}
	if (!ok || *at)
		return tanu_fail(err, TANU_ERR_FORMAT, NULL, "not the path of a tile");
	t.width = (unsigned)width;
	*out = t;
	return TANU_OK;
}

/* "opening/x001/234": what stands behind "tile/0/" for a full tile. */
static bool is_opening(const char *path)
{
	const char *at = path + 8;
	uint64_t index;

	return strncmp(path, "opening/", 8) == 0 && read_index(&at, &index) && !*at;
}

bool log_path_valid(const char *path)
{
	struct tile tile;

	return strcmp(path, "checkpoint") == 0 || strcmp(path, "newest") == 0 ||
	       strcmp(path, "policy") == 0 || is_opening(path) ||
	       tile_parse(&tile, path, NULL) >= 0;
}

uint64_t tile_level_hashes(int level, uint64_t size)
{
	unsigned shift = (unsigned)(level < 0 ? 0 : level) * TILE_HEIGHT;

	return shift < 64 ? size >> shift : 0;
}
