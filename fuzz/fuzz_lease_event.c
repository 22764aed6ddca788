/* SPDX-License-Identifier: Apache-2.0 */
/* An event of a gate, and the frame of a batch of them. */
#include "lease/spool.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t key[PUBLIC_KEY_LEN] = {1};
	uint8_t bytes[GATE_EVENT_LEN];
	struct spool_batch batch;
	struct gate_event event;
	tanu_id gate;

	if (gate_event_get(&event, data, size, NULL) == TANU_OK) {
		gate_event_put(bytes, &event);
		if (memcmp(bytes, data, size) != 0)
			abort();
	}
	spool_batch_gate(&gate, data, size, NULL);
	spool_batch_get(&batch, data, size, key, NULL);
	return 0;
}
