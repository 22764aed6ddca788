/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of add-checkpoint, which write back the same, and lists of witnesses. */
#include "witness/witness.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool right)
{
	if (!right)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct witness_submission submission;
	static struct witness_peer peers[4];
	const char *text = (const char *)data;
	struct buf again = {0};
	size_t len = 0;

	if (witness_submission_parse(&submission, text, size, NULL) >= 0) {
		must(submission.proof_len <= WITNESS_PROOF_MAX);
		witness_submission_put(&again, &submission);
		must(again.len == size && memcmp(again.data, data, size) == 0);
		buf_free(&again);
	}
	if (witness_peers_parse(peers, ARRAY_LEN(peers), &len, text, size, NULL) >= 0)
		must(len <= ARRAY_LEN(peers));
	return 0;
}
