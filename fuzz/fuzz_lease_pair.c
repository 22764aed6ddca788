/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of a pairing, and codes. */
#include "lease/pair.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct secret key = {{7}};
	struct pair_request request = {.box_key = {0}};
	struct pair_reply reply;
	struct buf code = {.max = 256};
	struct secret out;

	pair_request_get(&request, data, size, &key, NULL);
	pair_reply_get(&reply, data, size, &request, &key, NULL);
	buf_put(&code, data, size < 255 ? size : 255);
	pair_code_key(&out, buf_cstr(&code), NULL);
	buf_free(&code);
	return 0;
}
