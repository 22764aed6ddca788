/* SPDX-License-Identifier: Apache-2.0 */
/* One thread's tensors over our own memory, bound once, and the run itself. */
#include "tensor/denormal.h"
#include "tensor/ort.h"

#include <stdlib.h>
#include <string.h>

struct tensor_run {
	const struct tensor_model *model;
	float *input;
	float *output[MODEL_OUTPUTS_MAX];
	OrtValue *input_value;
	OrtValue *output_value[MODEL_OUTPUTS_MAX];
	const char *input_name;
	const char *output_name[MODEL_OUTPUTS_MAX];
	int64_t ns;
};

/* A tensor over memory of ours; `*data` is aligned for the widest vectors. */
static tanu_status bind(float **data, OrtValue **value, const struct tensor_model *m,
			const struct tensor_shape *shape, const char *name, tanu_error *err)
{
	const OrtApi *api = m->runtime->api;
	size_t bytes = shape->len * sizeof(float);

	*data = aligned_alloc(64, (bytes + 63) / 64 * 64);
	if (!*data)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, name, "not enough memory");
	memset(*data, 0, bytes);
	return ort_check(api,
			 api->CreateTensorWithDataAsOrtValue(
			     m->runtime->memory, *data, bytes, shape->dims, shape->rank,
			     ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, value),
			 name, err);
}

tanu_status tensor_run_open(struct tensor_run **out, struct tensor_model *model, tanu_error *err)
{
	const struct model_manifest *f = model->manifest;
	struct tensor_run *r = calloc(1, sizeof(*r));
	tanu_status st;

	if (!r)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, f->name, "not enough memory");
	r->model = model;
	r->input_name = f->input_name;
	st = bind(&r->input, &r->input_value, model, &model->input, f->input_name, err);
	for (int i = 0; i < f->outputs && st == TANU_OK; i++) {
		r->output_name[i] = f->output_name[i];
		st = bind(&r->output[i], &r->output_value[i], model, &model->output[i],
			  f->output_name[i], err);
	}
	if (st < 0) {
		tensor_run_close(&r);
		return st;
	}
	*out = r;
	return TANU_OK;
}

void tensor_run_wipe(struct tensor_run *run)
{
	mem_wipe(run->input, run->model->input.len * sizeof(float));
	for (int i = 0; i < run->model->manifest->outputs; i++)
		mem_wipe(run->output[i], run->model->output[i].len * sizeof(float));
}

static void unbind(float **data, OrtValue *value, const struct tensor_model *m, size_t len)
{
	if (value)
		m->runtime->api->ReleaseValue(value);
	if (*data)
		mem_wipe(*data, len * sizeof(float));
	free(*data);
	*data = NULL;
}

void tensor_run_close(struct tensor_run **run)
{
	struct tensor_run *r = *run;

	if (!r)
		return;
	unbind(&r->input, r->input_value, r->model, r->model->input.len);
	for (int i = 0; i < r->model->manifest->outputs; i++)
		unbind(&r->output[i], r->output_value[i], r->model, r->model->output[i].len);
	free(r);
	*run = NULL;
}

float *tensor_input(struct tensor_run *run, size_t *len)
{
	if (len)
		*len = run->model->input.len;
	return run->input;
}

const float *tensor_output(const struct tensor_run *run, int which, size_t *len)
{
	if (len)
		*len = run->model->output[which].len;
	return run->output[which];
}

/*
 * Not-a-number and infinity have all exponent bits set: one more in their lowest place and the sum
 * runs over into the sign's.
 */
static bool all_finite(const float *v, size_t len)
{
	uint32_t sums = 0;

	for (size_t i = 0; i < len; i++) {
		uint32_t bits;

		memcpy(&bits, &v[i], sizeof(bits));
		sums |= (bits & 0x7F800000U) + 0x00800000U;
	}
	return sums >> 31 == 0;
}

tanu_status tensor_run_go(struct tensor_run *run, tanu_error *err)
{
	const struct tensor_model *m = run->model;
	const OrtApi *api = m->runtime->api;
	size_t outputs = (size_t)m->manifest->outputs;
	uint64_t arithmetic = denormals_flush();
	int64_t start = os_thread_ns();
	OrtStatus *status =
	    api->Run(m->session, NULL, &run->input_name, (const OrtValue *const *)&run->input_value,
		     1, run->output_name, outputs, run->output_value);

	run->ns += os_thread_ns() - start;
	denormals_restore(arithmetic);
	if (status)
		return ort_check(api, status, m->manifest->name, err);
	for (size_t i = 0; i < outputs; i++)
		if (!all_finite(run->output[i], m->output[i].len))
			return tanu_fail(err, TANU_ERR_INFERENCE, m->manifest->name,
					 "the model answered with something that is not a number");
	return TANU_OK;
}

int64_t tensor_run_ns(const struct tensor_run *run)
{
	return run->ns;
}
