/* SPDX-License-Identifier: Apache-2.0 */
/* Weights loaded into the runtime, and whether their shapes are what the manifest promises. */
#include "tensor/ort.h"

#include <stdlib.h>
#include <string.h>

/* A free dimension (the batch) becomes 1. */
static tanu_status shape_from(struct tensor_shape *out, const OrtApi *api, const OrtTypeInfo *type,
			      const char *place, tanu_error *err)
{
	const OrtTensorTypeAndShapeInfo *info = NULL;
	ONNXTensorElementDataType element = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
	struct tensor_shape shape = {.len = 1};
	tanu_status st;

	if ((st = ort_check(api, api->CastTypeInfoToTensorInfo(type, &info), place, err)) < 0)
		return st;
	if (!info)
		return tanu_fail(err, TANU_ERR_MODEL_FORMAT, place, "is not a tensor");
	if ((st = ort_check(api, api->GetTensorElementType(info, &element), place, err)) < 0 ||
	    (st = ort_check(api, api->GetDimensionsCount(info, &shape.rank), place, err)) < 0)
		return st;
	if (element != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT || shape.rank < 1 ||
	    shape.rank > ARRAY_LEN(shape.dims))
		return tanu_fail(err, TANU_ERR_MODEL_FORMAT, place,
				 "float32 of one to four dimensions is needed");
	if ((st = ort_check(api, api->GetDimensions(info, shape.dims, shape.rank), place, err)) < 0)
		return st;
	for (size_t i = 0; i < shape.rank; i++) {
		if (shape.dims[i] < 0)
			shape.dims[i] = 1;
		if (shape.dims[i] < 1 || shape.dims[i] > 1 << 24 || shape.len > 1 << 24)
			return tanu_fail(err, TANU_ERR_MODEL_FORMAT, place,
					 "is empty or too large");
		shape.len *= (size_t)shape.dims[i];
	}
	*out = shape;
	return TANU_OK;
}

struct io_calls {
	OrtStatusPtr(ORT_API_CALL *count)(const OrtSession *, size_t *);
	OrtStatusPtr(ORT_API_CALL *name)(const OrtSession *, size_t, OrtAllocator *, char **);
	OrtStatusPtr(ORT_API_CALL *type)(const OrtSession *, size_t, OrtTypeInfo **);
};

static tanu_status name_is(bool *same, const struct tensor_model *m, const struct io_calls *calls,
			   size_t index, const char *name, tanu_error *err)
{
	const OrtApi *api = m->runtime->api;
	OrtAllocator *allocator = NULL;
	char *found = NULL;
	tanu_status st;

	st = ort_check(api, api->GetAllocatorWithDefaultOptions(&allocator), name, err);
	if (st < 0)
		return st;
	st = ort_check(api, calls->name(m->session, index, allocator, &found), name, err);
	if (st < 0)
		return st;
	*same = strcmp(found, name) == 0;
	return ort_check(api, api->AllocatorFree(allocator, found), name, err);
}

/* Find an input or output by its name and read its shape. */
static tanu_status shape_of(struct tensor_shape *out, const struct tensor_model *m,
			    const struct io_calls *calls, const char *name, tanu_error *err)
{
	const OrtApi *api = m->runtime->api;
	OrtTypeInfo *type = NULL;
	size_t count = 0, i = 0;
	bool same = false;
	tanu_status st = ort_check(api, calls->count(m->session, &count), name, err);

	for (; st == TANU_OK && i < count; i++) {
		st = name_is(&same, m, calls, i, name, err);
		if (same)
			break;
	}
	if (st < 0)
		return st;
	if (!same)
		return tanu_fail(err, TANU_ERR_MODEL_FORMAT, m->manifest->name,
				 "the weights have nothing named \"%s\"", name);
	if ((st = ort_check(api, calls->type(m->session, i, &type), name, err)) < 0)
		return st;
	st = shape_from(out, api, type, name, err);
	api->ReleaseTypeInfo(type);
	return st;
}

static tanu_status read_shapes(struct tensor_model *m, tanu_error *err)
{
	const OrtApi *api = m->runtime->api;
	const struct io_calls in = {api->SessionGetInputCount, api->SessionGetInputName,
				    api->SessionGetInputTypeInfo};
	const struct io_calls out = {api->SessionGetOutputCount, api->SessionGetOutputName,
				     api->SessionGetOutputTypeInfo};
	size_t inputs = 0;
	tanu_status st;

	if ((st = ort_check(api, in.count(m->session, &inputs), m->manifest->name, err)) < 0)
		return st;
	if (inputs != 1)
		return tanu_fail(err, TANU_ERR_MODEL_FORMAT, m->manifest->name,
				 "the weights take %zu inputs where one image is given", inputs);
	st = shape_of(&m->input, m, &in, m->manifest->input_name, err);
	for (int i = 0; i < m->manifest->outputs && st == TANU_OK; i++)
		st = shape_of(&m->output[i], m, &out, m->manifest->output_name[i], err);
	return st;
}

static tanu_status make_session(struct tensor_model *m, const struct buf *weights, tanu_error *err)
{
	const struct tensor_runtime *r = m->runtime;
	OrtStatus *status = r->api->CreateSessionFromArray(r->env, weights->data, weights->len,
							   r->options, &m->session);

	if (!status)
		return TANU_OK;
	tanu_fail(err, TANU_ERR_MODEL_FORMAT, m->manifest->name,
		  "ONNX Runtime does not take these weights: %s", r->api->GetErrorMessage(status));
	r->api->ReleaseStatus(status);
	return TANU_INPUT;
}

tanu_status tensor_model_load(struct tensor_model **out, struct tensor_runtime *runtime,
			      const struct buf *weights, const struct model_manifest *manifest,
			      tanu_error *err)
{
	struct tensor_model *m = calloc(1, sizeof(*m));
	tanu_status st;

	if (!m)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, manifest->name, "not enough memory");
	m->runtime = runtime;
	m->manifest = manifest;
	if ((st = make_session(m, weights, err)) < 0 || (st = read_shapes(m, err)) < 0 ||
	    (st = tensor_check_shapes(m, err)) < 0) {
		tensor_model_close(&m);
		return st;
	}
	*out = m;
	return TANU_OK;
}

tanu_status tensor_model_open(struct tensor_model **out, struct tensor_runtime *runtime,
			      const struct model_set *set, const struct model_manifest *manifest,
			      tanu_error *err)
{
	struct buf weights = {0};
	tanu_status st = model_read(&weights, set, manifest, err);

	if (st == TANU_OK && (st = onnx_rework(&weights, err)) == TANU_OK)
		st = tensor_model_load(out, runtime, &weights, manifest, err);
	buf_free(&weights);
	return st;
}

void tensor_model_close(struct tensor_model **model)
{
	if (!*model)
		return;
	if ((*model)->session)
		(*model)->runtime->api->ReleaseSession((*model)->session);
	free(*model);
	*model = NULL;
}

const struct model_manifest *tensor_model_manifest(const struct tensor_model *model)
{
	return model->manifest;
}
