/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key bucket files: the header as it lies on the disk, and the payload as it comes out of the seal,
 * which no fuzzer gets through. A payload that is taken must be the only form of its keys.
 */
#include "vault/bucket.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_header(const uint8_t *data, size_t size, unsigned number)
{
	struct bucket_header header;
	tanu_error err;

	if (bucket_read_header(&header, data, size, number, &err) < 0)
		return;
	if (header.number != number || header.generation == 0 ||
	    header.sealed_len != size - BUCKET_HEADER_LEN)
		abort();
}

static void read_payload(const uint8_t *data, size_t size, unsigned number)
{
	struct keyset set = {0};
	uint8_t *again;
	tanu_error err;

	if (bucket_read_payload(&set, data, size, number, &err) < 0)
		return;
	if (bucket_payload_len(set.count) != size)
		abort();
	again = malloc(size);
	if (again) {
		bucket_put_payload(again, &set);
		if (memcmp(again, data, size) != 0)
			abort();
	}
	free(again);
	keyset_free(&set);
}

/* Corpus files are short: the payload is filled up to its step here. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t payload[2 * BUCKET_PAD];
	size_t steps = (size + BUCKET_PAD - 1) / BUCKET_PAD;

	for (unsigned number = 0; number < VAULT_BUCKETS; number++)
		read_header(data, size, number);
	read_payload(data, size, 3);
	if (steps == 0 || steps > 2)
		return 0;
	memset(payload, 0, sizeof(payload));
	memcpy(payload, data, size);
	read_payload(payload, steps * BUCKET_PAD, 3);
	return 0;
}
