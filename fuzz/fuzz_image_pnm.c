/* SPDX-License-Identifier: Apache-2.0 */
#include "image_decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	decode_once(data, size, IMAGE_PNM);
	return 0;
}
