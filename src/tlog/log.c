/* SPDX-License-Identifier: Apache-2.0 */
/* A log for users of the library: its files by their callback, believed as far as a root covers. */
#include "tlog/files.h"

#include <stdlib.h>
#include <string.h>

struct tanu_log {
	tanu_log_files theirs;
	struct log_files files;
	struct log_reader *reader;
	struct buf note;
	tanu_checkpoint checkpoint;
	tanu_checkpoint_trust trust;
};

static tanu_status read_theirs(void *self, struct buf *out, const char *path, size_t max_bytes,
			       tanu_error *err)
{
	const struct tanu_log *log = self;
	uint8_t *bytes = NULL;
	size_t len = 0;
	tanu_status st = log->theirs.read(log->theirs.self, &bytes, &len, path, max_bytes, err);

	buf_wipe(out);
	if (st >= 0 && len > max_bytes)
		st = tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, path, "longer than %zu bytes",
			       max_bytes);
	if (st >= 0) {
		buf_put(out, bytes, len);
		st = buf_check(out, err);
	}
	free(bytes);
	return st;
}

static tanu_status read_checkpoint(struct tanu_log *log, const tanu_policy *policy, tanu_error *err)
{
	tanu_status st =
	    log->files.read(log->files.self, &log->note, "checkpoint", TANU_NOTE_BYTES_MAX, err);

	if (st < 0)
		return st;
	return tanu_policy_check(policy, &log->checkpoint, &log->trust,
				 (const char *)log->note.data, log->note.len, err);
}

tanu_status tanu_log_open(tanu_log **out, const tanu_log_files *files, const tanu_policy *policy,
			  tanu_error *err)
{
	struct tanu_log *log;
	tanu_status st = crypto_init(err);

	if (st < 0)
		return st;
	log = calloc(1, sizeof(*log));
	if (!log)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "memory for a log ran out");
	log->theirs = *files;
	log->files = (struct log_files){.read = read_theirs, .self = log};
	if ((st = read_checkpoint(log, policy, err)) >= 0 &&
	    (st = log_reader_open(&log->reader, &log->files, log->checkpoint.size, err)) >= 0 &&
	    (st = log_reader_trust(log->reader, &log->checkpoint.root, err)) >= 0)
		*out = log;
	else
		tanu_log_close(&log);
	return st;
}

void tanu_log_close(tanu_log **log)
{
	if (!log || !*log)
		return;
	log_reader_close(&(*log)->reader);
	buf_free(&(*log)->note);
	free(*log);
	*log = NULL;
}

const tanu_checkpoint *tanu_log_checkpoint(const tanu_log *log)
{
	return &log->checkpoint;
}

const tanu_checkpoint_trust *tanu_log_trust(const tanu_log *log)
{
	return &log->trust;
}

const char *tanu_log_note(const tanu_log *log, size_t *note_len)
{
	*note_len = log->note.len;
	return (const char *)log->note.data;
}

tanu_status tanu_log_continues(tanu_log *log, const tanu_checkpoint *earlier, tanu_error *err)
{
	struct hash_source source = log_reader_hashes(log->reader);
	tanu_hash root;
	tanu_status st;

	if (strcmp(earlier->origin, log->checkpoint.origin) != 0)
		return tanu_fail(err, TANU_ERR_USAGE, earlier->origin,
				 "this is a checkpoint of another log");
	if (earlier->size > log->checkpoint.size)
		return tanu_fail(err, TANU_ERR_LOG_FORK, log->checkpoint.origin,
				 "the log has become shorter");
	if ((st = tree_root(&root, &source, earlier->size, err)) < 0)
		return st;
	if (memcmp(&root, &earlier->root, sizeof(root)) != 0)
		return tanu_fail(err, TANU_ERR_LOG_FORK, log->checkpoint.origin,
				 "the log does not continue the one that was signed before");
	return TANU_OK;
}

tanu_status tanu_log_each(tanu_log *log, uint64_t first, uint64_t end, int openings,
			  tanu_log_entry each, void *self, tanu_error *err)
{
	const tanu_log_files *theirs = &log->theirs;
	tanu_status st = TANU_OK;

	if (first > end || end > log->checkpoint.size)
		return BAD_CALL(err, "these entries are not all in the log");
	log_reader_skip_slots(log->reader, !openings);
	while (st >= 0 && first < end) {
		uint64_t next = (first / TILE_WIDTH + 1) * TILE_WIDTH;

		next = next < end ? next : end;
		st = log_reader_each(log->reader, first, next, each, self, err);
		first = next;
		if (theirs->progress && st >= 0)
			theirs->progress(theirs->self, first, end);
	}
	return st;
}

tanu_status tanu_log_prove(tanu_log *log, tanu_hash *proof, size_t *proof_len, uint64_t index,
			   tanu_error *err)
{
	struct hash_source source = log_reader_hashes(log->reader);

	return tree_prove_inclusion(proof, proof_len, &source, index, log->checkpoint.size, err);
}

tanu_status tanu_log_prove_file(tanu_log *log, char **text, size_t *text_len, uint64_t index,
				tanu_error *err)
{
	tanu_hash proof[TANU_PROOF_MAX];
	struct buf out = {0};
	size_t len = 0;
	tanu_status st = tanu_log_prove(log, proof, &len, index, err);

	if (st < 0)
		return st;
	log_proof_put(&out, index, proof, len, NULL, 0, (const char *)log->note.data,
		      log->note.len);
	buf_cstr(&out);
	if ((st = buf_check(&out, err)) < 0) {
		buf_free(&out);
		return st;
	}
	*text = (char *)out.data;
	*text_len = out.len;
	return TANU_OK;
}

tanu_status tanu_log_prove_growth(tanu_log *log, tanu_hash *proof, size_t *proof_len,
				  uint64_t old_size, tanu_error *err)
{
	struct hash_source source = log_reader_hashes(log->reader);

	return tree_prove_consistency(proof, proof_len, &source, old_size, log->checkpoint.size,
				      err);
}
