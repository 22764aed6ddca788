/* SPDX-License-Identifier: Apache-2.0 */
/* A reference in 4 bits: whatever decodes is usable, and most of it survives the way to features
 * and back. */
#include <tanu/match.h>

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t model[TANU_MODEL_DIGEST] = {1};
	uint8_t again[TANU_REFERENCE4_LEN];
	tanu_reference reference, second;
	tanu_embedding features;
	float score;

	if (tanu_reference4_decode(&reference, data, size, model, NULL) < 0)
		return 0;
	tanu_reference_to(&features, &reference);
	if (tanu_reference4_encode(again, &features, NULL) < 0 || again[0] != data[0] ||
	    tanu_reference4_decode(&second, again, sizeof(again), model, NULL) < 0 ||
	    tanu_compare(&score, &reference, &second, NULL) < 0 || !(score > 0.5f))
		abort();
	return 0;
}
