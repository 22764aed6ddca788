/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tensor.h - model manifests, and the one wrapper of the inference runtime. Sole user of the ONNX
 * Runtime header; the library itself is loaded at run time, so that commands without a face start
 * without it. Inputs and outputs are bound once; a run allocates nothing of ours.
 */
#ifndef TENSOR_TENSOR_H
#define TENSOR_TENSOR_H

#include "codec/codec.h"
#include "crypto/crypto.h"
#include "os/os.h"

#include <tanu/match.h>

/* What a model is for; X(NAME, "word"). */
#define MODEL_TASK_LIST(X)                                                                         \
	X(DETECT, "detect")                                                                        \
	X(LANDMARK, "landmark")                                                                    \
	X(EMBED, "embed")                                                                          \
	X(LIVENESS, "liveness")                                                                    \
	X(EYE, "eye")                                                                              \
	X(POSE, "pose")

enum model_task {
#define X(name, word) MODEL_##name,
	MODEL_TASK_LIST(X)
#undef X
	MODEL_TASK_COUNT
};

/* One file of models/: everything a model needs besides its weights. docs/models.md describes it. */
struct model_manifest {
	char name[64];
	enum model_task task;
	char file[128]; /* beside the manifest, or in the models folder; no slash */
	uint8_t sha256[DIGEST_LEN];
	char licence[256];
	char origin[256];
	char input_name[64];
	int32_t width, height; /* px */
	int channels;          /* 1 or 3 */
	bool bgr;
	float mean, scale; /* value = (byte - mean) * scale */
	char output_name[2][64]; /* one or two */
	float crop_scale; /* box side relative to the detected box, where the model takes a crop */
	float align[5][2]; /* embedder: left eye, right eye, nose, mouth corners in the input */
	int32_t features;  /* embedder: length of the output */
	int live_class;    /* liveness, eye: index of the class asked for */
	tanu_calibration calibration; /* embedder */
};

/* Parse and check one manifest; unknown keys, absent keys and values out of range are refused. */
tanu_status manifest_parse(struct model_manifest *out, const void *text, size_t text_len,
			   const char *name, tanu_error *err);
const char *model_task_name(enum model_task task);

/* All *.json of a folder; one manifest per task is used: the one with "default": true. */
struct model_set {
	char dir[512];
	size_t count;
	struct model_manifest *manifest; /* owned */
	const struct model_manifest *of[MODEL_TASK_COUNT]; /* NULL: none */
};
/* dir NULL: $TANU_MODELS, beside the program, the installed place. */
tanu_status model_set_open(struct model_set *out, const char *dir, tanu_error *err);
void model_set_close(struct model_set *set);
/* Read the weights and check their SHA-256 against the manifest. */
tanu_status model_read(struct buf *weights, const struct model_set *set,
		       const struct model_manifest *manifest, tanu_error *err);

struct tensor_runtime; /* one per process: environment, shared thread and memory options */
struct tensor_model;   /* weights, shared by threads */
struct tensor_run;     /* one thread's bound inputs and outputs */

tanu_status tensor_runtime_open(struct tensor_runtime **out, tanu_error *err);
void tensor_runtime_close(struct tensor_runtime **runtime);
const char *tensor_runtime_version(const struct tensor_runtime *runtime);

tanu_status tensor_model_open(struct tensor_model **out, struct tensor_runtime *runtime,
			      const struct model_set *set, const struct model_manifest *manifest,
			      tanu_error *err);
void tensor_model_close(struct tensor_model **model);

tanu_status tensor_run_open(struct tensor_run **out, struct tensor_model *model, tanu_error *err);
void tensor_run_close(struct tensor_run **run); /* wipes */
float *tensor_input(struct tensor_run *run, size_t *len);                 /* write here */
const float *tensor_output(const struct tensor_run *run, int which, size_t *len);
tanu_status tensor_run_go(struct tensor_run *run, tanu_error *err);
/* Time spent inside the runtime by this run since it was opened. */
int64_t tensor_run_ns(const struct tensor_run *run);

#endif
