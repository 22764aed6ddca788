/* SPDX-License-Identifier: Apache-2.0 */
/*
 * face.h - what the rest of Tanu sees of the face engine beyond <tanu/face.h>.
 */
#ifndef FACE_FACE_H
#define FACE_FACE_H

#include "image/image.h"
#include "tensor/tensor.h"

#include <tanu/face.h>

/* Nanoseconds of CPU this session spent inside the inference runtime, per task. For bench/. */
void session_inference_ns(const tanu_session *session, int64_t ns[MODEL_TASK_COUNT]);
const struct model_set *engine_models(const tanu_engine *engine);
const char *engine_runtime_version(const tanu_engine *engine);

#endif
