/* SPDX-License-Identifier: Apache-2.0 */
/* A file of labels: each photograph has one of those that were named, or none. */
#include "eval/eval.h"

#include <stdlib.h>

static const char *const paths[] = {"a/a_0001.jpg", "a/b.png", "c/d/e.jpg"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct name_list photos = {0};
	struct labels labels = {0};
	size_t index;

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		if (name_list_add(&photos, &index, paths[i], NULL) < 0)
			abort();
	if (labels_parse(&labels, &photos, data, size, "input", NULL) == TANU_OK)
		for (size_t i = 0; i < photos.len; i++)
			if (label_of(&labels, i) != NO_LABEL &&
			    label_of(&labels, i) >= labels.names.len)
				abort();
	labels_free(&labels);
	name_list_free(&photos);
	return 0;
}
