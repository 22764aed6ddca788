/* SPDX-License-Identifier: Apache-2.0 */
/* What each task's tensors must look like. */
#include "tensor/ort.h"

static tanu_status misfit(const struct tensor_model *m, const char *tensor, const char *wanted,
			  tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_MODEL_FORMAT, m->manifest->name,
			 "\"%s\" has another shape than %s needs: %s", tensor,
			 model_task_name(m->manifest->task), wanted);
}

static tanu_status check_input(const struct tensor_model *m, tanu_error *err)
{
	const struct model_manifest *f = m->manifest;
	const struct tensor_shape *in = &m->input;

	if (in->rank != 4 || in->dims[0] != 1 || in->dims[1] != f->channels ||
	    in->dims[2] != f->height || in->dims[3] != f->width)
		return misfit(m, f->input_name, "1 x channels x height x width of the manifest",
			      err);
	return TANU_OK;
}

static tanu_status check_detector(const struct tensor_model *m, tanu_error *err)
{
	const struct tensor_shape *scores = &m->output[0];
	const struct tensor_shape *boxes = &m->output[1];

	if (scores->rank != 3 || scores->dims[2] != 2)
		return misfit(m, m->manifest->output_name[0], "1 x boxes x 2", err);
	if (boxes->rank != 3 || boxes->dims[2] != 4 || boxes->dims[1] != scores->dims[1])
		return misfit(m, m->manifest->output_name[1], "1 x boxes x 4", err);
	return TANU_OK;
}

tanu_status tensor_check_shapes(const struct tensor_model *m, tanu_error *err)
{
	const struct model_manifest *f = m->manifest;
	size_t len = m->output[0].len;
	tanu_status st = check_input(m, err);

	if (st < 0)
		return st;
	switch (f->task) {
	case MODEL_DETECT:
		return check_detector(m, err);
	case MODEL_LANDMARK:
		return len == 136 ? TANU_OK
				  : misfit(m, f->output_name[0], "68 points of x and y", err);
	case MODEL_EMBED:
		return len == (size_t)f->features
			   ? TANU_OK
			   : misfit(m, f->output_name[0], "as many features as the manifest", err);
	case MODEL_LIVENESS:
	case MODEL_EYE:
		return len <= 16 && len > (size_t)f->live_class
			   ? TANU_OK
			   : misfit(m, f->output_name[0], "2 to 16 classes, \"class\" among them",
				    err);
	case MODEL_TASK_COUNT:
		break;
	}
	return TANU_ARG;
}
