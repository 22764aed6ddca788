/* SPDX-License-Identifier: Apache-2.0 */
/* One signed checkpoint: is it of this log, and do those whom the policy asks for vouch for it? */
#include "receipt/audit.h"

#include <string.h>

/* A policy may trust several logs; a receipt is about one of them, with one key. */
static enum trust_result signed_by(const tanu_verifier *log, const tanu_note *note,
				   const char *origin)
{
	tanu_status st;

	if (strcmp(origin, log->name) != 0)
		return TRUST_UNTRUSTED;
	st = tanu_note_verify(note, log, NULL, NULL);
	return st == TANU_OK	    ? TRUST_ACCEPTED
	       : st == TANU_DAMAGED ? TRUST_SIGNATURE
				    : TRUST_UNTRUSTED;
}

static enum trust_result under_policy(struct trusted *out, const tanu_policy *policy,
				      const char *note, size_t note_len)
{
	tanu_checkpoint_trust trust = {0};
	tanu_checkpoint checkpoint;
	tanu_status st = tanu_policy_check(policy, &checkpoint, &trust, note, note_len, NULL);

	if (st == TANU_DAMAGED)
		return TRUST_SIGNATURE;
	if (st < 0)
		return TRUST_UNTRUSTED;
	out->witnesses = trust.witnesses;
	/* A time that JSON can't hold exactly is no time. */
	if (trust.witnesses && trust.earliest_s < (uint64_t)JSON_INT_END / 1000)
		out->witnessed_ms = (int64_t)trust.earliest_s * 1000;
	return TRUST_ACCEPTED;
}

void trust_check(struct trusted *out, const tanu_policy *policy, const tanu_verifier *log,
		 const char *note, size_t note_len)
{
	struct trusted t = {0};
	tanu_note split;

	if (tanu_note_split(&split, note, note_len, NULL) == TANU_OK &&
	    tanu_checkpoint_parse(&t.checkpoint, split.text, split.text_len, NULL) == TANU_OK &&
	    t.checkpoint.size < (uint64_t)JSON_INT_END) {
		t.result = signed_by(log, &split, t.checkpoint.origin);
		t.by_log = t.result == TRUST_ACCEPTED;
		if (t.by_log)
			t.result = under_policy(&t, policy, note, note_len);
	}
	*out = t;
}
