/* SPDX-License-Identifier: Apache-2.0 */
/* A list of pairs: whatever is understood must have its indices inside the paths. */
#include "eval/eval.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pair_list list = {0};

	if (pair_list_parse(&list, data, size, "input", NULL) < 0)
		return 0;
	for (size_t i = 0; i < list.pairs_len; i++)
		if (list.pairs[i].a >= list.paths_len || list.pairs[i].b >= list.paths_len)
			abort();
	pair_list_free(&list);
	return 0;
}
