/* SPDX-License-Identifier: Apache-2.0 */
/* ort.h - inside tensor/ only: the loaded runtime and how its failures become ours. */
#ifndef TENSOR_ORT_H
#define TENSOR_ORT_H

#include "tensor/tensor.h"

#include <onnxruntime_c_api.h>

/* An old ABI on purpose, so that any ONNX Runtime from 1.17 on serves. */
#define ORT_ABI 17

struct tensor_runtime {
	const OrtApi *api;
	OrtEnv *env;
	OrtSessionOptions *options;
	OrtMemoryInfo *memory; /* plain CPU memory, for tensors over our own buffers */
	char version[32];
};

struct tensor_shape {
	size_t rank;
	int64_t dims[4];
	size_t len; /* product of the dims */
};

struct tensor_model {
	const struct tensor_runtime *runtime;
	const struct model_manifest *manifest;
	OrtSession *session;
	struct tensor_shape input;
	struct tensor_shape output[MODEL_OUTPUTS_MAX];
};

/* NULL is success; anything else becomes TANU_SYSTEM (inference) at `place` and is released. */
tanu_status ort_check(const OrtApi *api, OrtStatus *status, const char *place, tanu_error *err);

/*
 * Exchange a model file in memory for one of the same function that the runtime computes faster;
 * rework.c says how. What it does not understand it leaves as it is.
 */
tanu_status onnx_rework(struct buf *weights, tanu_error *err);
/* Load from a weights file that need not lie where model_read looks. */
tanu_status tensor_model_load(struct tensor_model **out, struct tensor_runtime *runtime,
			      const struct buf *weights, const struct model_manifest *manifest,
			      tanu_error *err);
/* Read one weights file and check its digest. */
tanu_status model_read_file(struct buf *weights, const char *path,
			    const struct model_manifest *manifest, tanu_error *err);
/* Do the shapes fit the manifest and its task? */
tanu_status tensor_check_shapes(const struct tensor_model *model, tanu_error *err);

#endif
