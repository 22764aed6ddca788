/* SPDX-License-Identifier: Apache-2.0 */
/* What a gate asks and what it is answered: each that is taken is written back to the same bytes.
 */
#include "lease/sync.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be(struct buf *again, const uint8_t *data, size_t size)
{
	if (again->len != size || memcmp(again->data, data, size) != 0)
		abort();
	buf_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sync_answer answer;
	struct sync_ask ask;
	struct buf again = {0};

	if (sync_ask_get(&ask, data, size, NULL) == TANU_OK) {
		sync_ask_put(&again, &ask);
		must_be(&again, data, size);
	}
	if (sync_answer_get(&answer, data, size, NULL) == TANU_OK) {
		sync_answer_put(&again, &answer);
		must_be(&again, data, size);
	}
	return 0;
}
