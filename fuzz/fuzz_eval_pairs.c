/* SPDX-License-Identifier: Apache-2.0 */
/* A list of pairs: whatever is understood must have its indices inside the paths. */
#include "eval/eval.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pair_list list = {0};
	struct name_list photos = {0};

	if (pair_list_parse(&list, &photos, data, size, "input", NULL) == TANU_OK)
		for (size_t i = 0; i < list.len; i++)
			if (list.pairs[i].a >= photos.len || list.pairs[i].b >= photos.len)
				abort();
	pair_list_free(&list);
	name_list_free(&photos);
	return 0;
}
