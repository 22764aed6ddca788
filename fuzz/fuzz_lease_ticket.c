/* SPDX-License-Identifier: Apache-2.0 */
/* A use-ticket that somebody brings: what is read is written again, and must be the same. */
#include "lease/ticket.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gate_ticket ticket;
	struct buf again = {0};

	gate_ticket_begins(data, size);
	if (gate_ticket_read(&ticket, (const char *)data, size, NULL) == TANU_OK) {
		gate_ticket_text(&again, &ticket);
		if (again.len != size || memcmp(again.data, data, size) != 0)
			abort();
		buf_free(&again);
	}
	return 0;
}
