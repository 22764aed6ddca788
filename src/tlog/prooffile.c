/* SPDX-License-Identifier: Apache-2.0 */
/* c2sp.org/tlog-proof: the file that a person keeps. */
#include "tlog/tlog.h"

#include <string.h>

static const char magic[] = "c2sp.org/tlog-proof@v1";

static tanu_status bad_proof(tanu_error *err, const char *why)
{
	return tanu_fail(err, TANU_ERR_FORMAT, "proof", "%s", why);
}

static bool starts_with(const char *line, size_t len, const char *word)
{
	return len >= strlen(word) && memcmp(line, word, strlen(word)) == 0;
}

struct lines {
	const char *at, *end;
	const char *line;
	size_t len;
};

static bool next(struct lines *l)
{
	return next_line(&l->at, l->end, &l->line, &l->len);
}

tanu_status tanu_log_proof_parse(tanu_log_proof *out, const char *bytes, size_t bytes_len,
				 tanu_error *err)
{
	struct lines l = {.at = bytes, .end = bytes + bytes_len};
	tanu_log_proof p = {0};

	if (!next(&l) || l.len != strlen(magic) || !starts_with(l.line, l.len, magic))
		return bad_proof(err, "not a proof file of version 1");
	if (!next(&l))
		return bad_proof(err, "the file ends before the index");
	if (starts_with(l.line, l.len, "extra ")) {
		p.extra = l.line + 6;
		p.extra_len = l.len - 6;
		if (!next(&l))
			return bad_proof(err, "the file ends before the index");
	}
	if (!starts_with(l.line, l.len, "index ") || !decimal_u64(&p.index, l.line + 6, l.len - 6))
		return bad_proof(err, "the index is missing or no number");
	while (next(&l) && l.len > 0) {
		if (p.proof_len == TANU_PROOF_MAX ||
		    !base64_hash(&p.proof[p.proof_len], l.line, l.len))
			return bad_proof(err, "a hash of the proof is not 32 bytes in base64, or "
					      "there are too many");
		p.proof_len++;
	}
	if (l.at == l.end || l.len != 0)
		return bad_proof(err, "the checkpoint is missing");
	p.checkpoint = l.at;
	p.checkpoint_len = (size_t)(l.end - l.at);
	*out = p;
	return TANU_OK;
}

void log_proof_put(struct buf *out, uint64_t index, const tanu_hash *proof, size_t proof_len,
		   const void *extra, size_t extra_len, const char *checkpoint,
		   size_t checkpoint_len)
{
	buf_printf(out, "%s\n", magic);
	if (extra) {
		buf_str(out, "extra ");
		base64_put(out, extra, extra_len);
		buf_u8(out, '\n');
	}
	buf_printf(out, "index %llu\n", (unsigned long long)index);
	for (size_t i = 0; i < proof_len; i++) {
		base64_put(out, proof[i].b, sizeof(proof[i].b));
		buf_u8(out, '\n');
	}
	buf_u8(out, '\n');
	buf_put(out, checkpoint, checkpoint_len);
}

tanu_status tanu_log_proof_verify(const tanu_policy *policy, tanu_checkpoint *out,
				  tanu_checkpoint_trust *trust, const tanu_log_proof *proof,
				  const void *entry, size_t entry_len, tanu_error *err)
{
	tanu_checkpoint checkpoint;
	tanu_checkpoint_trust t;
	tanu_hash leaf;
	tanu_status st = tanu_policy_check(policy, &checkpoint, &t, proof->checkpoint,
					   proof->checkpoint_len, err);

	if (st < 0)
		return st;
	tanu_hash_leaf(&leaf, entry, entry_len);
	st = tanu_verify_inclusion(&leaf, proof->index, checkpoint.size, &checkpoint.root,
				   proof->proof, proof->proof_len, err);
	if (st < 0)
		return st;
	*out = checkpoint;
	*trust = t;
	return TANU_OK;
}
