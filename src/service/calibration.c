/* SPDX-License-Identifier: Apache-2.0 */
/* Calibrations on their way between manifests, the site and whoever asks what a score means. */
#include "service/internal.h"

#include "tensor/tensor.h"

void service_calibration_text(struct buf *out, const tanu_calibration *cal)
{
	calibration_write(out, cal, "");
	buf_str(out, "\n");
}

tanu_status service_calibration_save(const char *manifest, const tanu_calibration *cal,
				     const uint8_t model[TANU_MODEL_DIGEST], tanu_error *err)
{
	return manifest_calibrate(manifest, cal, model, err);
}
