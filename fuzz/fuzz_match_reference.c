/* SPDX-License-Identifier: Apache-2.0 */
/* A stored reference: whatever decodes must be usable, and encode to the same bytes. */
#include <tanu/match.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t again[TANU_REFERENCE_LEN];
	tanu_reference reference;
	float score;

	if (tanu_reference_decode(&reference, data, size, NULL) < 0)
		return 0;
	tanu_reference_encode(again, &reference);
	if (size != sizeof(again) || memcmp(again, data, size) != 0)
		abort();
	if (tanu_compare(&score, &reference, &reference, NULL) < 0 || fabsf(score - 1.0f) > 1e-5f)
		abort();
	return 0;
}
