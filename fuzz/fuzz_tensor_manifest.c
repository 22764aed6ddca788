/* SPDX-License-Identifier: Apache-2.0 */
#include "tensor/tensor.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever is accepted keeps the promises that the engine builds on. */
static bool keeps_promises(const struct model_manifest *m)
{
	return (unsigned)m->task < MODEL_TASK_COUNT && m->outputs >= 1 &&
	       m->outputs <= MODEL_OUTPUTS_MAX && m->width >= 8 && m->width <= 1024 &&
	       m->height >= 8 && m->height <= 1024 && (m->channels == 1 || m->channels == 3) &&
	       m->scale > 0 && m->mean >= 0 && m->mean <= 255 && m->features >= 0 &&
	       m->features <= TANU_FEATURES && m->calibration.count <= TANU_CALIBRATION_MAX &&
	       m->file[0] && !strchr(m->file, '/') && m->file[0] != '.';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct model_manifest m;
	tanu_error err = {0};
	tanu_status st = manifest_parse(&m, data, size, "fuzz.json", &err);

	if (st == TANU_OK ? !keeps_promises(&m) : err.status != st || !err.message[0])
		abort();
	return 0;
}
