/* SPDX-License-Identifier: Apache-2.0 */
/* A pass, plain or in NDEF: what is read is written back as the same bytes. */
#include "codec/pass.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf plain = {0}, ndef = {0};
	struct pass pass;

	if (pass_read(&pass, data, size, NULL) < 0)
		return 0;
	if (!pass_begins(data, size))
		abort();
	pass_put(&plain, &pass);
	pass_put_ndef(&ndef, &pass);
	if (!(plain.len == size && memcmp(plain.data, data, size) == 0) &&
	    !(ndef.len == size && memcmp(ndef.data, data, size) == 0))
		abort();
	buf_free(&plain);
	buf_free(&ndef);
	return 0;
}
