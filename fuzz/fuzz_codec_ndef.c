/* SPDX-License-Identifier: Apache-2.0 */
/* Containers, data areas and messages of NFC cards. */
#include "codec/ndef.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is asked for must be more than is there, and a message lie within the area. */
static void find(const uint8_t *area, size_t size)
{
	const uint8_t *message;
	size_t len, need = 0;

	if (ndef_find(&message, &len, &need, area, size, NULL) < 0)
		return;
	if (message ? message < area || message + len > area + size : need <= size)
		abort();
	if (message)
		(void)ndef_check(message, len, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ndef_file file;
	size_t area;

	(void)ndef_read_container(&file, data, size, NULL);
	(void)ndef_check(data, size, NULL);
	find(data, size);
	if (size >= 4)
		(void)ndef_area_size(&area, data, NULL);
	return 0;
}
