/* SPDX-License-Identifier: Apache-2.0 */
/* The body of add-checkpoint: "old SIZE", the proof, an empty line, the signed checkpoint. */
#include "witness/witness.h"

#include <string.h>

static tanu_status bad_body(tanu_error *err, const char *why)
{
	return tanu_fail(err, TANU_ERR_FORMAT, "add-checkpoint", "%s", why);
}

static bool read_old(uint64_t *out, const char *line, size_t len)
{
	return len > 4 && memcmp(line, "old ", 4) == 0 && decimal_u64(out, line + 4, len - 4);
}

tanu_status witness_submission_parse(struct witness_submission *out, const char *body,
				     size_t body_len, tanu_error *err)
{
	const char *at = body, *end = body + body_len, *line;
	struct witness_submission s = {0};
	size_t len;

	if (body_len > WITNESS_BODY_MAX)
		return bad_body(err, "it is too large");
	if (!next_line(&at, end, &line, &len) || !read_old(&s.old_size, line, len))
		return bad_body(err, "the first line must be \"old\" and a size");
	for (;;) {
		if (!next_line(&at, end, &line, &len))
			return bad_body(err, "an empty line and a checkpoint must follow");
		if (len == 0)
			break;
		if (s.proof_len == WITNESS_PROOF_MAX)
			return bad_body(err, "a proof has 63 hashes at most");
		if (!base64_hash(&s.proof[s.proof_len++], line, len))
			return bad_body(err, "a hash is 32 bytes in base64");
	}
	s.note = at;
	s.note_len = (size_t)(end - at);
	if (s.note_len > WITNESS_NOTE_MAX)
		return bad_body(err, "the checkpoint is too large");
	*out = s;
	return TANU_OK;
}

void witness_submission_put(struct buf *out, const struct witness_submission *submission)
{
	buf_printf(out, "old %llu\n", (unsigned long long)submission->old_size);
	for (size_t i = 0; i < submission->proof_len; i++) {
		base64_put(out, submission->proof[i].b, sizeof(submission->proof[i].b));
		buf_str(out, "\n");
	}
	buf_str(out, "\n");
	buf_put(out, submission->note, submission->note_len);
}
