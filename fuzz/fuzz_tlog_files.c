/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of a log from outside. The first two bytes are its size; then come files one after another,
 * each a length (u16, highest byte first) and its bytes, handed out in the order in which they are
 * asked for. Also without any file, as bundle, in the place of tiles that fit it.
 */
#include "tlog/audit.h"
#include "tlog/files.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static tanu_status hand_out(void *self, struct buf *out, const char *path, size_t max_bytes,
			    tanu_error *err)
{
	struct rd *r = self;
	size_t len = rd_u16be(r);
	const uint8_t *bytes = rd_bytes(r, len);

	if (!log_path_valid(path))
		abort();
	buf_wipe(out);
	if (!rd_ok(r))
		return tanu_fail(err, TANU_ERR_FILE_MISSING, path, "no such file");
	if (len > max_bytes)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, path, "too large");
	buf_put(out, bytes, len);
	return buf_check(out, err);
}

static tanu_status count(void *self, uint64_t index, const void *entry, size_t entry_len,
			 const uint8_t *opening, tanu_error *err)
{
	volatile const uint8_t *bytes = entry;
	size_t *n = self;

	(void)index;
	(void)err;
	for (size_t i = 0; i < entry_len; i++)
		*n += bytes[i];
	*n += opening ? opening[TANU_OPENING_LEN - 1] : 0;
	return TANU_OK;
}

static void try_reader(const uint8_t *data, size_t size)
{
	struct rd r;
	struct log_files files = {.read = hand_out, .self = &r};
	struct log_reader *reader = NULL;
	struct log_item item = {.entry = "x", .entry_len = 1};
	tanu_hash root;
	size_t n = 0;
	uint64_t leaves;

	rd_init(&r, data, size);
	leaves = rd_u16be(&r);
	if (log_reader_open(&reader, &files, leaves, NULL) == TANU_OK)
		(void)log_reader_each(reader, 0, leaves, count, &n, NULL);
	log_reader_close(&reader);
	rd_init(&r, data, size);
	leaves = rd_u16be(&r);
	(void)log_extended_root(&root, &files, leaves, &item, 1, NULL);
}

/* The entries of a bundle and their hashes as tile: what a hostile log may serve. */
struct bundle {
	const uint8_t *bytes;
	size_t len;
	tanu_hash hashes[TILE_WIDTH];
	unsigned width;
};

static tanu_status hand_out_bundle(void *self, struct buf *out, const char *path, size_t max_bytes,
				   tanu_error *err)
{
	const struct bundle *b = self;

	buf_wipe(out);
	if (strncmp(path, "tile/0/", 7) == 0)
		buf_put(out, b->hashes, b->width * sizeof(b->hashes[0]));
	else if (strncmp(path, "tile/entries/", 13) == 0 && b->len <= max_bytes)
		buf_put(out, b->bytes, b->len);
	else
		return tanu_fail(err, TANU_ERR_FILE_MISSING, path, "no such file");
	return buf_check(out, err);
}

static void try_bundle(const uint8_t *data, size_t size)
{
	struct bundle b = {.bytes = data, .len = size};
	struct log_files files = {.read = hand_out_bundle, .self = &b};
	struct log_reader *reader = NULL;
	struct rd r;
	size_t n = 0;

	rd_init(&r, data, size);
	while (b.width < TILE_WIDTH - 1 && rd_left(&r) > 0) {
		size_t len = rd_u16be(&r);
		const uint8_t *entry = rd_bytes(&r, len);

		if (!rd_ok(&r))
			return;
		tanu_hash_leaf(&b.hashes[b.width++], entry, len);
	}
	if (b.width == 0 || log_reader_open(&reader, &files, b.width, NULL) < 0)
		return;
	if ((log_reader_each(reader, 0, b.width, count, &n, NULL) == TANU_OK) != rd_end(&r))
		abort(); /* whole bundles are read, others are not */
	log_reader_close(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	crypto_init(NULL);
	try_reader(data, size);
	try_bundle(data, size);
	return 0;
}
