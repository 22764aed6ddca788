/* SPDX-License-Identifier: Apache-2.0 */
#include "tensor/tensor.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Points in order, each inside its interval, and none counted beyond an extrapolated one. */
static bool calibration_holds(const tanu_calibration *cal)
{
	for (size_t i = 0; i < cal->count; i++) {
		const tanu_calibration_point *p = &cal->point[i];

		if (!(p->fmr > 0 && p->fmr <= 1 && p->low <= p->score && p->score <= p->high))
			return false;
		if (i > 0 && !(p->fmr < p[-1].fmr && p->score > p[-1].score &&
			       p->extrapolated >= p[-1].extrapolated))
			return false;
	}
	return cal->count <= TANU_CALIBRATION_MAX;
}

/* Whatever is accepted keeps the promises that the engine builds on. */
static bool keeps_promises(const struct model_manifest *m)
{
	return (unsigned)m->task < MODEL_TASK_COUNT && m->outputs >= 1 &&
	       m->outputs <= MODEL_OUTPUTS_MAX && m->width >= 8 && m->width <= 1024 &&
	       m->height >= 8 && m->height <= 1024 && (m->channels == 1 || m->channels == 3) &&
	       m->scale > 0 && m->mean >= 0 && m->mean <= 255 && m->features >= 0 &&
	       m->features <= TANU_FEATURES && calibration_holds(&m->calibration) && m->file[0] &&
	       !strchr(m->file, '/') && m->file[0] != '.';
}

/* Exchanging the calibration of what was accepted ends, and stays inside its text. */
static void exchange(const struct model_manifest *m, const uint8_t *data, size_t size)
{
	struct buf text = {0}, out = {0};

	buf_put(&text, data, size);
	manifest_recalibrate(&out, buf_cstr(&text), &m->calibration);
	buf_free(&text);
	buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct model_manifest m;
	tanu_error err = {0};
	tanu_status st = manifest_parse(&m, data, size, "fuzz.json", &err);

	if (st == TANU_OK ? !keeps_promises(&m) : err.status != st || !err.message[0])
		abort();
	if (st == TANU_OK)
		exchange(&m, data, size);
	return 0;
}
