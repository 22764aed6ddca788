/* SPDX-License-Identifier: Apache-2.0 */
/* Slots of openings, overwritten for good. */
#include "tlog/files.h"

/* The positions that lie in bundle `index`, from *at on. */
static tanu_status erase_bundle(const struct log_files *files, const struct random_source *random,
				uint64_t index, const uint64_t *positions, size_t positions_len,
				size_t *at, tanu_error *err)
{
	struct buf bytes = {.max = LOG_SLOTS_MAX};
	char path[TILE_PATH_MAX];
	bool changed = false;
	tanu_status st = file_slots(&bytes, files, index, err);

	for (; *at < positions_len && positions[*at] / TILE_WIDTH == index; (*at)++) {
		size_t offset = (size_t)(positions[*at] % TILE_WIDTH) * TANU_OPENING_LEN;

		if (st < 0 || offset >= bytes.len)
			continue;
		random_fill(random, bytes.data + offset, TANU_OPENING_LEN);
		changed = true;
	}
	slots_path(path, index);
	if (changed)
		st = files->write(files->self, path, bytes.data, bytes.len, err);
	buf_free(&bytes);
	return st;
}

tanu_status log_erase_openings(const struct log_files *files, const struct random_source *random,
			       const uint64_t *positions, size_t positions_len, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 1; i < positions_len; i++)
		if (positions[i] <= positions[i - 1])
			return BAD_CALL(err, "positions rise");
	for (size_t at = 0; st >= 0 && at < positions_len;)
		st = erase_bundle(files, random, positions[at] / TILE_WIDTH, positions,
				  positions_len, &at, err);
	return st;
}
