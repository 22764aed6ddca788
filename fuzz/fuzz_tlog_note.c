/* SPDX-License-Identifier: Apache-2.0 */
/* Signed notes, checkpoints, policies, proof files and tile paths from outside. */
#include "tlog/tlog.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_path(const uint8_t *data, size_t size)
{
	char path[128], again[TILE_PATH_MAX];
	struct tile tile;

	if (size >= sizeof(path))
		return;
	memcpy(path, data, size);
	path[size] = '\0';
	if (tile_parse(&tile, path, NULL) < 0)
		return;
	/* One tile has one path. */
	tile_path(again, &tile);
	if (strcmp(path, again) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static tanu_note note;
	static tanu_log_proof proof;
	const char *text = (const char *)data;
	tanu_checkpoint checkpoint;
	tanu_policy *policy = NULL;

	if (tanu_note_split(&note, text, size, NULL) >= 0)
		(void)tanu_checkpoint_parse(&checkpoint, note.text, note.text_len, NULL);
	(void)tanu_checkpoint_parse(&checkpoint, text, size, NULL);
	(void)tanu_log_proof_parse(&proof, text, size, NULL);
	if (tanu_policy_parse(&policy, text, size, NULL) >= 0)
		tanu_policy_free(&policy);
	try_path(data, size);
	return 0;
}
