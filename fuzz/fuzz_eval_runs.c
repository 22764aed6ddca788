/* SPDX-License-Identifier: Apache-2.0 */
/* A kept run: whatever is understood must name people that are there, in falling order. */
#include "eval/sets.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kept_run run = {0};

	if (kept_run_parse(&run, data, size, "input", NULL) == TANU_OK) {
		for (size_t i = 0; i < run.set.genuine_len; i++)
			if (run.set.genuine[i].a >= run.set.people)
				abort();
		for (size_t i = 0; i < run.set.impostor_len; i++)
			if (run.set.impostor[i].a >= run.set.people ||
			    run.set.impostor[i].b >= run.set.people ||
			    (i && run.set.impostor[i].score > run.set.impostor[i - 1].score))
				abort();
	}
	kept_run_free(&run);
	return 0;
}
