/* SPDX-License-Identifier: Apache-2.0 */
#include "tensor/onnx.h"
#include "tensor/ort.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file that was taken apart once can be taken apart again when it has been reworked. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct onnx_graph before = {0}, after = {0};
	struct buf model = {0};

	buf_put(&model, data, size);
	if (onnx_rework(&model, NULL) < 0)
		abort();
	if (onnx_read(&before, data, size) && !onnx_read(&after, model.data, model.len))
		abort();
	onnx_close(&before);
	onnx_close(&after);
	buf_free(&model);
	return 0;
}
